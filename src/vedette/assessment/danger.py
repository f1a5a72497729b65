"""Which named areas are in danger from a flight: impact and overflight, with probability, time and level.

From equally likely flights and named areas: for each area the share that comes down in it and the share that passes
above it, when, and how many seconds are left before the earliest of nineteen in twenty, less what it takes a warning to
arrive. The levels are graded (rule R35) and stand in the table `warning_levels.toml`.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from vedette.assessment.flight_paths import FlightPaths, flight_paths
from vedette.assessment.launch_fit import Cloud
from vedette.assessment.shelter import RELIED_ON, concerned
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools
from vedette.core.tables import table_text
from vedette.frames import hull, polygon_area_m2, polygon_trouble, thinned, unit_vector
from vedette.reports.alert_event import AreaTold, Level, ToldPolygon
from vedette.reports.place import Place

_EARTH_M = 6_371_008.8
MOST_CORNERS = 100  # of an outline in a message: what gateways take
MOST_OUTLINES = 30  # of an area: one of hundreds of islets is told by one outline about them all
MOST_CORNERS_ALL = 40_000  # of a message: under a megabyte in each language


@dataclass(frozen=True, slots=True)
class WarningLevels:
    """From which probability on an area is told what."""

    impact_shelter: float
    impact_ready: float
    impact_margin_m: float
    overflight_shelter: float
    overflight_ready: float
    overflight_margin_m: float
    overflight_highest_m: float
    most_areas: int


@dataclass(frozen=True, slots=True)
class Danger:
    """One area's answer; times and seconds are None where nothing of the kind happens."""

    place: Place
    impact_probability: float
    impact_t_90_tai_ns: tuple[int, int] | None
    impact_seconds: float | None  # to take shelter once the warning has arrived; negative: it comes too late
    overflight_probability: float  # that it passes above and comes down elsewhere, or not at all
    overflight_t_90_tai_ns: tuple[int, int] | None  # from the first that enters to the last that leaves
    overflight_seconds: float | None
    overflight_height_km: tuple[float, float] | None  # lowest and highest of the middle 90 %


@lru_cache(maxsize=1)
def packaged_levels() -> WarningLevels:
    """The levels that ship with Vedette."""
    return levels_from_toml(table_text("warning_levels.toml"))


def levels_from_toml(text: str) -> WarningLevels:
    """Levels from the text of a copy of `warning_levels.toml`."""
    table = tomllib.loads(text)
    impact, over = table["impact"], table["overflight"]
    return WarningLevels(
        impact_shelter=float(impact["take_shelter"]), impact_ready=float(impact["be_ready"]),
        impact_margin_m=1e3 * float(impact["margin_km"]), overflight_shelter=float(over["take_shelter"]),
        overflight_ready=float(over["be_ready"]), overflight_margin_m=1e3 * float(over["margin_km"]),
        overflight_highest_m=1e3 * float(over["highest_km"]), most_areas=int(table["areas"]["most"]),
    )  # fmt: skip


def dangers(
    places: Iterable[Place],
    cloud: Cloud,
    *,
    t_now_tai_ns: int,
    latency_s: float,
    levels: WarningLevels | None = None,
    paths: FlightPaths | None = None,
) -> tuple[Danger, ...]:
    """Areas that something may come down in or pass above, most urgent first.

    Parameters
    ----------
    places : named areas, over the pole and the date line as well
    cloud : equally likely flights of one object
    t_now_tai_ns : from when seconds are counted; what is past by then is in no area's list
    latency_s : from the decision until people have heard
    paths : of the same cloud, when they are made already
    """
    levels = levels or packaged_levels()
    paths = paths or flight_paths(cloud)
    falls = cloud.falls & (cloud.t_impact_tai_ns >= t_now_tai_ns)
    share = 1.0 / max(len(cloud.falls), 1)
    ends = unit_vector(cloud.impact_lat_rad[falls], cloud.impact_lon_rad[falls])
    below = unit_vector(paths.lat_rad, paths.lon_rad)  # (k, n, 3)
    low_enough = (paths.height_m <= levels.overflight_highest_m) & (paths.t_tai_ns >= t_now_tai_ns)
    found = []
    for place in places:
        cap = _cap(place)
        hit = np.zeros(np.count_nonzero(falls), dtype=bool)
        near = np.flatnonzero(_within(ends, cap, levels.impact_margin_m))
        if len(near):
            hit[near] = concerned(
                place, cloud.impact_lat_rad[falls][near], cloud.impact_lon_rad[falls][near], levels.impact_margin_m
            )
        t_hit = cloud.t_impact_tai_ns[falls][hit]
        over = _passes(place, paths, below, cap, low_enough, levels.overflight_margin_m)
        struck = np.zeros(len(cloud.falls), dtype=bool)
        struck[np.flatnonzero(falls)[hit]] = True
        over[struck[paths.index]] = False  # what comes down here does not pass
        passing = np.asarray(over.any(axis=1))
        if not hit.any() and not passing.any():
            continue
        entered, left, heights = _passage(paths, over, passing)
        found.append(
            Danger(
                place=place,
                impact_probability=float(np.count_nonzero(hit)) * share,
                impact_t_90_tai_ns=_middle_90(t_hit, t_hit),
                impact_seconds=_seconds(t_hit, t_now_tai_ns, latency_s),
                overflight_probability=float(np.mean(passing)),
                overflight_t_90_tai_ns=_middle_90(entered, left),
                overflight_seconds=_seconds(entered, t_now_tai_ns, latency_s),
                overflight_height_km=heights,
            )
        )
    return tuple(sorted(found, key=_urgency))


def areas_told(found: Sequence[Danger], levels: WarningLevels | None = None) -> tuple[AreaTold, ...]:
    """The areas that a message tells, each at its level, most urgent first; the rest are below every level.

    An area that both may happen to is told of the impact, unless only the overflight reaches a level.
    """
    levels = levels or packaged_levels()
    told = []
    corners = _corners_each(found)
    for one in found:
        impact = _level(one.impact_probability, levels.impact_shelter, levels.impact_ready)
        over = _level(one.overflight_probability, levels.overflight_shelter, levels.overflight_ready)
        if impact is None and over is None:
            continue
        is_impact = impact is Level.TAKE_SHELTER or over is None
        is_impact |= impact is not None and over is not Level.TAKE_SHELTER
        level = impact if is_impact else over
        assert level is not None
        told.append(
            AreaTold(
                name=one.place.name,
                names=dict(one.place.names),
                level=level,
                probability=round(one.impact_probability if is_impact else one.overflight_probability, 4),
                what="impact" if is_impact else "overflight",
                seconds=_rounded(one.impact_seconds if is_impact else one.overflight_seconds),
                t_90_tai_ns=one.impact_t_90_tai_ns if is_impact else one.overflight_t_90_tai_ns,
                polygons=_outlines(one.place, corners),
                time_zone=one.place.time_zone,
                geocodes=dict(one.place.geocodes),
            )
        )
    order = (Level.TAKE_SHELTER, Level.BE_READY)
    return tuple(sorted(told, key=lambda area: order.index(area.level)))[: levels.most_areas]


def compared(
    now: Sequence[AreaTold], before: Sequence[AreaTold]
) -> tuple[tuple[AreaTold, ...], tuple[str, ...], tuple[str, ...]]:
    """The new list of areas held against that of the last message (rule R31).

    Returns what is to be told, and the names added and dropped. What was told before and no longer stands is told once
    more, that it is over: nobody is left waiting.
    """
    names = {area.name for area in now}
    told_before = {area.name for area in before if area.level is not Level.ALL_CLEAR}
    dropped = [area for area in before if area.name in told_before - names]
    over = tuple(replace(area, level=Level.ALL_CLEAR, seconds=None, t_90_tai_ns=None) for area in dropped)
    added = tuple(area.name for area in now if area.name not in told_before)
    return (*now, *over), added, tuple(area.name for area in dropped)


def _level(probability: float, shelter: float, ready: float) -> Level | None:
    if probability >= shelter:
        return Level.TAKE_SHELTER
    return Level.BE_READY if probability >= ready else None


def _urgency(one: Danger) -> tuple[float, float, str]:
    seconds = [s for s in (one.impact_seconds, one.overflight_seconds) if s is not None]
    return (min(seconds), -max(one.impact_probability, one.overflight_probability), one.place.name)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else float(np.floor(seconds))  # never more than there is


def _corners_each(found: Sequence[Danger]) -> int:
    """How many corners an outline may have so that a message stays small enough for who must pass it on."""
    count = sum(min(len(one.place.polygons), MOST_OUTLINES) for one in found)
    return int(np.clip(MOST_CORNERS_ALL // max(count, 1), 8, MOST_CORNERS))


def _outlines(place: Place, most: int) -> tuple[ToldPolygon, ...]:
    """What a message tells of an area: its outlines thinned, or one about them all where there are too many."""
    rims = [np.array(rim) for rim, _ in place.polygons]
    if len(rims) > MOST_OUTLINES:
        every = np.concatenate(rims)
        around = hull(every)
        largest = sorted(rims, key=polygon_area_m2, reverse=True)[:MOST_OUTLINES]
        rims = largest if polygon_trouble(around) else [around]
    found = []
    for rim in rims:
        lat, lon = np.round(np.degrees(thinned(rim, most)), 5).T
        found.append(ToldPolygon(lat_deg=tuple(lat.tolist()), lon_deg=tuple(lon.tolist())))
    return tuple(found)


def _cap(place: Place) -> tuple[np.ndarray, float]:
    """A cap of the sphere that holds a place: its middle and how far its corners are, metres."""
    corners = unit_vector(*np.concatenate([np.array(rim) for rim, _ in place.polygons]).T)
    middle = corners.mean(axis=0)
    middle = middle / max(float(np.linalg.norm(middle)), 1e-12)
    return middle, float(_EARTH_M * np.arccos(np.clip(np.min(corners @ middle), -1.0, 1.0)))


def _within(points: np.ndarray, cap: tuple[np.ndarray, float], margin_m: float) -> Bools:
    """Which unit vectors lie in a cap or near it; edges lie within, for a cap less than half the globe is convex."""
    reach = min(1.01 * (cap[1] + margin_m) / _EARTH_M + 1e-4, np.pi)
    with np.errstate(invalid="ignore"):
        return np.asarray(points @ cap[0] >= np.cos(reach))


def _passes(
    place: Place, paths: FlightPaths, below: np.ndarray, cap: tuple[np.ndarray, float], may: Bools, margin_m: float
) -> Bools:
    """(k, n) which instants of which flights are above a place."""
    over = np.zeros(paths.lat_rad.shape, dtype=bool)
    near = may & _within(below, cap, margin_m)
    if near.any():
        over[near] = concerned(place, paths.lat_rad[near], paths.lon_rad[near], margin_m)
    return over


def _passage(
    paths: FlightPaths, over: Bools, passing: Bools
) -> tuple[np.ndarray, np.ndarray, tuple[float, float] | None]:
    """When each flight that passes enters and leaves, and between which heights."""
    if not passing.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), None
    rows = np.flatnonzero(passing)
    first = over[rows].argmax(axis=1)
    last = over.shape[1] - 1 - over[rows][:, ::-1].argmax(axis=1)
    low, high = np.quantile(paths.height_m[over], [0.05, 0.95])
    heights = (round(float(low) / 1e3, 1), round(float(high) / 1e3, 1))
    return paths.t_tai_ns[rows, first], paths.t_tai_ns[rows, last], heights


def _middle_90(first: np.ndarray, last: np.ndarray) -> tuple[int, int] | None:
    """From what 5 % precede to what 5 % follow."""
    if not len(first):
        return None
    zero = int(first[0])
    low, high = np.quantile((first - zero).astype(float), 0.05), np.quantile((last - zero).astype(float), 0.95)
    return zero + int(low), zero + int(np.ceil(high))


def _seconds(t_tai_ns: np.ndarray, t_now_tai_ns: int, latency_s: float) -> float | None:
    if not len(t_tai_ns):
        return None
    return float(np.quantile((t_tai_ns - t_now_tai_ns) / NS_PER_S, RELIED_ON)) - latency_s
