"""A watch worker begun before its server has read its own code: the watch is the first that must be there.

A server imports for longer than a watch does. So the process of the worker is begun at once and reads its own code
meanwhile; it is told what to watch as soon as that is known and allowed, and the server listens to it when it can. What
the worker says until then waits in the pipe.
"""

import asyncio
import contextlib
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from vedette.doors.server import pipe
from vedette.doors.server.held_sockets import HeldSockets
from vedette.doors.server.pipe import WatchPlan

WORKER = (sys.executable, "-m", "vedette.doors.server.worker")
MOST_BYTES = 2**22  # of a message, as the server reads it
PIPE_BYTES = 1 << 20  # that a worker may say before anybody listens; Linux alone
LOOK_S = 0.02  # between two looks whether it has ended
PATIENCE_S = 8.0  # with one that has its orders, to put everything on disk


class HeadStart:
    """The first worker of a server; where pipes of a process cannot be joined to a loop (Windows), none is begun."""

    def __init__(self, plan: WatchPlan) -> None:
        self.held = HeldSockets(plan)
        self._process: subprocess.Popen[bytes] | None = None
        self._has_orders = False
        self._said = bytearray()  # what was listened to before there was a loop
        if sys.platform != "win32":
            numbers = tuple(self.held.numbers.values())
            self._process = subprocess.Popen(
                WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=numbers
            )
            _widen(self._process)

    def order(self, plan: WatchPlan, journal: Path | None) -> bool:
        """Tell it what to watch; False when there is none, or it has died: another is begun then."""
        process = self._process
        if process is None or process.stdin is None or process.poll() is not None:
            return False
        left = None if journal is None else str(journal)
        start = pipe.Start(options=plan, journal=left, held=self.held.numbers)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(pipe.packed(start))
            process.stdin.flush()
            self._has_orders = True
        return self._has_orders

    def wait_until_it_watches(self, most_s: float) -> bool:
        """Leave the processor to it until it has a first picture, or cannot have one; False when that takes longer."""
        process, end_s = self._process, time.monotonic() + most_s
        if process is None or process.stdout is None:
            return True
        place = 0
        while (left_s := end_s - time.monotonic()) > 0.0:
            if not select.select([process.stdout], [], [], left_s)[0]:
                break
            piece = os.read(process.stdout.fileno(), PIPE_BYTES)
            if not piece:
                return True
            self._said += piece
            while len(head := bytes(self._said[place : place + 4])) == 4:
                end = place + 4 + pipe.length_of(head)
                if len(self._said) < end:
                    break
                if isinstance(pipe.message_of(bytes(self._said[place + 4 : end])), pipe.Whole | pipe.Trouble):
                    return True
                place = end
        return False

    async def joined(self) -> "Begun":
        """The process, its pipes on the running loop; it is the caller's from here on."""
        process, self._process = self._process, None
        assert process is not None and process.stdin is not None and process.stdout is not None
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=MOST_BYTES)
        reader.feed_data(bytes(self._said))
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), process.stdout)
        transport, protocol = await loop.connect_write_pipe(lambda: _Writing(asyncio.StreamReader()), process.stdin)
        return Begun(process, asyncio.StreamWriter(transport, protocol, None, loop), reader)

    def close(self) -> None:
        """End one that nobody goes on with: at once when it was told nothing yet, else in order."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        self.held.close()
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S if self._has_orders else 0.0)
        process.kill()
        process.wait()


class _Writing(asyncio.StreamReaderProtocol):
    """Nobody says anything on the way down; this one knows when the way is full."""


class Begun:
    """As `asyncio.subprocess.Process` is used here, of a process that was begun without a loop."""

    def __init__(self, process: "subprocess.Popen[bytes]", stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader):
        self._process = process
        self.pid, self.stdin, self.stdout = process.pid, stdin, stdout

    @property
    def returncode(self) -> int | None:
        """Its end; None while it lives."""
        return self._process.poll()

    def kill(self) -> None:
        """At once."""
        self._process.kill()

    async def wait(self) -> int:
        """Until it has ended."""
        while (code := self._process.poll()) is None:
            await asyncio.sleep(LOOK_S)
        return code


def _widen(process: "subprocess.Popen[bytes]") -> None:
    """Let it say more before anybody listens."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            assert process.stdout is not None
            fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
