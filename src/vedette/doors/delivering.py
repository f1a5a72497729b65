"""From the outbox to every channel, each by itself: one that hangs holds up no other, one that fails is tried again.

A channel turns one posted message into what it sends (CAP, text, a line), has each of them signed, sends it, and gives
a receipt. What it cannot send is tried again, later each time; a cancellation always goes first.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vedette.assessment.alerts import DeskKind
from vedette.core.constants import NS_PER_S
from vedette.core.errors import VedetteError
from vedette.doors.alert_desk import AlertDesk, Posted
from vedette.doors.alert_outbox import claim, deliveries, due, failed, told
from vedette.doors.audit_log import AuditLog
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import now_tai_ns
from vedette.reports.alert_event import MessageType
from vedette.sharing import DrillKey, Envelope, LiveKey, seal
from vedette.time import utc_text_from_tai_ns

RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # then every minute
ACT_OF = {MessageType.ALERT: "release", MessageType.UPDATE: "update", MessageType.CANCEL: "cancel"}

Sign = Callable[[bytes, str], Envelope]


class Channel(Protocol):
    """A way to tell people or programs."""

    @property
    def name(self) -> str:
        """What it is called in the list of channels."""
        ...

    def send(self, posted: Posted, sign: Sign) -> str:
        """Send a message and return its receipt; VedetteError or OSError when it could not be sent.

        `sign(content, content_type)` gives the signed envelope of what is sent, for the mode of the message.
        """
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What one round of delivery did on one channel for one message."""

    channel: str
    sequence: int
    is_told: bool
    seconds: float  # since the decision
    says: str  # the receipt, or the trouble


def signer_of(posted: Posted, key: LiveKey | DrillKey) -> Sign:
    """Signs what a channel makes of one message; the key refuses every mode but its own."""
    event = posted.event

    def sign(content: bytes, content_type: str) -> Envelope:
        return seal(
            key,
            event.mode,
            content,
            content_type=content_type,
            sender=event.sender,
            sequence=posted.sequence,
            alert_id=posted.alert_id,
            event_id=event.event_id,
            message_id=event.message_id,
            act=ACT_OF[event.message_type],
            sent_utc=utc_text_from_tai_ns(event.t_sent_tai_ns or 0),
            expires_utc=utc_text_from_tai_ns(event.t_valid_until_tai_ns),
        )

    return sign


def signing_key(data_dir: Path, kind: DeskKind) -> LiveKey | DrillKey:
    """The key that signs a desk's messages; NotFoundError tells how to make it."""
    ring = KeyRing(data_dir)
    return ring.read(LiveKey) if kind is DeskKind.LIVE else ring.read(DrillKey)


def deliver(
    data_dir: Path,
    kind: DeskKind,
    channels: Sequence[Channel],
    within_s: float = 2.0,
    key: LiveKey | DrillKey | None = None,
) -> list[Told]:
    """Tell every channel what is due, all at once; return when all have answered or the time is over.

    What has not answered by then goes on by itself while this process lives, and is tried again by the next that
    delivers if it does not.
    """
    key = key or signing_key(data_dir, kind)
    found: list[Told] = []
    threads = [
        threading.Thread(target=_run, args=(data_dir, kind, channel, key, found), name=channel.name, daemon=True)
        for channel in channels
    ]
    for thread in threads:
        thread.start()
    t_end_s = time.monotonic() + within_s
    for thread in threads:
        thread.join(max(t_end_s - time.monotonic(), 0.0))
    return sorted(list(found), key=lambda one: (one.sequence, one.channel))


def waiting(desk: AlertDesk, channels: Sequence[Channel]) -> int:
    """How many messages have still to be told to how many channels, together."""
    done = {(one.sequence, one.channel) for one in deliveries(desk) if one.state == "told"}
    return sum((posted.sequence, one.name) not in done for posted in desk.outbox() for one in channels)


def _run(data_dir: Path, kind: DeskKind, channel: Channel, key: LiveKey | DrillKey, found: list[Told]) -> None:
    """One channel, in its own thread with its own connection."""
    from vedette.doors.alert_desk import desk_path

    try:
        desk = AlertDesk(AuditLog.open(desk_path(data_dir, kind)))
    except VedetteError as trouble:
        found.append(Told(channel.name, 0, False, 0.0, str(trouble)))
        return
    try:
        for posted, _ in due(desk, (channel.name,), now_tai_ns()):
            try:
                if claim(desk, posted.sequence, channel.name, now_tai_ns()):
                    found.append(_tell(desk, channel, posted, key))
            except VedetteError as trouble:  # the desk is busy: the message itself may be told, and is tried again
                found.append(Told(channel.name, posted.sequence, False, _since(posted), str(trouble)))
    finally:
        desk.log.close()


def _tell(desk: AlertDesk, channel: Channel, posted: Posted, key: LiveKey | DrillKey) -> Told:
    try:
        receipt = channel.send(posted, signer_of(posted, key))
    except Exception as trouble:  # a channel may fail in ways of its own; none may stop the others
        says = str(trouble) or type(trouble).__name__
        tries = next((d.tries for d in deliveries(desk, posted.sequence) if d.channel == channel.name), 1)
        wait_s = RETRY_S[min(tries, len(RETRY_S)) - 1]
        failed(desk, posted.sequence, channel.name, now_tai_ns() + round(wait_s * NS_PER_S), says)
        return Told(channel.name, posted.sequence, False, _since(posted), says)
    told(desk, posted.sequence, channel.name, now_tai_ns(), receipt)
    return Told(channel.name, posted.sequence, True, _since(posted), receipt)


def _since(posted: Posted) -> float:
    return round((now_tai_ns() - posted.t_tai_ns) / NS_PER_S, 3)
