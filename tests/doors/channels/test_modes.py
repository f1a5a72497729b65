"""Exhaustive and fuzzed: every kind of message, in every mode, by every channel of every mode, in every format.

A channel of another mode carries nothing. What a channel of the same mode carries says its mode in every format, and a
receiver that acts only on what `open_live` gives acts on every REAL message and on no other.
"""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.formats.alert_events import alert_events

from vedette.core.errors import RefusedError
from vedette.doors.channels import Channel, payload
from vedette.formats.alert_texts import drill_trouble, languages
from vedette.formats.cap import read_cap
from vedette.reports import Mode
from vedette.reports.alert_event import AlertEvent, EventKind, MessageType
from vedette.sharing import DrillKey, LiveKey, LiveMessage, Trust, make_key, open_envelope, open_live, seal

LIVE, DRILL = make_key(LiveKey, "floor", b"l" * 32), make_key(DrillKey, "floor", b"d" * 32)
TRUST = Trust.of(LIVE.public, DRILL.public)
FORMATS = ("cap", "event", "text", "short", "pager")
STATUS = {Mode.REAL: "Actual", Mode.EXERCISE: "Exercise", Mode.TEST: "Test"}


def channel_of(mode: Mode, kind: str, name: str) -> Channel:
    where = {"file": {"folder": "/x"}, "webhook": {"url": "https://h/x"}, "command": {"command": ("x",)},
             "smtp": {"host": "h", "sender": "a@b", "to": ("c@d",)}}[kind]  # fmt: skip
    spoken = ("en", "ar") if name == "cap" else languages()
    return Channel(name="c", kind=kind, mode=mode, format=(name,), languages=spoken, **where)


def sealed(event: AlertEvent, content: bytes, key: LiveKey | DrillKey) -> bytes:
    return seal(
        key, event.mode, content, content_type="x", sender=event.sender, sequence=event.sequence, alert_id="A",
        event_id=event.event_id, message_id=event.message_id, act="release", sent_utc="", expires_utc="",
    ).detached()  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(alert_events(modes=(Mode.EXERCISE,)), st.data())
def test_no_drill_is_accepted_as_live_and_nothing_live_is_lost(event: AlertEvent, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["file", "webhook", "smtp", "command"]))
    for mine, theirs, name in product(Mode, Mode, FORMATS):
        one = replace(event, mode=mine)
        if mine is Mode.REAL and one.kind is EventKind.CHANNEL_TEST:
            one = replace(one, kind=EventKind.IMPACT)
        channel = channel_of(theirs, kind, name)
        if mine is not theirs or (mine is Mode.SIMULATED and name == "cap"):
            with pytest.raises(RefusedError):
                payload(one, channel)
            continue
        (part,) = payload(one, channel).parts
        check_says_its_mode(one, name, part.content)
        signature = sealed(one, part.content, LIVE if mine is Mode.REAL else DRILL)
        if mine is Mode.REAL:
            assert isinstance(open_live(signature, TRUST, part.content), LiveMessage)
        else:
            assert not isinstance(open_envelope(signature, TRUST, part.content), LiveMessage)
            with pytest.raises(RefusedError):
                open_live(signature, TRUST, part.content)
            with pytest.raises(RefusedError):
                sealed(one, part.content, LIVE)


def check_says_its_mode(event: AlertEvent, name: str, content: bytes) -> None:
    if name == "cap":
        alert = read_cap(content)
        assert alert.status == STATUS[event.mode]
        assert bool(alert.references) == (event.message_type is not MessageType.ALERT)
    elif name == "event":
        assert json.loads(content)["mode"] == event.mode.value
    elif name == "pager":
        assert content.decode().startswith(event.mode.value)
    elif event.mode is not Mode.REAL:
        assert drill_trouble(content.decode()) == ""
