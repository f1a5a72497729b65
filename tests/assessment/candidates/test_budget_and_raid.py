"""Two hundred objects do not stop the watch, and are counted with honest intervals."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.budget import Asking, FitBudget
from vedette.assessment.candidates.raid import Member, count_distribution, denser, interval_90, raid_of
from vedette.assessment.candidates.raid_mix import drawn_mix
from vedette.assessment.natural.reference import EARTH_AREA_M2
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
    low, high = interval_90(count_distribution(chances))
    share = count_distribution(chances)[low : high + 1].sum()
    assert low < 180 < high and 0.90 <= share < 0.96


A_YEAR = 1_440.0  # launches of all kinds, roughly the packaged policy's


def launches(times_s, p=1.0, **more):
    kinds = (
        Explanation(name=Cause.MEDIUM_RANGE, probability=0.75 * p),
        Explanation(name=Cause.SHORT_RANGE, probability=0.25 * p),
        Explanation(name=Cause.FIRE, probability=1.0 - p),
    )  # fmt: skip
    return [
        Member(f"O{i}", int(t * NS_PER_S), kinds, np.array([6.4e6, 2e3 * i, 0.0]), **more)
        for i, t in enumerate(times_s)
    ]


def found(members):
    return raid_of(members, RULES.together_s, RULES.least_count, {Cause.SHORT_RANGE: A_YEAR})


def test_launches_far_apart_in_time_are_two_raids_and_two_are_none():
    assert [len(raid.objects) for raid in found(launches([0, 10, 20, 30, 2000, 2010, 2020]))] == [4, 3]
    assert found(launches([0, 10])) == ()


def test_count_and_mix_come_with_intervals_and_nature_is_not_counted():
    """What is a launch with 98 % by a year's rates is one for certain among a hundred; some stand behind another."""
    (raid,) = found(launches(range(100), p=0.98))
    assert raid.count == pytest.approx(104.0, abs=0.1)
    assert raid.count_90[0] in (100, 101) and 108 <= raid.count_90[1] <= 113
    assert list(raid.mix) == ["medium-range-ballistic", "short-range-ballistic"]
    mean, low, high = raid.mix["medium-range-ballistic"]
    assert mean == pytest.approx(75.0, abs=2.0) and low < 75 < high


def undecided(count, p, place_m=(6.4e6, 5e3, 0.0), t_s=50.0, existence=1.0):
    kinds = (Explanation(name=Cause.SHORT_RANGE, probability=p), Explanation(name=Cause.FIRE, probability=1.0 - p))
    return [
        Member(f"U{i}", int(t_s * NS_PER_S), kinds, np.array(place_m), existence=existence, is_told=False)
        for i in range(count)
    ]


def test_what_is_found_in_the_midst_of_a_raid_is_counted_before_it_is_declared():
    """Thirty launches and ten that a year's fires still outweigh: about forty, and nobody knows how many are strays."""
    (raid,) = found(launches(range(30)) + undecided(10, 0.2))
    assert raid.count_90[0] <= 38 <= 40 <= 42 <= raid.count_90[1] and len(raid.objects) == 40
    (least,) = found(launches(range(30)) + undecided(10, 0.2, existence=0.1))
    assert 0.9 < least.count - found(launches(range(30)))[0].count < 1.1  # one of ten exists


@pytest.mark.parametrize(
    "others",
    [
        undecided(5, 0.9, place_m=(0.0, 6.4e6, 0.0)),  # half a world away
        undecided(5, 0.9, t_s=-300.0),  # there before the first launch
        undecided(5, 0.9, t_s=900.0),  # and long after the last
        undecided(5, 1e-12),  # a fire, whatever goes on around it
    ],
)
def test_what_is_elsewhere_or_was_there_before_or_is_a_fire_for_certain_is_not_counted(others):
    (raid,), (alone,) = found(launches(range(30)) + others), found(launches(range(30)))
    assert raid.count_90 == alone.count_90 and raid.count == pytest.approx(alone.count, abs=0.05)


def vague(share, is_fitted=False):
    """Few looks and a year's rates: space launches before short ranges, medium ranges last."""
    names = (Cause.SPACE_LAUNCH, Cause.SUBMARINE_LAUNCHED, Cause.SHORT_RANGE, Cause.MEDIUM_RANGE)
    return tuple(Explanation(name=n, probability=p) for n, p in zip(names, share, strict=True))


def test_what_one_watcher_has_just_found_may_lie_anywhere_along_its_sight():
    far = [replace(one, place_sigma_m=150e3) for one in undecided(10, 0.5, place_m=(6.4e6, 3e5, 0.0))]
    assert len(found(launches(range(30)) + undecided(10, 0.5, place_m=(6.4e6, 3e5, 0.0)))[0].objects) == 30
    assert len(found(launches(range(30)) + far)[0].objects) == 40


def test_those_that_are_fitted_tell_what_the_others_are():
    """Of forty, twelve are fitted: eight of short range, four of medium. Nothing tells the others from each other."""
    fitted = [vague((0.0, 0.0, 1.0, 0.0))] * 8 + [vague((0.0, 0.0, 0.0, 1.0))] * 4
    others = [vague((0.5, 0.2, 0.28, 0.02))] * 28
    is_fitted = np.array([True] * 12 + [False] * 28)
    mix = drawn_mix(fitted + others, np.ones(40), is_fitted)
    mean, low, high = mix.of(Cause.SHORT_RANGE)
    assert 21.0 < mean < 29.0 and low < 24 < high
    mean, low, high = mix.of(Cause.MEDIUM_RANGE)
    assert 9.0 < mean < 16.0 and low < 12 < high
    assert mix.of(Cause.SPACE_LAUNCH)[0] < 4.0
    assert (mix.totals == 40).all()


def test_without_any_fit_the_mix_is_the_average_belief_and_says_how_little_that_is():
    others = [vague((0.5, 0.2, 0.28, 0.02))] * 30
    mix = drawn_mix(others, np.ones(30), np.zeros(30, dtype=bool))
    mean, low, high = mix.of(Cause.SPACE_LAUNCH)
    assert mean == pytest.approx(15.0, abs=1.5) and high - low > 20
    unsettled = drawn_mix(others, np.ones(30), np.arange(30) < 10)  # fits of few looks, which leave it as open
    np.testing.assert_array_equal(unsettled.counts, mix.counts)


def test_what_tells_one_from_the_others_of_its_sort_still_counts():
    fitted = [vague((0.0, 0.0, 1.0, 0.0))] * 6 + [vague((0.0, 0.0, 0.0, 1.0))] * 6
    others = [vague((0.3, 0.1, 0.55, 0.05))] * 10 + [vague((0.3, 0.1, 0.05, 0.55))] * 10
    mix = drawn_mix(fitted + others, np.ones(32), np.array([True] * 12 + [False] * 20))
    _, low, high = mix.of(Cause.MEDIUM_RANGE)
    assert low >= 12 and high <= 20


def test_few_launches_leave_the_edge_of_a_raid_open_and_many_close_it():
    """Two hundred kilometres away: of four launches nobody knows how wide they are spread, of sixty one does."""
    away = undecided(5, 0.5, place_m=(6.4e6, 2.2e5, 0.0))
    assert len(found(launches(range(4)) + away)[0].objects) == 9
    assert len(found(launches(range(60)) + undecided(5, 0.5, place_m=(6.4e6, 5.2e5, 0.0)))[0].objects) == 60


def test_where_the_next_launch_comes_from_is_a_density():
    """Summed over the plane, a launch in the raid is as probable as the launches known make it."""
    known = launches(range(5))
    r = (np.arange(40_000) + 0.5) * 250.0  # to 10,000 km
    rings = [replace(known[0], place_itrf_m=np.array([6.4e6, 4e3, one])) for one in r]  # about the middle
    gain = np.expm1(denser(known, rings, A_YEAR)) * (A_YEAR / 31_557_600.0 / EARTH_AREA_M2)
    assert float(np.sum(gain * 2.0 * np.pi * r * 250.0)) == pytest.approx(5 / 64.0, rel=2e-3)


def test_a_track_of_mixed_looks_is_a_launch_of_the_raid_or_nothing_of_its_own():
    unknown = (Explanation(name=Cause.UNKNOWN, probability=1.0),)
    mixed = [replace(one, explanations=unknown) for one in undecided(10, 0.5)]
    (raid,), (alone,) = found(launches(range(30)) + mixed), found(launches(range(30)))
    assert raid.count - alone.count == pytest.approx(10.0 * 14.0 / 15.0 * 1.04, abs=0.1)
