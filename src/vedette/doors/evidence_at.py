"""What a track rested on at an instant of a journal, without playing the journal from its first entry.

The engine is thawed at the last checkpoint before the instant and goes on to it; what was heard of the track before is
read from the reel (`reel_lives`). What comes out is `vedette explain --at`.
"""

import time
from pathlib import Path
from typing import Any

from vedette.core.errors import NotFoundError
from vedette.doors.checkpoints import thaw
from vedette.doors.explaining import explain_document
from vedette.doors.reel_lives import SKIPPED, whole_life
from vedette.doors.seeking import THE_END, Reading
from vedette.engine import Picture, advance, open_picture
from vedette.engine.track_history import Life, TrackHistory
from vedette.reports import Scan

LONGEST_S = 5.0  # of going on from a checkpoint: where the reel lags so far behind, others play the journal aside


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
    if at is None or at.strip() == THE_END:
        return newest
    entry, t_tai_ns = reading.instant(at)
    if entry is not None:
        return min(entry, newest)
    first = int(reading.picture_at(at)["entry"])
    for number, event in enumerate(reading.journal.events(first + 1), first + 1):
        if isinstance(event, Scan) and event.t_received_tai_ns > t_tai_ns:
            return number - 1
    return newest


def evidence_from_reel(path: Path, name: str, at: str | None) -> dict[str, Any] | None:
    """`evidence_at` by the reel beside a journal; None where there is none that reaches so far."""
    try:
        reading = Reading.open(path, is_maker=False)
    except NotFoundError:
        return None
    try:
        return evidence_at(reading, name, at)
    finally:
        reading.close()


def evidence_at(reading: Reading, name: str, at: str | None, longest_s: float = LONGEST_S) -> dict[str, Any] | None:
    """The document of `vedette explain JOURNAL NAME --at`; NotFoundError when there was no such object or track.

    None when the reel cannot tell: it does not reach so far, there were more tracks than it listens to, or the track is
    one of a crowd. Then the journal must be played.
    """
    if at is not None and not reading.reaches(at):
        return None
    last = entry_at(reading, at)
    start, picture = _thawed(reading, last)
    if start == 0 and last > 0 and not reading.is_whole:
        return None

    def earlier(known_as: str) -> Life:
        return whole_life(reading.reel.lives(known_as, start))

    history = TrackHistory(name, earlier)
    t_end = time.monotonic() + longest_s
    for number, event in enumerate(reading.journal.events(start + 1), start + 1):
        if number > last:
            break
        history.before(picture, event)
        picture = advance(picture, event)
        history.after(picture, event)
        if time.monotonic() > t_end:
            return None
    story = history.story(picture)
    if reading.reel.lives(SKIPPED, start) or (story.track_id and not story.moments):
        return None
    return explain_document(story, picture)


def _thawed(reading: Reading, entry: int) -> tuple[int, Picture]:
    found = reading.reel.checkpoint(entry)
    picture = None if found is None else thaw(*found[1:])
    if found is None or picture is None:
        return 0, open_picture(reading.journal.session)
    picture.new_findings, picture.new_alerts = (), ()
    return found[0], picture
