"""The past: which journals there are, what was known at an instant of one, how beliefs moved, how honest they were.

Nothing is computed here: the replay worker answers, and while it cannot yet the answer is 202 with how far it has come.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.journals import journal_named
from vedette.doors.server.roles import VIEWER, for_role
from vedette.doors.sqlite_journal import CATALOGUE, JournalSummary, SqliteJournal, summary_of
from vedette.time import utc_text_from_tai_ns

_BEFOREHAND = ("notice", CATALOGUE)  # received before anything is seen, days before as it may be
_LEAST_DATED_TAI_NS = 10**17  # what a feed counts from a zero of its own is no date

Name = Annotated[str | None, QueryParameter(description="A journal's file name; the one written now when absent.")]
At = Annotated[
    str | None,
    QueryParameter(
        description="As known then: UTC, +SECONDS after lift-off, or entry:N; now when absent.", max_length=40
    ),
]
From = Annotated[str, QueryParameter(name="from", description="After this instant.", max_length=40)]
To = Annotated[str, QueryParameter(name="to", description="Up to this instant.", max_length=40)]
Most = Annotated[int, QueryParameter(description="How many frames at most.", ge=1, le=2000)]
Span = Annotated[float, QueryParameter(description="How many seconds.", gt=0, le=3600)]
Last = Annotated[int, QueryParameter(description="How many of the newest judgements count.", ge=10, le=100_000)]


def answered(body: bytes) -> Response[bytes]:
    """The worker's JSON as an answer: 202 while it is still making what was asked for."""
    is_waiting = body.startswith(b'{"state":"running"')
    headers = {"Cache-Control": "no-cache", **({"Retry-After": "1"} if is_waiting else {})}
    return Response(body, status_code=202 if is_waiting else 200, media_type="application/json", headers=headers)


def routes(context: ServerContext) -> list[Any]:
    """The handlers."""

    @get("/api/v1/journals", **for_role(VIEWER))
    async def journals(context: Served) -> dict[str, list[dict[str, Any]]]:
        """Every journal here, and the instants that each spans: from the first look to the newest."""
        return {"journals": await asyncio.to_thread(journal_rows, context.journals, context.journal)}

    @get("/api/v1/journals/{name:str}/frames", **for_role(VIEWER))
    async def frames(context: Served, name: FromPath[str], t_from: From, t_to: To, most: Most = 600) -> Response[bytes]:
        """The frames between two instants, oldest first: they fold over the picture at the first."""
        words = {"from": t_from, "to": t_to, "most": most}
        return await asked(context, "frames", name, **words)

    @get("/api/v1/journals/{name:str}/trails", **for_role(VIEWER))
    async def trails(context: Served, name: FromPath[str], at: At = None, last_s: Span = 900.0) -> Response[bytes]:
        """Where every object was believed in the seconds up to an instant: what a page draws behind it."""
        return await asked(context, "trails", name, last_s=last_s, **({"at": at} if at else {}))

    @get("/api/v1/objects/{object_id:str}/history", **for_role(VIEWER))
    async def history(
        context: Served, object_id: FromPath[str], journal: Name = None, at: At = None
    ) -> Response[bytes]:
        """How what was believed of an object moved: causes, classes, areas, residuals."""
        words = {"id": object_id, **({"at": at} if at else {})}
        return await asked(context, "history", journal, **words)

    @get("/api/v1/calibration", **for_role(VIEWER))
    async def calibration(context: Served, journal: Name = None, last: Last = 200) -> Response[bytes]:
        """How honest the stated doubt was: areas that held, and looks against what was expected, by source and day."""
        return await asked(context, "calibration", journal, last=last)

    return [journals, frames, trails, history, calibration]


async def asked(context: ServerContext, what: str, journal: str | None, **words: Any) -> Response[bytes]:
    """What the replay worker says of a journal, by its name or the one that is written now."""
    path = journal_named(context.journals, journal, context.journal)
    return answered(await context.replay.ask(what, path, **words))


def journal_rows(journals: list[Path], live: Path | None) -> list[dict[str, Any]]:
    """A row for each journal."""
    return [_row(summary_of(path), live) for path in journals]


def _row(found: JournalSummary, live: Path | None) -> dict[str, Any]:
    first = last = None
    if found.session is not None:
        with SqliteJournal.open(found.path) as journal:
            first, last = journal.store.received_span_tai_ns(without=_BEFOREHAND)
    return {
        "id": found.path.name,
        "entries": found.entry_count,
        "mode": found.session.mode.value if found.session else None,
        "feeds": list(found.session.feeds) if found.session else [],
        "engine_version": found.session.engine_version if found.session else None,
        "is_live": live is not None and found.path.name == live.name,
        "t_first_utc": _utc(first),
        "t_last_utc": _utc(last),
        "trouble": found.trouble or None,
    }


def _utc(t_tai_ns: int | None) -> str | None:
    return None if t_tai_ns is None or t_tai_ns < _LEAST_DATED_TAI_NS else utc_text_from_tai_ns(t_tai_ns)
