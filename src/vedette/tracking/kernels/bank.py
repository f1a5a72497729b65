"""Sigma-point filters and interacting banks over rows, compiled: mix, predict, look and correct for every row in turn.

One kernel serves the cubature filter (kappa 0), the unscented filter (kappa > 0) and, with one mode or three, the
interacting multiple model filter [Blom and Bar-Shalom 1988]. What it computes is what `vedette.estimation` computes
with `mix`, `predict_sigma`, `update_sigma` and `weigh`.
"""

from math import exp, log, sqrt, tau

import numpy as np
from numba import njit

from vedette.tracking.kernels.lane_functions import angle_of, folded_angle
from vedette.tracking.kernels.sigma import (
    _ITRF,
    _ROOT,
    _SEEN,
    POINTS,
    SIGMA_SCRATCH,
    _sum_products,
    middle_of_lane,
    points_to_itrf,
    sigma_predict_row,
    spread_points,
)
from vedette.tracking.kernels.step_arithmetic import Six

_LOG_TAU = log(tau)
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense
_LEAST = 2.2250738585072014e-308  # the smallest ordinary number
MODE_FLOOR = 1e-6  # keeps a model from being ruled out for ever by one strange look, as `estimation.weigh` does
_PLACE, _SPREAD, _CROSS = SIGMA_SCRATCH, SIGMA_SCRATCH + 4, SIGMA_SCRATCH + 20  # expected 4, 4 x 4, and D x 4
_WORK = _CROSS + 4 * 80  # 80 components at most
BANK_SCRATCH = _WORK + 8 * 80


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def radar_lanes(w: np.ndarray, site: np.ndarray, enu: np.ndarray) -> None:
    """Azimuth, elevation, range and range rate of the points in the second lanes, into the lanes of what is seen."""
    ox, oy, oz = site[0], site[1], site[2]
    e0, e1, e2 = enu[0, 0], enu[0, 1], enu[0, 2]
    n0, n1, n2 = enu[1, 0], enu[1, 1], enu[1, 2]
    u0, u1, u2 = enu[2, 0], enu[2, 1], enu[2, 2]
    for p in range(POINTS):
        x, y, z = w[8 * POINTS + p] - ox, w[9 * POINTS + p] - oy, w[10 * POINTS + p] - oz
        e, n, u = e0 * x + e1 * y + e2 * z, n0 * x + n1 * y + n2 * z, u0 * x + u1 * y + u2 * z
        level = sqrt(e * e + n * n)
        reach = sqrt(e * e + n * n + u * u)
        along = x * w[11 * POINTS + p] + y * w[12 * POINTS + p] + z * w[13 * POINTS + p]
        w[_SEEN * POINTS + p] = angle_of(e, n)
        w[(_SEEN + 1) * POINTS + p] = angle_of(u, level)
        w[(_SEEN + 2) * POINTS + p] = reach
        w[(_SEEN + 3) * POINTS + p] = along / reach


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def expect_radar_row(
    mean: np.ndarray, cov: np.ndarray, coordinates: int, origin: np.ndarray, axes: np.ndarray, kappa: float,
    site: np.ndarray, enu: np.ndarray, w: np.ndarray,
) -> bool:  # fmt: skip
    """What a radar would see of one row: expected values, their spread and how they go with the state, into scratch.

    The points spread over the first six components; what else is in the state follows along the best line.
    """
    count = spread_points(mean, cov, -1, kappa, w)
    if count == 0:
        return False
    points_to_itrf(w, coordinates, origin, axes)
    radar_lanes(w, site, enu)
    for a in range(4):
        w[_PLACE + a] = middle_of_lane(w, _SEEN + a, a == 0)
        for b in range(a + 1):
            w[_SPREAD + 4 * a + b] = _sum_products(w, _SEEN + a, _SEEN + b)
            w[_SPREAD + 4 * b + a] = w[_SPREAD + 4 * a + b]
    first = count - 12
    half = 0.5 / sqrt(6.0 + kappa)
    for j in range(len(mean)):
        for i in range(6):
            total = cov[i, j]
            for k in range(i):
                total -= w[_ROOT + i * 7 + k] * w[_WORK + k]
            w[_WORK + i] = total / w[_ROOT + i * 7 + i]
        for a in range(4):
            total = 0.0
            for k in range(6):
                lane = (_SEEN + a) * POINTS + first + k
                total += half * (w[lane] - w[lane + 6]) * w[_WORK + k]
            w[_CROSS + 4 * j + a] = total
    return True


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def correct_row(
    mean: np.ndarray, cov: np.ndarray, measured: np.ndarray, variance: np.ndarray, w: np.ndarray
) -> tuple[float, float]:
    """Correct one row in place with a look whose expectation stands in the scratch: log-likelihood and NIS.

    measured (4,), NaN where not measured; variance (4,) of its noise. The root of the residual's covariance is taken
    one number after the other, each leaving less for the next.
    """
    size = len(mean)
    nis, log_det, count = 0.0, 0.0, 0
    for a in range(4):
        residual = measured[a] - w[_PLACE + a]
        if not np.isfinite(residual):
            continue
        if a == 0:
            residual = folded_angle(residual)
        # what earlier numbers have already explained is taken off: rows b of the root, kept in the cross-covariance
        total = w[_SPREAD + 5 * a] + variance[a]
        for b in range(a):
            if np.isfinite(measured[b]):
                link = w[_SPREAD + 4 * a + b]
                total -= link * link
                residual -= link * w[_WORK + b]
                for i in range(size):
                    w[_CROSS + 4 * i + a] -= link * w[_CROSS + 4 * i + b]
        if not total > 0.0:
            return -np.inf, np.inf
        root = sqrt(total)
        w[_WORK + a] = residual / root
        for i in range(size):
            w[_CROSS + 4 * i + a] /= root
        for c in range(a + 1, 4):  # the root's column a, for the numbers to come
            link = w[_SPREAD + 4 * c + a]
            for b in range(a):
                if np.isfinite(measured[b]):
                    link -= w[_SPREAD + 4 * c + b] * w[_SPREAD + 4 * a + b]
            w[_SPREAD + 4 * c + a] = link / root
        nis += w[_WORK + a] * w[_WORK + a]
        log_det += log(total)
        count += 1
        for i in range(size):
            mean[i] += w[_CROSS + 4 * i + a] * w[_WORK + a]
            for j in range(i + 1):
                cov[i, j] -= w[_CROSS + 4 * i + a] * w[_CROSS + 4 * j + a]
    for i in range(size):
        for j in range(i):
            cov[j, i] = cov[i, j]
    return -0.5 * (nis + log_det + count * _LOG_TAU), nis


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def mix_row(
    probability: np.ndarray, means: np.ndarray, covs: np.ndarray, transition: np.ndarray,
    new_probability: np.ndarray, new_means: np.ndarray, new_covs: np.ndarray,
) -> None:  # fmt: skip
    """What each of m modes starts from, as `estimation.mix`: (m,), (m, D), (m, D, D) of before into those of after."""
    modes, size = means.shape
    for j in range(modes):
        total = 0.0
        for i in range(modes):
            total += probability[i] * transition[i, j]
        new_probability[j] = total
        new_means[j, :] = 0.0
        new_covs[j, :, :] = 0.0
        for i in range(modes):
            back = probability[i] * transition[i, j] / max(total, _LEAST)
            for a in range(size):
                new_means[j, a] += back * means[i, a]
        for i in range(modes):
            back = probability[i] * transition[i, j] / max(total, _LEAST)
            for a in range(size):
                apart = back * (means[i, a] - new_means[j, a])
                for b in range(size):
                    new_covs[j, a, b] += back * covs[i, a, b] + apart * (means[i, b] - new_means[j, b])


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def weigh_row(probability: np.ndarray, log_likelihood: np.ndarray) -> float:
    """Mode probabilities after a look, in place, and the log-likelihood of the mixture, as `estimation.weigh`."""
    top, total, again = np.max(log_likelihood), 0.0, 0.0
    for i in range(len(probability)):
        probability[i] *= exp(log_likelihood[i] - top)
        total += probability[i]
    for i in range(len(probability)):
        probability[i] = max(probability[i] / max(total, _LEAST), MODE_FLOOR)
        again += probability[i]
    for i in range(len(probability)):
        probability[i] /= again
    return top + log(max(total, _LEAST))


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def bank_radar_rows(
    probability: np.ndarray,
    means: np.ndarray,
    covs: np.ndarray,
    coordinates: int,
    origin: np.ndarray,
    axes: np.ndarray,
    dt_s: float,
    transition: np.ndarray,
    modes: np.ndarray,
    noise: np.ndarray,
    prior: np.ndarray,
    kappa: float,
    earth: Six,
    air: np.ndarray,
    measured: np.ndarray,
    variances: np.ndarray,
    site: np.ndarray,
    enu: np.ndarray,
    log_likelihood: np.ndarray,
    nis: np.ndarray,
) -> None:
    """Predict every row of a bank of m modes by dt_s and correct it with its own radar look, in place.

    Parameters
    ----------
    probability (n, m), means (n, m, 8), covs (n, m, 8, 8) : in `coordinates` about origin (n, 3), axes (n, 3, 3)
    transition (m, m) : of the modes in dt_s; modes (m,) as `flight_kernel`'s; noise (m, 3), prior (4,): see
        `sigma_predict_row`
    kappa : 0 cubature, > 0 unscented with that much weight at the centre
    measured, variances (n, 4) : azimuth, elevation, range, range rate; NaN where not measured
    site (3,), enu (3, 3) : the radar, ITRF
    log_likelihood (n,), nis (n, m) : out; a row without a root gets -inf and stays as it was
    """
    n, m, size = means.shape
    w = np.empty(BANK_SCRATCH)
    mixed_p, mixed, spread, each = np.empty(m), np.empty((m, size)), np.empty((m, size, size)), np.empty(m)
    for row in range(n):
        if m > 1:
            mix_row(probability[row], means[row], covs[row], transition, mixed_p, mixed, spread)
        else:
            mixed_p[0] = 1.0
            mixed[:] = means[row]
            spread[:] = covs[row]
        fine = True
        for i in range(m):
            fine = fine and sigma_predict_row(
                mixed[i], spread[i], coordinates, origin[row], axes[row], dt_s, modes[i], noise[i], prior, kappa, earth,
                air, w,
            )  # fmt: skip
            fine = fine and expect_radar_row(
                mixed[i], spread[i], coordinates, origin[row], axes[row], kappa, site, enu, w
            )
            if not fine:
                break
            each[i], nis[row, i] = correct_row(mixed[i], spread[i], measured[row], variances[row], w)
        if not fine:
            log_likelihood[row] = -np.inf
            continue
        log_likelihood[row] = weigh_row(mixed_p, each)
        probability[row] = mixed_p
        means[row] = mixed
        covs[row] = spread


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def sigma_predict_bank(
    means: np.ndarray,
    covs: np.ndarray,
    coordinates: np.ndarray,
    origin: np.ndarray,
    axes: np.ndarray,
    dt_s: float,
    modes: np.ndarray,
    noise: np.ndarray,
    prior: np.ndarray,
    earth: Six,
    air: np.ndarray,
    is_fine: np.ndarray,
) -> None:
    """Carry every mode of every row along by cubature, in place: (n, m, D) and (n, m, D, D).

    coordinates (n,) : SPHERICAL or COURSE of each row
    is_fine (n, m) out : False where a covariance had no root and that mode of that row was left as it was
    """
    n, m, _ = means.shape
    w = np.empty(SIGMA_SCRATCH)
    for row in range(n):
        for i in range(m):
            is_fine[row, i] = sigma_predict_row(
                means[row, i], covs[row, i], coordinates[row], origin[row], axes[row], dt_s, modes[i], noise[i], prior,
                0.0, earth, air, w,
            )  # fmt: skip


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def tell_bank(
    means: np.ndarray, covs: np.ndarray, coordinates: np.ndarray, origin: np.ndarray, axes: np.ndarray,
    out_mean: np.ndarray, out_cov: np.ndarray, is_fine: np.ndarray,
) -> None:  # fmt: skip
    """ITRF mean (n, m, 6) and covariance (n, m, 6, 6) of every mode of every row, by cubature.

    coordinates (n,) : SPHERICAL or COURSE of each row
    is_fine (n, m) out : False where a covariance had no root and nothing was told
    """
    n, m, _ = means.shape
    w = np.empty(SIGMA_SCRATCH)
    for row in range(n):
        for i in range(m):
            is_fine[row, i] = spread_points(means[row, i], covs[row, i], -1, 0.0, w) > 0
            if not is_fine[row, i]:
                continue
            points_to_itrf(w, coordinates[row], origin[row], axes[row])
            for a in range(6):
                out_mean[row, i, a] = middle_of_lane(w, _ITRF + a, False)
                for b in range(a + 1):
                    out_cov[row, i, a, b] = _sum_products(w, _ITRF + a, _ITRF + b)
                    out_cov[row, i, b, a] = out_cov[row, i, a, b]
