"""A node whose store answers late goes on acting; what it may not write meanwhile is held, and nobody is doubled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError, UnreachableError
from vedette.doors.journal_store import JournalStore
from vedette.doors.node import acting as acting_module
from vedette.doors.node.acting import LEASE_S, MARGIN_S, RENEW_S, Acting
from vedette.doors.node.reserve import Reserve
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.patient_keeper import PatientKeeper
from vedette.doors.server.worker import ActsNoMore, check_acting


class Times:
    """The clock of the wall and the one that never steps, moved together by the test."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> int:
        return 10**18 + round(self.s * NS_PER_S)


class Late:
    """A store that does what it is asked and answers late; `first` and `meanwhile` are called before it does."""

    def __init__(self, store: Any, times: Times) -> None:
        self.store, self.times = store, times
        self.before_s = self.after_s = 0.0  # until it is done, and until the answer is there
        self.first: Callable[[], object] = lambda: None
        self.meanwhile: Callable[[], None] = lambda: None

    def __getattr__(self, name: str) -> Any:
        what = getattr(self.store, name)
        if name not in ("write", "renew_lease"):
            return what

        def late(*args: Any, **named: Any) -> Any:
            self.times.s += self.before_s
            self.first()
            given = what(*args, **named)
            self.times.s += self.after_s
            self.meanwhile()
            return given

        return late


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    made = Times()
    monkeypatch.setattr(acting_module.time, "monotonic", lambda: made.s)
    return made


@pytest.fixture
def three(tmp_path: Path, times: Times):
    stores = [open_sqlite_store(tmp_path / "node.sqlite", 0) for _ in range(2)]
    late = Late(stores[0], times)
    yield late, Acting(late, "host:1", times), Acting(stores[1], "host:2", times)
    for store in stores:
        store.close()


def keep(one: Acting, times: Times, rounds: int) -> list[str]:
    """So many rounds of prolonging, and what was said of a lease that was lost."""
    lost: list[str] = []
    left = [rounds]

    class Over:
        def wait(self, seconds: float) -> bool:
            times.s += seconds
            left[0] -= 1
            return left[0] < 0

    one.on_lost, one._is_over = lost.append, Over()
    one._keep()
    return lost


@pytest.mark.parametrize("answer_s", [0.0, 1.0, 2.6, 2.8, 5.0, 14.0])
def test_who_asks_a_slow_store_acts_without_a_break(three, times: Times, answer_s: float) -> None:
    late, one, other = three
    late.after_s = answer_s
    assert one.try_take() and one.is_ours
    doubts: list[float] = []
    late.meanwhile = lambda: None if one.is_ours else doubts.append(times.s)
    assert keep(one, times, 20) == [] and doubts == []
    assert one.is_ours and not other.try_take()
    assert one.token <= 2, "the first lease may be over when its answer comes, and no later one"


def test_a_store_that_is_slow_of_a_sudden_leaves_a_doubt_and_no_more(three, times: Times) -> None:
    late, one, _ = three
    assert one.try_take()
    late.after_s = 6.0
    seen: list[bool] = []

    def look() -> None:
        seen.append(one.is_ours)
        with pytest.raises(UnreachableError, match="waits for the node's store"):
            one.check()

    late.meanwhile = look
    times.s += RENEW_S
    assert one._ask() and seen[0] is False
    late.meanwhile = lambda: None
    assert keep(one, times, 3) == [] and one.is_ours, "nobody else had it, and so it is taken again"


def test_one_that_follows_takes_the_place_of_one_whose_answers_do_not_come(three, times: Times) -> None:
    late, one, other = three
    assert one.try_take()
    late.before_s = LEASE_S + 1.0
    late.first = lambda: other.is_ours or other.try_take()
    assert keep(one, times, 3) == ["host:2 acts now"]
    assert other.is_ours and not one.is_ours
    with pytest.raises(RefusedError):
        one.check()
    with pytest.raises(ActsNoMore):
        check_acting(one)


def test_one_that_slept_through_another_s_turn_hands_back_though_the_lease_is_free(three, times: Times) -> None:
    _, one, other = three
    assert one.try_take()
    times.s += 10.0
    assert other.try_take()
    other.give_up()
    assert keep(one, times, 3) == ["another acts now"], "what the other wrote is not in its picture"
    assert not one.is_ours and other.try_take()


def test_what_comes_in_doubt_is_held_and_written_once_it_is_over(three, times: Times, tmp_path: Path) -> None:
    late, one, _ = three
    assert one.try_take()
    store = JournalStore.create(tmp_path / "night.sqlite", b"a session")
    store.guard = lambda: check_acting(one)
    keeper = PatientKeeper(store, Reserve(tmp_path / "reserve", 0))
    for n in range(3):
        keeper.append("look", n, b"before")
    assert keeper.commit() == 3 and keeper.recording.is_on
    times.s += LEASE_S - MARGIN_S
    keeper.append("look", 3, b"in doubt")
    assert keeper.commit() == 3 and not keeper.recording.is_on
    assert "waits for the node's store" in keeper.recording.text
    keeper.append("look", 4, b"in doubt")
    assert keeper.appended_count == 5
    late.after_s = 4.0
    assert one.try_take()
    assert keeper.commit(is_urgent=True) == 5 and keeper.recording.is_on, "the journal has no hole"
    assert [entry.payload for entry in store.read()] == [b"before"] * 3 + [b"in doubt"] * 2
    store.close()
