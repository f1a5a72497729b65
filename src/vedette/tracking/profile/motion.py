"""How a body that only falls moves, told as altitude and speed against time.

The Earth turns under it, is oblate and has air (US Standard Atmosphere 1976), so the arc needs a place and a heading: a
fast eastward coast stays up kilometres longer than a westward one. Everything is ITRF, speed relative to the rotating
Earth, as telemetry shows it. Forces are those of `vedette.motion`; here they run in batches of like arcs with a fixed
step, from a last reading back through the readings before it, or on to what comes.
"""

from math import cos, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.constants import WGS84_A_M as A_M
from vedette.core.constants import WGS84_E2 as E2
from vedette.core.shapes import Rows, Scalar
from vedette.motion.atmosphere import density_kernel, standard_air
from vedette.motion.ellipsoid import height_kernel
from vedette.motion.gravity import gravity_kernel, rotation_kernel

AIR_TOP_M = 300_000.0  # above this drag is below 1e-6 m/s² for anything that falls
SPHERE_M = 6_371_000.0


@njit(cache=True)
def _rates(s, inverse_beta_m2_kg, air, d):  # type: ignore[no-untyped-def]
    x, y, z, vx, vy, vz = s[0], s[1], s[2], s[3], s[4], s[5]
    ax, ay, az = gravity_kernel(x, y, z)
    cx, cy = rotation_kernel(x, y, vx, vy)
    d[0], d[1], d[2], d[3], d[4], d[5] = vx, vy, vz, ax + cx, ay + cy, az
    if inverse_beta_m2_kg > 0.0:
        height = height_kernel(x, y, z)
        if height < AIR_TOP_M:
            k = 0.5 * density_kernel(height, air) * sqrt(vx * vx + vy * vy + vz * vz) * inverse_beta_m2_kg
            d[3] -= k * vx
            d[4] -= k * vy
            d[5] -= k * vz


@njit(cache=True)
def _step(s, inverse_beta_m2_kg, air, dt_s, d, k1, mid):  # type: ignore[no-untyped-def]
    """One Runge-Kutta step of fourth order, in place."""
    _rates(s, inverse_beta_m2_kg, air, d)
    for i in range(6):
        k1[i] = d[i]
        mid[i] = s[i] + 0.5 * dt_s * d[i]
    _rates(mid, inverse_beta_m2_kg, air, d)
    for i in range(6):
        k1[i] += 2.0 * d[i]
        mid[i] = s[i] + 0.5 * dt_s * d[i]
    _rates(mid, inverse_beta_m2_kg, air, d)
    for i in range(6):
        k1[i] += 2.0 * d[i]
        mid[i] = s[i] + dt_s * d[i]
    _rates(mid, inverse_beta_m2_kg, air, d)
    for i in range(6):
        s[i] += dt_s / 6.0 * (k1[i] + d[i])


@njit(cache=True)
def _profile_kernel(states, inverse_beta, times_s, step_s, air, altitude_m, speed_mps):  # type: ignore[no-untyped-def]
    """Fixed steps away from time zero; between them position by cubic Hermite, speed by its slope."""
    sign = 1.0 if times_s[-1] >= 0.0 else -1.0
    d, k1, mid = np.empty(6), np.empty(6), np.empty(6)
    s, before = np.empty(6), np.empty(6)
    for row in range(states.shape[0]):
        s[:] = states[row]
        before[:] = s
        t = 0.0
        for column in range(times_s.shape[0]):
            while sign * (times_s[column] - t) > 1e-9:
                before[:] = s
                _step(s, inverse_beta[row], air, sign * step_s, d, k1, mid)
                t += sign * step_s
            dt = sign * step_s
            u = (times_s[column] - t) / dt + 1.0 if t != 0.0 else 1.0
            h00, h10 = (1.0 + 2.0 * u) * (1.0 - u) ** 2, u * (1.0 - u) ** 2
            h01, h11 = u * u * (3.0 - 2.0 * u), u * u * (u - 1.0)
            g00, g10 = 6.0 * u * (u - 1.0), (1.0 - u) * (1.0 - 3.0 * u)
            g11 = u * (3.0 * u - 2.0)
            v2 = 0.0
            for i in range(3):
                mid[i] = h00 * before[i] + h10 * dt * before[i + 3] + h01 * s[i] + h11 * dt * s[i + 3]
                v = g00 / dt * (before[i] - s[i]) + g10 * before[i + 3] + g11 * s[i + 3]
                v2 += v * v
            altitude_m[row, column] = height_kernel(mid[0], mid[1], mid[2])
            speed_mps[row, column] = sqrt(v2)


def coast_profile(
    states_itrf: Rows, inverse_beta_m2_kg: Scalar, times_s: Scalar, step_s: float = 2.0
) -> tuple[Rows, Rows]:
    """Altitude and speed of many coasting bodies at given times.

    Parameters
    ----------
    states_itrf : (n, 6)            position m and velocity m/s relative to the rotating Earth, at time zero
    inverse_beta_m2_kg : (n,)       drag area over mass, 1/β; 0 for none
    times_s : (m,)                  all on one side of zero, in order away from it
    step_s : float                  integration step

    Returns
    -------
    altitude_m : (n, m)
    speed_mps : (n, m)

    Trust
    -----
    Millimetres per minute against `vedette.motion.coast` above the air; tests/tracking/test_profile_motion.py.
    """
    altitude_m, speed_mps = np.empty((len(states_itrf), len(times_s))), np.empty((len(states_itrf), len(times_s)))
    if len(times_s):
        states = np.ascontiguousarray(states_itrf, dtype=np.float64)
        _profile_kernel(states, inverse_beta_m2_kg, times_s, step_s, standard_air(), altitude_m, speed_mps)
    return altitude_m, speed_mps


@njit(cache=True)
def _extremes_kernel(states_itrf, inverse_beta_m2_kg, step_s, time_max_s, air):  # type: ignore[no-untyped-def]
    n = states_itrf.shape[0]
    out = np.full((n, 7), np.nan)
    d, k1, mid, s, before = np.empty(6), np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    for row in range(n):
        for i in range(6):
            s[i] = states_itrf[row, i]
        t = 0.0
        h = height_kernel(s[0], s[1], s[2])
        h_back = h
        top, t_top, low = h, 0.0, h
        while t < time_max_s:
            for i in range(6):
                before[i] = s[i]
            _step(s, inverse_beta_m2_kg[row], air, step_s, d, k1, mid)
            h_next = height_kernel(s[0], s[1], s[2])
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


def coast_extremes(states_itrf: Rows, inverse_beta_m2_kg: Scalar, step_s: float, time_max_s: float) -> Rows:
    """Apogee and fall to the ground of many coasting bodies, (n, 7).

    Columns: apogee altitude m, apogee time s, impact time s, impact x, y, z (ITRF m), lowest altitude m before the end.
    Impact columns are NaN for a body still up at `time_max_s`. Apogee is the highest point met from now on.
    """
    states = np.ascontiguousarray(states_itrf, dtype=np.float64)
    return _extremes_kernel(states, inverse_beta_m2_kg, step_s, time_max_s, standard_air())


def air_density_kg_m3(height_m: float) -> float:
    """Density of the standard atmosphere at a geometric height."""
    return float(density_kernel(max(height_m, 0.0), standard_air())) if height_m < AIR_TOP_M else 0.0


def state_from_profile(
    lat_rad: Scalar | float,
    lon_rad: Scalar | float,
    altitude_m: Scalar | float,
    climb_mps: Scalar | float,
    level_mps: Scalar | float,
    heading_rad: Scalar | float,
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


def surface_point(
    lat_rad: float, lon_rad: float, azimuth_rad: Scalar | float, distance_m: Scalar | float
) -> tuple[Scalar, Scalar]:
    """Where a great circle of the given length ends (sphere of 6,371 km; 0.5 % of the length is its error)."""
    arc = np.asarray(distance_m) / SPHERE_M
    lat = np.arcsin(sin(lat_rad) * np.cos(arc) + cos(lat_rad) * np.sin(arc) * np.cos(azimuth_rad))
    lon = lon_rad + np.arctan2(
        np.sin(azimuth_rad) * np.sin(arc) * cos(lat_rad), np.cos(arc) - sin(lat_rad) * np.sin(lat)
    )
    return lat, (lon + np.pi) % (2.0 * np.pi) - np.pi
