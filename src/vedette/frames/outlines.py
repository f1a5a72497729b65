"""Outlines with fewer corners, for messages: rather too large than too small, and never crossing themselves.

Everything is done in the gnomonic plane about the outline's middle, where great circles are straight lines.
"""

import heapq

import numpy as np

from vedette.core.shapes import Rows
from vedette.frames.polygons import polygon_trouble, unit_vector

CUT_COST = 10.0  # an area cut off counts as much as ten times as much added


def thinned(corners_rad: Rows, most: int) -> Rows:
    """An outline of at most `most` corners for (n, 2) of latitude and longitude; the same where it has no more.

    The corner that changes the area least goes first [Visvalingam and Whyatt 1993], what it adds counting a tenth of
    what it cuts off. Where the rest would cross itself, the hull stands for it.
    """
    corners = np.asarray(corners_rad, dtype=float)
    if len(corners) <= most:
        return corners
    kept = corners[_thinned(_flat(corners), max(most, 3))]
    return kept if not polygon_trouble(kept) else hull(corners, most)


def hull(corners_rad: Rows, most: int = 100) -> Rows:
    """The smallest convex outline about places (n, 2), less than half the globe; at most `most` corners."""
    corners = np.asarray(corners_rad, dtype=float)
    points = _flat(corners)
    order = np.lexsort((points[:, 1], points[:, 0]))
    chain: list[int] = []
    for way in (order, order[::-1]):  # Andrew's monotone chain (1979)
        part: list[int] = []
        for index in way.tolist():
            while len(part) > 1 and _turn(points[part[-2]], points[part[-1]], points[index]) <= 0.0:
                part.pop()
            part.append(index)
        chain += part[:-1]
    found = corners[chain]
    return found if len(found) <= most else found[_thinned(_flat(found), most)]


def _flat(corners: Rows) -> Rows:
    """(n, 2) gnomonic about the mean of the corners."""
    here = unit_vector(*corners.T)
    middle = here.mean(axis=0)
    middle = middle / max(float(np.linalg.norm(middle)), 1e-12)
    east = np.cross([0.0, 0.0, 1.0] if abs(middle[2]) < 0.9 else [1.0, 0.0, 0.0], middle)
    east = east / np.linalg.norm(east)
    depth = np.maximum(here @ middle, 1e-6)
    return np.stack([here @ east / depth, here @ np.cross(middle, east) / depth], axis=-1)


def _thinned(points: Rows, most: int) -> list[int]:
    count = len(points)
    x, y = points.T
    side = 1.0 if x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0.0 else -1.0
    before, after = [(i - 1) % count for i in range(count)], [(i + 1) % count for i in range(count)]
    version, is_left = [0] * count, [True] * count

    def cost(i: int) -> float:
        bulge = side * _turn(points[before[i]], points[i], points[after[i]])
        return CUT_COST * bulge if bulge > 0.0 else -bulge

    heap = [(cost(i), i, 0) for i in range(count)]
    heapq.heapify(heap)
    left = count
    while left > most:
        _, i, told = heapq.heappop(heap)
        if not is_left[i] or told != version[i]:
            continue
        is_left[i] = False
        left -= 1
        after[before[i]], before[after[i]] = after[i], before[i]
        for neighbour in (before[i], after[i]):
            version[neighbour] += 1
            heapq.heappush(heap, (cost(neighbour), neighbour, version[neighbour]))
    return [i for i in range(count) if is_left[i]]


def _turn(a: Rows, b: Rows, c: Rows) -> float:
    """Twice the area of a triangle, positive when it runs counter-clockwise."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
