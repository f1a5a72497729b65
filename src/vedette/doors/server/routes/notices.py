"""What partners announced: how it stands, the windows for the timeline, how each party keeps its word."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from vedette.core.errors import BadInputError, UsageError
from vedette.doors.notice_report import notices_document, parties_document, windows_document
from vedette.doors.notice_store import NoticeStore
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.pages import answer
from vedette.doors.server.roles import VIEWER, for_role
from vedette.formats.notice_json import document_from_notice, notice_from_document
from vedette.reports import Notice
from vedette.time import tai_ns_from_utc_text

At = Annotated[str | None, QueryParameter(description="UTC; without it the picture's own time", max_length=40)]
Hours = Annotated[float | None, QueryParameter(ge=0.0, le=8760.0, description="what opens within so many hours")]
Back = Annotated[float, QueryParameter(ge=0.0, le=8760.0, description="hours before")]
Ahead = Annotated[float, QueryParameter(ge=0.0, le=8760.0, description="hours after")]


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    store = NoticeStore(context.data_dir)

    @get("/api/v1/notices", sync_to_thread=True, **for_role(VIEWER))
    def notices(
        request: Request[Any, Any, Any], context: Served, at: At = None, hours: Hours = None
    ) -> Response[bytes]:
        """Every announced thing as it stands; with `hours` those that are near, and which sensors would see them."""
        t = instant_of(context, at)
        return answer(request, notices_document(known(context, store, t), t, hours))

    @get("/api/v1/notices/windows", sync_to_thread=True, **for_role(VIEWER))
    def windows(
        request: Request[Any, Any, Any], context: Served, at: At = None, back: Back = 24.0, hours: Ahead = 24.0
    ) -> Response[bytes]:
        """The windows around an instant, by their beginning, and everything that is near with who would see it."""
        t = instant_of(context, at)
        found = known(context, store, t)
        return answer(request, {**windows_document(found, t, back, hours), **notices_document(found, t, hours)})

    @get("/api/v1/notices/record", sync_to_thread=True, **for_role(VIEWER))
    def record(request: Request[Any, Any, Any], context: Served, at: At = None) -> Response[bytes]:
        """How well each party has kept its word."""
        t = instant_of(context, at)
        return answer(request, parties_document(known(context, store, t), t))

    return [notices, windows, record]


def instant_of(context: ServerContext, at: str | None) -> int:
    """An instant as it was asked for; else the picture's own time, or now where there is none."""
    text = at if at is not None else context.hub.picture.get("t_now_utc")
    if text is None:
        return now_tai_ns()
    try:
        return tai_ns_from_utc_text(text)
    except (ValueError, OverflowError) as trouble:
        raise UsageError(f"at={text!r}: {trouble}; write UTC like 2031-04-01T12:00:00Z") from None


def known(context: ServerContext, store: NoticeStore, t_tai_ns: int) -> list[Notice]:
    """The notices of the data directory and those that the watch was given, each once, received by an instant."""
    found: dict[str, Notice] = {}
    given = [notice_from_document(one, "the watch", t_tai_ns) for one in context.hub.notices]
    for one in (*store.read(), *(one for one in given if not isinstance(one, BadInputError))):
        document = document_from_notice(one)
        document.pop("received_utc", None)
        found.setdefault(repr(sorted(document.items(), key=lambda item: item[0])), one)
    return [one for one in found.values() if one.t_received_tai_ns <= t_tai_ns]
