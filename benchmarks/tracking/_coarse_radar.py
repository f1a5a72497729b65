"""The long-range case: 1,150 to 1,830 km, 2 mrad, 2 m. How honest the filter is over thousands of runs.

Started and told by the fifth-degree rule, flown by the third-degree one, in course or spherical coordinates (decision
0081). `judged` gives what is asked of it.
"""

from typing import Any

import numpy as np

from benchmarks.tracking._one_radar import (
    CASES,
    DT_S,
    EARTH_M,
    EAST_NORTH_UP,
    MU_M3_S2,
    NOISE_M2_S3,
    RADAR_M,
    ROUND_EARTH,
    play,
    process_noise,
)
from vedette.estimation import transform
from vedette.metrics import chi_square_band, filtering_bound, nees, rmse
from vedette.motion.atmosphere import standard_air
from vedette.tracking.course import cartesian_from_course, course_difference, course_from_cartesian
from vedette.tracking.kernels.bank import bank_radar_rows
from vedette.tracking.kernels.flight_kernel import COAST
from vedette.tracking.kernels.sigma import COURSE, SPHERICAL
from vedette.tracking.kernels.tell import told_rows
from vedette.tracking.motions import PARAMETER_MEAN, PARAMETER_SIGMA
from vedette.tracking.spherical import cartesian_from_spherical, spherical_difference, spherical_from_cartesian

BATCH = 100  # runs whose mean is held against its own band, as the peers' were


def bound(name: str, runs: int = 50) -> np.ndarray:
    """Posterior Cramér-Rao bound (steps, 6, 6) of a case, over some truths."""
    scene = play(name, runs, seed=10_000)
    truth = scene["truth"]
    before = np.concatenate([np.broadcast_to(CASES[name][0], (1, runs, 6)), truth[:-1]])
    away = before[..., :3] + np.array([0.0, 0.0, EARTH_M])
    r = np.linalg.norm(away, axis=-1)[..., None, None]
    A = np.zeros((*before.shape[:-1], 6, 6))
    A[..., :3, 3:] = np.eye(3)
    A[..., 3:, :3] = MU_M3_S2 * (3.0 * away[..., :, None] * away[..., None, :] / r**5 - np.eye(3) / r**3)
    F = np.eye(6) + A * DT_S + A @ A * DT_S**2 / 2.0 + A @ A @ A * DT_S**3 / 6.0
    x, y, z = np.moveaxis(truth[..., :3], -1, 0)
    level_sq = x * x + y * y
    level, reach_sq = np.sqrt(level_sq), level_sq + z * z
    H = np.zeros((*truth.shape[:-1], 3, 6))
    H[..., 0, 0], H[..., 0, 1] = -y / level_sq, x / level_sq
    H[..., 1, 0], H[..., 1, 1] = -x * z / (reach_sq * level), -y * z / (reach_sq * level)
    H[..., 1, 2] = level / reach_sq
    H[..., 2, :3] = truth[..., :3] / np.sqrt(reach_sq)[..., None]
    return filtering_bound(np.linalg.inv(scene["cov"]), F, process_noise(), H, scene["R"])


def followed(
    name: str, runs: int, seed: int, coordinates: int = COURSE, start_degree: int = 5, tell_degree: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Errors (steps, runs, 6) and normalised errors (steps, runs) of our filter over a case.

    Degrees 3 or 5 of the rules by which the start is put into the filter's coordinates and its belief told in x, y, z.
    """
    scene = play(name, runs, seed)
    steps = len(scene["seen"])
    origin, axes = np.tile(RADAR_M, (runs, 1)), np.tile(np.eye(3), (runs, 1, 1))
    cov0 = np.broadcast_to(scene["cov"], (runs, 6, 6))
    start, wide, back = scene["guess"], cov0, None
    if coordinates == COURSE:
        way, difference, back = course_from_cartesian, course_difference, cartesian_from_course
        start, wide, _ = transform(scene["guess"], cov0, way, difference=difference, degree=start_degree)
    elif coordinates == SPHERICAL:
        way, difference, back = spherical_from_cartesian, spherical_difference, cartesian_from_spherical
        start, wide, _ = transform(scene["guess"], cov0, way, difference=difference, degree=start_degree)
    means, covs = np.zeros((runs, 1, 8)), np.zeros((runs, 1, 8, 8))
    means[:, 0, :6], means[:, 0, 6:] = start, PARAMETER_MEAN
    covs[:, 0, :6, :6], covs[:, 0, 6, 6], covs[:, 0, 7, 7] = wide, *PARAMETER_SIGMA**2
    looks, variances = np.full((runs, 4), np.nan), np.ones((runs, 4))
    variances[:, :3] = np.diag(scene["R"])
    prior, air = np.concatenate([PARAMETER_MEAN, PARAMETER_SIGMA**2]), standard_air()
    noise, change, mode = np.array([[NOISE_M2_S3, 0.0, 0.0]]), np.ones((1, 1)), np.array([COAST])
    share, log_likelihood, nis = np.ones((runs, 1)), np.empty(runs), np.empty((runs, 1))
    told, told_cov = np.empty((runs, 1, 6)), np.empty((runs, 1, 6, 6))
    errors, scores = np.empty((steps, runs, 6)), np.empty((steps, runs))
    for k in range(steps):
        looks[:, :3] = scene["seen"][k]
        bank_radar_rows(
            share, means, covs, coordinates, origin, axes, DT_S, change, mode, noise, prior, 0.0, ROUND_EARTH, air,
            looks, variances, RADAR_M, EAST_NORTH_UP, log_likelihood, nis,
        )  # fmt: skip
        assert np.isfinite(log_likelihood).all()
        if tell_degree == 3 and back is not None:
            told[:, 0], told_cov[:, 0], _ = transform(means[:, 0, :6], covs[:, 0, :6, :6], back)
            told[:, 0, :3] += RADAR_M
        else:
            told_rows(means, covs, coordinates, origin, axes, told, told_cov)
        errors[k] = told[:, 0] - scene["truth"][k]
        errors[k, :, :3] -= RADAR_M
        scores[k] = nees(errors[k], told_cov[:, 0]) / 6.0
    return errors, scores


def judged(errors: np.ndarray, scores: np.ndarray, limit: np.ndarray) -> dict[str, Any]:
    """Mean normalised error, shares of steps in the 95 % band, and error over the bound in the second half.

    The band is that of the mean of all runs (a few per cent wide when there are thousands) and, as the peers were
    judged, that of the means of a hundred runs each.
    """
    steps, runs = scores.shape
    late = slice(steps // 2, None)
    mean = scores.mean(axis=1)
    low, high = chi_square_band(6, runs, 0.95)
    batches = scores[:, : runs // BATCH * BATCH].reshape(steps, -1, BATCH).mean(axis=2)
    low_100, high_100 = chi_square_band(6, BATCH, 0.95)
    inside = (batches > low_100) & (batches < high_100)
    ratios = {}
    for what, part in (("position", slice(0, 3)), ("velocity", slice(3, 6))):
        found = rmse(errors[late, :, part].reshape(-1, 3))
        least = np.sqrt(np.trace(limit[late, part, part], axis1=1, axis2=2).mean())
        ratios[f"{what}_over_bound"] = float(found / least)
    return {
        "anees": float(mean.mean()), "anees_second_half": float(mean[late].mean()), "anees_worst": float(mean.max()),
        "in_band": float(((mean > low) & (mean < high)).mean()),
        "in_band_second_half": float(((mean > low) & (mean < high))[late].mean()),
        "in_band_of_100": float(inside.mean()), "in_band_of_100_second_half": float(inside[late].mean()), **ratios,
    }  # fmt: skip
