"""Areas on the globe as pieces of a flat map: cut at the date line, carried over the pole, the right way round.

Readers of CAP and GeoJSON join corners by straight lines in longitude and latitude, and know no way across 180 degrees.
Here the great circles between corners are given corners of their own, and what crosses the date line or holds a pole
becomes several outlines, none of which does. All run counter-clockwise with north up [RFC 7946, 3.1.6 and 3.1.9].
"""

from math import pi

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.frames.polygons import polygon_contains, unit_vector

STEP_RAD = np.radians(1.0)
_SLIVER_RAD2 = 1e-14  # pieces smaller than this are rounding


def map_pieces(corners_rad: Rows, step_rad: float = STEP_RAD) -> list[Rows]:
    """Outlines (k, 2) of latitude and longitude (rad) that together are the polygon with corners (n, 2).

    Longitudes lie in [-π, π]; the first corner is not said again. Edges longer than `step_rad` are given corners.
    """
    dense = _with_more_corners(np.asarray(corners_rad, dtype=float), step_rad)
    x, y = _unwrapped(dense[:, 1]), dense[:, 0]
    gained = x[-1] + _turn(dense[0, 1] - dense[-1, 1]) - x[0]
    if abs(gained) > pi:  # once round a pole: go to it along a meridian and come back
        pole = pi / 2 if polygon_contains(corners_rad, pi / 2, 0.0) else -pi / 2
        end = x[0] + np.sign(gained) * 2.0 * pi
        x = np.concatenate([x, [end, end, x[0]]])
        y = np.concatenate([y, [y[0], pole, pole]])
    pieces = []
    first = int(np.floor((x.min() + pi) / (2.0 * pi)))
    last = int(np.floor((x.max() + pi) / (2.0 * pi)))
    for turn in range(first, last + 1):
        left = 2.0 * pi * turn - pi
        for part in _beyond(np.stack([y, x], axis=-1), left, 1.0):
            for piece in _beyond(part, left + 2.0 * pi, -1.0):
                pieces.append(np.stack([piece[:, 0], np.clip(piece[:, 1] - 2.0 * pi * turn, -pi, pi)], axis=-1))
    return [_counter_clockwise(piece) for piece in pieces if abs(_flat_area(piece)) > _SLIVER_RAD2]


def _with_more_corners(corners: Rows, step_rad: float) -> Rows:
    """The corners and places between them on the great circles."""
    here = unit_vector(*corners.T)
    after = np.roll(here, -1, axis=0)
    found = []
    for corner, a, b in zip(corners, here, after, strict=True):
        angle = float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))
        count = max(int(np.ceil(angle / step_rad)), 1)
        found.append(corner[None])
        if count > 1:
            share = np.arange(1, count)[:, None] / count
            between = np.sin((1.0 - share) * angle) * a + np.sin(share * angle) * b
            lat = np.arctan2(between[:, 2], np.hypot(between[:, 0], between[:, 1]))
            found.append(np.stack([lat, np.arctan2(between[:, 1], between[:, 0])], axis=-1))
    return np.vstack(found)


def _unwrapped(lon_rad: Scalar) -> Scalar:
    """Longitudes that go on past 180 degrees, each the short way from the one before."""
    return lon_rad[0] + np.concatenate([[0.0], np.cumsum(_turn(np.diff(lon_rad)))])


def _turn(angle: Scalar) -> Scalar:
    return (np.asarray(angle) + pi) % (2.0 * pi) - pi


def _beyond(outline: Rows, line: float, side: float) -> list[Rows]:
    """Parts of a simple outline (latitude, longitude) east (+1) or west (-1) of a meridian.

    Where the outline crosses the meridian, the crossings sorted by latitude are joined two by two: between an odd and
    the next even one the meridian runs inside.
    """
    off = side * (outline[:, 1] - line)
    within = off > 0.0 if side > 0.0 else off >= 0.0  # each place on the line belongs to one side only
    if within.all():
        return [outline]
    if not within.any():
        return []
    start = int(np.flatnonzero(~within & np.roll(within, -1))[0]) + 1
    order = (np.arange(len(outline)) + start) % len(outline)
    points, inside, off = outline[order], within[order], off[order]
    chains: list[list[Rows]] = []
    for i in range(len(points)):
        if not inside[i]:
            continue
        before, after = i - 1, (i + 1) % len(points)
        if not inside[before]:
            chains.append([_crossing(points[before], points[i], off[before], off[i], line)])
        chains[-1].append(points[i])
        if not inside[after]:
            chains[-1].append(_crossing(points[i], points[after], off[i], off[after], line))
    ends = sorted((float(chain[at][0]), number, at) for number, chain in enumerate(chains) for at in (0, -1))
    partner = {}
    for low, high in zip(ends[::2], ends[1::2], strict=True):
        partner[low[1:]], partner[high[1:]] = high[1:], low[1:]
    parts, left = [], set(range(len(chains)))
    while left:
        part: list[Rows] = []
        number = min(left)
        while number in left:
            left.discard(number)
            part += chains[number]
            number = partner[(number, -1)][0]
        parts.append(_without_repeats(np.array(part)))
    return [part for part in parts if len(part) > 2]


def _crossing(a: Rows, b: Rows, off_a: float, off_b: float, line: float) -> Rows:
    share = off_a / (off_a - off_b)
    return np.array([a[0] + share * (b[0] - a[0]), line])


def _without_repeats(outline: Rows) -> Rows:
    return outline[np.abs(outline - np.roll(outline, 1, axis=0)).max(axis=1) > 1e-12]


def _flat_area(outline: Rows) -> float:
    y, x = outline.T
    return 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _counter_clockwise(outline: Rows) -> Rows:
    return outline if _flat_area(outline) > 0.0 else outline[::-1]
