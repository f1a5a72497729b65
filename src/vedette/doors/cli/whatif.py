"""`vedette whatif JOURNAL`: the same reports without a sensor or a notice, or under another policy."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def whatif(
    journal: Path,
    /,
    *,
    without: tuple[str, ...] = (),
    without_notice: tuple[str, ...] = (),
    policy: Path | None = None,
    json: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Say what a journal would have come to without a sensor or a notice, or under another policy.

    The journal is played twice, as it is and as asked, and the difference is told object by object: confirmed 74 s
    later, never confirmed, impact area 2.1 times larger, matches no notice. Nothing is changed in the journal. Objects
    of the two runs are paired by where they were, not by name.

    Parameters
    ----------
    journal
        A journal that `vedette watch` wrote; `vedette journal list` shows the ones there are.
    without
        A sensor to leave out. May be given more than once.
    without_notice
        The id of a notice to leave out, with what was said about it later. May be given more than once.
    policy
        The policy to judge by, as `vedette watch --policy` takes it.
    json
        One JSON document: both runs and every difference.
    quiet
        No progress on stderr.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.whatif import run_whatif

    if not (without or without_notice or policy):
        raise UsageError("nothing to be otherwise: give --without SENSOR, --without-notice ID or --policy FILE")
    return run_whatif(journal, without, without_notice, policy, json, quiet)
