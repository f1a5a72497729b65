"""`vedette report JOURNAL`: what happened, what was seen, believed, said and done, on one page."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def report(
    journal: Path,
    *,
    out: Annotated[str | None, Parameter(name=["--out", "-o"])] = None,
    at: str | None = None,
    seed: int | None = None,
    data_dir: Path | None = None,
    json: bool = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Write the after-action report of a journal: one page that opens anywhere, offline, and prints cleanly.

    It holds a summary in words, a map, timelines, what each sensor saw, what was believed and said and when, alerts
    with the people who acted on them, scores where a story was played, whether the doubt was honest, what was
    announced, and health and gaps. The journal is played again through the same engine, and not changed. The page has
    no script and asks for nothing from outside; the same files give the same bytes.

    Parameters
    ----------
    journal
        A journal that `vedette watch`, `serve` or `demo` wrote.
    out
        The page to write; - for standard output. The journal's name with .html when left out.
    at
        Only what was received by this instant: 2031-04-01T12:05:00Z, or T+120 after lift-off.
    seed
        Of the story that was played into the journal, where the journal does not say it. Its looks must be the
        journal's.
    data_dir
        Where the alerts' records are; by default beside the journal.
    json
        The document the page is made from, as JSON on standard output (or in OUT), instead of the page.
    quiet
        No progress.
    """
    from vedette.doors.after_action.files import check_out, write_out
    from vedette.doors.after_action.page import page
    from vedette.doors.after_action.progress import progress
    from vedette.doors.after_action.reporting import report_document
    from vedette.doors.wire import json_bytes

    if out is not None:
        check_out(out)
    told = report_document(journal, at=at, seed=seed, data_dir=data_dir, tell=progress(quiet, "playing the journal"))
    if json:
        return write_out(json_bytes(told, is_pretty=True) + b"\n", out or "-", quiet)
    return write_out(page(told).encode(), out or f"{journal.stem}.html", quiet)
