"""No field that was not granted ever leaves; and the hunt for such fields does find them where a release is broken."""

import msgspec
import pytest

from vedette.exercise.release_hunt import hunt
from vedette.reports import SharedEvent
from vedette.sharing.release import event_telling


def test_nothing_that_was_not_granted_leaves() -> None:
    found = hunt(0, 60)
    assert found.leaks == []
    assert found.marks > 3000 and found.granted > 300  # both kinds of mark were there to be found


def test_the_hunt_finds_what_a_broken_release_lets_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = event_telling.event_for

    def broken(*given: object) -> SharedEvent:
        return msgspec.structs.replace(whole(*given), text=given[1].text)  # type: ignore[arg-type, attr-defined]

    monkeypatch.setattr(event_telling, "event_for", broken)
    assert any("event.never" in leak for leak in hunt(0, 10).leaks)
