"""Leaves of tracks: what mixtures and trees do with a look, against enumeration, in a flat world written apart."""

from itertools import product

import numpy as np
import pytest
from tests.tracking.flat_world import FlatTracker, field

from vedette.tracking.crowd.leaves import LeafPairs, Leaves, Mixtures, Trees, absorb, joined, no_leaves
from vedette.tracking.crowd.mixture_kernels import reduce_kernel

METHODS = {"jpda": Mixtures(), "lmb": Mixtures(most_leaves=10, apart=1.0), "mht": Trees()}


def table(existence, memory=0):
    """One leaf a track, all at the origin."""
    n = len(existence)
    return Leaves(
        np.arange(n), np.ones(n), np.zeros(n), np.array(existence, dtype=float), np.ones(n, dtype=bool),
        np.full((n, memory), -1), np.full(n, -1), np.zeros((n, 6)), np.tile(np.eye(6), (n, 1, 1)),
    )  # fmt: skip


def enumerated(existence, chance, ratio):
    """Every joint event of tracks that exist or not and detections: existence after, and P(pair); ratio (n, m)."""
    n, m = ratio.shape
    exists, pair, total = np.zeros(n), np.zeros((n, m)), 0.0
    for choice in product(range(-2, m), repeat=n):  # -2: there is nothing; -1: there, not seen
        seen = [d for d in choice if d >= 0]
        if len(set(seen)) < len(seen):
            continue
        value = 1.0
        for i, d in enumerate(choice):
            value *= 1.0 - existence[i] if d == -2 else existence[i] * (1.0 - chance if d == -1 else ratio[i, d])
        total += value
        for i, d in enumerate(choice):
            exists[i] += value * (d > -2)
            if d >= 0:
                pair[i, d] += value
    return exists / total, pair / total


@pytest.mark.parametrize("method", ["jpda", "lmb"])
def test_existence_and_shares_are_those_of_enumeration(method):
    rng = np.random.default_rng(1)
    existence, chance, ratio = np.array([0.9, 0.4, 0.05]), 0.9, np.exp(rng.normal(0.0, 2.0, (3, 3)))
    leaf, detection = np.nonzero(np.ones((3, 3)))
    pairs = LeafPairs(leaf, detection, np.log(ratio[leaf, detection]), np.full(3, chance), 3)
    branches = METHODS[method].grow(table(existence), pairs, 0)
    exists, pair = enumerated(existence, chance, ratio)
    np.testing.assert_allclose(branches.pair_probability, pair.ravel(), atol=1e-9)
    np.testing.assert_allclose(branches.free, 1.0 - pair.sum(axis=0), atol=1e-9)
    np.testing.assert_allclose(branches.leaves.track_existence(), exists, atol=2e-4)  # cut branches under 1e-4 each


def test_a_tree_weighs_three_looks_as_enumeration_of_all_of_them_does():
    """Two trees, three looks of two detections each, exact shares of every history: nothing is pruned."""
    rng = np.random.default_rng(4)
    method = Trees(
        memory=4, reach=1e3, most_leaves=1000, most_branches=1000, most_ways=10_000, within=1e3, most_existence=1.0
    )
    leaves, chance, ratios = table([0.8, 0.6], memory=4), 0.7, rng.normal(0.5, 1.5, (3, 2, 2))
    for look in range(3):
        leaf, detection = np.repeat(np.arange(len(leaves)), 2), np.tile([0, 1], len(leaves))
        log_ratio = ratios[look][leaves.track[leaf], detection]
        pairs = LeafPairs(leaf, detection, log_ratio, np.full(len(leaves), chance), 2)
        leaves, _ = absorb(method, leaves, pairs, lambda i, _, of=leaves: (of.mean[i], of.cov[i]), 2 * look)
    # the same by hand: each object is there throughout, or never was
    weight = {}
    for both in product(product(range(-1, 2), repeat=3), repeat=2):
        if any(a == b >= 0 for a, b in zip(*both, strict=True)):
            continue
        value = 1.0
        for i, way in enumerate(both):
            seen = np.prod([1.0 - chance if d < 0 else np.exp(ratios[k][i, d]) for k, d in enumerate(way)])
            r = [0.8, 0.6][i]
            value *= r * seen + (1.0 - r if max(way) < 0 else 0.0)
        weight[both] = value
    total = sum(weight.values())
    for i in range(2):
        for k in np.flatnonzero(leaves.track == i):
            newest_first = leaves.history[k, :3]
            way = tuple(int(d) - 2 * (2 - j) if d >= 0 else -1 for j, d in enumerate(newest_first))[::-1]
            expected = sum(v for both, v in weight.items() if both[i] == way) / total
            assert leaves.share[k] == pytest.approx(expected, abs=1e-9)


def test_merging_keeps_mean_and_spread():
    rng = np.random.default_rng(2)
    start, weight = np.array([0, 5, 6]), np.concatenate([rng.dirichlet(np.ones(5)), [1.0]])
    mean, root = rng.normal(size=(6, 6)), rng.normal(size=(6, 6, 6))
    cov = root @ np.swapaxes(root, -1, -2)
    out = np.empty(3, np.int64), np.empty(6), np.empty((6, 6)), np.empty((6, 6, 6))
    for kernel in (reduce_kernel, reduce_kernel.py_func):
        assert kernel(start, weight, mean, cov, 0.0, 1, np.inf, *out) == 2
        middle = weight[:5] @ mean[:5]
        away = mean[:5] - middle
        spread = np.einsum("i,ijk->jk", weight[:5], cov[:5] + away[:, :, None] * away[:, None, :])
        np.testing.assert_allclose(out[2][0], middle)
        np.testing.assert_allclose(out[3][0], spread)
        np.testing.assert_allclose(out[2][1], mean[5])


def test_far_components_are_kept_apart_and_light_ones_dropped():
    mean = np.zeros((4, 6))
    mean[1, 0], mean[2, 0], mean[3, 0] = 0.5, 30.0, -50.0
    cov, weight = np.tile(np.eye(6), (4, 1, 1)), np.array([0.6, 0.2, 0.1995, 0.0005])
    out = np.empty(2, np.int64), np.empty(4), np.empty((4, 6)), np.empty((4, 6, 6))
    assert reduce_kernel(np.array([0, 4]), weight, mean, cov, 1e-3, 10, 1.0, *out) == 2
    np.testing.assert_allclose(out[1][:2], np.array([0.8, 0.1995]) / 0.9995)
    np.testing.assert_allclose(out[2][:2, 0], [0.125, 30.0])


@pytest.mark.parametrize("name", METHODS)
def test_hardly_any_track_is_false_and_none_is_missing_in_clutter(name):
    truth, found = field(60, 25)
    tracker = FlatTracker(METHODS[name], 1.0 / 2000.0**3)
    for z in found:
        tracker.step(z)
    places = tracker.places_m
    assert abs(len(places) - 60) <= 1  # 2 %
    off = np.linalg.norm(places[:, None] - truth[-1][None], axis=-1).min(axis=1)
    assert np.count_nonzero(off > 500.0) <= 1


@pytest.mark.parametrize("name", ["jpda", "lmb"])  # trees break ties by order: CrowdTracker orders what it gives them
def test_the_order_of_detections_does_not_matter(name):
    _, found = field(20, 10, seed=3)
    a, b = (FlatTracker(METHODS[name], 1.0 / 2000.0**3) for _ in range(2))
    rng = np.random.default_rng(1)
    for z in found:
        a.step(z)
        b.step(z[rng.permutation(len(z))])
    left, right = (np.array(sorted(t.places_m.tolist())) for t in (a, b))
    np.testing.assert_allclose(left, right, atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_the_same_looks_give_the_same_tracks_to_the_last_bit(name):
    _, found = field(20, 8, seed=5)
    runs = []
    for _ in range(2):
        tracker = FlatTracker(METHODS[name], 1.0 / 2000.0**3)
        for z in found:
            tracker.step(z)
        runs.append(tracker.leaves)
    np.testing.assert_array_equal(runs[0].mean, runs[1].mean)
    np.testing.assert_array_equal(runs[0].share, runs[1].share)


def test_trees_stay_bounded_where_nothing_can_be_told_apart():
    rng = np.random.default_rng(6)
    tracker = FlatTracker(Trees(), 1.0 / 1000.0**3)
    for _ in range(15):
        tracker.step(rng.uniform(0.0, 600.0, (12, 3)))
    counts = np.bincount(tracker.leaves.track)
    assert counts.max() <= Trees().most_leaves
    np.testing.assert_allclose(np.bincount(tracker.leaves.track, tracker.leaves.share), 1.0)
    assert np.all(np.bincount(tracker.leaves.track, tracker.leaves.is_chosen) == 1)


def test_tables_join_in_the_order_of_their_tracks():
    a, b = table([0.1, 0.2]), table([0.3])
    both = joined(a, b, np.array([0, 2]), np.array([1]))
    np.testing.assert_array_equal(both.existence, [0.1, 0.3, 0.2])
    assert len(no_leaves(3)) == 0 and no_leaves(3).tracks == 0
