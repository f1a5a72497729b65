"""A lease is prolonged past whoever writes the store for long, in this process or another."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.doors.node.stores import KINDS, fresh_address

from vedette.core.errors import RefusedError
from vedette.doors.node import acting as acting_module
from vedette.doors.node.acting import Acting, seat_of
from vedette.doors.node.leases import LeaseFile
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.store import Lease
from vedette.doors.server.pipe import WatchPlan

LEASE_S, HELD_S = 1.0, 2.5


@contextmanager
def long_writing(address: str) -> Iterator[threading.Event]:
    """Another process's transaction, open for `HELD_S`; the event is set when it is over."""
    is_open, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with open_store(address, 0) as other:

            def work(writing) -> None:  # type: ignore[no-untyped-def]
                writing.keep_document("long", "one", b"much")
                is_open.set()
                time.sleep(HELD_S)

            other.write(work)
        is_over.set()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_open.wait(10.0)
    yield is_over
    thread.join()


@pytest.mark.parametrize("kind", KINDS)
def test_a_lease_outlives_a_long_transaction_of_another_writer(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting_module, "LEASE_S", LEASE_S)
    monkeypatch.setattr(acting_module, "RENEW_S", 0.1)
    address = fresh_address(kind, tmp_path, request)
    lost: list[str] = []
    with open_store(address, 0) as store, open_store(address, 0) as second:
        one, other = Acting(store, "host:1"), Acting(second, "host:2")
        assert one.try_take()
        one.on_lost = lost.append
        one.keep()
        with long_writing(address) as is_over:
            telling = threading.Thread(target=one.publish, args=("night.sqlite", WatchPlan()))
            telling.start()  # it waits for the writer
            doubts = 0
            while not is_over.is_set():
                doubts += not one.is_ours
                assert other.holder() == "host:1"
                time.sleep(0.02)
            telling.join()
        assert doubts == 0 and lost == [] and one.token == 1
        seat = seat_of(second)
        assert seat is not None and seat.journal == "night.sqlite", "what it waited for is written then"
        one.give_up()
        assert other.try_take() and other.token == 2
        other.give_up()


def test_who_lost_its_lease_cannot_prolong_it_though_the_store_does_not_have_the_new_token_yet(tmp_path: Path) -> None:
    with closing(LeaseFile(tmp_path / "node.sqlite")) as one, closing(LeaseFile(tmp_path / "node.sqlite")) as other:
        first = one.claim(None, "watch", "host:1", 0, 100)
        second = other.claim(first, "watch", "host:2", 150, 250)  # and is killed before the store has it
        assert second == Lease("watch", "host:2", 2, 250)
        assert not one.renew(first, 99, 400), "as if its clock were late"
        with pytest.raises(RefusedError, match="host:2"):
            one.claim(first, "watch", "host:1", 200, 300)
        assert one.claim(first, "watch", "host:1", 250, 350).token == 3, "no token comes twice"
        assert one.newest(first, "watch") == Lease("watch", "host:1", 3, 350)


def test_a_store_whose_small_file_is_gone_is_gone_on_with_by_its_own_token(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite"
    with open_store(path, 0) as store:
        lease = store.write(lambda w: w.take_lease("watch", "host:1", 0, 100))
        assert store.renew_lease(lease, 50, 200) is not None
    for left in tmp_path.glob("node.sqlite-lease*"):
        left.unlink()
    with open_store(path, 0) as store:
        assert store.renew_lease(lease, 90, 300) is None, "it is asked for again, and the store answers"
        assert store.write(lambda w: w.take_lease("watch", "host:1", 90, 300)).token == 1
        assert store.write(lambda w: w.take_lease("watch", "host:2", 300, 400)).token == 2
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("SELECT token FROM leases").fetchone() == (2,)
