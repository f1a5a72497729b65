"""`/api/v1/catalogue/...`: who is in the catalogue that the watch uses, and where everything is at an instant."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import QueryParameter

from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.roles import VIEWER, for_role
from vedette.time import tai_ns_from_utc_text

MOST_ROWS = 50_000
At = Annotated[str | None, QueryParameter(description="UTC; without it the picture's own time", max_length=40)]


class CatalogueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One object: the index is that of the binary frames."""

    index: int
    number: int
    id: str
    name: str
    kind: str


class CatalogueList(msgspec.Struct, frozen=True, kw_only=True):
    """Objects in the order of their index; `next` is where the list goes on, null at its end."""

    sha256: str
    count: int
    objects: list[CatalogueRow]
    next: int | None


@get("/api/v1/catalogue/objects", sync_to_thread=True, **for_role(VIEWER))
def catalogue_objects(
    context: Served,
    start: Annotated[int, QueryParameter(ge=0, le=10**8, description="the first index")] = 0,
    most: Annotated[int, QueryParameter(ge=1, le=MOST_ROWS, description="how many at most")] = MOST_ROWS,
) -> Response[CatalogueList]:
    """Who is in the catalogue that looks are held against; an empty list without one."""
    watch = context.catalogue
    if watch.positions is None:
        return Response(CatalogueList(sha256="", count=0, objects=[], next=None))
    rows = watch.positions.rows()
    page = [CatalogueRow(**row) for row in rows[start : start + most]]  # type: ignore[arg-type]
    following = start + most if start + most < len(rows) else None
    listed = CatalogueList(sha256=watch.sha256, count=len(rows), objects=page, next=following)
    return Response(listed, headers={"ETag": f'"{watch.sha256[:16]}-{start}-{most}"', "Cache-Control": "no-cache"})


@get("/api/v1/catalogue/positions", media_type="application/octet-stream", **for_role(VIEWER))
async def catalogue_positions(
    context: Served,
    at: At = None,
) -> Response[bytes]:
    """A binary frame of kind 1: where everything is at an instant."""
    watch = context.catalogue
    try:
        t_tai_ns = watch.now_tai_ns() if at is None else tai_ns_from_utc_text(at)
    except (ValueError, OverflowError) as trouble:
        raise ClientException(f"at={at!r}: {trouble}; write UTC like 2031-04-01T12:00:00Z") from None
    frame = await watch.frame(t_tai_ns)
    if frame is None:
        raise NotFoundException("the watch holds no catalogue; begin it with --catalogue")
    return Response(frame, media_type="application/octet-stream")


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [catalogue_objects, catalogue_positions]
