"""A service at work beside its watch: a thread that hears the other services, keeps what must be kept, and speaks.

Whatever breaks here (a broker, a link, a disk, another service) is told in the node's status and never keeps the watch.
"""

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.key_files import KIND_OF
from vedette.doors.node.exercise_file import EXERCISE_FILE, exercise_of
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.own_keys import purpose_of
from vedette.doors.node.peer_file import Peer, peers_of
from vedette.doors.node.peer_keys import PeerKeys
from vedette.doors.node.service_asks import Ask, answer_asks, asks_in
from vedette.doors.node.service_desk import ServiceDesk
from vedette.doors.node.service_status import SERVICES_FILE, services_document
from vedette.doors.node.service_table import services_of
from vedette.doors.node.service_wire import ServiceWire
from vedette.doors.node.store import NodeStore
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Mode
from vedette.sharing.key_life import Standing as KeyStanding
from vedette.sharing.keys import DrillKey, LiveKey, PublicKey
from vedette.sharing.services import Message, ServiceOpener, ServiceSealer

ROUND_S = 0.05
HEED_S = 0.4  # between two looks at the partners' files, at what people ask, and two words of the status
MOST_CAME = 20_000  # messages not yet heard: then the oldest go, and are said again
TOLD_ALOUD = ("conflict", "lost-numbers", "not-recorded", "silent", "back", "alone", "together")


class ServiceLine:
    """Runs in a thread of its own from `start` to `stop`."""

    def __init__(
        self, folder: NodeFolder, settings: NodeSettings, store: NodeStore, mode: Mode,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:  # fmt: skip
        self.folder, self.settings, self.store, self.mode, self.clock_ns = folder, settings, store, mode, clock_ns
        group = services_of(settings)
        self.desk = ServiceDesk(store, group, settings.node, mode, clock_ns())
        self.wires: dict[str, ServiceWire] = {}
        self.trouble = ""
        session = exercise_of(folder, mode) if (folder.path / EXERCISE_FILE).is_file() else None
        self._session = "" if session is None else session.session  # an owner may also exercise by itself, without one
        self._sealer = ServiceSealer(settings.owner, settings.node, mode, self._session)
        self._openers: dict[str, ServiceOpener] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._came: deque[tuple[str, bytes]] = deque(maxlen=MOST_CAME)
        self._key: LiveKey | DrillKey | None = None
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="services", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End; what is in the store stays there."""
        self._is_stopping.set()
        self._thread.join(timeout_s)

    # ---- the thread

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        t_heeded = float("-inf")
        try:
            while not self._is_stopping.is_set():
                asks: list[tuple[str, Ask]] = []
                try:
                    if time.monotonic() - t_heeded > HEED_S:
                        t_heeded = time.monotonic()
                        asks = await self._heed()
                    await self._round(asks)
                except Exception as trouble:  # nothing that comes or breaks ends the line
                    self.trouble = " ".join(str(trouble).split())[:300] or type(trouble).__name__
                    await asyncio.sleep(ROUND_S)
                await asyncio.sleep(ROUND_S)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _round(self, asks: list[tuple[str, Ask]]) -> None:
        desk, now = self.desk, now_tai_ns()
        came: list[Message] = []
        while self._came:
            frm, data = self._came.popleft()
            try:
                came.append(self._openers[frm].open(data, now))
                desk.newest[frm] = self._openers[frm].newest
            except (RefusedError, KeyError) as refused:
                if "overtaken" not in str(refused):
                    self.trouble = str(refused)[:300]
        said = await asyncio.to_thread(desk.step, self.clock_ns(), came, asks)
        for message in said:
            wire = self.wires.get(message.to)
            if wire is not None and self._key is not None:
                wire.say(self._sealer.seal(message, self._key, desk.service.kept.life, now))
        if asks or desk.answers:
            answers, desk.answers = desk.answers, []
            await asyncio.to_thread(answer_asks, self.store, [key for key, _ in asks], answers)

    async def _heed(self) -> list[tuple[str, Ask]]:
        """The partners' files and our key as they are now, what people ask, and the status written anew."""
        try:
            peers = await asyncio.to_thread(peers_of, self.folder)
            key = self.folder.keys.read(KIND_OF[purpose_of(self.mode)])
            self._key = key if isinstance(key, LiveKey | DrillKey) else None
        except (VedetteError, OSError) as trouble:
            self.trouble = str(trouble)
            return []
        wanted = {
            one.node: one for one in peers
            if one.owner == self.settings.owner and one.node in self.desk.service.others and not one.is_suspended
        }  # fmt: skip
        for name in [name for name in self._tasks if name not in wanted or wanted[name] != self.wires[name].peer]:
            task = self._tasks.pop(name)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del self.wires[name], self._openers[name]
        for name, peer in wanted.items():
            if name not in self._tasks:
                self._begin(name, peer)
        asks = await asyncio.to_thread(asks_in, self.store)
        await asyncio.to_thread(self._write_status)
        for news in tuple(self.desk.news):
            if news.kind in TOLD_ALOUD and news.t_ns > getattr(self, "_t_aloud_ns", -(1 << 62)):
                self._t_aloud_ns = news.t_ns
                with contextlib.suppress(OSError):
                    sys.stderr.write(f"services: {news.text}\n")
        return asks

    def _begin(self, name: str, peer: Peer) -> None:
        keys = PeerKeys(self.folder, peer.name)

        def key_of(key_id: str, mode: Mode, t_tai_ns: int) -> PublicKey | None:
            held = keys.book().find(key_id)
            is_good = held is not None and held.standing(t_tai_ns) is KeyStanding.GOOD and mode in held.modes
            return held.key if held is not None and is_good else None

        self._openers[name] = ServiceOpener(
            self.settings.owner, name, self.settings.node, self.mode, key_of, self.desk.newest.get(name, (0, 0)),
            self._session,
        )  # fmt: skip
        self.wires[name] = ServiceWire(
            self.folder, self.settings, peer, lambda data, name=name: self._came.append((name, data))  # type: ignore[misc]
        )
        self._tasks[name] = asyncio.create_task(self.wires[name].run(), name=f"service {name}")

    def _write_status(self) -> None:
        with contextlib.suppress(OSError):
            path = self.folder.path / SERVICES_FILE
            aside = path.with_suffix(".new")
            aside.write_bytes(msgspec.json.encode(self.document()))
            os.replace(aside, path)

    def document(self) -> dict[str, Any]:
        """How the services stand."""
        return services_document(self.desk, self.wires, self.clock_ns(), self.trouble)
