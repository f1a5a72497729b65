"""What a sender and a receiver must remember over a restart; small enough to be written with every message.

Whoever keeps them writes them in one transaction with the message: the sender's before it is sent, the receiver's
before it is acknowledged. All lanes are counted apart, and a link in another mode or exercise is another link.
"""

from typing import Protocol, TypeVar

import msgspec

from vedette.core.errors import BadInputError
from vedette.reports import Mode

RECENT = 64  # numbers whose hashes are remembered, to tell a repeat from a number used twice


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What one side signs that it heard on a lane of the other's."""

    count: int  # the history up to this number
    root: str  # of the Merkle tree over it, in hex
    missing: tuple[tuple[int, int], ...] = ()  # of these it was only told the hashes: from, to


class LaneSent(msgspec.Struct, frozen=True, kw_only=True):
    """A lane as far as it was said."""

    count: int = 0
    peaks: tuple[bytes, ...] = ()


class SenderState(msgspec.Struct, frozen=True, kw_only=True):
    """A link as far as it was said; `link_id` names it."""

    owner: str
    node: str
    to: str  # the partner
    mode: Mode
    session: str = ""  # of an exercise: the id of the session key
    lanes: dict[str, LaneSent] = {}
    told: dict[str, int] = {}  # by the partner's lane: up to where a receipt was given
    to_node: str = ""  # the partner's node, where a link is for one alone
    key_id: str = ""  # which signed last
    announced: tuple[str, ...] = ()  # statements about keys that were told: their SHA-256


class LaneHeard(msgspec.Struct, frozen=True, kw_only=True):
    """A lane as far as it was heard. Numbers up to `newest` were heard, but for those missing."""

    newest: int = 0
    missing: tuple[tuple[int, int], ...] = ()  # from, to
    whole: int = 0  # the tree stands for the first so many
    peaks: tuple[bytes, ...] = ()
    ahead: tuple[tuple[int, bytes, bytes], ...] = ()  # heard beyond `whole`: number, leaf, root before it
    recent: tuple[tuple[int, bytes], ...] = ()  # number and leaf of the last RECENT heard
    t_sent_tai_ns: int = 0  # of the newest
    repeats: int = 0  # in a row


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """When a trouble was last told, and how often it came since."""

    t_tai_ns: int
    unsaid: int = 0


class ReceiverState(msgspec.Struct, frozen=True, kw_only=True):
    """A link as far as it was heard."""

    owner: str  # the partner
    node: str
    to: str  # ourselves
    mode: Mode
    session: str = ""
    link: str = ""  # what we call it here; empty: the partner's owner
    to_node: str = ""  # our own node, where a link is for one alone
    lanes: dict[str, LaneHeard] = {}
    said: dict[str, Said] = {}  # by trouble and lane
    counts: dict[str, int] = {}  # by trouble, and "heard", "repeats"


S = TypeVar("S", SenderState, ReceiverState)


class Addressed(Protocol):
    """What says from whom to whom it goes, in which mode: both states, and the header of every message."""

    @property
    def owner(self) -> str: ...
    @property
    def node(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def to_node(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def session(self) -> str: ...


def link_id(one: Addressed) -> str:
    """`NORTH.A>SOUTH.B.REAL`: the same on both sides; a key for stores."""
    to = f"{one.to}.{one.to_node}" if one.to_node else one.to
    return _named(f"{one.owner}.{one.node}", to, one)


def reverse_link_id(one: Addressed) -> str:
    """The link that goes the other way."""
    back = f"{one.to}.{one.to_node}" if one.to_node else one.to
    return _named(back, f"{one.owner}.{one.node}" if one.to_node else one.owner, one)


def _named(origin: str, to: str, one: Addressed) -> str:
    return f"{origin}>{to}.{one.mode}" + (f".{one.session}" if one.session else "")


def encode_state(state: SenderState | ReceiverState) -> bytes:
    """A state as MessagePack."""
    return msgspec.msgpack.encode(state)


def decode_state(data: bytes, kind: type[S]) -> S:
    """The state that `encode_state` wrote; BadInputError when the bytes are something else."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.DecodeError as trouble:
        raise BadInputError(f"not a kept state of a link ({trouble})") from None
