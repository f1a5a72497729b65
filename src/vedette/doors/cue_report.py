"""What `vedette cue` reads and shows: tracks of a journal or feed, cues as a document or a table."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette.core.errors import NotFoundError
from vedette.doors.journal_store import APPLICATION_ID
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watch_feeds import open_watch_feeds
from vedette.engine import when
from vedette.frames import geodetic_from_itrf
from vedette.reports import Scan
from vedette.sensing import Sensor, packaged_sensors, parse_sensors
from vedette.time import utc_text_from_tai_ns
from vedette.tracking import Cue, SearchVolume, Tracker, Tracks
from vedette.tracking import cue as cues_of

MOST_BEAMS = 100  # written of one volume; `beam_count` says how many there are


@dataclass(frozen=True, slots=True, kw_only=True)
class CueOptions:
    """What was asked, as typed."""

    feed: Path
    track: str | None = None
    at: str | None = None
    sensors: Path | None = None
    only: tuple[str, ...] = ()
    horizon_s: float = 1800.0
    step_s: float = 10.0
    probability: float = 0.99
    beam_width_deg: float | None = None
    dwell_s: float | None = None
    rcs_m2: float = 0.5
    is_json: bool = False


def run_cue(options: CueOptions) -> int:
    """Track up to the instant, cue, print. Exit code 4 where there is no such track or sensor."""
    given = None if options.sensors is None else _text(options.sensors)
    with _opened(options.feed, given) as (events, sensors, t_liftoff_tai_ns):
        until = None if options.at is None else when(options.at, t_liftoff_tai_ns)
        tracks, names = tracked(events, sensors, until)
    wanted = dict(sensors) if given is None else {**sensors, **parse_sensors(given, str(options.sensors))}
    for name in options.only:
        if name not in wanted:
            raise NotFoundError(f"no sensor {name!r}; there are {', '.join(wanted)}")
    cued = [wanted[name] for name in options.only] or list(wanted.values())
    track_id = _track_id(options.track, names, tracks)
    found = cues_of(
        tracks, cued, track_id=track_id, horizon_s=options.horizon_s, step_s=options.step_s,
        probability=options.probability, rcs_m2=options.rcs_m2, beam_width_deg=options.beam_width_deg,
        dwell_s=options.dwell_s,
    )  # fmt: skip
    by_track = {track: name for name, track in names.items()}
    if options.is_json:
        document = cue_document(found, by_track, tracks.t_tai_ns)
        sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
    else:
        sys.stdout.write("\n".join(cue_lines(found, by_track, tracks.t_tai_ns)) + "\n")
    return 0


def tracked(
    events: Iterable[Any], sensors: dict[str, Sensor], until_tai_ns: int | None
) -> tuple[Tracks, dict[str, str]]:
    """The tracks when everything received by an instant was absorbed, and their names: O1, O2, ... to track ids.

    Objects are numbered as the engine numbers them, in the order in which their tracks were first confirmed.
    """
    tracker = Tracker(sensors=list(sensors.values()))
    names: dict[str, str] = {}
    for event in events:
        if not isinstance(event, Scan) or event.sensor_id not in sensors:
            continue
        if until_tai_ns is not None and event.t_received_tai_ns > until_tai_ns:
            break
        for track_id in tracker.step(event).ids:
            if track_id not in names.values():
                names[f"O{len(names) + 1}"] = track_id
    return tracker.tracks, names


@contextmanager
def _opened(feed: Path, given: str | None) -> Iterator[tuple[Iterable[Any], dict[str, Sensor], int | None]]:
    """Events, the sensors that report, and lift-off where it was given."""
    if _is_journal(feed):
        with SqliteJournal.open(feed) as journal:
            session = journal.session
            text = session.sensors_toml
            own = packaged_sensors() if text is None else parse_sensors(text, f"{feed}: --sensors")
            yield journal.events(), own, session.t_liftoff_tai_ns
        return
    own = packaged_sensors() if given is None else parse_sensors(given, "--sensors")
    if not feed.exists():
        raise NotFoundError(f"{feed}: no such journal or feed; `vedette journal list` shows the journals there are")
    yield open_watch_feeds([str(feed)], sensors_toml=given), own, None


def _is_journal(path: Path) -> bool:
    """Whether a file is a journal, by the mark in an SQLite header."""
    if not path.is_file():
        return False
    with path.open("rb") as handle:
        head = handle.read(72)
    return head[:15] == b"SQLite format 3" and head[68:72] == APPLICATION_ID.to_bytes(4, "big")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such sensors file") from None


def _track_id(word: str | None, names: dict[str, str], tracks: Tracks) -> str | None:
    if word is None:
        return None
    track_id = names.get(word, word)
    if track_id not in tracks.ids:
        alive = ", ".join(f"{name} ({track})" for name, track in names.items() if track in tracks.ids)
        raise NotFoundError(f"no track {word} at that instant; there are {alive or 'none'}")
    return track_id


def cue_document(found: tuple[Cue, ...], names: dict[str, str], t_tai_ns: int) -> dict[str, Any]:
    """Cues in degrees, kilometres and UTC; null: it does not appear."""
    return {
        "t_utc": utc_text_from_tai_ns(t_tai_ns),
        "cues": [
            {
                "object_id": names.get(one.track_id),
                "track_id": one.track_id,
                "sensor_id": one.sensor_id,
                "horizon_s": one.horizon_s,
                "appears_probability": round(one.appears_probability, 4),
                "rise_utc": _utc(one.rise_tai_ns),
                "rise_90_utc": [_utc(t) for t in one.rise_90_tai_ns] if one.rise_90_tai_ns else None,
                "best_utc": _utc(one.best_tai_ns),
                "set_utc": _utc(one.set_tai_ns),
                "set_90_utc": [_utc(t) for t in one.set_90_tai_ns] if one.set_90_tai_ns else None,
                "at_rise": _at(one, one.rise_tai_ns),
                "at_best": _at(one, one.best_tai_ns),
                "at_set": _at(one, one.set_tai_ns),
                "volumes": [volume_document(volume) for volume in one.volumes],
            }
            for one in found
        ],
    }


def _at(one: Cue, t_tai_ns: int | None) -> dict[str, Any] | None:
    """The volume of an instant, with its beams."""
    if t_tai_ns is None:
        return None
    volume = one.volume_at(t_tai_ns)
    beams = volume.beams
    places = zip(beams.azimuth_rad[:MOST_BEAMS], beams.elevation_rad[:MOST_BEAMS], beams.share, strict=False)
    return {
        **volume_document(volume),
        "beam_width_deg": round(float(np.degrees(beams.width_rad)), 4) if not beams.is_whole else None,
        "dwell_s": round(beams.dwell_s, 4),
        "beams": [
            {
                "azimuth_deg": round(float(np.degrees(azimuth)), 3),
                "elevation_deg": round(float(np.degrees(elevation)), 3),
                "share": round(float(share), 4),
            }
            for azimuth, elevation, share in places
        ],
    }


def volume_document(volume: SearchVolume) -> dict[str, Any]:
    """The box, the ellipsoid and what a look at all of it would achieve."""
    lat_rad, lon_rad, height_m = geodetic_from_itrf(volume.centre_itrf_m)
    return {
        "t_utc": utc_text_from_tai_ns(volume.t_tai_ns),
        "probability": volume.probability,
        "azimuth_deg": [_deg(volume.azimuth_min_rad), _deg(volume.azimuth_max_rad)],
        "elevation_deg": [_deg(volume.elevation_min_rad), _deg(volume.elevation_max_rad)],
        "range_km": [round(volume.range_min_m / 1e3, 2), round(volume.range_max_m / 1e3, 2)],
        "ellipsoid": {
            "lat_deg": _deg(float(lat_rad)),
            "lon_deg": _deg(float(lon_rad)),
            "altitude_km": round(float(height_m) / 1e3, 2),
            "semi_axes_km": [round(float(axis) / 1e3, 3) for axis in volume.ellipsoid_semi_axes_m],
            "shape_itrf_km2": [[round(float(v) / 1e6, 4) for v in row] for row in volume.shape_itrf_m2],
            "volume_km3": round(volume.ellipsoid_volume_m3 / 1e9, 1),
        },
        "share_in_field": round(volume.share_in_field, 4),
        "detection_probability": round(volume.detection_probability, 4),
        "beam_count": len(volume.beams.share),
        "cover_s": round(volume.beams.cover_s, 3),
    }


def cue_lines(found: tuple[Cue, ...], names: dict[str, str], t_tai_ns: int) -> list[str]:
    """A paragraph for each track and sensor: when, and the volume at rise, at best and at set."""
    lines = [f"from what was known at {utc_text_from_tai_ns(t_tai_ns)}"]
    if not found:
        lines.append("no tracks to cue from")
    for one in found:
        who = f"{names.get(one.track_id, '')} ({one.track_id}) to {one.sensor_id}"
        if one.rise_tai_ns is None or one.rise_90_tai_ns is None or one.set_90_tai_ns is None:
            lines += ["", f"{who}: does not appear within {one.horizon_s:g} s"]
            continue
        chance = 100.0 * one.appears_probability
        first, last = (_clock(t) for t in one.rise_90_tai_ns)
        gone_first, gone_last = (_clock(t) for t in one.set_90_tai_ns)
        lines += [
            "",
            f"{who}: appears with {chance:.0f} %, rises {_clock(one.rise_tai_ns)} (90 % {first}..{last}), "
            f"sets {_clock(one.set_tai_ns)} (90 % {gone_first}..{gone_last})",
            f"  {'':5} {'UTC':>8} {'azimuth °':>15} {'elevation °':>13} {'range km':>15} {'ellipsoid km':>20} "
            f"{'in field':>8} {'found':>6} {'beams':>6} {'covers in':>9}",
        ]
        for word, t in (("rise", one.rise_tai_ns), ("best", one.best_tai_ns), ("set", one.set_tai_ns)):
            assert t is not None
            lines.append(f"  {word:<5} {_volume_line(one.volume_at(t))}")
    return lines


def _volume_line(volume: SearchVolume) -> str:
    azimuth = f"{_deg(volume.azimuth_min_rad):.1f}..{_deg(volume.azimuth_max_rad):.1f}"
    elevation = f"{_deg(volume.elevation_min_rad):.1f}..{_deg(volume.elevation_max_rad):.1f}"
    reach = f"{volume.range_min_m / 1e3:,.0f}..{volume.range_max_m / 1e3:,.0f}"
    axes = " x ".join(f"{axis / 1e3:.3g}" for axis in volume.ellipsoid_semi_axes_m)
    return (
        f"{_clock(volume.t_tai_ns):>8} {azimuth:>15} {elevation:>13} {reach:>15} {axes:>20} "
        f"{100 * volume.share_in_field:6.0f} % {100 * volume.detection_probability:4.0f} % "
        f"{len(volume.beams.share):6d} {volume.beams.cover_s:7.2f} s"
    )


def _clock(t_tai_ns: int | None) -> str:
    return "-" if t_tai_ns is None else utc_text_from_tai_ns(t_tai_ns)[11:19]


def _utc(t_tai_ns: int | None) -> str | None:
    return None if t_tai_ns is None else utc_text_from_tai_ns(t_tai_ns)


def _deg(angle_rad: float) -> float:
    return round(float(np.degrees(angle_rad)), 4)
