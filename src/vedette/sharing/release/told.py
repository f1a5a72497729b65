"""What comes out of a release, and the account of why: a row for every offer, released or withheld, field by field."""

import msgspec

from vedette.reports import Shared, SharedEvent, SharedLook, SharedNotice, SharedWords
from vedette.sharing.release.policy import Lane


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one offer. Kept at home; nothing of it leaves."""

    t_tai_ns: int
    peer: str
    kind: str  # of information: track, event, ...
    name: str  # our own
    told_as: str = ""  # the name the peer hears; empty when withheld
    grant: int = 0  # which [[grant]] decided, from 1; 0: none did
    is_released: bool = False
    why: str = ""  # in words, when withheld
    fields: dict[str, str] = {}  # "as it is", "in steps of 10 km", "withheld: not granted"


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message for a lane: send it even when it is empty, so that silence tells nothing."""

    lane: Lane
    t_tai_ns: int  # the instant of the cadence it belongs to
    content: tuple[Shared, ...]
    log: tuple[ReleaseRow, ...] = ()
    pad_bytes: int = 0  # the message is padded to the next power of two from here on; 0: not


class Live(msgspec.Struct, kw_only=True):
    """A track that a peer is following."""

    name: str  # our own
    phase: str = ""  # last told
    t_told_tai_ns: int = 0


class ReleaserState(msgspec.Struct, kw_only=True):
    """What must survive a restart: what each peer was told, and how far its counts have come."""

    events: dict[str, SharedEvent] = {}  # by own name, as last told
    event_grants: dict[str, int] = {}  # by own name: the grant that decided
    tracks: dict[str, Live] = {}  # by told number
    t_last_tai_ns: dict[str, int] = {}  # by class: the last instant of its cadence
    once: list[tuple[int, str, int, SharedLook | SharedNotice | SharedWords]] = []  # due, class, grant, offer


def padded_size(size: int, least: int) -> int:
    """The size that a message of `size` bytes is padded to: the next power of two, `least` at least; 0: as it is."""
    if least <= 0:
        return size
    padded = 1 << max(least - 1, 1).bit_length()
    while padded < size:
        padded <<= 1
    return padded
