"""What a look at a track is worth, in nats: how much surer it makes the quantity that matters.

Three quantities. `state`: the entropy of the whole state. `impact`: the sum of all impact areas, as a share of what
it is now, which is the entropy of the sum to first order; not the sum of their logarithms, to which a small area made
smaller is worth as much as a large one. `identity`: the entropy of which band of reach an object belongs to. A look
that may miss counts with its detection probability times its information, the information reduction factor of
tracking bounds (Zhang, Willett and Bar-Shalom 2005; Hernandez, Farina and Ristic 2006).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import ndtr

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, WGS84_A_M
from vedette.core.shapes import Rows, Scalar
from vedette.motion.flight_classes import RANGE_BANDS_M
from vedette.motion.propagate import fly_to_ground

Goal = Literal["state", "impact", "identity"]
BETA_KG_M2 = 3000.0
_STEPS = np.array([200.0, 200.0, 200.0, 1.0, 1.0, 1.0])
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(48)
_EDGES_M = np.array([low for _, low, _ in RANGE_BANDS_M[1:]])


@dataclass(frozen=True, slots=True, eq=False)
class Stake:
    """What is at stake in one track: its belief, and how the quantity that matters hangs on the state."""

    goal: Goal
    information: Rows  # (6, 6) inverse of the state covariance before any look
    jacobian: Rows | None  # impact: (2, 6) metres east and north; identity: (1, 6) metres of reach; state: None
    reach_m: float = np.nan
    weight: float = 1.0

    def doubt(self, information: Rows) -> float:
        """How unsure the quantity is, in nats up to a constant, when the state's information has become this."""
        if self.goal == "state":
            return -0.5 * self.weight * float(np.linalg.slogdet(information)[1])
        if self.jacobian is None:
            return 0.0  # it does not come down, or is no ballistic flight: nothing is at stake
        cov = self.jacobian @ np.linalg.solve(information, self.jacobian.T)
        if self.goal == "impact":
            return self.weight * float(np.sqrt(max(np.linalg.det(cov + np.eye(2)), 0.0)))  # a metre is sure enough
        before = float((self.jacobian @ np.linalg.solve(self.information, self.jacobian.T))[0, 0])
        return self.weight * expected_band_entropy(self.reach_m, before, float(cov[0, 0]))


def stake_of(goal: Goal, state_itrf: Rows, state_cov_itrf: Rows, weight: float = 1.0) -> Stake:
    """The stake of one track with this belief, (6,) and (6, 6)."""
    scale = np.sqrt(np.diag(state_cov_itrf))
    corr = state_cov_itrf / np.outer(scale, scale)
    information = np.linalg.inv(corr + 1e-12 * np.eye(6)) / np.outer(scale, scale)
    if goal == "state":
        return Stake(goal, information, None, weight=weight)
    if goal == "impact":
        return Stake(goal, information, impact_jacobian(state_itrf), weight=weight)
    reach = longest_reach_m(state_itrf)
    if not np.isfinite(reach):
        return Stake(goal, information, None, weight=weight)
    steps = np.diag(_STEPS)
    slope = (longest_reach_m(state_itrf + steps) - longest_reach_m(state_itrf - steps)) / (2.0 * _STEPS)
    jacobian = slope[None] if np.all(np.isfinite(slope)) else None
    return Stake(goal, information, jacobian, float(reach), weight)


def stakes_of(goal: Goal, states_itrf: Rows, state_covs_itrf: Rows, weights: Sequence[float]) -> tuple[Stake, ...]:
    """The stakes of n tracks (n, 6), (n, 6, 6); impact areas count as shares of their weighted sum."""
    stakes = [
        stake_of(goal, state, cov, weight)
        for state, cov, weight in zip(states_itrf, state_covs_itrf, weights, strict=True)
    ]
    if goal == "impact":
        total = sum(stake.doubt(stake.information) for stake in stakes)
        stakes = [replace(stake, weight=stake.weight / total) if total > 0.0 else stake for stake in stakes]
    return tuple(stakes)


def impact_jacobian(state_itrf: Rows) -> Rows | None:
    """(2, 6) metres east and north of the place of impact by the state's numbers; None where it does not come down."""
    steps = np.diag(_STEPS)
    around = np.concatenate([state_itrf + steps, state_itrf - steps, state_itrf[None]])
    lat, lon, _, _ = fly_to_ground(around, BETA_KG_M2)
    if not np.all(np.isfinite(lat)):
        return None
    turn = (lon[:6] - lon[6:12] + np.pi) % (2.0 * np.pi) - np.pi
    east, north = turn * np.cos(lat[12]) * WGS84_A_M, (lat[:6] - lat[6:12]) * WGS84_A_M
    return np.stack([east, north]) / (2.0 * _STEPS)


def longest_reach_m(state_itrf: Rows) -> Scalar:
    """(...) ground range of the longest free flight with a state's speed and height; infinite from orbital speed on.

    Two bodies, inertial speed: with q = r v^2 / mu the greatest range angle is 2 asin(q / (2 - q)) (Wheelon 1959;
    Bate, Mueller and White 1971, 6.2).
    """
    r = np.linalg.norm(state_itrf[..., :3], axis=-1)
    spin = EARTH_SPIN_RADPS * np.stack(
        [-state_itrf[..., 1], state_itrf[..., 0], np.zeros(np.shape(state_itrf)[:-1])], axis=-1
    )
    v2 = np.sum((state_itrf[..., 3:6] + spin) ** 2, axis=-1)
    q = r * v2 / EARTH_MU_M3_S2
    angle = 2.0 * np.arcsin(np.clip(q / np.maximum(2.0 - q, 1e-9), 0.0, 1.0))
    return np.where(q < 1.0, WGS84_A_M * angle, np.inf)


def band_entropy(reach_m: Scalar, sigma_m: float) -> Scalar:
    """(...) entropy in nats of which band of reach an object belongs to, its reach known with this sigma."""
    below = ndtr((_EDGES_M - np.asarray(reach_m)[..., None]) / max(sigma_m, 1e-6))
    share = np.diff(below, axis=-1, prepend=0.0, append=1.0)
    return -np.sum(np.where(share > 0.0, share * np.log(np.maximum(share, 1e-300)), 0.0), axis=-1)


def expected_band_entropy(reach_m: float, variance_before_m2: float, variance_after_m2: float) -> float:
    """Mean entropy of the band once the variance of the reach has shrunk; never more than the entropy before."""
    moved = np.sqrt(max(variance_before_m2 - variance_after_m2, 0.0))
    found = band_entropy(reach_m + moved * _NODES, float(np.sqrt(max(variance_after_m2, 0.0))))
    mean = float(np.sum(_NODE_WEIGHTS * found) / np.sum(_NODE_WEIGHTS))
    return min(mean, float(band_entropy(np.asarray(reach_m), float(np.sqrt(variance_before_m2)))))
