"""`GET /api/v1/picture`: the newest picture whole, as `--json` would write it."""

from typing import Any

from litestar import Response, get

from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.roles import VIEWER, for_role
from vedette.doors.wire import json_bytes


@get("/api/v1/picture", sync_to_thread=False, **for_role(VIEWER))
def picture(context: Served) -> Response[bytes]:
    """The newest picture; its entry of the journal and the number of its frame are in the headers."""
    hub = context.hub
    headers = {"ETag": f'"{hub.seq}"', "X-Vedette-Entry": str(hub.entry), "Cache-Control": "no-cache"}
    return Response(json_bytes(hub.picture), media_type="application/json", headers=headers)


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [picture]
