"""What a track rested on at an instant of a journal, without playing the journal from its first entry.

The engine is thawed at the instant and asked when the track was first looked at; then thawed at the last checkpoint
before that, and played from there with somebody listening. What comes out is `vedette explain --at`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError
from vedette.doors.checkpoints import thaw
from vedette.doors.explaining import explain_document
from vedette.doors.seeking import Reading
from vedette.engine import Picture, advance, open_picture
from vedette.engine.track_history import TrackHistory
from vedette.reports import Scan

Tell = Callable[[int, int], None]
BEFORE_S = 60.0  # before the first look that is remembered: what lost to it is told too


def picture_after(reading: Reading, entry: int) -> Picture:
    """The engine as it stood after an entry: the nearest checkpoint, and the entries from there."""
    start, picture = _thawed(reading, entry)
    for number, event in enumerate(reading.journal.events(start + 1), start + 1):
        if number > entry:
            break
        picture = advance(picture, event)
    return picture


def entry_at(reading: Reading, at: str | None) -> int:
    """The last entry that was known at an instant: before the first look that was heard later."""
    newest = reading.journal.store.newest_entry()
    if at is None:
        return newest
    entry, t_tai_ns = reading.instant(at)
    if entry is not None:
        return min(entry, newest)
    first = reading.picture_at(at)["entry"]
    for number, event in enumerate(reading.journal.events(first + 1), first + 1):
        if isinstance(event, Scan) and event.t_received_tai_ns > t_tai_ns:
            return number - 1
    return newest


def evidence_from_reel(path: Path, name: str, at: str | None, tell: Tell | None = None) -> dict[str, Any] | None:
    """`evidence_at` by the reel beside a journal; None where there is none that reaches so far."""
    try:
        reading = Reading.open(path, is_maker=False)
    except NotFoundError:
        return None
    try:
        is_there = reading.reaches(at) if at is not None else reading.reel.checkpoint(2**62) is not None
        return evidence_at(reading, name, at, tell) if is_there else None
    finally:
        reading.close()


def evidence_at(reading: Reading, name: str, at: str | None, tell: Tell | None = None) -> dict[str, Any]:
    """The document of `vedette explain JOURNAL NAME --at`; NotFoundError when there was no such object or track.

    `tell` is given how many entries are done, of how many.
    """
    last = entry_at(reading, at)
    first = _first_entry(reading, picture_after(reading, last), name, last)
    history = TrackHistory(name)
    start, picture = _thawed(reading, first)
    for number, event in enumerate(reading.journal.events(start + 1), start + 1):
        if number > last:
            break
        history.before(picture, event)
        picture = advance(picture, event)
        history.after(picture, event)
        if tell is not None:
            tell(number - start, last - start)
    return explain_document(history.story(picture), picture)


def _thawed(reading: Reading, entry: int) -> tuple[int, Picture]:
    found = reading.reel.checkpoint(entry)
    picture = None if found is None else thaw(found[1])
    if found is None or picture is None:
        return 0, open_picture(reading.journal.session)
    picture.new_findings, picture.new_alerts = (), ()
    return found[0], picture


def _first_entry(reading: Reading, picture: Picture, name: str, last: int) -> int:
    """An entry before anything was heard of a track; 0 when nobody can say."""
    for follower in picture.followers.values():
        tracker, track_of = getattr(follower, "tracker", None), getattr(follower, "track_of", None)
        if tracker is None:
            continue
        track_id = (track_of(name) if track_of is not None else None) or name
        try:
            looks = tracker.looks(track_id)
        except NotFoundError:
            continue
        if len(looks):
            t = int(looks.t_measured_tai_ns.min()) - round(BEFORE_S * NS_PER_S)
            for kept in reading.reel.chunk_at(t):
                if kept.t_tai_ns <= t:
                    return min(last, kept.entry)
            return 0
    return 0
