"""Long lists in pages, and answers that need not be sent twice.

A cursor is the place of the next row, as text; whoever has it gets what follows, whatever came in between.
"""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.params import PathParameter, QueryParameter

from vedette.core.errors import UsageError
from vedette.doors.wire import json_bytes

MOST = 1_000
Most = Annotated[int, QueryParameter(ge=1, le=MOST, description="how many rows at most")]
Cursor = Annotated[str | None, QueryParameter(max_length=64, description="`next` of the page before")]
Name = Annotated[str, PathParameter(min_length=1, max_length=200)]
Words = Annotated[str | None, QueryParameter(max_length=200)]


def page(rows: list[Any], name: str, cursor: str | None, most: int) -> dict[str, Any]:
    """Rows from a cursor on, how many there are, and the cursor of the next page."""
    start = place_of(cursor)
    stop = start + most
    return {name: rows[start:stop], "total": len(rows), "next": str(stop) if stop < len(rows) else None}


def place_of(cursor: str | None) -> int:
    """The row a cursor points at; UsageError when it is none of ours."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 12):
        raise UsageError(f"cursor {cursor!r}: give the `next` of the page before, as it was")
    return int(cursor)


def answer(request: Request[Any, Any, Any], document: Any) -> Response[bytes]:
    """The document as JSON with its ETag; 304 without a body to whoever has this one."""
    body = document if isinstance(document, bytes) else json_bytes(document)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(body, headers=headers, media_type="application/json")


def decoded(data: bytes) -> Any:
    """JSON as values."""
    return msgspec.json.decode(data)
