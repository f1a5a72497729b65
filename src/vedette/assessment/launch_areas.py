"""Where launches may come from, as points: a place, a disc, cells of a box, an outline, or all the ground in view."""

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np

from vedette.assessment.assurance import LaunchArea
from vedette.core.constants import WGS84_A_M
from vedette.core.errors import UsageError
from vedette.core.shapes import Rows, Scalar
from vedette.frames import geodesic_direct, itrf_from_geodetic, polygon_contains
from vedette.sensing import Infrared, Radar, Sensor

GOLDEN_RAD = np.pi * (3.0 - np.sqrt(5.0))
CELL_POINTS = 2  # a side: four points stand for a cell
MOST_CELLS = 400
LEAST_ELEVATION_RAD = np.radians(10.0)  # of a satellite over the ground that it counts as having in view


def point_area(lat_deg: float, lon_deg: float, name: str = "") -> LaunchArea:
    """One place."""
    _check(lat_deg, lon_deg)
    return LaunchArea(name or place_name(lat_deg, lon_deg), (lat_deg,), (lon_deg,))


def disc_area(lat_deg: float, lon_deg: float, radius_km: float, name: str = "", count: int = 32) -> LaunchArea:
    """A disc about a place: points on a sunflower spiral, which is even (Vogel 1979)."""
    _check(lat_deg, lon_deg)
    if not 0.0 < radius_km <= 5_000.0:
        raise UsageError(f"a disc of {radius_km:g} km; give a radius of up to 5,000 km")
    k = np.arange(count) + 0.5
    lat, lon = geodesic_direct(
        np.full(count, np.radians(lat_deg)), np.full(count, np.radians(lon_deg)), GOLDEN_RAD * k,
        1e3 * radius_km * np.sqrt(k / count),
    )[:2]  # fmt: skip
    words = name or f"{radius_km:g} km about {place_name(lat_deg, lon_deg)}"
    return LaunchArea(words, tuple(np.degrees(lat).tolist()), tuple(np.degrees(lon).tolist()))


def box_areas(
    south_deg: float, west_deg: float, north_deg: float, east_deg: float, cell_deg: float
) -> list[LaunchArea]:
    """Cells of a box of latitude and longitude, row by row from the north-west; west > east passes the date line."""
    _check(south_deg, west_deg)
    _check(north_deg, east_deg)
    width_deg = (east_deg - west_deg) % 360.0
    if not (south_deg < north_deg and width_deg > 0.0 and cell_deg > 0.0):
        box = f"{south_deg:g},{west_deg:g},{north_deg:g},{east_deg:g}"
        raise UsageError(f"the box {box} is empty; give SOUTH,WEST,NORTH,EAST in degrees")
    rows, columns = ceil((north_deg - south_deg) / cell_deg - 1e-9), ceil(width_deg / cell_deg - 1e-9)
    if rows * columns > MOST_CELLS:
        raise UsageError(f"{rows * columns} cells of {cell_deg:g} deg; give larger --cell-deg: {MOST_CELLS} at most")
    inside = (np.arange(CELL_POINTS) + 0.5) / CELL_POINTS
    cells = []
    for row in range(rows):
        top = north_deg - row * cell_deg
        height = min(cell_deg, top - south_deg)
        for column in range(columns):
            left = west_deg + column * cell_deg
            across = min(cell_deg, west_deg + width_deg - left)
            lat, lon = np.meshgrid(top - height * inside, left + across * inside, indexing="ij")
            name = place_name(top - 0.5 * height, left + 0.5 * across)
            cells.append(LaunchArea(name, tuple(lat.ravel().tolist()), tuple(_turned(lon.ravel()).tolist())))
    return cells


def outline_area(name: str, corners_deg: Sequence[tuple[float, float]], count: int = 48) -> LaunchArea:
    """An outline of (latitude, longitude) corners: a grid of its bounding disc's points that lie inside."""
    corners = np.radians(np.asarray(corners_deg, dtype=float))
    if corners.ndim != 2 or corners.shape[0] < 3 or not np.all(np.isfinite(corners)):
        raise UsageError(f"area {name!r} has fewer than three corners, or some that are no numbers")
    for lat_deg, lon_deg in corners_deg:
        _check(lat_deg, lon_deg)
    place = itrf_from_geodetic(corners[:, 0], corners[:, 1], np.zeros(len(corners)))
    middle = np.mean(place, axis=0)
    if np.linalg.norm(middle) < 1e6:
        raise UsageError(f"area {name!r} goes round half the Earth; divide it")
    lat0, lon0 = float(np.arctan2(middle[2], np.hypot(middle[0], middle[1]))), float(np.arctan2(middle[1], middle[0]))
    reach_m = 1.02 * float(np.max(np.linalg.norm(place - middle * WGS84_A_M / np.linalg.norm(middle), axis=1)))
    tried = 400
    while tried <= 400_000:
        k = np.arange(tried) + 0.5
        lat, lon = geodesic_direct(
            np.full(tried, lat0), np.full(tried, lon0), GOLDEN_RAD * k, reach_m * np.sqrt(k / tried)
        )[:2]  # fmt: skip
        inside = np.flatnonzero(polygon_contains(corners, lat, lon))
        if len(inside) >= count:
            keep = inside[np.linspace(0, len(inside) - 1, count).astype(np.int64)]
            return LaunchArea(name, tuple(np.degrees(lat[keep]).tolist()), tuple(np.degrees(lon[keep]).tolist()))
        tried *= 10
    raise UsageError(f"area {name!r} is too thin to stand points in; give it some width")


def ground_in_view(sensors: Mapping[str, Sensor], t_tai_ns: int, count: int = 240) -> LaunchArea | None:
    """The ground that at least one of the sensors would look down on or reach, whatever its health; None without any.

    Points stand evenly over the globe. A satellite has in view what sees it 10 degrees above the horizon; a radar, all
    within its range.
    """
    k = np.arange(count) + 0.5
    lat = np.arcsin(1.0 - 2.0 * k / count)
    lon = _folded(GOLDEN_RAD * k)
    ground = itrf_from_geodetic(lat, lon, np.zeros(count))
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    seen = np.zeros(count, dtype=bool)
    for sensor in sensors.values():
        away = np.asarray(sensor.position_itrf_m(t_tai_ns)) - ground
        reach_m = np.linalg.norm(away, axis=1)
        if isinstance(sensor, Infrared):
            seen |= np.sum(away * up, axis=1) >= reach_m * np.sin(LEAST_ELEVATION_RAD)
        elif isinstance(sensor, Radar):
            seen |= reach_m <= min(sensor.region.range_max_m, 3e6)
    if not seen.any():
        return None
    return LaunchArea(
        "the ground in view", tuple(np.degrees(lat[seen]).tolist()), tuple(np.degrees(lon[seen]).tolist())
    )  # fmt: skip


def place_name(lat_deg: float, lon_deg: float) -> str:
    """`12.5°N 45°E`."""
    lon_deg = float(_turned(np.asarray(lon_deg)))
    return f"{abs(lat_deg):g}°{'N' if lat_deg >= 0 else 'S'} {abs(lon_deg):g}°{'E' if lon_deg >= 0 else 'W'}"


def _check(lat_deg: float, lon_deg: float) -> None:
    if not (-90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 360.0):
        raise UsageError(f"{lat_deg:g},{lon_deg:g} is no place; latitude -90..90, longitude -180..360 degrees")


def _turned(lon_deg: Scalar) -> Scalar:
    return (np.asarray(lon_deg) + 180.0) % 360.0 - 180.0


def _folded(angle_rad: Scalar) -> Rows:
    return (np.asarray(angle_rad) + np.pi) % (2.0 * np.pi) - np.pi
