"""Who is in the area, how likely, and how many seconds they have.

From equally likely impacts (place and time together, so that a far one is a late one) and named areas: the share that
comes down inside or near each, and the time left before the earliest of those, less what it takes for a warning to
arrive. Seconds are those that nineteen in twenty of the flights leave, so that a number that is said can be relied on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Scalar
from vedette.frames import polygon_contains, polygon_distance_m
from vedette.reports.place import Place

_MOST_PAIRS = 1_000_000  # of places and corners at once
RELIED_ON = 0.05  # the share of flights that may come sooner than said


@dataclass(frozen=True, slots=True)
class ShelterTime:
    """One area's answer; seconds are None where nothing comes down."""

    name: str
    probability: float  # that the impact lies in the area or within the margin of it
    seconds: float | None  # to take shelter, once the warning has arrived; negative: it comes too late
    seconds_median: float | None


def time_to_shelter(
    places: Iterable[Place],
    lat_rad: Scalar,
    lon_rad: Scalar,
    t_impact_tai_ns: Ints,
    *,
    t_now_tai_ns: int,
    latency_s: float,
    margin_m: float = 2_000.0,
    least_probability: float = 1e-3,
) -> tuple[ShelterTime, ...]:
    """Areas in danger, most urgent first.

    Parameters
    ----------
    lat_rad, lon_rad, t_impact_tai_ns : (m,) equally likely impacts, places where it comes down and when
    latency_s : from the decision until people have heard
    margin_m : how near an area an impact concerns it
    least_probability : areas below it are left out
    """
    answers = []
    for place in places:
        hit = concerned(place, lat_rad, lon_rad, margin_m)
        probability = float(np.mean(hit)) if len(hit) else 0.0
        if probability < least_probability or not hit.any():
            continue
        left_s = (t_impact_tai_ns[hit] - t_now_tai_ns) / NS_PER_S - latency_s
        relied, median = np.quantile(left_s, [RELIED_ON, 0.5])
        answers.append(ShelterTime(place.name, probability, float(relied), float(median)))
    return tuple(sorted(answers, key=lambda one: (one.seconds, -one.probability, one.name)))


def concerned(place: Place, lat_rad: Scalar, lon_rad: Scalar, margin_m: float) -> Bools:
    """(m,) whether places on the ground lie in an area or within the margin of it; deep inside a hole is outside."""
    corners = sum(len(rim) + sum(map(len, holes)) for rim, holes in place.polygons)
    block = max(_MOST_PAIRS // max(corners, 1), 1)
    if len(lat_rad) > block:  # an outline of thousands of corners against thousands of places
        parts = [
            concerned(place, lat_rad[i : i + block], lon_rad[i : i + block], margin_m)
            for i in range(0, len(lat_rad), block)
        ]
        return np.concatenate(parts)
    hit = np.zeros(np.shape(lat_rad), dtype=bool)
    for rim, holes in place.polygons:
        inside = polygon_distance_m(np.array(rim), lat_rad, lon_rad) <= margin_m
        for hole in holes:
            within = polygon_contains(np.array(hole), lat_rad, lon_rad)
            inside &= ~within | (_depth_m(hole, lat_rad, lon_rad) <= margin_m)
        hit |= inside
    return hit


def _depth_m(hole: tuple[tuple[float, float], ...], lat_rad: Scalar, lon_rad: Scalar) -> Scalar:
    """(m,) metres from places inside a hole to its rim: the nearest of its edges taken as thin areas."""
    corners = np.array(hole)
    edges = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    return np.min([polygon_distance_m(edge, lat_rad, lon_rad) for edge in edges], axis=0)
