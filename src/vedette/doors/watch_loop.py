"""The loop every run shares: take a report, journal it, advance, tell.

Nothing is told before the journal has it safely on disk, so that whatever was read on a screen can be replayed. Live,
replay and demo differ only in where the records come from and who listens.
"""

import time
from collections.abc import Iterable
from typing import Any, Protocol

from vedette.core.constants import NS_PER_S
from vedette.doors.reporters import Reporter
from vedette.engine import Event, FeedEnded, Picture, Session, advance, open_picture, when
from vedette.reports import Scan

COMMIT_EVERY_S = 0.2  # at most this much of a quiet feed is lost by a power cut


class Journal(Protocol):
    """Where events are kept before anything is said of them."""

    def append_event(self, event: Event) -> int:
        """Take an event; not yet durable."""
        ...

    def commit(self) -> object:
        """Make everything appended durable; what it gives is not looked at."""
        ...


def watch_loop(
    events: Iterable[Event | None],
    session: Session,
    reporter: Reporter,
    journal: Journal | None = None,
    speed: float | None = None,
    hear: Any = None,
    is_replay: bool = False,
    picture: Picture | None = None,
) -> Picture:
    """Fold events into a picture, telling `reporter` as it grows; `speed` paces by received time, None is flat out.

    `hear(picture, event)`, when given, is called after every event, said anything or not. A replay ends where its
    journal ends; a live run that reaches the end of its feeds says so to the engine. An event of None is a pause: what
    is held goes to disk, and `hear` may redraw. A `picture` given (of a journal that is resumed) is gone on with.
    """
    picture = open_picture(session) if picture is None else picture
    pace = Pace(speed)
    t_committed = time.monotonic()
    is_over = False
    for event in events:
        if event is None:
            if journal is not None:
                journal.commit()
                t_committed = time.monotonic()
            if hear is not None:
                hear(picture, None)
            continue
        if session.until is not None and _is_past(event, picture, session.until):
            is_over = True
            break
        if isinstance(event, Scan):
            pace.wait_for(event.t_received_tai_ns)
        if journal is not None:
            journal.append_event(event)
        picture = advance(picture, event)
        has_news = bool(picture.new_findings or picture.new_alerts)
        if journal is not None and (has_news or time.monotonic() - t_committed > COMMIT_EVERY_S):
            journal.commit()
            t_committed = time.monotonic()
        if has_news:
            _keep_said(journal, picture)
        if hear is not None:
            hear(picture, event)
        if has_news:
            reporter.said(picture)
    if not (is_over or is_replay or picture.is_ended):
        ended = FeedEnded()
        if journal is not None:
            journal.append_event(ended)
        picture = advance(picture, ended)
        if journal is not None:
            journal.commit()
        if picture.new_findings or picture.new_alerts:
            _keep_said(journal, picture)
            reporter.said(picture)
    if journal is not None:
        journal.commit()
    predict_to = session.predict_to
    reporter.finish(picture, when(predict_to, picture.t_liftoff_tai_ns) if predict_to else None)
    return picture


def _keep_said(journal: Journal | None, picture: Picture) -> None:
    """Beside the journal too, where it keeps what was said: an engine to come may say otherwise."""
    keep = getattr(journal, "note_said", None)
    if keep is not None:
        keep(picture)


def _is_past(event: Event, picture: Picture, until: str) -> bool:
    if not isinstance(event, Scan):
        return False
    is_relative = not until.strip()[:1].isdigit() or "-" not in until
    if is_relative and picture.t_liftoff_tai_ns is None:
        return False  # no lift-off yet to count from
    return event.t_received_tai_ns > when(until, picture.t_liftoff_tai_ns)


class Pace:
    """Holds a replay back to a multiple of real time, by received times."""

    def __init__(self, speed: float | None) -> None:
        self.speed = speed
        self._zero: tuple[float, int] | None = None

    def wait_for(self, t_received_tai_ns: int) -> None:
        """Sleep until this instant is due; a jump of more than a minute is passed over at once."""
        if self.speed is None:
            return
        now = time.monotonic()
        if self._zero is None:
            self._zero = (now, t_received_tai_ns)
            return
        due = self._zero[0] + (t_received_tai_ns - self._zero[1]) / NS_PER_S / self.speed
        if due - now > 60.0 or due < now - 5.0:
            self._zero = (now, t_received_tai_ns)
            return
        if due > now:
            time.sleep(due - now)
