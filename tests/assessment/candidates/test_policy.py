"""The assessment policy: read whole, or refused with the place and the cure."""

from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.candidates import packaged_assessment_policy, parse_assessment_policy, policy_of
from vedette.core.errors import BadInputError
from vedette.core.tables import table_text
from vedette.reports import LAUNCHES, Cause, Evidence

TEXT = table_text("assessment_policy.toml")


def test_every_cause_has_a_rate_and_nothing_is_impossible():
    policy = packaged_assessment_policy()
    assert set(policy.rates) == set(Cause)
    assert all(one.per_year > 0.0 and one.radar > 0.0 and one.infrared > 0.0 for one in policy.rates.values())
    assert all(one.source for one in policy.rates.values())


def test_a_prior_is_the_rate_times_the_chance_of_being_seen_so():
    policy = packaged_assessment_policy()
    fire = policy.rates[Cause.FIRE]
    both = policy.log_priors(("radar", "infrared"))
    assert both[Cause.FIRE] == pytest.approx(log(fire.per_year * fire.radar * fire.infrared))
    assert policy.log_priors(("laser",))[Cause.FIRE] == pytest.approx(log(fire.per_year))


def test_without_a_catalogue_a_satellite_is_likelier_and_nothing_else_changes():
    policy = packaged_assessment_policy()
    with_, without = policy.log_priors(("radar",), True), policy.log_priors(("radar",), False)
    changed = {cause for cause in Cause if with_[cause] != without[cause]}
    assert changed == {Cause.SATELLITE}
    assert exp(without[Cause.SATELLITE] - with_[Cause.SATELLITE]) == pytest.approx(100.0)


def test_the_bound_of_a_declaration_is_the_launches_of_a_year_over_the_false_ones_borne():
    policy = packaged_assessment_policy()  # one false declaration a year
    above = policy.evidence.overshoot
    assert exp(policy.declaration_log_odds()) == pytest.approx(
        (800 + 80 + 20 + 25 + 25 + 15 + 260 + 15 + 200) / above, rel=1e-9
    )
    seen = 800 * 0.9 + 80 * 0.95 + 20 * 0.95 + 25 * 0.98 + 25 * 0.95 + 15 * 0.95 + 260 * 0.98 + 15 * 0.95 + 200 * 0.6
    assert exp(policy.declaration_log_odds(("infrared",))) == pytest.approx(seen / above, rel=1e-9)


def test_deadlines_are_told_soonest_first():
    policy = packaged_assessment_policy()
    mine = policy.deadlines_of(Evidence.CONFIRMED)
    assert [one.within_s for one in mine] == sorted(one.within_s for one in mine)
    assert {one.act for one in mine} == {"acknowledge", "release"}
    assert policy.deadlines_of(Evidence.PASSED) == ()


def test_a_session_without_a_policy_has_the_packaged_one_and_another_has_its_own():
    assert policy_of(None) is packaged_assessment_policy()
    own = policy_of(TEXT.replace("false_per_year = 1.0 ", "false_per_year = 0.1 "))
    assert own.evidence.false_per_year == 0.1
    assert own.digest != packaged_assessment_policy().digest


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("version = 1", "version = 9", "version 9 is not known"),
        ("[evidence]", "[evidenz]", "nobody reads evidenz"),
        ("needs_launch = true", "needs_launch = 1", "neither true nor false"),
        ("stale_s = 30.0", "stale_s = -1.0", "negative"),
        ("stale_s = 30.0", 'stale_s = "soon"', "no finite number"),
        ("stale_s = 30.0", "stale_s = nan", "no finite number"),
        ("stale_s = 30.0", "", "`stale_s` is missing"),
        ("phenomena_min = 2", "phenomena_min = 1.5", "no whole number"),
        ('name = "bolide"', 'name = "dragon"', "'dragon' is not known"),
        ('name = "bolide"', 'name = "glint"', "twice"),
        ("radar = 0.0005", "radar = 0.0", "no chance"),
        ('role = "watch-officer"', "role = 3", "role is missing or no text"),
        ("within_s = 30.0", "within_s = 0", "already over"),
        ("[raid]", "[raid", "not readable as TOML"),
    ],
)
def test_a_policy_that_is_half_understood_is_refused_with_its_place(before, after, says):
    assert before in TEXT
    with pytest.raises(BadInputError, match=r"own\.toml") as trouble:
        parse_assessment_policy(TEXT.replace(before, after, 1), "own.toml")
    assert says in str(trouble.value) and trouble.value.cure


def test_a_cause_that_is_left_out_is_named():
    start = TEXT.index('[[cause]]\nname = "bolide"')
    end = TEXT.index("[[cause]]", start + 5)
    with pytest.raises(BadInputError, match="no rate for bolide"):
        parse_assessment_policy(TEXT[:start] + TEXT[end:], "own.toml")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TEXT) - 2), st.characters(codec="utf-8"), st.integers(1, 40))
def test_no_text_makes_the_parser_crash(place, letter, cut):
    broken = TEXT[:place] + letter + TEXT[place + cut :]
    try:
        parse_assessment_policy(broken, "broken.toml")
    except BadInputError as trouble:
        assert "broken.toml" in str(trouble)


def test_a_candidate_is_unexplained_where_wald_lets_no_more_of_nature_pass_than_is_borne():
    policy = packaged_assessment_policy()
    launches = sum(policy.rates[cause].per_year * policy.rates[cause].infrared for cause in LAUNCHES)
    odds = exp(policy.unexplained_log_odds(("infrared",), 4))
    assert odds == pytest.approx(launches / (4 * 365.25 / 7.0), rel=1e-3)
    assert policy.unexplained_log_odds(("infrared",), 4) < policy.declaration_log_odds(("infrared",))
