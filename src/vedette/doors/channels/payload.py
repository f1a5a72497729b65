"""What one channel carries of one event: parts in the formats it asked for, each with its signature beside it."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from vedette.core.errors import NotFoundError, RefusedError
from vedette.doors.channels.config import Channel
from vedette.formats.alert_cap import cap_message
from vedette.formats.alert_json import alert_event_bytes
from vedette.formats.alert_pager import pager_line
from vedette.formats.alert_texts import alert_texts, short_text
from vedette.reports.alert_event import AlertEvent

# content and its content type to a detached signature
Sign = Callable[[bytes, str], bytes]

CONTENT_TYPES = {
    "cap": "application/cap+xml",
    "event": "application/vnd.vedette.event+json",
    "text": "text/plain; charset=utf-8",
    "short": "text/plain; charset=utf-8",
    "pager": "text/plain; charset=us-ascii",
}
ENDINGS = {"cap": "cap.xml", "event": "json", "text": "txt", "short": "short.txt", "pager": "pager.txt"}


class Part(Struct, frozen=True):
    """One rendering of the event."""

    format: str
    content_type: str
    content: bytes
    signature: bytes | None


class Payload(Struct, frozen=True, kw_only=True):
    """What is sent by one channel; rendered from the event alone, so that a repeat is the same to the byte."""

    message_id: str
    event_id: str
    mode: str
    sender: str
    subject: str
    replaces: tuple[str, ...]  # message ids that it supersedes or cancels
    parts: tuple[Part, ...]


def payload(event: AlertEvent, channel: Channel, sign: Sign | None = None) -> Payload:
    """Render an event for a channel; RefusedError when the channel is bound to another mode."""
    check_mode(event, channel)
    parts = []
    for name in channel.format:
        content = _rendered(event, channel, name)
        kind = CONTENT_TYPES[name]
        parts.append(Part(name, kind, content, None if sign is None else sign(content, kind)))
    return Payload(
        message_id=event.message_id,
        event_id=event.event_id,
        mode=event.mode.value,
        sender=event.sender,
        subject=alert_texts(event, channel.languages[:1])[0].headline,
        replaces=tuple(one.message_id for one in (*event.cancels, *event.supersedes)),
        parts=tuple(parts),
    )


def check_mode(event: AlertEvent, channel: Channel) -> None:
    """RefusedError unless the channel carries events of this mode."""
    if event.mode is not channel.mode:
        raise RefusedError(
            f"channel {channel.name} carries {channel.mode}; message {event.message_id} is {event.mode} and stays here"
        )


def _rendered(event: AlertEvent, channel: Channel, name: str) -> bytes:
    match name:
        case "cap":
            plain = cap_message(event, channel.languages)
            return _signed_inside(plain, channel) if channel.xml_key_file else plain
        case "event":
            return alert_event_bytes(event)
        case "text":
            return ("\n\n".join(str(text) for text in alert_texts(event, channel.languages)) + "\n").encode()
        case "short":
            return ("\n".join(short_text(event, language) for language in channel.languages) + "\n").encode()
    return (pager_line(event) + "\n").encode("ascii")


def _signed_inside(plain: bytes, channel: Channel) -> bytes:
    from vedette.doors.key_files import read_secret
    from vedette.formats.cap_signature import sign_cap  # only who signs pays for its libraries

    cert = Path(channel.xml_cert_file).expanduser()
    if not cert.is_file():
        raise NotFoundError(f"{cert}: no such certificate")
    return sign_cap(plain, read_secret(Path(channel.xml_key_file).expanduser()).encode(), cert.read_bytes())
