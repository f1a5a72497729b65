"""Signed messages: an envelope says who signed, in which mode, which message in order, and signs the exact bytes.

What is signed is the header as it was written, and the header holds the SHA-256 of the content: nothing is parsed and
written again before it is checked [the idea of DSSE, Dead Simple Signing Envelope, secure-systems-lab 2021]. An
envelope has exactly one spelling, so that a changed byte anywhere is found. `LiveMessage` and `DrillMessage` are
different types: only `open_live` gives the first, and only for a live key, mode REAL, and an event of the warning core.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

import msgspec

from vedette.core.errors import RefusedError, UsageError
from vedette.reports.mode import Mode
from vedette.sharing.keys import MODES_OF, DrillKey, LiveKey, PublicKey, Purpose, Trust

MOST_BYTES = 16 * 1024 * 1024
_CONTEXT = b"vedette envelope 1\n"


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an envelope says of its content."""

    key_id: str
    mode: Mode
    content_type: str  # "application/cap+xml", "application/vnd.vedette.event+json", "text/plain; charset=utf-8", ...
    sender: str  # which desk
    sequence: int  # of the sender's acts, from 1, without gaps; all contents of one act share it
    alert_id: str
    event_id: str  # what the warning core called it; empty is refused
    message_id: str  # of this one: a repeat has the same
    act: str  # "release", "update", "cancel", ...
    sent_utc: str
    expires_utc: str
    content_sha256: str


class _Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    vedette_envelope: int
    header: str
    signature: str
    content: str | None  # base64; null: the content goes beside


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed message, ready to be sent."""

    header: Header
    content: bytes
    header_bytes: bytes
    signature: bytes

    def as_bytes(self) -> bytes:
        """Header, signature and content in one JSON document."""
        return _wire_bytes(self.header_bytes, self.signature, self.content)

    def detached(self) -> bytes:
        """Header and signature alone, to go beside a content that travels as it is."""
        return _wire_bytes(self.header_bytes, self.signature, None)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was signed, by whom; every check has been made."""

    header: Header
    content: bytes
    key: PublicKey


class LiveMessage(_Opened):
    """A message that may be acted upon."""

    __slots__ = ()


class DrillMessage(_Opened):
    """A message of an exercise, a test or a simulation. Nothing turns one into a `LiveMessage`."""

    __slots__ = ()


def seal(
    key: LiveKey | DrillKey,
    mode: Mode,
    content: bytes,
    *,
    content_type: str,
    sender: str,
    sequence: int,
    alert_id: str,
    event_id: str,
    message_id: str,
    act: str,
    sent_utc: str,
    expires_utc: str,
) -> Envelope:
    """Sign a message; RefusedError when this key may not sign this mode, or no event stands behind the message."""
    if not isinstance(key, LiveKey | DrillKey) or mode not in MODES_OF[key.purpose]:
        raise RefusedError(f"{key.key_id}: a {key.purpose} key never signs {mode}")
    if not event_id:
        raise RefusedError("a message without an event of the warning core is never signed")
    if sequence < 1:
        raise UsageError(f"sequence {sequence}: messages are counted from 1")
    header = Header(
        key_id=key.key_id, mode=mode, content_type=content_type, sender=sender, sequence=sequence, alert_id=alert_id,
        event_id=event_id, message_id=message_id, act=act, sent_utc=sent_utc, expires_utc=expires_utc,
        content_sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    header_bytes = msgspec.json.encode(header)
    return Envelope(header, content, header_bytes, key.sign(_CONTEXT + header_bytes))


def open_envelope(data: bytes, trust: Trust, content: bytes | None = None) -> LiveMessage | DrillMessage:
    """The message of an envelope, or RefusedError with the sentence that says what is wrong with it.

    `content` is what a detached envelope belongs to.
    """
    header, header_bytes, signature, inside = _taken_apart(data)
    if (inside is None) == (content is None):
        raise RefusedError("an envelope beside its content needs that content, one around it none besides")
    body = content if inside is None else inside
    assert body is not None
    trusted = trust.key(header.key_id)
    if not trusted.key.check(_CONTEXT + header_bytes, signature):
        raise RefusedError(f"message {header.message_id[:60]!r}: the signature does not fit; it was changed or forged")
    if hashlib.sha256(body).hexdigest() != header.content_sha256:
        raise RefusedError(f"message {header.message_id[:60]!r}: the content is not what was signed; it was changed")
    if header.mode not in trusted.modes:
        raise RefusedError(f"message {header.message_id[:60]!r}: {header.key_id} may not sign {header.mode} here")
    if not header.event_id or header.sequence < 1:
        raise RefusedError(f"message {header.message_id[:60]!r}: no event of the warning core stands behind it")
    if trusted.key.purpose is Purpose.LIVE:
        return LiveMessage(header, body, trusted.key)
    return DrillMessage(header, body, trusted.key)


def open_live(data: bytes, trust: Trust, content: bytes | None = None) -> LiveMessage:
    """A message to act upon; RefusedError for a drill, and for everything that `open_envelope` refuses."""
    opened = open_envelope(data, trust, content)
    if not isinstance(opened, LiveMessage):
        name = opened.header.message_id[:60]
        raise RefusedError(f"message {name!r} is {opened.header.mode}, not REAL; do not act on it")
    return opened


def _taken_apart(data: bytes) -> tuple[Header, bytes, bytes, bytes | None]:
    if len(data) > MOST_BYTES:
        raise RefusedError(f"an envelope of {len(data)} bytes; none is larger than {MOST_BYTES}")
    try:
        wire = msgspec.json.decode(data, type=_Wire)
        header_bytes = wire.header.encode()
        header = msgspec.json.decode(header_bytes, type=Header)
        signature = base64.b64decode(wire.signature, validate=True)
        content = None if wire.content is None else base64.b64decode(wire.content, validate=True)
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as trouble:
        raise RefusedError(f"unsigned: not an envelope of Vedette ({' '.join(str(trouble).split())})") from None
    if wire.vedette_envelope != 1 or _wire_bytes(header_bytes, signature, content) != data:
        raise RefusedError("an envelope that is not spelled as it was signed; it was changed on the way")
    return header, header_bytes, signature, content


def _wire_bytes(header_bytes: bytes, signature: bytes, content: bytes | None) -> bytes:
    return msgspec.json.encode(
        _Wire(
            vedette_envelope=1,
            header=header_bytes.decode(),
            signature=base64.b64encode(signature).decode(),
            content=None if content is None else base64.b64encode(content).decode(),
        )
    )
