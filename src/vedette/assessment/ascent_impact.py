"""Where an ascent comes down when only speed and altitude are known: a ring round the pad, or a sector of it.

No azimuth is in the data, so the answer is how far from the pad, with 50, 90 and 99 % intervals. With an azimuth given
by the operator the ring becomes the sector of it within 10 degrees.
"""

from math import degrees, pi, radians

import numpy as np

from vedette.core.shapes import Scalar
from vedette.reports import Area, ImpactArea
from vedette.tracking.profile.coast import CoastEnd
from vedette.tracking.profile.motion import surface_point

LEVELS = (0.50, 0.90, 0.99)
CORNERS = 48
SECTOR_HALF_DEG = 10.0


def impact_area(
    end: CoastEnd,
    pad_lat_lon_deg: tuple[float, float],
    azimuth_deg: float | None,
    t_epoch_tai_ns: int,
    is_conditional: bool,
) -> ImpactArea | None:
    """Nested rings (or sectors) and a time interval; None when nothing comes down.

    A ring's vertices are its outer circle followed by its inner circle, `CORNERS` each, both clockwise from north.
    """
    if end.reach_m is None or end.t_fall_s is None:
        return None
    lat_deg, lon_deg = pad_lat_lon_deg
    areas = []
    for level in LEVELS:
        near_m, far_m = end.reach_m.interval(level)
        areas.append(_area(level, lat_deg, lon_deg, azimuth_deg, max(near_m, 0.0), max(far_m, 0.0)))
    near_m, far_m = end.reach_m.interval(0.90)
    early_s, late_s = end.t_fall_s.interval(0.90)
    centre = (lat_deg, lon_deg)
    if azimuth_deg is not None:
        lat, lon = surface_point(radians(lat_deg), radians(lon_deg), np.radians(azimuth_deg), end.reach_m.median)
        centre = (degrees(float(lat)), degrees(float(lon)))
    return ImpactArea(
        areas=tuple(areas),
        lat_deg=centre[0],
        lon_deg=centre[1],
        t_90_tai_ns=(t_epoch_tai_ns + round(early_s * 1e9), t_epoch_tai_ns + round(late_s * 1e9)),
        downrange_90_km=(max(near_m, 0.0) / 1e3, max(far_m, 0.0) / 1e3),
        is_conditional=is_conditional,
    )


def _area(level: float, lat_deg: float, lon_deg: float, azimuth_deg: float | None, near_m: float, far_m: float) -> Area:
    turn: Scalar
    if azimuth_deg is None:
        turn, share, shape = np.array([2.0 * pi * k / CORNERS for k in range(CORNERS)]), 1.0, "ring"
        inner = turn
    else:
        half = radians(SECTOR_HALF_DEG)
        turn = np.asarray(radians(azimuth_deg) + np.linspace(-half, half, 12), dtype=np.float64)
        share, shape, inner = 2.0 * half / (2.0 * pi), "polygon", turn[::-1]
    lat: list[float] = []
    lon: list[float] = []
    for distance_m, bearings in ((far_m, turn), (near_m, inner)):
        at_lat, at_lon = surface_point(radians(lat_deg), radians(lon_deg), bearings, np.full(len(bearings), distance_m))
        lat.extend(round(degrees(x), 4) for x in at_lat)
        lon.extend(round(degrees(x), 4) for x in at_lon)
    sphere_m = 6_371_000.0  # a cap's area, not a disc's: an intercontinental ring is far from flat
    square_m2 = 2.0 * pi * sphere_m**2 * (np.cos(near_m / sphere_m) - np.cos(far_m / sphere_m)) * share
    return Area(probability=level, shape=shape, lat_deg=tuple(lat), lon_deg=tuple(lon), area_km2=float(square_m2) / 1e6)
