"""Several services of one owner over a wire that loses, repeats, delays and reorders: does one report each object?

Every object is seen by all services and has a number from the first second on. Each is handed round every
`hand_over_s`; one service is killed in the middle and, when asked for, comes back with what it kept. Clocks run apart.
What is counted is what the services would do at that instant, by the wall of the simulation, every tenth of a second.
"""

import heapq
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
    encode_kept,
    encode_message,
)

STEP_S = 0.05
CHECK_EVERY = 2  # steps
BEGIN_S = 3.0  # the services have found each other by then


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesPlan:
    """A run to be played."""

    seed: int = 1
    nodes: int = 3
    objects: int = 1000
    seconds: float = 120.0
    hand_over_s: float = 30.0  # every object changes hands once in so long
    kill_s: float | None = 50.0
    back_s: float | None = None
    loss: float = 0.05
    repeat: float = 0.02
    delay_s: tuple[float, float] = (0.01, 0.3)
    drift: float = 1e-4  # clocks run apart by up to this share
    cut_s: tuple[float, float] | None = None  # the last service is cut off from the others, and lives


@dataclass(slots=True, kw_only=True)
class ServicesOutcome:
    """What came of it."""

    duplicates: int = 0  # instants at which two services report one number
    doubled_objects: int = 0  # objects with two live numbers at the end
    orphans: int = 0  # objects that nobody reports at the end, or for longer than `bound_s` on the way
    reused: int = 0  # numbers that were given twice
    bound_s: float = 0.0
    hand_overs: int = 0
    taken_over: int = 0
    longest_gap_s: float = 0.0  # without a reporter, of any object, where nobody was killed
    longest_gap_after_kill_s: float = 0.0  # of the objects of the killed one
    messages: int = 0
    wire_bytes: int = 0
    gaps_s: dict[str, float] = field(default_factory=dict)  # p50, p99 of the gaps of changes of hands


class Wire:
    """Messages under way."""

    def __init__(self, plan: ServicesPlan, rng: np.random.Generator) -> None:
        self._plan, self._rng = plan, rng
        self._under_way: list[tuple[float, int, bytes]] = []
        self._count = 0
        self.messages = self.size = 0

    def send(self, data: bytes, t_s: float) -> None:
        """Lost, repeated, or delayed; never in order."""
        self.messages, self.size = self.messages + 1, self.size + len(data)
        luck = self._rng.random()
        copies = 0 if luck < self._plan.loss else 2 if luck > 1.0 - self._plan.repeat else 1
        for _ in range(copies):
            self._count += 1
            heapq.heappush(self._under_way, (t_s + self._rng.uniform(*self._plan.delay_s), self._count, data))

    def arrived(self, t_s: float) -> list[bytes]:
        """What is there by now."""
        out = []
        while self._under_way and self._under_way[0][0] <= t_s:
            out.append(heapq.heappop(self._under_way)[2])
        return out


def group_of_plan(plan: ServicesPlan) -> ServiceGroup:
    """Services that differ in their slots only."""
    return ServiceGroup(owner="NORTH", members=tuple(Member(name=f"s{i}", slot=i) for i in range(plan.nodes)))


def run_services(plan: ServicesPlan) -> ServicesOutcome:
    """Play it to its end."""
    rng = np.random.default_rng([plan.seed, 0x5E71CE])
    group = group_of_plan(plan)
    wire, out = Wire(plan, rng), ServicesOutcome()
    rates = {one: 1.0 + rng.uniform(-plan.drift, plan.drift) for one in group.names}
    starts = {one: int(rng.integers(1 << 50)) for one in group.names}

    def clock(name: str, t_s: float) -> int:
        return starts[name] + round(t_s * rates[name] * NS_PER_S)

    up = {one: Service(group, one, clock(one, 0.0)) for one in group.names}
    disk: dict[str, bytes] = {}
    object_of: dict[str, int] = {}
    numbers: list[str] = []
    t_last: dict[str, float] = {}
    gaps: list[float] = []
    victim, cut = group.names[0], group.names[-1]
    victims: set[str] = set()
    out.bound_s = 2.5 * group.lease_s + 20 * group.beat_s
    phase = rng.uniform(0.0, plan.hand_over_s, plan.objects)
    last_try = np.floor((BEGIN_S - phase) / plan.hand_over_s)

    def is_cut(a: str, b: str, t_s: float) -> bool:
        return plan.cut_s is not None and plan.cut_s[0] <= t_s < plan.cut_s[1] and (a == cut) is not (b == cut)

    def send(name: str, messages: tuple[Message, ...], t_s: float) -> None:
        disk[name] = encode_kept(up[name].kept)  # before anything leaves
        for message in messages:
            wire.send(encode_message(message), t_s)

    for step in range(round(plan.seconds / STEP_S)):
        t_s = step * STEP_S
        if plan.kill_s is not None and victim in up and abs(t_s - plan.kill_s) < STEP_S / 2:
            victims = set(up[victim].reporting(clock(victim, t_s)))
            del up[victim]
        if plan.back_s is not None and victim not in up and abs(t_s - plan.back_s) < STEP_S / 2:
            up[victim] = Service(group, victim, clock(victim, t_s), decode_kept(disk[victim]))
            for number in numbers:
                up[victim].look(number, 1)
        if abs(t_s - BEGIN_S) < STEP_S / 2:
            for i in range(plan.objects):
                number = up[group.names[i % plan.nodes]].begin(f"o{i}", clock(group.names[i % plan.nodes], t_s))
                out.reused += number in object_of
                object_of[number] = i
                numbers.append(number)
                t_last[number] = t_s
            for name in up:
                for i, number in enumerate(numbers):
                    up[name].adopt(f"o{i}", number, 1 + (i * 7 + group.names.index(name)) % 5)
        if t_s > BEGIN_S and t_s < plan.seconds - out.bound_s:
            due = np.floor((t_s - phase) / plan.hand_over_s)
            for i in np.flatnonzero(due > last_try).tolist():
                for name, one in up.items():
                    if one.holder_of(numbers[i]) == name and one.has_lease(clock(name, t_s)):
                        live = [p for p in one.kept.members if p != name]
                        if live and one.hand_over(numbers[i], live[int(due[i]) % len(live)], clock(name, t_s)):
                            last_try[i] = due[i]
        for data in wire.arrived(t_s):
            message = decode_message(data)
            if message.to in up and not is_cut(message.frm, message.to, t_s):
                send(message.to, up[message.to].hear(message, clock(message.to, t_s)), t_s)
        for name in tuple(up):
            one = up[name]
            said = one.tick(clock(name, t_s))
            if said:
                send(name, said, t_s)
            for news in one.take_news():
                out.hand_overs += news.kind == "given"
                out.taken_over += news.kind == "taken-over"
        if step % CHECK_EVERY == 0 and numbers:
            _check(out, up, clock, t_s, t_last, gaps, victims)
    reporting = [set(one.reporting(clock(name, plan.seconds))) for name, one in up.items()]
    live = [number for number in numbers if any(number in one for one in reporting)]
    out.doubled_objects = sum(len(one) for one in reporting) - len(set(object_of[n] for n in live))
    out.orphans += len(set(range(plan.objects)) - {object_of[n] for n in live})
    out.messages, out.wire_bytes = wire.messages, wire.size
    if gaps:
        out.gaps_s = {"p50": round(float(np.median(gaps)), 3), "p99": round(float(np.quantile(gaps, 0.99)), 3)}
    return out


def _check(out, up, clock, t_s, t_last, gaps, victims) -> None:  # type: ignore[no-untyped-def]
    seen: dict[str, str] = {}
    for name, one in up.items():
        for number in one.reporting(clock(name, t_s)):
            out.duplicates += number in seen
            seen[number] = name
    for number in seen:
        gap = t_s - t_last[number] - STEP_S * CHECK_EVERY
        if gap > 1e-6:
            gaps.append(gap)
            if number in victims and gap > 1.0:
                out.longest_gap_after_kill_s = max(out.longest_gap_after_kill_s, round(gap, 3))
            else:
                out.longest_gap_s = max(out.longest_gap_s, round(gap, 3))
            out.orphans += gap > out.bound_s
        t_last[number] = t_s
