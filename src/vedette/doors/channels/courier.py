"""The courier: takes what the desk has decided to each channel, signed, and keeps the receipts.

Every channel has its own thread, so that one that is dead holds no other. A cancellation goes before everything else;
what it takes back, or a newer message replaces, and was not told yet, is not told any more. A try that fails is tried
again after 1, 2, 4 ... 60 seconds until the message has expired; a cancellation never expires. What was interrupted
goes on with the next run: the outbox stands in the desk's file.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vedette.assessment.alerts import DESK_OF_MODE, DeskKind
from vedette.core.constants import NS_PER_S
from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.alert_desk import AlertDesk, Posted
from vedette.doors.alert_outbox import SETTLED, Delivery, claim, deliveries, due, failed, set_aside, told
from vedette.doors.channels.config import Channel
from vedette.doors.channels.payload import Sign, payload
from vedette.doors.channels.senders import send
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import now_tai_ns
from vedette.reports.alert_event import MessageType
from vedette.sharing import DrillKey, LiveKey
from vedette.sharing.envelope import seal
from vedette.time import utc_text_from_tai_ns

LONGEST_WAIT_S = 60.0
_PATIENCE_S = 0.1  # between two looks at the outbox: a cancellation waits no longer
_ACTS = {MessageType.ALERT: "release", MessageType.UPDATE: "update", MessageType.CANCEL: "cancel"}

Clock = Callable[[], int]  # TAI nanoseconds


@dataclass(frozen=True, slots=True)
class Told:
    """How one message stands on one channel; `delivery` is None while it was never tried."""

    posted: Posted
    channel: str
    delivery: Delivery | None

    @property
    def state(self) -> str:
        """waiting, claimed, failed (to be tried again), told, expired, overtaken or refused."""
        return "waiting" if self.delivery is None else self.delivery.state


def deliver(
    data_dir: Path, kind: DeskKind, channels: Sequence[Channel], *, for_s: float = 10.0, clock: Clock = now_tai_ns
) -> tuple[Told, ...]:
    """Deliver what a desk has decided until nothing is owed, or `for_s` seconds have passed; how all stands then.

    Channels work side by side. One that hangs is left behind when the time is over, and owes its message still.
    """
    mine = channels_of(channels, kind)
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=_work, args=(data_dir, kind, one, stop, clock), name=f"channel {one.name}", daemon=True
        )
        for one in mine
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + for_s
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0.0))
    stop.set()
    return standing(data_dir, kind, channels)


def standing(data_dir: Path, kind: DeskKind, channels: Sequence[Channel]) -> tuple[Told, ...]:
    """How every message of a desk stands on every channel of its mode, newest message first."""
    desk = AlertDesk.look(data_dir, kind)
    try:
        known = {(one.sequence, one.channel): one for one in deliveries(desk)}
        return tuple(
            Told(posted, one.name, known.get((posted.sequence, one.name)))
            for posted in sorted(desk.outbox(), key=lambda one: -one.sequence)
            for one in channels_of(channels, kind)
            if one.mode is posted.event.mode
        )
    finally:
        desk.close()


def channels_of(channels: Sequence[Channel], kind: DeskKind) -> tuple[Channel, ...]:
    """The channels that carry a mode of this desk and are not off."""
    return tuple(one for one in channels if DESK_OF_MODE[one.mode] is kind and not one.is_off)


def signer(data_dir: Path, kind: DeskKind, posted: Posted) -> Sign:
    """Signs contents of a message with the desk's own key, each in a detached envelope; NotFoundError without one."""
    ring = KeyRing(data_dir)
    key: LiveKey | DrillKey = ring.read(LiveKey) if kind is DeskKind.LIVE else ring.read(DrillKey)
    event = posted.event
    sent = event.t_created_tai_ns if event.t_sent_tai_ns is None else event.t_sent_tai_ns

    def sign(content: bytes, content_type: str) -> bytes:
        return seal(
            key, event.mode, content, content_type=content_type, sender=event.sender, sequence=posted.sequence,
            alert_id=posted.alert_id, event_id=event.event_id, message_id=event.message_id,
            act=_ACTS[event.message_type], sent_utc=utc_text_from_tai_ns(sent),
            expires_utc=utc_text_from_tai_ns(event.t_valid_until_tai_ns),
        ).detached()  # fmt: skip

    return sign


def wait_s(tries: int) -> float:
    """Seconds until the next try after so many before this one."""
    return min(2.0 ** min(tries, 20), LONGEST_WAIT_S)


def _work(data_dir: Path, kind: DeskKind, channel: Channel, stop: threading.Event, clock: Clock) -> None:
    """Deliver one channel's messages until none is owed."""
    desk = AlertDesk.look(data_dir, kind)
    try:
        while not stop.is_set():
            try:
                match _step(data_dir, desk, channel, clock):
                    case "nothing":
                        return
                    case "told":
                        continue
            except (VedetteError, OSError):  # the desk's file is busy; nothing is lost
                pass
            stop.wait(_PATIENCE_S)
    finally:
        desk.close()


def _step(data_dir: Path, desk: AlertDesk, channel: Channel, clock: Clock) -> Literal["nothing", "told", "later"]:
    """One message on its way: nothing is owed, one was tried, or what is owed is not due yet."""
    now = clock()
    every = [one for one in desk.outbox() if one.event.mode is channel.mode]
    newest = {one.event.event_id: one.sequence for one in every}
    known = {one.sequence: one for one in deliveries(desk) if one.channel == channel.name}
    for one in every:
        if one.sequence in known and known[one.sequence].state in SETTLED:
            continue
        if one.sequence < newest[one.event.event_id]:
            set_aside(desk, one.sequence, channel.name, "overtaken", now, "a newer message of its event stands")
        elif one.event.message_type is not MessageType.CANCEL and one.t_expires_tai_ns <= now:
            set_aside(desk, one.sequence, channel.name, "expired", now, "it expired before it could be told")
    owed = [
        one for one in every
        if one.sequence == newest[one.event.event_id]
        and (one.sequence not in known or known[one.sequence].state not in SETTLED)
        and (one.event.message_type is MessageType.CANCEL or one.t_expires_tai_ns > now)
    ]  # fmt: skip
    if not owed:
        return "nothing"
    ready = [posted for posted, _ in due(desk, (channel.name,), now) if posted.event.mode is channel.mode]
    if ready and claim(desk, ready[0].sequence, channel.name, now):
        before = known.get(ready[0].sequence)
        _tell(data_dir, desk, channel, ready[0], 0 if before is None else before.tries, clock)
        return "told"
    return "later"


def _tell(data_dir: Path, desk: AlertDesk, channel: Channel, posted: Posted, tries: int, clock: Clock) -> None:
    try:
        sign = signer(data_dir, desk.kind, posted)
        one = payload(posted.event, channel, sign)
    except RefusedError as trouble:  # a live phrase in a drill, a key of another mode
        set_aside(desk, posted.sequence, channel.name, "refused", clock(), _words(trouble))
        return
    except (VedetteError, OSError, ValueError) as trouble:
        failed(desk, posted.sequence, channel.name, clock() + round(wait_s(tries) * NS_PER_S), _words(trouble))
        return
    try:
        receipt = send(channel, one)
    except (VedetteError, OSError, ValueError) as trouble:
        failed(desk, posted.sequence, channel.name, clock() + round(wait_s(tries) * NS_PER_S), _words(trouble))
        return
    told(desk, posted.sequence, channel.name, clock(), receipt[:500])


def _words(trouble: Exception) -> str:
    return " ".join(str(trouble).split())[:500]
