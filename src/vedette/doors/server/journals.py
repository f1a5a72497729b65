"""Journals by name: a name that a client gives is looked up among those that are there, never opened as a path."""

import functools
from collections.abc import Iterable
from pathlib import Path

from vedette.core.errors import NotFoundError
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session


def journal_named(journals: Iterable[Path], name: str | None, now: Path | None) -> Path:
    """The journal of a name, with or without its ending; the one that is written now where none is given."""
    if name is None:
        if now is None:
            raise NotFoundError("nothing is watched now: name a journal; `/api/v1/journals` lists them")
        return now
    for path in journals:  # a name is looked up, never opened
        if name in (path.name, path.stem):
            return path
    raise NotFoundError(f"no journal {name!r} here; `/api/v1/journals` lists them")


@functools.lru_cache(maxsize=16)
def session_of_journal(path: Path) -> Session:
    """What stands in a journal's head, which never changes."""
    with SqliteJournal.open(path) as journal:
        return journal.session
