"""A patient dialler between our broker and a partner's: bytes in, the same bytes out, TLS from end to end.

nats-server gives a leaf's connection one second to be made, which a link over a satellite never is. So it dials this
relay on the same machine, at once, and the relay dials the partner: it begins a fresh attempt every half second while
the older ones go on, and takes the first that is answered. A link that was cut is back within a second of its return.
It sees nothing but TLS and can read none of it.
"""

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from vedette.doors.node.folder import host_and_port

FRESH_S, GIVE_UP_S = 0.5, 14.0
DEAD_S = 4.0  # and three round trips: a way that becomes two seconds longer of a sudden is not dead
PIECE = 1 << 16


class Relay:
    """One partner's relay; `port` is where our broker dials."""

    def __init__(self, addresses: tuple[str, ...], prepare: Callable[[], None] | None = None) -> None:
        self.addresses = addresses
        self._prepare = prepare  # done by the thread before it opens anything: namespaces of tests
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: asyncio.Event | None = None

    def start(self) -> None:
        """Begin; the port is known when this returns."""
        self._thread.start()
        self._is_up.wait(5.0)

    def stop(self) -> None:
        """End."""
        loop, ending = self._loop, self._ending
        if loop is not None and ending is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(ending.set)
        self._thread.join(3.0)

    def _run(self) -> None:
        if self._prepare is not None:
            self._prepare()
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._called, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        self._is_up.set()
        await self._ending.wait()
        server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far: asyncio.StreamWriter | None = None
        try:
            found = await self._dial()
            if found is None:
                return
            far_reader, far = found
            await _first_of(_pipe(reader, far), _pipe(far_reader, writer), _until_dead(far))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for one in (writer, far):
                if one is not None:
                    with contextlib.suppress(Exception):
                        one.transport.abort()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The first of many attempts that is answered."""
        loop = asyncio.get_running_loop()
        trying: set[asyncio.Task[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = set()
        end, turn = loop.time() + GIVE_UP_S, 0
        try:
            while loop.time() < end:
                host, port = host_and_port(self.addresses[turn % len(self.addresses)], "address")
                turn += 1
                trying.add(asyncio.create_task(_connect(host, port)))
                done, trying = await asyncio.wait(trying, timeout=FRESH_S, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    if one.exception() is None:
                        return one.result()
                if done:
                    await asyncio.sleep(FRESH_S)  # refused at once: not again at once
            return None
        finally:
            for one in trying:
                one.cancel()
                one.add_done_callback(_let_go)


async def _connect(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(host, port)
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return reader, writer


def _let_go(task: "asyncio.Task[tuple[asyncio.StreamReader, asyncio.StreamWriter]]") -> None:
    if not task.cancelled() and task.exception() is None:
        task.result()[1].transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()


async def _until_dead(far: asyncio.StreamWriter) -> None:
    """Until what was sent has gone unanswered for so long that a fresh connection is the faster way.

    The kernel knows, and how long the way is as well (tcp(7), TCP_INFO); where it does not tell, the brokers' own
    signs of life decide.
    """
    way = far.get_extra_info("socket")
    while True:
        await asyncio.sleep(0.25)
        try:
            told = way.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        except (OSError, AttributeError):
            await asyncio.sleep(3600.0)
            continue
        figures = [int.from_bytes(told[at : at + 4], sys.byteorder) for at in (24, 56, 68)]
        unanswered, heard_ms_ago, round_trip_us = figures
        if unanswered and heard_ms_ago / 1e3 > DEAD_S + 3.0 * round_trip_us / 1e6:
            return


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
