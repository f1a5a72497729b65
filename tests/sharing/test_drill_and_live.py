"""Every message type in every mode on every channel, as it is and damaged: no drill is taken for live, none live lost.

Channels are files, webhooks, letters and programs; each carries a rendering with its envelope beside it. What a channel
may do to a message on its way is drawn: nothing, a flipped byte, a cut, another message's envelope, a header rewritten,
no envelope at all, a repeat, another order.
"""

import random
from itertools import product

import msgspec
import pytest
from tests.assessment.alerts.samples import T0, draft, name_of, second

from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.channels import Channel, payload
from vedette.doors.channels.config import channel_trouble
from vedette.reports import Mode
from vedette.reports.alert_event import AlertEvent, EventKind, MessageReference, MessageType, ReleasedBy
from vedette.sharing import Consumer, DrillKey, LiveKey, Trust, make_key, seal

LIVE, DRILL = make_key(LiveKey, "floor", b"l" * 32), make_key(DrillKey, "floor", b"d" * 32)
TRUST = Trust.of(LIVE.public, DRILL.public)
FORMATS = ("cap", "event", "text", "short", "pager")
KINDS = ("file", "webhook", "smtp", "command")
ACTS = {MessageType.ALERT: "release", MessageType.UPDATE: "update", MessageType.CANCEL: "cancel"}


def event(mode: Mode, kind: MessageType, number: int = 1) -> AlertEvent:
    before = MessageReference(sender="floor", message_id=f"{name_of(mode)}.0", t_sent_tai_ns=T0)
    return msgspec.structs.replace(
        draft(mode=mode),
        message_type=kind,
        message_id=f"{name_of(mode)}.{number}",
        sequence=number,
        kind=EventKind.LAUNCH,
        t_sent_tai_ns=second(10),
        supersedes=(before,) if kind is MessageType.UPDATE else (),
        cancels=(before,) if kind is MessageType.CANCEL else (),
        cancel_reason="mistake" if kind is MessageType.CANCEL else "",
        released_by=(ReleasedBy(account="anna", t_tai_ns=second(9)), ReleasedBy(account="ben", t_tai_ns=second(10))),
    )


def signer(one: AlertEvent, key, number: int):
    def sign(content: bytes, content_type: str) -> bytes:
        return seal(
            key, one.mode, content, content_type=content_type, sender="floor", sequence=number, alert_id="A",
            event_id=one.event_id, message_id=one.message_id, act=ACTS[one.message_type],
            sent_utc="2031-04-01T00:00:10.000Z", expires_utc="2031-04-01T00:30:00.000Z",
        ).detached()  # fmt: skip

    return sign


def channel(kind: str, mode: Mode, form: str) -> Channel:
    return Channel(
        name=f"{kind}-{mode.value.lower()}", kind=kind, mode=mode, format=(form,), languages=("en", "fr"),
        folder="out", url="https://example.org/x", host="127.0.0.1", sender="a@example.org", to=("b@example.org",),
        command=("true",),
    )  # fmt: skip


def everything():
    """(event, content, envelope) of all that can be sent at all."""
    for number, (mode, kind, form, way) in enumerate(product(Mode, MessageType, FORMATS, KINDS), 1):
        out = channel(way, mode, form)
        if channel_trouble(out):
            assert mode is Mode.SIMULATED and form == "cap"
            continue
        one = event(mode, kind, number)
        (part,) = payload(one, out, signer(one, LIVE if mode is Mode.REAL else DRILL, number)).parts
        yield one, part.content, part.signature


SENT = list(everything())


def test_everything_that_can_be_sent_is_here():
    kinds = {(one.mode, one.message_type) for one, _, _ in SENT}
    assert len(kinds) == len(Mode) * len(MessageType)
    assert len(SENT) == len(MessageType) * len(KINDS) * (len(Mode) * len(FORMATS) - 1)  # all but SIMULATED as CAP


def test_no_drill_is_accepted_as_live_and_no_live_message_is_lost():
    live, drill = Consumer(TRUST), Consumer(TRUST, is_drill=True)
    for one, content, envelope in SENT:
        mine, other = (live, drill) if one.mode is Mode.REAL else (drill, live)
        heard = mine.hear(envelope, content)
        assert heard.message.header.mode is one.mode and not heard.is_repeat
        with pytest.raises(RefusedError):
            other.hear(envelope, content)


def test_no_channel_of_another_mode_takes_a_message():
    for one, mode, way in product([s[0] for s in SENT[:: len(KINDS) * len(FORMATS)]], Mode, KINDS):
        if one.mode is mode:
            continue
        with pytest.raises(RefusedError, match="stays here"):
            payload(one, channel(way, mode, "event"))


def test_the_other_key_signs_none_of_it():
    for one, content, _ in SENT:
        with pytest.raises(RefusedError, match="never signs"):
            signer(one, DRILL if one.mode is Mode.REAL else LIVE, 1)(content, "text/plain")


def flipped(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]


def spoiled(rng: random.Random, content: bytes, envelope: bytes) -> tuple[bytes, bytes, bool]:
    """What came of a message on its way, and whether it is still what was sent."""
    way = rng.randrange(9)
    if way == 0:
        return flipped(rng, content), envelope, False
    if way == 1:
        return content, flipped(rng, envelope), False
    if way == 2:
        return content[: rng.randrange(len(content))], envelope, False
    if way == 3:
        return content, envelope[: rng.randrange(len(envelope))], False
    if way == 4:  # a header that says REAL
        for mode in ("EXERCISE", "TEST", "SIMULATED"):
            envelope = envelope.replace(f'\\"mode\\":\\"{mode}\\"'.encode(), b'\\"mode\\":\\"REAL\\"')
        return content, envelope, b'\\"mode\\":\\"REAL\\"' in envelope
    if way == 5:
        _, _, strange = rng.choice(SENT)
        return content, strange, strange == envelope
    if way == 6:
        return b"take shelter", envelope, False
    if way == 7:
        return content, b"", False
    return content, envelope, True


def test_whatever_happens_on_the_way_no_drill_becomes_live():
    rng = random.Random(20310401)
    live, lost, wrong, accepted = Consumer(TRUST), 0, 0, 0
    for _ in range(6000):
        one, content, envelope = rng.choice(SENT)
        body, around, is_whole = spoiled(rng, content, envelope)
        try:
            heard = live.hear(around, body)
            accepted += 1
            wrong += one.mode is not Mode.REAL or heard.message.content != content
        except VedetteError:
            lost += one.mode is Mode.REAL and is_whole and around == envelope and body == content
    assert wrong == 0 and lost == 0
    assert accepted > 200


def test_a_signed_content_that_says_another_mode_than_its_envelope_is_refused():
    """Somebody with the live key wraps a drill's text: the consumer still reads EXERCISE inside."""
    one = event(Mode.EXERCISE, MessageType.ALERT)
    for form in ("event", "cap"):
        (part,) = payload(one, channel("file", Mode.EXERCISE, form)).parts
        envelope = signer(msgspec.structs.replace(one, mode=Mode.REAL), LIVE, 1)(part.content, part.content_type)
        with pytest.raises(RefusedError, match="content's mode"):
            Consumer(TRUST).hear(envelope, part.content)


def test_who_passes_a_message_on_verifies_its_event():
    one = event(Mode.REAL, MessageType.ALERT)
    (part,) = payload(one, channel("file", Mode.REAL, "event")).parts
    strange = signer(msgspec.structs.replace(one, event_id="E-other"), LIVE, 1)(part.content, part.content_type)
    with pytest.raises(RefusedError, match="content's event"):
        Consumer(TRUST).hear(strange, part.content)


def test_a_newsroom_that_pushes_by_itself_is_refused():
    """FA-15: a text without a signature, and one signed by a key of the newsroom's own."""
    with pytest.raises(RefusedError, match="unsigned"):
        Consumer(TRUST).hear(b"North Korea appears to have launched a missile")
    own = make_key(LiveKey, "newsroom", b"n" * 32)
    one = event(Mode.REAL, MessageType.ALERT)
    (part,) = payload(one, channel("file", Mode.REAL, "event"), signer(one, own, 1)).parts
    with pytest.raises(RefusedError, match="not trusted here"):
        Consumer(TRUST).hear(part.signature, part.content)


def test_a_repeat_is_no_second_alarm_and_a_gap_is_told():
    rows = []
    for number in (1, 2, 4, 3):
        one = event(Mode.REAL, MessageType.ALERT, number)
        (part,) = payload(one, channel("file", Mode.REAL, "event"), signer(one, LIVE, number)).parts
        rows.append(part)
    live = Consumer(TRUST)
    heard = [live.hear(part.signature, part.content) for part in rows]
    assert [one.missing for one in heard] == [(), (), (3,), ()]
    assert live.hear(rows[0].signature, rows[0].content).is_repeat


def test_what_has_expired_is_refused_and_a_cancellation_never():
    for kind, is_refused in ((MessageType.ALERT, True), (MessageType.UPDATE, True), (MessageType.CANCEL, False)):
        one = event(Mode.REAL, kind)
        (part,) = payload(one, channel("file", Mode.REAL, "event"), signer(one, LIVE, 1)).parts
        if is_refused:
            with pytest.raises(RefusedError, match="expired"):
                Consumer(TRUST).hear(part.signature, part.content, "2031-04-01T00:30:01.000Z")
        else:
            assert Consumer(TRUST).hear(part.signature, part.content, "2031-04-01T09:00:00.000Z")
