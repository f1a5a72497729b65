"""Where a watch worker's events come from: a story played at its pace, recorded feeds, or live ones.

Each comes with the journal it is written to. A journal that is resumed is gone on with where it stops: what it holds
already of a story or a recording is passed over; live feeds have moved on.
"""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.node.postgresql import is_postgresql
from vedette.doors.node.reserve import RESERVE_BYTES
from vedette.doors.sealed_journal import create_sealed, resume_sealed
from vedette.doors.server.pipe import WatchPlan
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.watch_catalogue import with_catalogue
from vedette.doors.watch_notices import notices_of, with_notices
from vedette.doors.watching import WatchOptions, mode_and_rest, new_journal_path, session_of
from vedette.engine import Event, Session
from vedette.reports import Mode, Scan

if TYPE_CHECKING:
    from vedette.doors.feeds import LiveFeeds

NAP_S = 0.05  # between two looks at the clock and at the orders while nothing is due


class Orders(Protocol):
    """What a source heeds while it waits."""

    is_paused: bool
    speed: float | None
    is_stopping: Any


class Source:
    """Events with the journal they go to."""

    def __init__(
        self, journal: SqliteJournal, events: Iterable[Event | None], orders: Orders | None, head_s: float = 0.0,
        pace: "Pace | None" = None,
    ) -> None:  # fmt: skip
        self.journal = journal
        self._events = events
        self._orders = orders  # None: live, at its own pace
        self.is_played = orders is not None
        self._pace = pace if pace is not None else Pace(head_s)
        self.stop: Callable[[], None] = lambda: None
        self.begin: Callable[[], None] = lambda: None  # live: take what arrives, to be read later

    def events(self) -> Iterator[Event | None]:
        """In order, each when it is due; None in pauses."""
        if self._orders is None:
            yield from self._events
            return
        for event in self._events:
            if isinstance(event, Scan):
                yield from self._pace.wait(event.t_received_tai_ns, self._orders)
            yield event

    def backlog_s(self) -> float:
        """How far what is played lags behind its pace."""
        return self._pace.behind_s


class Pace:
    """Holds what is played to a multiple of real time, by received times; the multiple may change, and be paused."""

    def __init__(self, head_s: float = 0.0, anchor: tuple[float, int] | None = None) -> None:
        """`anchor`: which instant is played when the wall's clock says so (POSIX seconds), for watches in step."""
        self.behind_s = 0.0
        self._anchor = anchor
        self._head_ns = round(head_s * NS_PER_S)
        self._t_first_tai_ns: int | None = None
        self._zero: tuple[float, int, float] | None = None  # wall, feed, speed

    def wait(self, t_received_tai_ns: int, orders: Orders) -> Iterator[None]:
        """None now and then until an instant is due; a gap of more than a minute is passed over at once."""
        if self._t_first_tai_ns is None:
            self._t_first_tai_ns = t_received_tai_ns
        if t_received_tai_ns < self._t_first_tai_ns + self._head_ns:
            return
        while not orders.is_stopping.is_set():
            if orders.is_paused:
                self._zero = None
                yield None
                time.sleep(NAP_S)
                continue
            speed, now = orders.speed, time.monotonic()
            if speed is None:
                return
            if self._anchor is not None:
                due_s = self._anchor[0] + (t_received_tai_ns - self._anchor[1]) / NS_PER_S / speed - time.time()
                self.behind_s = max(0.0, -due_s)
                if due_s <= 0.0:
                    return
                yield None
                time.sleep(min(NAP_S, due_s))
                continue
            if self._zero is None or self._zero[2] != speed:
                self._zero = (now, t_received_tai_ns, speed)
                return
            due = self._zero[0] + (t_received_tai_ns - self._zero[1]) / NS_PER_S / speed
            self.behind_s = max(0.0, now - due)
            if due <= now:
                if self.behind_s > 5.0:
                    self._zero = (now, t_received_tai_ns, speed)
                return
            if due - now > 60.0:
                self._zero = (now, t_received_tai_ns, speed)
                return
            yield None
            time.sleep(min(NAP_S, due - now))


@contextmanager
def open_source(
    plan: WatchPlan, orders: Orders, resume: Path | None, held: Mapping[str, int] | None = None
) -> Iterator[Source]:
    """The source of a plan, its journal new or resumed; `held` has sockets that were handed down."""
    data_dir = None if plan.data_dir is None else Path(plan.data_dir)
    begin: Callable[[], None] | None = None
    if plan.scenario is None and _is_live(plan):
        session, events, live = _live(plan, data_dir, held or {})
        begin, stop, is_paced = live.begin, live.stop, False
    else:
        make = _story if plan.scenario is not None else _recorded
        session, events, stop, is_paced = make(plan, data_dir)
    if plan.node is not None:
        from vedette.doors.node.folder import read_node

        session = msgspec.structs.replace(session, owner=read_node(Path(plan.node))[1].owner)
    if resume is not None:
        opened = resume_sealed(resume, data_dir, RESERVE_BYTES)
    else:
        path = new_journal_path(journals_dir_of(data_dir))
        opened = create_sealed(path, session, data_dir, _server_of(plan), RESERVE_BYTES)
    with opened as journal:
        rest = _rest(events, _own_entries(journal), is_paced)
        anchor = None
        if plan.wall_zero_s is not None and plan.story_zero_tai_ns is not None:
            anchor = (plan.wall_zero_s, plan.story_zero_tai_ns)
        source = Source(journal, rest, orders if is_paced else None, pace=Pace(plan.head_s, anchor))
        source.stop = stop
        source.begin = begin or source.begin
        yield source


def _server_of(plan: WatchPlan) -> str | None:
    """The PostgreSQL server of a node whose store is one: its journals lie there too."""
    if plan.node is None:
        return None
    from vedette.doors.node.folder import read_node

    _, settings = read_node(Path(plan.node))
    return settings.store if is_postgresql(settings.store) else None


Made = tuple[Session, Iterator[Event | None], Callable[[], None], bool]


def _story(plan: WatchPlan, data_dir: Path | None) -> Made:
    from dataclasses import replace

    from vedette.scenario import make_scenario, read_story
    from vedette.sensing import format_sensors

    assert plan.scenario is not None
    made = make_scenario(read_story(plan.scenario), plan.seed)
    own = {
        name: one for name, one in made.sensors.items()
        if not plan.only or name in plan.only or one.kind.value in plan.only
    }  # fmt: skip
    if not own:
        raise UsageError(f"--scenario {plan.scenario} has no sensor of {', '.join(plan.only)}")
    mode = Mode(plan.mode or Mode.SIMULATED)
    if mode is Mode.REAL:
        raise UsageError(f"--scenario {plan.scenario}: a story is never REAL; --mode EXERCISE, TEST or SIMULATED")
    named = f"scenario:{plan.scenario}?seed={plan.seed}"  # so that a report can hold it against the truth
    session = Session(mode=mode, feeds=(named,), sensors_toml=format_sensors(own))
    heard = (scan for scan in made.scans if scan.sensor_id in own)
    scans: Iterator[Event] = (scan if scan.mode is mode else replace(scan, mode=mode) for scan in heard)
    told = with_notices(scans, None if plan.notices is None else Path(plan.notices))
    return session, with_catalogue(told, plan.catalogue, data_dir, True), lambda: None, True


def _recorded(plan: WatchPlan, data_dir: Path | None) -> Made:
    from vedette.doors.watch_feeds import open_watch_feeds

    options = options_of(plan)
    session = session_of(options)
    mode = Mode(plan.mode) if plan.mode else None
    records = open_watch_feeds(plan.feeds, mode=mode, sensors_toml=session.sensors_toml)
    found, feeds = mode_and_rest(records)
    if mode is None:
        session = msgspec.structs.replace(session, mode=found)
    told = with_catalogue(feeds, plan.catalogue, data_dir, True)
    return session, with_notices(told, options.notices), lambda: None, True


def _live(
    plan: WatchPlan, data_dir: Path | None, held: Mapping[str, int]
) -> tuple[Session, Iterator[Event | None], "LiveFeeds"]:
    from vedette.doors.watching_live import live_feeds

    options = options_of(plan)
    sockets = {name: socket.socket(fileno=os.dup(number)) for name, number in held.items()}
    session, live = live_feeds(options, sockets)
    reports = with_catalogue(live.records(), plan.catalogue, data_dir, True)
    return session, chain(notices_of(options.notices), reports), live


def _is_live(plan: WatchPlan) -> bool:
    from vedette.doors.feeds.address import is_address

    return bool(plan.listen) or any(is_address(word) for word in plan.feeds)


def options_of(plan: WatchPlan) -> WatchOptions:
    """The plan as `vedette watch` would have it."""
    return WatchOptions(
        feeds=plan.feeds, listen=plan.listen, is_open=plan.is_open, sensors=_path(plan.sensors),
        references=_path(plan.references), policy=_path(plan.policy), notices=_path(plan.notices),
        catalogue=plan.catalogue, mode=plan.mode, sky=plan.sky, areas=_path(plan.areas),
        data_dir=_path(plan.data_dir), is_quiet=True,
    )  # fmt: skip


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _own_entries(journal: SqliteJournal) -> int:
    """How many entries are our own feeds': what partners said came between them."""
    from vedette.formats.scan_codec import PARTNER_NEWS, PARTNER_REPORT

    last = journal.store.entry_count
    others = sum(1 for kind in (PARTNER_REPORT, PARTNER_NEWS) for _ in journal.store.read_kind(kind, 1, last))
    return last - others


def _rest(events: Iterator[Event | None], entry_count: int, is_paced: bool) -> Iterator[Event | None]:
    """What a resumed journal does not hold yet."""
    from vedette.engine import CatalogueGiven
    from vedette.reports import Notice

    if is_paced:
        left = entry_count
        for event in events:
            if event is not None and left:
                left -= 1
                continue
            yield event
        return
    for event in events:  # notices and catalogue stand at the journal's head already
        if entry_count and isinstance(event, Notice | CatalogueGiven):
            continue
        yield event
