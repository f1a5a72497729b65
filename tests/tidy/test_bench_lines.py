"""A line of the comparison with peers says what it means: ratio and goal in the sense of what is better."""

import pytest
from benchmarks.harness import line


def test_more_and_less_are_told_apart():
    fast = line("updates", "1/s", 200.0, goal=100.0, peer="other", peer_value=50.0)
    assert (fast["ratio"], fast["met"]) == (4.0, True)
    short = line("a look", "s", 0.02, better="less", goal=0.01, peer="other", peer_value=0.2, tracks=100)
    assert (short["ratio"], short["met"], short["tracks"]) == (10.0, False, 100)
    band = line("anees", "1", 1.06, goal=(0.95, 1.05))
    assert (band["ratio"], band["met"]) == (None, False)
    assert line("anees", "1", None, goal=(0.95, 1.05))["met"] is None
    with pytest.raises(ValueError, match="sideways"):
        line("x", "1", 1.0, better="sideways")


def test_a_figure_that_is_no_number_meets_no_goal():
    assert line("x", "1", float("nan"), goal=1.0)["met"] is False
