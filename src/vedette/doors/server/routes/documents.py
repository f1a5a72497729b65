"""`/api/openapi.json` and `/api/asyncapi.json`: what the server says of itself, made from its types."""

from typing import Any

from litestar import Request, Response, get

from vedette.doors.server.asyncapi import asyncapi_document
from vedette.doors.wire import json_bytes


@get("/api/asyncapi.json", include_in_schema=False, sync_to_thread=False)
def asyncapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The stream's messages, as AsyncAPI 3."""
    scheme = "wss" if request.url.scheme == "https" else "ws"
    document = asyncapi_document(request.url.netloc, scheme)
    return Response(json_bytes(document, is_pretty=True), media_type="application/json")


def routes(context: object) -> list[Any]:
    """The routes of this file; OpenAPI is the application's own."""
    return [asyncapi]
