"""Notices among the reports of a watch: each comes before the first report that was received after it."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vedette.core.errors import BadInputError
from vedette.doors.notice_store import notices_in
from vedette.engine import Event
from vedette.reports import Notice, Scan


def notices_of(path: Path | None) -> list[Notice]:
    """The notices of a file, or of a data directory, by the time they were received.

    One that does not say when it was received was received when it was issued. What cannot be read is named on stderr.
    """
    if path is None:
        return []
    kept = []
    for found in notices_in(path / "notices.jsonl" if path.is_dir() else path, _NOT_SAID):
        if isinstance(found, BadInputError):
            sys.stderr.write(f"set aside: {found}\n")
        else:
            kept.append(_received(found))
    return sorted(kept, key=lambda one: (one.t_received_tai_ns, one.notice_id, one.version))


def with_notices(events: Iterable[Event], path: Path | None) -> Iterator[Event]:
    """The events, and each notice before the first scan received after it."""
    waiting = notices_of(path)
    place = 0
    for event in events:
        if isinstance(event, Scan):
            while place < len(waiting) and waiting[place].t_received_tai_ns <= event.t_received_tai_ns:
                yield waiting[place]
                place += 1
        yield event
    yield from waiting[place:]


_NOT_SAID = -(2**62)


def _received(notice: Notice) -> Notice:
    if notice.t_received_tai_ns != _NOT_SAID:
        return notice
    return replace(notice, t_received_tai_ns=notice.t_issued_tai_ns)
