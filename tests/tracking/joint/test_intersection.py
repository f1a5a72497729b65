"""Two beliefs whose errors may be tied: against closed forms, a search over all weights, and all possible ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.tracking.joint.intersection import (
    added,
    intersection,
    inverse,
    inverse_intersection,
    no_more_than,
    split_intersection,
    summed,
    without,
)

ROUNDING = 1e-9  # relative; double arithmetic on well-scaled matrices of two to six rows


def drawn(seed: int, n: int = 3) -> np.ndarray:
    root = np.random.default_rng(seed).standard_normal((n, n + 2))
    return root @ root.T / n + 0.05 * np.eye(n)


def test_two_crossed_ellipses_meet_in_the_closed_form():
    # A = diag(1, k), B = diag(k, 1): by symmetry the weight is one half and the variance 2k / (1 + k)
    # (the picture of Julier and Uhlmann 1997, figure 1, in numbers that need no reading off)
    k = 4.0
    mean, cov, weight = intersection(
        np.array([1.0, 0.0]), np.diag([1.0, k]), np.array([0.0, 1.0]), np.diag([k, 1.0])
    )
    assert weight == pytest.approx(0.5, abs=1e-9)
    assert cov == pytest.approx(np.eye(2) * 2.0 * k / (1.0 + k), rel=ROUNDING)
    assert mean == pytest.approx([k / (1.0 + k)] * 2, rel=ROUNDING)


def test_scalars_keep_the_better_one_and_add_nothing():
    mean, cov, weight = intersection(np.array([3.0]), np.array([[2.0]]), np.array([9.0]), np.array([[5.0]]))
    assert (mean[0], cov[0, 0], weight) == pytest.approx((3.0, 2.0, 1.0), abs=1e-6)


@pytest.mark.parametrize("by", ["det", "trace"])
@pytest.mark.parametrize("seed", range(4))
def test_no_other_weight_is_better(seed: int, by: str):
    A, B = drawn(seed), drawn(seed + 100)
    zero = np.zeros(3)
    size = np.linalg.det if by == "det" else np.trace
    _, cov, _ = intersection(zero, A, zero, B, by)
    weights = np.linspace(1e-6, 1.0 - 1e-6, 20_001)[:, None, None]
    every = np.linalg.inv(weights * np.linalg.inv(A) + (1.0 - weights) * np.linalg.inv(B))
    best = np.min(size(every)) if by == "det" else np.min(np.trace(every, axis1=1, axis2=2))
    assert size(cov) <= best * (1.0 + 1e-12)  # the search has steps of a twenty-thousandth
    _, inverse_cov, _ = inverse_intersection(zero, A, zero, B, by)
    every = np.linalg.inv(np.linalg.inv(A) + np.linalg.inv(B) - np.linalg.inv(weights * A + (1.0 - weights) * B))
    best = np.min(size(every)) if by == "det" else np.min(np.trace(every, axis1=1, axis2=2))
    assert size(inverse_cov) <= best * (1.0 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.0, 0.999))
def test_intersection_covers_the_truth_whatever_the_tie(seed: int, strength: float):
    rng = np.random.default_rng(seed)
    A, B = drawn(seed), drawn(seed + 1)
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    tie = strength * np.linalg.cholesky(A) @ turn @ np.linalg.cholesky(B).T  # any tie there can be
    _, cov, w = intersection(np.zeros(3), A, np.zeros(3), B)
    gain_a, gain_b = w * cov @ np.linalg.inv(A), (1.0 - w) * cov @ np.linalg.inv(B)
    true = gain_a @ A @ gain_a.T + gain_b @ B @ gain_b.T + gain_a @ tie @ gain_b.T + gain_b @ tie.T @ gain_a.T
    assert np.linalg.eigvalsh(cov - true)[0] > -1e-9 * np.trace(cov)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_inverse_intersection_covers_the_truth_whatever_was_common_and_is_tighter(seed: int):
    own_a, own_b, common = drawn(seed), drawn(seed + 1), drawn(seed + 2)
    A = inverse(inverse(own_a) + inverse(common))
    B = inverse(inverse(own_b) + inverse(common))
    tie = A @ inverse(common) @ B  # of two optimal estimates that share one
    _, cov, w = inverse_intersection(np.zeros(3), A, np.zeros(3), B)
    bound = inverse(w * A + (1.0 - w) * B)
    gain_a, gain_b = cov @ (inverse(A) - w * bound), cov @ (inverse(B) - (1.0 - w) * bound)
    assert gain_a + gain_b == pytest.approx(np.eye(3), abs=1e-9)
    true = gain_a @ A @ gain_a.T + gain_b @ B @ gain_b.T + gain_a @ tie @ gain_b.T + gain_b @ tie.T @ gain_a.T
    assert np.linalg.eigvalsh(cov - true)[0] > -1e-9 * np.trace(cov)
    _, wide, _ = intersection(np.zeros(3), A, np.zeros(3), B)
    assert np.linalg.det(cov) <= np.linalg.det(wide) * (1.0 + 1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 0.95))
def test_split_intersection_covers_ties_of_the_tied_parts_and_has_both_limits(seed: int, share: float):
    rng = np.random.default_rng(seed)
    A, B = drawn(seed), drawn(seed + 1)
    zero = np.zeros(3)
    tied_a, tied_b = share * A, (1.0 - share) * B
    _, cov, still_tied = split_intersection(zero, A, tied_a, zero, B, tied_b)
    assert np.linalg.eigvalsh(cov - still_tied)[0] > -1e-9
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    # the gains can be found from how the means are mixed
    gain_b = np.stack(
        [split_intersection(zero, A, tied_a, axis, B, tied_b)[0] for axis in np.eye(3)], axis=1
    )
    gain_a = np.eye(3) - gain_b
    tie = np.linalg.cholesky(tied_a) @ turn @ np.linalg.cholesky(tied_b).T
    true = gain_a @ A @ gain_a.T + gain_b @ B @ gain_b.T + gain_a @ tie @ gain_b.T + gain_b @ tie.T @ gain_a.T
    assert np.linalg.eigvalsh(cov - true)[0] > -1e-9 * np.trace(cov)
    _, free, _ = split_intersection(zero, A, 0.0 * A, zero, B, 0.0 * B)
    assert free == pytest.approx(summed(zero, A, zero, B)[1], rel=1e-9)
    _, bound, _ = split_intersection(zero, A, A, zero, B, B)
    assert np.linalg.det(bound) == pytest.approx(np.linalg.det(intersection(zero, A, zero, B)[1]), rel=1e-6)


def test_what_was_added_can_be_taken_out_again():
    A, B = drawn(1, 6), drawn(2, 6)
    a, b = np.arange(6.0), np.ones(6)
    mean, cov = summed(a, A, b, B)
    y, Y = without(mean, cov, b, B)
    assert np.allclose(Y, inverse(A), rtol=1e-8, atol=1e-10)
    again, again_cov = added(b, B, y, Y)
    assert again == pytest.approx(mean, rel=1e-8) and again_cov == pytest.approx(cov, rel=1e-8)


def test_a_part_is_never_more_than_the_whole():
    whole, part = drawn(3), 5.0 * drawn(4)
    assert np.linalg.eigvalsh(whole - no_more_than(part, whole))[0] >= 0.0
    small = 1e-3 * whole
    assert no_more_than(small, whole) == pytest.approx(small, rel=1e-9)
