"""Who must act by when, as the policy says, and who is called when nobody has."""

from tests.assessment.alerts.samples import act, desk_with, draft, name_of, person, second

from vedette.assessment.alerts import Attention, after, attend, cancel, duties, escalations, propose, release
from vedette.assessment.candidates.policy import packaged_assessment_policy
from vedette.reports import Evidence

POLICY = packaged_assessment_policy()
ANNA, BEN, WATCH = person("anna"), person("ben"), person("wil", "watch-officer")


def open_duties(desk, t):
    (life,) = desk.lives.values()
    return {duty.act: (duty.role, duty.is_late) for duty in duties(life, POLICY, second(t)) if not duty.is_done}


def test_a_confirmed_alert_is_acknowledged_and_released_in_time_or_somebody_is_called():
    desk = desk_with(draft())
    assert open_duties(desk, 5) == {"acknowledge": ("watch-officer", False), "release": ("releasing-officers", False)}
    assert open_duties(desk, 11)["acknowledge"][1] and not open_duties(desk, 11)["release"][1]
    called = escalations(desk, POLICY, second(11))
    assert [(one.act, one.escalate_to) for one in called] == [("acknowledge", "senior-watch-officer")]
    desk = after(desk, called)
    assert escalations(desk, POLICY, second(12)) == ()  # once
    assert [one.act for one in escalations(desk, POLICY, second(61))] == ["release"]


def test_what_was_done_is_no_duty_any_more():
    desk = desk_with(draft())
    desk = after(desk, attend(desk, act(desk, WATCH, 3), Attention.ACKNOWLEDGED).records)
    assert set(open_duties(desk, 20)) == {"release"}
    for who in (ANNA, BEN):
        desk = after(desk, release(desk, act(desk, who, 30)).records)
    assert open_duties(desk, 500) == {} and escalations(desk, POLICY, second(500)) == ()


def test_the_clock_starts_again_when_the_evidence_rises():
    desk = desk_with(draft(evidence=Evidence.CANDIDATE))
    desk = after(desk, attend(desk, act(desk, WATCH, 3), Attention.ACKNOWLEDGED).records)
    desk = after(desk, propose(desk, name_of(), draft(evidence=Evidence.CONFIRMED), second(100)).records)
    assert open_duties(desk, 105)["acknowledge"] == ("watch-officer", False)
    assert open_duties(desk, 111)["acknowledge"] == ("watch-officer", True)


def test_what_was_withdrawn_must_be_taken_back():
    desk = desk_with(draft())
    for who in (ANNA, BEN):
        desk = after(desk, release(desk, act(desk, who, 10)).records)
    withdrawn = draft(evidence=Evidence.WITHDRAWN)
    desk = after(desk, propose(desk, name_of(), withdrawn, second(20)).records)
    assert open_duties(desk, 30) == {"cancel": ("releasing-officers", False)}
    assert [one.escalate_to for one in escalations(desk, POLICY, second(90))] == ["duty-commander"]
    desk = after(desk, cancel(desk, act(desk, ANNA, 91, reason="mistake")).records)
    assert open_duties(desk, 99) == {}


def test_nobody_is_called_for_what_has_expired():
    assert escalations(desk_with(draft()), POLICY, second(4000)) == ()
