"""One service by itself: what it holds and keeps, what it may report, and what it owes the others.

No clock, no chance, no network: instants are arguments (of a clock that never steps).
"""

from typing import Self

import msgspec

from vedette.core.errors import UsageError
from vedette.sharing.services.group import ServiceGroup
from vedette.sharing.services.messages import Duty, Opinion
from vedette.sharing.services.numbers import NumberBlocks, Numbers
from vedette.sharing.services.state import Kept, Loose, ServiceNews, decode_kept, encode_kept

MOST_DROPPED = 10_000  # duties of tracks that nobody reports any more, kept so that they do not come back
PEOPLE = "people at "


class Holder:
    """One service, as far as it needs to hear nobody; `kept` is None the first time, later what was on disk."""

    def __init__(self, group: ServiceGroup, name: str, t_ns: int, kept: Kept | None = None) -> None:
        slot = group.member(name).slot
        self.group, self.name = group, name
        self.kept = Kept(node=name, blocks=NumberBlocks(slot=slot)) if kept is None else kept
        if self.kept.node != name or self.kept.blocks.slot != slot:
            raise UsageError(
                f"what is kept belongs to {self.kept.node!r}, slot {self.kept.blocks.slot}, not to {name!r}"
            )
        self.kept.life += 1
        self.numbers = Numbers(group.owner, self.kept.blocks)
        self.loose = Loose(t_started_ns=t_ns, t_beat_ns=t_ns)
        self.others = tuple(one for one in group.names if one != name)
        self.news: list[ServiceNews] = []
        for duty in self.kept.duties.values():
            self._spread(duty)
        for number in self.kept.opinions:
            for opinion in self._own_opinions(number):
                self._spread_opinion(opinion)

    def snapshot(self) -> tuple[bytes, bytes]:
        """All of it, as it is now: what is kept, and what a crash takes."""
        return encode_kept(self.kept), msgspec.msgpack.encode(self.loose)

    @classmethod
    def restored(cls, group: ServiceGroup, name: str, kept: bytes, loose: bytes) -> Self:
        """The very same service, gone on with from a snapshot as if nothing had happened."""
        one = cls(group, name, 0, decode_kept(kept))
        one.kept.life -= 1
        one.loose = msgspec.msgpack.decode(loose, type=Loose)
        return one

    @property
    def _is_changing(self) -> bool:
        return self.kept.joined > self.kept.view

    # ---- what the watch asks

    def may_report(self, number: str, t_ns: int) -> bool:
        """True when this service, and no other, reports the track at this instant."""
        duty = self.kept.duties.get(number)
        return duty is not None and duty.holder == self.name and not duty.dropped and self.has_lease(t_ns)

    def reporting(self, t_ns: int) -> tuple[str, ...]:
        """Every track that is to be reported by this service now."""
        if not self.has_lease(t_ns):
            return ()
        return tuple(n for n, duty in self.kept.duties.items() if duty.holder == self.name and not duty.dropped)

    def holder_of(self, number: str) -> str:
        """Who reports a track, as far as is known here; "" when nobody does."""
        duty = self.kept.duties.get(number)
        return "" if duty is None or duty.dropped else duty.holder

    def has_lease(self, t_ns: int) -> bool:
        """True while a majority vouches for this service."""
        if self.name not in self.kept.members:
            return False
        ok = {one for one, t in self.loose.vouched.items() if t_ns < t + self.group.lease_ns}
        return self.group.is_majority(ok | {self.name})

    def live(self, t_ns: int) -> tuple[str, ...]:
        """Who was heard within the lease, this one among them."""
        heard = self.loose.heard
        return tuple(
            one for one in self.group.names
            if one == self.name or (one in heard and t_ns < heard[one][2] + self.group.lease_ns)
        )  # fmt: skip

    def number_of(self, local_id: str) -> str | None:
        """The number of an object by the name it has here."""
        return self.kept.names.get(local_id)

    def take_news(self) -> tuple[ServiceNews, ...]:
        """What is to be told since the last time."""
        news, self.news = tuple(self.news), []
        return news

    # ---- small things

    def _own(self, duty: Duty) -> None:
        self.kept.duties[duty.number] = duty
        self._spread(duty)

    def _spread(self, duty: Duty) -> None:
        for one in self.others:
            self.loose.news.setdefault(one, {})[duty.number] = duty.step

    def _spread_opinion(self, opinion: Opinion) -> None:
        for one in self.others:
            owed = self.loose.opinion_news.setdefault(one, {})
            owed[opinion.number] = max(opinion.step, owed.get(opinion.number, 0))

    def _own_opinions(self, number: str) -> list[Opinion]:
        """Those that were formed at this service, by itself or by its people."""
        ours = (self.name, PEOPLE + self.name)
        return [one for node, one in self.kept.opinions[number].items() if node in ours]

    def _hear_opinion(self, opinion: Opinion, frm: str, t_ns: int) -> None:
        had = self.loose.have_opinions.setdefault(frm, {})
        had[opinion.number] = max(opinion.step, had.get(opinion.number, 0))
        by_node = self.kept.opinions.setdefault(opinion.number, {})
        held = by_node.get(opinion.node)
        if held is None or opinion.step > held.step:
            by_node[opinion.node] = opinion
            self._look_for_conflict(opinion.number, t_ns)

    def _look_for_conflict(self, number: str, t_ns: int) -> None:
        by_node = self.kept.opinions[number]
        if any(node.startswith(PEOPLE) for node in by_node):
            return
        names = {one.identity for one in by_node.values() if one.identity}
        if len(names) > 1 and self.loose.told_conflicts.get(number) != len(names):
            self.loose.told_conflicts[number] = len(names)
            said = "; ".join(f"{one.node} says {one.identity}" for one in by_node.values() if one.identity)
            self._tell(t_ns, "conflict", number, "", f"{number}: {said}")

    def _forget_old(self) -> None:
        dropped = [number for number, duty in self.kept.duties.items() if duty.dropped]
        for number in dropped[: max(0, len(dropped) - MOST_DROPPED)]:
            del self.kept.duties[number]

    def _tell(self, t_ns: int, kind: str, number: str, node: str, text: str) -> None:
        self.news.append(ServiceNews(t_ns=t_ns, kind=kind, number=number, node=node, text=text))
