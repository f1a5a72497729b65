"""Everything that can happen to services of one owner within so many steps: is a track ever reported by two?

A step is one of: a message under way arrives (and is gone, or stays under way and comes again), a service crashes,
a crashed one starts again from what it kept, a holder is told to hand the track over, or a beat of time passes. A
message that never arrives is lost; any may overtake any. Of each way between two services the newest
`newest_messages` stay under way, older ones are lost.
Steps that lead to the same world are one world: the worlds are counted. From worlds drawn by their digest the run is
played to an orderly end, to see that every track is reported by one in the end.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.sharing.services import (
    Member,
    Message,
    Service,
    ServiceGroup,
    decode_kept,
    decode_message,
    encode_message,
)

BEAT_NS = NS_PER_S
Node = int  # interned snapshot; -1 - k: crashed, with what was kept
World = tuple[int, tuple[Node, ...], frozenset[tuple[int, int, int]], int, int, int]
# time, nodes, under way; crashes, repetitions and requests to hand over that may still be

Step = tuple[int, int] | str


@dataclass(slots=True, kw_only=True)
class Explored:
    """What was seen."""

    depth: int
    worlds: int = 0
    steps: int = 0
    by_depth: list[int] = field(default_factory=list)
    ended: int = 0  # worlds from which it was played to an orderly end
    troubles: list[str] = field(default_factory=list)


class Explorer:
    """Worlds of a few services and one track."""

    def __init__(
        self, nodes: int = 3, crashes: int = 1, repeats: int = 1, asks: int = 0, newest_messages: int = 2
    ) -> None:
        self.group = ServiceGroup(
            owner="N", beat_s=1.0, lease_s=3.0, members=tuple(Member(name=f"s{i}", slot=i) for i in range(nodes))
        )
        self.names = self.group.names
        self.crashes, self.repeats, self.asks, self.newest_messages = crashes, repeats, asks, newest_messages
        self._snapshots: list[tuple[bytes, bytes]] = []
        self._index: dict[tuple[bytes, bytes], int] = {}
        self._messages: list[bytes] = []
        self._message_index: dict[bytes, int] = {}
        self._heard: dict[tuple[int, int, int], tuple[int, tuple[tuple[int, int, int], ...]]] = {}
        self._ticked: dict[tuple[int, int], tuple[int, tuple[tuple[int, int, int], ...]]] = {}
        self._reporting: dict[tuple[int, int], tuple[str, ...]] = {}
        self._ranks: dict[int, tuple[tuple[str, int, int, str], ...]] = {}

    # ---- worlds

    def settled(self) -> tuple[World, str]:
        """All have found each other, and the first holds a track which the others see; the track's number."""
        up = [Service(self.group, one, 0) for one in self.names]
        number, t = "", 0
        for _ in range(12):
            t += BEAT_NS
            self._exchange(up, t)
            if not number and up[0].has_lease(t):
                number = up[0].begin("x", t)
        for i, one in enumerate(up[1:], 1):
            one.adopt("x", number, i)
        nodes = tuple(self._intern(one) for one in up)
        return (t, nodes, frozenset(), self.crashes, self.repeats, self.asks), number

    def asked(self, world: World, number: str, frm: int, to: int) -> World:
        """The same world, where one was told to hand the track over."""
        t, nodes, flight, crashes, repeats, asks = world
        one = self._service(nodes[frm], frm)
        assert one.hand_over(number, self.names[to], t)
        return (t, (*nodes[:frm], self._intern(one), *nodes[frm + 1 :]), flight, crashes, repeats, asks)

    def passed(self, world: World, beats: int, deaf: int | None = None) -> World:
        """Beats pass in order; nothing reaches or leaves the one that is deaf."""
        t, nodes, flight, crashes, repeats, asks = world
        up = [self._service(one, i) for i, one in enumerate(nodes)]
        for _ in range(beats):
            t += BEAT_NS
            self._exchange(up, t, deaf)
        return (t, tuple(self._intern(one) for one in up), flight, crashes, repeats, asks)

    def next_worlds(self, world: World) -> Iterator[World]:
        """Every world that is one step away."""
        return (after for _, after in self.steps(world))

    def steps(self, world: World) -> Iterator[tuple[Step, World]]:
        """Every step that can be taken, and where it leads; a message is named by its way, anything else by a word."""
        t, nodes, flight, crashes, repeats, asks = world
        for message in flight:
            to = message[1]
            if nodes[to] < 0:
                continue
            node, said = self._hear(nodes[to], message[2], t, to)
            after = (*nodes[:to], node, *nodes[to + 1 :])
            yield message[:2], (t, after, self._under_way(flight - {message}, said), crashes, repeats, asks)
            if repeats:
                yield message[:2], (t, after, self._under_way(flight, said), crashes, repeats - 1, asks)
        for i, node in enumerate(nodes):
            if node >= 0 and crashes:
                yield "crash", (t, (*nodes[:i], -1 - node, *nodes[i + 1 :]), flight, crashes - 1, repeats, asks)
            if node < 0:
                one = Service(self.group, self.names[i], t, decode_kept(self._snapshots[-1 - node][0]))
                yield "start", (t, (*nodes[:i], self._intern(one), *nodes[i + 1 :]), flight, crashes, repeats, asks)
            if node >= 0 and asks:
                one = self._service(node, i)
                for number in one.reporting(t):
                    for other in one.others:
                        if one.hand_over(number, other, t):
                            after = (*nodes[:i], self._intern(one), *nodes[i + 1 :])
                            yield "ask", (t, after, flight, crashes, repeats, asks - 1)
                            one = self._service(node, i)
        now, later = t + BEAT_NS, flight
        after_all: list[Node] = []
        for i, node in enumerate(nodes):
            if node < 0:
                after_all.append(node)
                continue
            ticked, said = self._tick(node, now, i)
            after_all.append(ticked)
            later = self._under_way(later, said)
        yield "time", (now, tuple(after_all), later, crashes, repeats, asks)

    # ---- what must hold

    def trouble(self, world: World) -> str:
        """What is wrong with a world: two that report a number, or one rank of a number with two holders."""
        t, nodes, *_ = world
        who: dict[str, int] = {}
        for i, node in enumerate(nodes):
            for number in () if node < 0 else self._reports(node, i, t):
                if number in who:
                    return f"{number} is reported by {self.names[who[number]]} and {self.names[i]} at {t / 1e9:g} s"
                who[number] = i
        holders: dict[tuple[str, int, int], str] = {}
        for node in nodes:
            for number, view, step, holder in self._rank(node if node >= 0 else -1 - node):
                if holders.setdefault((number, view, step), holder) != holder:
                    return f"{number} at {view}.{step} is of {holder} and of {holders[number, view, step]}"
        return ""

    def ended(self, world: World, is_lost: bool, is_back: bool) -> str:
        """Played to an orderly end: what is under way is lost or comes, the crashed come back or never do."""
        t, nodes, flight, *_ = world
        if not is_back and any(node < 0 for node in nodes) and 2 * sum(node >= 0 for node in nodes) <= len(nodes):
            return ""  # no majority is left
        up: dict[int, Service] = {}
        for i, node in enumerate(nodes):
            if node >= 0:
                up[i] = self._service(node, i)
            elif is_back:
                up[i] = Service(self.group, self.names[i], t, decode_kept(self._snapshots[-1 - node][0]))
        queue = [] if is_lost else [self._messages[one[2]] for one in sorted(flight)]
        for _ in range(30):
            t += BEAT_NS
            self._exchange_among(up, t, queue)
        who = [one.name for one in up.values() for number in one.reporting(t)]
        return "" if len(who) == 1 else f"in the end reported by {who or 'nobody'}"

    # ---- pieces

    def _exchange(self, up: list[Service], t: int, deaf: int | None = None) -> None:
        self._exchange_among({i: one for i, one in enumerate(up) if i != deaf}, t, [])
        if deaf is not None:
            up[deaf].tick(t)

    def _exchange_among(self, up: dict[int, Service], t: int, queue: list[bytes]) -> None:
        for one in up.values():
            queue += [encode_message(message) for message in one.tick(t)]
        while queue:
            message = decode_message(queue.pop(0))
            to = self.names.index(message.to)
            if to in up:
                queue += [encode_message(answer) for answer in up[to].hear(message, t)]

    def _service(self, node: Node, i: int) -> Service:
        return Service.restored(self.group, self.names[i], *self._snapshots[node])

    def _intern(self, one: Service) -> Node:
        snapshot = one.snapshot()
        if snapshot not in self._index:
            self._index[snapshot] = len(self._snapshots)
            self._snapshots.append(snapshot)
        return self._index[snapshot]

    def _said(self, frm: int, messages: tuple[Message, ...]) -> tuple[tuple[int, int, int], ...]:
        out = []
        for message in messages:
            data = encode_message(message)
            if data not in self._message_index:
                self._message_index[data] = len(self._messages)
                self._messages.append(data)
            out.append((frm, self.names.index(message.to), self._message_index[data]))
        return tuple(out)

    def _hear(self, node: Node, message: int, t: int, i: int) -> tuple[int, tuple[tuple[int, int, int], ...]]:
        key = (node, message, t)
        if key not in self._heard:
            one = self._service(node, i)
            said = one.hear(decode_message(self._messages[message]), t)
            self._heard[key] = (self._intern(one), self._said(i, said))
        return self._heard[key]

    def _tick(self, node: Node, t: int, i: int) -> tuple[int, tuple[tuple[int, int, int], ...]]:
        key = (node, t)
        if key not in self._ticked:
            one = self._service(node, i)
            said = one.tick(t)
            self._ticked[key] = (self._intern(one), self._said(i, said))
        return self._ticked[key]

    def _under_way(
        self, flight: frozenset[tuple[int, int, int]], said: tuple[tuple[int, int, int], ...]
    ) -> frozenset[tuple[int, int, int]]:
        if not said:
            return flight
        after = set(flight) | set(said)
        for way in {one[:2] for one in said}:
            same = sorted((one for one in after if one[:2] == way), key=lambda one: one[2])
            after -= set(same[: max(0, len(same) - self.newest_messages)])
        return frozenset(after)

    def _reports(self, node: Node, i: int, t: int) -> tuple[str, ...]:
        key = (node, t)
        if key not in self._reporting:
            self._reporting[key] = self._service(node, i).reporting(t)
        return self._reporting[key]

    def _rank(self, node: Node) -> tuple[tuple[str, int, int, str], ...]:
        if node not in self._ranks:
            kept = decode_kept(self._snapshots[node][0])
            self._ranks[node] = tuple((d.number, d.view, d.step, d.holder) for d in kept.duties.values())
        return self._ranks[node]


def explore(
    explorer: Explorer, start: World, depth: int, end_every: int = 50,
    progress: Callable[[int, int], None] | None = None, most: int = 20_000_000,
) -> Explored:  # fmt: skip
    """Every world within so many steps of a first one; from one in `end_every` it is played to its end."""
    out = Explored(depth=depth)
    seen, border = {start}, [start]
    for level in range(depth + 1):
        out.by_depth.append(len(border))
        out.worlds += len(border)
        further: list[World] = []
        for world in border:
            trouble = explorer.trouble(world)
            if trouble:
                out.troubles.append(f"after {level} steps: {trouble}")
                continue
            if int.from_bytes(hashlib.sha256(repr(_plain(world)).encode()).digest()[:4], "big") % end_every == 0:
                out.ended += 1
                for is_lost in (False, True):
                    for is_back in (False, True):
                        words = explorer.ended(world, is_lost, is_back)
                        if words:
                            out.troubles.append(f"after {level} steps, {is_lost=}, {is_back=}: {words}")
            if level == depth:
                continue
            for after in explorer.next_worlds(world):
                out.steps += 1
                if after not in seen and len(seen) < most:
                    seen.add(after)
                    further.append(after)
        border = further
        if progress is not None:
            progress(level, len(border))
    return out


def walk(explorer: Explorer, start: World, steps: int, walks: int, seed: int) -> Explored:
    """Deeper, and not everything: so many walks of so many steps drawn by chance, each played to its end.

    For stretches of a walk some ways between services are cut, each in one direction by itself: what goes there waits.
    """
    rng = np.random.default_rng([seed, 0x3A1C])
    out = Explored(depth=steps)
    for number in range(walks):
        world, cut, left = start, set[Step](), 0
        for level in range(steps):
            if left == 0:
                share, left = float(rng.choice([0.0, 0.3, 0.6])), int(rng.integers(5, 40))
                ways = [(i, k) for i in range(len(explorer.names)) for k in range(len(explorer.names)) if i != k]
                cut = {way for way in ways if rng.random() < share}
            left -= 1
            choices = [one for one in explorer.steps(world) if one[0] not in cut]
            messages = [one for one in choices if isinstance(one[0], tuple)]
            luck = rng.random()
            if messages and luck < 0.8:
                world = messages[int(rng.integers(len(messages)))][1]
            elif luck < 0.85:
                world = choices[int(rng.integers(len(choices)))][1]
            else:
                world = choices[-1][1]  # time
            out.steps += 1
            trouble = explorer.trouble(world)
            if trouble:
                out.troubles.append(f"walk {number} after {level + 1} steps: {trouble}")
                break
        out.worlds += 1
        out.ended += 1
        words = explorer.ended(world, bool(number % 2), bool(number // 2 % 2))
        if words:
            out.troubles.append(f"walk {number}: {words}")
    return out


def _plain(world: World) -> tuple[object, ...]:
    return (world[0], world[1], sorted(world[2]), world[3:])
