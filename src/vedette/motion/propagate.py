"""Where a coasting body will be: batches of arcs in the rotating frame, to a time, to the ground, to the top.

One integrator serves all: Dormand and Prince 5(4) (J. Comp. Appl. Math. 6, 1980) with step control, so that a quiet arc
takes a dozen steps and a re-entry takes what it needs. Forces: J2 to J4 (or a field), rotation, and drag where a
ballistic coefficient is given. States are `(..., 6)` ITRF: metres and m/s relative to the rotating Earth.
"""

from math import sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.shapes import Rows, Scalar
from vedette.motion.atmosphere import standard_air
from vedette.motion.ellipsoid import geodetic_kernel, height_kernel, up_kernel
from vedette.motion.forces import coast_kernel
from vedette.motion.gravity import gradient_kernel
from vedette.motion.gravity_field import NO_FIELD

RELATIVE_TOLERANCE = 1e-10  # of position and velocity per step: under a millimetre
ORBIT_PERIGEE_M = 120e3  # an arc whose perigee is above this is called orbital, and never comes down here
MAX_FLIGHT_S = 6 * 3600.0
_MU, _W = EARTH_MU_M3_S2, EARTH_SPIN_RADPS

_GROUND, _APOGEE = 0, 1
_A = np.array(
    [
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)


@njit(cache=True, error_model="numpy")
def _slope(
    y: np.ndarray,
    out: np.ndarray,
    per_beta: float,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
    grad: np.ndarray,
) -> None:
    """Time derivative of a state (6), or of a state with its transition matrix (42, row by row)."""
    out[0], out[1], out[2] = y[3], y[4], y[5]
    out[3], out[4], out[5] = coast_kernel(y[0], y[1], y[2], y[3], y[4], y[5], per_beta, air, field, work)
    if y.size == 6:
        return
    gradient_kernel(y[0], y[1], y[2], grad)
    # drag by velocity: -(k/|v|)(|v|^2 I + v v^T) with k = density/2/beta; by position: the fall of density with height
    v = sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
    k, fall, ux, uy, uz = 0.0, 0.0, 0.0, 0.0, 0.0
    if per_beta > 0.0 and v > 0.0:
        h = height_kernel(y[0], y[1], y[2])
        ax, ay, az = coast_kernel(y[0], y[1], y[2], y[3], y[4], y[5], 0.0, air, field, work)
        k = sqrt((out[3] - ax) ** 2 + (out[4] - ay) ** 2 + (out[5] - az) ** 2) / v
        if h < 990e3 and k > 0.0:
            i = int(h / 200.0) if h < 120e3 else 600 + int((h - 120e3) / 4e3)
            i = max(i, 0)
            fall = (air[i + 1, 0] - air[i, 0]) / (200.0 if h < 120e3 else 4e3)
            ux, uy, uz = up_kernel(y[0], y[1], y[2], h)
    up = (ux, uy, uz)
    for j in range(6):
        for i in range(3):
            out[6 + 6 * i + j] = y[6 + 6 * (i + 3) + j]
            total = 0.0
            for m in range(3):
                total += (grad[i, m] - k * fall * y[3 + i] * up[m]) * y[6 + 6 * m + j]
                if k > 0.0:
                    same = 1.0 if i == m else 0.0
                    total -= k * (same + y[3 + i] * y[3 + m] / (v * v)) * y[6 + 6 * (m + 3) + j]
            out[6 + 6 * (i + 3) + j] = total
        out[6 + 18 + j] += 2.0 * _W * y[6 + 24 + j]
        out[6 + 24 + j] -= 2.0 * _W * y[6 + 18 + j]


@njit(cache=True, error_model="numpy")
def _step(
    y: np.ndarray,
    h: float,
    k: np.ndarray,
    y_new: np.ndarray,
    rtol: float,
    per_beta: float,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
    grad: np.ndarray,
) -> float:
    """One Dormand-Prince step from `y` with slope `k[0]` into `y_new`, slope there in `k[6]`; error over tolerance."""
    n = y.size
    for point in range(1, 7):  # one call of the slope for all points keeps the compiled code small
        for i in range(n):
            total = 0.0
            for j in range(point):
                total += _A[point - 1, j] * k[j, i]
            y_new[i] = y[i] + h * total
        _slope(y_new, k[point], per_beta, air, field, work, grad)
    worst_r, worst_v = 0.0, 0.0
    for i in range(6):
        e = abs(
            h
            * (
                71 / 57600 * k[0, i]
                - 71 / 16695 * k[2, i]
                + 71 / 1920 * k[3, i]
                - 17253 / 339200 * k[4, i]
                + 22 / 525 * k[5, i]
                - 1 / 40 * k[6, i]
            )
        )
        if i < 3:
            worst_r = max(worst_r, e)
        else:
            worst_v = max(worst_v, e)
    return max(worst_r / (rtol * 6.4e6), worst_v / (rtol * 7e3))


@njit(cache=True, error_model="numpy")
def _advance(
    y: np.ndarray,
    dt: float,
    h_start: float,
    k: np.ndarray,
    y_new: np.ndarray,
    rtol: float,
    per_beta: float,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
    grad: np.ndarray,
) -> float:
    """Carry `y` through `dt` seconds (either sign), in place; returns the last good step size for the next call."""
    _slope(y, k[0], per_beta, air, field, work, grad)
    done, h = 0.0, min(abs(dt), h_start)
    sign = 1.0 if dt >= 0.0 else -1.0
    whole, good = abs(dt), h_start
    for _ in range(100_000):
        if done >= whole:
            break
        last = done + h >= whole * (1.0 - 1e-14)
        if last:
            h = whole - done
        error = _step(y, sign * h, k, y_new, rtol, per_beta, air, field, work, grad)
        factor = min(5.0, max(0.2, 0.9 * (error + 1e-10) ** -0.2))
        if error <= 1.0 or h < 1e-6:
            done = whole if last else done + h
            y[:] = y_new
            k[0] = k[6]
            if not last or factor < 1.0:
                good = h * factor
        if not error < 1e300:  # not a number: nothing further can be said
            y[:] = np.nan
            break
        h *= factor
    return good


@njit(cache=True, error_model="numpy")
def _coast_batch(
    states: np.ndarray,
    dts: np.ndarray,
    per_beta: np.ndarray,
    rtol: float,
    air: np.ndarray,
    field: np.ndarray,
    chained: bool,
    out: np.ndarray,
) -> None:
    """Rows of `states` (6 or 42 wide) through `dts`; chained: one state through rising times, row by row."""
    width = states.shape[1]
    k, y, y_new, grad = np.empty((7, width)), np.empty(width), np.empty(width), np.empty((3, 3))
    work = np.empty((2, field.shape[1] + 1, field.shape[1] + 1))
    h = 20.0
    for row in range(out.shape[0]):
        if chained:
            if row == 0:
                y[:] = states[0]
            dt = dts[row] - (dts[row - 1] if row > 0 else 0.0)
            h = _advance(y, dt, h, k, y_new, rtol, per_beta[0], air, field, work, grad)
        else:
            y[:] = states[row]
            _advance(y, dts[row], 20.0, k, y_new, rtol, per_beta[row], air, field, work, grad)
        out[row] = y


@njit(cache=True, error_model="numpy")
def _fly_batch(
    states: np.ndarray,
    per_beta: np.ndarray,
    goal: int,
    height_goal: float,
    max_s: float,
    rtol: float,
    air: np.ndarray,
    field: np.ndarray,
    out: np.ndarray,
) -> None:
    """Rows of `states` to the ground or to the top; `out` gets time and state, NaN when that never comes."""
    k, y, y_new, grad = np.empty((7, 6)), np.empty(6), np.empty(6), np.empty((3, 3))
    work = np.empty((2, field.shape[1] + 1, field.shape[1] + 1))
    for row in range(states.shape[0]):
        out[row] = np.nan
        y[:] = states[row]
        if not np.isfinite(y).all():
            continue
        perigee = perigee_radius(y)
        if goal == 0 and not perigee < 6378137.0 + 120e3:
            continue
        before = _distance_to_goal(y, goal, height_goal)
        if goal == 1 and before >= 0.0:  # already falling: the top is behind
            out[row, 0] = 0.0
            out[row, 1:] = y
            continue
        _slope(y, k[0], per_beta[row], air, field, work, grad)
        t, h = 0.0, 5.0
        while t < max_s:
            error = _step(y, h, k, y_new, rtol, per_beta[row], air, field, work, grad)
            factor = min(5.0, max(0.2, 0.9 * (error + 1e-10) ** -0.2))
            if not error < 1e300:
                break
            if error > 1.0 and h > 1e-6:
                h *= factor
                continue
            after = _distance_to_goal(y_new, goal, height_goal)
            if before < 0.0 and after >= 0.0:
                low, f_low, high, f_high, part = 0.0, before, h, after, h
                side = 0
                for _ in range(40):  # Illinois: regula falsi that cannot stall
                    part = (low * f_high - high * f_low) / (f_high - f_low)
                    _step(y, part, k, y_new, rtol, per_beta[row], air, field, work, grad)
                    f = _distance_to_goal(y_new, goal, height_goal)
                    if abs(f) < 1e-6 or high - low < 1e-7:
                        break
                    if f >= 0.0:
                        high, f_high = part, f
                        if side == 1:
                            f_low *= 0.5
                        side = 1
                    else:
                        low, f_low = part, f
                        if side == -1:
                            f_high *= 0.5
                        side = -1
                out[row, 0] = t + part
                out[row, 1:] = y_new
                break
            before = after
            t += h
            y[:] = y_new
            k[0] = k[6]
            h = min(h * factor, 120.0)


@njit(cache=True, error_model="numpy")
def _distance_to_goal(y: np.ndarray, goal: int, height_goal: float) -> float:
    """Negative before the goal, positive past it: metres below a height, or m/s of sinking."""
    h = height_kernel(y[0], y[1], y[2])
    if goal == 0:
        return height_goal - h
    ux, uy, uz = up_kernel(y[0], y[1], y[2], h)
    return -(ux * y[3] + uy * y[4] + uz * y[5])


@njit(cache=True, error_model="numpy")
def perigee_radius(y: np.ndarray) -> float:
    """Osculating two-body perigee radius (m) of an ITRF state; infinite for an escape."""
    vx, vy, vz = y[3] - _W * y[1], y[4] + _W * y[0], y[5]
    r = sqrt(y[0] ** 2 + y[1] ** 2 + y[2] ** 2)
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) - _MU / r
    if energy >= 0.0:
        return np.inf
    hx, hy, hz = y[1] * vz - y[2] * vy, y[2] * vx - y[0] * vz, y[0] * vy - y[1] * vx
    h2 = hx * hx + hy * hy + hz * hz
    e = sqrt(max(0.0, 1.0 + 2.0 * energy * h2 / (_MU * _MU)))
    return -_MU / (2.0 * energy) * (1.0 - e)


@njit(cache=True, error_model="numpy")
def geodetic_rows(points: np.ndarray, out: np.ndarray) -> None:
    for row in range(points.shape[0]):
        out[row, 0], out[row, 1], out[row, 2] = geodetic_kernel(points[row, 0], points[row, 1], points[row, 2])


def _per_beta(beta_kg_m2: Scalar | float, shape: tuple[int, ...]) -> Scalar:
    beta = np.broadcast_to(np.asarray(beta_kg_m2, dtype=float), shape).reshape(-1)
    return np.where(beta > 0.0, 1.0 / np.where(beta > 0.0, beta, 1.0), 0.0)


def propagate_coast(
    states_itrf: Rows,
    dt_s: Scalar | float,
    beta_kg_m2: Scalar | float = 0.0,
    *,
    air: Rows | None = None,
    field: Rows | None = None,
    rtol: float = RELATIVE_TOLERANCE,
) -> Rows:
    """States `(..., 6)` after `dt_s` seconds of coasting (either sign); everything broadcasts over the leading shape.

    `beta_kg_m2` is mass / (drag coefficient x area), 0 or less for no drag; `air` an air grid (default: U.S. Standard
    1976, no wind); `field` a gravity field from `field_coefficients` (default J2 to J4).
    """
    states = np.asarray(states_itrf, dtype=float)
    shape = np.broadcast_shapes(states.shape[:-1], np.shape(dt_s), np.shape(beta_kg_m2))
    rows = np.ascontiguousarray(np.broadcast_to(states, (*shape, 6)).reshape(-1, 6))
    dts = np.ascontiguousarray(np.broadcast_to(np.asarray(dt_s, dtype=float), shape).reshape(-1))
    out = np.empty_like(rows)
    _coast_batch(rows, dts, _per_beta(beta_kg_m2, shape), rtol, *world(air, field), False, out)
    return out.reshape(*shape, 6)


def coast_track(
    state_itrf: Scalar,
    times_s: Scalar,
    beta_kg_m2: float = 0.0,
    *,
    air: Rows | None = None,
    field: Rows | None = None,
    rtol: float = RELATIVE_TOLERANCE,
) -> Rows:
    """One state carried through `times_s` `(n,)`, seconds after it (best when rising): states `(n, 6)`."""
    times = np.ascontiguousarray(times_s, dtype=float)
    out = np.empty((times.size, 6))
    state = np.ascontiguousarray(state_itrf, dtype=float).reshape(1, 6)
    _coast_batch(state, times, _per_beta(beta_kg_m2, (1,)), rtol, *world(air, field), True, out)
    return out


def propagate_coast_stm(
    states_itrf: Rows, dt_s: Scalar | float, beta_kg_m2: Scalar | float = 0.0, *, rtol: float = RELATIVE_TOLERANCE
) -> tuple[Rows, Rows]:
    """States `(..., 6)` after `dt_s`, and the transition matrices `(..., 6, 6)` d(state after)/d(state before).

    The variational equations hold the gradient of gravity to J2, rotation, and drag with the fall of density; J3 and J4
    are left out of the gradient (parts in a million of it).
    """
    states = np.asarray(states_itrf, dtype=float)
    shape = np.broadcast_shapes(states.shape[:-1], np.shape(dt_s), np.shape(beta_kg_m2))
    flat = np.broadcast_to(states, (*shape, 6)).reshape(-1, 6)
    rows = np.concatenate([flat, np.broadcast_to(np.eye(6).reshape(36), (len(flat), 36))], axis=1)
    dts = np.ascontiguousarray(np.broadcast_to(np.asarray(dt_s, dtype=float), shape).reshape(-1))
    out = np.empty_like(rows)
    _coast_batch(rows, dts, _per_beta(beta_kg_m2, shape), rtol, *world(None, None), False, out)
    return out[:, :6].reshape(*shape, 6), out[:, 6:].reshape(*shape, 6, 6)


def fly_to_ground(
    states_itrf: Rows,
    beta_kg_m2: Scalar | float = 0.0,
    height_m: float = 0.0,
    *,
    max_s: float = MAX_FLIGHT_S,
    air: Rows | None = None,
    field: Rows | None = None,
    rtol: float = RELATIVE_TOLERANCE,
) -> tuple[Scalar, Scalar, Scalar, Rows]:
    """Where and when coasting bodies come down through `height_m` over the ellipsoid.

    Returns latitude (rad), longitude (rad, -pi to pi), flight time (s), each `(...)`, and the states `(..., 6)` there.
    NaN where the arc is orbital (osculating perigee above 120 km), escapes, or is still up after `max_s`.
    """
    states = np.asarray(states_itrf, dtype=float)
    shape = np.broadcast_shapes(states.shape[:-1], np.shape(beta_kg_m2))
    rows = np.ascontiguousarray(np.broadcast_to(states, (*shape, 6)).reshape(-1, 6))
    out = np.empty((len(rows), 7))
    _fly_batch(rows, _per_beta(beta_kg_m2, shape), _GROUND, float(height_m), max_s, rtol, *world(air, field), out)
    geodetic = np.empty((len(rows), 3))
    geodetic_rows(out[:, 1:4].copy(), geodetic)
    return (
        geodetic[:, 0].reshape(shape),
        geodetic[:, 1].reshape(shape),
        out[:, 0].reshape(shape),
        out[:, 1:].reshape(*shape, 6),
    )


def apogee(
    states_itrf: Rows,
    beta_kg_m2: Scalar | float = 0.0,
    *,
    max_s: float = MAX_FLIGHT_S,
    air: Rows | None = None,
    field: Rows | None = None,
    rtol: float = RELATIVE_TOLERANCE,
) -> tuple[Scalar, Scalar, Rows]:
    """The top of coasting arcs: height over the ellipsoid (m), time from now (s), state there.

    A body already sinking is at its top now (time 0). NaN where the top is not reached within `max_s`.
    """
    states = np.asarray(states_itrf, dtype=float)
    shape = np.broadcast_shapes(states.shape[:-1], np.shape(beta_kg_m2))
    rows = np.ascontiguousarray(np.broadcast_to(states, (*shape, 6)).reshape(-1, 6))
    out = np.empty((len(rows), 7))
    _fly_batch(rows, _per_beta(beta_kg_m2, shape), _APOGEE, 0.0, max_s, rtol, *world(air, field), out)
    geodetic = np.empty((len(rows), 3))
    geodetic_rows(out[:, 1:4].copy(), geodetic)
    return geodetic[:, 2].reshape(shape), out[:, 0].reshape(shape), out[:, 1:].reshape(*shape, 6)


def world(air: Rows | None, field: Rows | None) -> tuple[Rows, Rows]:
    """Air grid and gravity field with the defaults filled in, read-only so that one compiled kernel serves all."""
    grid = (standard_air() if air is None else np.ascontiguousarray(air, dtype=float)).view()
    coefficients = (NO_FIELD if field is None else np.ascontiguousarray(field, dtype=float)).view()
    grid.setflags(write=False)
    coefficients.setflags(write=False)
    return grid, coefficients
