"""A whole flight, pad to ground, as one compiled function of a few numbers: the forward model of the launch fit.

The powered part is `motion.swift_boost`; then a coast by classic Runge-Kutta 4, cubic Hermite between, to the ground.

`x` is the parameter vector of `motion.boost_layout`, then the coast's own state (6: m, m/s, ITRF) and the time at which
it holds, then four per sensor of constant errors: two angles (azimuth and elevation) rad, range m, clock s. The coast
need not begin exactly where the boost model ends, for that model leaves things out: the difference is the misfit. A
time that is NaN ties the two together. Times are float seconds after the fit's own epoch.
"""

import math

import numpy as np
from numba import njit

from vedette.core.shapes import Rows, Scalar
from vedette.motion.boost_layout import (
    BURN_S,
    COAST_BETA_KG_M2,
    GAP_S,
    HEADER,
    STAGE_COUNT,
    STAGE_WIDTH,
    T0_S,
    TAIL_OFF_S,
)
from vedette.motion.ellipsoid import height_kernel
from vedette.motion.propagate import world
from vedette.motion.swift_boost import SWIFT_STEP_S, fly_kernel, slope_kernel

_HORIZON_S = 7200.0


@njit(cache=True)
def profile_size(x: np.ndarray) -> int:
    """How many numbers of x belong to the boost."""
    return HEADER + STAGE_WIDTH * int(x[STAGE_COUNT])


@njit(cache=True)
def last_burnout(x: np.ndarray) -> float:
    """Time at which the last stage stops."""
    t = x[T0_S]
    n = int(x[STAGE_COUNT])
    for s in range(n):
        t += x[HEADER + STAGE_WIDTH * s + BURN_S]
        if s < n - 1:
            t += x[HEADER + STAGE_WIDTH * s + GAP_S]
    return t


@njit(cache=True)
def _slope(
    s: np.ndarray, per_beta: float, air: np.ndarray, field: np.ndarray, work: np.ndarray, out: np.ndarray
) -> None:
    slope_kernel(s, 0.0, 0.0, s, 0, 2, per_beta, s, air, field, work, out)  # a coast asks nothing of what it is given


@njit(cache=True)
def _between(
    s0: np.ndarray, d0: np.ndarray, s1: np.ndarray, d1: np.ndarray, h: np.ndarray, f: np.ndarray, out: np.ndarray
) -> None:
    """State at fraction f of a step from both ends' states and slopes (cubic Hermite)."""
    a = f * f * (3.0 - 2.0 * f)
    b = f * (1.0 - f) * (1.0 - f) * h
    c = -f * f * (1.0 - f) * h
    for i in range(6):
        out[i] = s0[i] + a * (s1[i] - s0[i]) + b * d0[i] + c * d1[i]


@njit(cache=True)
def climb(s: np.ndarray) -> float:
    """Angle of the Earth-fixed velocity above the local horizontal, rad."""
    up = s[0] * s[3] + s[1] * s[4] + s[2] * s[5]
    r2 = s[0] * s[0] + s[1] * s[1] + s[2] * s[2]
    v2 = s[3] * s[3] + s[4] * s[4] + s[5] * s[5]
    return math.asin(min(max(up / math.sqrt(r2 * v2 + 1e-30), -1.0), 1.0))


@njit(cache=True)
def fly_up(
    x: np.ndarray,
    t_s: np.ndarray,
    is_free: bool,
    step_s: float,
    air: np.ndarray,
    field: np.ndarray,
    states: np.ndarray,
    burnout: np.ndarray,
) -> int:
    """The powered part: fill `states` up to the last burnout, and `burnout` (7,) its time and state.

    Returns how many times were passed, -1 where the flight never got away. With `is_free` a tied flight that burns on
    after the last of the times is flown no further: it takes minutes to orbit, and whether it gets there hangs on what
    nothing seen so far tells. `burnout` is NaN then.
    """
    n, p = t_s.shape[0], profile_size(x)
    work = np.empty((2, field.shape[1] + 1, field.shape[1] + 1))
    k, s, new, up0 = np.empty((5, 6)), np.empty(6), np.empty(6), np.empty(3)
    t = last_burnout(x) + 0.5 * x[TAIL_OFF_S]
    q = 0
    while q < n and t_s[q] <= t:
        q += 1
    is_all = is_free and 0 < n == q and math.isnan(x[p + 6])
    fly_kernel(x[:p], t_s[:q], step_s, is_all, air, field, work, k, s, new, up0, states[:q], burnout)
    if is_all:
        return n if np.isfinite(states[n - 1, 0]) else -1
    return q if np.isfinite(burnout[1]) else -1


@njit(cache=True)
def misfit(x: np.ndarray, burnout: np.ndarray, air: np.ndarray, field: np.ndarray, out: np.ndarray) -> None:
    """Boost model's end, carried to the time of the coast's own state, less that state (6); zeros when tied."""
    p = profile_size(x)
    out[:] = 0.0
    if math.isnan(x[p + 6]):
        return
    work, k = np.empty((2, field.shape[1] + 1, field.shape[1] + 1)), np.empty(6)
    beta = x[COAST_BETA_KG_M2]
    h = x[p + 6] - burnout[0]
    _slope(burnout[1:], 1.0 / beta if beta > 0.0 else 0.0, air, field, work, k)
    for i in range(3):
        out[i] = burnout[1 + i] + h * (burnout[4 + i] + 0.5 * h * k[i + 3]) - x[p + i]
        out[i + 3] = burnout[4 + i] + h * k[i + 3] - x[p + i + 3]


@njit(cache=True)
def fly_on(
    x: np.ndarray,
    burnout: np.ndarray,
    q: int,
    t_s: np.ndarray,
    to_ground: bool,
    air: np.ndarray,
    field: np.ndarray,
    states: np.ndarray,
    ending: np.ndarray,
) -> None:
    """The coast: fill `states` from row `q` on, and `ending` when going to the ground."""
    n, p = t_s.shape[0], profile_size(x)
    work = np.empty((2, field.shape[1] + 1, field.shape[1] + 1))
    k, s, new = np.empty((4, 6)), np.empty(6), np.empty(6)
    tmp, got = np.empty(6), np.empty(6)
    beta = x[COAST_BETA_KG_M2]
    per_beta = 1.0 / beta if beta > 0.0 else 0.0
    is_tied = math.isnan(x[p + 6])
    t = burnout[0] if is_tied else x[p + 6]
    for i in range(6):
        s[i] = burnout[1 + i] if is_tied else x[p + i]
        ending[7 + i] = s[i]
    ending[13], ending[14] = burnout[0], t
    height = height_kernel(s[0], s[1], s[2])
    top, t_top = height, t
    t_stop = t + _HORIZON_S
    ending[0] = 0.0
    k1, k2, k3, k4 = k[0], k[1], k[2], k[3]
    _slope(s, per_beta, air, field, work, k1)
    while q < n and t_s[q] < t:  # the little that lies between burnout and the time of the state
        h = t_s[q] - t
        for i in range(3):
            states[q, i] = s[i] + h * (s[i + 3] + 0.5 * h * k1[i + 3])
            states[q, i + 3] = s[i + 3] + h * k1[i + 3]
        q += 1
    while (q < n or to_ground) and t < t_stop:
        sinking = s[0] * s[3] + s[1] * s[4] + s[2] * s[5] < 0.0
        h = 10.0
        if height < 250e3:
            h = min(10.0, max((height - 90e3) / 9e3, 0.5 if sinking else 1.0))
        for i in range(6):
            tmp[i] = s[i] + 0.5 * h * k1[i]
        _slope(tmp, per_beta, air, field, work, k2)
        for i in range(6):
            tmp[i] = s[i] + 0.5 * h * k2[i]
        _slope(tmp, per_beta, air, field, work, k3)
        for i in range(6):
            tmp[i] = s[i] + h * k3[i]
        _slope(tmp, per_beta, air, field, work, k4)
        for i in range(6):
            new[i] = s[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
        _slope(new, per_beta, air, field, work, k2)
        new_height = height_kernel(new[0], new[1], new[2])
        while q < n and t_s[q] <= t + h:
            _between(s, k1, new, k2, h, (t_s[q] - t) / h, states[q])
            q += 1
        if new_height > top:
            top, t_top = new_height, t + h
        if new_height <= 0.0 or not np.isfinite(new_height):
            f = height / max(height - new_height, 1e-9)
            _between(s, k1, new, k2, h, f, got)
            f += height_kernel(got[0], got[1], got[2]) / max(height - new_height, 1e-9)
            f = min(max(f, 0.0), 1.0)
            _between(s, k1, new, k2, h, f, got)
            ending[0] = 1.0
            ending[1], ending[2], ending[3] = got[0], got[1], got[2]
            ending[4] = t + f * h
            while q < n:  # it lies where it fell
                for i in range(3):
                    states[q, i] = got[i]
                    states[q, i + 3] = 0.0
                q += 1
            break
        for i in range(6):
            s[i] = new[i]
            k1[i] = k2[i]
        height = new_height
        t += h
    ending[5], ending[6] = top, t_top


@njit(cache=True)
def fly(
    x: np.ndarray,
    t_s: np.ndarray,
    to_ground: bool,
    step_s: float,
    boost_air: np.ndarray,
    air: np.ndarray,
    field: np.ndarray,
    states: np.ndarray,
    ending: np.ndarray,
) -> bool:
    """Fill `states` (n, 6), ITRF m and m/s, at the ascending times `t_s` (n,); False where the flight never got away.

    With `to_ground` the flight goes on to the ground and `ending` (15,) becomes: 0 how it ends (1 ground, 0 still up
    after two hours), 1 x, 2 y, 3 z, 4 time, 5 greatest height m, 6 its time, 7-12 the coast's first state, 13 last
    burnout, 14 the time of that state. The wind of a boost is among its own numbers: whoever comes down through another
    day's `air` does not rise through it again (`boost_air`).
    """
    burnout = np.empty(7)
    q = fly_up(x, t_s, False, step_s, boost_air, field, states, burnout)
    if q < 0:
        states[:] = np.nan
        ending[:] = np.nan
        ending[0] = 0.0
        return False
    fly_on(x, burnout, q, t_s, to_ground, air, field, states, ending)
    return True


def flight(x: Scalar, t_s: Scalar, *, air: Rows | None = None, field: Rows | None = None) -> tuple[Rows, Scalar]:
    """States (n, 6) at ascending times and the ending (15,) of one flight; see `fly`."""
    states, ending = np.empty((len(t_s), 6)), np.zeros(15)
    air, field = world(air, field)
    fly(np.asarray(x, float), np.asarray(t_s, float), True, SWIFT_STEP_S, air, air, field, states, ending)
    return states, ending
