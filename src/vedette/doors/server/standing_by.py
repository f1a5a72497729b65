"""A watch that stands by: it reads the journal of the one that acts as it grows, and goes on where that one stops.

The picture is kept warm, so that nothing need be read again when it takes over: the rest of the journal, and it goes on
in the same file, with the same alerts.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from vedette.core.errors import UnreachableError, VedetteError
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.node.acting import Acting, end_stale, seat_of
from vedette.doors.proposing import Proposer
from vedette.doors.server.pipe import Catalogue, Caught, Standing, Waits, WatchPlan
from vedette.doors.server.resuming import digest_of
from vedette.doors.sqlite_journal import ENDED, SqliteJournal
from vedette.engine import CatalogueGiven, FeedEnded, Picture, advance, open_picture

LOOK_S = 0.1  # between two looks at the journal and the lease
FREE_S = 5.0  # one that only stands by leaves a free lease to who comes back for so long
TELL_S = 1.0


class Followed:
    """A journal that another process writes, and the picture it has grown to."""

    def __init__(self, path: Path, proposer_of: Any) -> None:
        self.path = path
        self.journal = SqliteJournal.open(path)
        self.picture: Picture = open_picture(self.journal.session)
        self.proposer: Proposer = proposer_of(self.journal)
        self.entry, self.is_over = 0, False
        self.store = self  # for whoever asks a journal how long it is
        self.session = self.journal.session

    @property
    def entry_count(self) -> int:
        """How far it was read."""
        return self.entry

    def commit(self) -> int:
        """Nothing is written here."""
        return self.entry

    def catch_up(self, teller: Any = None) -> int:
        """Read what was added; how many entries."""
        before, t_told = self.entry, time.monotonic()
        if self.journal.store.newest_entry() <= before:
            return 0
        for event in self.journal.events(before + 1):
            self.picture = advance(self.picture, event)
            self.entry += 1
            self.proposer.recall(event, self.entry)
            self.is_over = isinstance(event, FeedEnded)
            if teller is None:
                continue
            if isinstance(event, CatalogueGiven):
                teller.send(Catalogue(packed=event.packed, sha256=event.sha256, source=event.source))
            if self.picture.new_findings or self.picture.new_alerts:
                teller.said(self.picture)
            elif time.monotonic() - t_told > TELL_S:
                t_told = time.monotonic()
                teller.send(Caught(entry=self.entry, of=self.entry))
        return self.entry - before

    def close(self) -> None:
        """Read no more."""
        self.journal.close()


def stand_by(plan: WatchPlan, acting: Acting, control: Any, teller: Any, proposer_of: Any) -> Followed | None:
    """Return once this process acts; with the journal to go on with, when there was one that was followed.

    None too when the server wants no more of it: `control.is_stopping` says so.
    """
    followed: Followed | None = None
    t_free: float | None = None
    said = ""
    is_first, t_told = True, 0.0
    away: list[str] = []
    while not control.is_stopping.is_set():
        with _store_away(away, teller):
            holder = acting.holder()
            if holder in ("", acting.seat):
                t_free = time.monotonic() if t_free is None else t_free
                is_due = not plan.is_standby or followed is not None or time.monotonic() - t_free > FREE_S
                if is_due and acting.try_take():
                    break
            else:
                t_free = None
                words = f"this one stands by: {holder} acts; it takes over when that one falls silent, or hands back"
                if words != said:
                    said = words
                    sys.stderr.write(words + "\n")
                    teller.send(Standing(sentence=words))
                followed = _follow(plan, acting, followed, teller, proposer_of)
                if followed is not None and followed.catch_up(None if is_first else teller):
                    if is_first:
                        teller.begin_following(followed.picture, followed)
                        is_first = False
                    else:
                        teller.heard(followed.picture, None)
        if time.monotonic() - t_told > TELL_S:
            t_told = time.monotonic()
            teller.alive()
            _attach_desks(plan, followed)
            acting.stand_by(0 if followed is None else followed.entry)
        control.is_stopping.wait(LOOK_S)
    if control.is_stopping.is_set():
        if followed is not None:
            followed.close()
        return None
    seat = seat_of(acting.store)
    if followed is not None or (seat is not None and plan.is_standby):
        if end_stale(seat if seat is not None and seat.seat != acting.seat else None):
            sys.stderr.write("the one that acted before still stood and held what it had: it was ended\n")
        if followed is not None:
            followed.catch_up()
    if said:
        teller.send(Standing(sentence=""))
        sys.stderr.write(f"{acting.seat} acts now, token {acting.token}\n")
    return followed


@contextmanager
def _store_away(said: list[str], teller: Any) -> Iterator[None]:
    """A store that does not answer ends nobody's standing by: it is said, and asked again."""
    try:
        yield
    except UnreachableError as trouble:
        if not said:
            said.append(str(trouble))
            sys.stderr.write(f"{trouble}; it is asked again\n")
            teller.send(Waits(sentence=f"the node's store does not answer: {trouble}"))
        return
    if said:
        said.clear()
        teller.send(Waits(sentence=""))


def attach(plan: WatchPlan, path: Path) -> None:
    """A journal that another machine writes into the server of the node's store, through a file here."""
    if path.exists() or plan.node is None:
        return
    from vedette.doors.alert_desk import attach_desks
    from vedette.doors.journal_store import JournalStore
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.server_entries import journal_address

    _, settings = read_node(Path(plan.node))
    if "://" in settings.store:
        path.parent.mkdir(parents=True, exist_ok=True)
        JournalStore.attach(path, journal_address(settings.store, path.stem)).close()
        attach_desks(Path(plan.node))


def journal_to_go_on_with(
    plan: WatchPlan, acting: Acting, followed: Followed | None, left: Path | None
) -> Path | None:
    """The journal to go on with: the one followed, unless its watch has ended; else that of who acted last, if it
    watched the same and was not ended; else what the server remembers."""
    if followed is not None:
        return None if followed.is_over else followed.path
    seat = seat_of(acting.store)
    if seat is None or seat.plan is None or not seat.journal or digest_of(seat.plan) != digest_of(plan):
        return left
    path = journals_dir_of(plan.data_dir) / seat.journal
    try:
        attach(plan, path)
        with SqliteJournal.open(path) as journal:
            last = journal.store.entry_count
            is_over = any(True for _ in journal.store.read_kind(ENDED, last, last))
    except UnreachableError:  # a server that does not answer now: no reason to begin another journal
        raise
    except VedetteError:
        return left
    return left if is_over else path


def _attach_desks(plan: WatchPlan, followed: Followed | None) -> None:
    """The first alert of a watch makes its desk: who stands by on another machine looks for it."""
    if plan.node is None or followed is None or followed.journal.store.server_address is None:
        return
    from vedette.doors.alert_desk import attach_desks

    with suppress(VedetteError, OSError):
        attach_desks(Path(plan.node))


def _follow(
    plan: WatchPlan, acting: Acting, followed: Followed | None, teller: Any, proposer_of: Any
) -> Followed | None:
    """The journal of who acts now; the one before while it is the same."""
    seat = seat_of(acting.store)
    if seat is None or not seat.journal:
        return followed
    path = journals_dir_of(plan.data_dir) / seat.journal
    if followed is not None and followed.path == path:
        return followed
    try:
        attach(plan, path)
        found = Followed(path, proposer_of)
    except VedetteError:
        return followed  # not there yet
    if followed is not None:
        followed.close()
    return found
