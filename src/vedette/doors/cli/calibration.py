"""`vedette calibration JOURNAL`: how honest the stated doubt was."""

from pathlib import Path


def calibration(journal: Path, /, *, last: int = 200, json: bool = False) -> int:
    """Say how often areas and expectations held what they promised, and whether that is more than chance.

    Catalogued objects are held against their elements, own tracks against their next look, impact areas against the
    truth where a made journal has it beside it. The journal is read once, which leaves a reel beside it: the next time
    is quick. It can be interrupted and goes on.

    Parameters
    ----------
    journal
        A journal that `vedette watch` or `vedette serve` wrote.
    last
        How many of the newest judgements the areas are counted over.
    json
        One JSON document instead of text.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.honesty import run_calibration

    if not 10 <= last <= 1_000_000:
        raise UsageError(f"--last {last}: 10 to 1,000,000 judgements")
    return run_calibration(journal, last, json)
