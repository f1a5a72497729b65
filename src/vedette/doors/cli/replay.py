"""`vedette replay JOURNAL`: what was known, again."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def replay(
    journal: Path,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    speed: str = "max",
    json: bool = False,
    jsonl: bool = False,
    compare: bool = False,
) -> int:
    """Play a journal again through the same engine; the output is byte for byte that of the live run.

    With --compare it is held against what was said when it was written, by whichever version: every difference is
    told, nothing is rewritten, and the exit code is 1 when there is any.

    Parameters
    ----------
    journal
        A journal that `vedette watch` wrote.
    from_
        Tell only what was declared from this instant on: T+120 or 2031-04-01T12:00:00Z.
    to
        Stop at this instant.
    speed
        A multiple of real time such as 1 or 20, or max.
    json
        One JSON document at the end.
    jsonl
        One JSON line for every event and alert, and a last one with the picture.
    compare
        Tell only what this version says otherwise than was said; --json gives the list as one document.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.cli.watch import speed_of
    from vedette.doors.watching import run_replay

    if json and jsonl:
        raise UsageError("--json and --jsonl are two shapes of the same answer; choose one")
    if compare:
        from vedette.doors.comparing import run_compare

        if from_ or to or jsonl or speed != "max":
            raise UsageError("--compare plays the whole journal; it goes with --json alone")
        return run_compare(journal, json)
    return run_replay(journal, "json" if json else "jsonl" if jsonl else "people", from_, to, speed_of(speed))
