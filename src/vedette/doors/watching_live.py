"""A watch with live feeds: sockets opened, signals heard, a screen when there is a terminal.

It is REAL unless --mode says otherwise: a feed that happens to speak first must not decide what the others are. Ctrl-C,
or SIGTERM, ends it in order: what has come is still taken, the journal is closed, the picture told.
"""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any

import msgspec

from vedette.core.errors import UsageError
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.feeds import LiveFeeds, is_address, parse_address
from vedette.doors.node.reserve import RESERVE_BYTES
from vedette.doors.proposing import Proposer, ProposingReporter, places_of
from vedette.doors.sealed_journal import create_sealed
from vedette.doors.watch_catalogue import with_catalogue
from vedette.doors.watch_feeds import feed_sensors
from vedette.doors.watch_loop import watch_loop
from vedette.doors.watch_notices import notices_of
from vedette.doors.watching import (
    WatchOptions,
    exit_code_of,
    new_journal_path,
    reporter_of,
    say_where,
    session_of,
)
from vedette.engine import Session, when
from vedette.formats import FeedRecord, FeedSensor, open_feed
from vedette.reports import Mode
from vedette.sensing import packaged_sensors, parse_sensors


def run_live_watch(options: WatchOptions) -> int:
    """Watch until Ctrl-C or --until; exit code 3 when something could not be used."""
    if options.speed is not None:
        raise UsageError("--speed replays recorded feeds; live ones come at their own pace")
    if options.until is not None and options.until.strip()[:1] in "Tt+":
        raise UsageError(f"--until {options.until}: a live watch ends at an instant, such as 2031-04-01T12:00:00Z")
    session, live = live_feeds(options)
    path = new_journal_path(journals_dir_of(options.data_dir))
    reporter, hear = _listener(options, ", ".join(address.name for address in live.addresses))
    opened = create_sealed(path, session, options.data_dir, options.server, RESERVE_BYTES)
    with opened as journal, _ends_in_order(live):
        if not options.is_quiet:
            sys.stderr.write(f"watching {', '.join(session.feeds)} as {session.mode.value}; Ctrl-C ends it in order\n")
            sys.stderr.flush()
        reports = with_catalogue(
            live.records(), options.catalogue, options.data_dir, options.is_quiet, options.catalogue_again_s
        )
        events = chain(notices_of(options.notices), reports)
        desk = ProposingReporter(reporter, Proposer(journal, options.data_dir, places_of(options.areas)))
        picture = watch_loop(events, session, desk, journal, hear=desk.hearing(hear))
    say_where(options, path)
    return exit_code_of(picture)


def live_feeds(
    options: WatchOptions, held: Mapping[str, socket.socket] | None = None
) -> tuple[Session, LiveFeeds]:
    """The session of a live watch, and its feeds: sockets are open, and nothing is heard until they are iterated.

    `held` has sockets that somebody else has opened, by the names of their addresses.
    """
    session = session_of(options)
    addresses = [parse_address(word, is_listening=True, is_open=options.is_open) for word in options.listen]
    addresses += [parse_address(word, is_open=options.is_open) for word in options.feeds if is_address(word)]
    names = [address.name for address in addresses]
    if len(set(names)) < len(names):
        raise UsageError("an address is given twice; one is enough")
    files = tuple(word for word in options.feeds if not is_address(word))
    session = msgspec.structs.replace(session, feeds=(*names, *files))
    sensors = _sensors_of(session.sensors_toml)
    live = LiveFeeds(
        addresses,
        session.mode,
        sensors,
        {name: _file(name, session.mode, sensors, session.t_liftoff_tai_ns) for name in files},
        None if options.until is None else when(options.until, session.t_liftoff_tai_ns),
        held,
    )
    return session, live


def _sensors_of(sensors_toml: str | None) -> dict[str, FeedSensor]:
    """What the doors know of sensors: those given, or the packaged ones."""
    return feed_sensors(packaged_sensors() if sensors_toml is None else parse_sensors(sensors_toml, "--sensors"))


def _file(name: str, mode: Mode, sensors: dict[str, FeedSensor], t_liftoff_tai_ns: int | None) -> Iterator[FeedRecord]:
    return open_feed(name, mode=mode, sensors=sensors, t_liftoff_tai_ns=t_liftoff_tai_ns)


def _listener(options: WatchOptions, title: str) -> tuple[Any, Any]:
    """A screen for a person at a terminal, lines for everybody else."""
    if options.output == "people" and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        from rich.console import Console

        from vedette.doors.live import LiveReporter

        screen = LiveReporter(Console(), title)
        return screen, screen.heard
    return reporter_of(options.output), None


@contextmanager
def _ends_in_order(live: LiveFeeds) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) asks the feeds to end; the second interrupts as ever."""
    before: dict[int, Any] = {}

    def on_signal(number: int, frame: object) -> None:
        live.stop()
        signal.signal(number, before[number] if callable(before[number]) else signal.SIG_DFL)

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, on_signal)
    except ValueError:  # not the main thread: whoever runs it ends it
        before.clear()
    try:
        yield
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
        live.stop()
