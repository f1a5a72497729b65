"""The best joint choice of leaves against enumeration of all of them."""

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.tracking.crowd.tree_kernels import select_kernel


def scene(rng, tracks, leaves, detections, width=3, share=0.5):
    """Tracks with some leaves each; the first leaf of each uses nothing, so that it is safe."""
    counts = rng.integers(1, leaves + 1, tracks)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    used = np.full((start[-1], width), -1, dtype=np.int64)
    for k in range(start[-1]):
        for n in range(width):  # each look has detections of its own
            if rng.random() < share and k not in start:
                used[k, n] = n * detections + rng.integers(detections)
    needs = np.full(start[-1], -1, dtype=np.int64)
    for k in range(start[-1]):
        if k not in start and rng.random() < 0.2:
            used[k] = -1
            needs[k] = rng.integers(width * detections)
    return start, rng.normal(0.0, 3.0, start[-1]), used, needs, start[:-1].copy()


def all_choices(start, used, needs):
    for choice in product(*(range(a, b) for a, b in pairwise(start))):
        taken = used[list(choice)]
        taken = taken[taken >= 0]
        wanted = needs[list(choice)]
        if len(np.unique(taken)) == len(taken) and np.all(np.isin(wanted[wanted >= 0], taken)):
            yield choice


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**31))
def test_the_choice_is_the_best_of_all_and_shares_are_those_of_enumeration(tracks, leaves, detections, seed):
    start, weight, used, needs, safe = scene(np.random.default_rng(seed), tracks, leaves, detections)
    chosen, share, _, _, is_proven = select_kernel(start, weight, used, needs, 3 * detections, safe, 5000, 1e3, 10**6)
    ways = list(all_choices(start, used, needs))
    worth = np.array([weight[list(way)].sum() for way in ways])
    assert np.all(is_proven)
    assert weight[chosen].sum() >= worth.max() - 1e-9
    assert tuple(chosen) in ways
    expected = np.zeros(len(weight))
    for way, value in zip(ways, np.exp(worth - worth.max()), strict=True):
        expected[list(way)] += value
    np.testing.assert_allclose(share, expected / np.exp(worth - worth.max()).sum(), atol=1e-12)


def test_a_search_that_is_cut_short_still_gives_a_choice_that_uses_nothing_twice():
    start, weight, used, needs, safe = scene(np.random.default_rng(1), 40, 6, 12)
    chosen, _, _, _, _ = select_kernel(start, weight, used, needs, 36, safe, 10, 10.0, 50)
    taken = used[chosen]
    taken = taken[taken >= 0]
    assert len(np.unique(taken)) == len(taken)
    thorough, _, _, _, is_proven = select_kernel(start, weight, used, needs, 36, safe, 10, 10.0, 10**6)
    assert np.all(is_proven)
    assert weight[thorough].sum() >= weight[chosen].sum() - 1e-9
    # prices alone come within a few hundredths of the best
    assert weight[chosen].sum() > 0.9 * weight[thorough].sum()


def test_the_plain_twin_gives_the_same():
    start, weight, used, needs, safe = scene(np.random.default_rng(2), 6, 4, 3)
    compiled = select_kernel(start, weight, used, needs, 9, safe, 20, 10.0, 10**4)
    plain = select_kernel.py_func(start, weight, used, needs, 9, safe, 20, 10.0, 10**4)
    for a, b in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)
