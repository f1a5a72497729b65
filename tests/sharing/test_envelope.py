"""An envelope says who signed what, in which mode; every changed byte, wrong mode and unknown key is refused."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import RefusedError
from vedette.reports import Mode
from vedette.sharing import (
    MODES_OF,
    DrillKey,
    DrillMessage,
    LiveKey,
    LiveMessage,
    RecordKey,
    Trust,
    Trusted,
    make_key,
    open_envelope,
    open_live,
    seal,
)

LIVE = make_key(LiveKey, "floor", b"l" * 32)
DRILL = make_key(DrillKey, "floor", b"d" * 32)
TRUST = Trust.of(LIVE.public, DRILL.public)


def sealed(key=LIVE, mode=Mode.REAL, content=b"<alert/>", **changes):
    words = {
        "content_type": "application/cap+xml", "sender": "floor", "sequence": 1, "alert_id": "A1",
        "event_id": "7f/O1-impact", "message_id": "A1.1", "act": "release", "sent_utc": "2031-04-01T12:00:00.000Z",
        "expires_utc": "2031-04-01T12:20:00.000Z",
    }  # fmt: skip
    return seal(key, mode, content, **{**words, **changes})


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20), st.integers(1, 2**40))
def test_what_was_sealed_is_opened_exactly(content, name, sequence):
    name = name.encode("utf-8", "replace").decode()
    envelope = sealed(content=content, alert_id=name, sequence=sequence)
    opened = open_live(envelope.as_bytes(), TRUST)
    assert isinstance(opened, LiveMessage)
    assert (opened.content, opened.header.alert_id, opened.header.sequence) == (content, name, sequence)
    assert open_live(envelope.detached(), TRUST, content) == opened


def test_every_changed_byte_is_found():
    data = sealed(content=b"take shelter").as_bytes()
    for index in range(len(data)):
        for flip in (0x01, 0x20, 0x80):
            changed = data[:index] + bytes([data[index] ^ flip]) + data[index + 1 :]
            with pytest.raises(RefusedError):
                open_envelope(changed, TRUST)


def test_every_cut_and_every_added_byte_is_found():
    data = sealed().as_bytes()
    for index in range(len(data)):
        with pytest.raises(RefusedError):
            open_envelope(data[:index], TRUST)
    for more in (b" ", b"\n", b"\0", b"{}"):
        with pytest.raises(RefusedError):
            open_envelope(data + more, TRUST)
        with pytest.raises(RefusedError):
            open_envelope(more + data, TRUST)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("key", [LIVE, DRILL])
def test_a_key_signs_the_modes_of_its_purpose_and_no_other(key, mode):
    if mode in MODES_OF[key.purpose]:
        opened = open_envelope(sealed(key, mode).as_bytes(), TRUST)
        assert type(opened) is (LiveMessage if mode is Mode.REAL else DrillMessage)
    else:
        with pytest.raises(RefusedError, match="never signs"):
            sealed(key, mode)


@pytest.mark.parametrize("mode", sorted(MODES_OF[DRILL.purpose]))
def test_a_drill_is_never_opened_as_live(mode):
    with pytest.raises(RefusedError, match=f"is {mode}, not REAL"):
        open_live(sealed(DRILL, mode).as_bytes(), TRUST)


def test_a_header_that_says_real_under_a_drill_key_is_refused():
    envelope = sealed(DRILL, Mode.EXERCISE)
    header = msgspec.structs.replace(envelope.header, mode=Mode.REAL)
    header_bytes = msgspec.json.encode(header)
    forged = type(envelope)(header, envelope.content, header_bytes, DRILL.sign(b"vedette envelope 1\n" + header_bytes))
    with pytest.raises(RefusedError, match="may not sign REAL"):
        open_envelope(forged.as_bytes(), TRUST)


def test_a_mode_that_a_consumer_does_not_grant_is_refused():
    trust = Trust((Trusted(DRILL.public, frozenset({Mode.TEST})),))
    assert open_envelope(sealed(DRILL, Mode.TEST).as_bytes(), trust)
    with pytest.raises(RefusedError, match="may not sign EXERCISE here"):
        open_envelope(sealed(DRILL, Mode.EXERCISE).as_bytes(), trust)


def test_an_unknown_key_is_refused():
    with pytest.raises(RefusedError, match="not trusted here"):
        open_live(sealed().as_bytes(), Trust.of(make_key(LiveKey, "else", b"e" * 32).public))


@pytest.mark.parametrize("data", [b"", b"take shelter now", b"null", b"[]", b'{"header": 1}', b"\xff\xfe", b"[" * 5000])
def test_what_carries_no_signature_is_refused(data):
    with pytest.raises(RefusedError, match="unsigned"):
        open_live(data, TRUST)


def test_a_message_without_an_event_is_never_signed():
    with pytest.raises(RefusedError, match="without an event of the warning core"):
        sealed(event_id="")


def test_a_record_key_signs_no_message():
    with pytest.raises(RefusedError, match="never signs"):
        sealed(make_key(RecordKey, "floor", b"r" * 32))


def test_a_detached_envelope_belongs_to_one_content():
    envelope = sealed(content=b"one")
    with pytest.raises(RefusedError, match="not what was signed"):
        open_live(envelope.detached(), TRUST, b"two")
    with pytest.raises(RefusedError, match="beside"):
        open_live(envelope.detached(), TRUST)
    with pytest.raises(RefusedError, match="beside"):
        open_live(envelope.as_bytes(), TRUST, b"one")
    assert RefusedError.exit_code == 6
