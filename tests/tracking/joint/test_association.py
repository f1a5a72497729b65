"""Pairs between two owners of whom one reads everything aside: right ones, no wrong ones, and ambiguity said."""

import numpy as np
import pytest

from vedette.exercise.joint_world import falling
from vedette.tracking.joint.association import paired
from vedette.tracking.joint.offsets import SIZE, shifted

SIGMA_M, SIGMA_MPS = 100.0, 5.0
COV = np.diag(np.repeat([SIGMA_M**2, SIGMA_MPS**2], 3))


def scene(seed: int, shift_m: float, clock_s: float, apart_m: float = 20e3):
    """Twelve bodies for the one side; eight of them and three others for the other, in another order."""
    rng = np.random.default_rng(seed)
    truth = falling(15, rng, apart_m)
    way = rng.standard_normal(3)
    offset = np.array([clock_s, *(shift_m * way / np.linalg.norm(way)), 0.0, 0.0, 0.0])
    order = rng.permutation(np.arange(4, 15))
    a = truth[:12] + rng.standard_normal((12, 6)) @ np.sqrt(COV)
    b = shifted(truth[order], offset) + rng.standard_normal((11, 6)) @ np.sqrt(COV)
    return a, b, order


@pytest.mark.parametrize(("shift_m", "clock_s", "apart_m"), [(0, 0, 20e3), (300, 0, 20e3), (3e3, 0.2, 20e3)])
@pytest.mark.parametrize("seed", range(2))
def test_the_eight_are_found_and_nothing_else(seed: int, shift_m: float, clock_s: float, apart_m: float):
    a, b, order = scene(seed, shift_m, clock_s, apart_m)
    doubt = np.diag(np.array([0.02, *(50.0,) * 3, *(1e-5,) * 3]) ** 2)
    found = paired(a, np.tile(COV, (12, 1, 1)), b, np.tile(COV, (11, 1, 1)), np.zeros(SIZE), doubt)
    sure = ~found.is_ambiguous
    pairs = {(int(i), int(order[j])) for i, j in zip(found.first[sure], found.second[sure], strict=True)}
    assert pairs == {(i, i) for i in range(4, 12)}
    assert found.is_offset_new or shift_m < 1e3  # three sigmas aside may be paired without


def test_two_that_might_be_either_are_called_ambiguous_and_one_that_cannot_is_not():
    one = falling(1, np.random.default_rng(0))
    side = np.array([60.0, 0.0, 0.0, 0.0, 0.0, 0.0])  # well within both doubts
    far = np.array([0.0, 50e3, 0.0, 0.0, 0.0, 0.0])
    a = np.concatenate([one, one + side, one + far])
    b = np.concatenate([one + 0.5 * side, one + 0.6 * side, one + far])
    found = paired(a, np.tile(COV, (3, 1, 1)), b, np.tile(COV, (3, 1, 1)), np.zeros(SIZE), np.zeros((SIZE, SIZE)))
    told = dict(zip(found.first.tolist(), found.is_ambiguous.tolist(), strict=True))
    assert told == {0: True, 1: True, 2: False}
