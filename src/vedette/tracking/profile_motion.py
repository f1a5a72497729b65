"""How a body that only falls moves, told as altitude and speed against time.

The Earth turns under it, is oblate (J2) and has air (US Standard Atmosphere 1976), so the arc needs a place and a
heading: a fast eastward coast stays up kilometres longer than a westward one. Everything is ITRF, speed relative to
the rotating Earth, as telemetry shows it.
"""

from math import cos, exp, log, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_GRAVITY_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.constants import WGS84_A_M as A_M
from vedette.core.constants import WGS84_E2 as E2
from vedette.core.shapes import Rows, Scalar

# US Standard Atmosphere 1976 (NOAA-S/T 76-1562), table I, density each 5 km of geometric height from 0 to 150 km
_DENSITY_KG_M3 = np.array(
    [1.2250, 7.3643e-1, 4.1351e-1, 1.9476e-1, 8.8910e-2, 4.0084e-2, 1.8410e-2, 8.4634e-3, 3.9957e-3, 1.9663e-3,
     1.0269e-3, 5.6810e-4, 3.0968e-4, 1.6321e-4, 8.2829e-5, 3.9921e-5, 1.8458e-5, 8.2196e-6, 3.4160e-6, 1.3930e-6,
     5.6040e-7, 2.3250e-7, 9.7080e-8, 4.2890e-8, 2.2220e-8, 1.2910e-8, 8.1520e-9, 5.4650e-9, 3.8310e-9, 2.7810e-9,
     2.0760e-9]
)  # fmt: skip
_LOG_DENSITY = np.log(_DENSITY_KG_M3)
_DENSITY_STEP_M = 5_000.0


@njit(cache=True)
def density_us76(height_m: float) -> float:
    """Air density, kg/m³, at a geometric height; log-linear between 5 km rows, zero above 150 km."""
    rows = len(_LOG_DENSITY)
    place = max(height_m, 0.0) / _DENSITY_STEP_M
    i = int(place)
    if i >= rows - 1:
        return 0.0
    part = place - i
    return exp(_LOG_DENSITY[i] * (1.0 - part) + _LOG_DENSITY[i + 1] * part)


@njit(cache=True)
def height_itrf(x: float, y: float, z: float) -> float:
    """Height above WGS 84, m: along the radius; within 1 m of geodetic height below 300 km."""
    r2 = x * x + y * y + z * z
    r = sqrt(r2)
    cos2 = (x * x + y * y) / r2
    return r - A_M * sqrt((1.0 - E2) / (1.0 - E2 * cos2))


@njit(cache=True)
def _rates(s, inverse_beta_m2_kg, d):  # type: ignore[no-untyped-def]
    x, y, z, vx, vy, vz = s[0], s[1], s[2], s[3], s[4], s[5]
    r2 = x * x + y * y + z * z
    r = sqrt(r2)
    mu_r3 = EARTH_MU_M3_S2 / (r2 * r)
    j = 1.5 * EARTH_J2 * EARTH_GRAVITY_RADIUS_M**2 / r2
    z2 = 5.0 * z * z / r2
    w = EARTH_SPIN_RADPS
    d[0], d[1], d[2] = vx, vy, vz
    level = -mu_r3 * (1.0 - j * (z2 - 1.0))
    d[3] = level * x + w * w * x + 2.0 * w * vy
    d[4] = level * y + w * w * y - 2.0 * w * vx
    d[5] = -mu_r3 * (1.0 - j * (z2 - 3.0)) * z
    if inverse_beta_m2_kg > 0.0:
        rho = density_us76(height_itrf(x, y, z))
        if rho > 0.0:
            k = 0.5 * rho * sqrt(vx * vx + vy * vy + vz * vz) * inverse_beta_m2_kg
            d[3] -= k * vx
            d[4] -= k * vy
            d[5] -= k * vz


@njit(cache=True)
def _step(s, inverse_beta_m2_kg, dt_s, d, k1, mid):  # type: ignore[no-untyped-def]
    """One Runge-Kutta step of fourth order, in place."""
    _rates(s, inverse_beta_m2_kg, d)
    for i in range(6):
        k1[i] = d[i]
        mid[i] = s[i] + 0.5 * dt_s * d[i]
    _rates(mid, inverse_beta_m2_kg, d)
    for i in range(6):
        k1[i] += 2.0 * d[i]
        mid[i] = s[i] + 0.5 * dt_s * d[i]
    _rates(mid, inverse_beta_m2_kg, d)
    for i in range(6):
        k1[i] += 2.0 * d[i]
        mid[i] = s[i] + dt_s * d[i]
    _rates(mid, inverse_beta_m2_kg, d)
    for i in range(6):
        s[i] += dt_s / 6.0 * (k1[i] + d[i])


@njit(cache=True)
def coast_profile(states_itrf, inverse_beta_m2_kg, times_s, step_max_s):  # type: ignore[no-untyped-def]
    """Altitude and speed of many coasting bodies at given times.

    Parameters
    ----------
    states_itrf : (n, 6)            position m and velocity m/s relative to the rotating Earth, at time zero
    inverse_beta_m2_kg : (n,)       drag area over mass, 1/β; 0 for none
    times_s : (m,)                  ascending or descending away from zero, seconds
    step_max_s : float              longest integration step

    Returns
    -------
    altitude_m : (n, m)
    speed_mps : (n, m)
    states_itrf : (n, 6)            at the last time
    """
    n, m = states_itrf.shape[0], times_s.shape[0]
    altitude_m, speed_mps = np.empty((n, m)), np.empty((n, m))
    last = states_itrf.copy()
    d, k1, mid, s = np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    for row in range(n):
        for i in range(6):
            s[i] = states_itrf[row, i]
        t = 0.0
        for column in range(m):
            span = times_s[column] - t
            steps = int(np.ceil(abs(span) / step_max_s - 1e-9))
            for _ in range(steps):
                _step(s, inverse_beta_m2_kg[row], span / steps, d, k1, mid)
            t = times_s[column]
            altitude_m[row, column] = height_itrf(s[0], s[1], s[2])
            speed_mps[row, column] = sqrt(s[3] * s[3] + s[4] * s[4] + s[5] * s[5])
        last[row] = s
    return altitude_m, speed_mps, last


@njit(cache=True)
def coast_extremes(states_itrf, inverse_beta_m2_kg, step_s, time_max_s):  # type: ignore[no-untyped-def]
    """Apogee and fall to the ground of many coasting bodies: (n, 7) columns
    apogee altitude m, apogee time s, impact time s, impact x, y, z (ITRF m), lowest altitude m before time_max.

    Impact columns are NaN for a body still up at `time_max_s`. Apogee is the highest point met from now on.
    """
    n = states_itrf.shape[0]
    out = np.full((n, 7), np.nan)
    d, k1, mid, s, before = np.empty(6), np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    for row in range(n):
        for i in range(6):
            s[i] = states_itrf[row, i]
        t = 0.0
        h = height_itrf(s[0], s[1], s[2])
        h_back = h
        top, t_top, low = h, 0.0, h
        while t < time_max_s:
            for i in range(6):
                before[i] = s[i]
            _step(s, inverse_beta_m2_kg[row], step_s, d, k1, mid)
            h_next = height_itrf(s[0], s[1], s[2])
            t += step_s
            if h > top or (h == top and t > step_s):
                top, t_top = h, t - step_s
            if h >= h_back and h >= h_next and t > step_s:  # parabola through three heights
                bend = h_back - 2.0 * h + h_next
                if bend < 0.0:
                    shift = 0.5 * (h_back - h_next) / bend
                    peak = h - 0.25 * (h_back - h_next) * shift
                    if peak > top:
                        top, t_top = peak, t - step_s + shift * step_s
            low = min(low, h_next)
            if h_next <= 0.0:
                part = h / (h - h_next)
                out[row, 2] = t - step_s + part * step_s
                for i in range(3):
                    out[row, 3 + i] = before[i] + part * (s[i] - before[i])
                break
            h_back, h = h, h_next
        if h > top:
            top, t_top = h, t
        out[row, 0], out[row, 1], out[row, 6] = top, t_top, low
    return out


def state_from_profile(
    lat_rad: Scalar, lon_rad: Scalar, altitude_m: Scalar, climb_mps: Scalar, level_mps: Scalar, heading_rad: Scalar
) -> Rows:
    """ITRF states (..., 6) from a geodetic place, climb rate, level speed and heading (clockwise from north)."""
    lat, lon, h, up, level, azimuth = np.broadcast_arrays(
        lat_rad, lon_rad, altitude_m, climb_mps, level_mps, heading_rad
    )
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    n = A_M / np.sqrt(1.0 - E2 * sin_lat**2)
    east, north = level * np.sin(azimuth), level * np.cos(azimuth)
    return np.stack(
        [
            (n + h) * cos_lat * cos_lon,
            (n + h) * cos_lat * sin_lon,
            (n * (1.0 - E2) + h) * sin_lat,
            -sin_lon * east - sin_lat * cos_lon * north + cos_lat * cos_lon * up,
            cos_lon * east - sin_lat * sin_lon * north + cos_lat * sin_lon * up,
            cos_lat * north + sin_lat * up,
        ],
        axis=-1,
    )


def gravity_down_mps2(altitude_m: float, lat_rad: float) -> float:
    """Fall acceleration felt at rest on the rotating Earth, along the local vertical (WGS 84 normal gravity).

    NGA.STND.0036 (2014), eq. 4-1 (Somigliana) and 4-3 (height series).
    """
    s2 = sin(lat_rad) ** 2
    surface = 9.7803253359 * (1.0 + 0.00193185265241 * s2) / sqrt(1.0 - E2 * s2)
    x = altitude_m / A_M
    f, m = 1.0 / 298.257223563, 0.00344978650684
    # the series diverges slowly; inverse square carries on above 1,000 km
    if altitude_m < 1.0e6:
        return surface * (1.0 - 2.0 * (1.0 + f + m - 2.0 * f * s2) * x + 3.0 * x * x - 4.0 * x**3)
    return EARTH_MU_M3_S2 / (A_M + altitude_m) ** 2


def surface_point(lat_rad: float, lon_rad: float, azimuth_rad: Scalar, distance_m: Scalar) -> tuple[Scalar, Scalar]:
    """Where a great circle of the given length ends (sphere of 6,371 km; 0.5 % of the length is its error)."""
    arc = np.asarray(distance_m) / 6_371_000.0
    lat = np.arcsin(sin(lat_rad) * np.cos(arc) + cos(lat_rad) * np.sin(arc) * np.cos(azimuth_rad))
    lon = lon_rad + np.arctan2(
        np.sin(azimuth_rad) * np.sin(arc) * cos(lat_rad), np.cos(arc) - sin(lat_rad) * np.sin(lat)
    )
    return lat, (lon + np.pi) % (2.0 * np.pi) - np.pi


def log_density_us76(height_m: float) -> float:
    """Natural logarithm of `density_us76`, minus infinity where there is no air."""
    density = density_us76(height_m)
    return log(density) if density > 0.0 else -np.inf
