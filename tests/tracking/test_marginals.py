"""Joint association probabilities against enumeration of every joint event."""

from itertools import product
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.tracking.crowd import marginal_kernels
from vedette.tracking.crowd.marginals import joint_marginals

ROUNDING = 1e-9  # the stated goal; sums of positive terms are in fact good to 1e-13


def by_enumeration(weight, miss):
    """Every way to give each track one detection or none, none twice: weight (n, m), miss (n,)."""
    n, m = weight.shape
    pair, idle, total = np.zeros((n, m)), np.zeros(n), 0.0
    for choice in product(range(-1, m), repeat=n):
        taken = [d for d in choice if d >= 0]
        if len(set(taken)) < len(taken):
            continue
        value = np.prod([miss[i] if d < 0 else weight[i, d] for i, d in enumerate(choice)])
        total += value
        for i, d in enumerate(choice):
            if d < 0:
                idle[i] += value
            else:
                pair[i, d] += value
    return pair / total, idle / total


def scene(rng, n, m, density, spread=4.0):
    is_near = rng.random((n, m)) < density
    log_weight = rng.normal(0.0, spread, (n, m))
    log_miss = np.log(rng.uniform(0.01, 0.9, n))
    return is_near, log_weight, log_miss


def check(is_near, log_weight, log_miss, **more):
    track, detection = np.nonzero(is_near)
    got = joint_marginals(track, detection, log_weight[track, detection], log_miss, is_near.shape[1], **more)
    pair, idle = by_enumeration(np.where(is_near, np.exp(log_weight), 0.0), np.exp(log_miss))
    return got, pair[track, detection], idle, 1.0 - pair.sum(axis=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(0, 5), st.floats(0.1, 1.0), st.integers(0, 2**31))
def test_exact_marginals_are_those_of_enumeration(n, m, density, seed):
    got, pair, idle, free = check(*scene(np.random.default_rng(seed), n, m, density))
    assert np.all(got.is_exact)
    np.testing.assert_allclose(got.pair, pair, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(got.miss, idle, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(got.free, free, rtol=0, atol=ROUNDING)


def test_many_detections_for_few_tracks_are_taken_in_turn_and_still_exact():
    got, pair, idle, free = check(*scene(np.random.default_rng(5), 4, 11, 1.0))
    assert np.all(got.is_exact)
    np.testing.assert_allclose(got.pair, pair, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(got.miss, idle, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(got.free, free, rtol=0, atol=ROUNDING)


def test_weights_of_any_size_are_summed_without_cancelling():
    rng = np.random.default_rng(8)
    got, pair, _, _ = check(*scene(rng, 4, 4, 1.0, spread=60.0))
    likely = pair > 1e-30
    np.testing.assert_allclose(got.pair[likely], pair[likely], rtol=1e-9)


def test_the_permanent_of_ones_is_shared_evenly():
    """Twelve tracks, twelve detections, all alike: rook placements give the share of each pair in closed form."""
    n = 12
    ways = [comb(n, k) ** 2 * factorial(k) for k in range(n + 1)]  # of placing k rooks that do not attack each other
    expected = sum(k * w for k, w in enumerate(ways)) / sum(ways) / n**2
    track, detection = np.nonzero(np.ones((n, n)))
    got = joint_marginals(track, detection, np.zeros(n * n), np.zeros(n), n)
    assert np.all(got.is_exact)
    np.testing.assert_allclose(got.pair, expected, rtol=1e-12)


def test_a_cluster_that_costs_too_much_is_approximated_and_says_so():
    is_near, log_weight, log_miss = scene(np.random.default_rng(3), 5, 5, 1.0, spread=1.0)
    got, pair, _, _ = check(is_near, log_weight, log_miss, most_work=1.0)
    assert not np.any(got.is_exact)
    # Williams and Lau report errors of a few hundredths in such clusters
    assert 1e-6 < np.max(np.abs(got.pair - pair)) < 0.08


def test_belief_propagation_is_exact_where_there_is_no_loop():
    chain = np.eye(6, 7, dtype=bool) | np.eye(6, 7, 1, dtype=bool)
    rng = np.random.default_rng(4)
    log_weight, log_miss = rng.normal(0.0, 2.0, chain.shape), np.log(rng.uniform(0.1, 0.9, 6))
    got, pair, idle, _ = check(chain, log_weight, log_miss, most_work=1.0)
    assert not np.any(got.is_exact)
    np.testing.assert_allclose(got.pair, pair, atol=1e-6)  # messages stop at 1e-7
    np.testing.assert_allclose(got.miss, idle, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_the_order_of_tracks_and_detections_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    is_near, log_weight, log_miss = scene(rng, 7, 8, 0.4)
    track, detection = np.nonzero(is_near)
    a = joint_marginals(track, detection, log_weight[track, detection], log_miss, 8)
    i, j, k = rng.permutation(7), rng.permutation(8), rng.permutation(len(track))
    b = joint_marginals(i[track][k], j[detection][k], log_weight[track, detection][k], log_miss[np.argsort(i)], 8)
    np.testing.assert_allclose(b.pair, a.pair[k], atol=1e-12)
    np.testing.assert_allclose(b.miss[i], a.miss, atol=1e-12)
    np.testing.assert_allclose(b.free[j], a.free, atol=1e-12)


def test_two_clusters_know_nothing_of_each_other():
    a = scene(np.random.default_rng(1), 3, 3, 1.0)
    b = scene(np.random.default_rng(2), 2, 3, 1.0)
    near = np.zeros((5, 6), dtype=bool)
    near[:3, :3] = near[3:, 3:] = True
    log_weight = np.zeros((5, 6))
    log_weight[:3, :3], log_weight[3:, 3:] = a[1], b[1]
    track, detection = np.nonzero(near)
    both = joint_marginals(track, detection, log_weight[track, detection], np.concatenate([a[2], b[2]]), 6)
    alone = joint_marginals(*np.nonzero(a[0]), a[1].ravel(), a[2], 3)
    np.testing.assert_allclose(both.pair[:9], alone.pair, atol=1e-12)
    assert list(both.cluster) == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("name", ["frontier_kernel", "propagation_kernel"])
def test_the_plain_twin_gives_the_same(name):
    is_near, log_weight, log_miss = scene(np.random.default_rng(6), 5, 4, 0.7)
    track, column = (a.astype(np.int64) for a in np.nonzero(is_near))
    start = np.searchsorted(track, np.arange(6)).astype(np.int64)
    weight, idle = np.exp(log_weight[track, column]), np.exp(log_miss)
    results = []
    for kernel in (getattr(marginal_kernels, name), getattr(marginal_kernels, name).py_func):
        share, idle_share = np.zeros(len(track)), np.zeros(5)
        middle = (np.arange(5), 4) if name == "frontier_kernel" else (300, 1e-9)
        kernel(start, column, weight, idle, 4, *middle, share, idle_share)
        results.append(np.concatenate([share, idle_share]))
    np.testing.assert_allclose(*results, rtol=1e-12)
