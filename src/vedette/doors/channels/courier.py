"""The courier: every channel has its own thread, so that one that is dead holds no other.

A try that fails is tried again after 1, 2, 4 ... 60 seconds, until the message has expired; a Cancel never expires. What
was interrupted goes on with the next run, from the outbox.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from vedette.core.constants import NS_PER_S
from vedette.core.errors import VedetteError
from vedette.doors.channels.config import Channel
from vedette.doors.channels.outbox import Entry, Outbox
from vedette.doors.channels.senders import send
from vedette.time import tai_ns_from_utc_text

LONGEST_WAIT_S = 60.0
_PATIENCE_S = 0.02

Clock = Callable[[], int]  # TAI nanoseconds


def wall_clock_tai_ns() -> int:
    """Now, by this machine's clock."""
    seconds, ns = divmod(time.time_ns(), NS_PER_S)
    return tai_ns_from_utc_text(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))) + ns


def deliver(
    path: Path, channels: Sequence[Channel], *, for_s: float = 10.0, clock: Clock = wall_clock_tai_ns
) -> tuple[Entry, ...]:
    """Deliver what is waiting until nothing is, or `for_s` seconds have passed; every entry of the outbox then.

    Channels work side by side. A channel that hangs is left behind when the time is over: its message stays waiting.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(target=_work, args=(path, one, stop, clock), name=f"channel {one.name}", daemon=True)
        for one in channels
        if not one.is_off
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + for_s
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0.0))
    stop.set()
    box = Outbox(path)
    try:
        return box.entries()
    finally:
        box.close()


def _work(path: Path, channel: Channel, stop: threading.Event, clock: Clock) -> None:
    """Deliver one channel's messages until none is left."""
    box = Outbox(path)
    try:
        while not stop.is_set():
            now = clock()
            due = box.next_due(channel.name, now)
            if due is None:
                if not box.waiting_count(channel.name):
                    return
                stop.wait(_PATIENCE_S)
                continue
            entry, one = due
            if one.mode != channel.mode.value:  # the file of channels was changed after it was put
                box.refused(entry, now, f"channel {channel.name} carries {channel.mode}, the message is {one.mode}")
                continue
            try:
                receipt = send(channel, one)
            except (VedetteError, OSError, ValueError) as trouble:
                box.failed(entry, clock() + round(wait_s(entry.tries) * NS_PER_S), " ".join(str(trouble).split())[:500])
                continue
            box.delivered(entry, clock(), receipt)
    finally:
        box.close()


def wait_s(tries: int) -> float:
    """Seconds until the next try after so many before this one."""
    return min(2.0 ** min(tries, 20), LONGEST_WAIT_S)
