"""Questions that are minutes of work: one at a time, in processes of their own, with progress, a bound and an end.

The watch and the server's own loop never wait for them. The same question asked again is the same job.
"""

import asyncio
import contextlib
import secrets
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import msgspec

from vedette.core.errors import NotFoundError
from vedette.doors.server.problems import LaterError, problem
from vedette.doors.server.side_job import Order

LONGEST_S = 180.0
MOST_WAITING = 6
MOST_KEPT = 24
MOST_BYTES = 64 * 2**20


@dataclass
class Job:
    """One question and how far it has come."""

    id: str
    order: Order
    state: str = "waiting"  # running, done, failed, stopped
    done: int = 0
    of: int = 0
    body: bytes = b""  # the line with the document
    problem: dict[str, Any] | None = None
    t_ended_s: float | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def row(self) -> dict[str, Any]:
        """How it stands, without the answer."""
        return {"id": self.id, "state": self.state, "done": self.done, "of": self.of, "problem": self.problem}

    def document(self) -> Any:
        """The answer; None before there is one."""
        return msgspec.json.decode(self.body)["document"] if self.state == "done" else None


class SideJobs:
    """The jobs of one server."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self.longest_s = longest_s
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._turn = asyncio.Semaphore(1)

    def ask(self, order: Order, fresh_s: float = float("inf")) -> Job:
        """The job of a question; one that ended longer than `fresh_s` ago is done again. LaterError when too many wait.

        On the loop that serves.
        """
        for job in reversed(self._jobs.values()):
            if job.order == order and job.state in ("waiting", "running", "done"):
                if job.t_ended_s is None or time.monotonic() - job.t_ended_s < fresh_s:
                    return job
                break
        if sum(job.t_ended_s is None for job in self._jobs.values()) >= MOST_WAITING:
            raise LaterError(f"{MOST_WAITING} questions are being worked on already; come again in a minute", 60.0)
        job = Job(secrets.token_hex(8), order)
        self._jobs[job.id] = job
        job.task = asyncio.create_task(self._run(job), name=f"side job {job.id}")
        for old in [one for one in self._jobs.values() if one.t_ended_s is not None][: len(self._jobs) - MOST_KEPT]:
            del self._jobs[old.id]
        return job

    def job(self, name: str) -> Job:
        """The job of a name; NotFoundError when it is none, or was forgotten."""
        if name not in self._jobs:
            raise NotFoundError(f"no question {name!r} is being worked on or remembered; ask again")
        return self._jobs[name]

    async def stop(self) -> None:
        """End everything that still runs."""
        for job in self._jobs.values():
            if job.task is not None and job.t_ended_s is None:
                job.task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await job.task
                job.state = "stopped"  # also of one that never began

    async def _run(self, job: Job) -> None:
        try:
            async with self._turn:
                job.state = "running"
                await asyncio.wait_for(self._work(job), self.longest_s)
        except TimeoutError:
            job.state = "stopped"
            words = f"not answered within {self.longest_s:.0f} s; `vedette {job.order.do}` has all the time it needs"
            job.problem = problem(504, "too-long", words)
        except asyncio.CancelledError:
            job.state = "stopped"
            raise
        finally:
            job.t_ended_s = time.monotonic()
            job.ended.set()

    async def _work(self, job: Job) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "vedette.doors.server.side_job", limit=MOST_BYTES,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(job.order))
            process.stdin.close()
            async for line in process.stdout:
                told = msgspec.json.decode(line)
                if "done" in told:
                    job.done, job.of = told["done"], told["of"]
                elif "problem" in told:
                    job.state, job.problem = "failed", told["problem"]
                else:
                    job.state, job.body, job.done = "done", line, job.of
        except (ValueError, msgspec.DecodeError):
            job.state, job.problem = "failed", problem(500, "too-large", "the answer is larger than can be served")
        finally:
            await _ended(process)
        if job.state == "running":
            words = "the process that worked on it died; the watch goes on"
            job.state, job.problem = "failed", problem(500, "side-job", words)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Gone, whatever it was at: it has answered, or nobody waits for it any more. A cancellation waits for this too."""
    cancelled: asyncio.CancelledError | None = None
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()
    while process.returncode is None:
        try:
            await process.wait()
        except asyncio.CancelledError as trouble:
            cancelled = trouble
    if cancelled is not None:
        raise cancelled
