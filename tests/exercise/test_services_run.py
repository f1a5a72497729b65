"""Services of one owner over a bad wire: nobody reports twice, nothing is left to nobody."""

import pytest

from vedette.exercise.services_run import ServicesPlan, run_services

TROUBLES = {
    "one killed": {},
    "killed, and back before it is missed": {"back_s": 51.0},
    "killed, and back later": {"back_s": 65.0},
    "one cut off, and alive": {"kill_s": None, "cut_s": (40.0, 60.0)},
    "a wire that loses a third": {"loss": 0.3, "repeat": 0.2},
    "five services, one killed, another cut off": {"nodes": 5, "back_s": 70.0, "cut_s": (52.0, 66.0)},
}


@pytest.mark.parametrize("words", TROUBLES)
def test_every_object_is_reported_by_one(words: str) -> None:
    plan = ServicesPlan(seed=3, objects=100, seconds=110.0, **TROUBLES[words])  # type: ignore[arg-type]
    came = run_services(plan)
    assert (came.duplicates, came.doubled_objects, came.orphans, came.reused) == (0, 0, 0, 0)
    assert came.hand_overs > 200, "there was something to go wrong"


def test_three_services_and_a_thousand_objects() -> None:
    came = run_services(ServicesPlan(seed=1, seconds=75.0, kill_s=40.0))
    assert (came.duplicates, came.doubled_objects, came.orphans, came.reused) == (0, 0, 0, 0)
    assert came.hand_overs > 1000
    assert came.taken_over > 200


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_three_services_for_ten_minutes(seed: int) -> None:
    came = run_services(ServicesPlan(seed=seed, seconds=600.0, kill_s=200.0, back_s=400.0))
    assert (came.duplicates, came.doubled_objects, came.orphans, came.reused) == (0, 0, 0, 0)
