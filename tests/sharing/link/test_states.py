"""The promises of a link hold in every state it can come to; the long form is `./run soak link-states`."""

import msgspec
import pytest
from tools.link_states import STORIES, Explorer, Story

from vedette.sharing.link import heard_lane, receiver

ALL = 100  # deeper than any of these goes


@pytest.mark.parametrize(
    ("story", "depth", "worlds"),
    [
        (Story(messages=3), ALL, 5_283),
        (Story(messages=2, has_revocation=True), ALL, 1_676),
        (Story(messages=2, lanes=("warn", "track")), ALL, None),
        (Story(messages=1, has_rotation=True), ALL, None),
        (STORIES["a sender set back"], 12, None),
        (STORIES["a change of keys"], 9, None),
        (STORIES["a key changed over and taken back"], 8, None),
    ],
)
def test_no_promise_is_broken_in_any_state(story, depth, worlds):
    found = Explorer(story).explore(depth)
    assert not found.broken
    assert found.is_all == (depth == ALL)
    assert found.worlds > 50 and worlds in (None, found.worlds)  # the decision record states these


def test_sending_before_keeping_is_found_to_be_wrong():
    found = Explorer(Story(messages=2, is_sent_before_kept=True)).explore(8)
    assert found.broken and "killed before it is kept" in found.broken[0]


def test_a_receiver_that_forgets_what_it_heard_is_found(monkeypatch):
    monkeypatch.setattr(receiver, "is_heard", lambda lane, number: False)
    assert Explorer(Story(messages=2)).explore(8).broken


def test_a_receiver_that_lets_the_late_ones_go_is_found(monkeypatch):
    monkeypatch.setattr(receiver, "is_heard", lambda lane, number: number <= lane.newest)
    found = Explorer(Story(messages=2)).explore(8)
    assert "does not all arrive" in found.broken[0]


def test_a_receiver_blind_to_histories_is_found(monkeypatch):
    def blind(lane, header, leaf):
        taken = heard_lane.take(lane, header, leaf)
        return heard_lane.Taken(taken.lane, taken.gap, taken.has_filled, "")

    monkeypatch.setattr(receiver, "take", blind)
    monkeypatch.setattr(
        receiver, "check_repeat", lambda lane, *_: msgspec.structs.replace(lane, repeats=lane.repeats + 1)
    )
    assert "nobody was told" in Explorer(STORIES["a sender set back"]).explore(14).broken[0]
