"""Setting up a watch or a replay: options in, feeds opened, journal made, reporter chosen."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Literal

import msgspec

from vedette.core.errors import NotFoundError, UsageError
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.feeds.address import is_address
from vedette.doors.proposing import Proposer, ProposingReporter, places_of
from vedette.doors.registration_show import RegistrationReporter
from vedette.doors.replaying import OnlyFrom
from vedette.doors.reporters import JsonlReporter, JsonReporter, Reporter, TimelineReporter
from vedette.doors.sealed_journal import create_sealed
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watch_catalogue import with_catalogue
from vedette.doors.watch_feeds import open_watch_feeds
from vedette.doors.watch_loop import watch_loop
from vedette.doors.watch_notices import with_notices
from vedette.engine import Picture, Session
from vedette.formats import FeedHeader, FeedRecord
from vedette.reports import Claim, Mode, Scan
from vedette.time import tai_ns_from_utc_text

Output = Literal["json", "jsonl", "people", "registration", "registration-json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """What `vedette watch` was asked for, as typed."""

    feeds: tuple[str, ...]
    listen: tuple[str, ...] = ()
    is_open: bool = False  # what is listened at may be reached from other machines
    until: str | None = None
    predict_to: str | None = None
    speed: float | None = None
    at: str | None = None
    pad: str | None = None
    azimuth_deg: float | None = None
    sensors: Path | None = None
    references: Path | None = None
    policy: Path | None = None
    notices: Path | None = None
    catalogue: tuple[str, ...] = ()  # files of element sets, or "store"
    catalogue_again_s: float | None = None  # when they are read again
    mode: str | None = None
    tapes: tuple[Path, ...] = ()  # recordings that must never be live
    sky: bool = False
    areas: Path | None = None  # GeoJSON: who is to be told
    data_dir: Path | None = None
    server: str | None = None  # PostgreSQL: where the journal's entries lie, if not in its file
    output: Output = "people"
    is_quiet: bool = False


def run_watch(options: WatchOptions) -> int:
    """Watch feeds to their end; exit code 3 when something in them could not be used."""
    if options.listen or any(is_address(word) for word in options.feeds):
        from vedette.doors.watching_live import run_live_watch

        return run_live_watch(options)
    session = session_of(options)
    records = open_watch_feeds(
        options.feeds,
        mode=Mode(options.mode) if options.mode else None,
        sensors_toml=session.sensors_toml,
        t_liftoff_tai_ns=session.t_liftoff_tai_ns,
    )
    mode, feeds = mode_and_rest(records)
    told = with_catalogue(feeds, options.catalogue, options.data_dir, options.is_quiet, options.catalogue_again_s)
    events = with_notices(told, options.notices)
    if options.mode is None:
        session = msgspec.structs.replace(session, mode=mode)
    path = new_journal_path(journals_dir_of(options.data_dir))
    reporter = reporter_of(options.output)
    with create_sealed(path, session, options.data_dir, options.server) as journal:
        desk = ProposingReporter(reporter, Proposer(journal, options.data_dir, places_of(options.areas)))
        picture = watch_loop(events, session, desk, journal, options.speed, desk.hearing(None))
    say_where(options, path)
    return exit_code_of(picture)


def say_where(options: WatchOptions, path: Path) -> None:
    """Tell a person where the journal lies."""
    if not options.is_quiet:
        sys.stderr.write(f"journal: {path}   (vedette replay {path})\n")


def run_replay(path: Path, output: Output, t_from: str | None, t_to: str | None, speed: float | None) -> int:
    """Play a journal again through the same engine: the same bytes on stdout."""
    with SqliteJournal.open(path) as journal:
        session = journal.session
        if t_to is not None:
            session = replace_until(session, t_to)
        reporter = reporter_of(output)
        if t_from is not None:
            reporter = OnlyFrom(reporter, t_from)
        picture = watch_loop(journal.events(), session, reporter, speed=speed, is_replay=True)
    return exit_code_of(picture)


def mode_and_rest(records: Iterator[FeedRecord]) -> tuple[Mode, Iterator[FeedRecord]]:
    """The mode that the first feed claims for itself (REAL when none does), and all the records still to be read."""
    head: list[FeedRecord] = []
    for record in records:
        head.append(record)
        if isinstance(record, FeedHeader | Scan | Claim):
            return record.mode, chain(head, records)
    return Mode.REAL, iter(head)


def replace_until(session: Session, until: str) -> Session:
    """The same session, ending at another instant."""
    return msgspec.structs.replace(session, until=until)


def session_of(options: WatchOptions) -> Session:
    """The session that options describe; every word is checked here, before anything is opened."""
    sensors_toml = None
    if options.sensors is not None:
        try:
            sensors_toml = options.sensors.read_text(encoding="utf-8")
        except FileNotFoundError as gone:
            raise NotFoundError(f"{options.sensors}: no such sensors file") from gone
    return Session(
        mode=Mode(options.mode or Mode.REAL),
        feeds=options.feeds,
        pad_lat_lon_deg=pad_of(options.pad) if options.pad else None,
        azimuth_deg=azimuth_of(options.azimuth_deg),
        t_liftoff_tai_ns=tai_ns_from_utc_text(options.at) if options.at else None,
        sensors_toml=sensors_toml,
        references=None if options.references is None else _references_text(options.references),
        policy_toml=None if options.policy is None else policy_text(options.policy),
        until=options.until,
        predict_to=options.predict_to,
        tapes=dict(_tape(path) for path in options.tapes),
        sky=options.sky,
    )


def policy_text(path: Path) -> str:
    """The text of an assessment policy, checked; NotFoundError or BadInputError otherwise."""
    from vedette.assessment.candidates import parse_assessment_policy
    from vedette.doors.notice_store import text_of

    text = text_of(path)
    parse_assessment_policy(text, str(path))
    return text


def _tape(path: Path) -> tuple[str, tuple[str, ...]]:
    """A recording's name and the marks of its looks."""
    from vedette.assessment.incidents import fingerprints
    from vedette.formats import open_feed

    marks = fingerprints(record for record in open_feed(path) if isinstance(record, Scan))
    if not marks:
        raise UsageError(f"--tape {path}: no look in it reads anything, so that none could be known again")
    return path.stem, tuple(sorted(mark.hex() for mark in marks))


def _references_text(path: Path) -> str:
    from vedette.tracking.registration.files import read_references

    return read_references(path)


def pad_of(text: str) -> tuple[float, float]:
    """`28.6084,-80.6041` as degrees."""
    try:
        lat_deg, lon_deg = (float(part) for part in text.split(","))
    except ValueError as trouble:
        raise UsageError(f"--pad {text}: give LAT,LON in degrees, such as 28.6084,-80.6041") from trouble
    if not (-90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 360.0):
        raise UsageError(f"--pad {text}: latitude lies in -90..90 and longitude in -180..360 degrees")
    return lat_deg, lon_deg


def azimuth_of(azimuth_deg: float | None) -> float | None:
    """An azimuth checked to lie in a turn."""
    if azimuth_deg is not None and not -360.0 <= azimuth_deg <= 360.0:
        raise UsageError(f"--azimuth-deg {azimuth_deg}: degrees clockwise from north, 0 to 360")
    return None if azimuth_deg is None else azimuth_deg % 360.0


def reporter_of(output: Output) -> Reporter:
    """Who listens on stdout."""
    if output == "json":
        return JsonReporter()
    if output == "jsonl":
        return JsonlReporter()
    if output in ("registration", "registration-json"):
        return RegistrationReporter(is_json=output == "registration-json")
    return TimelineReporter(is_coloured=sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def exit_code_of(picture: Picture) -> int:
    """0, or 3 when something had to be set aside, or 6 when something was refused."""
    return picture.worst_exit_code


def new_journal_path(folder: Path) -> Path:
    """A fresh file name that sorts by start."""
    stem = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for number in range(10_000):
        path = folder / (f"{stem}.sqlite" if number == 0 else f"{stem}-{number}.sqlite")
        if not path.exists():
            return path
    raise UsageError(f"{folder}: ten thousand journals in one second; give another --data-dir")
