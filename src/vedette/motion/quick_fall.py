"""Where many arcs come down, quickly: `fly_to_ground` for those who ask a hundred thousand times, mostly within 3 m.

The same forces (J2 to J4, rotation, drag and wind from an air grid) and the same method (Dormand and Prince 5(4),
J. Comp. Appl. Math. 6, 1980), written out for one body in local variables and without a gravity field, so that the
compiler keeps everything in registers.
"""

from math import exp, sqrt

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
    WGS84_F,
)
from vedette.core.shapes import Rows, Scalar
from vedette.motion.atmosphere import air_index_kernel
from vedette.motion.ellipsoid import height_kernel, up_kernel
from vedette.motion.forces import DRAG_TOP_M, wind_kernel
from vedette.motion.propagate import MAX_FLIGHT_S, ORBIT_PERIGEE_M, geodetic_rows, perigee_radius, world

QUICK_TOLERANCE = 3e-6  # of the Earth's radius and of orbital speed per step
_MU, _R, _W, _A, _F = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M, EARTH_SPIN_RADPS, WGS84_A_M, WGS84_F
_J2, _J3, _J4 = EARTH_J2, EARTH_J3, EARTH_J4
FREE = {"contract", "reassoc", "arcp", "nsz"}  # reorder sums, but keep NaN a NaN
_LONGEST_STEP_S = 120.0  # a longer one could pass through a low arc's whole flight


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _push(
    x: float, y: float, z: float, u: float, v: float, w: float, per_beta: float, windy: bool, air: np.ndarray
) -> tuple[float, float, float]:
    """Acceleration (m/s2, itrf) of a coasting body; gravity as `gravity_kernel`, its root and quotient used twice."""
    r2 = x * x + y * y + z * z
    r = sqrt(r2)
    one = 1.0 / r
    s, q = z * one, _R * one
    s2, q2 = s * s, q * q
    j2, j3, j4 = _J2 * q2, _J3 * q2 * q, _J4 * q2 * q2
    main = _MU * one * one
    along = main * one * (
        -1.0 + j2 * (7.5 * s2 - 1.5) + j3 * (17.5 * s2 - 7.5) * s + j4 * ((39.375 * s2 - 26.25) * s2 + 1.875)
    )
    ax = along * x + _W * (_W * x + 2.0 * v)
    ay = along * y + _W * (_W * y - 2.0 * u)
    az = along * z - main * (j2 * 3.0 * s + j3 * (7.5 * s2 - 1.5) + j4 * (17.5 * s2 - 7.5) * s)
    if per_beta > 0.0:
        # along the radius down to a series of the ellipse: within 0.5 m below 100 km, which air does not feel
        height = r - _A * (1.0 - _F * s2 * (1.0 + 1.5 * _F * (1.0 - s2)))
        if height < DRAG_TOP_M:
            if windy:
                wx, wy, wz = wind_kernel(x, y, z, height, air)
                u, v, w = u - wx, v - wy, w - wz
            i, f = air_index_kernel(height if height > 0.0 else 0.0)
            density = exp(air[i, 0] + f * (air[i + 1, 0] - air[i, 0]))
            d = -0.5 * density * per_beta * sqrt(u * u + v * v + w * w)
            ax, ay, az = ax + d * u, ay + d * v, az + d * w
    return ax, ay, az


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _s2(q: float, h: float, a: float) -> float:
    return q + h * 0.2 * a


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _s3(q: float, h: float, a: float, b: float) -> float:
    return q + h * (3 / 40 * a + 9 / 40 * b)


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _s4(q: float, h: float, a: float, b: float, c: float) -> float:
    return q + h * (44 / 45 * a - 56 / 15 * b + 32 / 9 * c)


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _s5(q: float, h: float, a: float, b: float, c: float, d: float) -> float:
    return q + h * (19372 / 6561 * a - 25360 / 2187 * b + 64448 / 6561 * c - 212 / 729 * d)


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _s6(q: float, h: float, a: float, b: float, c: float, d: float, e: float) -> float:
    return q + h * (9017 / 3168 * a - 355 / 33 * b + 46732 / 5247 * c + 49 / 176 * d - 5103 / 18656 * e)


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _s7(q: float, h: float, a: float, c: float, d: float, e: float, f: float) -> float:
    return q + h * (35 / 384 * a + 500 / 1113 * c + 125 / 192 * d - 2187 / 6784 * e + 11 / 84 * f)


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _off(h: float, a: float, c: float, d: float, e: float, f: float, g: float) -> float:
    return abs(
        h * (71 / 57600 * a - 71 / 16695 * c + 71 / 1920 * d - 17253 / 339200 * e + 22 / 525 * f - g / 40)
    )


@njit(cache=True, error_model="numpy", fastmath=FREE, forceinline=True)
def _quick_step(
    x: float, y: float, z: float, u: float, v: float, w: float, ax: float, ay: float, az: float, h: float,
    per_beta: float, windy: bool, air: np.ndarray,
) -> tuple[float, float, float, float, float, float, float, float, float, float]:  # fmt: skip
    """One step from a state and its acceleration: state, acceleration there, and error in units of radius and speed."""
    u2, v2, w2 = _s2(u, h, ax), _s2(v, h, ay), _s2(w, h, az)
    bx, by, bz = _push(_s2(x, h, u), _s2(y, h, v), _s2(z, h, w), u2, v2, w2, per_beta, windy, air)
    u3, v3, w3 = _s3(u, h, ax, bx), _s3(v, h, ay, by), _s3(w, h, az, bz)
    cx, cy, cz = _push(_s3(x, h, u, u2), _s3(y, h, v, v2), _s3(z, h, w, w2), u3, v3, w3, per_beta, windy, air)
    u4, v4, w4 = _s4(u, h, ax, bx, cx), _s4(v, h, ay, by, cy), _s4(w, h, az, bz, cz)
    dx, dy, dz = _push(
        _s4(x, h, u, u2, u3), _s4(y, h, v, v2, v3), _s4(z, h, w, w2, w3), u4, v4, w4, per_beta, windy, air
    )
    u5, v5, w5 = _s5(u, h, ax, bx, cx, dx), _s5(v, h, ay, by, cy, dy), _s5(w, h, az, bz, cz, dz)
    ex, ey, ez = _push(
        _s5(x, h, u, u2, u3, u4), _s5(y, h, v, v2, v3, v4), _s5(z, h, w, w2, w3, w4), u5, v5, w5, per_beta, windy, air
    )
    u6, v6, w6 = _s6(u, h, ax, bx, cx, dx, ex), _s6(v, h, ay, by, cy, dy, ey), _s6(w, h, az, bz, cz, dz, ez)
    fx, fy, fz = _push(
        _s6(x, h, u, u2, u3, u4, u5), _s6(y, h, v, v2, v3, v4, v5), _s6(z, h, w, w2, w3, w4, w5), u6, v6, w6, per_beta,
        windy, air,
    )  # fmt: skip
    u7, v7, w7 = _s7(u, h, ax, cx, dx, ex, fx), _s7(v, h, ay, cy, dy, ey, fy), _s7(w, h, az, cz, dz, ez, fz)
    x7, y7, z7 = _s7(x, h, u, u3, u4, u5, u6), _s7(y, h, v, v3, v4, v5, v6), _s7(z, h, w, w3, w4, w5, w6)
    gx, gy, gz = _push(x7, y7, z7, u7, v7, w7, per_beta, windy, air)
    place = max(
        _off(h, u, u3, u4, u5, u6, u7), _off(h, v, v3, v4, v5, v6, v7), _off(h, w, w3, w4, w5, w6, w7)
    )
    speed = max(
        _off(h, ax, cx, dx, ex, fx, gx), _off(h, ay, cy, dy, ey, fy, gy), _off(h, az, cz, dz, ez, fz, gz)
    )
    return x7, y7, z7, u7, v7, w7, gx, gy, gz, max(place / 6.4e6, speed / 7e3)


@njit(cache=True, error_model="numpy", fastmath=FREE)
def _fall_rows(
    states: np.ndarray, per_beta: np.ndarray, floor_m: float, max_s: float, tolerance: float, windy: bool,
    air: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """Rows of `states` down through `floor_m`; `out` gets time and state, NaN when that never comes."""
    for row in range(states.shape[0]):
        out[row] = np.nan
        k = per_beta[row]
        x, y, z, u, v, w = (
            states[row, 0], states[row, 1], states[row, 2], states[row, 3], states[row, 4], states[row, 5],
        )  # fmt: skip
        if not perigee_radius(states[row]) < 6_378_137.0 + ORBIT_PERIGEE_M:
            continue
        before = height_kernel(x, y, z) - floor_m
        ax, ay, az = _push(x, y, z, u, v, w, k, windy, air)
        t, h, h_before, error_before = 0.0, 5.0, 5.0, 0.0
        while t < max_s:
            x1, y1, z1, u1, v1, w1, bx, by, bz, error = _quick_step(x, y, z, u, v, w, ax, ay, az, h, k, windy, air)
            error /= tolerance
            if not error < 1e300:
                break
            if error > 1.0 and h > 1e-6:
                h *= max(0.2, 0.9 * error**-0.2)
                continue
            after = height_kernel(x1, y1, z1) - floor_m
            if before > 0.0 and after <= 0.0:
                part = h
                for _ in range(12):  # Newton on the length of the last step
                    ux, uy, uz = up_kernel(x1, y1, z1, after + floor_m)
                    move = after / (ux * u1 + uy * v1 + uz * w1)
                    part = min(max(part - move, 0.0), h)
                    x1, y1, z1, u1, v1, w1, bx, by, bz, error = _quick_step(
                        x, y, z, u, v, w, ax, ay, az, part, k, windy, air
                    )
                    after = height_kernel(x1, y1, z1) - floor_m
                    if abs(after) < 1e-3:
                        break
                out[row, 0] = t + part
                out[row, 1], out[row, 2], out[row, 3] = x1, y1, z1
                out[row, 4], out[row, 5], out[row, 6] = u1, v1, w1
                break
            before = after
            t += h
            x, y, z, u, v, w, ax, ay, az = x1, y1, z1, u1, v1, w1, bx, by, bz
            # Gustafsson's look ahead: into thickening air an error grows from step to step, and the next step is cut
            factor = 0.9 * (error + 1e-10) ** -0.2
            if error_before > 0.0:
                factor = min(factor, factor * h / h_before * (error_before / (error + 1e-10)) ** 0.2)
            error_before, h_before = error, h
            h = min(h * min(5.0, max(0.2, factor)), _LONGEST_STEP_S)


def quick_fly_to_ground(
    states_itrf: Rows,
    beta_kg_m2: Scalar | float = 0.0,
    height_m: float = 0.0,
    *,
    max_s: float = MAX_FLIGHT_S,
    air: Rows | None = None,
    tolerance: float = QUICK_TOLERANCE,
) -> tuple[Scalar, Scalar, Scalar, Rows]:
    """Where and when coasting bodies come down through `height_m`: as `fly_to_ground`, four times as fast and more.

    Trust
    -----
    Against `fly_to_ground` at its finest, 1,000 arcs from 60 to 400 km at 0.5 to 6.5 km/s: with 8,000 kg/m2 half
    within 0.05 m and 99 % within 3 m, worst 16 m; with 300 kg/m2 99 % within 5 m, worst 62 m (grazing arcs). For impact
    areas drawn by the hundred thousand; a track's own arc is worth the slow one.
    """
    states = np.asarray(states_itrf, dtype=float)
    shape = np.broadcast_shapes(states.shape[:-1], np.shape(beta_kg_m2))
    rows = np.ascontiguousarray(np.broadcast_to(states, (*shape, 6)).reshape(-1, 6))
    beta = np.broadcast_to(np.asarray(beta_kg_m2, dtype=float), shape).reshape(-1)
    per_beta = np.where(beta > 0.0, 1.0 / np.where(beta > 0.0, beta, 1.0), 0.0)
    grid, _ = world(air, None)
    out = np.empty((len(rows), 7))
    _fall_rows(rows, per_beta, float(height_m), max_s, tolerance, bool(np.any(grid[:, 2:4])), grid, out)
    geodetic = np.empty((len(rows), 3))
    geodetic_rows(out[:, 1:4].copy(), geodetic)
    return (
        geodetic[:, 0].reshape(shape),
        geodetic[:, 1].reshape(shape),
        out[:, 0].reshape(shape),
        out[:, 1:].reshape(*shape, 6),
    )
