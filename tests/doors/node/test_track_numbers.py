"""A node's tracks keep their numbers over restarts, and none is told that is not kept."""

from pathlib import Path

import pytest

from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.node.store import NotRecordedError
from vedette.doors.node.track_numbers import TrackNumbers
from vedette.reports import Evidence, SharedEvent, SharedTrack

NS = 10**9


def track(name: str, owner: str = "NORTH") -> SharedTrack:
    return SharedTrack(
        number=name, t_tai_ns=0, position_itrf_m=(7e6, 0.0, 0.0), velocity_itrf_mps=(0.0, 7e3, 0.0),
        covariance=(1.0,) * 21, provenance=(owner,),
    )  # fmt: skip


EVENT = SharedEvent(
    event_id="night/O1-launch", revision=1, kind="launch", evidence=Evidence.CORRELATED, tracks=("night/O1",),
    t_said_tai_ns=0,
)  # fmt: skip


def test_a_number_is_given_once_and_stays(tmp_path: Path) -> None:
    store = open_sqlite_store(tmp_path / "node.sqlite", 0)
    first = TrackNumbers(store, "NORTH", "A", lambda: NS)
    one, event, partner = first.numbered([track("night/O1"), EVENT, track("SOUTH-000007", "SOUTH")], "NORTH")
    assert (one.number, one.is_responsible) == ("NORTH-000001", True)
    assert event.tracks == ("NORTH-000001",) and event.event_id == "night/O1-launch"
    assert partner.number == "SOUTH-000007"
    again = TrackNumbers(store, "NORTH", "A", lambda: 2 * NS)
    other, same = again.numbered([track("night/O2"), track("night/O1")], "NORTH")
    assert same.number == "NORTH-000001"
    assert other.number not in ("NORTH-000001", "NORTH-000002"), "a restart begins a new block"
    store.close()


def test_what_cannot_be_kept_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_sqlite_store(tmp_path / "node.sqlite", 0)
    numbers = TrackNumbers(store, "NORTH", "A", lambda: NS)
    assert len(numbers.numbered([track("night/O1")], "NORTH")) == 1
    with monkeypatch.context() as broken:

        def full(*words: object, **more: object) -> None:
            raise NotRecordedError("the disk is full")

        broken.setattr(store, "write", full)
        told = numbers.numbered([track("night/O1"), track("night/O2"), EVENT], "NORTH")
        assert [getattr(one, "number", None) for one in told] == ["NORTH-000001", None]
        assert told[1].tracks == ("NORTH-000001",)
    (later,) = numbers.numbered([track("night/O2")], "NORTH")
    assert later.number not in ("NORTH-000001", "NORTH-000002")
    store.close()
