"""`vedette registration FEED... --references FILE`: what the sensors read too much."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def registration(
    *feeds: str,
    references: Path,
    sensors: Path | None = None,
    data_dir: Path | None = None,
    json: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Find every sensor's constant errors (range, angles, clock) from objects whose orbits are known.

    Says since when each is known, how much doubt is left, what cannot be told and why, and raises an alarm when an
    error steps or drifts. `vedette watch --references FILE` does the same while it tracks.

    Parameters
    ----------
    feeds
        Scan files, directories, or - for standard input.
    references
        Orbits of known objects: element sets, or TOML with a state and its sigmas.
    sensors
        TOML file that describes the sensors.
    data_dir
        Where the journal is kept.
    json
        One JSON document at the end.
    quiet
        No words on stderr.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.watching import WatchOptions, run_watch

    if not feeds:
        raise UsageError("nothing to register: name a scan file, a directory, or - for standard input")
    return run_watch(
        WatchOptions(
            feeds=feeds,
            references=references,
            sensors=sensors,
            data_dir=data_dir,
            output="registration-json" if json else "registration",
            is_quiet=quiet,
        )
    )
