"""Fits are spent on what may be a launch: waiting doubles, ends with the first sign, and holds back no mover."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment import launch_follower
from vedette.assessment.candidates import packaged_assessment_policy, parse_assessment_policy
from vedette.assessment.candidates.patience import Patience, is_led_by_nature, is_worth_a_fit, moves
from vedette.assessment.launch_follower import LaunchFollower
from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.tables import table_text
from vedette.reports import Cause, Explanation, Mode
from vedette.scenario import make_scenario, parse_story

RULES = packaged_assessment_policy().fits
PACE_S = 8.0


def beliefs(launch, nature=None, natural=Cause.FIRE):
    """A launch, a natural cause, and the rest unknown; most probable first."""
    nature = 1.0 - launch if nature is None else nature
    shares = {Cause.SHORT_RANGE: launch, natural: nature, Cause.UNKNOWN: max(1.0 - launch - nature, 0.0)}
    rows = [Explanation(name=name, probability=p) for name, p in shares.items()]
    return tuple(sorted(rows, key=lambda e: -e.probability))


def fit_times(until_s, believed, in_vain=True, phenomena=lambda second: 1, pace_s=PACE_S):
    """When an object that is looked at every second is fitted."""
    patience, times = Patience(), []
    for second in range(until_s):
        seen = phenomena(second)
        if times and second - times[-1] < pace_s:
            continue
        if patience.is_over(believed(second), seen, second * NS_PER_S, pace_s, RULES):
            patience.take(in_vain, seen, second * NS_PER_S)
            times.append(second)
    return times


def test_each_fit_in_vain_doubles_the_wait_up_to_the_longest():
    times = fit_times(900, lambda second: beliefs(0.3))
    assert np.diff(times).tolist()[:7] == [8, 16, 32, 64, 120, 120, 120]


def test_who_is_never_fitted_in_vain_never_waits_longer_than_the_pace():
    times = fit_times(200, lambda second: beliefs(0.9), in_vain=False)
    assert set(np.diff(times).tolist()) == {8}


@pytest.mark.parametrize("rises_to, is_fitted", [(0.5, False), (0.9, True)])
def test_odds_risen_by_the_factor_end_the_wait_at_once(rises_to, is_fitted):
    times = fit_times(110, lambda second: beliefs(rises_to if second >= 80 else 0.3))
    assert (80 in times) == is_fitted  # odds of 0.3 / 0.7 times 7.4 are those of 0.76


def test_a_new_phenomenon_ends_the_wait_at_once_and_a_lost_one_does_not():
    grown = fit_times(110, lambda second: beliefs(0.3), phenomena=lambda second: 2 if second >= 80 else 1)
    shrunk = fit_times(110, lambda second: beliefs(0.3), phenomena=lambda second: 1 if second >= 80 else 2)
    assert 80 in grown and 80 not in shrunk


def test_a_rise_is_told_from_the_last_fit_and_not_from_the_last_look():
    slow = fit_times(200, lambda second: beliefs(1.0 / (1.0 + np.exp(4.0 - 0.02 * second))))
    assert len(slow) < 8  # e-fold every 50 s: no look is risen over the one before by e squared
    assert max(np.diff(slow)) <= 101  # yet e squared since the last fit is waited for no longer than it takes


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_no_wait_is_below_the_pace_or_above_the_longest(fits):
    patience = Patience()
    for second, in_vain in enumerate(fits):
        patience.take(in_vain, 1, second * NS_PER_S)
        assert PACE_S <= patience.wait_s(PACE_S, RULES) <= RULES.wait_max_s


def test_a_fire_that_stands_is_not_fitted_and_one_that_moves_is():
    fire = beliefs(0.05, 0.9)
    assert not is_worth_a_fit(fire, False, RULES)
    assert is_worth_a_fit(fire, True, RULES)
    assert is_worth_a_fit(beliefs(0.52, 0.48), False, RULES)  # a launch probable enough is fitted wherever it stands
    assert not is_worth_a_fit(beliefs(0.001, 0.9), True, RULES)
    assert is_worth_a_fit(beliefs(0.05, 0.45), False, RULES)  # nothing leads clearly: let the fit say


@pytest.mark.parametrize("natural", [Cause.FIRE, Cause.GLINT, Cause.BOLIDE, Cause.SATELLITE, Cause.AURORA])
def test_every_natural_cause_leads_alike_and_unknown_does_not(natural):
    assert is_led_by_nature(beliefs(0.1, 0.8, natural), 0.5)
    assert not is_led_by_nature(beliefs(0.1, 0.8, natural), 0.85)
    assert not is_led_by_nature(beliefs(0.1, 0.1, natural))
    assert not is_led_by_nature(())


def test_a_speed_within_its_doubt_is_none():
    cov = np.diag([1.0, 1.0, 1.0, 100.0**2, 100.0**2, 100.0**2])
    assert not moves(np.array([0, 0, 0, 390.0, 0, 0]), cov, RULES)
    assert moves(np.array([0, 0, 0, 0, 0, -410.0]), cov, RULES)


def test_of_a_thousand_looks_at_what_stands_still_one_moves_by_chance():
    rng = np.random.default_rng(4)
    cov = np.diag([1.0, 1.0, 1.0, 50.0**2, 50.0**2, 50.0**2])
    drawn = np.zeros((4000, 6))
    drawn[:, 3:] = rng.normal(0.0, 50.0, (4000, 3))
    count = sum(moves(state, cov, RULES) for state in drawn)
    assert 0 <= count <= 14  # chi-square of three degrees above 16: 0.0011, so 4.5 of 4,000; 14 and more: 1 in 4,000


def test_a_factor_below_one_and_a_missing_section_are_refused():
    text = table_text("assessment_policy.toml")
    assert tomllib.loads(text)["fits"]["again_factor"] == RULES.again_factor
    with pytest.raises(BadInputError, match="no rise"):
        parse_assessment_policy(text.replace("again_factor = 7.4", "again_factor = 0.5"), "mine.toml")
    start, end = text.index("[fits]"), text.index("[[deadline]]")
    with pytest.raises(BadInputError, match=r"\[fits\]: the section is missing"):
        parse_assessment_policy(text[:start] + text[end:], "mine.toml")


def test_the_longest_wait_is_never_shorter_than_the_pace():
    patience = Patience(in_vain=5)
    assert patience.wait_s(40.0, replace(RULES, wait_max_s=10.0)) == 40.0


FIRE = """
title = "A fire"
about = "One large fire in the Sahara, in the sight of two geostationary watchers."
t_start_utc = "2031-04-01T12:00:00Z"
seconds = 130.0
[[fire]]
id = "F1"
lat_deg = 22.0
lon_deg = -5.0
power_mw = 500.0
"""


def test_a_quiet_fire_is_hardly_ever_fitted_and_stays_a_fire(monkeypatch):
    asked = []
    monkeypatch.setattr(launch_follower, "fit_launch", lambda looks, *args, **others: asked.append(looks))
    made = make_scenario(parse_story(FIRE, "fire"), 1)
    follower = LaunchFollower(made.sensors, Mode.SIMULATED)
    for scan in made.scans:
        follower.absorb(scan)
    follower.settle(made.scans[-1].t_received_tai_ns)
    assert len(asked) <= 1  # thirteen, when each was fitted at the pace; five on the high seas
    assert all(one.explanations[0].name is Cause.FIRE for one in follower.candidates())
    assert follower.candidates()
