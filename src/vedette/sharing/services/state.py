"""What a service knows: what must be on disk before anything is said of it, and what a crash may take."""

import msgspec

from vedette.sharing.services.messages import Duty, Join, Opinion, Version
from vedette.sharing.services.numbers import NumberBlocks


class Kept(msgspec.Struct, kw_only=True):
    """On disk before a message leaves that was made after it changed."""

    node: str
    blocks: NumberBlocks
    life: int = 0  # starts so far
    view: int = 0  # the newest that is installed here
    members: tuple[str, ...] = ()
    joined: int = 0  # the newest that was promised to; greater than `view` while a change is under way
    joined_members: tuple[str, ...] = ()
    fences: dict[str, int] = {}  # by service: the newest view that was joined without it
    duties: dict[str, Duty] = {}
    fresh: list[str] = []  # begun while a change is under way, after it was told what is held
    names: dict[str, str] = {}  # number by the name that the object has here
    opinions: dict[str, dict[str, Opinion]] = {}  # by number, by who holds it
    opinion_step: int = 0


class Loose(msgspec.Struct, kw_only=True):
    """Gone with the process; every instant is of the clock of this machine."""

    t_started_ns: int
    t_beat_ns: int  # when the next one is due
    heard: dict[str, tuple[int, int, int]] = {}  # by service: life, its own instant, when it was heard here
    views: dict[str, int] = {}  # which view each says it is in
    promised: dict[str, int] = {}  # when it was last vouched for
    vouched: dict[str, int] = {}  # by service: our own instant that it vouched for
    news: dict[str, dict[str, int]] = {}  # by service: numbers whose duty it has not said to have
    opinion_news: dict[str, dict[str, int]] = {}
    have: dict[str, dict[str, Version]] = {}  # by service: what is to be said to be had
    have_opinions: dict[str, dict[str, int]] = {}
    offers: dict[str, tuple[str, Version, int]] = {}  # by number: to whom, of which duty, since when
    accepts: dict[str, dict[str, Version]] = {}  # by service: what would be taken
    declines: dict[str, dict[str, Version]] = {}
    sees: dict[str, int] = {}  # by number: how well
    t_joined_ns: int = 0
    t_wanted_ns: int | None = None  # since when another view is wanted
    proposal: int = 0  # of our own
    proposed: tuple[str, ...] = ()
    answers: dict[str, Join] = {}
    told_conflicts: dict[str, int] = {}  # hashes are of no use here: how many identities were told of
    is_alone: bool = False


class ServiceNews(msgspec.Struct, frozen=True, kw_only=True):
    """Something for people, or for the watch, about the services and their tracks."""

    t_ns: int
    kind: str  # begun, held, given, taken-over, dropped, silent, not-recorded, back, alone, together, conflict, ...
    number: str = ""
    node: str = ""
    text: str = ""


def encode_kept(kept: Kept) -> bytes:
    """What goes to disk."""
    return msgspec.msgpack.encode(kept)


def decode_kept(data: bytes) -> Kept:
    """What came from disk; msgspec's own errors when it is none."""
    return msgspec.msgpack.decode(data, type=Kept)
