"""A small flat world for the association methods alone: straight flight, places seen with noise, linear filters.

Written plainly and apart from the trackers, so that what is tested is how the leaves are weighed.
"""

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from vedette.tracking.crowd.leaves import LeafPairs, absorb, no_leaves

SIGMA_M, DETECTED, Q, DT_S, SPEED_SIGMA = 100.0, 0.9, 25.0, 1.0, 120.0


def moved(mean, cov, dt_s=DT_S, q=Q):
    F = np.kron([[1.0, dt_s], [0.0, 1.0]], np.eye(3))
    N = q * np.kron([[dt_s**3 / 3, dt_s**2 / 2], [dt_s**2 / 2, dt_s]], np.eye(3))
    return mean @ F.T, F @ cov @ F.T + N


class FlatTracker:
    """Births, confirmation and deletion by existence, around any of the methods."""

    def __init__(self, method, clutter_per_m3, births_share=0.05, detected=DETECTED, sigma_m=SIGMA_M, q=Q):
        self.method, self.leaves, self.number = method, no_leaves(method.memory), 0
        self.clutter, self.share, self.detected, self.sigma_m, self.q = (
            clutter_per_m3, births_share, detected, sigma_m, q,
        )  # fmt: skip
        self.confirmed = np.empty(0, dtype=bool)
        self.branches = None

    def step(self, z, dt_s=DT_S):
        leaves, m = self.leaves, len(z)
        mean, cov = moved(leaves.mean, leaves.cov, dt_s, self.q)
        existence = leaves.existence * np.exp(-1e-4 * dt_s)
        leaves = replace(leaves, mean=mean, cov=cov, existence=existence)
        S = cov[:, :3, :3] + self.sigma_m**2 * np.eye(3)
        pairs = self.pairs(mean, S, z)
        gain = np.linalg.solve(S, np.swapaxes(cov[:, :, :3], -1, -2)) if len(leaves) else np.empty((0, 3, 6))
        gain = np.swapaxes(gain, -1, -2)

        def correct(leaf, detection):
            away = z[detection] - mean[leaf, :3]
            return (
                mean[leaf] + (gain[leaf] @ away[..., None])[..., 0],
                cov[leaf] - gain[leaf] @ cov[leaf][:, :3, :],
            )

        before = leaves.tracks
        leaves, self.branches = absorb(self.method, leaves, pairs, correct, self.number)
        fresh = np.flatnonzero(self.branches.free > 1e-3)
        new_mean = np.concatenate([z[fresh], np.zeros((len(fresh), 3))], axis=1)
        new_cov = np.tile(np.diag(np.repeat([self.sigma_m**2, SPEED_SIGMA**2], 3)), (len(fresh), 1, 1))
        born = self.method.born(
            np.full(len(fresh), self.share), self.branches.free[fresh], self.branches.is_taken[fresh],
            self.number + fresh, new_mean, new_cov,
        )  # fmt: skip
        self.number += m
        leaves = joined(leaves, replace(born, track=born.track + before))
        self.confirmed = np.concatenate([self.confirmed, np.zeros(len(fresh), dtype=bool)])
        exists = leaves.track_existence()
        self.confirmed |= exists > 0.99
        keep = exists > np.where(self.confirmed, 1e-2, 2e-3)
        self.confirmed = self.confirmed[keep]
        self.leaves = leaves.take(np.flatnonzero(keep[leaves.track]))

    def pairs(self, mean, S, z):
        if len(mean) == 0 or len(z) == 0:
            near = [[] for _ in mean]
        else:
            reach = 5.0 * np.sqrt(np.linalg.eigvalsh(S)[:, -1])
            near = cKDTree(z).query_ball_point(mean[:, :3], reach)
        leaf = np.repeat(np.arange(len(mean)), [len(n) for n in near]).astype(np.int64)
        detection = np.concatenate([np.array(n, dtype=np.int64) for n in near] or [np.empty(0, np.int64)])
        away = z[detection] - mean[leaf, :3]
        nis = np.einsum("ni,nij,nj->n", away, np.linalg.inv(S)[leaf], away)
        fit = -0.5 * (nis + np.linalg.slogdet(2.0 * np.pi * S)[1][leaf]) if len(leaf) else nis
        all_else = self.clutter / (1.0 - self.share)
        keep = nis < 25.0
        ratio = fit[keep] + np.log(self.detected / all_else)
        return LeafPairs(leaf[keep], detection[keep], ratio, np.full(len(mean), self.detected), len(z))

    @property
    def places_m(self):
        """(k, 3) of the confirmed tracks: the leaf to show."""
        show = self.leaves.is_chosen & self.confirmed[self.leaves.track]
        return self.leaves.mean[show, :3]


def joined(a, b):
    return replace(a, **{
        name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in a.__slots__
    })  # fmt: skip


def field(n, looks, seed=7, spacing_m=2000.0, clutter=1.0):
    """Objects in straight flight in a cube, one to spacing³, and as many false detections: (truth, detections)."""
    rng = np.random.default_rng(seed)
    side = spacing_m * n ** (1.0 / 3.0)
    place, speed = rng.random((n, 3)) * side, rng.uniform(-200.0, 200.0, (n, 3))
    truth, found = [], []
    for _ in range(looks):
        place = place + DT_S * speed
        seen = place[rng.random(n) < DETECTED]
        seen = seen + SIGMA_M * rng.standard_normal(seen.shape)
        z = np.vstack([seen, rng.random((rng.poisson(clutter * n), 3)) * side])
        truth.append(place)
        found.append(z[rng.permutation(len(z))])
    return truth, found
