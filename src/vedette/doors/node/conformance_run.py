"""`vedette conformance NODE`: a partner's node examined over the brokers, in the place of our own gateway."""

import asyncio
import contextlib
import queue
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from vedette.core.errors import UnreachableError, UsageError
from vedette.doors.key_files import KIND_OF
from vedette.doors.node.broker import Broker
from vedette.doors.node.broker_program import find_broker
from vedette.doors.node.conformance import Examiner, Verdict
from vedette.doors.node.exercise_file import exercise_of
from vedette.doors.node.folder import NodeFolder, NodeSettings, read_node
from vedette.doors.node.link_broker import BrokerLink
from vedette.doors.node.link_draw import Drawn
from vedette.doors.node.link_in import RECEIVER, LinkIn
from vedette.doors.node.link_out import SENDER, LinkOut
from vedette.doors.node.opening_store import open_node_store
from vedette.doors.node.own_keys import purpose_of
from vedette.doors.node.peer_file import Peer, peers_of, read_peer
from vedette.doors.node.showing import status_document
from vedette.doors.node.sql_store import SqlNodeStore
from vedette.doors.node.store import Kept, StoreWriting, ToPost
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Mode
from vedette.sharing import make_key
from vedette.sharing.keys import SECRET_SIZE
from vedette.sharing.link import Sealed, encode_state, link_id


def examine_peer(path: Path, name: str, mode: Mode, nats_server: str, patience_s: float) -> Iterator[Verdict]:
    """Verdicts on a partner's node, as they come. UsageError while our own node runs; UnreachableError without a
    broker."""
    folder, settings = read_node(path)
    peer = read_peer(folder, name)
    if status_document(folder, settings, ())["is_running"]:
        raise UsageError(f"node {settings.name} is running: stop it first, as its partner shall hear one of the two")
    broker = Broker(folder, settings, find_broker(nats_server or settings.nats_server))
    broker.start(peers_of(folder))
    try:
        with examining(folder, settings, peer, mode, patience_s) as examiner:
            yield from examiner.examine()
    finally:
        broker.stop()


@contextlib.contextmanager
def examining(
    folder: NodeFolder, settings: NodeSettings, peer: Peer, mode: Mode, patience_s: float
) -> Iterator[Examiner]:
    """An examiner over a broker that is up; what it says and hears goes on our own link's numbers, and stays kept."""
    store = open_node_store(folder.path, settings)
    session = exercise_of(folder, mode)
    way_in = LinkIn(folder, settings, peer, mode, store, session)
    out = LinkOut(folder, settings, peer, mode, store, way_in.receiver.state.session)
    name = link_id(out.sender.state)

    def keep(sealed: Sealed) -> None:
        def work(writing: StoreWriting) -> None:
            row = ToPost(
                link=peer.name, lane=sealed.lane, sequence=sealed.sequence, digest=sealed.digest,
                message=sealed.data, t_tai_ns=now_tai_ns(), note="conformance",
            )  # fmt: skip
            writing.acknowledged(writing.post([row]))
            writing.add_leaves(f"{name} {sealed.lane}", [sealed.leaf], sealed.sequence - 1)
            writing.keep_state(name, SENDER, encode_state(sealed.state))
            writing.keep_state(link_id(way_in.receiver.state), RECEIVER, encode_state(way_in.receiver.state))

        store.write(work)

    stranger = make_key(KIND_OF[purpose_of(mode)], settings.owner, secrets.token_bytes(SECRET_SIZE))
    wire = BrokerWire(folder, settings, peer, store)
    try:
        wire.start()
        yield Examiner(out.sender, way_in.receiver, wire, stranger, now_tai_ns, patience_s, keep)  # type: ignore[arg-type]
    finally:
        wire.stop()
        store.write(lambda w: w.keep_state(
            link_id(way_in.receiver.state), RECEIVER, encode_state(way_in.receiver.state)
        ))  # fmt: skip
        store.close()


class BrokerWire:
    """The lanes of one partner at our broker, from a thread of its own; what is sent is sent as it is."""

    def __init__(self, folder: NodeFolder, settings: NodeSettings, peer: Peer, store: SqlNodeStore) -> None:
        self._outbox = _Outbox()
        self._came: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self._link = BrokerLink(folder, settings, peer, self._outbox, self._take)  # type: ignore[arg-type]
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="conformance", daemon=True)

    def start(self, wait_s: float = 15.0) -> None:
        """Until our broker is there; UnreachableError when it does not come."""
        self._thread.start()
        for _ in range(int(wait_s / 0.05)):
            if self._link.is_broker_up:
                return
            threading.Event().wait(0.05)
        raise UnreachableError(f"our own broker does not answer: {self._link.trouble or 'no connection'}")

    def stop(self) -> None:
        """End; what was not answered is brought again to whoever comes next."""
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10.0)

    def send(self, lane: str, data: bytes) -> None:
        """Into our stream of the lane, after all that was sent before."""
        self._outbox.put(lane, data)
        self._loop.call_soon_threadsafe(self._link.posted)

    def hear(self, wait_s: float) -> list[tuple[str, bytes, bool]]:
        """What came since."""
        came: list[tuple[str, bytes, bool]] = []
        with contextlib.suppress(queue.Empty):
            came.append(self._came.get(timeout=wait_s))
            while True:
                came.append(self._came.get_nowait())
        return came

    async def _take(self, lane: str, drawn: list[Drawn]) -> bool:
        for one in drawn:
            self._came.put((lane, one.data, one.is_again))
        return True

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._link.run())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.close()

    def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()


class _Outbox:
    """As much of a store as `BrokerLink` asks for: what is still to be sent, in memory."""

    def __init__(self) -> None:
        self._lanes: dict[str, deque[Kept]] = {}
        self._lock = threading.Lock()
        self._number = 0

    def put(self, lane: str, data: bytes) -> None:
        """The broker knows a message by its digest: two the same are two here."""
        with self._lock:
            self._number += 1
            row = Kept(
                number=self._number, direction="sent", link="", lane=lane, sequence=None, kind="report",
                digest=secrets.token_hex(16), t_tai_ns=0, message=data, event=b"", note="",
            )  # fmt: skip
            self._lanes.setdefault(lane, deque()).append(row)

    def pending(self, link: str, lanes: tuple[str, ...], after: int = 0, limit: int = 200) -> list[Kept]:
        """Oldest first."""
        with self._lock:
            return [row for lane in lanes for row in self._lanes.get(lane, ()) if row.number > after][:limit]

    def find(self, digest: str) -> list[Kept]:
        """Nothing of a life before is known here."""
        return []

    def write(self, work: Callable[["_Outbox"], None]) -> None:
        """Only ever to acknowledge."""
        work(self)

    def acknowledged(self, numbers: list[int]) -> None:
        """The broker has these."""
        gone = set(numbers)
        with self._lock:
            for lane, rows in self._lanes.items():
                self._lanes[lane] = deque(row for row in rows if row.number not in gone)
