"""The density of the upper air as a table over time, height, latitude and local time, filled from MSIS.

MSIS costs microseconds a point and an integrator asks thousands of times a day. In local solar time the air changes
little within hours, so that three-hourly slabs do; heights stand evenly in the logarithm of height, 5 % apart, for
scale heights grow with height. Between rows ln(density) is a cubic spline with two smooth derivatives in every
direction of space, for an integrator of high order feels a jump in either; in time it is a straight line.
"""

from functools import lru_cache
from math import asin, atan2, exp, log, pi

import numpy as np
from numba import njit

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.core.space_weather import SpaceWeather
from vedette.motion.ellipsoid import height_kernel, up_kernel
from vedette.time import jd_utc_from_tai_ns

SLAB_S = 3 * 3600
PER_FOLD = 20.0  # nodes in a factor e of height
FIRST_NODE = 76  # 44.7 km
LAST_NODE = 156  # 2,440 km
LATITUDES, HOURS = 13, 16  # rows 15 degrees apart, columns an hour and a half
TOP_M = 2_400e3
_VERSIONS = {"nrlmsise00": 0, "msis21": 2.1}


def nodes_between(low_m: float, high_m: float) -> tuple[int, int]:
    """First and last height node that serve heights from `low_m` to `high_m`, margins included."""
    low, high = (int(PER_FOLD * log(max(h, 1.0) / 1e3)) for h in (low_m, high_m))
    return min(max(low - 2, FIRST_NODE), LAST_NODE - 4), max(min(high + 4, LAST_NODE), FIRST_NODE + 4)


def air_slabs(
    t_from_tai_ns: int, t_to_tai_ns: int, low_m: float, high_m: float, weather: SpaceWeather, model: str
) -> tuple[int, int, Rows]:
    """Instant of the first slab, first height node, and ln(density) `(slabs, nodes, 15, 19)`.

    Latitude rows run from one past the south pole to one past the north pole, local-time columns from one before
    midnight to two after the next, so that a kernel need not wrap.
    """
    step_ns = SLAB_S * NS_PER_S
    first, last = int(t_from_tai_ns) // step_ns, int(t_to_tai_ns) // step_ns + 1
    low, high = nodes_between(low_m, high_m)
    slabs = [_slab(t * step_ns, low, high, weather, model) for t in range(first, last + 1)]
    table = np.ascontiguousarray(np.stack(slabs))  # one layout, one compiled kernel
    table.setflags(write=False)
    return first * step_ns, low, table


@lru_cache(maxsize=512)
def _slab(t_tai_ns: int, low: int, high: int, weather: SpaceWeather, model: str) -> Rows:
    """One slab `(nodes, 15, 19)`; kept, for the next object asks for the same air."""
    import pymsis

    nodes = np.arange(low, high + 1)
    lat_deg = np.linspace(-90.0, 90.0, LATITUDES)
    hour = np.arange(HOURS) * 24.0 / HOURS
    jd_1, jd_2 = jd_utc_from_tai_ns(np.array([t_tai_ns], dtype=np.int64))
    mjd = float(jd_1[0] - 2_400_000.5 + jd_2[0])
    flux, flux_mean, ap = (float(value) for value in weather.at(np.array(mjd)))
    lon_deg = (15.0 * (hour - mjd % 1.0 * 24.0) + 180.0) % 360.0 - 180.0
    height_km = np.exp(nodes / PER_FOLD)
    grid = [a.reshape(-1) for a in np.meshgrid(height_km, lat_deg, lon_deg, indexing="ij")]
    count = len(grid[0])
    date = np.datetime64("1858-11-17T00:00:00", "ms") + np.timedelta64(round(mjd * 86_400_000), "ms")
    found = pymsis.calculate(
        np.full(count, date), grid[2], grid[1], grid[0], np.full(count, flux), np.full(count, flux_mean),
        np.full((count, 7), ap), version=_VERSIONS[model], geomagnetic_activity=1,
    )  # fmt: skip
    inner = np.log(np.asarray(found, dtype=float).reshape(count, -1)[:, pymsis.Variable.MASS_DENSITY])
    return _spline(inner.reshape(len(nodes), LATITUDES, HOURS))


def _spline(values: np.ndarray) -> np.ndarray:
    """Cubic B-spline coefficients of `(nodes, 13, 16)` values, with margins: `(nodes, 15, 19)`.

    Hours close into a circle; a meridian closes over both poles with the one twelve hours away; the two ends of the
    heights have no curvature.
    """
    nodes = values.shape[0]
    matrix = (np.diag(np.full(nodes, 4.0)) + np.eye(nodes, k=1) + np.eye(nodes, k=-1)) / 6.0
    matrix[0], matrix[-1] = np.eye(nodes)[0], np.eye(nodes)[-1]  # no curvature: value and coefficient are the same
    heights = np.linalg.solve(matrix, values.reshape(nodes, -1)).reshape(values.shape)
    hours = _around(heights)
    far = np.roll(hours, HOURS // 2, axis=2)[:, -2:0:-1]
    circle = _around(np.swapaxes(np.concatenate([hours, far], axis=1), 1, 2))
    rows = np.swapaxes(circle, 1, 2)[:, np.arange(-1, LATITUDES + 1)]
    return rows[:, :, np.arange(-1, HOURS + 2) % HOURS]


def _around(values: np.ndarray) -> np.ndarray:
    """Spline coefficients of values that go round in a circle along the last axis."""
    count = values.shape[-1]
    circle = (4.0 * np.eye(count) + np.eye(count, k=1) + np.eye(count, k=-1)) / 6.0
    circle[0, -1] = circle[-1, 0] = 1.0 / 6.0
    return np.asarray(values @ np.linalg.inv(circle))  # symmetric


@njit(cache=True, error_model="numpy", inline="always")
def _weights(f: float) -> tuple[float, float, float, float]:
    """The four cubic B-splines that are not zero at a share of a cell."""
    g, f2 = 1.0 - f, f * f
    return g * g * g / 6.0, (3.0 * f2 * f - 6.0 * f2 + 4.0) / 6.0, (3.0 * (f + f2 - f2 * f) + 1.0) / 6.0, f2 * f / 6.0


@njit(cache=True, error_model="numpy")
def air_kernel(
    x: float, y: float, z: float, t_s: float, utc_s: float, first_node: float, air: np.ndarray
) -> tuple[float, float]:
    """Density (kg/m3) and the slope of its logarithm by height (1/m) at an ITRF point (m).

    `t_s` seconds since the first slab, `utc_s` UTC seconds of day (any multiple of a day may be added).
    """
    height = height_kernel(x, y, z)
    if height > TOP_M:
        return 0.0, 0.0
    _, _, sin_lat = up_kernel(x, y, z, height)
    below = 0.0
    lowest_m = 1e3 * exp((first_node + 1.0) / PER_FOLD)
    if height < lowest_m:  # under the table: the air goes on with a scale height of 7 km
        below = (lowest_m - height) / 7e3
        height = lowest_m
    u = PER_FOLD * log(height * 1e-3) - first_node
    i = min(max(int(u), 1), air.shape[1] - 3)
    fu = u - i
    v = (asin(max(-1.0, min(1.0, sin_lat))) / pi + 0.5) * (LATITUDES - 1) + 1.0
    j = min(max(int(v), 1), LATITUDES - 1)
    w = atan2(y, x) / (2.0 * pi) + utc_s / 86_400.0
    w = (w - np.floor(w)) * HOURS + 1.0
    k = min(max(int(w), 1), HOURS)
    b0, b1, b2, b3 = _weights(v - j)
    c0, c1, c2, c3 = _weights(w - k)
    s = min(max(int(t_s / SLAB_S), 0), air.shape[0] - 2)
    fs = t_s / SLAB_S - s
    total, slope = 0.0, 0.0
    a0, a1, a2, a3 = _weights(fu)
    e = 1.0 - fu
    d0, d1, d2, d3 = -0.5 * e * e, 1.5 * fu * fu - 2.0 * fu, 0.5 + fu - 1.5 * fu * fu, 0.5 * fu * fu
    for half in range(2):
        share = fs if half == 1 else 1.0 - fs
        for p in range(4):
            row = 0.0
            for q in range(4):
                line = air[s + half, i - 1 + p, j - 1 + q]
                part = c0 * line[k - 1] + c1 * line[k] + c2 * line[k + 1] + c3 * line[k + 2]
                row += (b0 if q == 0 else b1 if q == 1 else b2 if q == 2 else b3) * part
            total += share * (a0 if p == 0 else a1 if p == 1 else a2 if p == 2 else a3) * row
            slope += share * (d0 if p == 0 else d1 if p == 1 else d2 if p == 2 else d3) * row
    slope *= PER_FOLD / height if below == 0.0 else 0.0
    return exp(total + below), slope if below == 0.0 else -1.0 / 7e3


@njit(cache=True, error_model="numpy")
def _density_rows(
    points: np.ndarray, t_s: np.ndarray, utc_s: np.ndarray, node: float, air: np.ndarray, out: np.ndarray
) -> None:
    for r in range(points.shape[0]):
        out[r], _ = air_kernel(points[r, 0], points[r, 1], points[r, 2], t_s[r], utc_s[r], node, air)


def density_itrf(positions_itrf_m: Rows, t_tai_ns: Ints, weather: SpaceWeather, model: str = "nrlmsise00") -> Rows:
    """Density (kg/m3) at ITRF points `(n, 3)` (m) and instants `(n,)`, through a table made for them."""
    points = np.ascontiguousarray(positions_itrf_m, dtype=float).reshape(-1, 3)
    t = np.broadcast_to(np.asarray(t_tai_ns, dtype=np.int64), (len(points),))
    heights = np.array([height_kernel(*(float(v) for v in p)) for p in points])
    start, node, air = air_slabs(int(t.min()), int(t.max()), float(heights.min()), float(heights.max()), weather, model)
    jd_1, jd_2 = jd_utc_from_tai_ns(t)
    out = np.empty(len(points))
    _density_rows(points, (t - start) / NS_PER_S, (jd_1 - 2_400_000.5 + jd_2) % 1.0 * 86_400.0, float(node), air, out)
    return out
