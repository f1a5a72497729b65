"""Three owners in a ring re-share what they have come to: what went round is not believed twice."""

import numpy as np
import pytest

from vedette.exercise.joint_ring import play_ring
from vedette.metrics import chi_square_band

# four bodies, seen together by three nodes: the nodes hold nearly the same belief, so the scores of one instant are
# four independent ones; with a few instants, half an hour apart in effect, the band is that of some eight
BAND = chi_square_band(6, 8, 1.0 - 1e-6)


@pytest.mark.parametrize("way", ["originals", "joined"])
def test_a_ring_keeps_its_doubts_honest_and_near_those_of_one_filter(way: str):
    one = play_ring(way, seed=3, seconds=600, count=3)
    assert BAND[0] < np.mean(one.nees_joint) < BAND[1]
    assert max(one.sigma_ratio) < 1.10  # what goes round the ring comes one or two messages late
    assert min(one.sigma_ratio) > 0.98


def test_a_ring_that_names_no_times_is_safe_and_wider_and_one_that_names_nobody_is_not():
    safe, naive = (play_ring(way, seed=3, seconds=400, count=2) for way in ("joined-without-times", "naive"))
    assert np.mean(safe.nees_joint) < 1.2 and 1.2 < np.mean(safe.sigma_ratio) < 2.0
    assert np.mean(naive.nees_joint) > 2.5  # so the test can fail: this is what counting twice looks like
