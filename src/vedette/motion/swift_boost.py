"""The law of flight of `motion.boost` at steps twice as long: for whoever flies it a million times.

What keeps the steps of `fly_boost` short is thrust that fades within a step. Here a step ends where fading begins and
another where it is over, so that steps of 2 s come within metres of the law (tens of metres after five minutes of
burning), and steps of 1 s of `fly_boost` only within tens. A flight may also end with the last instant that is asked
for, without its burnout. The slope is that of `motion.boost` written as one, so that roots and quotients are taken
once: within 1e-8 of the acceleration, the plain law being its twin in the tests.
"""

from math import cos, exp, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import (
    EARTH_GRAVITY_RADIUS_M,
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_SPIN_RADPS,
    WGS84_A_M,
    WGS84_E2,
)
from vedette.core.shapes import Rows, Scalar
from vedette.motion.atmosphere import air_index_kernel, jet_kernel
from vedette.motion.boost import _fill, _thrust_shape
from vedette.motion.boost_layout import (
    A0_MPS2,
    AZIMUTH_RAD,
    BACK_PRESSURE,
    BETA_KG_M2,
    BURN_S,
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
from vedette.motion.ellipsoid import height_kernel, position_kernel
from vedette.motion.gravity_field import field_kernel
from vedette.motion.propagate import world

SWIFT_STEP_S = 2.0
_TURN_S, _TURN_SHARE = 12.0, 0.3  # after the kick the turn is quick, and every later state hangs on it
_VERTICAL, _TURNING, _COASTING = 0, 1, 2
_RISE, _KICKED, _BURN, _FADE, _PAUSE = 0, 1, 2, 3, 4  # parts of a stage


_MU, _R, _W = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M, EARTH_SPIN_RADPS
_A, _E2 = WGS84_A_M, WGS84_E2
_OUT2 = _E2 / (1.0 - _E2)  # squared second eccentricity
_FLAT_RAD = 0.03  # below it the first terms of sine and cosine are exact to 1e-14
_SIN_1, _COS_1 = sin(1.0), cos(1.0)
_FULL_PA = 1.4 * 101_325.0


@njit(cache=True, error_model="numpy")
def _sine_cosine(a: float) -> tuple[float, float]:
    """Both, of an angle that is mostly small."""
    if abs(a) > _FLAT_RAD:
        return sin(a), cos(a)
    q = a * a
    return (
        a * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0))),
        1.0 - 0.5 * q * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0))),
    )


@njit(cache=True, error_model="numpy")
def slope_kernel(
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
    """Derivative of a state, as `motion.boost`'s: mode 0 vertical thrust, 1 gravity turn, 2 coast.

    Heights are those of `height_kernel`, the root of its ellipse as a series (2e-5 m).
    """
    x, yy, z, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    level2 = x * x + yy * yy
    r2 = level2 + z * z
    per_r = 1.0 / sqrt(r2)
    per_r2 = per_r * per_r
    s = z * per_r
    s2 = s * s
    if field.shape[1] > 0:
        ax, ay, az = field_kernel(x, yy, z, field, work)
    else:
        q = _R * per_r
        q2 = q * q
        j2, j3, j4 = EARTH_J2 * q2, EARTH_J3 * q2 * q, EARTH_J4 * q2 * q2
        d2, d3, d4 = 3.0 * s, 7.5 * s2 - 1.5, (17.5 * s2 - 7.5) * s
        d5 = (39.375 * s2 - 26.25) * s2 + 1.875
        pull = _MU * per_r2
        along = pull * per_r * (-1.0 + j2 * d3 + j3 * d4 + j4 * d5)
        ax, ay, az = along * x, along * yy, along * z - pull * (j2 * d2 + j3 * d3 + j4 * d4)
    ax += _W * (_W * x + 2.0 * vy)
    ay += _W * (_W * yy - 2.0 * vx)
    u = _OUT2 * s2
    ground = _A * (1.0 - u * (0.5 - u * (0.375 - u * (0.3125 - u * (0.2734375 - 0.24609375 * u)))))
    beyond = r2 * per_r - ground
    tilt = ground * per_r
    height = beyond * (1.0 - 0.5 * _E2 * _E2 * s2 * (1.0 - s2) * tilt * tilt)
    # the normal's direction, not of unit length
    nz = z * (_A + height) / (_A * (1.0 - _E2) + height)
    mass, rate = 1.0, 0.0
    if mode < 2:
        rate, burnt = _thrust_shape(t_stage, p[base + BURN_S], p[SLOPE], p[TAIL_OFF_S])
        mass = 1.0 - p[base + FLOW_PER_S] * burnt
        rate *= p[THRUST_SCALE] * p[base + A0_MPS2] / mass
        if p[RIPPLE] != 0.0:
            rate *= 1.0 + p[RIPPLE] * sin(2.0 * pi * p[RIPPLE_HZ] * t_flight)
        beta = p[base + BETA_KG_M2]
        per_beta = 1.0 / (beta * mass) if beta > 0.0 else 0.0
    if height < (120e3 if mode < 2 else 1000e3):
        i, f = air_index_kernel(max(height, -1e3 if mode < 2 else -20e3))
        density = exp(air[i, 0] + f * (air[i + 1, 0] - air[i, 0]))
        shape = 1.0
        wx, wy, wz = vx, vy, vz
        g = f if f > 0.0 else 0.0
        east, north = air[i, 2] + g * (air[i + 1, 2] - air[i, 2]), air[i, 3] + g * (air[i + 1, 3] - air[i, 3])
        if mode < 2 and (p[JET_EAST_MPS] != 0.0 or p[JET_NORTH_MPS] != 0.0):
            jet = jet_kernel(height)
            east += jet * p[JET_EAST_MPS]
            north += jet * p[JET_NORTH_MPS]
        if east != 0.0 or north != 0.0:
            n = 1.0 / sqrt(level2 + nz * nz)
            level = sqrt(level2) * n + 1e-12
            ux, uy, uz = x * n, yy * n, nz * n
            wx -= -east * uy / level - north * uz * ux / level
            wy -= east * ux / level - north * uz * uy / level
            wz -= north * level
        speed = sqrt(wx * wx + wy * wy + wz * wz)
        if mode < 2:
            sound = air[i, 1] + f * (air[i + 1, 1] - air[i, 1])
            rate *= 1.0 - p[base + BACK_PRESSURE] * density * sound * sound / _FULL_PA
            mach = speed / sound
            if mach < 6.0:
                d = mach - 1.15
                shape = 1.0 + 0.7 * exp(-d * d / (0.06 if d < 0.0 else 0.4 + 0.8 * d))
        drag = -0.5 * density * speed * shape * per_beta
        ax += drag * wx
        ay += drag * wy
        az += drag * wz
    if mode < 2:
        v = sqrt(vx * vx + vy * vy + vz * vz)
        if mode == 0 or v < 1.0:
            dx, dy, dz = up0[0], up0[1], up0[2]
        else:
            per_v = 1.0 / v
            dx, dy, dz = vx * per_v, vy * per_v, vz * per_v
            pitch = p[base + PITCH_RAD] + p[base + PITCH_RATE_RADPS] * t_stage
            yaw = 0.0
            if p[STEER_PITCH_RAD] != 0.0 or p[STEER_YAW_RAD] != 0.0:
                phase = 2.0 * pi * t_flight / p[STEER_PERIOD_S]
                sine = sin(phase)
                pitch += p[STEER_PITCH_RAD] * sine
                yaw = p[STEER_YAW_RAD] * (sine * _COS_1 + cos(phase) * _SIN_1)
            if pitch != 0.0 or yaw != 0.0:
                along = x * dx + yy * dy + nz * dz
                ux, uy, uz = x - along * dx, yy - along * dy, nz - along * dz
                n2 = ux * ux + uy * uy + uz * uz
                if n2 > 1e-12 * r2:
                    n = 1.0 / sqrt(n2)
                    ux, uy, uz = ux * n, uy * n, uz * n
                    sx, sy, sz = dy * uz - dz * uy, dz * ux - dx * uz, dx * uy - dy * ux
                    sp, cp = _sine_cosine(pitch)
                    sw, cw = _sine_cosine(yaw)
                    dx, dy, dz = (
                        cw * (cp * dx + sp * ux) + sw * sx,
                        cw * (cp * dy + sp * uy) + sw * sy,
                        cw * (cp * dz + sp * uz) + sw * sz,
                    )
        ax += rate * dx
        ay += rate * dy
        az += rate * dz
    out[0], out[1], out[2], out[3], out[4], out[5] = vx, vy, vz, ax, ay, az


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
            slope_kernel(y_new, at, at - t_ignition, p, base, mode, per_beta, up0, air, field, work, k[point])
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
