"""Our filter beside the peers on one scene: a radar of coarse angles and good range follows a body for 200 looks.

Prints the updates a second of many tracks at once. The peers' figures in `PEERS` were measured once on another day, one
core of a two-core machine, with the scripts of the peer comparison; they are quoted, not run here.
"""

from collections.abc import Callable

import numpy as np

from vedette.estimation import predict_sigma, update_joseph
from vedette.tracking.spherical import cartesian_from_spherical, spherical_difference, spherical_from_cartesian

WHAT = "predict + update of a 6-state radar track in spherical coordinates, sigma points, 1,000 tracks"
COUNT = 1_000
LOOKS = 10
PEERS = {  # updates a second, one track at a time, unscented filter with gravity; measured 2026-11-22
    "Stone Soup 1.9.1": 570,
    "filterpy 2.0.0": 1_130,
    "nrl-tracker 2.11.1": 1_150,
    "kalbee 1.0.0": 1_130,
    "PyRecEst 2.4.2": 700,
}
EARTH_M, MU_M3_S2 = 6_378_137.0, 3.986004418e14


def fall(state: np.ndarray, dt_s: float) -> np.ndarray:
    """One Runge-Kutta step of two-body motion about a centre one Earth radius below the radar."""

    def slope(at: np.ndarray) -> np.ndarray:
        away = at[..., :3] + np.array([0.0, 0.0, EARTH_M])
        pull = -MU_M3_S2 * away / np.sum(away**2, axis=-1, keepdims=True) ** 1.5
        return np.concatenate([at[..., 3:], pull], axis=-1)

    a = slope(state)
    b = slope(state + 0.5 * dt_s * a)
    c = slope(state + 0.5 * dt_s * b)
    d = slope(state + dt_s * c)
    return state + dt_s / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def prepare() -> Callable[[], int]:
    """A thousand tracks of the long-range case: 1,150 to 1,830 km, 2 mrad, 2 m."""
    rng = np.random.default_rng(1)
    start = np.array([-1500e3, 900e3, 560e3, 4200.0, -1500.0, 1800.0])
    truth = start + np.repeat([5e3, 500.0], 3) * rng.standard_normal((COUNT, 6))
    mean0 = spherical_from_cartesian(truth)
    sigma = np.array([2e-3, 2e-3, 10.0, 3e-4, 3e-4, 5.0])
    cov0 = np.tile(np.diag(sigma**2), (COUNT, 1, 1))
    R, H, Q = np.diag([4e-6, 4e-6, 4.0]), np.eye(6)[:3], np.diag([1e-14, 1e-14, 1e-2, 1e-14, 1e-14, 1e-2])

    def work() -> int:
        mean, cov, now = mean0, cov0, truth
        for _ in range(LOOKS):
            now = fall(now, 1.0)
            mean, cov = predict_sigma(
                mean, cov,
                lambda points: spherical_from_cartesian(fall(cartesian_from_spherical(points), 1.0)),
                Q, difference=spherical_difference,
            )  # fmt: skip
            seen = spherical_from_cartesian(now)[:, :3]
            after = update_joseph(mean, cov, spherical_difference(seen, mean[:, :3]), H, R)
            mean, cov = after.mean, after.cov
        return COUNT * LOOKS

    return work
