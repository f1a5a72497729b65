"""What a rehearsed story should come to: the reviewed table beside a pack of stories, read by the judge alone.

    [FA-01]
    outcome = "NO ALERT"             # one of the words of `story_outcome.Outcome`; "CANCELLED < 60 s" sets a limit
    true_cause = "moon-or-sun"       # one of `reports.Cause`, or a list where several things were really there
    why = "..."                      # the rule that asks for it
    sources = ["..."]

Neither the maker of a story nor the engine ever reads this table.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, NotFoundError
from vedette.reports import Cause

TABLE = "expected.toml"
_LIMITED = re.compile(r"(?P<word>[A-Z][A-Z ]*[A-Z])(?: < (?P<limit>[0-9.]+) s)?")
_KEYS = {"outcome", "true_cause", "why", "sources", "rules"}


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the table."""

    id: str
    word: str
    limit_s: float | None  # the outcome must have come about within so many seconds
    true_causes: tuple[Cause, ...]
    why: str
    sources: tuple[str, ...]
    rules: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """As it is written in the table."""
        return self.word if self.limit_s is None else f"{self.word} < {self.limit_s:g} s"

    @property
    def true_cause(self) -> str:
        """The causes as one word for a table."""
        return " + ".join(self.true_causes)


def read_expected(folder: Path) -> dict[str, Expected]:
    """The table of a pack of stories; errors name the line's key."""
    path = folder / TABLE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"no table of expected outcomes at {path}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise BadInputError(f"not a TOML file: {trouble}", str(path)) from None
    return {key: _line(key, table, f"{path}: {key}") for key, table in document.items()}


def _line(key: str, table: Any, where: str) -> Expected:
    if not isinstance(table, dict):
        raise BadInputError(f"{table!r} is not a table", where, f"write [{key}]")
    if unknown := sorted(set(table) - _KEYS):
        raise BadInputError(f"unknown key {unknown[0]}", where, f"known: {', '.join(sorted(_KEYS))}")
    said = _LIMITED.fullmatch(str(table.get("outcome", "")))
    if said is None:
        raise BadInputError(f"outcome = {table.get('outcome')!r}", where, 'write "NO ALERT" or "CANCELLED < 60 s"')
    causes = table.get("true_cause", [])
    causes = causes if isinstance(causes, list) else [causes]
    for cause in causes:
        if cause not in set(Cause):
            raise BadInputError(f"no cause {cause!r}", where, f"there are {', '.join(Cause)}")
    if not causes or not table.get("sources"):
        raise BadInputError("true_cause and sources are needed", where, "say what it really was, and who says so")
    limit = said["limit"]
    return Expected(
        id=key,
        word=said["word"],
        limit_s=None if limit is None else float(limit),
        true_causes=tuple(Cause(cause) for cause in causes),
        why=str(table.get("why", "")),
        sources=tuple(map(str, table["sources"])),
        rules=tuple(map(str, table.get("rules", []))),
    )
