"""Existence: Bayes' rule in log-odds, and Wald's looks to declare."""

import numpy as np
import pytest
from scipy.special import expit, logit

from vedette.estimation import (
    SequentialTest,
    mean_looks_to_declare,
    missed_existence,
    never_there,
    predict_existence,
    update_existence,
)


def test_log_odds_are_bayes_rule():
    r, pd, likelihood, clutter = 0.3, 0.8, 2.0, 0.5
    joint = r * pd * likelihood
    expected = joint / (joint + (1 - r) * clutter)
    got = expit(update_existence(logit(r), pd, np.log(likelihood), np.log(clutter)))
    assert got == pytest.approx(expected)
    missed = expit(missed_existence(logit(r), pd))
    assert missed == pytest.approx(r * (1 - pd) / (1 - r * pd))
    assert expit(predict_existence(logit(r), 0.9)) == pytest.approx(0.27)


def test_what_was_seen_well_and_is_missed_is_lost_and_not_unmade():
    """Against three states summed one by one: never there, there, gone; looks at both weigh never and gone alike."""
    never, there, gone, told = 0.3, 0.7, 0.0, 0.3
    for found in (True, True, True, False, False, False, False):
        there, gone = there * 0.99, gone + there * 0.01
        before = there
        never, there, gone = (p * weight for p, weight in ((never, 1.0), (there, 20.0 if found else 0.1), (gone, 1.0)))
        never, there, gone = (p / (never + there + gone) for p in (never, there, gone))
        told = never_there(told, before, there)
        assert told == pytest.approx(never)
    assert there < 0.05 and never < 0.01  # most likely lost: it was there
    assert never_there(1e-3, 0.999, 0.1) == pytest.approx(0.9)  # seen twice by chance, and never again


@pytest.mark.parametrize(
    ("gate_false_alarm", "clutter_per_scan", "scan_s", "looks"),
    [(1e-2, 1e2, 10.0, 6.12), (1e-2, 1e2, 1.0, 6.72), (1e-2, 1e4, 1.0, 7.93),
     (1e-3, 1e2, 10.0, 4.32), (1e-3, 1e2, 1.0, 4.71), (1e-3, 1e4, 1.0, 5.49),
     (1e-4, 1e2, 10.0, 3.46), (1e-4, 1e2, 1.0, 3.75), (1e-4, 1e4, 1.0, 4.32)],
)  # fmt: skip
def test_looks_to_declare_at_one_false_declaration_a_year(gate_false_alarm, clutter_per_scan, scan_s, looks):
    """The table measured for the peer comparison, detection probability 0.9; printed to two decimals."""
    starts_a_year = clutter_per_scan * 365.25 * 86400.0 / scan_s
    got = mean_looks_to_declare(0.9, gate_false_alarm, 1.0 / starts_a_year)
    assert abs(got - looks) <= 0.0051


def test_wald_budgets_are_kept():
    """Share of false declarations among starts that follow nothing stays under the budget."""
    rng = np.random.default_rng(0)
    test = SequentialTest(false_alarm=0.01, miss=0.01)
    pd, pf = 0.9, 0.1
    hit, miss = np.log(pd / pf), np.log((1 - pd) / (1 - pf))
    for chance, wrong in ((pf, "accept"), (pd, "reject")):
        looks = np.where(rng.random((20_000, 60)) < chance, hit, miss).cumsum(axis=1)
        up, down = looks >= test.accept, looks <= test.reject
        first_up = np.where(up.any(1), up.argmax(1), 999)
        first_down = np.where(down.any(1), down.argmax(1), 999)
        errors = first_up < first_down if wrong == "accept" else first_down < first_up
        assert errors.mean() <= 0.0105  # Wald's inequality: budget / (1 - other budget)
