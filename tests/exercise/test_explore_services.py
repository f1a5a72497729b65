"""The explorer finds nothing wrong with the services, and finds what is wrong with broken ones."""

from collections.abc import Callable
from typing import Any

import pytest

from vedette.exercise.explore_services import Explorer, explore, walk
from vedette.sharing.services import Duty, Service, ServiceGroup


def _starts(explorer: Explorer) -> dict[str, Any]:
    calm, number = explorer.settled()
    asked = explorer.asked(calm, number, 0, 1)
    return {
        "asked": asked,
        "one silent": explorer.passed(calm, 3, deaf=0),
        "one given up": explorer.passed(asked, 5, deaf=0),
    }


@pytest.mark.parametrize("start", ["asked", "one silent", "one given up"])
def test_no_four_steps_lead_to_two_reporters_or_to_none(start: str) -> None:
    explorer = Explorer(asks=1)
    found = explore(explorer, _starts(explorer)[start], depth=4, end_every=20)
    assert found.troubles == []
    assert found.worlds > 1000


def test_long_walks_lead_to_one_reporter() -> None:
    explorer = Explorer(crashes=2, repeats=3, asks=4, newest_messages=4)
    found = walk(explorer, _starts(explorer)["asked"], steps=250, walks=25, seed=1)
    assert found.troubles == []


def _same_step(accept: Any) -> Any:
    def broken(self: Service, version: Any, frm: str, t_ns: int) -> bool:
        is_given = bool(accept(self, version, frm, t_ns))
        if is_given:
            duty = self.kept.duties[version[0]]
            self.kept.duties[version[0]] = Duty(duty.number, frm, duty.view, duty.step - 1)
        return is_given

    return broken


def _no_fence(join: Any) -> Any:
    def broken(self: Service, *words: Any) -> bool:
        is_joined = bool(join(self, *words))
        self.kept.fences = {}
        return is_joined

    return broken


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a lease that never ends": lambda m: m.setattr(Service, "has_lease", lambda s, t: s.name in s.kept.members),
    "promises that are not kept": lambda m: m.setattr(ServiceGroup, "promise_ns", property(lambda s: 0)),
    "a change of hands without a new epoch": lambda m: m.setattr(
        Service, "_hear_accept", _same_step(Service._hear_accept)
    ),
    "views without a fence": lambda m: m.setattr(Service, "_join", _no_fence(Service._join)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_service_is_found_out(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    explorer = Explorer(asks=1)
    calm, _ = explorer.settled()
    troubles: list[str] = []
    for seed in range(1, 5):
        troubles += walk(explorer, calm, steps=250, walks=10, seed=seed).troubles
        if troubles:
            break
    assert troubles
