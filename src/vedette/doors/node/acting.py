"""Which of an owner's processes acts for a node: one at a time, by a lease in the node's store with a fencing token.

Who acts prolongs its lease twice a second and believes in it only until a moment before it ends, by a clock that never
steps. Who stands by takes it when it is over. A newer token makes every older one worthless at the store and at the
alert desks, so that a process that slept through its own replacement writes nothing more.

A store that answers late keeps nobody from acting: a lease is prolonged past the other writers and without a flush of
the disk, and taken for longer by as much as answers take. When one runs out before its answer has come, whether it is
still ours is in doubt: the watch goes on, writes nothing meanwhile, and writes all of it once the store says that
nobody came between.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError, UnreachableError, VedetteError
from vedette.doors.node.folder import read_node
from vedette.doors.node.opening_store import open_node_store
from vedette.doors.node.store import Lease, NodeStore, NotRecordedError
from vedette.doors.seal_file import now_tai_ns
from vedette.doors.server.pipe import WatchPlan

WATCH = "watch"  # the lease's name
ROOM, SEAT_KEY, YIELD_KEY = "acting", "seat", "yield"
STANDBY = "standby"  # a room: who stands by, when it last said so, and how far it has read
FRESH_S = 4.0
LEASE_S, RENEW_S = 3.0, 0.5
SLOW_S, SLOWEST_S = 1.0, 15.0  # an answer that is worth a sentence; the longest that leases are made longer for
MARGIN_S = 0.3  # before its end one's own lease is not believed in any more


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, or acted last, as it told the store itself."""

    seat: str
    host: str
    pid: int
    t_process: int  # when the process began, as its system counts: a number used again is another process
    token: int
    journal: str = ""
    plan: WatchPlan | None = None


def seat_name(server_pid: int | None = None) -> str:
    """`host:1234`: a server, whichever worker it has."""
    return f"{socket.gethostname()}:{os.getppid() if server_pid is None else server_pid}"


class Acting:
    """One process that acts, or would."""

    def __init__(self, store: NodeStore, seat: str, clock: Callable[[], int] = now_tai_ns) -> None:
        self.store, self.seat, self._clock = store, seat, clock
        self.lease: Lease | None = None
        self.on_lost: Callable[[str], None] = lambda words: None
        self.answer_s = 0.0  # how long the store takes to answer, slowest of late
        self._until_s = 0.0  # monotonic
        self._seat: Seat | None = None  # told to the store again and again until it has it
        self._is_slow = False
        self._is_over = threading.Event()
        self._is_watched = True  # somebody follows, as far as is known
        self._threads: list[threading.Thread] = []

    @classmethod
    def at(cls, path: Path) -> "Acting":
        """Of the node in a directory."""
        return cls(store_of(path), seat_name())

    @property
    def token(self) -> int:
        """The number that goes with everything this process writes; 0 while it has none."""
        return 0 if self.lease is None else self.lease.token

    @property
    def is_ours(self) -> bool:
        """Whether this process may act at this moment."""
        return self.lease is not None and time.monotonic() < self._until_s

    def check(self) -> None:
        """RefusedError when it may not; UnreachableError while that is not known."""
        if self.is_ours:
            return
        if self.lease is None:
            raise RefusedError(f"{self.seat} acts no longer: {self.holder() or 'nobody'} does")
        words = f"{self.seat} waits for the node's store, which alone knows whether it still acts"
        raise UnreachableError(f"{words}; its last answer took {self.answer_s:.1f} s")

    def holder(self) -> str:
        """Who acts now; "" when nobody does."""
        with contextlib.suppress(VedetteError):
            lease = self.store.lease(WATCH)
            if lease is not None and lease.t_until_tai_ns > self._clock():
                return lease.holder
        return ""

    def try_take(self) -> bool:
        """Take the lease when it is free, or prolong one's own; False while another has it, or none can be had."""
        if not self._ask():
            return False
        if time.monotonic() + RENEW_S + self.answer_s > self._until_s and not self._ask():  # for longer, then
            return False
        return self.is_ours

    def _ask(self) -> bool:
        """Take or prolong it; False when another has it, or had it meanwhile."""
        before, lease, until_s = self.lease, None, 0.0
        try:
            if before is not None and self.is_ours:
                lease, until_s = self._timed(lambda now, until: self.store.renew_lease(before, now, until))
            if lease is None:
                lease, until_s = self._timed(lambda now, until: self.store.write(
                    lambda writing: writing.take_lease(WATCH, self.seat, now, until), is_urgent=True
                ))  # fmt: skip
            assert lease is not None
            if before is not None and lease.token > before.token + 1:  # somebody acted between
                self.lease = None
                self._let_go(lease)
                return False
            self.lease = lease
        except NotRecordedError:  # a full disk lets nobody else have it either
            if self.lease is None and self.holder():
                return False
            held = self.lease or self.store.lease(WATCH)
            until_s = time.monotonic() + LEASE_S - MARGIN_S
            until = self._clock() + round(LEASE_S * NS_PER_S)
            self.lease = Lease(WATCH, self.seat, 0 if held is None else held.token, until)
        except RefusedError:
            self.lease = None
            return False
        self._until_s = until_s
        return True

    def _timed(self, work: Callable[[int, int], Lease | None]) -> tuple[Lease | None, float]:
        """What the store answers to `work(now, until)`, and until when it may be believed."""
        began_s, now = time.monotonic(), self._clock()
        lease_s = LEASE_S + 2.0 * min(self.answer_s, SLOWEST_S)
        try:
            return work(now, now + round(lease_s * NS_PER_S)), began_s + lease_s - MARGIN_S
        finally:
            self.answer_s = max(time.monotonic() - began_s, 0.8 * self.answer_s)

    def _let_go(self, lease: Lease) -> None:
        with contextlib.suppress(VedetteError):
            self.store.write(lambda writing: writing.give_up_lease(lease))

    def publish(self, journal: str, plan: WatchPlan) -> None:
        """Tell who stands by what to follow."""
        self._seat = Seat(
            seat=self.seat, host=socket.gethostname(), pid=os.getpid(), t_process=_began(os.getpid()),
            token=self.token, journal=journal, plan=plan,
        )  # fmt: skip
        with contextlib.suppress(UnreachableError):  # told by `keep` when it can be
            self._tell_seat()

    def _tell_seat(self) -> None:
        if (told := self._seat) is not None:
            self.store.write(lambda writing: writing.keep_document(ROOM, SEAT_KEY, msgspec.json.encode(told)))
            if self._seat is told:
                self._seat = None

    def keep(self) -> None:
        """Prolong it from now on, on a thread; `on_lost(words)` when it cannot be, or when it is to be handed back."""
        self._is_over.clear()
        works = {"acting": self._keep, "acting, beside": self._look_after}
        self._threads = [threading.Thread(target=work, name=name, daemon=True) for name, work in works.items()]
        for thread in self._threads:
            thread.start()

    def stand_by(self, entry: int) -> None:
        """Tell whoever acts that this one follows, and how far it has read."""
        body = f"{self._clock()} {entry}".encode()
        with contextlib.suppress(VedetteError):
            self.store.write(lambda writing: writing.keep_document(STANDBY, self.seat, body))

    def is_stood_by(self) -> bool:
        """Whether somebody follows, and would go on."""
        return any(seat != self.seat for seat in standing_by(self.store, self._clock()))

    def _keep(self) -> None:
        """Prolong it, and nothing that could wait for another writer of the store."""
        while not self._is_over.wait(RENEW_S):
            try:
                if not self._ask():
                    self.on_lost(f"{self.holder() or 'another'} acts now")
                    return
                self._say_if_slow()
            except VedetteError:  # the store does not answer: who is alone goes on, as nobody else can take its place
                if not self._is_watched:
                    self._until_s = time.monotonic() + LEASE_S

    def _look_after(self) -> None:
        """Who follows, whether to hand back, and what they are to follow, told to the store."""
        while not self._is_over.wait(RENEW_S):
            with contextlib.suppress(VedetteError):
                self._is_watched = self.is_stood_by()
                if self.store.document(ROOM, YIELD_KEY) == self.seat.encode():
                    self.on_lost("asked to hand back")
                    return
                self._tell_seat()

    def _say_if_slow(self) -> None:
        is_slow = self.answer_s > SLOW_S
        if is_slow is not self._is_slow:
            self._is_slow = is_slow
            late = f"answers after {self.answer_s:.1f} s (degraded): who stands by would take over later"
            with contextlib.suppress(OSError):
                sys.stderr.write(f"the node's store {late if is_slow else 'answers in time again'}\n")

    def give_up(self) -> None:
        """Let go, everything being on the disk."""
        self._is_over.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(2.0)
        lease, self.lease, self._until_s = self.lease, None, 0.0
        if lease is not None:

            def work(writing) -> None:  # type: ignore[no-untyped-def]
                writing.give_up_lease(lease)
                writing.keep_document(ROOM, YIELD_KEY, None)

            with contextlib.suppress(VedetteError):
                self.store.write(work)

    def close(self) -> None:
        """Give up and let go of the store."""
        self.give_up()
        self.store.close()


def store_of(path: Path) -> NodeStore:
    """The store of the node in a directory."""
    _, settings = read_node(path)
    return open_node_store(path, settings)


def standing_by(store: NodeStore, t_now_tai_ns: int) -> dict[str, int]:
    """Who follows now, and how many entries it has read."""
    said = {seat: body.split() for seat, body in store.documents(STANDBY).items()}
    return {
        seat: int(words[1])
        for seat, words in said.items()
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit()
        and t_now_tai_ns - int(words[0]) < FRESH_S * NS_PER_S
    }  # fmt: skip


def seat_of(store: NodeStore) -> Seat | None:
    """Who acts or acted last; None when nobody ever did."""
    body = store.document(ROOM, SEAT_KEY)
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=Seat)
    except msgspec.DecodeError:
        return None


def ask_to_yield(store: NodeStore) -> str:
    """Ask who acts to hand back; who that is. RefusedError when nobody acts."""
    lease = store.lease(WATCH)
    if lease is None or lease.t_until_tai_ns <= now_tai_ns():
        raise RefusedError("nobody acts for this node; `vedette node run` begins")
    holder = lease.holder
    store.write(lambda writing: writing.keep_document(ROOM, YIELD_KEY, holder.encode()))
    return holder


def end_stale(seat: Seat | None, patience_s: float = 2.0) -> bool:
    """End a process of this machine whose lease is over and that still stands (it hangs, or was stopped): it could
    hold the journal. True when there was one."""
    if seat is None or seat.host != socket.gethostname() or seat.pid == os.getpid() or not _is_process(seat):
        return False
    with contextlib.suppress(OSError):
        os.kill(seat.pid, signal.SIGKILL)
    t_end = time.monotonic() + patience_s
    while _is_process(seat) and time.monotonic() < t_end:
        time.sleep(0.02)
    return True


def _is_process(seat: Seat) -> bool:
    return seat.t_process > 0 and _began(seat.pid) == seat.t_process


def _began(pid: int) -> int:
    """When a process began, in the system's ticks; 0 when there is none, it is over, or the system does not tell."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return 0 if words[0] in "ZX" else int(words[19])
    except (OSError, ValueError, IndexError):
        return 0
