"""The guard before every route: what comes in is held against the lists, bounded, and given a seat or refused.

It is an ASGI middleware around the whole application, HTTP and WebSocket alike, so that a route that forgets to ask is
still behind it: without a seat nothing under `/api/` is reached but the ways to get one.
"""

import asyncio
import re
import time
from typing import Any

import msgspec

from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.server.allowed import BODY_MOST_BYTES, Trouble, is_loopback, trouble_with
from vedette.doors.server.gate import Gate
from vedette.doors.server.page_policy import page_headers
from vedette.doors.server.problems import MEDIA_TYPE, NobodyError, problem, problem_of, status_of
from vedette.doors.server.roles import SEAT

FRAME_MOST_BYTES = 64 * 1024
FRAMES_PER_S, FRAMES_AT_ONCE = 50.0, 200.0  # what one reader may say on its socket
LOOK_AGAIN_S = 5.0  # how often an open stream's session is looked up
_OPEN = frozenset({"/api/v1/session", "/api/v1/session/redeem", "/api/v1/session/login"})
_ACTS = re.compile(r"^/api/v1/alerts/[^/]+/acts$")  # a cancellation may come with an account instead of a session


class Guard:
    """Wraps an ASGI application; `scope["vedette.seat"]` says to what is inside who asks."""

    def __init__(self, app: Any, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        found = trouble_with(scope, self.gate.allowed)
        if found is not None:
            self.gate.refused[found.kind] += 1
            await self._refuse(scope, receive, send, found.status, problem(found.status, found.kind, found.detail))
            return
        try:
            scope[SEAT] = await self._seat(scope)
        except VedetteError as refusal:
            self.gate.refused["session"] += 1
            await self._refuse(scope, receive, send, status_of(refusal), problem_of(refusal))
            return
        inside = _Http(self, scope, receive, send) if scope["type"] == "http" else _Socket(self, scope, receive, send)
        await self.app(scope, inside.receive, inside.send)

    async def _seat(self, scope: Any) -> Any:
        path, headers = scope["path"], scope["headers"]
        is_open = not self._is_kept(path) or (_ACTS.match(path) is not None and scope.get("method") == "POST")
        try:
            seat = await asyncio.to_thread(self.gate.seat_of, headers)
        except RefusedError:
            if is_open:
                return None
            raise
        if seat is None and not is_open:
            raise NobodyError("nobody is logged in here; open the address that `vedette serve` printed, or log in")
        return seat

    def _is_kept(self, path: str) -> bool:
        """True when a seat is needed whatever the route itself asks."""
        if path == "/metrics":
            return not is_loopback(self.gate.how.bind)
        return path.rstrip("/") not in _OPEN and (path.startswith("/api/") or path == "/api")

    async def _refuse(self, scope: Any, receive: Any, send: Any, status: int, document: dict[str, Any]) -> None:
        if scope["type"] == "http":
            await _answer(send, "http.response", scope, self.gate, status, document)
            return
        if (await receive())["type"] != "websocket.connect":
            return
        if "websocket.http.response" in scope.get("extensions", {}):
            await _answer(send, "websocket.http.response", scope, self.gate, status, document)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": document["detail"][:120]})


async def _answer(send: Any, kind: str, scope: Any, gate: Gate, status: int, document: dict[str, Any]) -> None:
    body = msgspec.json.encode({**document, "instance": scope["path"]})
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers.append((b"connection", b"close"))  # what was not read of a body is not waited for
    headers += page_headers(scope["path"], gate.how.is_tls, frozenset())
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": b"" if scope.get("method") == "HEAD" else body})


class _Http:
    """One request: its body counted, its answer given our headers, a stream ended with its session."""

    def __init__(self, guard: Guard, scope: Any, receive: Any, send: Any) -> None:
        self._gate, self._scope, self._receive, self._send = guard.gate, scope, receive, send
        self._count = 0
        self._has_begun = self._is_cut = False
        self._t_looked_s = time.monotonic()

    async def receive(self) -> Any:
        """The next part of the body, as long as it is not too much."""
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        self._count += len(message.get("body", b""))
        if self._count <= BODY_MOST_BYTES:
            return message
        self._gate.refused["body-size"] += 1
        if not self._has_begun and not self._is_cut:
            self._is_cut = True
            words = f"a request holds {BODY_MOST_BYTES // 1024} KiB at most"
            document = problem(413, "body-size", words)
            await _answer(self._send, "http.response", self._scope, self._gate, 413, document)
        self._is_cut = True
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """The answer, with what every page is told."""
        if self._is_cut:
            return
        if message["type"] == "http.response.start":
            self._has_begun = True
            headers = list(message.get("headers", ()))
            told = frozenset(name.lower() for name, _ in headers)
            headers += page_headers(self._scope["path"], self._gate.how.is_tls, told)
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body" and message.get("more_body") and await self._is_over():
            self._is_cut = True
            message = {"type": "http.response.body", "body": message.get("body", b""), "more_body": False}
        await self._send(message)

    async def _is_over(self) -> bool:
        if self._scope[SEAT] is None or time.monotonic() - self._t_looked_s < LOOK_AGAIN_S:
            return False
        self._t_looked_s = time.monotonic()
        return await asyncio.to_thread(self._gate.has_ended, self._scope["headers"])


class _Socket:
    """One WebSocket: what a reader says is bounded in size and number, and it ends with its session."""

    def __init__(self, guard: Guard, scope: Any, receive: Any, send: Any) -> None:
        self._gate, self._scope, self._receive, self._send = guard.gate, scope, receive, send
        self._left, self._t_said_s = FRAMES_AT_ONCE, time.monotonic()
        self._t_looked_s = time.monotonic()
        self._is_closed = False

    async def receive(self) -> Any:
        """The next frame, as long as it is not too large and not too many come."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        now = time.monotonic()
        self._left = min(FRAMES_AT_ONCE, self._left + (now - self._t_said_s) * FRAMES_PER_S) - 1.0
        self._t_said_s = now
        size = len(message.get("bytes") or b"") or len(message.get("text") or "")
        if size <= FRAME_MOST_BYTES and self._left >= 0.0:
            return message
        found = (
            Trouble(1009, "frame-size", f"a frame holds {FRAME_MOST_BYTES // 1024} KiB at most")
            if size > FRAME_MOST_BYTES
            else Trouble(1008, "frame-flood", f"more than {FRAMES_PER_S:.0f} frames a second")
        )
        self._gate.refused[found.kind] += 1
        await self._close(found.status, found.detail)
        return {"type": "websocket.disconnect", "code": found.status}

    async def send(self, message: Any) -> None:
        """To the reader; when its session is over, it is told so and that is the end."""
        if self._is_closed:
            return
        if message["type"] == "websocket.send" and time.monotonic() - self._t_looked_s > LOOK_AGAIN_S:
            self._t_looked_s = time.monotonic()
            if await asyncio.to_thread(self._gate.has_ended, self._scope["headers"]):
                await self._close(4401, "the session is over; log in again")
                return
        if message["type"] == "websocket.close":
            self._is_closed = True
        await self._send(message)

    async def _close(self, code: int, reason: str) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
