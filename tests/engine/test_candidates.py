"""A sounding rocket before one radar, with its notice and without: what the picture says it may be."""

from pathlib import Path

import msgspec
import pytest

from vedette.core.constants import NS_PER_S
from vedette.core.tables import table_text
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.doors.wire import document, json_bytes
from vedette.engine import Session, advance, open_picture
from vedette.reports import LAUNCHES, NATURAL, Cause, Evidence, FindingKind, Mode, Notice
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors

STORY = Path("scenarios/false-alarms/FA-12b.toml")
LAST_S = 150.0  # the launch is declared at 144 s


@pytest.fixture(scope="module")
def made():
    return make_scenario(read_story(str(STORY)), 1)


@pytest.fixture(scope="module")
def events(made):
    end = made.story.t_start_tai_ns + round(LAST_S * NS_PER_S)
    kept = [event for event in made.events if event.t_received_tai_ns <= end]
    return sorted(kept, key=lambda event: event.t_received_tai_ns)


@pytest.fixture(scope="module")
def session(made):
    return Session(
        mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors), policy_toml=table_text("assessment_policy.toml")
    )


def fold(session, events):
    picture, said = open_picture(session), []
    for event in events:
        picture = advance(picture, event)
        said += picture.new_findings
    return picture, said


@pytest.fixture(scope="module")
def announced(session, events):
    return fold(session, events)


@pytest.fixture(scope="module")
def unannounced(session, events):
    return fold(session, [event for event in events if not isinstance(event, Notice)])


def only_candidate(picture):
    (one,) = [c for c in picture.candidates if c.subject == "object"]
    return one


def test_threat_and_nature_stand_in_one_list_that_sums_to_one(unannounced):
    one = only_candidate(unannounced[0])
    names = {e.name for e in one.explanations}
    assert names & LAUNCHES and names & NATURAL and Cause.UNKNOWN in names
    assert sum(e.probability for e in one.explanations) == pytest.approx(1.0)
    assert all(e.probability > 0.0 for e in one.explanations)
    assert one.explanations[0].reasons_for


def test_radar_alone_correlates_and_never_confirms(unannounced):
    picture, said = unannounced
    levels = [f.data["evidence"] for f in said if f.kind is FindingKind.EVIDENCE]
    assert levels == ["correlated"]
    assert {a.evidence for a in picture.alerts} == {Evidence.CORRELATED}


def test_the_notice_is_matched_and_changes_the_explanation(announced, unannounced):
    picture, said = announced
    (match,) = [f for f in said if f.kind is FindingKind.NOTICE]
    assert match.data == {"state": "matched", "notice": "NO-1995-01"}
    one, plain = only_candidate(picture), only_candidate(unannounced[0])
    assert one.notices == ("NO-1995-01",) and "announced" in one.marks and plain.notices == ()
    assert one.leading is Cause.SOUNDING_ROCKET and one.probability_of(Cause.SOUNDING_ROCKET) > 0.95
    assert one.probability_of(*LAUNCHES) >= plain.probability_of(*LAUNCHES) - 1e-9  # never less of a launch for it


def test_the_notice_changes_no_track_no_level_and_no_area(announced, unannounced):
    for with_, without in zip(announced[0].objects, unannounced[0].objects, strict=True):
        assert (with_.state, with_.impact, with_.launch) == (without.state, without.impact, without.launch)
    kinds = (FindingKind.NOTICE,)
    told = [(f.kind, f.t_declared_tai_ns) for f in announced[1] if f.kind not in kinds]
    assert told == [(f.kind, f.t_declared_tai_ns) for f in unannounced[1] if f.kind not in kinds]


def test_a_replay_from_its_journal_gives_the_same_bytes(announced, session, events, tmp_path):
    path = tmp_path / "j.sqlite"
    with SqliteJournal.create(path, session) as journal:
        for event in events:
            journal.append_event(event)
        journal.commit()
    with SqliteJournal.open(path) as journal:
        assert journal.session == session
        again, _ = fold(journal.session, list(journal.events()))
    assert json_bytes(document(again)) == json_bytes(document(announced[0]))


def test_the_document_tells_all_explanations(announced):
    whole = msgspec.json.decode(json_bytes(document(announced[0])))
    (one,) = [c for c in whole["candidates"] if c["subject"] == "object"]
    assert one["notices"] == ["NO-1995-01"] and one["evidence"] == "correlated"
    assert sum(e["probability"] for e in one["explanations"]) == pytest.approx(1.0, abs=1e-4)
    assert {"name", "probability", "reasons_for", "reasons_against"} <= set(one["explanations"][0])
