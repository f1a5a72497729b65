"""A sensor's field of regard as outlines on the map: where the ground range of its field begins and ends, by height.

By geometry alone (`sensor_files.coverage`), on a sphere of mean radius: for pictures and orientation, never for a
decision whether something could be seen. Satellites are drawn from the point below them at an instant.
"""

from typing import Any

import numpy as np

from vedette.doors.sensor_files import EARTH_RADIUS_KM, coverage, describe
from vedette.frames import geodetic_from_itrf
from vedette.sensing import Infrared, Sensor, Site

STEP_DEG = 5.0


def sensor_document(sensor: Sensor, t_tai_ns: int) -> dict[str, Any]:
    """What `vedette sensors NAME --json` says, with its place at an instant, its field and the outlines of it."""
    lat_deg, lon_deg, height_km = place_of(sensor, t_tai_ns)
    return {
        **describe(sensor),
        "id": sensor.name,
        "place": {"lat_deg": lat_deg, "lon_deg": lon_deg, "height_km": height_km, "moves": is_moving(sensor)},
        "field": field_of(sensor),
        "outlines": outlines(sensor, lat_deg, lon_deg),
    }


def place_of(sensor: Sensor, t_tai_ns: int) -> tuple[float, float, float]:
    """Latitude, longitude (degrees) and height (km) at an instant."""
    place = sensor if isinstance(sensor, Infrared) else sensor.site
    if isinstance(place, Site):
        return round(place.lat_deg, 5), round(place.lon_deg, 5), round(place.height_m / 1e3, 4)
    at = place.position_itrf_m(t_tai_ns) if isinstance(place, Infrared) else place.position_at_itrf_m(t_tai_ns)
    lat_rad, lon_rad, height_m = (float(value) for value in geodetic_from_itrf(np.asarray(at, dtype=float)))
    return round(float(np.degrees(lat_rad)), 5), round(float(np.degrees(lon_rad)), 5), round(height_m / 1e3, 3)


def is_moving(sensor: Sensor) -> bool:
    """True of satellites and platforms."""
    return isinstance(sensor, Infrared) or not isinstance(sensor.site, Site)


def field_of(sensor: Sensor) -> dict[str, Any]:
    """Where it looks: azimuths clockwise from north (a sector may pass north), elevations, slant ranges; null: none."""
    names = (
        "azimuth_min_deg", "azimuth_max_deg", "elevation_min_deg", "elevation_max_deg", "range_min_km", "range_max_km",
    )  # fmt: skip
    found: dict[str, Any] = {}
    for name in names:
        value = getattr(sensor, name, None)
        found[name] = value if isinstance(value, int | float) and np.isfinite(value) else None
    found["is_all_round"] = _width_deg(sensor) >= 360.0
    return found


def outlines(sensor: Sensor, lat_deg: float, lon_deg: float) -> list[dict[str, Any]]:
    """For some heights the rings of the ground that is covered: [lat, lon] vertices, a hole as a second ring."""
    found = []
    for reach in coverage(sensor):
        near, far = reach["ground_range_min_km"], reach["ground_range_max_km"]
        if _width_deg(sensor) >= 360.0:
            turn = np.arange(0.0, 360.0, STEP_DEG)
            rings = [_arc(lat_deg, lon_deg, turn, far)] + ([_arc(lat_deg, lon_deg, turn, near)] if near > 0 else [])
        else:
            start, width = float(sensor.azimuth_min_deg), _width_deg(sensor)  # type: ignore[union-attr]
            turn = start + np.linspace(0.0, width, max(2, int(np.ceil(width / STEP_DEG)) + 1))
            inner = _arc(lat_deg, lon_deg, turn[::-1], near) if near > 0 else [[lat_deg, lon_deg]]
            rings = [_arc(lat_deg, lon_deg, turn, far) + inner]
        found.append({"height_km": reach["height_km"], "rings": rings})
    return found


def _width_deg(sensor: Sensor) -> float:
    first, last = getattr(sensor, "azimuth_min_deg", 0.0), getattr(sensor, "azimuth_max_deg", 360.0)
    return float(last - first) if last > first else float(last - first + 360.0)


def _arc(lat_deg: float, lon_deg: float, azimuths_deg: Any, ground_km: float) -> list[list[float]]:
    """Points at a ground range from a place, by azimuth, on a sphere; longitudes in [-180, 180)."""
    lat, azimuth = np.radians(lat_deg), np.radians(np.asarray(azimuths_deg, dtype=float))
    angle = min(ground_km / EARTH_RADIUS_KM, np.pi)
    sine = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(azimuth)
    lats = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = np.arctan2(np.sin(azimuth) * np.sin(angle) * np.cos(lat), np.cos(angle) - np.sin(lat) * sine)
    lons = (lon_deg + np.degrees(east) + 180.0) % 360.0 - 180.0
    return [[round(float(a), 4), round(float(b), 4)] for a, b in zip(np.degrees(lats), lons, strict=True)]
