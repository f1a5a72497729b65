"""Parts of the newest picture by themselves: the timeline, the objects, one object."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from vedette.core.errors import NotFoundError
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.pages import Cursor, Most, Name, answer, page
from vedette.doors.server.roles import VIEWER, for_role

Kind = Annotated[str | None, QueryParameter(max_length=60, description="only events of this kind")]
Of = Annotated[str | None, QueryParameter(max_length=200, description="only events of this object")]


@get("/api/v1/events", sync_to_thread=False, **for_role(VIEWER))
def events(
    request: Request[Any, Any, Any],
    context: Served,
    kind: Kind = None,
    object_id: Of = None,
    most: Most = 200,
    cursor: Cursor = None,
) -> Response[bytes]:
    """The timeline, oldest first: what was said, when it happened and when it could be said."""
    rows = [
        one
        for one in context.hub.picture.get("events", ())
        if kind in (None, one["kind"]) and object_id in (None, one["object_id"])
    ]
    return answer(request, page(rows, "events", cursor, most))


@get("/api/v1/objects", sync_to_thread=False, **for_role(VIEWER))
def objects(
    request: Request[Any, Any, Any], context: Served, most: Most = 200, cursor: Cursor = None
) -> Response[bytes]:
    """Every object believed in, in the order they were found."""
    return answer(request, page(list(context.hub.picture.get("objects", ())), "objects", cursor, most))


@get("/api/v1/objects/{name:str}", sync_to_thread=False, **for_role(VIEWER))
def one_object(request: Request[Any, Any, Any], context: Served, name: Name) -> Response[bytes]:
    """One object of the newest picture, with its alerts and what it may be."""
    picture = context.hub.picture
    for one in picture.get("objects", ()):
        if one["id"] == name:
            more = {
                "alerts": [alert for alert in picture["alerts"] if alert["object_id"] == name],
                "candidates": [each for each in picture["candidates"] if each["object_id"] == name],
            }
            return answer(request, {**one, **more})
    raise NotFoundError(f"there is no object {name!r} in the newest picture")


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [events, objects, one_object]
