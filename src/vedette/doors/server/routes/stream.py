"""`/api/v1/stream`: the WebSocket that every open page lives by."""

import asyncio
import contextlib
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from vedette.doors.server.context import Served, ServerContext
from vedette.doors.server.readers import Reader
from vedette.doors.server.roles import VIEWER, needs

HELLO_S = 10.0  # to say hello
MOST_BAD = 20  # frames that cannot be read, before the socket is closed as abuse
SHORTEST_PERIOD_S = 1.0
GOING_AWAY, POLICY = 1001, 1008


class Hello(msgspec.Struct, tag="hello", frozen=True, kw_only=True):
    """What a client opens with: the last frame it has, of which journal, and how often it wants the catalogue."""

    resume: int | None = None
    journal: str | None = None
    catalogue_period_s: float | None = None


_HELLO = msgspec.json.Decoder(Hello)


def problem_text(title: str, detail: str, status: int = 400) -> str:
    """An RFC 9457 document as a frame; the socket stays open."""
    body = {"type": "problem", "title": title, "status": status, "detail": detail}
    return msgspec.json.encode(body).decode()


@websocket("/api/v1/stream", guards=[needs(VIEWER)], opt={"role": VIEWER})
async def stream(socket: WebSocket[Any, Any, Any], context: Served) -> None:
    """Snapshot, then updates, desk, heartbeats and positions until somebody goes."""
    await socket.accept()
    reader = Reader()
    hearing = asyncio.create_task(_hear(socket, reader, context))
    sending = asyncio.create_task(_send(socket, reader, context))
    try:
        await asyncio.wait((hearing, sending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        context.hub.leave(reader)
        for task in (hearing, sending):
            task.cancel()
        for task in (hearing, sending):
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await task
    if reader.is_closed:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(GOING_AWAY, "the server ends")


async def _hear(socket: WebSocket[Any, Any, Any], reader: Reader, context: ServerContext) -> None:
    """What the client says: hello first; anything else is answered with a problem."""
    bad = 0
    while bad < MOST_BAD:
        try:
            said = await socket.receive_data("text")
            hello = _HELLO.decode(said)
        except msgspec.DecodeError as trouble:
            bad += 1
            reader.say(problem_text("a frame that cannot be read", str(trouble)))
            continue
        except KeyError:  # bytes where text was due
            bad += 1
            reader.say(problem_text("a frame that cannot be read", "this stream takes text frames"))
            continue
        if hello.catalogue_period_s is not None:
            reader.catalogue_period_s = max(SHORTEST_PERIOD_S, hello.catalogue_period_s)
        context.hub.join(reader, hello.resume, hello.journal)
        reader.beat(context.hub.beat_text(context.heartbeat()))
    await socket.close(POLICY, "too many frames that cannot be read")


async def _send(socket: WebSocket[Any, Any, Any], reader: Reader, context: ServerContext) -> None:
    """Everything the reader is owed, in the order that matters: heartbeat, answers, frames, positions."""
    hub = context.hub
    while not reader.is_closed:
        await reader.wait()
        while not reader.is_closed:
            text = reader.take_heartbeat() or reader.take_answer()
            if text is not None:
                await socket.send_data(text, "text")
                continue
            if reader.is_behind and hub.has_picture:
                for frame in hub.snapshot_for(reader):
                    await socket.send_data(frame.text, "text")
                continue
            next_frame = reader.take_frame()
            if next_frame is not None:
                await socket.send_data(next_frame.text, "text")
                continue
            positions = reader.take_binary()
            if positions is None:
                break
            await socket.send_data(positions, "binary")


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [stream]

