"""Bayes' rule over causes, against numbers that can be checked by hand."""

from math import log

import pytest

from vedette.assessment.weighing import Weighed, explained
from vedette.reports import Cause

PRIORS = {Cause.SATELLITE: log(0.6), Cause.MOON_OR_SUN: log(0.1), Cause.UNKNOWN: log(0.3)}


def by_name(weighed):
    return {one.name: one.probability for one in explained(weighed, PRIORS)}


def test_probabilities_are_prior_times_evidence_over_their_sum():
    found = by_name([Weighed(Cause.SATELLITE, log(2.0)), Weighed(Cause.MOON_OR_SUN, log(30.0))])
    total = 0.6 * 2 + 0.1 * 30 + 0.3
    assert found[Cause.SATELLITE] == pytest.approx(1.2 / total)
    assert found[Cause.MOON_OR_SUN] == pytest.approx(3.0 / total)
    assert found[Cause.UNKNOWN] == pytest.approx(0.3 / total)


def test_several_ways_to_be_one_thing_are_summed():
    found = by_name([Weighed(Cause.SATELLITE, log(1.0)), Weighed(Cause.SATELLITE, log(3.0))])
    assert found[Cause.SATELLITE] == pytest.approx(2.4 / 2.7)


def test_nothing_is_ever_impossible_and_the_best_reason_is_the_one_given():
    said = explained(
        [Weighed(Cause.SATELLITE, -1e9, ("bad",)), Weighed(Cause.SATELLITE, 5.0, ("good",), ("late",))], PRIORS
    )
    assert said[0].name is Cause.SATELLITE and said[0].reasons_for == ("good",) and said[0].reasons_against == ("late",)
    assert 0.0 < by_name([Weighed(Cause.SATELLITE, -1e9)])[Cause.SATELLITE] < 1e-20
