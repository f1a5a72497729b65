"""Updates folded over a snapshot are the document, for documents drawn at random and for a watch that was played."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import BadInputError
from vedette.doors.server.frames import KEYED, WHOLE, fold, fold_frame, is_empty, snapshot_of, update_between
from vedette.doors.server.framing import Framer
from vedette.doors.wire import document
from vedette.engine import Session, advance, open_picture
from vedette.reports import Mode
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors

_ids = st.sampled_from("abcdefg")


def rows(key):
    one = st.fixed_dictionaries({key: _ids, "value": st.integers(0, 2)})
    return st.lists(one, max_size=5, unique_by=lambda row: row[key])


def events(count):
    one = st.fixed_dictionaries({
        "t_utc": st.sampled_from(["x", "y"]), "t_plus_s": st.none() | st.integers(0, 3),
        "t_declared_plus_s": st.none() | st.integers(0, 3),
    })  # fmt: skip
    return st.lists(one, max_size=count)


catalogues = st.none() | st.fixed_dictionaries({
    "source": st.sampled_from(["one", "two"]), "sha256": st.just(""), "objects": st.just(9),
    "detections_named": st.integers(0, 3), "met": rows("id"),
})  # fmt: skip

documents = st.fixed_dictionaries({
    "mode": st.sampled_from(["REAL", "TEST"]), "engine_version": st.just("1"), "t_now_utc": st.text(max_size=1),
    "t_now_plus_s": st.none() | st.integers(0, 3), "counts": st.fixed_dictionaries({"scans": st.integers(0, 3)}),
    "events": events(3), **{name: rows(key) for name, key in KEYED.items()},
    **{name: st.lists(st.integers(0, 2), max_size=2) for name in WHOLE}, "catalogue": catalogues,
})  # fmt: skip


@settings(max_examples=80)
@given(documents, documents, events(2))
def test_an_update_makes_the_second_document_of_the_first(before, after, more):
    after = {**after, "events": [{**event, "t_plus_s": 7} for event in before["events"]] + more}
    update = update_between(before, after, seq=1, entry=2)
    if update is None:
        assert before["mode"] != after["mode"]
        return
    said = msgspec.json.decode(msgspec.json.encode(update))
    assert fold(msgspec.json.decode(msgspec.json.encode(before)), said) == after


@settings(max_examples=20)
@given(documents)
def test_nothing_new_is_an_empty_update(one):
    assert is_empty(update_between(one, one, seq=1, entry=2))


@settings(max_examples=20)
@given(documents, documents)
def test_an_earlier_event_that_says_something_else_needs_a_snapshot(before, after):
    before = {**before, "mode": "REAL", "events": [{"t_utc": "x", "t_plus_s": 1, "t_declared_plus_s": 1}]}
    after = {**after, "mode": "REAL", "events": [{"t_utc": "z", "t_plus_s": 1, "t_declared_plus_s": 1}]}
    assert update_between(before, after, seq=1, entry=2) is None


def test_an_update_that_belongs_elsewhere_is_refused():
    empty = {name: [] for name in (*KEYED, *WHOLE, "events")} | {"catalogue": None}
    for update in (
        {"objects_gone": ["a"]}, {"objects_order": ["a"]}, {"events_plus_s": [[1, 2]]},
        {"catalogue": {"is_whole": False}},
    ):  # fmt: skip
        with pytest.raises(BadInputError):
            fold(empty, {"seq": 4, **update})


def test_a_watch_played_frame_by_frame_folds_to_its_document():
    """Two launches in their first minutes: tracks come and go, the zero of the seconds moves, areas change."""
    made = make_scenario(read_story("two-launches"), seed=7)
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors))
    picture, framer, held = open_picture(session), Framer("demo"), None
    kinds = set()
    for entry, scan in enumerate(made.scans, 1):
        picture = advance(picture, scan)
        if entry % 10 == 0 or picture.new_findings:
            frame = msgspec.json.decode(msgspec.json.encode(framer.frame(picture, entry)))
            kinds |= frame.keys()
            held = frame if held is None else fold_frame(held, frame)
            assert frame["seq"] == framer.seq == held["seq"]
            if entry % 40 == 0 or picture.new_findings:
                assert held["picture"] == msgspec.json.decode(msgspec.json.encode(document(picture)))
        if entry == 240:
            break
    assert held["entry"] > 230
    assert {"events", "events_plus_s", "objects", "alerts", "candidates", "sources"} <= kinds


def test_a_snapshot_says_what_stands_around_the_picture():
    frame = snapshot_of({"mode": "TEST"}, seq=3, entry=9, journal="j", desk=[{"id": "A1"}], notices=[{"id": "N1"}])
    assert list(frame) == ["type", "seq", "journal", "entry", "picture", "desk", "notices"]
    assert (frame["type"], frame["desk"]) == ("snapshot", [{"id": "A1"}])
