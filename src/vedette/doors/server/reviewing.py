"""A review: the console on journals that are kept, read only, with nothing watched.

No worker runs and no desk is followed; the worker's state, which every page hears with the heartbeat, is `review`.
Pages open the past by themselves then, and every request that would change anything is refused.
"""

from pathlib import Path
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.doors.data_dir import journals_dir_of
from vedette.doors.server.context import ServerContext, make_context
from vedette.doors.server.opening import Opening
from vedette.doors.server.pipe import WatchPlan
from vedette.doors.sqlite_journal import list_journals, summary_of
from vedette.reports import Mode

REVIEW = "review"  # the state of a worker that is not there
_CHANGES_NOTHING = ("/api/v1/session/", "/api/v1/whatif")  # of what is posted


def run_review(named: tuple[str, ...], data_dir: Path | None, opening: Opening, is_quiet: bool = False) -> int:
    """Until Ctrl-C; 0. NotFoundError without a journal, RefusedError when it may not be shown so."""
    from vedette.doors.server.serving import serve_context

    return serve_context(context_for(named, data_dir), opening, is_quiet)


def context_for(named: tuple[str, ...], data_dir: Path | None) -> ServerContext:
    """A server of these journals, or of all that a data directory keeps; of the gravest mode among them."""
    folder = journals_dir_of(data_dir)
    paths = tuple(_found(one, folder) for one in named)
    if len({path.name for path in paths}) < len(paths):
        raise UsageError("two of these journals have one name; review them one at a time")
    told = [summary_of(path) for path in paths] if named else list_journals(folder)
    modes = {one.session.mode for one in told if one.session is not None}
    if not modes:
        why = f"; {told[0].trouble}" if told and told[0].trouble else ""
        raise NotFoundError(f"no journal to review in {folder}{why}; `vedette watch` writes one, or name its file")
    mode = next(one for one in (Mode.REAL, Mode.EXERCISE, Mode.TEST, Mode.SIMULATED) if one in modes)
    context = make_context(WatchPlan(mode=mode.value, data_dir=None if data_dir is None else str(data_dir)))
    context.reviewed = paths
    context.worker.state = REVIEW
    return context


def read_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard of every route of a review."""
    if connection.scope.get("method", "GET") != "GET" and not connection.url.path.startswith(_CHANGES_NOTHING):
        cure = "`vedette serve` and `vedette alert` act on what is now"
        raise RefusedError(f"this is a review of the past, and read only; {cure}")


def _found(word: str, folder: Path) -> Path:
    for path in (Path(word), folder / word, folder / f"{word}.sqlite"):
        if path.is_file():
            return path.absolute()
    raise NotFoundError(f"no journal {word}, as a file or in {folder}; `vedette journal list` shows the ones there are")
