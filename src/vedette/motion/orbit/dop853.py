"""Dormand and Prince's method of order 8 with error estimators of order 5 and 3, and dense output of order 7.

Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I (2nd edition 1993), section II.5. One integrator
carries a gcrf state, alone or with its partials, through rising or falling times; only the state governs the step.
"""

from math import sqrt

import numpy as np
from numba import njit

from vedette.core.tables import table_rows
from vedette.motion.ellipsoid import height_kernel
from vedette.motion.orbit.accelerate import NOW, SCRATCH_ROWS, TURN, accelerate, shadow_kernel
from vedette.motion.orbit.settings import RADIATION
from vedette.motion.orbit.sky_table import COLUMNS, sky_kernel

STAGES = 16
FINE, TOO_MANY_STEPS, NOT_FINITE, CAME_DOWN = 0, 1, 2, 3
MAX_STEPS = 2_000_000
DEEPEST_M = 5_000e3  # from the centre: an orbit that goes there is none, and its steps would never end
SHORTEST_CUT_S = 0.01  # an edge nearer than this to the start of a step does no harm


def _coefficients() -> dict[str, np.ndarray]:
    shapes = {"a": (16, 16), "c": (1, 16), "e3": (1, 13), "e5": (1, 13), "d": (4, 16)}
    found = {part: np.zeros(shape) for part, shape in shapes.items()}
    for part, row, column, value in table_rows("dop853.csv"):
        found[part][int(row), int(column)] = float(value)
    return found


_ALL = _coefficients()
_A, _D = _ALL["a"], _ALL["d"]  # row 12 of a: the weights of the end point
_C, _E3, _E5 = _ALL["c"][0], _ALL["e3"][0], _ALL["e5"][0]


@njit(cache=True, error_model="numpy")
def fly(
    start: np.ndarray,
    start_s: float,
    times_s: np.ndarray,
    tolerance: float,
    first_step_s: float,
    floor_m: float,
    wanted: np.ndarray,
    forces: np.ndarray,
    knots: np.ndarray,
    air: np.ndarray,
    pull: np.ndarray,
    bend: np.ndarray,
    out: np.ndarray,
    end: np.ndarray,
) -> int:
    """Carry `start` from `start_s` through `times_s`, all on one side of it and going away from it; fill rows of `out`.

    tolerance : of position and velocity per step, relative
    floor_m : stop where the height over the ellipsoid falls through it; later rows become NaN
    end : (2 + n,) gets steps taken, the time of the end, and the state there

    Returns a status: FINE, TOO_MANY_STEPS, NOT_FINITE or CAME_DOWN.
    """
    n = start.size
    k = np.zeros((STAGES, n))
    y, y_new, y_mid = start.copy(), np.empty(n), np.empty(n)
    dense = np.empty((7, n))
    work = np.zeros((6, max(pull.shape[1], bend.shape[1]) + 2))
    small = np.zeros((SCRATCH_ROWS, COLUMNS))
    out[:] = np.nan
    t, row, steps = start_s, 0, 0
    count = times_s.size
    last = times_s[count - 1]
    sign = 1.0 if last >= start_s else -1.0
    h = min(first_step_s, max(abs(last - start_s), 1e-3))
    while row < count and times_s[row] == start_s:
        out[row] = y
        row += 1
    _stages(0, 1, t, 0.0, y, y_new, k, wanted, forces, knots, air, pull, bend, work, small)
    status = FINE
    watch = floor_m > -1e9
    shaded, was_cut, h_whole = forces[RADIATION] != 0.0, False, 0.0
    light = shadow_kernel(y, small[NOW]) if shaded else 0
    while row < count:
        if steps >= MAX_STEPS:
            status = TOO_MANY_STEPS
            break
        is_last = h >= abs(last - t) * (1.0 - 1e-13)
        step = sign * (abs(last - t) if is_last else h)
        _stages(1, 13, t, step, y, y_new, k, wanted, forces, knots, air, pull, bend, work, small)
        r2 = y_new[0] * y_new[0] + y_new[1] * y_new[1] + y_new[2] * y_new[2]
        v2 = y_new[3] * y_new[3] + y_new[4] * y_new[4] + y_new[5] * y_new[5]
        e3, e5 = 0.0, 0.0
        for i in range(6):
            scale2 = tolerance * tolerance * (r2 if i < 3 else v2)
            one, two = 0.0, 0.0
            for j in range(13):
                one += _E3[j] * k[j, i]
                two += _E5[j] * k[j, i]
            e3 += one * one / scale2
            e5 += two * two / scale2
        error = abs(step) * e5 / sqrt((e5 + 0.01 * e3) * 6.0) if e5 > 0.0 else 0.0
        steps += 1
        if not error < 1e300 or r2 < DEEPEST_M * DEEPEST_M:
            status = NOT_FINITE
            break
        if error > 1.0 and abs(step) > 1e-5:
            h = abs(step) * max(0.2, 0.9 * error**-0.125)
            was_cut = False
            continue
        if shaded:  # no step goes over an edge of the shadow: the estimators cannot see what lies between stages
            light_new = shadow_kernel(y_new, small[NOW])
            if light_new != light and not was_cut:
                part = _share_to_edge(y, y_new, step, light, small[NOW])
                if part * abs(step) > SHORTEST_CUT_S:
                    h_whole, h, was_cut = abs(step), part * abs(step), True
                    continue
            light = light_new
        t_new = last if is_last else t + step
        below = watch and _height(y_new, t_new, knots, small) < floor_m
        inside = row < count and sign * times_s[row] < sign * t_new
        if below or inside:
            _stages(13, 16, t, step, y, y_mid, k, wanted, forces, knots, air, pull, bend, work, small)
            for i in range(n):
                delta = y_new[i] - y[i]
                dense[0, i] = delta
                dense[1, i] = step * k[0, i] - delta
                dense[2, i] = 2.0 * delta - step * (k[12, i] + k[0, i])
                dense[3, i], dense[4, i], dense[5, i], dense[6, i] = 0.0, 0.0, 0.0, 0.0
            for q in range(4):
                for j in range(16):
                    d = _D[q, j] * step
                    if d != 0.0:
                        for i in range(n):
                            dense[3 + q, i] += d * k[j, i]
        if below:  # bisect for the share of the step at which the floor is met
            low, high = 0.0, 1.0
            for _ in range(60):
                middle = 0.5 * (low + high)
                _inside_step(y, dense, middle, y_mid)
                if _height(y_mid, t + middle * step, knots, small) < floor_m:
                    high = middle
                else:
                    low = middle
            t_new = t + high * step
            _inside_step(y, dense, high, y_new)
        while row < count and sign * times_s[row] <= sign * t_new:
            if times_s[row] == t_new:
                out[row] = y_new
            else:
                _inside_step(y, dense, (times_s[row] - t) / step, out[row])
            row += 1
        t = t_new
        y[:] = y_new
        if below:
            status = CAME_DOWN
            break
        k[0] = k[12]
        h = abs(step) * min(5.0, max(0.2, 0.9 * (error + 1e-12) ** -0.125))
        if was_cut:
            h, was_cut = max(h, h_whole), False
    end[0], end[1] = steps, t
    end[2:] = y
    return status


@njit(cache=True, error_model="numpy")
def _stages(
    first: int,
    last: int,
    t: float,
    step: float,
    y: np.ndarray,
    y_mid: np.ndarray,
    k: np.ndarray,
    wanted: np.ndarray,
    forces: np.ndarray,
    knots: np.ndarray,
    air: np.ndarray,
    pull: np.ndarray,
    bend: np.ndarray,
    work: np.ndarray,
    small: np.ndarray,
) -> None:
    """Slopes of stages `first` to before `last`; the state of the last of them stays in `y_mid`.

    One place that calls the forces keeps the compiled code small. Row 12 of the table is the end of the step.
    """
    for stage in range(first, last):
        for i in range(y.size):
            y_mid[i] = y[i]
        for j in range(stage):
            a = _A[stage, j] * step
            if a != 0.0:
                for i in range(y.size):
                    y_mid[i] += a * k[j, i]
        accelerate(t + _C[stage] * step, y_mid, k[stage], wanted, forces, knots, air, pull, bend, work, small)


@njit(cache=True, error_model="numpy")
def _inside_step(y: np.ndarray, dense: np.ndarray, share: float, out: np.ndarray) -> None:
    """The state at a share of the step; nested polynomial in share and 1 - share."""
    rest = 1.0 - share
    for i in range(y.size):
        total = dense[6, i] * share
        total = (total + dense[5, i]) * rest
        total = (total + dense[4, i]) * share
        total = (total + dense[3, i]) * rest
        total = (total + dense[2, i]) * share
        total = (total + dense[1, i]) * rest
        out[i] = y[i] + (total + dense[0, i]) * share


@njit(cache=True, error_model="numpy")
def _share_to_edge(y: np.ndarray, y_new: np.ndarray, step: float, light: int, now: np.ndarray) -> float:
    """The share of a step, 0 to 1, just past the place where light ceases to be `light`; cubic in between."""
    low, high = 0.0, 1.0
    at = np.empty(3)
    for _ in range(40):
        f = 0.5 * (low + high)
        g = 1.0 - f
        for i in range(3):
            at[i] = g * g * ((1.0 + 2.0 * f) * y[i] + f * step * y[3 + i]) + f * f * (
                (1.0 + 2.0 * g) * y_new[i] - g * step * y_new[3 + i]
            )
        if shadow_kernel(at, now) == light:
            low = f
        else:
            high = f
    return high


@njit(cache=True, error_model="numpy")
def _height(y: np.ndarray, t_s: float, knots: np.ndarray, small: np.ndarray) -> float:
    """Height (m) over the ellipsoid of a gcrf state; the scratch's rotation is made anew."""
    m = small[TURN : TURN + 3, 0:3]
    sky_kernel(t_s, knots, 5, small[0], m)
    return height_kernel(
        m[0, 0] * y[0] + m[0, 1] * y[1] + m[0, 2] * y[2],
        m[1, 0] * y[0] + m[1, 1] * y[1] + m[1, 2] * y[2],
        m[2, 0] * y[0] + m[2, 1] * y[1] + m[2, 2] * y[2],
    )
