"""The truth behind a journal, when a story was played into it: made again, and believed only when it fits.

A journal names the story and its seed in its session. The story is made again and its looks are held against those of
the journal, number by number; where they differ it is another night, and no score is given.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vedette.core.errors import UsageError
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session
from vedette.exercise.play import sample_instants
from vedette.reports import Scan
from vedette.scenario import Made, make_scenario, packaged_stories, read_story

_STORY = re.compile(r"scenario:(?P<name>[^?#]+?)(?:[?#](?:seed=)?(?P<seed>\d+))?")
CHECKED_SCANS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """A story as it was played, and how many looks of the journal it was recognised by."""

    made: Made
    checked_scans: int

    @property
    def instants(self) -> list[int]:
        """When the picture is looked at for the score."""
        return sample_instants(self.made)


def truth_of(path: str | Path, seed: int | None = None) -> tuple[Truth | None, str]:
    """The truth behind a journal, or None and the reason; `seed` when it is not the first (1).

    UsageError when a seed is given and its looks are not those of the journal: somebody is mistaken.
    """
    with SqliteJournal.open(path) as journal:
        named = _story_of(journal.session)
        if named is None:
            return None, "no story was played into this journal: there is no truth to hold it against"
        name, told = named
        if name not in packaged_stories() and not Path(name).is_file():
            return None, f"the story {name!r} is not here"
        tried = seed if seed is not None else 1 if told is None else told
        made = make_scenario(read_story(name), tried)
        scans = (event for event in journal.events() if isinstance(event, Scan))
        checked = _same(made, scans)
    if checked is not None:
        return Truth(made, checked), ""
    if seed is not None:
        raise UsageError(f"{path}: the looks are not those of story {name!r} with seed {seed}; is it another seed?")
    return None, f"the looks are not those of story {name!r} with seed {tried}: say the seed with --seed"


def _story_of(session: Session) -> tuple[str, int | None] | None:
    for feed in session.feeds:
        if found := _STORY.fullmatch(feed):
            return found["name"], None if found["seed"] is None else int(found["seed"])
    return None


def _same(made: Made, scans: "object") -> int | None:
    """How many looks were compared, all alike; None when one differs."""
    checked = 0
    for one, other in zip(made.scans, scans, strict=False):  # type: ignore[call-overload]
        if not _alike(one, other):
            return None
        checked += 1
        if checked == CHECKED_SCANS:
            break
    return checked or None


def _alike(one: Scan, other: Scan) -> bool:
    return (
        one.sensor_id == other.sensor_id
        and one.t_received_tai_ns == other.t_received_tai_ns
        and np.array_equal(one.t_measured_tai_ns, other.t_measured_tai_ns)
        and np.array_equal(one.values, other.values, equal_nan=True)
    )
