"""Every state that a link can come to, up to a depth: the real sender and receiver, a wire that does its worst.

A world is what is on both disks and on the wire. From each, everything that may happen is tried: a message is sealed,
kept, sent, sent again, lost, brought twice, brought in any order; either side is killed before or after it has kept
something; a key is changed over, or taken back by people. Worlds that were seen before are not gone into again, so the
count is of different worlds, and up to the depth none is left out. In each, the promises are checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from vedette.reports import Evidence, Mode, SharedEvent
from vedette.sharing import LiveKey, make_key
from vedette.sharing.key_life import KeyBook, format_book, parse_book, rotation
from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState, decode_state, encode_state
from vedette.sharing.link.state import Receipt

T, S, DAY = 1_000_000_000_000_000_000, 1_000_000_000, 86_400_000_000_000
OLD, NEW = make_key(LiveKey, "NORTH", bytes([1]) * 32), make_key(LiveKey, "NORTH", bytes([2]) * 32)
ROTATION = rotation(OLD, NEW, "NORTH", T, T + DAY)
WIRE_MOST = 3  # messages under way at once


class World(NamedTuple):
    """What both disks hold and the wire carries; small numbers stand for bytes."""

    sender: int  # kept state
    next_key: int  # of a change of keys that this life of the sender announced: the number it waits for; 0: none
    outbox: tuple[int, ...]  # sealed and kept, without a receipt
    wire: tuple[int, ...]  # under way
    receiver: int  # kept state
    book: int  # the receiver's keys
    inbox: tuple[int, ...]  # kept, in order
    sealed: tuple[int, ...] = ()  # all that was ever sealed and kept
    revoked_at: int = -1  # how long the inbox was when people took the key back
    set_back_at: int = -1  # how many were sealed when the sender's disk was put back to an older copy


@dataclass(slots=True)
class Story:
    """What may happen."""

    messages: int = 3
    has_rotation: bool = False
    has_revocation: bool = False
    has_set_back: bool = False
    lanes: tuple[str, ...] = ("warn",)
    is_sent_before_kept: bool = False  # a wrong program, to see that the promises can be broken


@dataclass(slots=True)
class Count:
    """What was found."""

    depth: int = 0
    worlds: int = 0
    steps: int = 0
    by_depth: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # promises, and the way there
    is_all: bool = False  # nothing new is left at any depth


class Explorer:
    """Tries everything."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self._kept: list[bytes] = []
        self._number: dict[bytes, int] = {}
        self._sealed: dict[tuple[int, str, str], tuple[int, int]] = {}
        self._heard: dict[tuple[int, int, int], tuple[int, int, bool]] = {}
        self._ends: dict[tuple[int, int, tuple[int, ...], tuple[int, ...]], str] = {}
        self._what: dict[int, tuple[str, int]] = {}  # message: lane and number

    def explore(self, depth: int, most_worlds: int = 10_000_000) -> Count:
        """Breadth first; stops at the depth, at `most_worlds`, or when nothing new comes."""
        start = World(
            self._id(encode_state(_SENDER)), 0, (), (), self._id(encode_state(_RECEIVER)),
            self._id(format_book(KeyBook(owner="NORTH").with_key(OLD.public)).encode()), (),
        )  # fmt: skip
        seen: dict[World, tuple[World | None, str]] = {start: (None, "begin")}
        front, count = [start], Count()
        count.by_depth.append(1)
        while front and count.depth < depth and len(seen) < most_worlds and not count.broken:
            count.depth += 1
            fresh = []
            for world in front:
                for label, after in self._steps(world):
                    count.steps += 1
                    if after in seen:
                        continue
                    seen[after] = (world, label)
                    if trouble := self._broken(after):
                        count.broken.append(f"{trouble} after: {' / '.join(_way(seen, after))}")
                        break
                    fresh.append(after)
            front = fresh
            count.by_depth.append(len(fresh))
        count.worlds, count.is_all = len(seen), not front
        return count

    # --- what may happen

    def _steps(self, world: World) -> Iterator[tuple[str, World]]:
        yield from self._sender_steps(world)
        for message in world.outbox:
            if len(world.wire) < WIRE_MOST:
                yield f"send {self._name(message)}", world._replace(wire=_with(world.wire, message))
        for message in sorted(set(world.wire)):
            name, without = self._name(message), _without(world.wire, message)
            yield f"lose {name}", world._replace(wire=without)
            heard = self._hear(world, message)
            yield f"hear {name}", heard._replace(wire=without)
            yield f"hear {name}, killed before the answer", heard
        yield from self._receipt(world)
        if self.story.has_revocation and world.revoked_at < 0:
            book = parse_book(self._kept[world.book], "book").revoked(OLD.key_id, T, "stolen")
            yield "revoke", world._replace(book=self._id(format_book(book).encode()), revoked_at=len(world.inbox))

    def _sender_steps(self, world: World) -> Iterator[tuple[str, World]]:
        story = self.story
        state = decode_state(self._kept[world.sender], SenderState)
        told = sum(lane.count for lane in state.lanes.values())
        branch = "b" if world.set_back_at >= 0 else ""
        if told < story.messages:
            for lane in story.lanes:
                after, message = self._seal(world.sender, lane, f"{told}{branch}")
                yield f"seal {lane}", _grown(world, after, message)
                if story.is_sent_before_kept and len(world.wire) < WIRE_MOST:
                    _, lost = self._seal(world.sender, lane, f"{told} lost")
                    yield f"send {lane}, killed before it is kept", world._replace(wire=_with(world.wire, lost))
            if story.has_rotation and state.key_id != NEW.key_id and not world.next_key:
                after, message = self._seal(world.sender, "warn", "rotate")
                grown = _grown(world, after, message)
                yield "announce a new key", grown._replace(next_key=self._what[message][1])
        if world.next_key:
            yield "sender restarts", world._replace(next_key=0)
        if story.has_set_back and world.set_back_at < 0 and state.lanes:
            fresh = self._id(encode_state(_SENDER))
            yield "sender is set back", world._replace(sender=fresh, outbox=(), set_back_at=len(world.sealed))

    def _seal(self, sender: int, lane: str, what: str) -> tuple[int, int]:
        key = (sender, lane, what)
        if key not in self._sealed:
            state = decode_state(self._kept[sender], SenderState)
            one = LinkSender(state, NEW if state.key_id == NEW.key_id else OLD)
            if what == "rotate":
                sealed = one.announce(ROTATION, T, NEW)
            else:
                event = SharedEvent(
                    event_id=what, revision=1, kind="launch", evidence=Evidence.CORRELATED, t_said_tai_ns=T
                )
                sealed = one.seal(lane, (event,), T)
            message = self._id(sealed.data)
            self._what[message] = (lane, sealed.sequence)
            self._sealed[key] = self._id(encode_state(sealed.state)), message
        return self._sealed[key]

    def _hear(self, world: World, message: int) -> World:
        key = (world.receiver, world.book, message)
        if key not in self._heard:
            heard = self._receiver(world).hear(self._kept[message], T + S)
            book = world.book if heard.keys is None else self._id(format_book(heard.keys).encode())
            self._heard[key] = self._id(encode_state(_plain(heard.state))), book, heard.report is not None
        state, book, is_new = self._heard[key]
        return world._replace(receiver=state, book=book, inbox=(*world.inbox, message) if is_new else world.inbox)

    def _receipt(self, world: World) -> Iterator[tuple[str, World]]:
        """The partner's signed receipt comes by: what it covers needs no sending any more."""
        receipts = self._receiver(world).receipts()
        left = tuple(one for one in world.outbox if not self._is_covered(receipts, one))
        sender, next_key = world.sender, world.next_key
        if next_key and "warn" in receipts and _covers(receipts["warn"], next_key):
            one = LinkSender(decode_state(self._kept[sender], SenderState), OLD)
            one.use_key(NEW)
            sender, next_key = self._id(encode_state(one.state)), 0
        if (left, next_key) != (world.outbox, world.next_key):
            yield "receipt", world._replace(outbox=left, next_key=next_key, sender=sender)

    # --- what is promised

    def _broken(self, world: World) -> str:
        numbers = [self._what[one] for one in world.inbox]
        if len(set(numbers)) != len(numbers):
            return "a number was taken twice"
        state = decode_state(self._kept[world.receiver], ReceiverState)
        for name, lane in state.lanes.items():
            heard = {sequence for one, sequence in numbers if one == name}
            missing = {n for low, high in lane.missing for n in range(low, high + 1)}
            if heard | missing != set(range(1, lane.newest + 1)) or heard & missing:
                return f"what is counted as missing on {name} is not what is missing"
        if world.revoked_at >= 0 and len(world.inbox) != world.revoked_at:
            return "a key that was taken back was believed"
        allowed = {"heard", "repeats", "gap", "new-key", "repeated"}
        allowed |= {"revoked"} if world.revoked_at >= 0 else set()
        if world.set_back_at >= 0:
            return self._set_back(world, state)
        if strange := set(state.counts) - allowed:
            return f"an honest partner is accused of {', '.join(sorted(strange))}"
        if set(world.inbox) - set(world.sealed):
            return "something was heard that its sender does not know of"
        sent = decode_state(self._kept[world.sender], SenderState)
        sender = LinkSender(sent, OLD if sent.key_id != NEW.key_id else NEW)
        if text := sender.noted(self._receiver(world).receipts()):
            return f"an honest receipt is not believed: {text}"
        return "" if world.revoked_at >= 0 else self._end(world)

    def _set_back(self, world: World, state: ReceiverState) -> str:
        """A sender that lost its count tells two histories; who heard of both must know."""
        first = set(world.sealed[: world.set_back_at])
        has_both = bool(first & set(world.inbox)) and bool(set(world.inbox) - first)
        is_told = bool({"reused-number", "other-history"} & set(state.counts))
        is_open = any(lane.missing for lane in state.lanes.values())  # what is missing may still explain it
        return "two histories were heard and nobody was told" if has_both and not is_told and not is_open else ""

    def _end(self, world: World) -> str:
        """Let the wire be good from now on: everything that was sealed must arrive, and once."""
        key = (world.receiver, world.book, world.outbox, world.inbox)
        if key not in self._ends:
            after = world
            for message in sorted(world.outbox, key=lambda one: self._what[one]):
                after = self._hear(after, message)
            got = sorted(after.inbox)
            is_good = got == sorted({*world.outbox, *world.inbox}) == sorted(world.sealed)
            self._ends[key] = "" if is_good else "what was sealed does not all arrive, once, on a good wire"
        return self._ends[key]

    def _is_covered(self, receipts: dict[str, Receipt], message: int) -> bool:
        lane, sequence = self._what[message]
        return lane in receipts and _covers(receipts[lane], sequence)

    # --- bytes and numbers

    def _id(self, data: bytes) -> int:
        if data not in self._number:
            self._number[data] = len(self._kept)
            self._kept.append(data)
        return self._number[data]

    def _receiver(self, world: World) -> LinkReceiver:
        state = decode_state(self._kept[world.receiver], ReceiverState)
        return LinkReceiver(state, parse_book(self._kept[world.book], "book"))

    def _name(self, message: int) -> str:
        lane, sequence = self._what[message]
        return f"{lane} {sequence}"


_SENDER = SenderState(owner="NORTH", node="A", to="SOUTH", to_node="A", mode=Mode.REAL)
_RECEIVER = ReceiverState(owner="NORTH", node="A", to="SOUTH", to_node="A", mode=Mode.REAL)

STORIES: dict[str, Story] = {
    "one lane": Story(messages=4),
    "two lanes": Story(messages=3, lanes=("warn", "track")),
    "a change of keys": Story(messages=3, has_rotation=True),
    "a key taken back": Story(messages=3, has_revocation=True),
    "a key changed over and taken back": Story(messages=3, has_rotation=True, has_revocation=True),
    "a sender set back": Story(messages=2, has_set_back=True),
}


def _grown(world: World, sender: int, message: int) -> World:
    return world._replace(sender=sender, outbox=(*world.outbox, message), sealed=(*world.sealed, message))


def _plain(state: ReceiverState) -> ReceiverState:
    """Without what only counts, and would make every world a new one."""
    lanes = {
        name: msgspec.structs.replace(lane, repeats=min(lane.repeats, 3)) for name, lane in state.lanes.items()
    }
    return msgspec.structs.replace(state, lanes=lanes, said={}, counts=dict.fromkeys(sorted(state.counts), 1))


def _covers(receipt: Receipt, number: int) -> bool:
    return number <= receipt.count and not any(low <= number <= high for low, high in receipt.missing)


def _with(wire: tuple[int, ...], message: int) -> tuple[int, ...]:
    return tuple(sorted((*wire, message)))


def _without(wire: tuple[int, ...], message: int) -> tuple[int, ...]:
    at = wire.index(message)
    return wire[:at] + wire[at + 1 :]


def _way(seen: dict[World, tuple[World | None, str]], world: World) -> list[str]:
    steps, at = [], world
    while True:
        before, label = seen[at]
        if before is None:
            return steps[::-1]
        steps.append(label)
        at = before
