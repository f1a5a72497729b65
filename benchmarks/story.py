"""Truth and sensor returns of two-launches, a story made whole."""

from collections.abc import Callable

from vedette.scenario import make_scenario, read_story

WHAT = "seeds of two-launches made: truth and every sensor's returns"


def prepare() -> Callable[[], int]:
    """One seed."""
    story = read_story("two-launches")

    def work() -> int:
        make_scenario(story, 7)
        return 1

    return work
