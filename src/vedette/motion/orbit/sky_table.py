"""Earth orientation, Sun, Moon and tides on half-hourly knots, so that a kernel never asks an almanac.

Columns of a knot: 0, 1 the celestial pole X and Y (IAU 2006/2000A with the measured offsets); 2 the turn of the Earth
about it, less a steady turn at the nominal rate since the first knot; 3, 4 the pole in the Earth; 5-7 Sun and 8-10
Moon, gcrf (m); 11-15 what tides add to C20, C21, S21, C22, S22, un-normalised. Between knots a cubic through four.
"""

from math import cos, pi, sin

import numpy as np
from numba import njit

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar, Vec3
from vedette.frames import EarthOrientation
from vedette.frames.bodies import moon_position_gcrf_m, sun_position_gcrf_m
from vedette.motion.orbit.tides import tide_terms
from vedette.time import jd_tt_from_tai_ns, jd_ut1_from_tai_ns

KNOT_S = 1800
COLUMNS = 16
TURN_RADPS = 2.0 * pi * 1.00273781191135448 / 86_400.0  # of the Earth rotation angle, Capitaine et al. 2000
_MARGIN = 3  # knots before and after the span


def sky_knots(t_from_tai_ns: int, t_to_tai_ns: int, earth_orientation: EarthOrientation) -> tuple[int, Rows]:
    """The instant of the first knot and the knots `(n, 16)` that serve a span of time."""
    import erfa

    step_ns = KNOT_S * NS_PER_S
    first = int(t_from_tai_ns) // step_ns - _MARGIN
    last = int(t_to_tai_ns) // step_ns + 1 + _MARGIN
    t_tai_ns = np.arange(first, last + 1, dtype=np.int64) * step_ns
    now = earth_orientation.at(t_tai_ns)
    tt = jd_tt_from_tai_ns(t_tai_ns)
    x_rad, y_rad, s_rad = erfa.xys06a(*tt)
    knots = np.empty((len(t_tai_ns), COLUMNS))
    knots[:, 0], knots[:, 1] = x_rad + now.offset_x_rad, y_rad + now.offset_y_rad
    turn_rad = np.unwrap(erfa.era00(*jd_ut1_from_tai_ns(t_tai_ns, now.ut1_minus_tai_s)) - s_rad + erfa.sp00(*tt))
    steady_rad = TURN_RADPS * (t_tai_ns - t_tai_ns[0]) / NS_PER_S
    # unwrap follows steps under half a turn; a knot is 7.5 degrees
    knots[:, 2] = turn_rad - steady_rad
    knots[:, 3], knots[:, 4] = now.pole_x_rad, now.pole_y_rad
    knots[:, 5:8], knots[:, 8:11] = sun_position_gcrf_m(t_tai_ns), moon_position_gcrf_m(t_tai_ns)
    steps_s = (t_tai_ns - t_tai_ns[0]) / NS_PER_S
    knots[:, 11:16] = tide_terms(t_tai_ns, knots, rotations(steps_s, knots), earth_orientation)
    knots.setflags(write=False)
    return int(t_tai_ns[0]), knots


@njit(cache=True, error_model="numpy")
def sky_kernel(t_s: float, knots: np.ndarray, columns: int, now: np.ndarray, turn: np.ndarray) -> None:
    """Fill `now` (16) with the first `columns` at `t_s` seconds after the first knot, and `turn` itrf from gcrf."""
    u = t_s / KNOT_S
    i = int(u)
    i = min(max(i, 1), knots.shape[0] - 3)
    f = u - i
    w0 = -f * (f - 1.0) * (f - 2.0) / 6.0
    w1 = (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0
    w2 = -(f + 1.0) * f * (f - 2.0) / 2.0
    w3 = (f + 1.0) * f * (f - 1.0) / 6.0
    for k in range(columns):
        now[k] = w0 * knots[i - 1, k] + w1 * knots[i, k] + w2 * knots[i + 1, k] + w3 * knots[i + 2, k]
    X, Y, px, py = now[0], now[1], now[3], now[4]
    angle = now[2] + TURN_RADPS * t_s
    c, s = cos(angle), sin(angle)
    a = 0.5 + 0.125 * (X * X + Y * Y)
    q00, q01, q11, q22 = 1.0 - a * X * X, -a * X * Y, 1.0 - a * Y * Y, 1.0 - a * (X * X + Y * Y)
    e00, e01, e02 = c * q00 + s * q01, c * q01 + s * q11, -c * X - s * Y
    e10, e11, e12 = c * q01 - s * q00, c * q11 - s * q01, s * X - c * Y
    turn[0, 0], turn[0, 1], turn[0, 2] = e00 + px * X, e01 + px * Y, e02 + px * q22
    turn[1, 0], turn[1, 1], turn[1, 2] = e10 - py * X, e11 - py * Y, e12 - py * q22
    turn[2, 0] = X - px * e00 + py * e10
    turn[2, 1] = Y - px * e01 + py * e11
    turn[2, 2] = q22 - px * e02 + py * e12


@njit(cache=True, error_model="numpy")
def _rotation_rows(times_s: np.ndarray, knots: np.ndarray, out: np.ndarray) -> None:
    now = np.empty(COLUMNS)
    for i in range(times_s.size):
        sky_kernel(times_s[i], knots, 5, now, out[i])


@njit(cache=True, error_model="numpy")
def _turned_rows(times_s: np.ndarray, points: np.ndarray, knots: np.ndarray, out: np.ndarray) -> None:
    now, m = np.empty(COLUMNS), np.empty((3, 3))
    for i in range(times_s.size):
        sky_kernel(times_s[i], knots, 5, now, m)
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        out[i, 0] = m[0, 0] * x + m[0, 1] * y + m[0, 2] * z
        out[i, 1] = m[1, 0] * x + m[1, 1] * y + m[1, 2] * z
        out[i, 2] = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z


def rotations(times_s: Scalar, knots: Rows) -> Rows:
    """Rotations itrf from gcrf `(n, 3, 3)` at seconds `(n,)` after the first knot."""
    times = np.ascontiguousarray(times_s, dtype=float)
    out = np.empty((times.size, 3, 3))
    _rotation_rows(times, knots, out)
    return out


def positions_itrf_from_gcrf(times_s: Scalar, positions_gcrf_m: Vec3, knots: Rows) -> Vec3:
    """Positions `(n, 3)` turned to itrf, each at its own second after the first knot."""
    points = np.ascontiguousarray(positions_gcrf_m, dtype=float)
    out = np.empty_like(points)
    _turned_rows(np.ascontiguousarray(times_s, dtype=float), points, knots, out)
    return out
