"""The main job, once through: two launches seen by four sensors become two warnings that hold against the truth.

One run of the whole engine on the returns of `two-launches`; every test reads the same finished run.
"""

from dataclasses import dataclass

import pytest

from vedette.core.constants import NS_PER_S
from vedette.doors.wire import document, json_bytes
from vedette.engine import FeedEnded, Picture, advance, open_picture
from vedette.exercise import flight_verdicts
from vedette.exercise.play import session_of
from vedette.reports import Alert, Evidence, Finding, FindingKind, Message
from vedette.scenario import Made, make_scenario, read_story


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A finished run and every alert revision it made, in order."""

    made: Made
    picture: Picture
    alerts: tuple[Alert, ...]


@pytest.fixture(scope="module")
def run() -> Run:
    """The story with seed 1, every scan in order of arrival."""
    made = make_scenario(read_story("two-launches"), 1)
    picture = open_picture(session_of(made))
    alerts: list[Alert] = []
    for event in [*made.scans, FeedEnded()]:
        picture = advance(picture, event)
        alerts += picture.new_alerts
    return Run(made, picture, tuple(alerts))


def findings(run: Run, kind: FindingKind, object_id: str) -> list[Finding]:
    """What was found of one object."""
    return [f for f in run.picture.timeline if f.kind is kind and f.object_id == object_id]


def test_two_launches_are_two_objects(run):
    assert [summary.id for summary in run.picture.objects] == ["O1", "O2"]
    verdicts = flight_verdicts(run.picture, run.made)
    assert {verdict.object_id for verdict in verdicts} == {"O1", "O2"}
    assert all(verdict.said_class == verdict.class_name for verdict in verdicts)
    assert all(verdict.true_class_probability > 0.8 for verdict in verdicts)


def test_launch_and_impact_are_near_enough_to_help(run):
    for verdict in flight_verdicts(run.picture, run.made):
        assert verdict.launch is not None and verdict.impact is not None
        assert verdict.launch.error_km < 5.0  # a tenth of what one infrared satellite alone would leave
        assert verdict.impact.error_km < 10.0
        assert verdict.impact.is_inside_99 or verdict.impact.error_km < 1.0
        assert abs(verdict.burnout_error_s or 99.0) < 5.0


def test_a_launch_is_said_while_the_engine_still_burns(run):
    for verdict, flight in zip(flight_verdicts(run.picture, run.made), run.made.flights, strict=True):
        (launch,) = findings(run, FindingKind.LAUNCH, verdict.object_id)
        assert launch.t_declared_tai_ns < flight.t_burnout_tai_ns


def test_no_impact_alert_before_thrust_has_ended(run):
    for verdict, flight in zip(flight_verdicts(run.picture, run.made), run.made.flights, strict=True):
        of_it = [a for a in run.alerts if a.kind == "impact" and a.object_id == verdict.object_id]
        (burnout,) = findings(run, FindingKind.BURNOUT, verdict.object_id)
        assert of_it and of_it[0].t_tai_ns >= burnout.t_declared_tai_ns > flight.t_burnout_tai_ns - 3 * NS_PER_S
        conditional = findings(run, FindingKind.IMPACT_CONDITIONAL, verdict.object_id)
        assert conditional and all(f.t_tai_ns <= burnout.t_declared_tai_ns for f in conditional)


def test_one_phenomenon_correlates_and_two_confirm(run):
    for alert in run.alerts:
        if alert.evidence is Evidence.CONFIRMED:
            assert set(alert.phenomena) == {"radar", "infrared"}
        elif alert.evidence is Evidence.CORRELATED:
            assert len(alert.phenomena) == 1
            assert any("one phenomenon only" in reason for reason in alert.reasons_against)
    assert any(alert.evidence is Evidence.CONFIRMED and alert.kind == "impact" for alert in run.alerts)


def test_every_alert_argues_both_sides_and_is_only_proposed(run):
    for alert in run.alerts:
        assert alert.reasons_for and alert.reasons_against
        assert alert.message in (Message.PROPOSED, Message.EXPIRED)


def test_the_impact_area_shrinks(run):
    for object_id in ("O1", "O2"):
        said = findings(run, FindingKind.IMPACT_PREDICTED, object_id)
        assert len(said) >= 3, "an area that never got better was never looked at again"


def test_when_it_is_down_the_alert_has_passed(run):
    newest = {alert.id: alert for alert in run.picture.alerts}
    for object_id in ("O1", "O2"):
        assert newest[f"{object_id}-impact"].evidence is Evidence.PASSED
        assert newest[f"{object_id}-impact"].message is Message.EXPIRED


def test_nothing_is_said_before_it_could_be_known(run):
    for finding in run.picture.timeline:
        assert finding.t_declared_tai_ns <= (run.picture.t_now_tai_ns or 0)
        assert finding.t_tai_ns <= finding.t_declared_tai_ns + 2 * NS_PER_S  # a burnout's median may lie just ahead


def test_the_document_can_be_written_whole(run):
    whole = document(run.picture)
    assert {"events", "objects", "alerts", "predictions"} <= set(whole)
    for summary in whole["objects"]:
        assert [area["probability"] for area in summary["impact_areas"]] == [0.5, 0.9, 0.99]
        sizes = [area["area_km2"] for area in summary["impact_areas"]]
        assert sizes == sorted(sizes)
        assert sum(summary["probabilities"].values()) == pytest.approx(1.0, abs=1e-3)  # rounded to 1e-4 each
    assert b"NaN" not in json_bytes(whole)
