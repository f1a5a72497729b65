"""What is in the midst of a raid is judged by the raid beside the year; with enumeration for a witness."""

from itertools import product
from math import exp, log

import numpy as np
import pytest

from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.candidates.ladder import Standing, level_of
from vedette.assessment.candidates.raid import STRAYS, Member, denser
from vedette.assessment.candidates.raid_density import log_yearly_rate
from vedette.assessment.candidates.raid_mix import ALIKE, KINDS, kinds_before, kinds_of
from vedette.assessment.candidates.raid_prior import GHOSTS, MIXED, in_the_midst, raids_under_way
from vedette.assessment.weighing import Weighed, explained
from vedette.core.constants import NS_PER_S
from vedette.frames import itrf_from_geodetic
from vedette.reports import LAUNCHES, Cause, Evidence

POLICY = packaged_assessment_policy()
A_YEAR = {cause: POLICY.rates[cause].per_year for cause in LAUNCHES}
INFRARED = POLICY.log_priors(("infrared",))
SEEN = {cause: exp(INFRARED[cause]) / A_YEAR[cause] for cause in LAUNCHES}
SHORT = {kind: (0.0 if kind is Cause.SHORT_RANGE else -8.0) for kind in KINDS}


def at(lat_deg, lon_deg):
    return np.asarray(itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), 0.0))


def member(name, t_s=0.0, lat_deg=31.0, lon_deg=-30.0, is_told=True, log_looks=SHORT):
    known = {"is_told": is_told, "is_fitted": is_told, "log_looks": log_looks}
    return Member(name, int(t_s * NS_PER_S), (), at(lat_deg, lon_deg), **known)


def raid(count, log_looks=SHORT):
    return [member(f"O{i}", 2.0 * i, 31.0 + 0.05 * i, log_looks=log_looks) for i in range(count)]


def under_way(members):
    return raids_under_way(members, POLICY.raid.together_s, POLICY.raid.least_count, A_YEAR)


def one_more(ratios, others=(), count=6, **more):
    """Explanations of an undeclared flame with these log ratios, amidst `others`."""
    looks = {kind: ratios.get(kind, -60.0) for kind in KINDS}
    one = member("new", is_told=False, log_looks=looks, **{"t_s": 20.0, **more})
    priors = in_the_midst(INFRARED, ratios, one, under_way(others), SEEN, count)
    return explained([Weighed(cause, ratio) for cause, ratio in ratios.items()], priors), priors


FLAME = {Cause.SHORT_RANGE: 6.0, Cause.SPACE_LAUNCH: 6.0, Cause.FIRE: 5.0, Cause.BOLIDE: 0.0, Cause.UNKNOWN: 0.0}


def of(explanations, *causes):
    return sum(e.probability for e in explanations if e.name in causes)


@pytest.mark.parametrize(
    ("others", "more"),
    [
        ([], {}),
        (raid(2), {}),  # two are no raid
        ([member(f"O{i}", is_told=False) for i in range(9)], {}),  # nobody has declared any of them
        (raid(9), {"t_s": -60.0}),  # it was there before the first of them
        (raid(9), {"t_s": 900.0}),  # and long after the last
    ],
)
def test_without_a_raid_there_and_then_nothing_changes(others, more):
    _, priors = one_more(FLAME, others, **more)
    assert priors == INFRARED


def test_far_from_a_raid_a_year_s_rates_stand():
    found, priors = one_more(FLAME, raid(20), lat_deg=-20.0, lon_deg=60.0)
    (before, _) = one_more(FLAME)
    assert of(found, Cause.FIRE) == pytest.approx(of(before, Cause.FIRE), rel=1e-6)
    assert all(priors[cause] >= INFRARED[cause] for cause in priors)


def test_what_may_be_amidst_a_raid_is_what_enumeration_gives():
    """Every source and cause written out: a year's things, a launch of the raid, one of mixed looks, a stray."""
    others, count = raid(12), 4
    found, _ = one_more(FLAME, others, count=count)
    (known,) = under_way(others)
    spot = member("new", 20.0, is_told=False)
    total = sum(A_YEAR.values())
    a_year = (exp(float(denser(others, [spot], total)[0])) - 1.0) * total  # launches, were it everywhere as here
    shares = dict(zip(KINDS, np.exp(known.log_kinds("new")), strict=True))
    weights = {}
    for cause, ratio in FLAME.items():
        weights[cause] = exp(INFRARED[cause] + ratio)
    like = 0.0
    for kind in KINDS:
        looks = exp(FLAME.get(kind, -60.0))
        like += shares[kind] * looks
        if kind in FLAME:  # the others have no weight of their own in this list
            weights[kind] += a_year * shares[kind] * SEEN[kind] * ((1.0 - MIXED) * looks + MIXED)
    weights[Cause.UNKNOWN] += a_year * STRAYS[0] / STRAYS[1] * (1.0 + like * GHOSTS ** (count - 2))
    for one in found:
        assert one.probability == pytest.approx(weights[one.name] / sum(weights.values()), rel=1e-6)


def test_a_flame_that_a_fire_explains_nearly_as_well_is_a_launch_amidst_and_a_fire_elsewhere():
    alone, _ = one_more(FLAME)
    amidst, _ = one_more(FLAME, raid(12))
    assert of(alone, Cause.FIRE) > 0.9
    assert of(amidst, *LAUNCHES) > 0.95 and of(amidst, Cause.SPACE_LAUNCH) < 0.01


@pytest.mark.parametrize("cause", [Cause.FIRE, Cause.BOLIDE])
def test_a_lone_fire_or_bolide_amidst_is_told_by_its_looks(cause):
    looks = FLAME | {Cause.SHORT_RANGE: -20.0, Cause.SPACE_LAUNCH: -20.0, cause: 25.0}
    found, _ = one_more(looks, raid(100), count=12)
    assert of(found, cause) > 0.99


def test_what_no_law_explains_is_a_launch_of_mixed_looks_or_nothing_of_its_own_and_not_declared():
    looks = dict.fromkeys(FLAME, -30.0) | {Cause.UNKNOWN: 0.0}
    found, _ = one_more(looks, raid(50), count=20)
    launch = MIXED * SEEN[Cause.SHORT_RANGE]
    expected = launch / (launch + STRAYS[0] / STRAYS[1])
    assert of(found, *LAUNCHES) == pytest.approx(expected, abs=0.02)
    now = Standing(found, phenomena=("infrared",), has_launch=True, goes="fan")
    assert level_of(now, POLICY).evidence is Evidence.CANDIDATE
    assert level_of(now, POLICY, Evidence.CORRELATED).evidence is not Evidence.WITHDRAWN


def test_a_ghost_of_two_looks_is_not_declared_by_the_raid_alone():
    found, _ = one_more(FLAME, raid(50), count=2)
    now = Standing(found, phenomena=("infrared",), has_launch=True, goes="fan")
    assert level_of(now, POLICY).evidence is Evidence.CANDIDATE
    found, _ = one_more(FLAME, raid(50), count=6)
    now = Standing(found, phenomena=("infrared",), has_launch=True, goes="fan")
    assert level_of(now, POLICY).evidence is Evidence.CORRELATED


def test_none_of_the_declared_speaks_for_itself():
    members = raid(3)
    (known,) = under_way(members)
    by_others = float(denser(members[:2], members[2:], 1.0)[0]) + log_yearly_rate(1.0)
    span_s = (members[1].t_tai_ns - members[0].t_tai_ns) / NS_PER_S + 60.0
    rate = known.log_launches_per_year(members[2]) + log_yearly_rate(1.0)
    assert rate == pytest.approx(by_others + log(span_s) - log(64.0), abs=1e-6)


def test_a_raid_that_is_over_is_no_raid_for_long():
    """Five launches in eight seconds, declared within a minute: four minutes on hardly one more is expected."""
    (known,) = under_way(raid(5))
    rates = [known.log_launches_per_year(member("new", t, is_told=False)) for t in (8.0, 60.0, 240.0)]
    assert rates[0] == pytest.approx(rates[1])
    assert rates[1] - rates[2] == pytest.approx(6.0 * log(240.0 / 68.0), abs=1e-6)


def test_kinds_of_a_few_launches_are_near_what_enumeration_gives():
    """All ways to name four launches of three kinds, each as probable as a Dirichlet prior and the looks make it."""
    before = np.array([0.9, 0.8, 0.3])
    looks = np.array([[0.0, -3.0, -4.0], [0.0, -2.0, -1.0], [0.0, -0.5, -3.0], [0.0, -1.0, -5.0]])
    exact, total = np.zeros((4, 3)), 0.0
    for named in product(range(3), repeat=4):
        weight, counts = 1.0, before.copy()
        for launch, kind in enumerate(named):
            weight *= counts[kind] / counts.sum() * exp(looks[launch, kind])
            counts[kind] += 1.0
        total += weight
        exact[np.arange(4), named] += weight
    assert kinds_of(looks, before) == pytest.approx(exact / total, abs=0.05)


def test_a_raid_of_short_range_is_one_wherever_it_stands():
    """Submarines own the sea by a year's rates; twenty launches whose looks say otherwise do not become theirs."""
    (known,) = under_way(raid(20))
    assert exp(known.log_kinds("new")[KINDS.index(Cause.SHORT_RANGE)]) > 0.9
    none = kinds_before(A_YEAR, at(31.0, -30.0))
    assert none.sum() == pytest.approx(ALIKE)
    assert none[KINDS.index(Cause.SPACE_LAUNCH)] < 0.01 * none[KINDS.index(Cause.SHORT_RANGE)]
    assert none[KINDS.index(Cause.SUBMARINE_LAUNCHED)] > none[KINDS.index(Cause.MEDIUM_RANGE)]
