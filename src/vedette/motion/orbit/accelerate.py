"""Everything that pushes a body in orbit, added up at one instant: compiled, from tables, in gcrf.

The Earth's field and its tides are felt in the turning Earth; Sun, Moon, air, sunlight, relativity and empirical pushes
in gcrf. Formulas after Montenbruck and Gill, Satellite Orbits (2000), chapter 3, unless said otherwise.
"""

from math import acos, atan2, cos, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_MU_M3_S2, SPEED_OF_LIGHT_MPS
from vedette.frames.bodies import ASTRONOMICAL_UNIT_M
from vedette.motion.orbit.air_table import air_kernel
from vedette.motion.orbit.harmonics import bend_kernel, pull_kernel
from vedette.motion.orbit.settings import (
    AIR_FIRST_NODE,
    AIR_START_S,
    DRAG,
    GM_MOON,
    GM_SUN,
    HAS_PUSH,
    PUSH_0,
    PUSH_EPOCH_S,
    RADIATION,
    SCHWARZSCHILD,
    SOLAR_PRESSURE_N_M2,
    TIDE_K3,
    TIDES,
    UTC_OF_START_S,
)
from vedette.motion.orbit.sky_table import TURN_RADPS, sky_kernel

_MU, _R, _C = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M, SPEED_OF_LIGHT_MPS
_AU, _P0 = ASTRONOMICAL_UNIT_M, SOLAR_PRESSURE_N_M2
_SUN_RADIUS_M = 6.957e8  # IAU 2015 resolution B3
_EARTH_RADIUS_M = 6_378_137.0

# rows of the small scratch array
NOW, TURN, GRAD, DRIFT, COLUMN = 0, 1, 4, 7, 10  # sky columns; rotation; d a / d r; d a / d v; d a / d parameter
SCRATCH_ROWS = 33


@njit(cache=True, error_model="numpy")
def sunlit_kernel(x: float, y: float, z: float, sx: float, sy: float, sz: float) -> float:
    """Share of the Sun's disc that is seen past a spherical Earth, 0 to 1; section 3.4.2."""
    dx, dy, dz = sx - x, sy - y, sz - z
    d = sqrt(dx * dx + dy * dy + dz * dz)
    r = sqrt(x * x + y * y + z * z)
    cos_apart = -(x * dx + y * dy + z * dz) / (r * d)
    if cos_apart <= 0.0:
        return 1.0
    a = _SUN_RADIUS_M / d
    b = atan2(_EARTH_RADIUS_M, sqrt(max(r * r - _EARTH_RADIUS_M * _EARTH_RADIUS_M, 0.0)))
    c = acos(min(1.0, cos_apart))
    if c >= a + b:
        return 1.0
    if c <= b - a:
        return 0.0
    if c <= a - b:
        return 1.0 - b * b / (a * a)
    p = (c * c + a * a - b * b) / (2.0 * c)
    q = sqrt(max(a * a - p * p, 0.0))
    hidden = a * a * acos(max(-1.0, min(1.0, p / a))) + b * b * acos(max(-1.0, min(1.0, (c - p) / b))) - c * q
    return 1.0 - hidden / (pi * a * a)


@njit(cache=True, error_model="numpy")
def shadow_kernel(x: np.ndarray, now: np.ndarray) -> int:
    """2 in sunlight, 1 in the half shadow, 0 in the shadow; `now` as filled by the sky kernel with the Sun."""
    lit = sunlit_kernel(x[0], x[1], x[2], now[5], now[6], now[7])
    return 2 if lit >= 1.0 else 0 if lit <= 0.0 else 1


@njit(cache=True, error_model="numpy")
def accelerate(
    t_s: float,
    y: np.ndarray,
    out: np.ndarray,
    wanted: np.ndarray,
    forces: np.ndarray,
    knots: np.ndarray,
    air: np.ndarray,
    pull: np.ndarray,
    bend: np.ndarray,
    work: np.ndarray,
    small: np.ndarray,
) -> None:
    """Fill `out[0:6]` with the derivative of a gcrf state, and, when `y` is longer, those of its partials.

    t_s : seconds after the first knot
    y : 6, or 6 + 6 (6 + p): the state and, row by row, a 6 by (6 + p) matrix of partials
    wanted : (p,) numbers of the parameters of `settings.PARAMETERS` to which partials go
    forces : packed settings; knots, air : tables; pull, bend : harmonic series; work, small : scratch
    """
    partials = y.size > 6
    x, v = y[0:3], y[3:6]
    now = small[NOW]
    m = small[TURN : TURN + 3, 0:3]
    gm_sun, gm_moon, drag, light = forces[GM_SUN], forces[GM_MOON], forces[DRAG], forces[RADIATION]
    tides = forces[TIDES] > 0.0
    push = forces[HAS_PUSH] > 0.0
    wants_drag, wants_light = drag != 0.0, light != 0.0
    for p in range(wanted.size):
        if wanted[p] == 0:
            wants_drag = True
        elif wanted[p] == 1:
            wants_light = True
        else:
            push = True
    columns = 5
    if gm_sun > 0.0 or gm_moon > 0.0 or wants_light:
        columns = 11
    if tides:
        columns = 16
    sky_kernel(t_s, knots, columns, now, m)
    e0 = m[0, 0] * x[0] + m[0, 1] * x[1] + m[0, 2] * x[2]
    e1 = m[1, 0] * x[0] + m[1, 1] * x[1] + m[1, 2] * x[2]
    e2 = m[2, 0] * x[0] + m[2, 1] * x[1] + m[2, 2] * x[2]
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    r = sqrt(r2)
    g0, g1, g2 = pull_kernel(e0, e1, e2, pull, work)
    if tides:  # a quadratic form over r^5
        c20, c21, s21, c22, s22 = now[11], now[12], now[13], now[14], now[15]
        q0 = (3.0 * c22 - 0.5 * c20) * e0 + 3.0 * s22 * e1 + 1.5 * c21 * e2
        q1 = 3.0 * s22 * e0 - (3.0 * c22 + 0.5 * c20) * e1 + 1.5 * s21 * e2
        q2 = 1.5 * c21 * e0 + 1.5 * s21 * e1 + c20 * e2
        scale = _MU * _R * _R / (r2 * r2 * r)
        along = 5.0 * (q0 * e0 + q1 * e1 + q2 * e2) / r2
        g0 += scale * (2.0 * q0 - along * e0)
        g1 += scale * (2.0 * q1 - along * e1)
        g2 += scale * (2.0 * q2 - along * e2)
    a0 = m[0, 0] * g0 + m[1, 0] * g1 + m[2, 0] * g2
    a1 = m[0, 1] * g0 + m[1, 1] * g1 + m[2, 1] * g2
    a2 = m[0, 2] * g0 + m[1, 2] * g1 + m[2, 2] * g2

    grad, drift, column = small[GRAD : GRAD + 3], small[DRIFT : DRIFT + 3], small[COLUMN:]
    if partials:
        local = small[COLUMN : COLUMN + 3]  # free until parameters are written
        bend_kernel(e0, e1, e2, bend, work, local)
        for i in range(3):
            for j in range(3):
                total = 0.0
                for k in range(3):
                    total += m[k, i] * (local[k, 0] * m[0, j] + local[k, 1] * m[1, j] + local[k, 2] * m[2, j])
                grad[i, j] = total
                drift[i, j] = 0.0
        for p in range(wanted.size):
            column[p, 0], column[p, 1], column[p, 2] = 0.0, 0.0, 0.0

    for body in range(2):
        mu = gm_sun if body == 0 else gm_moon
        if mu > 0.0:
            b = now[5 + 3 * body : 8 + 3 * body]
            d0, d1, d2 = b[0] - x[0], b[1] - x[1], b[2] - x[2]
            near2 = d0 * d0 + d1 * d1 + d2 * d2
            far2 = b[0] * b[0] + b[1] * b[1] + b[2] * b[2]
            far = sqrt(far2)
            near3 = mu / (near2 * sqrt(near2))
            far3 = mu / (far2 * far)
            a0 += near3 * d0 - far3 * b[0]
            a1 += near3 * d1 - far3 * b[1]
            a2 += near3 * d2 - far3 * b[2]
            if partials:
                d = (d0, d1, d2)
                for i in range(3):
                    grad[i, i] -= near3
                    for j in range(3):
                        grad[i, j] += 3.0 * near3 * d[i] * d[j] / near2
            if forces[TIDE_K3] > 0.0:  # the Earth's answer of degree 3, one Love number for all orders
                s = (b[0] * x[0] + b[1] * x[1] + b[2] * x[2]) / (far * r)
                ratio = _R / far
                size = forces[TIDE_K3] * mu / far2 * ratio * ratio * (_R / r) ** 5
                slope = 7.5 * s * s - 1.5
                radial = -4.0 * (2.5 * s * s - 1.5) * s - s * slope
                a0 += size * (radial * x[0] / r + slope * b[0] / far)
                a1 += size * (radial * x[1] / r + slope * b[1] / far)
                a2 += size * (radial * x[2] / r + slope * b[2] / far)

    if wants_drag:
        density, fall = air_kernel(
            e0, e1, e2, t_s - forces[AIR_START_S], forces[UTC_OF_START_S] + t_s, forces[AIR_FIRST_NODE], air
        )
        if density > 0.0:
            # the air turns with the Earth about the celestial pole, third row of the rotation but for polar motion
            px, py = TURN_RADPS * now[0], TURN_RADPS * now[1]
            pz = TURN_RADPS * (1.0 - 0.5 * (now[0] ** 2 + now[1] ** 2))
            w0 = v[0] - (py * x[2] - pz * x[1])
            w1 = v[1] - (pz * x[0] - px * x[2])
            w2 = v[2] - (px * x[1] - py * x[0])
            w = sqrt(w0 * w0 + w1 * w1 + w2 * w2)
            unit = -0.5 * density * w
            a0 += drag * unit * w0
            a1 += drag * unit * w1
            a2 += drag * unit * w2
            if partials:
                for p in range(wanted.size):
                    if wanted[p] == 0:
                        column[p, 0], column[p, 1], column[p, 2] = unit * w0, unit * w1, unit * w2
                if drag != 0.0:
                    wind = (w0, w1, w2)
                    for i in range(3):
                        for j in range(3):
                            same = 1.0 if i == j else 0.0
                            drift[i, j] += drag * unit * (same + wind[i] * wind[j] / (w * w))
                            grad[i, j] += drag * unit * fall * wind[i] * x[j] / r
                    for i in range(3):  # the wind changes with place: - d a / d v times the turn
                        grad[i, 0] += -drift[i, 1] * pz + drift[i, 2] * py
                        grad[i, 1] += drift[i, 0] * pz - drift[i, 2] * px
                        grad[i, 2] += -drift[i, 0] * py + drift[i, 1] * px

    if wants_light:
        lit = sunlit_kernel(x[0], x[1], x[2], now[5], now[6], now[7])
        if lit > 0.0:
            d0, d1, d2 = x[0] - now[5], x[1] - now[6], x[2] - now[7]
            d2_ = d0 * d0 + d1 * d1 + d2 * d2
            unit = _P0 * lit * _AU * _AU / (d2_ * sqrt(d2_))
            a0 += light * unit * d0
            a1 += light * unit * d1
            a2 += light * unit * d2
            if partials:
                for p in range(wanted.size):
                    if wanted[p] == 1:
                        column[p, 0], column[p, 1], column[p, 2] = unit * d0, unit * d1, unit * d2

    if forces[SCHWARZSCHILD] > 0.0:  # IERS Conventions 2010, eq. 10.12, first line
        v2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
        rv = x[0] * v[0] + x[1] * v[1] + x[2] * v[2]
        scale = _MU / (_C * _C * r2 * r)
        radial, along = scale * (4.0 * _MU / r - v2), 4.0 * scale * rv
        a0 += radial * x[0] + along * v[0]
        a1 += radial * x[1] + along * v[1]
        a2 += radial * x[2] + along * v[2]

    if push:
        h0, h1, h2 = x[1] * v[2] - x[2] * v[1], x[2] * v[0] - x[0] * v[2], x[0] * v[1] - x[1] * v[0]
        h = sqrt(h0 * h0 + h1 * h1 + h2 * h2)
        axes = small[COLUMN + 20 :]  # rows of radius, track, normal, past the twenty parameters
        axes[0, 0], axes[0, 1], axes[0, 2] = x[0] / r, x[1] / r, x[2] / r
        axes[2, 0], axes[2, 1], axes[2, 2] = h0 / h, h1 / h, h2 / h
        axes[1, 0] = (h1 * x[2] - h2 * x[1]) / (h * r)
        axes[1, 1] = (h2 * x[0] - h0 * x[2]) / (h * r)
        axes[1, 2] = (h0 * x[1] - h1 * x[0]) / (h * r)
        # argument of latitude: height over the equator against its rate of change along the track
        u = atan2(axes[0, 2], axes[1, 2])
        shape = (1.0, t_s - forces[PUSH_EPOCH_S], cos(u), sin(u))
        for axis in range(3):
            total = 0.0
            for kind in range(4):
                total += shape[kind] * forces[PUSH_0 + 3 * kind + axis]
            a0 += total * axes[axis, 0]
            a1 += total * axes[axis, 1]
            a2 += total * axes[axis, 2]
        a0 += forces[PUSH_0 + 12] + shape[1] * forces[PUSH_0 + 15]
        a1 += forces[PUSH_0 + 13] + shape[1] * forces[PUSH_0 + 16]
        a2 += forces[PUSH_0 + 14] + shape[1] * forces[PUSH_0 + 17]
        if partials:
            for p in range(wanted.size):
                if wanted[p] >= 2:
                    kind, axis = (wanted[p] - 2) // 3, (wanted[p] - 2) % 3
                    for i in range(3):
                        if kind < 4:
                            column[p, i] = shape[kind] * axes[axis, i]
                        else:
                            column[p, i] = shape[kind - 4] if i == axis else 0.0

    out[0], out[1], out[2] = v[0], v[1], v[2]
    out[3], out[4], out[5] = a0, a1, a2
    if partials:
        count = 6 + wanted.size
        half = 3 * count
        for j in range(half):
            out[6 + j] = y[6 + half + j]
        for i in range(3):
            o = 6 + half + i * count
            for j in range(count):
                out[o + j] = 0.0
            for k in range(3):
                top, low, f, g = 6 + k * count, 6 + half + k * count, grad[i, k], drift[i, k]
                for j in range(count):
                    out[o + j] += f * y[top + j] + g * y[low + j]
            for p in range(wanted.size):
                out[o + 6 + p] += column[p, i]
