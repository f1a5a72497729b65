"""The corridor that a notice tells of, from the launch area over one hazard area to the next; how far off a place is.

While a rocket burns, the place where it would fall if thrust stopped now runs from the launch area along its course. It
may be anywhere between the announced areas; what leaves their chain has left what was announced.
"""

from itertools import pairwise

import numpy as np

from vedette.core.shapes import Rows
from vedette.frames import great_circle_m, polygon_distance_m, unit_vector
from vedette.reports import Notice, NoticeArea

_RIM = 16  # points of the rim of a round area
_EARTH_RADIUS_M = 6_371_008.8


def corridor_of(notice: Notice) -> tuple[Rows, ...]:
    """Polygons (k, 2) of latitude and longitude, rad: hulls of neighbouring areas, nearest to the launch first.

    Empty where the notice tells no launch area or no hazard area.
    """
    if not notice.launch_areas or not notice.hazard_areas:
        return ()
    first = notice.launch_areas[0]
    start = _middle(_rim(first))
    ahead = sorted(notice.hazard_areas, key=lambda area: float(great_circle_m(*start, *_middle(_rim(area)))))
    rims = [_rim(area) for area in (first, *ahead)]
    return tuple(_hull(np.vstack(pair)) for pair in pairwise(rims))


def outside_m(corridor: tuple[Rows, ...], lat_rad: float, lon_rad: float) -> float:
    """Metres from a place to the nearest part of a corridor; zero inside, and where there is none."""
    if not corridor:
        return 0.0
    return min(float(polygon_distance_m(hull, lat_rad, lon_rad)) for hull in corridor)


def _rim(area: NoticeArea) -> Rows:
    corners = np.array(area.corners_rad)
    if len(corners) >= 3:
        return corners
    from vedette.frames import geodesic_direct

    bearing = np.linspace(0.0, 2.0 * np.pi, _RIM, endpoint=False)
    reach = np.full(_RIM, max(area.radius_m, 5e3))
    lat, lon, _ = geodesic_direct(corners[0, 0], corners[0, 1], bearing, reach)
    return np.column_stack([lat, lon])


def _middle(rim: Rows) -> tuple[float, float]:
    x, y, z = unit_vector(rim[:, 0], rim[:, 1]).mean(axis=0)
    return float(np.arctan2(z, np.hypot(x, y))), float(np.arctan2(y, x))


def _hull(places: Rows) -> Rows:
    """The convex hull on the sphere of places within a hemisphere: straight lines are great circles (gnomonic)."""
    from scipy.spatial import ConvexHull

    lat0, lon0 = _middle(places)
    u = unit_vector(places[:, 0], places[:, 1])
    middle = np.asarray(unit_vector(lat0, lon0)).reshape(3)
    east = np.array([-np.sin(lon0), np.cos(lon0), 0.0])
    north = np.cross(middle, east)
    depth = np.maximum(u @ middle, 0.02)  # what lies beyond the hemisphere is drawn to its edge
    plane = np.column_stack([u @ east, u @ north]) / depth[:, None]
    return np.asarray(places[ConvexHull(plane).vertices])
