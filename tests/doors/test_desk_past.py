"""What people had done at an instant of a journal: folded from the desk's log, never more than was done by then."""

import msgspec
import pytest
from tests.assessment.alerts.samples import draft, name_of, person, second
from tests.doors.after_action.journals import drill

from vedette.assessment.alerts import Act, Attention, DeskKind, attend
from vedette.core.constants import NS_PER_S
from vedette.doors.alert_desk import AlertDesk
from vedette.doors.desk_past import DeskPast
from vedette.doors.reel import ensure_reel
from vedette.doors.seeking import Reading
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session
from vedette.reports import Mode
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns


def acknowledged(desk, act):
    return attend(desk, act, Attention.ACKNOWLEDGED)


@pytest.fixture(scope="module")
def acted(tmp_path_factory):
    """A drill of another night, at whose alert people acted; and the picture's time of its newest proposal."""
    path = drill(tmp_path_factory.mktemp("drill"))
    with AlertDesk.open(path.parent.parent, DeskKind.DRILL) as desk:
        (life,) = desk.now().lives.values()
        now = life.newest.t_tai_ns
        seen = Act(alert_id=life.alert_id, person=person("first"), t_tai_ns=now + 5 * NS_PER_S)
        desk.do(seen, acknowledged, "acknowledge")
    return path, life.newest.draft.t_created_tai_ns


@pytest.fixture
def past(acted):
    with SqliteJournal.open(acted[0]) as journal:
        found = DeskPast(journal)
        yield found
        found.close()


def test_each_act_is_there_from_its_instant_on(acted, past):
    _, t = acted
    told = [past.at(t + round(step * NS_PER_S))[0] for step in (0.5, 1.5, 2.5, 3.5, 6.0)]
    assert [one["message"] for one in told] == ["proposed", "proposed", "released", "cancelled", "cancelled"]
    assert [one["waits_for_second"] for one in told] == [None, "first", None, None, None]
    assert [len(one["messages"]) for one in told] == [0, 0, 1, 2, 2]
    assert [one["attention"] for one in told] == [{}, {}, {}, {}, {"first": "acknowledged"}]
    assert past.at(t - 86_400 * NS_PER_S) == []


def test_changes_between_two_instants_fold_over_the_desk_at_the_first(acted, past):
    _, t = acted
    shown = {one["id"]: one for one in past.at(t)}
    acts = past.between(t, t + 10 * NS_PER_S)
    assert [tai_ns_from_utc_text(one["t_utc"]) - t for one in acts] == [step * NS_PER_S for step in (1, 2, 3, 5)]
    for one in acts:
        shown.update((row["id"], row) for row in one["alerts"])
    later = past.at(t + 5 * NS_PER_S)
    for row in later:
        for part in ("message", "attention", "attended", "approval", "revision", "messages"):
            assert shown[row["id"]][part] == row[part], part


def test_what_is_done_while_the_past_is_looked_at_is_read(acted, past):
    _, t = acted
    before = len(past.between(t, t + 100 * NS_PER_S))
    with AlertDesk.open(past.data_dir, DeskKind.DRILL) as desk:
        (life,) = desk.now().lives.values()
        at = life.newest.t_tai_ns + 8 * NS_PER_S
        desk.do(Act(alert_id=life.alert_id, person=person("third"), t_tai_ns=at), acknowledged, "acknowledge")
    assert len(past.between(t, t + 100 * NS_PER_S)) == before + 1


def test_a_snapshot_of_the_past_holds_the_desk_of_then(acted):
    path, t = acted
    ensure_reel(path)
    reading = Reading.open(path)
    try:
        released = reading.picture_at(utc_text_from_tai_ns(t + round(2.5 * NS_PER_S)))
        assert released["is_desk_kept"] and released["desk"][0]["message"] == "released"
        early = reading.picture_at(utc_text_from_tai_ns(t - 3600 * NS_PER_S))
        assert early["is_desk_kept"] and early["desk"] == [], "nothing had been proposed: that is known, not left out"
        first, last = (utc_text_from_tai_ns(t + step * NS_PER_S) for step in (0, 4))
        assert [len(one["alerts"]) for one in reading.acts_between(first, last)] == [1, 1, 1]
    finally:
        reading.close()


def test_a_journal_without_a_desk_says_so(acted, tmp_path):
    alone = tmp_path / "journals" / acted[0].name
    alone.parent.mkdir()
    alone.write_bytes(acted[0].read_bytes())
    ensure_reel(alone)
    reading = Reading.open(alone)
    shown = reading.picture_at("end")
    assert not shown["is_desk_kept"] and shown["desk"] == [] and reading.acts_between("entry:1", "end") == []
    reading.close()


@pytest.mark.parametrize(("speed", "waited_s", "seen_s"), [(0.1, 540.0, 100.0), (1.0, 20.0, 60.0), (50.0, 0.6, 40.6)])
def test_a_watch_at_another_pace_than_lifes_shows_the_revision_of_the_instant(tmp_path, speed, waited_s, seen_s):
    """Proposals at 0, 40 and 100 s of the picture, an act so long after the second on the wall: whatever the pace was,
    each revision is there from the instant that it speaks of on, and the act between the two that it came between."""
    name, told_s = name_of(Mode.EXERCISE), (0.0, 40.0, 100.0)
    wall_s = [1e6 + at / speed for at in told_s]
    path = tmp_path / "journals" / "night.sqlite"
    path.parent.mkdir()
    with SqliteJournal.create(path, Session(mode=Mode.EXERCISE)) as journal:
        event_id = f"E-{journal.store.first_link.hex()[:16]}-O1"
        with AlertDesk.open(tmp_path, DeskKind.DRILL) as desk:
            for number, (at, wall) in enumerate(zip(told_s, wall_s, strict=True)):
                one = draft(Mode.EXERCISE, text=f"revision {number}", t=second(at))
                desk.propose([(name, msgspec.structs.replace(one, event_id=event_id))], second(wall))
                if number == 1:
                    seen = Act(alert_id=name, person=person("first"), t_tai_ns=second(wall + waited_s))
                    desk.do(seen, acknowledged, "acknowledge")
        past = DeskPast(journal, tmp_path)
        try:
            for at, revisions in ((-1.0, None), (0.0, 1), (39.9, 1), (40.0, 2), (99.9, 2), (100.0, 3), (200.0, 3)):
                rows = past.at(second(at))
                assert [one["revisions"] for one in rows] == ([] if revisions is None else [revisions]), at
            assert past.at(second(seen_s - 0.1))[0]["attention"] == {}
            assert past.at(second(seen_s))[0]["attention"] != {}
        finally:
            past.close()
