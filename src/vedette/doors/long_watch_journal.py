"""A day's journal from a seed: made whole or not at all, with what was true in a file beside it."""

from collections.abc import Callable
from pathlib import Path

from vedette.core.errors import UsageError
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.wire import json_bytes
from vedette.exercise.long_watch import long_watch

COMMIT_EVERY = 2_000


def truth_path_of(journal: Path) -> Path:
    """Where what was true in a made journal stands: `JOURNAL.truth.json`."""
    return journal.with_name(journal.name + ".truth.json")


def make_long_journal(
    path: Path,
    hours: float,
    seed: int,
    objects: int,
    launches: int,
    quiet_s: float,
    tell: Callable[[float], None] | None = None,
) -> int:
    """Write a journal of so many hours, and return how many entries it has; UsageError when it exists."""
    if path.exists():
        raise UsageError(f"{path} exists already; a journal is never overwritten, so give another name")
    made = long_watch(hours, seed, objects, launches, quiet_s)
    aside = path.with_name(path.name + ".part")
    aside.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with SqliteJournal.create(aside, made.session) as journal:
        for number, event in enumerate(made.events, 1):
            journal.append_event(event)
            if number % COMMIT_EVERY == 0:
                journal.commit()
                if tell is not None:
                    tell(number / len(made.events))
    truth_path_of(path).write_bytes(json_bytes({"seed": seed, "hours": hours, "nights": made.truths}) + b"\n")
    aside.rename(path)
    return len(made.events)
