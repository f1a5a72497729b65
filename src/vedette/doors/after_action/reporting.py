"""The after-action report of a journal: as a document, and as one page that needs nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from vedette.doors.after_action.document import report_of
from vedette.doors.after_action.gathering import gather
from vedette.doors.after_action.page import page
from vedette.doors.after_action.truth import truth_of


def report_document(
    journal_path: str | Path,
    *,
    at: str | None = None,
    seed: int | None = None,
    data_dir: str | Path | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Everything the report tells, JSON-ready.

    Parameters
    ----------
    journal_path
        A journal that a watch wrote; it is played again and not changed.
    at
        Up to what was received by this instant (UTC, or T+120 after lift-off); whole when None.
    seed
        Of the story that was played into it, when it was another than the first; a seed that does not fit is refused.
    data_dir
        Where the alerts' records are; found beside the journal when None.
    tell
        Called with (entries done, entries) now and then.
    """
    truth, why = truth_of(journal_path, seed)
    gathered = gather(journal_path, at, instants=truth.instants if truth is not None else (), tell=tell)
    return report_of(gathered, truth, why, None if data_dir is None else Path(data_dir), at)


def report_html(
    journal_path: str | Path,
    *,
    at: str | None = None,
    seed: int | None = None,
    data_dir: str | Path | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> str:
    """The report as one page of HTML: no script, nothing from outside, the same bytes for the same files."""
    return page(report_document(journal_path, at=at, seed=seed, data_dir=data_dir, tell=tell))
