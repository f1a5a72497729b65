"""What one service of an owner does among the others: numbers for what its watch sees, and who reports each track.

The rules are those of `sharing.services`; here they are fed with what the watch sees and what people ask, and what must
be kept is put in the node's store before anything that rests on it is said. One thread calls `step`; the watch hands in
`Seen` and reads `Standing` from its own thread, and waits for neither the store nor the wire.
"""

import contextlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from vedette.core.constants import NS_PER_S
from vedette.core.errors import VedetteError
from vedette.doors.node.service_asks import Ask, find_number
from vedette.doors.node.store import NodeStore
from vedette.reports import Mode
from vedette.sharing.services import (
    Duty,
    Kept,
    Message,
    NotRecorded,
    Service,
    ServiceGroup,
    ServiceNews,
    decode_kept,
    decode_newest,
    encode_kept,
    encode_newest,
)

ROOM = "services"
UNSEEN_S = 10.0  # a track of ours that the watch has not told for so long is given away, or dropped
ANSWER_S = 8.0  # that a hand-over may take before people are told that nobody answered
LOOK_S = 0.5  # what is seen is looked at again, even when nothing new is
MERGE_S = 2.0  # numbers are merged when they were one object for so long: what each takes it for is known by then
MOVE_S = 10.0  # between two tries to give a track to whose region it flies through
SURE_FOR_S = 0.2  # what is published holds for so long: the line says it again long before
MARGIN_KM = 50.0  # a track that flies along a border of regions does not go to and fro
SAID_AGAIN_S = 1.0  # that nothing can be kept here
BELIEVED_S = 5.0  # what another said of itself so long ago is said no more
MOST_NEWS = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What a watch sees now, all of it, by the names that it gives."""

    tracks: Mapping[str, int] = field(default_factory=dict)  # how well: greater is better, from 1
    joins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # numbers that others gave the same object
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)  # what it is taken for, where that is sure
    places_deg: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers by the watch's names, and those that this service reports, until an instant."""

    names: Mapping[str, str] = field(default_factory=dict)
    reporting: frozenset[str] = frozenset()
    t_until_ns: int = -(1 << 62)

    def may_report(self, number: str, t_ns: int) -> bool:
        """True when this service, and no other, reports the track now."""
        return t_ns < self.t_until_ns and number in self.reporting


class ServiceDesk:
    """One service: what it keeps, what it says, what people asked of it."""

    def __init__(self, store: NodeStore, group: ServiceGroup, name: str, mode: Mode, t_ns: int) -> None:
        self.store, self.group, self.mode = store, group, mode
        self._key = name if mode is Mode.REAL else f"{name}/{mode.value}"
        self.service = Service(group, name, t_ns, _kept(store, self._key))
        self.service.numbers.blocks.reserved = max(
            self.service.numbers.blocks.reserved, _reserved(store, name)
        )  # numbers of an exercise are no others' in earnest
        self.newest = decode_newest(store.document(ROOM, f"{self._key}/heard"))
        self.standing = Standing()
        self.trouble = ""
        self.news: deque[ServiceNews] = deque(maxlen=MOST_NEWS)
        self.answers: list[tuple[str, bool, str]] = []  # of asks: their keys, done or not, what is said
        self._saved = b""
        self._seen: Seen = Seen()
        self._seen_before: Seen | None = None
        self._t_looked_ns = t_ns
        self._joined: dict[tuple[str, str], int] = {}  # numbers taken for one object: since when
        self._wishes: deque[tuple[str, str]] = deque()
        self._giving: dict[str, tuple[str, str, int]] = {}  # by ask: number, to whom, since when
        self._unseen: dict[str, tuple[int, set[str]]] = {}  # by number: since when, who was asked
        self._t_moved: dict[str, int] = {}
        self.unrecorded: dict[str, tuple[str, int]] = {}  # services that can keep nothing: what they said, and when
        self._t_cried_ns = t_ns - round(SAID_AGAIN_S * NS_PER_S)
        self.doubles: dict[tuple[str, str], str] = {}  # numbers that look like one object and may not be merged

    # ---- the watch's thread

    def see(self, seen: Seen) -> None:
        """What is seen now; the newest takes the place of the one before."""
        self._seen = seen

    def give(self, number: str, to: str) -> None:
        """Ask another service to report a track, if it is ours to give."""
        self._wishes.append((number, to))

    # ---- the line's thread

    def step(self, t_ns: int, came: Sequence[Message], asks: Iterable[tuple[str, Ask]] = ()) -> tuple[Message, ...]:
        """Messages came, time has passed: what is to be said now, everything that it rests on being kept.

        While that cannot be kept nothing is to be said but this.
        """
        said: list[Message] = []
        for message in came:
            if isinstance(message, NotRecorded):
                self._hear_of(message, t_ns)
            else:
                self.unrecorded.pop(message.frm, None)
                said += self.service.hear(message, t_ns)
        for key, ask in asks:
            self._heed(key, ask, t_ns)
        while self._wishes:
            self.service.hand_over(*self._wishes.popleft(), t_ns)
        if self._seen is not self._seen_before or t_ns - self._t_looked_ns > LOOK_S * NS_PER_S:
            self._seen_before, self._t_looked_ns = self._seen, t_ns
            self._look(self._seen, t_ns)
        self._leave_unseen(t_ns)
        said += self.service.tick(t_ns)
        self._watch_giving(t_ns)
        self.news.extend(self.service.take_news())
        if not self._save():
            return self._cry(t_ns)
        self._publish(t_ns)
        return tuple(said)

    def conflicts(self) -> list[tuple[str, str]]:
        """Numbers, and what is said of each that contradicts itself: for people, who decide."""
        found = []
        for number, by_node in self.service.kept.opinions.items():
            duty = self.service.kept.duties.get(number)
            names = {one.identity for one in by_node.values() if one.identity}
            is_decided = any(node.startswith("people at ") for node in by_node)
            if len(names) > 1 and not is_decided and duty is not None and not duty.dropped:
                said = "; ".join(f"{one.node} says {one.identity}" for one in by_node.values() if one.identity)
                found.append((number, said))
        return found + [(pair[0], words) for pair, words in self.doubles.items()]

    def _heed(self, key: str, ask: Ask, t_ns: int) -> None:
        service = self.service
        number = find_number(ask.track, service.kept.names, service.kept.duties)
        if number is None:
            self.answers.append((key, False, f"{ask.track} is no track here; `vedette node status` lists them"))
            return
        if ask.do == "identify":
            service.identify(number, ask.identity, t_ns, who=ask.by or "people")
            self.answers.append((key, True, f"{number} is {ask.identity}, as people at {service.name} say"))
            return
        holder = service.holder_of(number) or "nobody"
        if ask.to not in self.group.names:
            words = f"{ask.to} is none of the services {', '.join(self.group.names)}"
        elif holder == ask.to:
            words = f"{number} is reported by {holder} already"
        elif holder != service.name:
            words = f"{number} is reported by {holder}, which alone can give it"
        elif service.hand_over(number, ask.to, t_ns):
            self._giving[key] = (number, ask.to, t_ns)
            return
        else:
            words = f"{ask.to} is not heard, or duties are just being shared out anew; try again"
        self.answers.append((key, holder == ask.to, words))

    def _watch_giving(self, t_ns: int) -> None:
        for key, (number, to, since) in tuple(self._giving.items()):
            holder, waits = self.service.holder_of(number), number in self.service.loose.offers
            if holder == to:
                self.answers.append((key, True, f"{number} is reported by {to} now"))
            elif not waits and holder == self.service.name:
                self.answers.append((key, False, f"{to} does not see {number}; it stays with {holder}"))
            elif t_ns - since > ANSWER_S * NS_PER_S:
                self.answers.append((key, False, f"{to} has not answered; {number} stays with {holder or 'nobody'}"))
            else:
                continue
            del self._giving[key]

    # ---- what is seen

    def _look(self, seen: Seen, t_ns: int) -> None:
        service, kept = self.service, self.service.kept
        self.doubles = {}
        joined, self._joined = self._joined, {}
        looked: dict[str, int] = {}
        for local, quality in seen.tracks.items():
            number, others = self._number(local, seen, quality, t_ns)
            looked[number] = max(quality, looked.get(number, 0))
            identity = seen.identities.get(local, "")
            if identity:
                service.identify(number, identity, t_ns)
            for other in others:
                pair = (min(number, other), max(number, other))
                self._joined[pair] = joined.get(pair, t_ns)
                if t_ns - self._joined[pair] > MERGE_S * NS_PER_S:
                    self._same(*pair, t_ns)
            if local in seen.places_deg and service.holder_of(number) == service.name:
                self._move(number, seen.places_deg[local], t_ns)
        for number in [one for one in service.loose.sees if one not in looked]:
            service.look(number, 0)
        for number, quality in looked.items():
            service.look(number, quality)
        if len(kept.names) > 2 * len(seen.tracks) + 10_000:  # those of watches that are over
            stays = {number for number, duty in kept.duties.items() if not duty.dropped}
            kept.names = {one: n for one, n in kept.names.items() if one in seen.tracks or n in stays}

    def _number(self, local: str, seen: Seen, quality: int, t_ns: int) -> tuple[str, list[str]]:
        """The number of what the watch calls `local` (it has one, others gave it one, or it is given one now), and
        others that it has as well."""
        service = self.service
        others = sorted({self._resolved(number) for number in seen.joins.get(local, ())})
        others = [number for number in others if not self._is_over(number)]
        held = service.number_of(local)
        mine = None if held is None else self._resolved(held)
        parents = tuple(n for name in seen.parents.get(local, ()) if (n := service.number_of(name)) is not None)
        if held is not None and mine is not None and self._is_over(mine):  # said to be gone, and seen again
            del service.kept.names[local]
            mine, parents = None, (held,)
        if mine is None:
            if not others:
                return service.begin(local, t_ns, parents, quality), []
            mine = others[0]
        if mine != held:
            service.adopt(local, mine, quality)
        return mine, [other for other in others if other != mine]

    def _same(self, one: str, other: str, t_ns: int) -> None:
        opinions = self.service.kept.opinions
        names = {o.identity for n in (one, other) for o in opinions.get(n, {}).values() if o.identity}
        if len(names) > 1:
            words = f"{one} and {other} look like one object, taken for {' and '.join(sorted(names))}"
            self.doubles[one, other] = words
        self.service.same(one, other, t_ns)

    def _resolved(self, number: str) -> str:
        """The number that goes on, where one was merged into another."""
        duties, seen = self.service.kept.duties, {number}
        while (duty := duties.get(number)) is not None and duty.dropped and duty.into and duty.into not in seen:
            number = duty.into
            seen.add(number)
        return number

    def _is_over(self, number: str) -> bool:
        duty = self.service.kept.duties.get(number)
        return duty is not None and bool(duty.dropped)

    def _move(self, number: str, place_deg: tuple[float, float], t_ns: int) -> None:
        """To whose region it flies through, if that service would have it."""
        whose = self.group.region_of(*place_deg, now=self.service.name, margin_km=MARGIN_KM)
        is_early = t_ns < self._t_moved.get(number, t_ns - 1 - round(MOVE_S * NS_PER_S)) + MOVE_S * NS_PER_S
        if whose not in ("", self.service.name) and not is_early:
            self._t_moved[number] = t_ns
            self.service.hand_over(number, whose, t_ns)

    def _leave_unseen(self, t_ns: int) -> None:
        """What is ours to report and is seen here no more: given to one who sees it, or dropped as lost."""
        service, sees = self.service, self.service.loose.sees
        ours = [n for n, duty in service.kept.duties.items() if duty.holder == service.name and not duty.dropped]
        unseen = [number for number in ours if number not in sees]
        self._unseen = {number: self._unseen.get(number, (t_ns, set())) for number in unseen}
        for number, (since, asked) in self._unseen.items():
            if t_ns - since < UNSEEN_S * NS_PER_S or number in service.loose.offers or not service.has_lease(t_ns):
                continue
            left = [one for one in service.kept.members if one != service.name and one not in asked]
            if not left:
                service.drop(number, "lost", t_ns)
            elif service.hand_over(number, left[0], t_ns):
                asked.add(left[0])

    # ---- what cannot be kept, here and elsewhere

    def _cry(self, t_ns: int) -> tuple[Message, ...]:
        """To every other service, once a second: what it vouched for is over soon, and they take over."""
        if t_ns - self._t_cried_ns < SAID_AGAIN_S * NS_PER_S:
            return ()
        self._t_cried_ns = t_ns
        return tuple(NotRecorded(frm=self.service.name, to=one, words=self.trouble) for one in self.service.others)

    def _hear_of(self, message: NotRecorded, t_ns: int) -> None:
        if message.frm not in self.unrecorded:
            text = f"{message.frm} reports nothing any more: {message.words}"
            self.news.append(ServiceNews(t_ns=t_ns, kind="not-recorded", node=message.frm, text=text))
        self.unrecorded[message.frm] = (message.words, t_ns)

    def trouble_of(self, name: str, t_ns: int) -> str:
        """What another service says of itself, while it says so."""
        words, t_said_ns = self.unrecorded.get(name, ("", t_ns))
        return words if t_ns - t_said_ns < BELIEVED_S * NS_PER_S else ""

    # ---- kept, and published

    def _save(self) -> bool:
        body = encode_kept(self.service.kept)
        if body == self._saved:
            return True
        newest = encode_newest(self.newest)

        def work(writing) -> None:  # type: ignore[no-untyped-def]
            writing.keep_document(ROOM, self._key, body)
            writing.keep_document(ROOM, f"{self._key}/heard", newest)

        try:
            self.store.write(work)
        except VedetteError as trouble:
            mark = "" if "NOT RECORDED" in str(trouble) else "NOT RECORDED: "
            self.trouble = f"{mark}{trouble}"
            return False
        self._saved, self.trouble = body, ""
        return True

    def _publish(self, t_ns: int) -> None:
        until = t_ns + round(SURE_FOR_S * NS_PER_S)
        names = self.service.kept.names
        before = self.standing.names
        same = len(names) == len(before) and all(before.get(one) == number for one, number in names.items())
        self.standing = Standing(before if same else dict(names), frozenset(self.service.reporting(until)), until)


def _kept(store: NodeStore, key: str) -> Kept | None:
    body = store.document(ROOM, key)
    if body is not None:
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            return decode_kept(body)
    return None


def _reserved(store: NodeStore, name: str) -> int:
    """Blocks of numbers begun here in any mode."""
    found = (_kept(store, key) for key in store.documents(ROOM) if key.split("/")[0] == name and "/heard" not in key)
    return max((one.blocks.reserved for one in found if one is not None), default=0)


def duties_of(desk: ServiceDesk) -> list[Duty]:
    """Every track that somebody reports, by number."""
    return sorted(
        (duty for duty in tuple(desk.service.kept.duties.values()) if not duty.dropped), key=lambda one: one.number
    )
