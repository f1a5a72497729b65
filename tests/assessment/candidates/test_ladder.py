"""The ladder of evidence, rule by rule (domain rules R3, R11, R19, R20)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.ladder import Standing, launch_log_odds, level_of, may_warn_of_impact
from vedette.reports import Cause, Evidence, Explanation

POLICY = packaged_assessment_policy()


def standing(p_launch=0.9999, other=Cause.FIRE, **others):
    facts = {
        "phenomena": ("infrared", "radar"), "separation_deg": 60.0, "has_launch": True, "goes": "impact",
    } | others  # fmt: skip
    explanations = (
        Explanation(name=Cause.SHORT_RANGE, probability=p_launch),
        Explanation(name=other, probability=1 - p_launch),
    )  # fmt: skip
    return Standing(explanations=explanations, **facts)


def test_two_phenomena_from_two_sides_confirm_what_nothing_else_explains():
    assert level_of(standing(), POLICY).evidence is Evidence.CONFIRMED


@pytest.mark.parametrize(
    ("facts", "level", "why"),
    [
        ({"phenomena": ("infrared",), "separation_deg": 0.0}, Evidence.CORRELATED, "one phenomenon only"),
        ({"separation_deg": 2.0}, Evidence.CORRELATED, "from one side"),
        ({"p_launch": 0.9985, "other": Cause.UNKNOWN}, Evidence.CORRELATED, "all else together"),
        ({"p_launch": 0.7, "other": Cause.UNKNOWN}, Evidence.CANDIDATE, "against something unknown"),
        ({"has_launch": False}, Evidence.CANDIDATE, "no launch solution"),
        ({"goes": ""}, Evidence.CANDIDATE, "where it goes is not known"),
        ({"p_launch": 0.9}, Evidence.CANDIDATE, "a launch is declared at"),
        ({"p_launch": 0.0}, Evidence.CANDIDATE, "a launch is declared at"),
    ],
)
def test_what_is_missing_keeps_the_level_down_and_is_said(facts, level, why):
    found = level_of(standing(**facts), POLICY)
    assert found.evidence is level
    assert any(why in reason for reason in found.reasons_against)


def test_a_fan_or_an_orbit_is_a_solution_of_where_it_goes():
    for goes in ("fan", "orbit"):
        assert level_of(standing(goes=goes), POLICY).evidence is Evidence.CONFIRMED


def test_unknown_is_asked_for_apart_from_what_has_a_law():
    """Sixty-six to one passes against something unknown, and is far from a declaration against a fire."""
    assert level_of(standing(0.985, Cause.UNKNOWN), POLICY).evidence is Evidence.CORRELATED
    assert level_of(standing(0.985, Cause.FIRE), POLICY).evidence is Evidence.CANDIDATE
    assert level_of(standing(0.985, Cause.UNKNOWN, existence=0.99), POLICY).evidence is Evidence.CANDIDATE  # noise


def test_a_level_falls_only_a_little_below_its_bound_and_is_withdrawn_when_it_is_no_launch():
    near = standing(0.9965)  # 285 to 1; declared at 345 to 1
    assert level_of(near, POLICY, Evidence.CANDIDATE).evidence is Evidence.CANDIDATE
    assert level_of(near, POLICY, Evidence.CORRELATED).evidence is Evidence.CORRELATED
    assert level_of(standing(0.97), POLICY, Evidence.CORRELATED).evidence is Evidence.CANDIDATE
    assert level_of(standing(0.3), POLICY, Evidence.CORRELATED).evidence is Evidence.WITHDRAWN
    assert level_of(standing(0.7), POLICY, Evidence.WITHDRAWN).evidence is Evidence.WITHDRAWN
    assert level_of(standing(), POLICY, Evidence.WITHDRAWN).evidence is Evidence.CONFIRMED  # it was one after all


@settings(max_examples=80, deadline=None)
@given(
    st.floats(0.0, 1.0), st.sampled_from([(), ("radar",), ("radar", "infrared")]), st.floats(0.0, 180.0), st.booleans(),
    st.sampled_from(["", "fan", "impact", "orbit"]), st.sampled_from(list(Evidence)),
)  # fmt: skip
def test_no_level_without_launch_and_impact_solution_and_none_confirmed_by_one_phenomenon(
    p, phenomena, apart, has_launch, goes, before
):
    now = standing(p, phenomena=phenomena, separation_deg=apart, has_launch=has_launch, goes=goes)
    found = level_of(now, POLICY, before)
    if found.evidence in (Evidence.CORRELATED, Evidence.CONFIRMED):
        assert has_launch and goes and p > 0.5
    if found.evidence is Evidence.CONFIRMED:
        assert len(phenomena) == 2 and apart >= POLICY.evidence.separation_min_deg
    assert found.reasons_for and (found.reasons_against or found.evidence is Evidence.CONFIRMED)


def test_odds_are_of_all_launches_together():
    three = (
        Explanation(name=Cause.SHORT_RANGE, probability=0.5), Explanation(name=Cause.SPACE_LAUNCH, probability=0.3),
        Explanation(name=Cause.BOLIDE, probability=0.2),
    )  # fmt: skip
    assert launch_log_odds(three) == pytest.approx(1.3862943611198906)  # ln(0.8 / 0.2)


def test_an_impact_is_no_warning_while_an_orbit_explains_the_looks_as_well():
    assert may_warn_of_impact({Cause.SUBMARINE_LAUNCHED: 20.0, Cause.SATELLITE: 2.0}, POLICY) == (True, "")
    may, why = may_warn_of_impact({Cause.SUBMARINE_LAUNCHED: 20.0, Cause.DECAYING_BODY: 18.0}, POLICY)
    assert not may and "decaying body" in why
    may, why = may_warn_of_impact({Cause.SHORT_RANGE: 20.0, Cause.SATELLITE: 2.0, Cause.BOLIDE: 25.0}, POLICY)
    assert not may and "better than a launch" in why
