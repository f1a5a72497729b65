"""What an export holds, before any format: things with places over time, areas, sensors, notices, and what was said.

From a journal it holds how everything moved and how the areas shrank; from one picture, only how it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows
from vedette.doors.after_action.gathering import Gathered, Stand
from vedette.doors.sensor_files import coverage
from vedette.doors.wire import document
from vedette.engine import Picture
from vedette.formats.notice_json import document_from_notice
from vedette.frames import geodesic_direct, geodetic_from_itrf
from vedette.reports import Area, state_from_words
from vedette.sensing import Platform, Site
from vedette.time import utc_text_from_tai_ns

FIELD_HEIGHT_KM = 100.0  # the field of regard is drawn as it is at this height
LOOKED_FOR_S = 30.0  # what one picture holds is shown for so long


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Where one thing was believed to be, in order of time."""

    t_tai_ns: tuple[int, ...]
    positions_itrf_m: Rows  # (n, 3)
    velocities_itrf_mps: Rows  # (n, 3)
    covs_itrf_m2: tuple[Rows | None, ...]  # of the position
    lat_deg: tuple[float, ...]
    lon_deg: tuple[float, ...]
    height_m: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.t_tai_ns)


@dataclass(frozen=True, slots=True)
class TimedArea:
    """A nested area, and from when to when it was what was believed."""

    object_id: str
    kind: str  # launch or impact
    area: Area
    t_from_tai_ns: int
    t_to_tai_ns: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class SceneSensor:
    """Where a sensor stands, and the outline of what it covers at 100 km height; empty where it is not a sector."""

    id: str
    kind: str
    position_itrf_m: tuple[float, float, float] | None
    lat_deg: float | None
    lon_deg: float | None
    height_m: float | None
    field_deg: tuple[tuple[float, float], ...] = ()  # latitude, longitude


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One export."""

    name: str
    mode: str
    is_epoch_known: bool
    t_from_tai_ns: int
    t_to_tai_ns: int
    picture: dict[str, Any]  # as `vedette replay --json` prints it
    paths: dict[str, Path]
    areas: tuple[TimedArea, ...]
    sensors: tuple[SceneSensor, ...]
    notices: tuple[dict[str, Any], ...]

    def utc(self, t_tai_ns: int) -> str:
        """UTC to the millisecond; of a feed that never said when, counted from 1970 as if it had."""
        return utc_text_from_tai_ns(t_tai_ns)


def scene_of_journal(gathered: Gathered) -> Scene:
    """A journal, whole or up to an instant, that was gathered."""
    picture = gathered.picture
    first = gathered.t_first_tai_ns or picture.t_now_tai_ns or 0
    last = max(gathered.t_last_tai_ns or first, first + 1)
    paths = {name: path_of(rows) for name, rows in gathered.stands.items()}
    logs = {name: log.t_received_tai_ns[-1] for name, log in gathered.sensors.items()}
    moved = {name: log.stands_itrf_m[-1][1] for name, log in gathered.sensors.items() if log.stands_itrf_m}
    return Scene(
        name=gathered.path.name,
        mode=gathered.session.mode.value,
        is_epoch_known=picture.is_epoch_known,
        t_from_tai_ns=first,
        t_to_tai_ns=last,
        picture=document(picture),
        paths=paths,
        areas=tuple(_timed(gathered, last)),
        sensors=tuple(_sensor(picture, name, logs.get(name, last), moved.get(name)) for name in _names(picture, logs)),
        notices=tuple(document_from_notice(one) for one in picture.notices),
    )


def scene_of_picture(picture: Picture, name: str = "picture") -> Scene:
    """One picture as it stands."""
    now = picture.t_now_tai_ns or 0
    stands = {}
    areas: list[TimedArea] = []
    end = now + round(LOOKED_FOR_S * NS_PER_S)
    for summary in picture.objects:
        if summary.state is not None and "position_itrf_m" in summary.state:
            t, state, cov = state_from_words(summary.state)
            place = None if cov is None else tuple(tuple(float(x) for x in row) for row in cov[:3, :3])
            stands[summary.id] = path_of([Stand(t, _three(state[:3]), _three(state[3:6]), place)])
        for kind, estimate in (("launch", summary.launch), ("impact", summary.impact)):
            told = () if estimate is None else estimate.areas
            areas += [TimedArea(summary.id, kind, one, now, end, True) for one in told]
    return Scene(
        name=name,
        mode=picture.session.mode.value,
        is_epoch_known=picture.is_epoch_known,
        t_from_tai_ns=min([now, *(path.t_tai_ns[0] for path in stands.values())]),
        t_to_tai_ns=end,
        picture=document(picture),
        paths=stands,
        areas=tuple(areas),
        sensors=tuple(_sensor(picture, one, now, None) for one in _names(picture, picture.last_heard_tai_ns)),
        notices=tuple(document_from_notice(one) for one in picture.notices),
    )


def path_of(rows: list[Stand]) -> Path:
    """A trail with the places below it."""
    positions = np.array([one.position_itrf_m for one in rows], dtype=float).reshape(-1, 3)
    lat, lon, height = geodetic_from_itrf(positions)
    return Path(
        tuple(one.t_tai_ns for one in rows),
        positions,
        np.array([one.velocity_itrf_mps for one in rows], dtype=float).reshape(-1, 3),
        tuple(None if one.position_cov_itrf_m2 is None else np.array(one.position_cov_itrf_m2) for one in rows),
        tuple(float(x) for x in np.degrees(lat)),
        tuple(float(x) for x in np.degrees(lon)),
        tuple(float(x) for x in height),
    )


def _timed(gathered: Gathered, end: int) -> Iterable[TimedArea]:
    """Each area from when it was said until the next one was."""
    for name, rows in gathered.areas.items():
        for number, one in enumerate(rows):
            is_last = number == len(rows) - 1
            until = end if is_last else rows[number + 1].t_tai_ns
            for kind, areas in (("launch", one.launch_areas), ("impact", one.impact_areas)):
                yield from (TimedArea(name, kind, area, one.t_tai_ns, until, is_last) for area in areas)


def _names(picture: Picture, heard: Iterable[str]) -> list[str]:
    """Sensors that were heard, in order of name."""
    return sorted(set(heard))


def _sensor(picture: Picture, name: str, t_tai_ns: int, moved: tuple[float, ...] | None) -> SceneSensor:
    sensor = picture.sensors.get(name)
    kind = "unknown" if sensor is None else sensor.kind.value
    place: Any = moved
    if place is None and sensor is not None:
        site = getattr(sensor, "site", None)
        if isinstance(site, Site | Platform):
            place = site.position_at_itrf_m(t_tai_ns)
        elif hasattr(sensor, "position_itrf_m"):
            place = sensor.position_itrf_m(t_tai_ns)
    if place is None or not np.all(np.isfinite(place)):
        return SceneSensor(name, kind, None, None, None, None)
    position = np.asarray(place, dtype=float).reshape(3)
    lat, lon, height = (float(x) for x in geodetic_from_itrf(position))
    outline = () if sensor is None else _field(sensor, lat, lon)
    return SceneSensor(
        name, kind, _three(position), float(np.degrees(lat)), float(np.degrees(lon)), height, tuple(outline)
    )


def _field(sensor: Any, lat_rad: float, lon_rad: float) -> Iterable[tuple[float, float]]:
    """Corners round the ground covered by a sensor on a site, by its sector and its farthest reach."""
    if not isinstance(getattr(sensor, "site", None), Site | Platform):
        return []
    reach = next((row for row in coverage(sensor) if row["height_km"] == FIELD_HEIGHT_KM), None)
    if reach is None:
        return []
    first = float(getattr(sensor, "azimuth_min_deg", 0.0))
    wide = (float(getattr(sensor, "azimuth_max_deg", 360.0)) - first) % 360.0 or 360.0
    bearings = np.radians(first + np.linspace(0.0, wide, max(int(wide / 3.0), 2) + 1))
    if wide == 360.0:
        bearings = bearings[:-1]
    lat, lon, _ = geodesic_direct(lat_rad, lon_rad, bearings, 1e3 * reach["ground_range_max_km"])
    corners = [(float(a), float(b)) for a, b in zip(np.degrees(lat), np.degrees(lon), strict=True)]
    return corners if wide == 360.0 else [(float(np.degrees(lat_rad)), float(np.degrees(lon_rad))), *corners]


def _three(values: Any) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
