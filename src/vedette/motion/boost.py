"""The flight of a staged vehicle from the pad through burnout and free fall, from one parameter vector.

The law of flight, shared by those who make truth and those who estimate it: rise straight up, tilt the velocity once
towards the azimuth (the kick), then follow a gravity turn, thrust along the velocity relative to the rotating Earth
plus an optional pitch programme per stage. Each stage has a constant vacuum thrust and mass flow: a = a0 / (1 - flow t)
(Li and Jilkov, "Survey of maneuvering target tracking II", 2010, section III). Drag follows a ballistic coefficient
with a plain Mach shape. What the two sides do not share are the forces: the air grid, the gravity field, and the small
things at the end of the header (`boost_layout`).
"""

from math import cos, exp, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.shapes import Rows, Scalar
from vedette.motion.atmosphere import air_index_kernel, jet_kernel
from vedette.motion.boost_layout import (
    A0_MPS2,
    AZIMUTH_RAD,
    BACK_PRESSURE,
    BETA_KG_M2,
    BURN_S,
    COAST_BETA_KG_M2,
    FLOW_PER_S,
    GAP_S,
    HEADER,
    HEIGHT_M,
    JET_EAST_MPS,
    JET_NORTH_MPS,
    KICK_RAD,
    LAT_RAD,
    LON_RAD,
    PITCH_RAD,
    PITCH_RATE_RADPS,
    RIPPLE,
    RIPPLE_HZ,
    RISE_S,
    SLOPE,
    STAGE_COUNT,
    STAGE_WIDTH,
    STEER_PERIOD_S,
    STEER_PITCH_RAD,
    STEER_YAW_RAD,
    T0_S,
    TAIL_OFF_S,
    THRUST_SCALE,
)
from vedette.motion.ellipsoid import height_kernel, position_kernel, up_kernel
from vedette.motion.forces import blowing_kernel, coast_kernel, wind_kernel
from vedette.motion.propagate import world

BOOST_STEP_S = 1.0
_SEA_LEVEL_PA = 101_325.0


@njit(cache=True, error_model="numpy")
def drag_shape_kernel(mach: float) -> float:
    """Drag coefficient over its hypersonic value: a transonic rise of 70 %, fading by Mach 4 (generic slender body)."""
    if mach > 6.0:
        return 1.0
    d = mach - 1.15
    return 1.0 + 0.7 * (exp(-(d * d) / 0.06) if d < 0.0 else exp(-d * d / (0.4 + 0.8 * d)))


@njit(cache=True, error_model="numpy")
def _thrust_shape(t: float, burn: float, slope: float, tail: float) -> tuple[float, float]:
    """Thrust over nominal at `t` after ignition, and its integral from ignition (s)."""
    ramp, done = 1.0, t
    if tail > 0.0 and t > burn - 0.5 * tail:
        ramp = min(1.0, max(0.0, (burn + 0.5 * tail - t) / tail))
        done = burn - 0.5 * tail * ramp * ramp
    return ramp * (1.0 + slope * (done / burn - 0.5)), done + 0.5 * slope * done * (done / burn - 1.0)


@njit(cache=True, error_model="numpy")
def _powered(
    y: np.ndarray,
    t_flight: float,
    t_stage: float,
    p: np.ndarray,
    base: int,
    vertical: bool,
    up0: np.ndarray,
    air: np.ndarray,
    out: np.ndarray,
) -> None:
    """Add thrust and the powered body's drag to the derivative `out`; the stage's entries start at `base`."""
    x, yy, z, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    height = height_kernel(x, yy, z)
    rate, burnt = _thrust_shape(t_stage, p[base + BURN_S], p[SLOPE], p[TAIL_OFF_S])
    mass = 1.0 - p[base + FLOW_PER_S] * burnt
    a = p[THRUST_SCALE] * p[base + A0_MPS2] * rate / mass
    if p[RIPPLE] != 0.0:
        a *= 1.0 + p[RIPPLE] * sin(2.0 * pi * p[RIPPLE_HZ] * t_flight)
    if height < 120e3:
        i, f = air_index_kernel(height if height > -1e3 else -1e3)
        density = exp(air[i, 0] + f * (air[i + 1, 0] - air[i, 0]))
        sound = air[i, 1] + f * (air[i + 1, 1] - air[i, 1])
        a *= 1.0 - p[base + BACK_PRESSURE] * density * sound * sound / (1.4 * _SEA_LEVEL_PA)
        if p[base + BETA_KG_M2] > 0.0:
            wx, wy, wz = wind_kernel(x, yy, z, height, air)
            wx, wy, wz = vx - wx, vy - wy, vz - wz
            if p[JET_EAST_MPS] != 0.0 or p[JET_NORTH_MPS] != 0.0:
                jet = jet_kernel(height)
                jx, jy, jz = blowing_kernel(x, yy, z, height, jet * p[JET_EAST_MPS], jet * p[JET_NORTH_MPS])
                wx, wy, wz = wx - jx, wy - jy, wz - jz
            speed = sqrt(wx * wx + wy * wy + wz * wz)
            drag = -0.5 * density * speed * drag_shape_kernel(speed / sound) / (p[base + BETA_KG_M2] * mass)
            out[3] += drag * wx
            out[4] += drag * wy
            out[5] += drag * wz
    v = sqrt(vx * vx + vy * vy + vz * vz)
    if vertical or v < 1.0:
        dx, dy, dz = up0[0], up0[1], up0[2]
    else:
        dx, dy, dz = vx / v, vy / v, vz / v
        pitch = p[base + PITCH_RAD] + p[base + PITCH_RATE_RADPS] * t_stage
        yaw = 0.0
        if p[STEER_PITCH_RAD] != 0.0 or p[STEER_YAW_RAD] != 0.0:
            phase = 2.0 * pi * t_flight / p[STEER_PERIOD_S]
            pitch += p[STEER_PITCH_RAD] * sin(phase)
            yaw = p[STEER_YAW_RAD] * sin(phase + 1.0)
        if pitch != 0.0 or yaw != 0.0:
            ux, uy, uz = up_kernel(x, yy, z, height)
            along = ux * dx + uy * dy + uz * dz
            ux, uy, uz = ux - along * dx, uy - along * dy, uz - along * dz
            n = sqrt(ux * ux + uy * uy + uz * uz)
            if n > 1e-6:
                ux, uy, uz = ux / n, uy / n, uz / n
                sx, sy, sz = dy * uz - dz * uy, dz * ux - dx * uz, dx * uy - dy * ux
                c, s = cos(pitch), sin(pitch)
                cy, sy_ = cos(yaw), sin(yaw)
                dx, dy, dz = (
                    cy * (c * dx + s * ux) + sy_ * sx,
                    cy * (c * dy + s * uy) + sy_ * sy,
                    cy * (c * dz + s * uz) + sy_ * sz,
                )
    out[3] += a * dx
    out[4] += a * dy
    out[5] += a * dz


@njit(cache=True, error_model="numpy")
def _slope(
    y: np.ndarray,
    t_flight: float,
    t_stage: float,
    p: np.ndarray,
    base: int,
    mode: int,
    per_beta: float,
    up0: np.ndarray,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
    out: np.ndarray,
) -> None:
    """Mode 0 vertical thrust, 1 gravity turn, 2 coast."""
    out[0], out[1], out[2] = y[3], y[4], y[5]
    drag = per_beta if mode == 2 else 0.0
    out[3], out[4], out[5] = coast_kernel(y[0], y[1], y[2], y[3], y[4], y[5], drag, air, field, work)
    if mode < 2:
        _powered(y, t_flight, t_stage, p, base, mode == 0, up0, air, out)


@njit(cache=True, error_model="numpy")
def _fill(
    t: float, h: float, a: np.ndarray, ka: np.ndarray, b: np.ndarray, kb: np.ndarray, t_want: float, out: np.ndarray
) -> None:
    """Quintic Hermite between two knots of position, velocity and acceleration."""
    s = (t_want - t) / h
    s2 = s * s
    s3 = s2 * s
    s4 = s3 * s
    s5 = s4 * s
    p0, p1 = 1.0 - 10.0 * s3 + 15.0 * s4 - 6.0 * s5, 10.0 * s3 - 15.0 * s4 + 6.0 * s5
    v0, v1 = h * (s - 6.0 * s3 + 8.0 * s4 - 3.0 * s5), h * (-4.0 * s3 + 7.0 * s4 - 3.0 * s5)
    a0, a1 = h * h * (0.5 * s2 - 1.5 * s3 + 1.5 * s4 - 0.5 * s5), h * h * (0.5 * s3 - s4 + 0.5 * s5)
    dp = (-30.0 * s2 + 60.0 * s3 - 30.0 * s4) / h
    dv0, dv1 = 1.0 - 18.0 * s2 + 32.0 * s3 - 15.0 * s4, -12.0 * s2 + 28.0 * s3 - 15.0 * s4
    da0, da1 = h * (s - 4.5 * s2 + 6.0 * s3 - 2.5 * s4), h * (1.5 * s2 - 4.0 * s3 + 2.5 * s4)
    for i in range(3):
        j = i + 3
        out[i] = p0 * a[i] + p1 * b[i] + v0 * a[j] + v1 * b[j] + a0 * ka[j] + a1 * kb[j]
        out[j] = dp * (a[i] - b[i]) + dv0 * a[j] + dv1 * b[j] + da0 * ka[j] + da1 * kb[j]


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
    out: np.ndarray,
) -> int:
    """Classical Runge-Kutta from `t` to `t_stop` (seconds of flight), filling rows on the way; next row, -1: down."""
    fresh = True
    powered_step = (t_stop - t) / max(1.0, np.ceil((t_stop - t) / step - 1e-9))
    while t < t_stop - 1e-9:
        h = powered_step
        if mode == 2:
            height = height_kernel(y[0], y[1], y[2])
            h = 10.0
            if per_beta > 0.0:
                sinking = y[0] * y[3] + y[1] * y[4] + y[2] * y[5] < 0.0
                h = min(10.0, max((height - 90e3) / 9e3, 0.5 if sinking else 1.0))
            h = min(h, t_stop - t)
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
        t += h
        y[:] = y_new
        k[0] = k[4]
        if height_kernel(y[0], y[1], y[2]) < p[HEIGHT_M] - (10.0 if mode == 2 else 500.0) or not np.isfinite(y[0]):
            return -1
    return row


@njit(cache=True, error_model="numpy")
def _fly(
    p: np.ndarray,
    times: np.ndarray,
    step: float,
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
    last_time = times[times.size - 1] - p[T0_S] if times.size > 0 else 0.0
    for piece in range(4 * count):  # of each stage: rise, just after the kick, the rest of the burn, the coast after it
        stage, part = piece // 4, piece % 4
        base = HEADER + stage * STAGE_WIDTH
        burn, gap, last = p[base + BURN_S], p[base + GAP_S], stage == count - 1
        burn_stop = ignition + burn + (tail if last or tail < gap else gap)
        rise = min(p[RISE_S], 0.9 * burn)
        mode, per_beta, h, stop = 1, 0.0, step, burn_stop
        if part == 0:
            mode, stop = 0, rise
        elif part == 1:  # the turn is quick here, and every later state hangs on it
            h, stop = 0.3 * step, min(rise + 12.0, burn_stop)
        elif part == 2 and stage > 0:
            h = 2.0 * step  # upper stages turn slowly
        elif part == 3:
            mode = 2
            stop = last_time if last else ignition + burn + gap
            beta = p[COAST_BETA_KG_M2] if last else p[base + STAGE_WIDTH + BETA_KG_M2]
            per_beta = 1.0 / beta if beta > 0.0 else 0.0
        if stage > 0 and part < 2:
            continue
        if part == 3 and last:
            burnout[0] = t + p[T0_S]
            burnout[1:] = y
            if row >= times.size:
                return
        start = t if part == 3 else ignition
        row = _run(y, t, stop, start, p, base, mode, per_beta, h, up0, air, field, work, k, y_new, times, row, out)
        if row < 0:
            return
        t = max(t, stop)
        if part == 0 and p[KICK_RAD] != 0.0:
            v = sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
            slat, clat, slon, clon = sin(p[LAT_RAD]), cos(p[LAT_RAD]), sin(p[LON_RAD]), cos(p[LON_RAD])
            ce, cn = sin(p[AZIMUTH_RAD]) * sin(p[KICK_RAD]), cos(p[AZIMUTH_RAD]) * sin(p[KICK_RAD])
            cu = cos(p[KICK_RAD])
            y[3] = v * (-ce * slon - cn * slat * clon + cu * up0[0])
            y[4] = v * (ce * clon - cn * slat * slon + cu * up0[1])
            y[5] = v * (cn * clat + cu * up0[2])
        elif part == 3:
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
        _fly(rows[i], times, step, air, field, work, k, y, y_new, up0, out[i], burnout[i])


def fly_boost(
    parameters: Rows,
    times_s: Scalar,
    *,
    air: Rows | None = None,
    field: Rows | None = None,
    step_s: float = BOOST_STEP_S,
) -> tuple[Rows, Rows]:
    """Fly one parameter vector `(p,)` or a batch `(n, p)`; layout in `boost_layout`.

    Returns the states `(..., m, 6)` (ITRF, relative to the rotating Earth) at `times_s` `(m,)`, which must rise, and
    the burnout rows `(..., 7)`: time of the last burnout on the same clock, and the state then. Before lift-off the
    vehicle stands on the pad; NaN after it has come down, and throughout a flight that never got away. `air` is an air
    grid (default U.S. Standard 1976), `field` a gravity field (default J2 to J4), `step_s` the Runge-Kutta step
    under thrust.
    """
    p = np.ascontiguousarray(parameters, dtype=float)
    times = np.ascontiguousarray(times_s, dtype=float)
    rows = p.reshape(-1, p.shape[-1])
    out = np.empty((len(rows), times.size, 6))
    burnout = np.empty((len(rows), 7))
    _fly_rows(rows, times, step_s, *world(air, field), out, burnout)
    return out.reshape(*p.shape[:-1], times.size, 6), burnout.reshape(*p.shape[:-1], 7)
