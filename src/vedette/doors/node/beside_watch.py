"""What a watch has to do with partners: it takes what came, says what it could tell, and waits for nobody.

A partner's message is an event of the journal like any other. It leaves the node's inbox once the journal has it on the
disk; after a restart it is looked up there, so that none comes twice and none is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.doors.node.desk_said import DeskSaid
from vedette.doors.node.folder import read_node
from vedette.doors.node.gateway import Gateway
from vedette.doors.node.inbox_settling import settle_inbox
from vedette.doors.node.opening_store import open_node_store
from vedette.doors.node.service_line import ServiceLine
from vedette.doors.node.shared_numbers import SharedNumbers
from vedette.doors.node.track_numbers import TrackNumbers
from vedette.doors.node.watch_time import WatchTime
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Event, Picture
from vedette.reports import Message, PartnerNews, PartnerReport, Scan, Shared

if TYPE_CHECKING:
    from vedette.sharing.offering import OfferedTrack

OFFER_S = 0.4  # at least between two accounts of what could be told, unless there is news
SETTLE_S = 0.5

Hear = Callable[[Picture, Event | None], None]


class BesideWatch:
    """The gateway as one watch sees it; everything here runs on the watch's own thread."""

    def __init__(
        self, path: Path, journal: SqliteJournal, is_played: bool, speed: float | None,
        anchor: tuple[float, int] | None = None,
    ) -> None:  # fmt: skip
        self._folder, self._settings = read_node(path)
        self._journal = journal
        self._store = open_node_store(path, self._settings)
        self._line: ServiceLine | None = None
        self._tracks: TrackNumbers | SharedNumbers
        if self._settings.services:
            self._line = ServiceLine(self._folder, self._settings, self._store, journal.session.mode)
            self._tracks = SharedNumbers(self._line.desk, self._settings.owner)
        else:
            self._tracks = TrackNumbers(self._store, self._settings.owner, self._settings.node)
        settle_inbox(self._store, journal.store, journal.path.name)
        self._time = WatchTime(is_played, speed, anchor)
        # the desk lies beside the journal, as `doors.desk_past` finds it
        self._said = DeskSaid(
            journal.path.resolve().parent.parent, journal.session.mode, journal.store.first_link
        )
        self.gateway = Gateway(
            self._folder, self._settings, self._store, journal.session.mode, self._time.now_tai_ns
        )
        self._numbers: dict[int, int] = {}  # of the inbox, handed out: the entry of the journal, once it is known
        self._coming: list[int] = []  # numbers of what was yielded and not yet heard of
        self._t_offered_s = self._t_settled_s = 0.0
        self._is_changed = True  # something was heard since offers were made
        self._offers: tuple[Shared, ...] = ()
        self._offered_of: dict[str, Message] = {}  # what the desk had said then
        self._kept: dict[str, OfferedTrack] = {}

    def start(self) -> None:
        """Begin."""
        self.gateway.start()
        if self._line is not None:
            self._line.start()

    def stop(self) -> None:
        """End; what the journal has on disk leaves the inbox with the next start."""
        if self._line is not None:
            self._line.stop()
        self.gateway.stop()
        self._said.close()
        self._store.close()

    def mixed(self, events: Iterator[Event | None]) -> Iterator[Event | None]:
        """The watch's own events, and between them whatever partners said meanwhile."""
        for event in events:
            yield event
            for came in self.gateway.taken():
                self._coming.append(came.number)
                yield came.event

    def hearing(self, hear: Hear) -> Hear:
        """What the loop calls after every event: the same as before, and partners are offered the news."""

        def heard(picture: Picture, event: Event | None) -> None:
            hear(picture, event)
            self._is_changed |= event is not None
            if isinstance(event, PartnerReport | PartnerNews):
                if self._coming:
                    self._numbers[self._coming.pop(0)] = self._journal.appended_count
            elif event is not None and (t := getattr(event, "t_received_tai_ns", None)) is not None:
                self._time.hear(t)
                if isinstance(event, Scan) and self.gateway.wants_looks:
                    from vedette.sharing.offering import offer_of_scan

                    self.gateway.say(offer_of_scan(event))
            self._settle()
            self._offer(picture)

        return heard

    def _settle(self) -> None:
        now = time.monotonic()
        if not self._numbers or now - self._t_settled_s < SETTLE_S:
            return
        self._t_settled_s = now
        durable = self._journal.store.entry_count
        done = {number: entry for number, entry in self._numbers.items() if entry <= durable}
        for number in done:
            del self._numbers[number]
        self.gateway.journaled(self._journal.path.name, done)

    def _offer(self, picture: Picture) -> None:
        now = time.monotonic()
        has_news = bool(picture.new_alerts)
        is_alone = self._line is None and not self.gateway.has_partners
        if is_alone or (now - self._t_offered_s < OFFER_S and not has_news):
            return
        self._t_offered_s = now
        from vedette.sharing.offering import offers_of, own_name

        watch, said = self._journal.path.stem, self._said.messages(picture)
        if self._is_changed or said != self._offered_of:
            self._is_changed, self._offered_of = False, said
            self._offers = offers_of(
                picture, self._settings.owner, watch=watch, messages=said, has_coverage=True, kept=self._kept
            )
            if isinstance(self._tracks, SharedNumbers):
                self._tracks.look(self._offers, picture, partial(own_name, watch))
        self.gateway.offer(self._tracks.numbered(self._offers, self._settings.owner))


def beside(plan: Any, journal: SqliteJournal, is_played: bool) -> BesideWatch | None:
    """The gateway of a plan; None for a watch that has no node."""
    if plan.node is None:
        return None
    has_anchor = is_played and plan.wall_zero_s is not None and plan.story_zero_tai_ns is not None
    anchor = (plan.wall_zero_s, plan.story_zero_tai_ns) if has_anchor else None
    return BesideWatch(Path(plan.node), journal, is_played, plan.speed, anchor)
