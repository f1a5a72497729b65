"""Areas drawn on the globe: who is inside, how far outside, how large, and whether they make sense.

A polygon is its corners, joined by great circles of the sphere of geodetic latitudes; its inside is the smaller side,
whichever way round it is listed. Nothing special happens at a pole or at the date line, because nothing is done in
latitude and longitude: everything is done with unit vectors. Against lines on the ellipsoid an edge of 1,000 km strays
by less than 1 km, a distance by less than 0.6 %, an area by less than 1 %.
"""

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar, Vec3

_SPHERE_M = 6_371_008.8  # mean radius of WGS-84
_BLOCK = 256
_AUTHALIC_M = 6_371_007.2  # of the sphere of equal area


def unit_vector(lat_rad: Scalar | float, lon_rad: Scalar | float) -> Vec3:
    """(..., 3) the vertical of a place."""
    lat, lon = np.broadcast_arrays(np.asarray(lat_rad, dtype=float), np.asarray(lon_rad, dtype=float))
    level = np.cos(lat)
    return np.stack([level * np.cos(lon), level * np.sin(lon), np.sin(lat)], axis=-1)


def polygon_contains(corners_rad: Rows, lat_rad: Scalar | float, lon_rad: Scalar | float) -> Bools:
    """(...) whether places lie in the polygon with corners (k, 2) of latitude and longitude, k >= 3.

    The angle that the corners sweep, seen from the place, is a whole turn from inside and nothing from outside.
    """
    corners = unit_vector(*np.asarray(corners_rad, dtype=float).T)
    place = unit_vector(lat_rad, lon_rad)
    middle = corners.mean(axis=0)
    before, after = corners, np.roll(corners, -1, axis=0)
    cross = np.cross(before, after)
    along = place[..., None, :] @ np.swapaxes(cross, -1, -2)  # triple products, (..., 1, k)
    dot = before @ place[..., None] * (after @ place[..., None])
    flat = np.einsum("ki,ki->k", before, after)[:, None] - dot
    swept = np.arctan2(along[..., 0, :], flat[..., 0]).sum(axis=-1)
    near = place @ middle > 0.0  # the far side of the globe sees the same turn the other way round
    return np.asarray((np.abs(swept) > np.pi) & near)


def polygon_distance_m(corners_rad: Rows, lat_rad: Scalar | float, lon_rad: Scalar | float) -> Scalar:
    """(...) metres from places to the polygon; zero inside."""
    corners = unit_vector(*np.asarray(corners_rad, dtype=float).T)
    place = unit_vector(lat_rad, lon_rad)[..., None, :]
    before, after = corners, np.roll(corners, -1, axis=0)
    normal = np.cross(before, after)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    normal = normal / np.where(length > 0.0, length, 1.0)
    across = np.abs(np.arcsin(np.clip(np.sum(place * normal, axis=-1), -1.0, 1.0)))
    ahead = np.sum(np.cross(normal, before) * place, axis=-1) >= 0.0  # past the first corner
    short = np.sum(np.cross(after, normal) * place, axis=-1) >= 0.0  # not past the second
    to_corner = _angle(place, before)
    edge = np.where(ahead & short, across, np.minimum(to_corner, np.roll(to_corner, -1, axis=-1)))
    outside = ~polygon_contains(corners_rad, lat_rad, lon_rad)
    return np.where(outside, _SPHERE_M * edge.min(axis=-1), 0.0)


def great_circle_m(
    lat_1_rad: Scalar | float, lon_1_rad: Scalar | float, lat_2_rad: Scalar | float, lon_2_rad: Scalar | float
) -> Scalar:
    """(...) metres between places on the mean sphere; within 0.6 % of the ellipsoid's, and forty times as fast."""
    return _SPHERE_M * _angle(unit_vector(lat_1_rad, lon_1_rad), unit_vector(lat_2_rad, lon_2_rad))


def polygon_area_m2(corners_rad: Rows) -> float:
    """Area of the smaller side, by the spherical excess of triangles from one corner [Girard 1626; van Oosterom and
    Strackee 1983, eq. 8], on the sphere of equal area."""
    corners = unit_vector(*np.asarray(corners_rad, dtype=float).T)
    a, b, c = corners[0], corners[1:-1], corners[2:]
    triple = np.cross(b, c) @ a
    excess = 2.0 * np.arctan2(triple, 1.0 + b @ a + c @ a + np.sum(b * c, axis=-1)).sum()
    whole = abs(float(excess)) % (4.0 * np.pi)
    return _AUTHALIC_M**2 * min(whole, 4.0 * np.pi - whole)


def polygon_trouble(corners_rad: Rows) -> str:
    """What is wrong with a polygon, in words; empty when nothing is."""
    corners = np.asarray(corners_rad, dtype=float)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        return f"a polygon needs three corners of latitude and longitude; it has {len(corners)}"
    if not np.isfinite(corners).all():
        return "a corner is not a number"
    if np.any(np.abs(corners[:, 0]) > np.pi / 2):
        worst = int(np.argmax(np.abs(corners[:, 0])))
        return f"corner {worst + 1} has latitude {np.degrees(corners[worst, 0]):.6g}; latitude comes first, -90 to 90"
    here = unit_vector(*corners.T)
    after = np.roll(here, -1, axis=0)
    if np.any(np.sum(here * after, axis=-1) > 1.0 - 1e-15):
        same = int(np.argmax(np.sum(here * after, axis=-1)))
        return f"corners {same + 1} and {(same + 1) % len(corners) + 1} are the same place; give each corner once"
    if np.any(here @ here.mean(axis=0) <= 0.0):
        return "it spans more than half the globe; say which half by smaller areas"
    if found := _first_crossing(here):
        return f"edge {found[0] + 1} crosses edge {found[1] + 1}; list the corners in order round the area"
    return ""


def _angle(a: Vec3, b: Vec3) -> Scalar:
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), np.sum(a * b, axis=-1))


def _first_crossing(here: Vec3) -> tuple[int, int] | None:
    """The first two edges, arcs shorter than half a turn, that cross; in blocks, for outlines may be long."""
    count = len(here)
    after = np.roll(here, -1, axis=0)
    planes = np.cross(here, after)
    middles = here + after
    numbers = np.arange(count)
    for start in range(0, count, _BLOCK):
        mine = numbers[start : start + _BLOCK]
        apart = (planes[mine] @ here.T) * (planes[mine] @ after.T) < 0.0  # (block, n): their ends on two sides of ours
        apart &= (here[mine] @ planes.T) * (after[mine] @ planes.T) < 0.0  # and our ends on two sides of theirs
        apart &= numbers[None, :] > mine[:, None] + 1
        apart &= ~((mine[:, None] == 0) & (numbers[None, :] == count - 1))
        for i, j in zip(*np.nonzero(apart), strict=True):
            meet = np.cross(planes[mine[i]], planes[j])  # the circles meet here and opposite; the arcs at one of them
            if (meet @ middles[mine[i]]) * (meet @ middles[j]) > 0.0:
                return int(mine[i]), int(j)
    return None
