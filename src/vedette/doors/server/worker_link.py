"""The server's end of the watch worker: started, listened to, and started again from its journal when it dies."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedette.doors.server import pipe
from vedette.doors.server.dying import death_in_words
from vedette.doors.server.head_start import MOST_BYTES, WORKER, Begun, HeadStart
from vedette.doors.server.held_sockets import HeldSockets
from vedette.doors.server.hub import TRACKS, Hub
from vedette.doors.server.pipe import WatchPlan

BUSY_S = 1.5  # over one report, and it is said to lag
HUNG_S = 60.0  # without a word, and without using the processor: it is ended, and another begun
RESTART_S = (0.2, 1.0, 3.0, 10.0)  # between a death and the next life; the last for all that follow
STEADY_S = 60.0  # of life, and the count of deaths begins anew
LAST_WORDS_S = 1.0  # from its closing its pipe to its end
STOP_S = 8.0  # to put everything on disk, at the end


class WorkerLink:
    """Keeps one watch worker alive and hands what it says to the hub."""

    def __init__(self, plan: WatchPlan, hub: Hub, journal: Path | None = None, journals: Path | None = None) -> None:
        self.plan, self.hub = plan, hub
        self.journal, self.journals = journal, journals
        self.state = "starting"
        self.backlog_s = 0.0
        self.caught: pipe.Caught | None = None  # what must be done before it watches, and how far it is
        self.sentence = ""  # why it cannot go on
        self.exit_code = 0
        self.restart_count = 0
        self.last_death = ""  # of what, in words
        self.spent_s: dict[str, float] = {}
        self.not_recorded = ""
        self.process: asyncio.subprocess.Process | Begun | None = None
        self.opened = asyncio.Event()  # a first picture, or no hope of one
        self.on_opened: list[Callable[[pipe.Opened], None]] = []
        self.on_catalogue: Callable[[pipe.Catalogue], None] | None = None
        self.on_hopeless: Callable[[], None] | None = None  # it never had a picture, and will have none
        self.mode: str | None = None
        self.feeds: tuple[str, ...] = ()
        self._t_heard_s = self._t_loop_s = time.monotonic()
        self._is_stopping = False
        self._held = HeldSockets(plan)
        self._begun: HeadStart | None = None  # a process that has its orders, and that nobody listens to yet
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._live(), name="watch worker")

    def go_on_with(self, begun: HeadStart) -> None:
        """Let a worker that was begun early watch from now on; `start` listens to it."""
        self._held = begun.held
        self._begun = begun if begun.order(self.plan, self.journal) else None

    @property
    def heard_age_s(self) -> float:
        """Since the worker last said anything."""
        return time.monotonic() - self._t_heard_s

    @property
    def loop_age_s(self) -> float:
        """Since the watch itself last went on: what readers call stale."""
        return time.monotonic() - self._t_loop_s

    @property
    def lag_s(self) -> float:
        """How far it is behind what it is fed: by what it says, or by how long it has been over one report."""
        is_busy = self.state == "running" and self.loop_age_s > BUSY_S
        return max(self.backlog_s, self.loop_age_s) if is_busy else self.backlog_s

    @property
    def shown_state(self) -> str:
        """What readers are told. A process that lives and says nothing is busy, not dead: it lags."""
        return self.state

    def order(self, do: str, speed: float | None = None) -> None:
        """Pause, resume, or change the speed of what is played."""
        if self.process is not None and self.process.stdin is not None and self.process.returncode is None:
            self.process.stdin.write(pipe.packed(pipe.Command(do=do, speed=speed)))

    async def stop(self) -> None:
        """End the watch in order: what has come is on disk when this returns."""
        self._is_stopping = True
        self.order("stop")
        process = self.process
        if process is not None and process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                sys.stderr.write("the watch worker did not end in time; its journal is whole and can be resumed\n")
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._held.close()

    async def _live(self) -> None:
        deaths = 0
        while not self._is_stopping:
            t_began = time.monotonic()
            is_final = await self._one_life()
            if self._is_stopping:
                return
            self.state = "dead"
            if is_final:
                if not self.opened.is_set() and self.on_hopeless is not None:
                    self.on_hopeless()
                self.opened.set()
                return
            deaths = 1 if time.monotonic() - t_began > STEADY_S else deaths + 1
            wait_s = RESTART_S[min(deaths, len(RESTART_S)) - 1]
            why = f" ({self.last_death})" if self.last_death else ""
            sys.stderr.write(f"the watch worker died{why}; it is started again in {wait_s:g} s from its journal\n")
            await asyncio.sleep(wait_s)
            self.restart_count += 1

    async def _one_life(self) -> bool:
        """From start to death; True when another life would be no better."""
        self.process = process = await self._process()
        assert process.stdin is not None and process.stdout is not None
        self._t_heard_s = time.monotonic()
        hung = asyncio.create_task(self._end_when_hung(process))
        is_final = False
        try:
            while True:
                head = await process.stdout.readexactly(4)
                body = await process.stdout.readexactly(pipe.length_of(head))
                self._t_heard_s = time.monotonic()
                is_final |= self._take(pipe.message_of(body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            hung.cancel()
            with contextlib.suppress(TimeoutError):  # its pipe is closed: who crashes writes down where it was
                await asyncio.wait_for(process.wait(), LAST_WORDS_S)
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    if not self._is_stopping:
                        process.kill()
            await process.wait()
            data_dir = self.plan.data_dir
            self.last_death = death_in_words(
                process.returncode, process.pid, None if data_dir is None else Path(data_dir)
            )
        return is_final

    async def _process(self) -> asyncio.subprocess.Process | Begun:
        """The one that was begun already, or another; it has its orders."""
        begun, self._begun = self._begun, None
        if begun is not None:
            return await begun.joined()
        held = self._held.numbers
        process = await asyncio.create_subprocess_exec(
            *WORKER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MOST_BYTES,
            pass_fds=tuple(held.values()),
        )  # fmt: skip
        assert process.stdin is not None
        journal = None if self.journal is None else str(self.journal)
        process.stdin.write(pipe.packed(pipe.Start(options=self.plan, journal=journal, held=held)))
        return process

    async def _end_when_hung(self, process: asyncio.subprocess.Process | Begun) -> None:
        """A compiler or a fit may keep a worker from speaking for long; who uses no processor either is stuck."""
        spent, t_moved_s = processor_ticks(process.pid), time.monotonic()
        while True:
            await asyncio.sleep(1.0)
            now = processor_ticks(process.pid)
            if now is None or now != spent or self.heard_age_s < HUNG_S:
                spent, t_moved_s = now, time.monotonic()
            elif time.monotonic() - t_moved_s > HUNG_S:
                sys.stderr.write(f"the watch worker has said and done nothing for {HUNG_S:.0f} s; it is ended\n")
                process.kill()
                return

    def _take(self, message: pipe.FromWorker) -> bool:
        match message:
            case pipe.Opened():
                if message.resumed_entries:
                    sys.stderr.write(f"going on with {message.journal}, {message.resumed_entries} entries long\n")
                if self.journals is not None:
                    self.journal = self.journals / message.journal
                self.mode, self.feeds = message.mode, message.feeds
                self.hub.open_journal(message.journal)
                for call in self.on_opened:
                    call(message)
            case pipe.Caught():
                self.state, self.caught = "starting", message
            case pipe.Standing():
                self.sentence = message.sentence
                if message.sentence:
                    self._held.close()  # who acts hears the feeds
            case pipe.Waits():
                self.sentence = message.sentence
            case pipe.Whole():
                self.state, self.caught = "running", None
                self._t_loop_s = time.monotonic()
                self.hub.take_snapshot(message.entry, message.body)
                self.opened.set()
            case pipe.Changed():
                self.hub.take_update(message.entry, message.body)
                self._t_loop_s = time.monotonic()
            case pipe.Alive():
                self.state, self.backlog_s = message.state, message.backlog_s
                self._t_loop_s = time.monotonic() - message.loop_age_s
                self.spent_s = message.spent_s
                self.not_recorded = message.not_recorded
            case pipe.Catalogue():
                if self.on_catalogue is not None:
                    self.on_catalogue(message)
            case pipe.Notices():
                self.hub.take_notices(msgspec.json.decode(message.body))
            case pipe.Tracks():
                self.hub.take_binary(TRACKS, message.frame)
            case pipe.Trouble():
                self.sentence, self.exit_code = message.sentence, message.exit_code
                sys.stderr.write(f"the watch cannot go on: {message.sentence}\n")
                return message.is_final
        return False


def processor_ticks(pid: int) -> int | None:
    """Processor time that a process has used; None where the system does not tell."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(words[11]) + int(words[12])
    except (OSError, ValueError, IndexError):
        return None
