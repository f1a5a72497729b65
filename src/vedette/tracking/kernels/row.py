"""One track at a time, compiled: predict, look and correct in place, without allocating anything.

These are for use inside other compiled loops (a crowd of tracks, an association over pairs). A row is `mean` (6,), ITRF
metres and metres a second, and `cov` (6, 6), both float64 and C-contiguous, as `means[i]` and `covs[i]` of whole
arrays are. Everything written goes to arrays that the caller owns. The plain twin of each is its `py_func`.

Typical use, with work arrays made once outside the loop:

    ekf_predict_row(mean, cov, dt_s, q, EARTH)
    radar_row(mean, origin, enu, seen, H)                      # seen (4,), H (4, 6)
    log_likelihood, nis, count = diagonal_update_row(mean, cov, residual, variance, H, work)

`kernels.batch` does the same for thousands of rows several times faster, by doing each step for many rows at once.
"""

from math import atan2, ceil, log, pi, sqrt, tau

import numpy as np
from numba import njit

from vedette.tracking.kernels.step_arithmetic import EARTH, LONGEST_STEP_S, Six, flown, spread, transition

__all__ = [
    "EARTH",
    "diagonal_update_row",
    "ekf_predict_row",
    "folded",
    "gauss_row",
    "innovation_row",
    "los_row",
    "position_row",
    "radar_residual_row",
    "radar_row",
    "scalar_update_row",
]

_LOG_TAU = log(tau)
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def ekf_predict_row(mean: np.ndarray, cov: np.ndarray, dt_s: float, q: float, earth: Six) -> None:
    """Carry one row forward (or back) by dt_s, in place: extended Kalman prediction under gravity.

    Runge-Kutta steps of at most 10 s; the covariance goes along the linearised motion at the middle of each step.

    Parameters
    ----------
    mean (6,), cov (6, 6) : overwritten; only the upper triangle of `cov` is read, both are written
    q : spectral density of white acceleration, m²/s³; doubt grows in both directions of time
    earth : `EARTH`, or the constants of another (see `step_arithmetic`)
    """
    count = max(1, ceil(abs(dt_s) / LONGEST_STEP_S))
    h = dt_s / count
    s = (mean[0], mean[1], mean[2], mean[3], mean[4], mean[5])
    pp = (
        cov[0, 0], cov[0, 1], cov[0, 2],
        cov[0, 1], cov[1, 1], cov[1, 2],
        cov[0, 2], cov[1, 2], cov[2, 2],
    )  # fmt: skip
    pv = (
        cov[0, 3], cov[0, 4], cov[0, 5],
        cov[1, 3], cov[1, 4], cov[1, 5],
        cov[2, 3], cov[2, 4], cov[2, 5],
    )  # fmt: skip
    vv = (
        cov[3, 3], cov[3, 4], cov[3, 5],
        cov[3, 4], cov[4, 4], cov[4, 5],
        cov[3, 5], cov[4, 5], cov[5, 5],
    )  # fmt: skip
    for _ in range(count):
        s, middle = flown(s, h, earth)
        pp, pv, vv = spread(pp, pv, vv, transition(middle, h, earth), h, q)
    mean[0], mean[1], mean[2], mean[3], mean[4], mean[5] = s
    cov[0, 0], cov[0, 1], cov[0, 2], cov[1, 1], cov[1, 2], cov[2, 2] = pp[0], pp[1], pp[2], pp[4], pp[5], pp[8]
    cov[0, 3], cov[0, 4], cov[0, 5], cov[1, 3], cov[1, 4], cov[1, 5], cov[2, 3], cov[2, 4], cov[2, 5] = pv
    cov[3, 3], cov[3, 4], cov[3, 5], cov[4, 4], cov[4, 5], cov[5, 5] = vv[0], vv[1], vv[2], vv[4], vv[5], vv[8]
    for i in range(6):
        for j in range(i):
            cov[i, j] = cov[j, i]


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def folded(angle: float) -> float:
    """An angle difference brought into [-π, π), for angles within a few turns."""
    return angle - tau * np.floor((angle + pi) / tau)


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def radar_row(mean: np.ndarray, origin: np.ndarray, enu: np.ndarray, seen: np.ndarray, H: np.ndarray) -> None:
    """What a radar sees of one row, without refraction, and the slope of it.

    Parameters
    ----------
    mean (6,), ITRF; origin (3,) the radar's place, ITRF; enu (3, 3) rows east, north, up in ITRF
    seen (4,) out : azimuth (rad, clockwise from north, [0, 2π)), elevation (rad), range (m), range rate (m/s, outward)
    H (4, 6) out : the derivative of `seen` by the state, in ITRF
    """
    x, y, z = mean[0] - origin[0], mean[1] - origin[1], mean[2] - origin[2]
    vx, vy, vz = mean[3], mean[4], mean[5]
    e = enu[0, 0] * x + enu[0, 1] * y + enu[0, 2] * z
    n = enu[1, 0] * x + enu[1, 1] * y + enu[1, 2] * z
    u = enu[2, 0] * x + enu[2, 1] * y + enu[2, 2] * z
    level_sq = e * e + n * n
    reach_sq = level_sq + u * u
    level, reach = sqrt(level_sq), sqrt(reach_sq)
    azimuth = atan2(e, n)
    azimuth = azimuth if azimuth >= 0.0 else azimuth + tau
    rate = (x * vx + y * vy + z * vz) / reach
    seen[0], seen[1], seen[2], seen[3] = azimuth if azimuth < tau else 0.0, atan2(u, level), reach, rate
    aside_e, aside_n = n / level_sq, -e / level_sq
    rise_e, rise_n, rise_u = -e * u / (reach_sq * level), -n * u / (reach_sq * level), level / reach_sq
    for i in range(3):
        ahead = mean[i] - origin[i]
        H[0, i] = aside_e * enu[0, i] + aside_n * enu[1, i]
        H[1, i] = rise_e * enu[0, i] + rise_n * enu[1, i] + rise_u * enu[2, i]
        H[2, i] = ahead / reach
        H[3, i] = (mean[3 + i] - rate * ahead / reach) / reach
        H[0, 3 + i], H[1, 3 + i], H[2, 3 + i], H[3, 3 + i] = 0.0, 0.0, 0.0, ahead / reach


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def radar_residual_row(measured: np.ndarray, seen: np.ndarray, residual: np.ndarray) -> None:
    """Measured minus seen (4,), azimuth folded; NaN stays NaN where nothing was measured."""
    residual[0] = folded(measured[0] - seen[0])
    for i in range(1, 4):
        residual[i] = measured[i] - seen[i]


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def los_row(mean: np.ndarray, origin: np.ndarray, basis: np.ndarray, seen: np.ndarray, H: np.ndarray) -> None:
    """Two tangent-plane angles of one row about a direction, and the slope of them.

    Parameters
    ----------
    basis (3, 3) : rows are the direction and two unit vectors across it, ITRF
    seen (2,) out : offsets along the second and third row over that along the first; NaN behind the sensor
    H (2, 6) out
    """
    ahead, first, second = 0.0, 0.0, 0.0
    for i in range(3):
        d = mean[i] - origin[i]
        ahead += basis[0, i] * d
        first += basis[1, i] * d
        second += basis[2, i] * d
    seen[0] = first / ahead if ahead > 0.0 else np.nan
    seen[1] = second / ahead if ahead > 0.0 else np.nan
    for i in range(3):
        H[0, i] = (basis[1, i] - seen[0] * basis[0, i]) / ahead
        H[1, i] = (basis[2, i] - seen[1] * basis[0, i]) / ahead
        H[0, 3 + i], H[1, 3 + i] = 0.0, 0.0


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def position_row(mean: np.ndarray, seen: np.ndarray, H: np.ndarray) -> None:
    """The three ITRF coordinates (m) of one row: seen (3,), H (3, 6)."""
    for i in range(3):
        seen[i] = mean[i]
        for j in range(6):
            H[i, j] = 1.0 if i == j else 0.0


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def scalar_update_row(
    mean: np.ndarray, cov: np.ndarray, h: np.ndarray, residual: float, variance: float, gain: np.ndarray
) -> tuple[float, float]:
    """Correct one row in place with one number: (NIS, variance of the residual).

    Parameters
    ----------
    h (6,) : slope of the number by the state; residual: measured minus expected at the present mean
    variance : of its noise
    gain (6,) : scratch, holds P hᵀ on return

    Log-likelihood is -(NIS + log(variance of the residual) + log 2π) / 2.
    """
    expected = variance
    for i in range(6):
        total = 0.0
        for j in range(6):
            total += cov[i, j] * h[j]
        gain[i] = total
        expected += h[i] * total
    share = 1.0 / expected
    for i in range(6):
        weight = gain[i] * share
        mean[i] += weight * residual
        for j in range(i, 6):
            cov[i, j] -= weight * gain[j]
            cov[j, i] = cov[i, j]
    return residual * residual * share, expected


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def diagonal_update_row(
    mean: np.ndarray, cov: np.ndarray, residual: np.ndarray, variance: np.ndarray, H: np.ndarray, work: np.ndarray
) -> tuple[float, float, int]:
    """Correct one row in place with k numbers of independent noise, one after the other.

    The same result as one update with all of them: the slope is kept and each residual is taken from where the mean
    has moved to. A residual that is NaN was not measured and is left out.

    Parameters
    ----------
    residual (k,) : measured minus expected at the mean on entry; variance (k,); H (k, 6)
    work (12,) : scratch

    Returns
    -------
    log_likelihood, nis, how many were measured
    """
    gain, start = work[:6], work[6:]
    for i in range(6):
        start[i] = mean[i]
    nis, log_det, count = 0.0, 0.0, 0
    for k in range(len(residual)):
        if not np.isfinite(residual[k]):
            continue
        left = residual[k]
        for i in range(6):
            left -= H[k, i] * (mean[i] - start[i])
        part, expected = scalar_update_row(mean, cov, H[k], left, variance[k], gain)
        nis += part
        log_det += log(expected)
        count += 1
    return -0.5 * (nis + log_det + count * _LOG_TAU), nis, count


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def innovation_row(H: np.ndarray, cov: np.ndarray, out: np.ndarray) -> None:
    """H P Hᵀ of one row, (k, 6) and (6, 6) to (k, k): once per track; `gauss_row` adds each detection's own noise."""
    size = H.shape[0]
    for a in range(size):
        for b in range(a, size):
            out[a, b] = 0.0
        for i in range(6):
            total = 0.0
            for j in range(6):
                total += H[a, j] * cov[j, i]
            for b in range(a, size):
                out[a, b] += total * H[b, i]
        for b in range(a):
            out[a, b] = out[b, a]


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def gauss_row(
    residual: np.ndarray, spread: np.ndarray, variance: np.ndarray, work: np.ndarray
) -> tuple[float, float, int]:
    """How likely a residual (k,) is under spread (k, k) plus the diagonal `variance` (k,): log-likelihood, NIS, count.

    Components that are NaN are left out. work (k, k + 1) is scratch. A spread that is not positive gives -inf.
    """
    size = len(residual)
    nis, det, count = 0.0, 0.0, 0
    for a in range(size):
        work[a, size] = 0.0
        if not np.isfinite(residual[a]):
            for b in range(a + 1):
                work[a, b] = 0.0
            continue
        for b in range(a):
            total = spread[a, b]
            for c in range(b):
                total -= work[a, c] * work[b, c]
            work[a, b] = total / work[b, b] if work[b, b] > 0.0 else 0.0
        total, left = spread[a, a] + variance[a], residual[a]
        for c in range(a):
            total -= work[a, c] * work[a, c]
            left -= work[a, c] * work[c, size]
        if not total > 0.0:
            return -np.inf, np.inf, count
        work[a, a] = sqrt(total)
        work[a, size] = left / work[a, a]
        nis += work[a, size] * work[a, size]
        det += log(total)
        count += 1
    return -0.5 * (nis + det + count * _LOG_TAU), nis, count
