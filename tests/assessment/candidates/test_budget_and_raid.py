"""Two hundred objects do not stop the watch, and are counted with honest intervals."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.budget import Asking, FitBudget
from vedette.assessment.candidates.raid import count_distribution, interval_90, raid_of
from vedette.core.constants import NS_PER_S
from vedette.reports import Cause, Explanation

RULES = packaged_assessment_policy().raid


def test_over_a_minute_no_more_fits_are_granted_than_the_budget_bears():
    budget = FitBudget(RULES)
    asking = [Asking(f"T{i:03d}", np.inf, i) for i in range(200)]
    granted = [budget.grant(asking, second * NS_PER_S) for second in range(60)]
    assert sum(map(len, granted)) <= RULES.burst + 59 * RULES.fits_per_s
    assert sum(map(len, granted)) >= RULES.burst + 58 * RULES.fits_per_s


def test_the_never_fitted_come_first_and_among_the_fitted_the_most_overdue():
    budget = FitBudget(RULES)
    many = [Asking(f"T{i}", 1.0 + 0.01 * i, 0) for i in range(20)]
    first = budget.grant([*many, Asking("new", np.inf, 99)], 0)
    assert "new" in first and len(first) == int(RULES.burst)
    assert first - {"new"} == {f"T{i}" for i in range(20 - int(RULES.burst) + 1, 20)}


def test_nobody_starves():
    budget = FitBudget(RULES)
    last = dict.fromkeys((f"T{i}" for i in range(50)), -1000)
    for second in range(120):
        asking = [Asking(name, (second - t) / 8.0, 0) for name, t in last.items() if second - t >= 8]
        for name in budget.grant(asking, second * NS_PER_S):
            last[name] = second
    assert min(last.values()) > 120 - 2 * 50 / RULES.fits_per_s


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=7))
def test_the_count_is_what_enumeration_gives(chances):
    told = np.zeros(len(chances) + 1)
    for draw in product((0, 1), repeat=len(chances)):
        told[sum(draw)] += np.prod([p if hit else 1.0 - p for p, hit in zip(chances, draw, strict=True)])
    assert count_distribution(np.array(chances)) == pytest.approx(told, abs=1e-12)


def test_the_interval_holds_nine_in_ten():
    chances = np.full(200, 0.9)
    low, high = interval_90(chances)
    share = count_distribution(chances)[low : high + 1].sum()
    assert low < 180 < high and 0.90 <= share < 0.96


def launches(times_s, p=1.0):
    kinds = (
        Explanation(name=Cause.MEDIUM_RANGE, probability=0.75 * p),
        Explanation(name=Cause.SHORT_RANGE, probability=0.25 * p),
        Explanation(name=Cause.FIRE, probability=1.0 - p),
    )  # fmt: skip
    return [(f"O{i}", int(t * NS_PER_S), kinds) for i, t in enumerate(times_s)]


def test_launches_far_apart_in_time_are_two_raids_and_two_are_none():
    seen = launches([0, 10, 20, 30, 2000, 2010, 2020])
    found = raid_of(seen, RULES.together_s, RULES.least_count)
    assert [len(raid.objects) for raid in found] == [4, 3]
    assert raid_of(launches([0, 10]), RULES.together_s, RULES.least_count) == ()


def test_count_and_mix_come_with_intervals_and_nature_is_not_counted():
    (raid,) = raid_of(launches(range(100), p=0.98), RULES.together_s, RULES.least_count)
    assert raid.count == pytest.approx(98.0)
    assert raid.count_90[0] <= 98 <= raid.count_90[1] <= 100
    assert list(raid.mix) == ["medium-range-ballistic", "short-range-ballistic"]
    mean, low, high = raid.mix["medium-range-ballistic"]
    assert mean == pytest.approx(73.5) and low < 73 < high
