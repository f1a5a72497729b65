"""What `vedette shelter` reads and shows: the engine run to an instant, areas asked, a table, a small map or JSON."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.assessment.danger import Danger, WarningLevels, areas_told, compared, dangers, levels_from_toml
from vedette.assessment.flight_paths import FlightPaths, corridor_deg, flight_paths
from vedette.assessment.launch_fit import Cloud
from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.doors.braille import BrailleMap
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watch_feeds import open_watch_feeds
from vedette.doors.watching import mode_and_rest
from vedette.engine import FeedEnded, Picture, Session, advance, open_picture, when
from vedette.formats.geojson import MOST_BYTES, read_places
from vedette.reports import Scan
from vedette.reports.alert_event import AreaTold, Level
from vedette.reports.place import Place
from vedette.reports.words import minutes_words
from vedette.time import utc_text_from_tai_ns

_MAP = (72, 18)  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelterOptions:
    """What was asked, as typed."""

    feed: Path
    areas: Path
    object_id: str | None = None
    at: str | None = None
    latency_s: float = 60.0
    levels: Path | None = None
    since: Path | None = None
    sensors: Path | None = None
    is_all: bool = False
    is_json: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One object's answer."""

    object_id: str
    falls: float
    paths: FlightPaths
    found: tuple[Danger, ...]
    told: tuple[AreaTold, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]


def run_shelter(options: ShelterOptions) -> int:
    """Run the engine, ask the areas, print. Exit code 3 where an area was refused, 4 where there is no such object."""
    if not 0.0 <= options.latency_s < 86_400.0:
        raise UsageError(f"--latency-s {options.latency_s:g}: give seconds, 0 or more")
    levels = None if options.levels is None else _levels(options.levels)
    before = {} if options.since is None else _told_before(options.since)
    places, refused = _places(options.areas)
    picture = picture_at(options)
    now = picture.t_now_tai_ns
    clouds = {} if now is None else _clouds(picture, options.object_id)
    answers = []
    for object_id, cloud in clouds.items():
        assert now is not None
        paths = flight_paths(cloud)
        found = dangers(
            places, cloud, t_now_tai_ns=now, latency_s=options.latency_s, levels=levels, paths=paths
        )  # fmt: skip
        told, added, dropped = compared(areas_told(found, levels), before.get(object_id, ()))
        falls = float(np.mean(cloud.falls))
        answers.append(Answer(object_id, falls, paths, found, told, added, dropped))
    for trouble in refused:
        sys.stderr.write(f"vedette: {trouble}\n")
    if options.is_json:
        document = shelter_document(answers, picture, options)
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")
    else:
        sys.stdout.write("\n".join(shelter_lines(answers, places, picture, options)) + "\n")
    return 3 if refused else 0


def picture_at(options: ShelterOptions) -> Picture:
    """The picture when everything received by an instant was taken in."""
    if not options.feed.exists():
        raise NotFoundError(f"{options.feed}: no such journal or feed; `vedette journal list` shows those there are")
    if _is_sqlite(options.feed):
        with SqliteJournal.open(options.feed) as journal:
            return _advanced(journal.session, journal.events(), options.at)
    text = None
    if options.sensors is not None:
        try:
            text = options.sensors.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotFoundError(f"{options.sensors}: no such sensors file") from None
    mode, events = mode_and_rest(open_watch_feeds([str(options.feed)], sensors_toml=text))
    return _advanced(Session(mode=mode, feeds=(str(options.feed),), sensors_toml=text), events, options.at)


def _advanced(session: Session, events: Iterable[Any], at: str | None) -> Picture:
    picture = open_picture(session)
    for event in events:
        if at is not None and isinstance(event, Scan):
            is_known = at.strip()[:1] not in "Tt+-" or picture.t_liftoff_tai_ns is not None
            if is_known and event.t_received_tai_ns > when(at, picture.t_liftoff_tai_ns):
                return picture
        if not isinstance(event, FeedEnded):
            picture = advance(picture, event)
    return picture


def _is_sqlite(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as handle:
        return handle.read(15) == b"SQLite format 3"


def _clouds(picture: Picture, wanted: str | None) -> dict[str, Cloud]:
    """The flights of every object that a launch fits and that is not down yet."""
    found: dict[str, Cloud] = {}
    known = []
    for follower in picture.followers.values():
        for one in follower.objects():
            known.append(one.id)
            cloud = getattr(follower, "cloud_of", lambda _: None)(one.id)
            if cloud is not None and one.phase != "down" and wanted in (None, one.id):
                found[one.id] = cloud
    if wanted is not None and wanted not in known:
        raise NotFoundError(f"no object {wanted} at that instant; there are {', '.join(known) or 'none'}")
    if wanted is not None and not found:
        raise NotFoundError(f"no launch fits {wanted} at that instant, so nobody is asked to take shelter from it")
    return found


def _places(path: Path) -> tuple[tuple[Place, ...], tuple[BadInputError, ...]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInputError(f"larger than {MOST_BYTES // 2**20} MiB", str(path), "split it")
        read = tuple(read_places(path.read_text(encoding="utf-8"), str(path)))
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file of areas") from None
    except UnicodeDecodeError as trouble:
        raise BadInputError(f"not UTF-8 ({trouble})", str(path)) from None
    places = tuple(one for one in read if isinstance(one, Place))
    refused = tuple(one for one in read if isinstance(one, BadInputError))
    if not places:
        raise refused[0] if refused else BadInputError("it holds no area", str(path), "give Polygon features")
    return places, refused


def _levels(path: Path) -> WarningLevels:
    try:
        return levels_from_toml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file of levels") from None
    except (ValueError, KeyError, TypeError) as trouble:
        raise BadInputError(f"no warning levels ({trouble})", str(path), "copy warning_levels.toml") from None


def _told_before(path: Path) -> dict[str, tuple[AreaTold, ...]]:
    """The areas of an earlier answer, by object."""
    try:
        document = msgspec.json.decode(path.read_bytes())
        return {
            one["object_id"]: tuple(
                AreaTold(name=str(area["name"]), level=Level(area["level"]), probability=float(area["probability"]))
                for area in one["told"]
            )
            for one in document["objects"]
        }
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such file") from None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as trouble:
        raise BadInputError(f"not written by `vedette shelter --json` ({trouble})", str(path)) from None


def shelter_document(answers: Sequence[Answer], picture: Picture, options: ShelterOptions) -> dict[str, Any]:
    """Degrees, kilometres, UTC; null: nothing of the kind happens."""
    now = picture.t_now_tai_ns
    return {
        "mode": picture.session.mode.value,
        "t_utc": None if now is None else utc_text_from_tai_ns(now),
        "latency_s": options.latency_s,
        "objects": [
            {
                "object_id": one.object_id,
                "impact_probability": round(one.falls, 4),
                "told": [
                    {
                        "name": area.name, "level": area.level.value, "what": area.what,
                        "probability": area.probability, "seconds": area.seconds, "t_90_utc": _utc(area.t_90_tai_ns),
                    }
                    for area in one.told
                ],
                "added": one.added,
                "dropped": one.dropped,
                "areas": [
                    {
                        "name": danger.place.name,
                        "impact_probability": round(danger.impact_probability, 4),
                        "impact_t_90_utc": _utc(danger.impact_t_90_tai_ns),
                        "impact_seconds": _round(danger.impact_seconds),
                        "overflight_probability": round(danger.overflight_probability, 4),
                        "overflight_t_90_utc": _utc(danger.overflight_t_90_tai_ns),
                        "overflight_seconds": _round(danger.overflight_seconds),
                        "overflight_height_km": danger.overflight_height_km,
                    }
                    for danger in one.found
                ],
                "corridor": [
                    {"lat_deg": lat, "lon_deg": lon, "half_width_90_km": km} for lat, lon, km in corridor_deg(one.paths)
                ],
            }
            for one in answers
        ],
    }  # fmt: skip


def shelter_lines(
    answers: Sequence[Answer], places: Sequence[Place], picture: Picture, options: ShelterOptions
) -> list[str]:
    """A table for each object, most urgent first, and a small map."""
    now = picture.t_now_tai_ns
    if now is None or not answers:
        return ["no launch fits what was seen: no area is in danger from one"]
    lines = []
    for one in answers:
        head = f"{picture.session.mode}  {one.object_id} at {utc_text_from_tai_ns(now)[:19]}Z: comes down with "
        lines += [f"{head}{100.0 * one.falls:.0f} %; a warning takes {options.latency_s:g} s to arrive", ""]
        level_of = {area.name: area for area in one.told}
        rows = [row for row in one.found if options.is_all or row.place.name in level_of]
        if rows:
            lines.append(f"{'area':<24} {'told':<13} {'impact':>7} {'above':>7}  {'when (UTC, 90 %)':<19} seconds left")
        for row in rows:
            lines.append(_row(row, level_of.get(row.place.name)))
        for area in one.told:
            if area.level is Level.ALL_CLEAR:
                lines.append(f"{area.name[:24]:<24} {area.level.value:<13} told before, and no more")
        if not one.told:
            least = "" if options.is_all else f"; {len(one.found)} are below every level (--all)" if one.found else ""
            lines.append(f"no area of {len(places)} is to be told{least}")
        if options.since is not None:
            lines.append(f"since then: {len(one.added)} added, {len(one.dropped)} dropped")
        lines += ["", *_map_lines(one, [row.place for row in one.found] or list(places))]
    return lines


def _row(row: Danger, told: AreaTold | None) -> str:
    is_over = told.what == "overflight" if told is not None else row.impact_probability == 0.0
    interval = row.overflight_t_90_tai_ns if is_over else row.impact_t_90_tai_ns
    seconds = row.overflight_seconds if is_over else row.impact_seconds
    span = "" if interval is None else "-".join(utc_text_from_tai_ns(t)[11:19] for t in interval)
    left = "" if seconds is None else "too late" if seconds < 0.0 else f"{seconds:.0f}  ({minutes_words(seconds)})"
    level = "-" if told is None else told.level.value
    shares = f"{100 * row.impact_probability:>5.1f} % {100 * row.overflight_probability:>5.1f} %"
    return f"{row.place.name[:24]:<24} {level:<13} {shares}  {span:<19} {left}".rstrip()


def _map_lines(one: Answer, places: Sequence[Place]) -> list[str]:
    """The corridor and the areas near it; longitudes go on past the date line, and near a pole no map is drawn."""
    way = corridor_deg(one.paths, stations=60)
    lat, lon = [p[0] for p in way], np.degrees(np.unwrap(np.radians([p[1] for p in way]))).tolist()
    if max(abs(x) for x in lat) > 80.0:
        return ["(no map: the flight passes near a pole)"]
    pad = 0.08 * max(max(lat) - min(lat), (max(lon) - min(lon)) / 2.0, 2.0)
    chart = BrailleMap(*_MAP, (min(lat) - pad, max(lat) + pad), (min(lon) - 2 * pad, max(lon) + 2 * pad))
    middle = 0.5 * (min(lon) + max(lon))
    for place in places:
        for rim, _ in place.polygons:
            corners = np.degrees(np.array(rim))
            east = np.degrees(np.unwrap(np.radians(corners[:, 1])))
            east = east + 360.0 * np.round((middle - east[0]) / 360.0)
            chart.line(corners[:, 0].tolist(), east.tolist(), is_closed=True)
    chart.line(lat, lon)
    chart.mark(lat[0], lon[0], "L")
    chart.mark(lat[-1], lon[-1], "X")
    return [*chart.text().splitlines(), "L launch, X end; the line is the middle of the flights, outlines are areas"]


def _utc(interval: tuple[int, int] | None) -> list[str] | None:
    return None if interval is None else [utc_text_from_tai_ns(t) for t in interval]


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
