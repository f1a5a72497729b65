"""From the desk to the channels that `channels.toml` of the data directory describes.

The desk's log is the authority: an act stands there before anything is told of it. Telling may be repeated at any time
and by anybody: what a channel was told it is never told again, and what it is owed it gets.
"""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.assessment.alerts import DeskKind
from vedette.core.errors import UsageError, VedetteError
from vedette.doors.alert_desk import Posted
from vedette.doors.key_files import KeyRing
from vedette.reports.mode import Mode
from vedette.sharing import DrillKey, LiveKey

if TYPE_CHECKING:
    from vedette.doors.channels import Channel, Told

CHANNELS = "channels.toml"
TELL_S = 2.0  # how long an act waits for its channels before it says which are still to be told
OPEN = ("waiting", "claimed", "failed")  # states in which a channel is still owed a message


def channels_of(data_dir: Path) -> "tuple[Channel, ...]":
    """Every channel of a data directory; none where there is no file of them."""
    from vedette.doors.channels import read_channels

    path = data_dir / CHANNELS
    return read_channels(path) if path.is_file() else ()


def signing_key(data_dir: Path, kind: DeskKind) -> LiveKey | DrillKey:
    """The key that signs a desk's messages; NotFoundError tells how to make it."""
    ring = KeyRing(data_dir)
    return ring.read(LiveKey) if kind is DeskKind.LIVE else ring.read(DrillKey)


def check_ready(data_dir: Path, kind: DeskKind, mode: Mode) -> None:
    """Before a release: somebody would be told, and the message can be signed; an error with the cure otherwise."""
    signing_key(data_dir, kind)
    if not any(one.mode is mode and not one.is_off for one in channels_of(data_dir)):
        raise UsageError(f"no channel carries {mode}: nobody would be told; describe one in {data_dir / CHANNELS}")


def tell(data_dir: Path, kind: DeskKind, for_s: float = TELL_S) -> "tuple[Told, ...]":
    """Tell every channel what it is owed; how every message of the desk stands on every channel then."""
    from vedette.doors.channels import deliver

    return deliver(data_dir, kind, channels_of(data_dir), for_s=for_s)


def how_told(data_dir: Path, kind: DeskKind) -> "tuple[Told, ...]":
    """How every message of the desk stands on every channel; nothing is sent."""
    from vedette.doors.channels import standing

    return standing(data_dir, kind, channels_of(data_dir))


def tell_directly(
    data_dir: Path, kind: DeskKind, posted: Posted, channels: "Sequence[Channel]", for_s: float = TELL_S
) -> list[tuple[str, str, str]]:
    """Tell every channel of a message's mode past the outbox, side by side: name, told or failed, receipt or trouble.

    For when the outbox cannot be written. Whoever delivers from it later tells the same message once more, and a
    receiver knows it by its id.
    """
    from vedette.doors.channels import payload, send, signer

    mine = [one for one in channels if one.mode is posted.event.mode and not one.is_off]
    found: dict[str, tuple[str, str]] = {}

    def run(one: "Channel") -> None:
        try:
            found[one.name] = ("told", send(one, payload(posted.event, one, signer(data_dir, kind, posted))))
        except (VedetteError, OSError, ValueError) as trouble:
            found[one.name] = ("failed", str(trouble))

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in mine]
    for thread in threads:
        thread.start()
    until = time.monotonic() + for_s
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0.0))
    return [(one.name, *found.get(one.name, ("failed", "no answer yet"))) for one in mine]
