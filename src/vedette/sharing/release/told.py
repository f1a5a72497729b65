"""What comes out of a release, and the account of why: a row for every offer, released or withheld, field by field."""

from collections.abc import Mapping

import msgspec

from vedette.reports import Shared, SharedEvent, SharedLook, SharedNotice, SharedTrack, SharedWords
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
    """What must survive a restart: what each peer was told, what waits out a delay, how far its counts have come.

    Kept in pieces (`document_of`), so that ten more warnings never cost writing ten thousand again.
    """

    events: dict[str, SharedEvent] = {}  # by own name, as last told
    event_grants: dict[str, int] = {}  # by own name: the grant that decided
    tracks: dict[str, Live] = {}  # by told number
    t_last_tai_ns: dict[str, int] = {}  # by class: the last instant of its cadence
    once: list[tuple[int, str, int, SharedLook | SharedNotice | SharedWords]] = []  # due, class, grant, offer
    waiting: list[tuple[int, SharedEvent]] = []  # events held for a delay: due, as offered
    snapshots: dict[int, tuple[SharedTrack, ...]] = {}  # tracks held for a delay: by instant, as offered

    def copied(self) -> "ReleaserState":
        """The same, which stays as it is when this one changes: the things in it are never changed themselves."""
        return ReleaserState(
            events=dict(self.events), event_grants=dict(self.event_grants), tracks=self.tracks,
            t_last_tai_ns=dict(self.t_last_tai_ns), once=list(self.once), waiting=list(self.waiting),
            snapshots=dict(self.snapshots),
        )  # fmt: skip


_EVENT, _SNAPSHOT, _REST, _TRACKS = "event ", "snapshot ", "rest", "tracks"


def document_of(state: ReleaserState, key: str) -> bytes | None:
    """One piece of a state, to be kept by this key; None when there is nothing of it any more."""
    if key.startswith(_EVENT):
        name = key.removeprefix(_EVENT)
        event = state.events.get(name)
        return None if event is None else msgspec.msgpack.encode((event, state.event_grants.get(name, 0)))
    if key.startswith(_SNAPSHOT):
        held = state.snapshots.get(int(key.removeprefix(_SNAPSHOT)))
        return None if held is None else msgspec.msgpack.encode(held)
    if key == _TRACKS:
        return msgspec.msgpack.encode(state.tracks)
    rest = ReleaserState(t_last_tai_ns=state.t_last_tai_ns, once=state.once, waiting=state.waiting)
    return msgspec.msgpack.encode(rest)


def state_of(documents: Mapping[str, bytes]) -> ReleaserState:
    """A state put together of its pieces."""
    rest = documents.get(_REST)
    state = ReleaserState() if rest is None else msgspec.msgpack.decode(rest, type=ReleaserState)
    if _TRACKS in documents:
        state.tracks = msgspec.msgpack.decode(documents[_TRACKS], type=dict[str, Live])
    for key, body in documents.items():
        if key.startswith(_EVENT):
            name = key.removeprefix(_EVENT)
            state.events[name], state.event_grants[name] = _TOLD.decode(body)
        elif key.startswith(_SNAPSHOT):
            state.snapshots[int(key.removeprefix(_SNAPSHOT))] = _HELD.decode(body)
    state.snapshots = dict(sorted(state.snapshots.items()))
    return state


def keys_of(state: ReleaserState) -> set[str]:
    """The keys of all its pieces."""
    return {
        _REST, _TRACKS, *(_EVENT + name for name in state.events), *(f"{_SNAPSHOT}{tick}" for tick in state.snapshots)
    }


_TOLD = msgspec.msgpack.Decoder(tuple[SharedEvent, int])
_HELD = msgspec.msgpack.Decoder(tuple[SharedTrack, ...])


def padded_size(size: int, least: int) -> int:
    """The size that a message of `size` bytes is padded to: the next power of two, `least` at least; 0: as it is."""
    if least <= 0:
        return size
    padded = 1 << max(least - 1, 1).bit_length()
    while padded < size:
        padded <<= 1
    return padded
