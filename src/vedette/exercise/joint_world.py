"""A small world for judging joint tracking: true bodies, owners that each filter their own looks, and one that has all.

Looks are places with the doubt of a radar somewhere, sharp in range and wide across, so that what each owner knows has
another shape. The filters here are written apart from the joint tracker: they only share the motion of the body.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.motion.propagate import propagate_coast, propagate_coast_stm
from vedette.reports import SharedTrack
from vedette.tracking.joint.source import covariance_terms

T0_TAI_NS = 915_148_800 * NS_PER_S


@dataclass(frozen=True, slots=True)
class OwnerSensor:
    """Where an owner's radar stands, how sharp it is, and how often it looks."""

    owner: str
    site_itrf_m: tuple[float, float, float]
    range_sigma_m: float = 30.0
    angle_sigma_rad: float = 3e-4
    every_s: float = 1.0


NORTH = OwnerSensor("NORTH", (3.2e6, 0.4e6, 5.5e6))
SOUTH = OwnerSensor("SOUTH", (4.4e6, 1.6e6, 4.3e6))
EAST = OwnerSensor("EAST", (2.9e6, 2.4e6, 5.1e6))


class Truth:
    """Bodies (n, 6) that fall, with white acceleration of a density (m²/s³) that may be nothing."""

    def __init__(self, states_itrf: Rows, noise_m2_s3: float, rng: np.random.Generator) -> None:
        self.states_itrf, self.noise, self.rng = states_itrf, noise_m2_s3, rng

    def advance(self, dt_s: float) -> None:
        """Fly on."""
        self.states_itrf = propagate_coast(self.states_itrf, dt_s)
        if self.noise:
            Q = self.noise * white_noise(dt_s)
            self.states_itrf += self.rng.standard_normal(self.states_itrf.shape) @ np.linalg.cholesky(Q).T


class Filter:
    """A Kalman filter for n bodies, rows by rows; it supposes the noise it is told."""

    def __init__(self, states_itrf: Rows, covs: Rows, noise_m2_s3: float) -> None:
        self.states_itrf, self.covs, self.noise = states_itrf.copy(), covs.copy(), noise_m2_s3

    def predict(self, dt_s: float) -> None:
        """Fly on."""
        self.states_itrf, F = propagate_coast_stm(self.states_itrf, dt_s)
        self.covs = F @ self.covs @ np.swapaxes(F, -1, -2) + self.noise * white_noise(dt_s)

    def update(self, places_itrf_m: Rows, R: Rows) -> None:
        """Looks (n, 3) with covariances (n, 3, 3)."""
        S = self.covs[:, :3, :3] + R
        K = np.swapaxes(np.linalg.solve(S, self.covs[:, :3, :]), -1, -2)
        apart = places_itrf_m - self.states_itrf[:, :3]
        self.states_itrf = self.states_itrf + np.einsum("nij,nj->ni", K, apart)
        keep = np.eye(6) - K @ np.eye(3, 6)
        self.covs = keep @ self.covs @ np.swapaxes(keep, -1, -2) + K @ R @ np.swapaxes(K, -1, -2)


def white_noise(dt_s: float) -> Rows:
    """(6, 6) of acceleration of density one over a short time."""
    Q = np.zeros((6, 6))
    i = np.arange(3)
    Q[i, i], Q[i + 3, i + 3] = abs(dt_s) ** 3 / 3.0, abs(dt_s)
    Q[i, i + 3] = Q[i + 3, i] = 0.5 * dt_s * abs(dt_s)
    return Q


def looks(sensor: OwnerSensor, states_itrf: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Places as a sensor sees them and their covariances."""
    away = states_itrf[:, :3] - np.array(sensor.site_itrf_m)
    distance = np.linalg.norm(away, axis=1)
    los = away / distance[:, None]
    across = (sensor.angle_sigma_rad * distance) ** 2
    ll = los[:, :, None] * los[:, None, :]
    R = sensor.range_sigma_m**2 * ll + across[:, None, None] * (np.eye(3) - ll)
    noise = np.einsum("nij,nj->ni", np.linalg.cholesky(R), rng.standard_normal((len(R), 3)))
    return states_itrf[:, :3] + noise, R


def first_belief(truth_itrf: Rows, rng: np.random.Generator, sigma_m: float = 2e3, sigma_mps: float = 50.0) -> Filter:
    """A filter that starts from a first sighting of its own."""
    sigmas = np.repeat([sigma_m, sigma_mps], 3)
    states = truth_itrf + rng.standard_normal(truth_itrf.shape) * sigmas
    return Filter(states, np.tile(np.diag(sigmas**2), (len(truth_itrf), 1, 1)), 1e-5)


def satellites(count: int, rng: np.random.Generator, over_itrf_m: Sequence[float] = (3.6e6, 1.4e6, 5.0e6)) -> Rows:
    """Circular low orbits (n, 6) that just pass over a place, each its own way and height."""
    up = np.array(over_itrf_m) / np.linalg.norm(over_itrf_m)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    out = np.empty((count, 6))
    for i in range(count):
        radius = 6.378e6 + rng.uniform(500e3, 1200e3)
        turn = rng.uniform(0.0, 2.0 * np.pi)
        way = np.cos(turn) * east + np.sin(turn) * north
        lean = rng.normal(0.0, 0.06, 2)
        place = up + lean[0] * east + lean[1] * north
        place /= np.linalg.norm(place)
        way -= (way @ place) * place
        velocity = np.sqrt(EARTH_MU_M3_S2 / radius) * way / np.linalg.norm(way)
        out[i] = [*(radius * place), *(velocity - np.cross([0.0, 0.0, EARTH_SPIN_RADPS], radius * place))]
    return out


def falling(count: int, rng: np.random.Generator, apart_m: float = 20e3) -> Rows:
    """Bodies (n, 6) on ballistic arcs side by side, high over the same place."""
    up = np.array([3.6e6, 1.4e6, 5.0e6])
    up /= np.linalg.norm(up)
    side = np.cross([0.0, 0.0, 1.0], up)
    side /= np.linalg.norm(side)
    north = np.cross(up, side)
    out = np.empty((count, 6))
    for i in range(count):
        place = (6.378e6 + 300e3) * up + rng.normal(0.0, apart_m, 3)
        out[i] = [*place, *(1500.0 * up + 3500.0 * side + 800.0 * north + rng.normal(0.0, 30.0, 3))]
    return out


def told(owner: str, t_tai_ns: int, filtered: Filter, phase: str = "orbit", prefix: str = "") -> list[SharedTrack]:
    """A filter's rows as its owner would tell them."""
    return [
        SharedTrack(
            number=f"{prefix or owner}-{i:06d}", t_tai_ns=t_tai_ns, position_itrf_m=_three(state[:3]),
            velocity_itrf_mps=_three(state[3:]), covariance=covariance_terms(cov), phase=phase, phenomena=("radar",),
            provenance=(owner,),
        )
        for i, (state, cov) in enumerate(zip(filtered.states_itrf, filtered.covs, strict=True))
    ]  # fmt: skip


def _three(vector: Scalar) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])
