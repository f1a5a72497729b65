"""A partner that lies is named within three messages, rightly; one that does not never is; who mends comes back."""

import pytest

from vedette.exercise.joint_lies import is_as_wanted, play_lie


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lie", ["none", "bias", "clock", "frozen", "repeated", "duplicated", "echo"])
def test_a_lie_is_named_within_three_messages(lie: str, seed: int):
    one = play_lie(lie, seed, after_s=4 if lie != "none" else 30)
    assert is_as_wanted(one), one


@pytest.mark.parametrize("seed", range(2))
def test_a_partner_that_tells_the_truth_again_is_believed_again(seed: int):
    one = play_lie("clock", seed, after_s=5, truth_again_s=15)
    assert one.named == "clock" and one.is_refused and one.has_recovered


def test_what_is_joined_stays_ours_while_a_partner_lies():
    one = play_lie("bias", 1, after_s=10)
    assert one.is_refused and one.nees_joint < 2.5  # six bodies' correlated scores; a lie of ten sigmas would be fifty


@pytest.mark.parametrize("seed", range(3))
def test_one_object_alone_accuses_nobody_and_is_not_joined(seed: int):
    """Whoever's track of it is wrong, the other's is shown beside it and stays as it is."""
    one = play_lie("bias", seed, count=1, after_s=10)
    assert not one.named and not one.is_refused and one.nees_joint < 5.0
