"""One acts: by a lease with a token, kept by the store, heeded by the desk and the journal."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.assessment.alerts.samples import draft, name_of, second
from tests.rehearsals.test_kill_the_watch import ascent

from vedette.assessment.alerts import DeskKind
from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.node import acting as acting_module
from vedette.doors.node.acting import WATCH, Acting, Seat, ask_to_yield, end_stale, seat_of, standing_by
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.proposing import Proposer
from vedette.doors.server.pipe import WatchPlan
from vedette.doors.server.standing_by import Followed, journal_to_go_on_with, stand_by
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import FeedEnded, Session
from vedette.reports import Mode


class Clock:
    """Of the wall, set by the test."""

    def __init__(self) -> None:
        self.t = 10**18

    def __call__(self) -> int:
        return self.t


@pytest.fixture
def two(tmp_path: Path):
    clock = Clock()
    both = [Acting(open_sqlite_store(tmp_path / "node.sqlite", 0), f"host:{i}", clock) for i in (1, 2)]
    yield clock, *both
    for one in both:
        one.store.close()


def test_one_acts_at_a_time_and_each_that_follows_has_a_higher_token(two) -> None:
    clock, one, other = two
    assert one.try_take() and not other.try_take()
    assert one.is_ours and not other.is_ours and other.holder() == "host:1"
    clock.t += 2 * NS_PER_S
    assert one.try_take(), "its own lease is prolonged"
    assert one.token == 1
    clock.t += 4 * NS_PER_S
    assert other.try_take() and other.token == 2
    assert not one.try_take() and not one.is_ours
    with pytest.raises(RefusedError):
        one.check()
    with pytest.raises(RefusedError):
        one.publish("night.sqlite", WatchPlan()) if one.lease else one.check()


def test_a_lease_is_not_believed_in_any_more_a_moment_before_it_ends(two, monkeypatch: pytest.MonkeyPatch) -> None:
    _, one, _ = two
    now = [100.0]
    monkeypatch.setattr(acting_module.time, "monotonic", lambda: now[0])
    assert one.try_take()
    now[0] += acting_module.LEASE_S - acting_module.MARGIN_S - 0.01
    assert one.is_ours
    now[0] += 0.02
    assert not one.is_ours, "although nobody told it: it may have slept"


def test_handing_back_is_asked_for_by_name(two) -> None:
    clock, one, other = two
    clock.t = acting_module.now_tai_ns()
    with pytest.raises(RefusedError):
        ask_to_yield(other.store)
    assert one.try_take()
    one.publish("night.sqlite", WatchPlan(feeds=("udp://127.0.0.1:8600",)))
    seat = seat_of(other.store)
    assert seat is not None and (seat.journal, seat.token) == ("night.sqlite", 1)
    assert seat.plan is not None and seat.plan.feeds == ("udp://127.0.0.1:8600",)
    assert ask_to_yield(other.store) == "host:1"
    one.give_up()
    assert other.try_take() and other.token == 2
    other.stand_by(17)
    assert standing_by(one.store, clock.t) == {"host:2": 17}
    assert standing_by(one.store, clock.t + 10 * NS_PER_S) == {}


def test_what_hangs_is_ended_and_nothing_else_is() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        began = acting_module._began(child.pid)
        if began == 0:
            pytest.skip("this system does not tell when a process began")
        here = {"seat": "x", "host": acting_module.socket.gethostname(), "pid": child.pid, "token": 1}
        assert not end_stale(Seat(**here, t_process=began + 1)), "a number that was used again"
        assert not end_stale(Seat(**{**here, "host": "elsewhere"}, t_process=began))
        assert not end_stale(None)
        assert child.poll() is None
        assert end_stale(Seat(**here, t_process=began))
        assert child.wait(5.0) != 0
    finally:
        child.kill()
        child.wait()


def test_a_machine_with_an_old_token_writes_nothing_at_the_desk(tmp_path: Path) -> None:
    old, new = AlertDesk.open(tmp_path, DeskKind.LIVE), AlertDesk.open(tmp_path, DeskKind.LIVE)
    old.act_by(3)
    old.propose([(name_of(), draft())], second(0))
    new.act_by(4)
    with pytest.raises(RefusedError, match="token 4"):
        old.propose([(name_of(), draft(text="second"))], second(1))
    with pytest.raises(RefusedError, match="token 4"):
        AlertDesk.open(tmp_path, DeskKind.LIVE).act_by(3)
    assert new.propose([(name_of(), draft())], second(2))[0].records == (), "the same is not proposed twice"
    assert len(list(new.log.read())) == 1
    old.close()
    new.close()


def test_a_journal_is_not_written_by_who_acts_no_more(tmp_path: Path) -> None:
    path = tmp_path / "night.sqlite"
    with SqliteJournal.create(path, Session(mode=Mode.TEST)) as journal:
        for scan in ascent(3):
            journal.append_event(scan)
        journal.commit()
        journal.append_event(ascent(4)[-1])

        def refuse() -> None:
            raise RefusedError("another acts")

        journal.store.guard = refuse
        with pytest.raises(RefusedError):
            journal.commit()
        journal.store.forget_uncommitted()
    with SqliteJournal.open(path) as again:
        assert again.store.entry_count == 3 and again.verify().is_whole


class Heard:
    """The worker's end of the pipe, and its orders."""

    def __init__(self) -> None:
        import threading

        self.is_stopping = threading.Event()
        self.sent: list[object] = []

    def send(self, message: object) -> None:
        self.sent.append(message)

    def alive(self) -> None:
        pass

    def begin_following(self, picture: object, journal: object) -> None:
        self.sent.append(journal)

    def heard(self, picture: object, event: object) -> None:
        pass

    said = heard


def test_who_stands_by_has_the_picture_of_who_acted_when_it_takes_over(two, tmp_path: Path) -> None:
    clock, one, other = two
    (tmp_path / "journals").mkdir()
    path = tmp_path / "journals" / "night.sqlite"
    plan = WatchPlan(feeds=("x.jsonl",), data_dir=str(tmp_path), is_standby=True)
    assert one.try_take()
    one.publish(path.name, msgspec.structs.replace(plan, is_standby=False))
    scans = ascent(60)
    heard = Heard()
    with SqliteJournal.create(path, Session(mode=Mode.TEST)) as journal:
        for scan in scans[:40]:
            journal.append_event(scan)
        journal.commit()

        def work(entry: int) -> None:
            other_stand_by(entry)
            if entry >= 40 and journal.store.entry_count == 40:  # what it writes last, it writes before it dies
                for scan in scans[40:]:
                    journal.append_event(scan)
                journal.commit()
                clock.t += 10 * NS_PER_S

        other_stand_by, other.stand_by = other.stand_by, work
        followed = stand_by(plan, other, heard, heard, lambda j: Proposer(j, tmp_path))
    assert followed is not None and followed.entry == 60
    assert other.is_ours and other.token == 2
    alone = Followed(path, lambda j: Proposer(j, tmp_path))
    alone.catch_up()
    assert [f.text for f in followed.picture.timeline] == [f.text for f in alone.picture.timeline]
    assert len(followed.picture.timeline) > 0
    assert journal_to_go_on_with(plan, other, followed, None) == path
    assert journal_to_go_on_with(plan, other, None, None) == path, "it was not ended"
    with SqliteJournal.resume(path) as journal:
        journal.append_event(FeedEnded())
        journal.commit()
    followed.catch_up()
    assert journal_to_go_on_with(plan, other, followed, None) is None, "an ended watch is not gone on with"
    assert other.lease is not None and other.lease.name == WATCH
    followed.close()
    alone.close()
