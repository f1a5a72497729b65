"""A node that stands by: served like one that runs, its broker begun once it acts."""

import socket
import sys
import threading
import time
from pathlib import Path

import msgspec

from vedette.core.errors import NotFoundError, RefusedError, UnreachableError, VedetteError
from vedette.doors.node.acting import Acting, Seat, ask_to_yield, seat_name, seat_of, store_of
from vedette.doors.node.broker import Broker
from vedette.doors.node.broker_program import find_broker
from vedette.doors.node.folder import host_and_port, read_node
from vedette.doors.node.running import BrokerKeeper
from vedette.doors.node.store import NodeStore, StoreRefusesError
from vedette.doors.server.opening import Opening

LOOK_S = 0.25
HAND_OVER_S = 10.0


def run_standby(path: Path, opening: Opening, *, nats_server: str = "", is_quiet: bool = False) -> int:
    """Until Ctrl-C; the exit code of the watch. NotFoundError when nobody ever acted for the node."""
    import os

    from vedette.doors.server.serving import run_serve

    folder, settings = read_node(path)
    store, seat = _store_in_time(path)
    if seat is None or seat.plan is None:
        store.close()
        raise NotFoundError(f"nobody ever acted for {settings.name}; `vedette node run FEED...` begins")
    plan = msgspec.structs.replace(seat.plan, is_standby=True, node=str(path), data_dir=str(path))
    if not (settings.desk_in_store or (path / "journals" / seat.journal).is_file()):
        store.close()
        raise RefusedError(
            f"the journal and the alerts of {settings.name} lie on another machine; to follow them from here the store "
            "must be postgresql://... with desk_in_store = true at both, or the directory one that both reach"
        )
    acting = Acting(store, seat_name(os.getpid()))
    is_over = threading.Event()
    keepers: list[BrokerKeeper] = []

    def keep_broker() -> None:
        while not is_over.wait(LOOK_S):
            if acting.holder() == acting.seat and not _answers(settings.client_listen):
                try:
                    program = find_broker(nats_server or settings.nats_server)
                    keeper = BrokerKeeper(Broker(folder, settings, program), folder)
                except VedetteError as trouble:
                    sys.stderr.write(f"the links to partners: {trouble}\n")
                    return
                keepers.append(keeper)
                keeper.start()
                return

    thread = threading.Thread(target=keep_broker, name="standby broker", daemon=True)
    thread.start()
    if not is_quiet:
        sys.stderr.write(f"node {settings.name}, standing by for {acting.holder() or 'whoever runs it'}\n")
    try:
        return run_serve(plan, opening, is_quiet)
    finally:
        is_over.set()
        thread.join(12.0)
        for keeper in keepers:
            keeper.stop()
        store.close()


def _store_in_time(path: Path) -> tuple[NodeStore, Seat | None]:
    """The store and who acts, or acted last; waited for until it answers. StoreRefusesError when it says no."""
    from vedette.doors.server.awaiting import StoreWaiting

    waiting = StoreWaiting(path)
    while True:
        try:
            store = store_of(path)
            try:
                seat = seat_of(store)
            except BaseException:
                store.close()
                raise
        except StoreRefusesError:
            waiting.over()
            raise
        except UnreachableError as trouble:
            time.sleep(waiting.say(str(trouble)))
        else:
            waiting.over()
            return store, seat


def _answers(address: str) -> bool:
    """Whether a broker is there already: that of the one that acted before may have outlived it."""
    host, port = host_and_port(address, "client_listen")
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def hand_over(path: Path) -> tuple[str, str]:
    """Ask who acts to hand over; who acted, and who does then ("" when nobody took its place in time)."""
    store = store_of(path)
    try:
        before = ask_to_yield(store)
        looking = Acting(store, "")
        t_end, after = time.monotonic() + HAND_OVER_S, before
        while after in ("", before) and time.monotonic() < t_end:
            time.sleep(0.1)
            after = looking.holder()
        return before, after
    finally:
        store.close()
