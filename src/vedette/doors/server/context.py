"""What every route may ask of the server: where things lie, what is watched, who hears it."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from litestar.di import NamedDependency

from vedette.assessment.alerts import DESK_OF_MODE, DeskKind
from vedette.doors.data_dir import data_dir_of, journals_dir_of
from vedette.doors.server.catalogue_watch import CatalogueWatch
from vedette.doors.server.desk_watch import DeskWatch
from vedette.doors.server.gate import Gate
from vedette.doors.server.hub import Hub
from vedette.doors.server.pipe import Opened, WatchPlan
from vedette.doors.server.replay_link import ReplayLink
from vedette.doors.server.resuming import forget, journal_left, remember
from vedette.doors.server.worker_link import WorkerLink
from vedette.reports import Mode
from vedette.time import utc_text_from_tai_ns

HEARTBEAT_S = 1.0
REEL_AFTER_S = 15.0  # of watching: a server that starts has other work first


@dataclass(slots=True)
class ServerContext:
    """One running server. Handlers take it as their parameter `context`."""

    plan: WatchPlan
    data_dir: Path
    mode: Mode
    hub: Hub
    worker: WorkerLink
    console: Path | None = None  # the folder of the built console
    port: int = 0
    t_started_s: float = field(default_factory=time.monotonic)
    desk: DeskWatch | None = None
    gate: Gate | None = None  # whom it lets in; None in tests of what lies behind it
    reviewed: tuple[Path, ...] | None = None  # of a review: the journals it was asked for, none for all; else None
    replay: ReplayLink = field(default_factory=ReplayLink)  # the past: makes reels, shows pictures of them
    explainer: ReplayLink = field(default_factory=ReplayLink)  # evidence from reels: who seeks does not wait for it
    _catalogue: CatalogueWatch = field(init=False)
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)  # of what routes began
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._catalogue = CatalogueWatch(self.hub)

    @property
    def desk_kind(self) -> DeskKind:
        """Live alerts, or those of a drill."""
        return DESK_OF_MODE[self.mode]

    @property
    def journal(self) -> Path | None:
        """The journal that the watch writes; None before it has begun, and in a review."""
        return self.worker.journal

    @property
    def journals(self) -> list[Path]:
        """The journals that may be asked for."""
        return list(self.reviewed) if self.reviewed else sorted(journals_dir_of(self.data_dir).glob("*.sqlite"))

    @property
    def is_review(self) -> bool:
        """True when nothing is watched and nothing may be changed."""
        return self.reviewed is not None

    @property
    def catalogue(self) -> CatalogueWatch:
        """The catalogue of the watch, for readers."""
        return self._catalogue

    async def start(self) -> None:
        """Begin to watch, unless it is a review; on the loop that serves."""
        if self.is_review:
            self._tasks.append(asyncio.create_task(self._beat(), name="heartbeat"))
            return
        self.worker.on_opened.append(self._opened)
        self.worker.start()
        self.worker.on_catalogue = self.catalogue.take
        self.catalogue.start()
        self._follow_desk()
        self._tasks.append(asyncio.create_task(self._beat(), name="heartbeat"))

    async def stop(self) -> None:
        """End in order: readers are let go, then what has come is put on disk."""
        self.hub.close()
        for close in self.closers:
            await close()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.worker.stop()
        await self.replay.stop()
        await self.explainer.stop()
        if self.is_review:
            return
        forget(self.data_dir)
        await self.catalogue.stop()
        if self.desk is not None:
            await self.desk.stop()

    def heartbeat(self) -> dict[str, object]:
        """How the server and its worker are."""
        worker = self.worker
        shown: dict[str, object] = {
            "state": worker.shown_state,
            "last_frame_age_s": round(worker.loop_age_s, 3),
            "backlog_s": round(worker.lag_s, 3),
        }
        if worker.caught is not None:
            shown["doing"] = worker.caught.what
            shown["caught"] = [worker.caught.entry, worker.caught.of]
        if worker.sentence:
            shown["sentence"] = worker.sentence
        elif worker.not_recorded:
            shown["sentence"] = worker.not_recorded
        is_recording = worker.shown_state in ("running", "paused") and not worker.not_recorded
        return {"t_server_utc": now_utc(), "worker": shown, "recording": is_recording}

    def _opened(self, opened: Opened) -> None:
        remember(self.data_dir, self.plan, opened.journal)
        if self.journal is not None:
            self._tasks.append(asyncio.create_task(self._follow_watch(self.journal), name="reel of the watch"))
        mode = Mode(opened.mode)
        if mode is not self.mode:
            self.mode = mode
            if self.desk is not None and self.desk.kind is not self.desk_kind:
                self._tasks.append(asyncio.create_task(self.desk.stop(), name="end of the other desk"))
                self.desk = None
                self._follow_desk()

    async def _follow_watch(self, journal: Path) -> None:
        """Begin the reel of what is watched, once the watch itself has begun."""
        await asyncio.sleep(REEL_AFTER_S)
        await self.replay.follow(journal)

    def _follow_desk(self) -> None:
        self.desk = DeskWatch(self.data_dir, self.desk_kind, self.hub)
        self.desk.start()

    async def _beat(self) -> None:
        while True:
            self.hub.beat(self.heartbeat())
            await asyncio.sleep(HEARTBEAT_S)


Served = NamedDependency[ServerContext]  # how a handler asks for it, by the name `context`


def make_context(plan: WatchPlan, *, journal: Path | None = None, console: Path | None = None) -> ServerContext:
    """A server that is still to be started."""
    data_dir = data_dir_of(plan.data_dir)
    hub = Hub()
    journals = journals_dir_of(plan.data_dir)
    journal = journal or journal_left(data_dir, plan, journals)
    mode = Mode(plan.mode) if plan.mode else Mode.SIMULATED if plan.scenario is not None else Mode.REAL
    return ServerContext(plan, data_dir, mode, hub, WorkerLink(plan, hub, journal, journals), console)


def now_utc() -> str:
    """The clock of the wall as text."""
    from vedette.doors.seal_file import now_tai_ns

    return utc_text_from_tai_ns(now_tai_ns())
