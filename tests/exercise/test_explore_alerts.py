"""An alert's life with two machines that may act and people who act at any time: explored; what is broken is found."""

import pytest

from vedette.exercise.explore_alerts import AlertExplorer, explore_alerts
from vedette.reports import Mode


@pytest.mark.parametrize("mode", [Mode.REAL, Mode.EXERCISE])
def test_no_six_steps_break_the_life_of_an_alert(mode: Mode) -> None:
    found = explore_alerts(AlertExplorer(mode), depth=6)
    assert found.troubles == []
    assert found.worlds > 15_000


@pytest.mark.slow
def test_no_nine_steps_break_the_life_of_an_alert() -> None:
    found = explore_alerts(AlertExplorer(), depth=9)
    assert found.troubles == []
    assert found.worlds > 400_000


def test_without_the_fence_a_machine_that_was_replaced_is_found_writing() -> None:
    found = explore_alerts(AlertExplorer(is_fenced=False), depth=6)
    assert any("after 2 had acted" in words for words in found.troubles)
