"""The law of flight of `motion.boost` at steps twice as long: for whoever flies it a million times.

What keeps the steps of `fly_boost` short is thrust that fades within a step. Here a step ends where fading begins and
another where it is over, so that steps of 2 s come within metres of the law (tens of metres after five minutes of
burning), and steps of 1 s of `fly_boost` only within tens. A flight may also end with the last instant that is asked
for, without its burnout.
"""

from math import cos, sin

import numpy as np
from numba import njit

from vedette.core.shapes import Rows, Scalar
from vedette.motion.boost import _fill, _slope
from vedette.motion.boost_layout import (
    AZIMUTH_RAD,
    BETA_KG_M2,
    BURN_S,
    GAP_S,
    HEADER,
    HEIGHT_M,
    KICK_RAD,
    LAT_RAD,
    LON_RAD,
    RISE_S,
    STAGE_COUNT,
    STAGE_WIDTH,
    T0_S,
    TAIL_OFF_S,
)
from vedette.motion.ellipsoid import height_kernel, position_kernel
from vedette.motion.propagate import world

SWIFT_STEP_S = 2.0
_TURN_S, _TURN_SHARE = 12.0, 0.3  # after the kick the turn is quick, and every later state hangs on it
_VERTICAL, _TURNING, _COASTING = 0, 1, 2
_RISE, _KICKED, _BURN, _FADE, _PAUSE = 0, 1, 2, 3, 4  # parts of a stage


@njit(cache=True, error_model="numpy")
def _run(
    y: np.ndarray,
    t: float,
    t_stop: float,
    t_ignition: float,
    p: np.ndarray,
    base: int,
    mode: int,
    per_beta: float,
    step: float,
    up0: np.ndarray,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
    k: np.ndarray,
    y_new: np.ndarray,
    times: np.ndarray,
    row: int,
    is_seen_only: bool,
    out: np.ndarray,
) -> int:
    """Classical Runge-Kutta from `t` to `t_stop` (seconds of flight), filling rows on the way; next row, -1: down."""
    if t >= t_stop - 1e-9:
        return row
    h = (t_stop - t) / max(1.0, np.ceil((t_stop - t) / step - 1e-9))
    fresh = True
    while t < t_stop - 1e-9:
        # one call of the slope serves all five points, which keeps the compiled code (and its making) small
        for point in range(0 if fresh else 1, 5):
            for i in range(6):
                if point == 0:
                    y_new[i] = y[i]
                elif point < 3:
                    y_new[i] = y[i] + 0.5 * h * k[point - 1, i]
                elif point == 3:
                    y_new[i] = y[i] + h * k[2, i]
                else:
                    y_new[i] = y[i] + h / 6.0 * (k[0, i] + 2.0 * k[1, i] + 2.0 * k[2, i] + k[3, i])
            at = t + (0.0 if point == 0 else (0.5 * h if point < 3 else h))
            _slope(y_new, at, at - t_ignition, p, base, mode, per_beta, up0, air, field, work, k[point])
        fresh = False
        while row < times.size and times[row] - p[T0_S] <= t + h + 1e-9:
            _fill(t, h, y, k[0], y_new, k[4], times[row] - p[T0_S], out[row])
            row += 1
        if is_seen_only and row >= times.size:
            return row
        t += h
        y[:] = y_new
        k[0] = k[4]
        if height_kernel(y[0], y[1], y[2]) < p[HEIGHT_M] - 500.0 or not np.isfinite(y[0]):
            return -1
    return row


@njit(cache=True, error_model="numpy")
def fly_kernel(
    p: np.ndarray,
    times: np.ndarray,
    step: float,
    is_seen_only: bool,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
    k: np.ndarray,
    y: np.ndarray,
    y_new: np.ndarray,
    up0: np.ndarray,
    out: np.ndarray,
    burnout: np.ndarray,
) -> None:
    """Fill `out` (m, 6), states at rising `times` (m,) up to the last burnout, and `burnout` (7,), its time and state.

    NaN after coming down. With `is_seen_only` a flight whose times are over before its burnout ends there, and
    `burnout` stays NaN. Scratch: `work` as in `forces.coast_kernel`, `k` (5, 6), `y` and `y_new` (6,), `up0` (3,).
    """
    out[:] = np.nan
    burnout[:] = np.nan
    x0, y0, z0, up0[0], up0[1], up0[2] = position_kernel(p[LAT_RAD], p[LON_RAD], p[HEIGHT_M])
    y[0], y[1], y[2], y[3], y[4], y[5] = x0, y0, z0, 0.0, 0.0, 0.0
    row = 0
    while row < times.size and times[row] <= p[T0_S]:
        out[row] = y
        row += 1
    t, ignition = 0.0, 0.0
    count = int(p[STAGE_COUNT])
    tail = 0.5 * p[TAIL_OFF_S]
    for piece in range(5 * count):
        stage, part = piece // 5, piece % 5
        if stage > 0 and part < _BURN:
            continue
        base = HEADER + stage * STAGE_WIDTH
        burn, gap, last = p[base + BURN_S], p[base + GAP_S], stage == count - 1
        rise = min(p[RISE_S], 0.9 * burn)
        mode, per_beta, h, start = _TURNING, 0.0, step, ignition
        stop = ignition + burn + (tail if last or tail < gap else gap)
        if part == _RISE:
            mode, stop = _VERTICAL, rise
        elif part == _KICKED:
            h, stop = _TURN_SHARE * step, min(rise + _TURN_S, burn - tail)
        elif part == _BURN:
            h = step if stage == 0 else 2.0 * step  # upper stages turn slowly
            stop = ignition + burn - tail
        elif part == _FADE:
            h = max(step, 2.0 * tail)
        else:
            if last:
                burnout[0] = t + p[T0_S]
                burnout[1:] = y
                return
            mode, stop, start, h = _COASTING, ignition + burn + gap, t, 10.0
            beta = p[base + STAGE_WIDTH + BETA_KG_M2]
            per_beta = 1.0 / beta if beta > 0.0 else 0.0
        row = _run(
            y, t, stop, start, p, base, mode, per_beta, h, up0, air, field, work, k, y_new, times, row, is_seen_only,
            out,
        )  # fmt: skip
        if row < 0 or (is_seen_only and row >= times.size):
            return
        t = max(t, stop)
        if part == _RISE and p[KICK_RAD] != 0.0:
            v = np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
            slat, clat, slon, clon = sin(p[LAT_RAD]), cos(p[LAT_RAD]), sin(p[LON_RAD]), cos(p[LON_RAD])
            ce, cn = sin(p[AZIMUTH_RAD]) * sin(p[KICK_RAD]), cos(p[AZIMUTH_RAD]) * sin(p[KICK_RAD])
            cu = cos(p[KICK_RAD])
            y[3] = v * (-ce * slon - cn * slat * clon + cu * up0[0])
            y[4] = v * (ce * clon - cn * slat * slon + cu * up0[1])
            y[5] = v * (cn * clat + cu * up0[2])
        elif part == _PAUSE:
            ignition = t


@njit(cache=True, nogil=True, error_model="numpy")
def _fly_rows(
    rows: np.ndarray,
    times: np.ndarray,
    step: float,
    air: np.ndarray,
    field: np.ndarray,
    out: np.ndarray,
    burnout: np.ndarray,
) -> None:
    work = np.empty((2, field.shape[1] + 1, field.shape[1] + 1))
    k, y, y_new, up0 = np.empty((5, 6)), np.empty(6), np.empty(6), np.empty(3)
    for i in range(rows.shape[0]):
        fly_kernel(rows[i], times, step, False, air, field, work, k, y, y_new, up0, out[i], burnout[i])


def fly_swiftly(
    parameters: Rows,
    times_s: Scalar,
    *,
    air: Rows | None = None,
    field: Rows | None = None,
    step_s: float = SWIFT_STEP_S,
) -> tuple[Rows, Rows]:
    """As `boost.fly_boost`, parameters `(..., p)`, up to the last burnout: states `(..., m, 6)`, burnouts `(..., 7)`.

    States are NaN after the burnout.
    """
    p = np.ascontiguousarray(parameters, dtype=float)
    times = np.ascontiguousarray(times_s, dtype=float)
    rows = p.reshape(-1, p.shape[-1])
    out, burnout = np.empty((len(rows), times.size, 6)), np.empty((len(rows), 7))
    _fly_rows(rows, times, step_s, *world(air, field), out, burnout)
    return out.reshape(*p.shape[:-1], times.size, 6), burnout.reshape(*p.shape[:-1], 7)
