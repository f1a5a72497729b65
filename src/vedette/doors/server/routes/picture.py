"""`GET /api/v1/picture`: the picture whole, now as `--json` would write it, or as it was known at an instant."""

from typing import Any

from litestar import Response, get

from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.roles import VIEWER, for_role
from vedette.doors.server.routes.replay import At, Name, asked
from vedette.doors.wire import json_bytes


@get("/api/v1/picture", **for_role(VIEWER))
async def picture(context: Served, journal: Name = None, at: At = None) -> Response[bytes]:
    """The newest picture, its entry and frame in the headers; with `at` or `journal`, the snapshot of that instant."""
    if at is not None or journal is not None:
        return await asked(context, "picture", journal, at=at or "end")
    hub = context.hub
    headers = {"ETag": f'"{hub.seq}"', "X-Vedette-Entry": str(hub.entry), "Cache-Control": "no-cache"}
    return Response(json_bytes(hub.picture), media_type="application/json", headers=headers)


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [picture]
