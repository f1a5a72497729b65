"""Many tracks at once, compiled: extended Kalman prediction and radar correction of thousands of rows.

Rows are taken sixteen at a time into a small scratch array in which the same number of all sixteen lies side by side:
the straight-line arithmetic of `step_arithmetic` then runs on four or eight tracks per instruction. What comes out does
not depend on which rows share a tile. `ekf_radar_rows.py_func` is the plain twin.
"""

from math import ceil, log, sqrt

import numpy as np
from numba import njit

from vedette.tracking.kernels.lane_functions import angle_of, folded_angle
from vedette.tracking.kernels.small_blocks import Block
from vedette.tracking.kernels.step_arithmetic import LONGEST_STEP_S, Six, Three, flown, spread, transition

LANES = 16
_MEAN, _COV, _DT, _COUNT, _Z, _VAR, _DET, _NIS, _SEEN = 0, 6, 27, 28, 29, 33, 37, 38, 39
SCRATCH_SIZE = 40 * LANES  # floats that `ekf_radar_rows` needs
_LOG_TAU = float(np.log(2.0 * np.pi))
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def mirrored(a: Block) -> Block:
    """The block with its upper triangle copied onto the lower."""
    return a[0], a[1], a[2], a[1], a[4], a[5], a[2], a[5], a[8]


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def corrected(
    s: Six, pp: Block, pv: Block, vv: Block, hp: Three, hv: Three, residual: float, variance: float
) -> tuple[Six, Block, Block, Block, float, float]:
    """One scalar measurement absorbed: state, the three blocks, NIS and the variance of the residual."""
    g0 = pp[0] * hp[0] + pp[1] * hp[1] + pp[2] * hp[2] + pv[0] * hv[0] + pv[1] * hv[1] + pv[2] * hv[2]
    g1 = pp[1] * hp[0] + pp[4] * hp[1] + pp[5] * hp[2] + pv[3] * hv[0] + pv[4] * hv[1] + pv[5] * hv[2]
    g2 = pp[2] * hp[0] + pp[5] * hp[1] + pp[8] * hp[2] + pv[6] * hv[0] + pv[7] * hv[1] + pv[8] * hv[2]
    g3 = pv[0] * hp[0] + pv[3] * hp[1] + pv[6] * hp[2] + vv[0] * hv[0] + vv[1] * hv[1] + vv[2] * hv[2]
    g4 = pv[1] * hp[0] + pv[4] * hp[1] + pv[7] * hp[2] + vv[1] * hv[0] + vv[4] * hv[1] + vv[5] * hv[2]
    g5 = pv[2] * hp[0] + pv[5] * hp[1] + pv[8] * hp[2] + vv[2] * hv[0] + vv[5] * hv[1] + vv[8] * hv[2]
    expected = variance + hp[0] * g0 + hp[1] * g1 + hp[2] * g2 + hv[0] * g3 + hv[1] * g4 + hv[2] * g5
    share = 1.0 / expected
    pull = residual * share
    k0, k1, k2, k3, k4, k5 = g0 * share, g1 * share, g2 * share, g3 * share, g4 * share, g5 * share
    moved = (
        s[0] + g0 * pull, s[1] + g1 * pull, s[2] + g2 * pull, s[3] + g3 * pull, s[4] + g4 * pull, s[5] + g5 * pull
    )  # fmt: skip
    new_pp = (
        pp[0] - k0 * g0, pp[1] - k0 * g1, pp[2] - k0 * g2,
        0.0, pp[4] - k1 * g1, pp[5] - k1 * g2,
        0.0, 0.0, pp[8] - k2 * g2,
    )  # fmt: skip
    new_pv = (
        pv[0] - k0 * g3, pv[1] - k0 * g4, pv[2] - k0 * g5,
        pv[3] - k1 * g3, pv[4] - k1 * g4, pv[5] - k1 * g5,
        pv[6] - k2 * g3, pv[7] - k2 * g4, pv[8] - k2 * g5,
    )  # fmt: skip
    new_vv = (
        vv[0] - k3 * g3, vv[1] - k3 * g4, vv[2] - k3 * g5,
        0.0, vv[4] - k4 * g4, vv[5] - k4 * g5,
        0.0, 0.0, vv[8] - k5 * g5,
    )  # fmt: skip
    return moved, mirrored(new_pp), new_pv, mirrored(new_vv), residual * pull, expected


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def dotted(a: Three, b: Three) -> float:
    """a · b."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def absorbed(
    start: Six, s: Six, pp: Block, pv: Block, vv: Block, hp: Three, hv: Three, residual: float, variance: float
) -> tuple[Six, Block, Block, Block, float, float, float]:
    """`corrected` with a residual taken at `start`; one that is NaN changes nothing and counts for nothing."""
    on = 1.0 if residual == residual else 0.0
    residual = residual if residual == residual else 0.0
    noise = variance if on > 0.5 else 1.0
    hp, hv = (on * hp[0], on * hp[1], on * hp[2]), (on * hv[0], on * hv[1], on * hv[2])
    moved = dotted(hp, (s[0] - start[0], s[1] - start[1], s[2] - start[2]))
    moved += dotted(hv, (s[3] - start[3], s[4] - start[4], s[5] - start[5]))
    s, pp, pv, vv, nis, expected = corrected(s, pp, pv, vv, hp, hv, residual - moved, noise)
    return s, pp, pv, vv, nis, expected, on


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def radar_corrected(
    s: Six, pp: Block, pv: Block, vv: Block, z: tuple[float, float, float, float],
    variance: tuple[float, float, float, float], origin: Three, enu: Block,
) -> tuple[Six, Block, Block, Block, float, float, float]:  # fmt: skip
    """A radar's look absorbed: state, blocks, NIS, product of the residuals' variances (1 where unmeasured), count."""
    d = (s[0] - origin[0], s[1] - origin[1], s[2] - origin[2])
    v = (s[3], s[4], s[5])
    e = dotted((enu[0], enu[1], enu[2]), d)
    n = dotted((enu[3], enu[4], enu[5]), d)
    u = dotted((enu[6], enu[7], enu[8]), d)
    level_sq = e * e + n * n
    reach_sq = level_sq + u * u
    level, reach = sqrt(level_sq), sqrt(reach_sq)
    per_reach = 1.0 / reach
    rate = dotted(d, v) * per_reach
    aside = 1.0 / level_sq
    rise = 1.0 / (reach_sq * level)
    c_e, c_n = n * aside, -e * aside
    r_e, r_n, r_u = -e * u * rise, -n * u * rise, level_sq * rise
    zero = (0.0, 0.0, 0.0)
    h_az = (c_e * enu[0] + c_n * enu[3], c_e * enu[1] + c_n * enu[4], c_e * enu[2] + c_n * enu[5])
    h_el = (
        r_e * enu[0] + r_n * enu[3] + r_u * enu[6],
        r_e * enu[1] + r_n * enu[4] + r_u * enu[7],
        r_e * enu[2] + r_n * enu[5] + r_u * enu[8],
    )
    h_r = (d[0] * per_reach, d[1] * per_reach, d[2] * per_reach)
    drift = (v[0] - rate * h_r[0], v[1] - rate * h_r[1], v[2] - rate * h_r[2])
    h_rate = (drift[0] * per_reach, drift[1] * per_reach, drift[2] * per_reach)
    turn = folded_angle(z[0] - angle_of(e, n))
    moved, nis, det, count = s, 0.0, 1.0, 0.0
    moved, pp, pv, vv, part, var, one = absorbed(s, moved, pp, pv, vv, h_r, zero, z[2] - reach, variance[2])
    nis, det, count = nis + part, det * var, count + one
    moved, pp, pv, vv, part, var, one = absorbed(s, moved, pp, pv, vv, h_az, zero, turn, variance[0])
    nis, det, count = nis + part, det * var, count + one
    rising = z[1] - angle_of(u, level)
    moved, pp, pv, vv, part, var, one = absorbed(s, moved, pp, pv, vv, h_el, zero, rising, variance[1])
    nis, det, count = nis + part, det * var, count + one
    moved, pp, pv, vv, part, var, one = absorbed(s, moved, pp, pv, vv, h_rate, h_r, z[3] - rate, variance[3])
    return moved, pp, pv, vv, nis + part, det * var, count + one


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def ekf_radar_rows(
    means: np.ndarray,
    covs: np.ndarray,
    dt_s: np.ndarray,
    q: float,
    measured: np.ndarray,
    variances: np.ndarray,
    origin: np.ndarray,
    enu: np.ndarray,
    earth: Six,
    log_likelihood: np.ndarray,
    nis: np.ndarray,
    scratch: np.ndarray,
) -> None:
    """Predict every row by its own time and correct it with its own radar look, in place.

    Parameters
    ----------
    means (n, 6), covs (n, 6, 6) : ITRF, overwritten; the upper triangle of `covs` is read
    dt_s (n,) : how far each row is carried before its look; q : white acceleration, m²/s³
    measured, variances (n, 4) : azimuth (rad), elevation (rad), range (m), range rate (m/s); NaN where not measured
    origin (3,), enu (3, 3) : the radar's place and axes, ITRF
    earth : `step_arithmetic.EARTH`
    log_likelihood (n,), nis (n,) : out
    scratch (SCRATCH_SIZE,) : made by the caller
    """
    n = len(means)
    place = (origin[0], origin[1], origin[2])
    axes = (enu[0, 0], enu[0, 1], enu[0, 2], enu[1, 0], enu[1, 1], enu[1, 2], enu[2, 0], enu[2, 1], enu[2, 2])
    w = scratch
    for first in range(0, n, LANES):
        most = 1
        for l in range(LANES):
            row = min(first + l, n - 1)  # the last tile is filled up with its last row
            for i in range(6):
                w[(_MEAN + i) * LANES + l] = means[row, i]
            k = _COV
            for i in range(6):
                for j in range(i, 6):
                    w[k * LANES + l] = covs[row, i, j]
                    k += 1
            steps = max(1, ceil(abs(dt_s[row]) / LONGEST_STEP_S))
            most = max(most, steps)
            w[_DT * LANES + l], w[_COUNT * LANES + l] = dt_s[row] / steps, steps
            for i in range(4):
                w[(_Z + i) * LANES + l], w[(_VAR + i) * LANES + l] = measured[row, i], variances[row, i]
        for step in range(most):
            for l in range(LANES):
                h = w[_DT * LANES + l] if step < w[_COUNT * LANES + l] else 0.0
                s, pp, pv, vv = _loaded(w, l)
                s, middle = flown(s, h, earth)
                pp, pv, vv = spread(pp, pv, vv, transition(middle, h, earth), h, q)
                _stored(w, l, s, pp, pv, vv)
        for l in range(LANES):
            s, pp, pv, vv = _loaded(w, l)
            z = (w[_Z * LANES + l], w[(_Z + 1) * LANES + l], w[(_Z + 2) * LANES + l], w[(_Z + 3) * LANES + l])
            var = (w[_VAR * LANES + l], w[(_VAR + 1) * LANES + l], w[(_VAR + 2) * LANES + l], w[(_VAR + 3) * LANES + l])
            s, pp, pv, vv, distance, det, count = radar_corrected(s, pp, pv, vv, z, var, place, axes)
            _stored(w, l, s, pp, pv, vv)
            w[_NIS * LANES + l], w[_DET * LANES + l], w[_SEEN * LANES + l] = distance, det, count
        for l in range(min(LANES, n - first)):
            row = first + l
            nis[row] = w[_NIS * LANES + l]
            log_likelihood[row] = -0.5 * (nis[row] + log(w[_DET * LANES + l]) + w[_SEEN * LANES + l] * _LOG_TAU)
            for i in range(6):
                means[row, i] = w[(_MEAN + i) * LANES + l]
            k = _COV
            for i in range(6):
                for j in range(i, 6):
                    covs[row, i, j] = w[k * LANES + l]
                    covs[row, j, i] = w[k * LANES + l]
                    k += 1


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _loaded(w: np.ndarray, l: int) -> tuple[Six, Block, Block, Block]:
    """State and covariance blocks of one lane of a tile."""
    c = _COV * LANES + l
    s = (w[l], w[LANES + l], w[2 * LANES + l], w[3 * LANES + l], w[4 * LANES + l], w[5 * LANES + l])
    p01, p02, p12 = w[c + LANES], w[c + 2 * LANES], w[c + 7 * LANES]
    p34, p35, p45 = w[c + 16 * LANES], w[c + 17 * LANES], w[c + 19 * LANES]
    pp = (w[c], p01, p02, p01, w[c + 6 * LANES], p12, p02, p12, w[c + 11 * LANES])
    pv = (
        w[c + 3 * LANES], w[c + 4 * LANES], w[c + 5 * LANES],
        w[c + 8 * LANES], w[c + 9 * LANES], w[c + 10 * LANES],
        w[c + 12 * LANES], w[c + 13 * LANES], w[c + 14 * LANES],
    )  # fmt: skip
    vv = (w[c + 15 * LANES], p34, p35, p34, w[c + 18 * LANES], p45, p35, p45, w[c + 20 * LANES])
    return s, pp, pv, vv


@njit(error_model="numpy", fastmath=_FLAGS, forceinline=True)
def _stored(w: np.ndarray, l: int, s: Six, pp: Block, pv: Block, vv: Block) -> None:
    """The inverse of `_loaded`."""
    c = _COV * LANES + l
    w[l], w[LANES + l], w[2 * LANES + l], w[3 * LANES + l], w[4 * LANES + l], w[5 * LANES + l] = s
    w[c], w[c + LANES], w[c + 2 * LANES] = pp[0], pp[1], pp[2]
    w[c + 3 * LANES], w[c + 4 * LANES], w[c + 5 * LANES] = pv[0], pv[1], pv[2]
    w[c + 6 * LANES], w[c + 7 * LANES] = pp[4], pp[5]
    w[c + 8 * LANES], w[c + 9 * LANES], w[c + 10 * LANES] = pv[3], pv[4], pv[5]
    w[c + 11 * LANES] = pp[8]
    w[c + 12 * LANES], w[c + 13 * LANES], w[c + 14 * LANES] = pv[6], pv[7], pv[8]
    w[c + 15 * LANES], w[c + 16 * LANES], w[c + 17 * LANES] = vv[0], vv[1], vv[2]
    w[c + 18 * LANES], w[c + 19 * LANES], w[c + 20 * LANES] = vv[4], vv[5], vv[8]
