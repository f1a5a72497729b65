"""The watch worker: the process that runs the engine for a server, `python -m vedette.doors.server.worker`.

It reads its orders from standard input and hands frames out on what was standard output; what anybody prints goes to
standard error. It writes the journal and proposes to the desk exactly as `vedette watch` does. When its server is gone
it puts everything on disk and leaves, without ending the journal: the next one goes on with it.
"""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from vedette.core.errors import UnreachableError, VedetteError
from vedette.doors.node.acting import Acting
from vedette.doors.server.awaiting import begun_in_time
from vedette.doors.server.crowd import CrowdRows, crowd_frame
from vedette.doors.server.dying import frames_kept
from vedette.doors.server.frames import Frame
from vedette.doors.server.framing import Framer
from vedette.doors.server.pipe import (
    Alive,
    Catalogue,
    Caught,
    Changed,
    Command,
    FromWorker,
    Notices,
    Opened,
    Standing,
    Start,
    Tracks,
    Trouble,
    WatchPlan,
    Whole,
    packed,
    read_message,
)
from vedette.doors.server.sources import Source, open_source
from vedette.doors.server.standing_by import journal_to_go_on_with, stand_by
from vedette.doors.server.warming import is_cold, prepare
from vedette.engine import CatalogueGiven, Event, FeedEnded, Picture, advance, open_picture
from vedette.formats.notice_json import document_from_notice
from vedette.reports import Notice
from vedette.reports.place import Place

if TYPE_CHECKING:
    from vedette.doors.node.beside_watch import BesideWatch
    from vedette.doors.proposing import Proposer

FRAME_S = 0.1  # at most ten frames a second
ALIVE_S = 0.5
SOCKETS_S = 10.0  # that another process may take to let go of what this one is to listen at
CALM = (100_000, 50, 1000)  # frames are made of many small things that go by themselves: few searches for circles
_ENCODER = msgspec.json.Encoder()


class ServerGone(BaseException):
    """Nobody listens any more."""


class ActsNoMore(ServerGone):
    """Another process acts for the node: what is not on the disk yet is left to it."""


class Teller:
    """Hands frames to the server: the reporter and the listener of `watch_loop`."""

    def __init__(self, out: BinaryIO, control: "Control") -> None:
        self._out, self._control = out, control
        self._framer = Framer("", objects_of=CrowdRows().of)
        self._journal: Any = None
        self._t_frame = self._t_alive = time.monotonic()
        self._lock, self._is_over = threading.Lock(), threading.Event()
        self.state = "starting"
        self._is_dirty = False
        self._frames_s = 0.0  # of the processor
        self._source: Source | None = None

    def send(self, message: FromWorker) -> None:
        """One message to the server; ServerGone when it does not listen."""
        try:
            with self._lock:
                self._out.write(packed(message))
                self._out.flush()
        except (BrokenPipeError, ValueError):
            raise ServerGone from None

    def begin(self, picture: Picture, journal: Any, source: Source) -> None:
        """The picture as it is before the first event."""
        self._journal, self._source, self.state = journal, source, "running"
        if picture.notices:
            self.notices(picture)
        self._tell(self._framer.snapshot(picture, journal.store.entry_count))
        self.alive()

    def begin_following(self, picture: Picture, journal: Any) -> None:
        """The picture of a journal that another process writes."""
        session = journal.session
        self.send(Opened(journal=journal.path.name, mode=session.mode.value, feeds=session.feeds))
        self._journal, self.state = journal, "running"
        if picture.notices:
            self.notices(picture)
        self._tell(self._framer.snapshot(picture, journal.entry_count))
        self.alive()

    def notices(self, picture: Picture) -> None:
        """Every notice that the watch was given."""
        self.send(Notices(body=_ENCODER.encode([document_from_notice(one) for one in picture.notices])))

    def heard(self, picture: Picture, event: Event | None) -> None:
        """After every event and in every pause: a frame when one is due, and a sign of life."""
        if isinstance(event, Notice):
            self.notices(picture)
        if isinstance(event, CatalogueGiven):
            self.send(Catalogue(packed=event.packed, sha256=event.sha256, source=event.source))
        self._is_dirty |= event is not None
        now = time.monotonic()
        if self._is_dirty and now - self._t_frame >= FRAME_S:
            self.frame(picture)
        if now - self._t_alive >= ALIVE_S:
            self.alive()

    def said(self, picture: Picture) -> None:
        """News: told at once."""
        self.frame(picture)

    def finish(self, picture: Picture, predict_to_tai_ns: int | None) -> None:
        """The feeds have ended."""
        self.frame(picture)

    def frame(self, picture: Picture) -> None:
        """What changed, once the journal has it safely."""
        t_began = time.thread_time()
        self._journal.commit()
        self._t_frame, self._is_dirty = time.monotonic(), False
        self._tell(self._framer.frame(picture, self._journal.store.entry_count))
        positions = crowd_frame(picture)
        if positions is not None:
            self.send(Tracks(frame=positions))
        self._frames_s += time.thread_time() - t_began

    def _tell(self, frame: Frame) -> None:
        """The server numbers frames itself: it has others to put between."""
        if frame["type"] == "snapshot":
            self.send(Whole(entry=frame["entry"], body=_ENCODER.encode(frame["picture"])))
        else:
            body = {name: value for name, value in frame.items() if name not in ("type", "seq", "entry")}
            self.send(Changed(entry=frame["entry"], body=_ENCODER.encode(body)))

    def keep_telling(self) -> None:
        """A sign of life of the process, from a thread: the loop may be long over one look, and is not dead."""

        def run() -> None:
            with suppress(ServerGone):
                while not self._is_over.wait(ALIVE_S):
                    self.alive(is_loop=False)

        threading.Thread(target=run, daemon=True).start()

    def alive(self, is_loop: bool = True) -> None:
        """A sign of life; of the loop, unless it is said to be of the process alone."""
        now = time.monotonic()
        if is_loop:
            self._t_alive = now
        backlog_s = 0.0 if self._source is None else round(self._source.backlog_s(), 3)
        state = self.state if self.state != "running" or not self._control.is_paused else "paused"
        spent_s = {"frames": round(self._frames_s, 4), "all": round(time.process_time(), 4)}
        loop_age_s = round(now - self._t_alive, 3)
        recording = None if self._source is None else self._source.journal.recording
        not_recorded = "" if recording is None or recording.is_on else f"NOT RECORDED: {recording.text}"
        self.send(
            Alive(
                state=state, backlog_s=backlog_s, loop_age_s=loop_age_s, spent_s=spent_s, not_recorded=not_recorded
            )
        )  # fmt: skip


class Control:
    """What the server asks of the worker, heard on a thread of its own."""

    def __init__(self, orders: BinaryIO) -> None:
        self._orders = orders
        self.is_paused = False
        self.is_stopping = threading.Event()
        self.is_server_gone = False
        self.is_handing_back = False
        self.speed: float | None = None
        self.on_stop: Any = None

    def listen(self) -> None:
        """Hear orders until there are no more."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            order = read_message(self._orders)
            if order is None:
                self.is_server_gone = True
                break
            if isinstance(order, Command):
                if order.do == "stop":
                    break
                if order.do in ("pause", "resume"):
                    self.is_paused = order.do == "pause"
                elif order.do == "speed":
                    self.speed = order.speed
        self.is_stopping.set()
        if self.on_stop is not None:
            self.on_stop()


def run(start: Start, out: BinaryIO, orders: BinaryIO) -> int:
    """Watch until the feeds end and the server has no more orders; the exit code of the watch."""
    from vedette.doors.proposing import ProposingReporter, places_of
    from vedette.doors.watch_loop import watch_loop

    plan = start.options
    control = Control(orders)
    control.speed = plan.speed
    teller = Teller(out, control)
    control.listen()
    teller.keep_telling()
    if is_cold():
        sys.stderr.write("compiling kernels, once on this machine: a minute or so\n")
        prepare(partial(preparing, teller), lambda: not control.is_stopping.is_set())
    places = places_of(None if plan.areas is None else Path(plan.areas))
    held = dict(start.held)
    with ExitStack() as stack:
        begun = begun_in_time(
            stack, plan.node, lambda attempt: begin(attempt, start, held, control, teller, places), control, teller
        )
        if begun is None:
            return 0
        acting, source, proposer, picture, is_over, partners = begun
        journal, session = source.journal, source.journal.session
        if acting is not None:
            proposer.act_by(partial(acting_token, acting))
        desk = ProposingReporter(teller, proposer)
        teller.begin(picture, journal, source)
        if is_over:
            proposer.look(picture)
        else:
            proposer.look(picture)
            events, hear = source.events(), desk.hearing(teller.heard)
            if partners is not None:
                partners.start()
                events, hear = partners.mixed(events), partners.hearing(hear)
            try:
                picture = watch_loop(
                    ending_with(events, control, acting), session, desk, journal, hear=hear, picture=picture
                )
            finally:
                if partners is not None:
                    partners.stop()
        teller.state = "ended"
        while not control.is_stopping.wait(ALIVE_S) and not control.is_handing_back:
            teller.alive()
        return picture.worst_exit_code


Begun = tuple[Acting | None, Source, "Proposer", Picture, bool, "BesideWatch | None"]


def begin(
    stack: ExitStack, start: Start, held: dict[str, int], control: Control, teller: Teller, places: tuple[Place, ...]
) -> Begun | None:
    """Everything before the first event: who acts, the journal to go on with, the picture it has grown to; None when
    the server wants no more of it. `held` are the sockets that were handed down, for as long as they are ours."""
    from vedette.doors.proposing import Proposer

    plan = start.options
    data_dir = None if plan.data_dir is None else Path(plan.data_dir)
    left = None if start.journal is None else Path(start.journal)
    acting, followed = None, None
    if plan.node is not None:
        acting = stack.enter_context(closing(Acting.at(Path(plan.node))))
        if acting.holder() not in ("", acting.seat):
            let_go(held)  # who acts hears the feeds
            held.clear()
        followed = stand_by(plan, acting, control, teller, lambda journal: Proposer(journal, data_dir, places))
        if control.is_stopping.is_set():
            return None
        left = journal_to_go_on_with(plan, acting, followed, left)
        acting.on_lost = partial(hand_back, control, teller)
        acting.keep()
    source = stack.enter_context(opened_in_time(plan, control, left, held, acting is not None))
    journal, session = source.journal, source.journal.session
    if acting is not None:
        journal.store.guard = partial(check_acting, acting)
        acting.publish(journal.path.name, plan)
    control.on_stop = source.stop
    if control.is_stopping.is_set():
        source.stop()
    teller.send(
        Opened(
            journal=journal.path.name, mode=session.mode.value, feeds=session.feeds,
            resumed_entries=journal.store.entry_count,
        )
    )  # fmt: skip
    source.begin()  # what arrives while the journal is read again is held
    if followed is not None and followed.path == journal.path:
        proposer, picture, is_over = followed.proposer, followed.picture, followed.is_over
        proposer.go_on(journal)
        followed.close()
    else:
        proposer = Proposer(journal, data_dir, places)
        picture, is_over = resumed(journal, proposer, teller)
    from vedette.doors.node.beside_watch import beside

    return acting, source, proposer, picture, is_over, beside(plan, journal, source.is_played)


def preparing(teller: Teller, done: int, of: int) -> None:
    """How far the kernels are."""
    teller.send(Caught(entry=done, of=of, what="kernels"))


def hand_back(control: Control, teller: Teller, words: str) -> None:
    """Another is to act for the node, or does."""
    words = f"this watch stops acting: {words}"
    sys.stderr.write(words + "\n")
    control.is_handing_back = True
    with suppress(ServerGone):
        teller.send(Standing(sentence=words))


def let_go(held: Mapping[str, int]) -> None:
    """Close what was handed down."""
    for number in held.values():
        with suppress(OSError):
            os.close(number)


@contextmanager
def opened_in_time(
    plan: WatchPlan, control: Control, left: Path | None, held: Mapping[str, int], is_patient: bool
) -> Iterator[Source]:
    """The source of a plan; who takes another's place waits for the sockets that the other still holds."""
    t_end = time.monotonic() + (SOCKETS_S if is_patient else 0.0)
    with ExitStack() as stack:
        while True:
            try:
                source = stack.enter_context(open_source(plan, control, left, held))
                break
            except UnreachableError:
                if time.monotonic() > t_end:
                    raise
                time.sleep(0.1)
        yield source


def acting_token(acting: Acting) -> int:
    """The token to write by; RefusedError when another acts, UnreachableError while that is not known."""
    acting.check()
    return acting.token


def check_acting(acting: Acting) -> None:
    """ActsNoMore when another does; UnreachableError while that is not known: what is written is held till then."""
    if acting.lease is None:
        raise ActsNoMore
    acting.check()


def resumed(journal: Any, proposer: Any, teller: Teller) -> tuple[Picture, bool]:
    """The picture that a journal has grown to, and whether its feeds had ended; an empty one for a new journal."""
    picture = open_picture(journal.session)
    is_over, of, t_told = False, journal.store.entry_count, time.monotonic()
    for entry, event in enumerate(journal.events(), start=1):
        picture = advance(picture, event)
        proposer.recall(event, entry)
        is_over = isinstance(event, FeedEnded)
        if isinstance(event, CatalogueGiven):
            teller.send(Catalogue(packed=event.packed, sha256=event.sha256, source=event.source))
        if time.monotonic() - t_told > ALIVE_S:
            t_told = time.monotonic()
            teller.send(Caught(entry=entry, of=of))
    picture.new_findings, picture.new_alerts = (), ()
    return picture, is_over


def ending_with(
    events: Iterator[Event | None], control: Control, acting: Acting | None = None
) -> Iterator[Event | None]:
    """The events until the server asks to stop; when the server is gone, or another is to act, or one stands by, the
    journal is left open-ended."""
    for event in events:
        if control.is_server_gone or control.is_handing_back:
            raise ServerGone
        yield event
        if control.is_stopping.is_set() and not control.is_server_gone:
            if acting is not None and acting.is_stood_by():
                raise ServerGone
            break
    if control.is_server_gone:
        raise ServerGone


def main() -> int:
    """The process: orders from standard input, frames on standard output."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # what anybody prints is for people
    orders = os.fdopen(os.dup(0), "rb")  # not sys.stdin: Python lets go of it at the end, and a thread reads it still
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server says what to do
    gc.set_threshold(*CALM)
    start = read_message(orders)
    if not isinstance(start, Start):
        return 2
    data_dir = start.options.data_dir
    try:
        with frames_kept(None if data_dir is None else Path(data_dir)):
            return run(start, out, orders)
    except ServerGone:
        return 0
    except VedetteError as trouble:
        out.write(packed(Trouble(sentence=str(trouble), exit_code=trouble.exit_code, is_final=True)))
        out.flush()
        return trouble.exit_code


if __name__ == "__main__":
    sys.exit(main())
