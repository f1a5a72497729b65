"""A releaser tells what its policy grants, on its cadence, under the peer's names, and takes back what was told."""

import pytest
from tests.sharing.release.makings import SECRET, T0, S, content_of, event, track

from vedette.core.errors import BadInputError
from vedette.reports import Evidence, Mode, SharedDrop, SharedEvent, SharedTrack
from vedette.sharing.release import Releaser, example_policy_text, nothing_released, parse_policy


def releaser(text: str = "", mode: Mode = Mode.EXERCISE) -> Releaser:
    """By the example policy, or another."""
    return Releaser(parse_policy(text or example_policy_text()), owner="NORTH", mode=mode, secret=SECRET)


def test_nothing_leaves_without_a_policy() -> None:
    quiet = Releaser(nothing_released("SOUTH"), owner="NORTH", mode=Mode.REAL, secret=SECRET)
    assert not any(message.content for message in quiet.release([track(), event()], T0))


def test_nothing_leaves_in_a_mode_that_is_not_granted() -> None:
    assert not any(message.content for message in releaser(mode=Mode.REAL).release([track(), event()], T0))


def test_a_track_is_told_at_the_cadence_under_another_name_and_without_its_sensors() -> None:
    one = releaser()
    (told,) = content_of(one.release([track()], T0 + 3 * S), "track")
    assert isinstance(told, SharedTrack)
    assert told.t_tai_ns % (10 * S) == 0
    assert told.number.startswith("NORTH-") and "O1" not in told.number
    assert told.sensors == () and told.phenomena == () and told.phase == "coast"
    assert not content_of(one.release([track()], T0 + 4 * S), "track")
    assert len(content_of(one.release([track()], T0 + 10 * S), "track")) == 1


def test_an_empty_batch_goes_all_the_same() -> None:
    assert [m.content for m in releaser().release([], T0) if m.lane == "track"] == [()]


def test_a_track_outside_the_area_is_withheld_and_the_log_says_why() -> None:
    (message,) = [m for m in releaser().release([track(lat_deg=10.0)], T0) if m.lane == "track"]
    assert message.content == ()
    assert "touches none of 'middle-sea'" in message.log[0].why


def test_a_track_that_leaves_is_dropped_without_a_reason() -> None:
    one = releaser()
    one.release([track()], T0)
    (drop,) = content_of(one.release([], T0 + 10 * S), "track")
    assert isinstance(drop, SharedDrop) and drop.reason == "withdrawn"


def test_an_event_is_told_once_again_when_it_changes_and_counts_its_own_revisions() -> None:
    one = releaser()
    (first,) = content_of(one.release([event()], T0), "warn")
    assert not content_of(one.release([event()], T0 + S), "warn")
    (second,) = content_of(one.release([event(Evidence.CONFIRMED)], T0 + 2 * S), "warn")
    assert isinstance(first, SharedEvent) and isinstance(second, SharedEvent)
    assert (first.revision, second.revision) == (1, 2)
    assert first.event_id == second.event_id
    assert "secret" not in first.text


def test_what_was_told_is_taken_back_even_when_nothing_is_granted_any_more() -> None:
    one = releaser()
    one.release([event()], T0)
    one.suspend()
    (told,) = content_of(one.release([event(Evidence.WITHDRAWN)], T0 + S), "warn")
    assert isinstance(told, SharedEvent) and told.evidence is Evidence.WITHDRAWN and told.phenomena == ()


def test_a_restart_goes_on_where_it_was() -> None:
    one = releaser()
    assert len(content_of(one.release([event()], T0), "warn")) == 1
    policy = parse_policy(example_policy_text())
    again = Releaser(policy, owner="NORTH", mode=Mode.EXERCISE, secret=SECRET, state=one.state())
    assert not content_of(again.release([event()], T0 + S), "warn")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('version = 1', 'version = 9'), "version is 9"),
        (('fields = ["phase", "provenance"]', 'fields = ["fase"]'), "did you mean 'phase'"),
        (('areas = ["middle-sea"]', 'areas = ["midle-sea"]'), "did you mean 'middle-sea'"),
        (('position_km = 10.0 ', 'postion_km = 10.0 '), "did you mean 'position_km'"),
        (('shapes = "round"', 'shapes = "full"'), "place_km = 0"),
        (('modes = ["EXERCISE"]', 'modes = ["exercise"]'), "there are REAL"),
        (('areas = ["middle-sea"]\n', ''), "on purpose"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_cure(change: tuple[str, str], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        parse_policy(example_policy_text().replace(*change))
