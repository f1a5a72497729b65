"""Errors as problem documents [RFC 9457]: which status, which kind, and a sentence that says the cure."""

from typing import Any

from vedette.core.errors import (
    BadInputError,
    DidNotConvergeError,
    NotFoundError,
    RefusedError,
    UnreachableError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be used",
    401: "Nobody is logged in",
    403: "Refused",
    404: "Not found",
    405: "Not with this method",
    409: "Not now",
    413: "Too large",
    414: "The address is too long",
    415: "Not in this form",
    421: "Not served under this name",
    422: "The request cannot be used",
    429: "Too many tries",
    500: "Vedette made a mistake",
    503: "Not available now",
    504: "It took too long",
}

_STATUS = (
    (UsageError, 400),
    (BadInputError, 422),
    (NotFoundError, 404),
    (RefusedError, 403),
    (UnreachableError, 503),
    (DidNotConvergeError, 422),
)


class NobodyError(RefusedError):
    """Nobody is logged in, or the session is over."""


class LaterError(RefusedError):
    """Not now: too many tries, or too much work at once; `after_s` says when to come again."""

    def __init__(self, words: str, after_s: float) -> None:
        self.after_s = after_s
        super().__init__(words)


class NotInReplayError(RefusedError):
    """An act on what is seen in the past."""


def status_of(error: BaseException) -> int:
    """The HTTP status of an error; 500 when it is our own mistake."""
    if isinstance(error, NobodyError):
        return 401
    if isinstance(error, LaterError):
        return 429
    if isinstance(error, NotInReplayError):
        return 409
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(status: int, kind: str, detail: str, **more: Any) -> dict[str, Any]:
    """A problem document; `kind` is a short name that a program can hold on to."""
    title = TITLES.get(status, "The request failed")
    return {"type": f"urn:vedette:problem:{kind}", "title": title, "status": status, "detail": detail, **more}


def problem_of(error: BaseException) -> dict[str, Any]:
    """The document of an error; what our own mistakes say stays in the server's log."""
    status = status_of(error)
    if status == 500:
        return problem(500, "own-mistake", "the server's log has it; the watch goes on")
    kind = type(error).__name__.removesuffix("Error")
    return problem(status, "-".join(_words(kind)), str(error))


def _words(name: str) -> list[str]:
    """`NotFound` as not, found."""
    words: list[str] = []
    for letter in name:
        if letter.isupper() or not words:
            words.append(letter.lower())
        else:
            words[-1] += letter
    return words
