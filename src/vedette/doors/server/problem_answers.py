"""Errors of the application as problem answers: Vedette's own, those of the framework, and our mistakes."""

import sys
import traceback
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from vedette.core.errors import VedetteError
from vedette.doors.server.problems import MEDIA_TYPE, LaterError, problem, problem_of

_KINDS = {
    400: "request", 401: "nobody", 403: "refused", 404: "not-found", 405: "method", 413: "body-size",
    415: "content-type", 429: "later",
}  # fmt: skip
_MOST_REASONS = 20


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The problem document of any error; a traceback of our own mistakes goes to the server's log."""
    headers: dict[str, str] = {}
    if isinstance(error, VedetteError):
        document = problem_of(error)
        if isinstance(error, LaterError):
            headers["Retry-After"] = str(max(1, round(error.after_s)))
    elif isinstance(error, HTTPException):
        status = error.status_code
        document = problem(status, _KINDS.get(status, f"http-{status}"), str(error.detail), **_reasons(error))
        headers = dict(error.headers or {})
    else:
        traceback.print_exception(error, file=sys.stderr)
        document = problem_of(error)
    document["instance"] = request.scope["path"]
    status = int(document["status"])
    headers = {**headers, "Content-Type": MEDIA_TYPE}
    return Response(msgspec.json.encode(document), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def _reasons(error: HTTPException) -> dict[str, Any]:
    """What was wrong, field by field, where the framework knows."""
    extra = error.extra
    if not isinstance(extra, list):
        return {}
    rows = [one for one in extra if isinstance(one, dict)][:_MOST_REASONS]
    return {"errors": [{key: str(value)[:200] for key, value in one.items()} for one in rows]} if rows else {}


HANDLERS: dict[Any, Any] = {VedetteError: answer_error, HTTPException: answer_error, Exception: answer_error}
