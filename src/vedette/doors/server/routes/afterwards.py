"""`GET /api/v1/report` and `/api/v1/export`: a journal told afterwards, as a page or as a file."""

import re
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from vedette.doors.export.media import FORMATS, MEDIA_TYPES
from vedette.doors.server.afterwards import Afterwards
from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.journals import journal_named
from vedette.doors.server.roles import VIEWER, for_role

Name = Annotated[str | None, QueryParameter(description="A journal's file name; the one written now when absent.")]
At = Annotated[
    str | None, QueryParameter(description="Up to what was received by this instant: UTC, or T+120.", max_length=40)
]
Format = Literal["czml", "geojson", "kml", "csv", "parquet"]
Table = Literal["tracks", "objects", "areas", "events", "alerts", "sensors"]
_POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')


def routes(context: ServerContext) -> list[Any]:
    """The handlers, with what they keep."""
    assert set(Format.__args__) == set(FORMATS)  # type: ignore[attr-defined]
    made = Afterwards(context.data_dir)

    @get("/api/v1/report", media_type="text/html", **for_role(VIEWER))
    async def report(
        context: Served, journal: Name = None, at: At = None, document: FromQuery[Literal["html", "json"]] = "html"
    ) -> Response[bytes]:
        """The after-action report of a journal: one page that needs nothing else, or the document it is made from."""
        path = journal_named(context.journals, journal, context.journal)
        words = ["report", *([f"--at={at}"] if at else []), "--data-dir", str(context.data_dir)]
        if document == "json":
            return Response(await made.made(path, *words, "--json"), media_type="application/json")
        page = await made.made(path, *words)
        policy = _POLICY.search(page[:4000].decode(errors="replace"))
        said = f"{policy[1] if policy else 'default-src none'}; frame-ancestors 'none'"
        headers = {"content-security-policy": said, "content-disposition": f'inline; filename="{path.stem}.html"'}
        return Response(page, media_type="text/html; charset=utf-8", headers=headers)

    @get("/api/v1/export", **for_role(VIEWER))
    async def export(
        context: Served, format: FromQuery[Format], journal: Name = None, at: At = None,
        table: FromQuery[Table] = "tracks",
    ) -> Response[bytes]:  # fmt: skip
        """A journal as CZML, GeoJSON, KML, CSV or Parquet."""
        path = journal_named(context.journals, journal, context.journal)
        words = ["export", "--format", format, "--table", table, *([f"--at={at}"] if at else [])]
        name = f"{path.stem}-{table}.{format}" if format in ("csv", "parquet") else f"{path.stem}.{format}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(await made.made(path, *words), media_type=MEDIA_TYPES[format], headers=headers)

    return [report, export]
