"""`/api/v1/alerts/stream`: the desk's alerts as server-sent events, for readers that want nothing else.

Every event is a `desk` frame of the WebSocket. Its id names journal and frame; a reader that comes back with
`Last-Event-ID` is given what it missed, or every alert as it stands.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import get
from litestar.params import HeaderParameter
from litestar.response import Stream

from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.hub import Hub
from vedette.doors.server.readers import Reader
from vedette.doors.server.roles import VIEWER, for_role

QUIET_BEATS = 10  # of the heart, one a second, between two signs of life when nothing happens
LastId = Annotated[str | None, HeaderParameter(name="Last-Event-ID", max_length=200)]


@get("/api/v1/alerts/stream", media_type="text/event-stream", **for_role(VIEWER))
async def alert_events(context: Served, last_event_id: LastId = None) -> Stream:
    """Alerts of the desk as they change; first every one as it stands."""
    journal, _, number = (last_event_id or "").rpartition("@")
    resume = int(number) if number.isascii() and number.isdigit() and len(number) < 17 else None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(_told(context.hub, resume, journal or None), media_type="text/event-stream", headers=headers)


async def _told(hub: Hub, resume: int | None, journal: str | None) -> AsyncIterator[str]:
    reader, quiet = Reader(), 0
    hub.join(reader, resume, journal)
    try:
        yield "retry: 1000\n\n"
        while not reader.is_closed:
            if reader.is_behind and hub.has_picture:
                hub.snapshot_given(reader)
                yield event(hub, hub.seq, hub.desk_whole())
                quiet = 0
            frame = reader.take_frame()
            if frame is not None:
                if frame.alert_ids:
                    yield event(hub, frame.seq, frame.text)
                    quiet = 0
                continue
            if reader.take_heartbeat() is not None:
                quiet += 1
                if quiet >= QUIET_BEATS:
                    quiet = 0
                    yield ": all is well\n\n"
            await reader.wait()
    finally:
        hub.leave(reader)


def event(hub: Hub, seq: int, text: str) -> str:
    """One event of the stream; JSON without line breaks."""
    return f"id: {hub.journal}@{seq}\nevent: desk\ndata: {text}\n\n"


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [alert_events]
