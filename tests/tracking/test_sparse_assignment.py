"""The sparse assignment against SciPy's dense one, with giving up as a choice of every row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from vedette.tracking.crowd.pairs import Pairs, nearest_pairs
from vedette.tracking.crowd.sparse_assignment import assign_sparse, best_sparse_pairs

rounding = 1e-9  # of sums of a dozen numbers of order one


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12), st.floats(0.1, 0.9))
@settings(max_examples=60, deadline=None)
def test_it_is_the_best_there_is(seed, n, m, share):
    rng = np.random.default_rng(seed)
    first, second = np.nonzero(rng.random((n, m)) < share)
    gain = rng.normal(0.5, 1.0, len(first))
    chosen = best_sparse_pairs(first, second, gain, n, m)
    assert len(set(first[chosen])) == len(set(second[chosen])) == len(chosen)
    dense = np.zeros((n, m + n))  # as many columns of nobody as there are rows
    dense[first, second] = np.maximum(gain, 0.0)
    rows, columns = linear_sum_assignment(dense, maximize=True)
    assert gain[chosen].sum() == pytest.approx(dense[rows, columns].sum(), abs=rounding)


def test_compiled_and_plain_agree():
    rng = np.random.default_rng(1)
    starts = np.array([0, 3, 5, 5, 9])
    columns, cost = np.array([0, 1, 2, 1, 3, 0, 1, 2, 3]), -rng.random(9)
    np.testing.assert_array_equal(
        assign_sparse(starts, columns, cost, 4), assign_sparse.py_func(starts, columns, cost, 4)
    )


def some_pairs(log_odds, log_ratio):
    n = len(log_odds)
    return Pairs(
        np.arange(n), np.zeros(n, dtype=np.int64), np.array(log_ratio), np.array(log_odds), np.full(n, 0.9), 1
    )  # fmt: skip


def test_who_surely_exists_goes_first_and_who_hardly_does_may_have_the_rest():
    np.testing.assert_array_equal(nearest_pairs(some_pairs([6.0, -6.0], [2.0, 4.0])), [1.0, 0.0])
    np.testing.assert_array_equal(nearest_pairs(some_pairs([-6.0], [4.0])), [1.0])
    # likelier missed than this
    np.testing.assert_array_equal(nearest_pairs(some_pairs([6.0], [-3.0])), [0.0])
