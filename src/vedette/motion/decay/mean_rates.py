"""How an orbit's averages change: the Earth's oblateness, Sun and Moon, and the air, each averaged over a revolution.

The orbit is its angular momentum a unit of mass and its eccentricity vector, in a frame that is true of date (TEME),
with its mean anomaly: `[hx, hy, hz, ex, ey, ez, M]`. No angle of it is ever undefined but M on a circle.

Sun and Moon: the quadrupole averaged over the orbit, Milankovitch's equations (Tremaine, Touma and Namouni, AJ 137,
2009, eq. 4). Oblateness: secular J2 (Vallado 2013, eqs. 9-38 ff.) and the long-period J3 shift of the eccentricity
vector, which moves the perigee by several kilometres (Kozai 1959). Drag: Gauss's equations in vectors, averaged by the
trapezium rule over the stretch around perigee where there is air (King-Hele 1987, ch. 3); the air turns with the Earth.
"""

from math import acos, atan2, cos, exp, floor, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import (
    EARTH_GRAVITY_RADIUS_M,
    EARTH_J2,
    EARTH_J3,
    EARTH_MU_M3_S2,
    EARTH_SPIN_RADPS,
)
from vedette.motion.decay.air import HEIGHTS_M, LATITUDES, LOCAL_TIMES

_MU, _R, _W = EARTH_MU_M3_S2, EARTH_GRAVITY_RADIUS_M, EARTH_SPIN_RADPS
_J2, _J3 = EARTH_J2, EARTH_J3
_FLAT = 1.0 / 298.257223563
_MU_SUN, _MU_MOON = 1.32712440018e20, 4.9028e12
_POINTS = 48  # around the orbit: twice as many move a lifetime by less than a part in a thousand
_STRETCH = 16.0  # scale heights above perigee: beyond, the air is a ten-millionth
_TOP_M = HEIGHTS_M[-1]
_FLOOR_M = HEIGHTS_M[0]


@njit(cache=True, error_model="numpy")
def air_at_kernel(ln_air: np.ndarray, day: float, x: float, y: float, z: float, sun_ra: float) -> float:
    """Density (kg/m3) at a point of the inertial frame, from the grid `(day, latitude, local time, height)`."""
    r = sqrt(x * x + y * y + z * z)
    s = z / r
    height = r - 6378137.0 * (1.0 - _FLAT * s * s)
    if height > _TOP_M:
        return 0.0
    height = max(height, _FLOOR_M)
    low, high = 0, HEIGHTS_M.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if HEIGHTS_M[middle] > height:
            high = middle
        else:
            low = middle
    fh = (height - HEIGHTS_M[low]) / (HEIGHTS_M[low + 1] - HEIGHTS_M[low])
    lat = (np.arcsin(s) / pi + 0.5) * (LATITUDES - 1)
    i = min(int(lat), LATITUDES - 2)
    fi = lat - i
    turn = ((atan2(y, x) - sun_ra) / (2.0 * pi) + 0.5) * LOCAL_TIMES  # 0 is midnight
    turn -= floor(turn / LOCAL_TIMES) * LOCAL_TIMES
    j = min(int(turn), LOCAL_TIMES - 1)
    fj = turn - j
    j2 = (j + 1) % LOCAL_TIMES
    d = min(max(day, 0.0), ln_air.shape[0] - 1.0)
    k = min(int(d), max(ln_air.shape[0] - 2, 0))
    k2 = min(k + 1, ln_air.shape[0] - 1)
    fk = d - k
    total = 0.0
    for kk, wk in ((k, 1.0 - fk), (k2, fk)):
        for ii, wi in ((i, 1.0 - fi), (i + 1, fi)):
            for jj, wj in ((j, 1.0 - fj), (j2, fj)):
                w = wk * wi * wj
                total += w * ((1.0 - fh) * ln_air[kk, ii, jj, low] + fh * ln_air[kk, ii, jj, low + 1])
    return exp(total)


@njit(cache=True, error_model="numpy")
def with_j3(h: np.ndarray, e: np.ndarray, out: np.ndarray) -> None:
    """The eccentricity vector with its long-period part of J3: a push along the pole's shadow in the orbit plane."""
    hh = sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2])
    c = h[2] / hh
    s2 = 1.0 - c * c
    p = hh * hh / _MU
    push = -0.5 * _J3 / _J2 * _R / p
    # sin(i) times the unit vector 90 deg ahead of the node is the pole less its part along h
    out[0] = e[0] + push * (-c * h[0] / hh)
    out[1] = e[1] + push * (-c * h[1] / hh)
    out[2] = e[2] + push * s2


@njit(cache=True, error_model="numpy")
def drag_rates_kernel(
    h: np.ndarray,
    mean_e: np.ndarray,
    area_to_mass: float,
    ln_air: np.ndarray,
    day: float,
    sun_ra: float,
    out: np.ndarray,
) -> None:
    """Averaged d(h)/dt and d(e)/dt by drag into `out[:6]`; area_to_mass is CD A / m (m2/kg)."""
    out[:6] = 0.0
    e = np.empty(3)
    with_j3(h, mean_e, e)
    hh = sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2])
    ecc = sqrt(e[0] * e[0] + e[1] * e[1] + e[2] * e[2])
    if ecc >= 1.0:
        return
    p = hh * hh / _MU
    a = p / (1.0 - ecc * ecc)
    wx, wy, wz = h[0] / hh, h[1] / hh, h[2] / hh
    px, py, pz = e[0] / ecc, e[1] / ecc, e[2] / ecc
    qx, qy, qz = wy * pz - wz * py, wz * px - wx * pz, wx * py - wy * px
    perigee_height = a * (1.0 - ecc) - _R
    if perigee_height > _TOP_M:
        return
    scale = 8e3 if perigee_height < 180e3 else (30e3 if perigee_height < 300e3 else 60e3)
    reach = (_STRETCH * scale + 30e3) / (a * ecc)
    most = pi if reach >= 2.0 else acos(1.0 - reach)
    root = sqrt(1.0 - ecc * ecc)
    c_i2 = wz * wz
    s_i2 = 1.0 - c_i2
    k2 = 0.5 * _J2 * _R * _R
    for k in range(_POINTS):
        angle = most * (2.0 * (k + 0.5) / _POINTS - 1.0)
        ce, se = cos(angle), sin(angle)
        along, ahead = a * (ce - ecc), a * root * se
        r = a * (1.0 - ecc * ce)
        # short-period J2 of the radius (as in SGP4): the orbit hugs the flattened Earth
        ux, uy, uz = (along * px + ahead * qx) / r, (along * py + ahead * qy) / r, (along * pz + ahead * qz) / r
        sin2_u_s_i2 = uz * uz
        cos_2u_s_i2 = s_i2 - 2.0 * sin2_u_s_i2
        dr = 0.5 * k2 / p * cos_2u_s_i2 - 1.5 * k2 / (p * p) * root * (3.0 * c_i2 - 1.0) * r
        vr = sqrt(_MU * a) / r
        vx = vr * (-se * px + root * ce * qx)
        vy = vr * (-se * py + root * ce * qy)
        vz = vr * (-se * pz + root * ce * qz)
        x, y, z = (r + dr) * ux, (r + dr) * uy, (r + dr) * uz
        rho = air_at_kernel(ln_air, day, x, y, z, sun_ra)
        bx, by, bz = vx + _W * y, vy - _W * x, vz
        speed = sqrt(bx * bx + by * by + bz * bz)
        f = -0.5 * rho * area_to_mass * speed * (r / a) * (most / pi) / _POINTS  # dM = (r/a) dE, over 2 pi
        ax, ay, az = f * bx, f * by, f * bz
        rx, ry, rz = r * ux, r * uy, r * uz
        out[0] += ry * az - rz * ay
        out[1] += rz * ax - rx * az
        out[2] += rx * ay - ry * ax
        av = ax * vx + ay * vy + az * vz
        ar = ax * rx + ay * ry + az * rz
        rv = rx * vx + ry * vy + rz * vz
        out[3] += (2.0 * rx * av - vx * ar - ax * rv) / _MU
        out[4] += (2.0 * ry * av - vy * ar - ay * rv) / _MU
        out[5] += (2.0 * rz * av - vz * ar - az * rv) / _MU


@njit(cache=True, error_model="numpy")
def body_rates_kernel(j: np.ndarray, e: np.ndarray, n: float, body: np.ndarray, mu: float, out: np.ndarray) -> None:
    """Adds the averaged pull of one far body: d(j)/dt to `out[:3]` and d(e)/dt to `out[3:6]`; |j| = sqrt(1 - e2)."""
    d = sqrt(body[0] * body[0] + body[1] * body[1] + body[2] * body[2])
    ux, uy, uz = body[0] / d, body[1] / d, body[2] / d
    c = mu / (4.0 * d * d * d * n)
    ju = j[0] * ux + j[1] * uy + j[2] * uz
    eu = e[0] * ux + e[1] * uy + e[2] * uz
    jxu = (j[1] * uz - j[2] * uy, j[2] * ux - j[0] * uz, j[0] * uy - j[1] * ux)
    exu = (e[1] * uz - e[2] * uy, e[2] * ux - e[0] * uz, e[0] * uy - e[1] * ux)
    jxe = (j[1] * e[2] - j[2] * e[1], j[2] * e[0] - j[0] * e[2], j[0] * e[1] - j[1] * e[0])
    for i in range(3):
        out[i] += c * (-6.0 * ju * jxu[i] + 30.0 * eu * exu[i])
        out[3 + i] += c * (-6.0 * ju * exu[i] - 12.0 * jxe[i] + 30.0 * eu * jxu[i])


@njit(cache=True, error_model="numpy")
def mean_rates_kernel(
    state: np.ndarray,
    area_to_mass: float,
    ln_air: np.ndarray,
    day: float,
    sun: np.ndarray,
    moon: np.ndarray,
    out: np.ndarray,
) -> None:
    """d(state)/dt (per second) of `[h, e, M]`; Sun and Moon in metres, in the state's frame."""
    h, e = state[:3], state[3:6]
    drag_rates_kernel(h, e, area_to_mass, ln_air, day, atan2(sun[1], sun[0]), out)
    hh = sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2])
    e2 = e[0] * e[0] + e[1] * e[1] + e[2] * e[2]
    p = hh * hh / _MU
    a = p / (1.0 - e2)
    n = sqrt(_MU / (a * a * a))
    root = sqrt(1.0 - e2)
    j = h / hh * root
    pull = np.zeros(6)
    body_rates_kernel(j, e, n, sun, _MU_SUN, pull)
    body_rates_kernel(j, e, n, moon, _MU_MOON, pull)
    size = sqrt(_MU * a)
    c = h[2] / hh
    c2 = c * c
    q = (_R / p) ** 2
    node = -1.5 * n * _J2 * q * c
    perigee = 0.75 * n * _J2 * q * (5.0 * c2 - 1.0)
    for i in range(3):
        out[i] += size * pull[i]
        out[3 + i] += pull[3 + i]
    # turn both about the pole by the node's rate, and the eccentricity vector about h by the perigee's
    out[0] += -node * h[1]
    out[1] += node * h[0]
    wx, wy, wz = perigee * h[0] / hh, perigee * h[1] / hh, perigee * h[2] / hh + node
    out[3] += wy * e[2] - wz * e[1]
    out[4] += wz * e[0] - wx * e[2]
    out[5] += wx * e[1] - wy * e[0]
    out[6] = n * (1.0 + 0.75 * _J2 * q * root * (3.0 * c2 - 1.0))
