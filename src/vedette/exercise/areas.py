"""Whether a place lies in an area that an estimate drew, and how far two places are apart."""

from math import asin, cos, radians, sin, sqrt

import numpy as np

from vedette.frames import geodesic_inverse
from vedette.reports import Area


def distance_km(lat_1_deg: float, lon_1_deg: float, lat_2_deg: float, lon_2_deg: float) -> float:
    """Length of the geodesic between two places."""
    there_m, _, _ = geodesic_inverse(*np.radians([lat_1_deg, lon_1_deg, lat_2_deg, lon_2_deg]))
    return float(there_m) / 1e3


def rough_distance_km(lat_1_deg: float, lon_1_deg: float, lat_2_deg: float, lon_2_deg: float) -> float:
    """The same on a sphere, within half a per cent and fifty times as fast: for telling objects apart."""
    lat_1, lat_2 = radians(lat_1_deg), radians(lat_2_deg)
    north, east = sin((lat_2 - lat_1) / 2), sin(radians(lon_2_deg - lon_1_deg) / 2)
    return 2 * 6371.0 * asin(min(1.0, sqrt(north**2 + cos(lat_1) * cos(lat_2) * east**2)))


def is_inside(area: Area, lat_deg: float, lon_deg: float) -> bool:
    """Whether a place lies in the area.

    A polygon is judged by its winding round the place, on a map that is true in bearing and distance from there; a
    ring, drawn as outer line then inner line, by the even-odd rule on the same map.
    """
    there_m, bearing, _ = geodesic_inverse(
        np.radians(lat_deg), np.radians(lon_deg), np.radians(area.lat_deg), np.radians(area.lon_deg)
    )
    x, y = there_m * np.sin(bearing), there_m * np.cos(bearing)
    return _is_round_the_origin(x, y)


def _is_round_the_origin(x: np.ndarray, y: np.ndarray) -> bool:
    """Even-odd rule for the origin in a closed polygon (last vertex joins the first)."""
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    crosses = (y > 0) != (y2 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x - y * (x2 - x) / (y2 - y)
    return bool(np.count_nonzero(crosses & (at > 0)) % 2)


def holds(areas: tuple[Area, ...], probability: float, lat_deg: float, lon_deg: float) -> bool | None:
    """Whether the area of that probability holds the place; None where no such area was drawn."""
    for area in areas:
        if abs(area.probability - probability) < 1e-6:
            return is_inside(area, lat_deg, lon_deg)
    return None
