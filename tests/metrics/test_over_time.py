"""Scores over a whole run: against doing it instant by instant, against trying everything, against worked counts."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.metrics import (
    History,
    filtering_bound,
    filtering_bound_with_misses,
    gospa,
    gospa_series,
    instants_to_track,
    ospa,
    purity,
    siap,
    t_gospa,
)

CUTOFF_M, SWITCH_M = 10.0, 4.0
ROUNDING = 1e-7  # of a linear program


def history(rows: list[tuple[int, int, float]]) -> History:
    """Points on a line: instant, label, metres along."""
    table = np.array(rows, dtype=float).reshape(-1, 3)
    along = np.column_stack([table[:, 2], np.zeros((len(table), 2))])
    return History(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), along)


@st.composite
def histories(draw: st.DrawFn, most: int = 2, steps: int = 3) -> History:
    """Up to two objects over three instants, each there or not."""
    rows = []
    for label in range(draw(st.integers(0, most))):
        for step in range(steps):
            if draw(st.booleans()):
                rows.append((step, label, draw(st.floats(0.0, 30.0))))
    return history(rows)


def assignments(n: int, m: int) -> list[np.ndarray]:
    """All ways to pair n with m, as tables of zeros and ones."""
    tables = [np.array(bits).reshape(n, m) for bits in product([0, 1], repeat=n * m)]
    return [one for one in tables if one.sum(0).max(initial=0) <= 1 and one.sum(1).max(initial=0) <= 1]


def tried_t_gospa(x: History, y: History, steps: int, p: float) -> float:
    """The definition (11) of the paper with whole assignments, by trying every sequence of them."""
    xs, ys = np.unique(x.label), np.unique(y.label)
    half = CUTOFF_M**p / 2.0

    def place(one: History, label: int, step: int) -> float | None:
        found = one.state[(one.label == label) & (one.step == step), 0]
        return float(found[0]) if len(found) else None

    def cost(step: int, table: np.ndarray) -> float:
        total = sum(half for i in xs if place(x, i, step) is not None)
        total += sum(half for j in ys if place(y, j, step) is not None)
        for a, b in zip(*np.nonzero(table), strict=True):
            here, there = place(x, xs[a], step), place(y, ys[b], step)
            if here is not None and there is not None:
                total += min(abs(here - there), CUTOFF_M) ** p - 2.0 * half
        return total

    ways = assignments(len(xs), len(ys))
    best = np.inf
    for chosen in product(ways, repeat=steps):
        moves = sum(np.abs(a - b).sum() for a, b in pairwise(chosen))
        total = sum(cost(k, table) for k, table in enumerate(chosen)) + SWITCH_M**p / 2.0 * float(moves)
        best = min(best, total)
    return max(best, 0.0) ** (1.0 / p)


@settings(max_examples=40, deadline=None)
@given(histories(), histories())
def test_t_gospa_is_never_above_the_best_whole_assignment_and_equals_it_with_one_truth(x: History, y: History) -> None:
    found = t_gospa(x, y, CUTOFF_M, SWITCH_M).value
    tried = tried_t_gospa(x, y, 3, 2.0)
    assert found <= tried + ROUNDING
    if len(np.unique(x.label)) < 2 or len(np.unique(y.label)) < 2:
        assert found == pytest.approx(tried, abs=ROUNDING)


@settings(max_examples=40, deadline=None)
@given(histories(), histories(), histories())
def test_t_gospa_is_a_metric(x: History, y: History, z: History) -> None:
    def apart(one: History, other: History) -> float:
        return t_gospa(one, other, CUTOFF_M, SWITCH_M).value

    assert apart(x, x) == pytest.approx(0.0, abs=ROUNDING)
    assert apart(x, y) == pytest.approx(apart(y, x), abs=1e-5)  # roots of small differences of a linear program
    assert apart(x, z) <= apart(x, y) + apart(y, z) + 1e-5


def test_two_tracks_that_swap_objects_pay_two_switches_and_nothing_else() -> None:
    truth = history([(k, label, 100.0 * label) for k in range(6) for label in range(2)])
    tracks = history([(k, label, 100.0 * (label if k < 3 else 1 - label)) for k in range(6) for label in range(2)])
    score = t_gospa(tracks, truth, CUTOFF_M, SWITCH_M)
    assert score.switching == pytest.approx(2.0 * SWITCH_M**2, abs=ROUNDING)
    assert score.localisation == score.missed == score.false == pytest.approx(0.0, abs=ROUNDING)
    assert score.per_step == pytest.approx(np.sqrt(2.0 * SWITCH_M**2 / 6.0))


@settings(max_examples=30, deadline=None)
@given(histories(most=4), histories(most=4))
def test_the_series_is_gospa_at_every_instant(x: History, y: History) -> None:
    series = gospa_series(x, y, CUTOFF_M, steps=3)
    for k in range(3):
        alone = gospa(x.position_m[x.step == k], y.position_m[y.step == k], CUTOFF_M)
        assert series.value[k] == pytest.approx(alone.value, abs=1e-9)
        assert (series.missed_count[k], series.false_count[k]) == (alone.missed_count, alone.false_count)


def test_siap_of_a_picture_that_was_counted_by_hand() -> None:
    # two objects for four instants; the first is held by track 1, then by track 2, and once by both; the second is
    # held at two of its instants; track 9 is nowhere near anything, once
    truth = history([(k, 1, 0.0) for k in range(4)] + [(k, 2, 100.0) for k in range(4)])
    rows = [(0, 1, 1.0), (1, 1, 1.0), (1, 2, 3.0), (2, 2, 3.0), (3, 2, 3.0), (0, 3, 102.0), (2, 3, 102.0), (3, 9, 50.0)]
    score = siap(history(rows), truth, CUTOFF_M)
    assert score.completeness == pytest.approx(6 / 8)
    assert score.ambiguity == pytest.approx(7 / 6)
    assert score.spuriousness == pytest.approx(1 / 8)
    assert score.position_accuracy_m == pytest.approx((1 + 1 + 3 + 3 + 3 + 2 + 2) / 7)
    assert score.track_changes == pytest.approx(1 / 6)
    assert score.longest_track_share == pytest.approx((3 + 1) / 8)
    assert np.isnan(score.velocity_accuracy_mps)


def test_an_empty_picture_of_an_empty_sky_is_judged_without_a_crash() -> None:
    nothing = history([])
    assert t_gospa(nothing, nothing, CUTOFF_M, SWITCH_M).value == 0.0
    assert len(gospa_series(nothing, nothing, CUTOFF_M).value) == 0
    assert np.isnan(siap(nothing, nothing, CUTOFF_M).completeness)
    assert ospa(np.empty((0, 3)), np.empty((0, 3)), 1.0) == 0.0


def test_purity_counts_what_each_track_was_made_of() -> None:
    score = purity(np.array([7, 7, 7, 8, 8]), np.array([1, 1, 2, -1, -1]))
    assert score.label.tolist() == [7, 8]
    assert score.share.tolist() == pytest.approx([2 / 3, 1.0])
    assert score.origin.tolist() == [1, -1]
    assert score.overall == pytest.approx(4 / 5)


def test_latency_is_counted_from_the_first_instant_of_each_object() -> None:
    truth = history([(k, 1, 0.0) for k in range(2, 6)] + [(k, 2, 100.0) for k in range(6)])
    label, late = instants_to_track(history([(4, 5, 1.0), (5, 5, 1.0)]), truth, CUTOFF_M)
    assert label.tolist() == [1, 2]
    assert late.tolist() == [2.0, np.inf]


def test_the_bound_with_misses_averages_over_every_sequence_of_hits() -> None:
    # a constant seen twice: information 1 before, 1 for each hit; the mean over the four sequences by hand
    one, tiny = np.eye(1), np.array([[1e-12]])
    F, H = np.ones((2, 1, 1, 1)), np.ones((2, 1, 1, 1))
    bound = filtering_bound_with_misses(one, F, tiny, H, one, 0.8)
    assert bound[0, 0, 0] == pytest.approx(0.8 / 2 + 0.2 / 1, rel=1e-6)
    assert bound[1, 0, 0] == pytest.approx(0.64 / 3 + 2 * 0.16 / 2 + 0.04, rel=1e-6)


def test_the_bound_with_misses_is_the_plain_bound_when_nothing_is_missed() -> None:
    rng = np.random.default_rng(3)
    F, H = rng.normal(size=(20, 3, 2, 2)), rng.normal(size=(20, 3, 1, 2))
    J0, Q, R = np.eye(2), np.diag([0.1, 0.2]), np.eye(1)
    plain = filtering_bound(J0, F, Q, H, R)
    assert filtering_bound_with_misses(J0, F, Q, H, R, 1.0, sequences=8) == pytest.approx(plain, rel=1e-9)
    missing = filtering_bound_with_misses(J0, F, Q, H, R, 0.7, sequences=512)
    assert np.all(np.trace(missing, axis1=1, axis2=2) >= np.trace(plain, axis1=1, axis2=2))
