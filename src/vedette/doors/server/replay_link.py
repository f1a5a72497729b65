"""The server's end of the replay worker: asked, waited for, and started again when it dies."""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import msgspec

from vedette.core.errors import (
    BadInputError,
    NotFoundError,
    RefusedError,
    UnreachableError,
    UsageError,
    VedetteError,
)
from vedette.doors.replay_worker import Answer, Question, packed

LONGEST_S = 60.0  # for one answer
STARTING_S = 3.0  # a worker that has yet to answer anything may still be compiling kernels
STARTING = b'{"state":"running","done":0,"of":0}'
MOST_WAITING = 32
MOST_BYTES = 256 * 2**20
_ERRORS: dict[int, type[VedetteError]] = {
    2: UsageError, 3: BadInputError, 4: NotFoundError, 5: UnreachableError, 6: RefusedError,
}  # fmt: skip


class ReplayLink:
    """One replay worker, begun when it is first needed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self.followed: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0
        self._has_answered = False

    async def ask(self, what: str, journal: Path, **words: Any) -> bytes:
        """The JSON that the worker answers; its own errors, or UnreachableError when it cannot answer now."""
        if len(self._waiting) >= MOST_WAITING:
            raise UnreachableError("the replay has as many questions as it can hold; ask again in a moment")
        was_ready = self._has_answered
        try:
            answer = await self._answer(Question(self._next(), what, str(journal), words))
        except UnreachableError:
            is_ready = was_ready and self._has_answered  # one that was begun anew has yet to answer
            if is_ready or self._process is None or self._process.returncode is not None:
                raise
            return STARTING
        if answer.is_ok:
            return answer.body
        detail = msgspec.json.decode(answer.body)["detail"]
        if answer.exit_code not in _ERRORS:
            sys.stderr.write(f"{detail}\n")
            raise UnreachableError("the replay cannot answer this; the server's log has the reason")
        raise _ERRORS[answer.exit_code](detail)

    async def follow(self, journal: Path) -> None:
        """Make the reel of this journal as it grows."""
        self.followed = journal
        with contextlib.suppress(VedetteError):
            await self._answer(Question(self._next(), "follow", str(journal)))

    async def stop(self) -> None:
        """End it; whatever is not on disk can be made again."""
        process, self._process = self._process, None
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 3.0)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        self._fail("the replay has ended")

    def _next(self) -> int:
        self._number += 1
        return self._number

    async def _answer(self, question: Question) -> Answer:
        process = await self._alive()
        assert process.stdin is not None
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[question.number] = future
        try:
            process.stdin.write(packed(question))
            await process.stdin.drain()
            longest_s = LONGEST_S if self._has_answered else STARTING_S
            return await asyncio.wait_for(future, longest_s)
        except TimeoutError:
            raise UnreachableError(f"the replay took longer than {longest_s:.0f} s; ask again") from None
        except ConnectionError:
            raise UnreachableError("the replay ended while it was asked; ask again") from None
        finally:
            self._waiting.pop(question.number, None)

    async def _alive(self) -> asyncio.subprocess.Process:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # a worker belongs to the loop that began it
            self._loop, self._begin, self._process = loop, asyncio.Lock(), None
        async with self._begin:
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "vedette.doors.replay_worker",
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**22,
                )  # fmt: skip
                self._has_answered = False
                self._reader = asyncio.create_task(self._read(self._process), name="replay worker")
                if self.followed is not None and self._process.stdin is not None:
                    self._process.stdin.write(packed(Question(0, "follow", str(self.followed))))
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while True:
                length = int.from_bytes(await process.stdout.readexactly(4), "little")
                if length > MOST_BYTES:
                    break
                answer = msgspec.msgpack.decode(await process.stdout.readexactly(length), type=Answer)
                self._has_answered |= answer.number > 0  # to begin to follow needs no engine
                future = self._waiting.get(answer.number)
                if future is not None and not future.done():
                    future.set_result(answer)
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            pass
        except asyncio.CancelledError:
            if self._process is process:  # the loop ends and nobody has asked for an end in order
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            raise
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        self._fail("the replay worker died and is begun again; ask again")

    def _fail(self, words: str) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(UnreachableError(words))
