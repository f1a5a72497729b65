"""One service among several of one owner: who reports which track, agreed by messages that may be lost or come twice.

Three rules make it so that never two report one track, and that none is left to nobody:

- A track changes hands in two steps: its holder asks, the other says yes, and only then the holder writes down that it
  is the other's. What was written is told until the other says that it has it. Epochs (view, step) only grow.
- A service reports only while a majority of votes vouched for a beat of it within the lease. Who vouches promises to
  take part in no view without that service until the lease is over by its own clock, with a margin.
- When one falls silent, a majority agrees on a view without it: everybody in the view says all it knows, changes of
  hands rest meanwhile, and the tracks of the silent one are given out under a greater epoch.

No clock, no chance, no network: instants are arguments (of a clock that never steps), messages come and go as values.
After every call, `kept` must be on disk before the messages that it returned leave.
"""

import msgspec
from msgspec.structs import replace

from vedette.core.errors import UsageError
from vedette.sharing.services.group import ServiceGroup
from vedette.sharing.services.messages import Beat, Duty, Install, Join, Message, Opinion, Propose, Version
from vedette.sharing.services.numbers import NumberBlocks, Numbers, slot_of
from vedette.sharing.services.state import Kept, Loose, ServiceNews, decode_kept, encode_kept
from vedette.sharing.services.views import assigned, newest

MOST = 250  # duties, offers or opinions in one beat
MOST_DROPPED = 10_000  # duties of tracks that nobody reports any more, kept so that they do not come back
DROPS = ("lost", "down", "merged", "withdrawn")
OFFER_PATIENCE_BEATS = 20
PEOPLE = "people at "


class Service:
    """One service; `kept` is None the first time, later what was on disk."""

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
    def restored(cls, group: ServiceGroup, name: str, kept: bytes, loose: bytes) -> "Service":
        """The very same service, gone on with from a snapshot as if nothing had happened."""
        one = cls(group, name, 0, decode_kept(kept))
        one.kept.life -= 1
        one.loose = msgspec.msgpack.decode(loose, type=Loose)
        return one

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

    # ---- what the watch says

    def begin(self, local_id: str, t_ns: int, parents: tuple[str, ...] = (), quality: int = 1) -> str:
        """A new object: the number it has from now on, everywhere. The same name again gives the same number."""
        if local_id in self.kept.names:
            return self.kept.names[local_id]
        number = self.numbers.give()
        duty = Duty(number, self.name, self.kept.view, 0, parents)
        self.kept.duties[number] = duty
        self.kept.names[local_id] = number
        self.loose.sees[number] = quality
        if self._is_changing:
            self.kept.fresh.append(number)
        self._spread(duty)
        self._tell(t_ns, "begun", number, self.name, f"{number} begun" + _after(parents))
        return number

    def adopt(self, local_id: str, number: str, quality: int = 1) -> None:
        """An object seen here is one that has a number already."""
        self.kept.names[local_id] = number
        self.loose.sees[number] = quality

    def look(self, number: str, quality: int) -> None:
        """How well this service sees a track now; 0: not at all. The best of them takes over what is left behind."""
        if quality > 0:
            self.loose.sees[number] = quality
        else:
            self.loose.sees.pop(number, None)

    def drop(self, number: str, reason: str, t_ns: int, into: str = "") -> bool:
        """The track is reported no longer; True when it was ours to say."""
        if reason not in DROPS:
            raise UsageError(f"dropped because {reason!r}: say {', '.join(DROPS)}")
        duty = self.kept.duties.get(number)
        if duty is None or duty.holder != self.name or duty.dropped:
            return False
        self._own(Duty(number, self.name, duty.view, duty.step + 1, duty.parents, reason, into))
        self._forget_old()
        self._tell(t_ns, "dropped", number, self.name, f"{number} {reason}" + (f", goes on as {into}" if into else ""))
        return True

    def hand_over(self, number: str, to: str, t_ns: int) -> bool:
        """Ask another to report a track from now on; True when it was asked. It stays ours until the other says yes."""
        duty = self.kept.duties.get(number)
        is_ours = duty is not None and duty.holder == self.name and not duty.dropped
        if (
            not is_ours
            or self._is_changing
            or to == self.name
            or to not in self.kept.members
            or number in self.loose.offers
        ):
            return False
        assert duty is not None
        self.loose.offers[number] = (to, duty.version, t_ns)
        return True

    def identify(self, number: str, identity: str, t_ns: int, who: str = "") -> None:
        """What this service takes an object for; `who` is set when it is people's decision, which ends a conflict."""
        node = PEOPLE + self.name if who else self.name
        held = self.kept.opinions.get(number, {}).get(node)
        if held is not None and held.identity == identity:
            return
        self.kept.opinion_step += 1
        opinion = Opinion(number, node, identity, self.kept.opinion_step)
        self.kept.opinions.setdefault(number, {})[node] = opinion
        self._spread_opinion(opinion)
        self._look_for_conflict(number, t_ns)

    def same(self, one: str, other: str, t_ns: int) -> bool:
        """Two numbers are one object: the greater is dropped into the lesser, by its holder; people decide where the
        two were taken for different things. True when this service dropped one."""
        keep, lose = sorted((one, other))
        names = {o.identity for n in (keep, lose) for o in self.kept.opinions.get(n, {}).values() if o.identity}
        if len(names) > 1:
            if self.loose.told_conflicts.get(f"{keep}={lose}") != len(names):
                self.loose.told_conflicts[f"{keep}={lose}"] = len(names)
                words = f"{keep} and {lose} look like one object, and are taken for {' and '.join(sorted(names))}"
                self._tell(t_ns, "conflict", keep, "", words)
            return False
        for local, number in self.kept.names.items():
            if number == lose:
                self.kept.names[local] = keep
        return self.drop(lose, "merged", t_ns, keep)

    # ---- time and messages

    def tick(self, t_ns: int) -> tuple[Message, ...]:
        """Time has passed: beats when they are due, and a view when one is wanted."""
        out: list[Message] = []
        if t_ns >= self.loose.t_beat_ns:
            self.loose.t_beat_ns = t_ns + self.group.beat_ns
            self._drop_old_offers(t_ns)
            out += [self._beat(one, t_ns) for one in self.others]
            out += self._govern(t_ns)
        is_alone = not self.has_lease(t_ns)
        if is_alone is not self.loose.is_alone and self.kept.view > 0:
            words = "cut off from most: goes on watching, reports nothing as its own" if is_alone else "with most again"
            self._tell(t_ns, "alone" if is_alone else "together", "", self.name, f"{self.name} is {words}")
            self.loose.is_alone = is_alone
        return tuple(out)

    def hear(self, message: Message, t_ns: int) -> tuple[Message, ...]:
        """A message came; what is to be sent because of it."""
        if message.to != self.name or message.frm not in self.others:
            return ()
        match message:
            case Beat():
                return self._hear_beat(message, t_ns)
            case Propose():
                return self._hear_proposal(message, t_ns)
            case Join():
                return self._hear_join(message, t_ns)
            case Install():
                self._hear_install(message, t_ns)
                return ()

    # ---- beats

    def _beat(self, to: str, t_ns: int) -> Beat:
        loose, duties = self.loose, self.kept.duties
        news = [duties[n] for n in list(loose.news.get(to, ()))[:MOST] if n in duties]
        words = [o for n in list(loose.opinion_news.get(to, ()))[:MOST] for o in self._own_opinions(n)]
        offers = [version for whom, version, _ in loose.offers.values() if whom == to][:MOST]
        heard = loose.heard.get(to)
        promised = heard is not None and loose.views.get(to, 0) > self.kept.fences.get(to, -1)
        return Beat(
            frm=self.name, to=to, life=self.kept.life, t_sent_ns=t_ns, view=self.kept.view, joined=self.kept.joined,
            granted=(heard[0], heard[1]) if heard is not None and promised else None,
            duties=tuple(news), have=tuple(loose.have.pop(to, {}).values()),
            offers=() if self._is_changing else tuple(offers),
            accepts=tuple(loose.accepts.pop(to, {}).values()), declines=tuple(loose.declines.pop(to, {}).values()),
            opinions=tuple(words), have_opinions=tuple(loose.have_opinions.pop(to, {}).items()),
        )  # fmt: skip

    def _hear_beat(self, beat: Beat, t_ns: int) -> tuple[Message, ...]:
        loose, frm = self.loose, beat.frm
        held = loose.heard.get(frm)
        if held is None or (beat.life, beat.t_sent_ns) > held[:2]:  # an old one that comes late is no sign of life
            if held is None and self.kept.view > 0 and frm not in self.kept.members:
                self._tell(t_ns, "back", "", frm, f"{frm} is heard again")
            loose.heard[frm] = (beat.life, beat.t_sent_ns, t_ns)
            loose.views[frm] = beat.view
            if beat.view > self.kept.fences.get(frm, -1):
                loose.promised[frm] = t_ns
        if beat.granted is not None and beat.granted[0] == self.kept.life:
            loose.vouched[frm] = max(loose.vouched.get(frm, beat.granted[1]), beat.granted[1])
        self._hear_versions(beat)
        for opinion in beat.opinions:
            self._hear_opinion(opinion, frm, t_ns)
        out: list[Message] = []
        if beat.view < self.kept.view and frm in self.kept.members and not self._is_changing:
            out.append(self._install_for(frm))
        if self._is_changing or beat.view != self.kept.view or frm not in self.kept.members:
            return tuple(out)
        for duty in beat.duties:
            self._take(duty, frm, t_ns)
        for version in beat.offers:
            self._hear_offer(version, frm)
        is_given = [self._hear_accept(version, frm, t_ns) for version in beat.accepts]
        for version in beat.declines:
            self._end_offer(version, frm)
        if beat.offers or any(is_given):  # who waits for these waits without a reporter, or nearly
            out.append(self._beat(frm, t_ns))
        return tuple(out)

    def _hear_versions(self, beat: Beat) -> None:
        news = self.loose.news.get(beat.frm, {})
        for number, view, step in beat.have:
            duty = self.kept.duties.get(number)
            if duty is None or (view, step) >= duty.rank:
                news.pop(number, None)
        words = self.loose.opinion_news.get(beat.frm, {})
        for number, step in beat.have_opinions:
            if words.get(number, step + 1) <= step:
                words.pop(number)

    def _take(self, duty: Duty, frm: str, t_ns: int) -> None:
        """Newer word of a track: merged, and said to be had."""
        if duty.view != self.kept.view:
            return
        self.loose.have.setdefault(frm, {})[duty.number] = duty.version
        held = self.kept.duties.get(duty.number)
        if held is not None and held.rank >= duty.rank:
            return
        self.kept.duties[duty.number] = duty
        self.loose.offers.pop(duty.number, None)
        self.loose.sees.pop(duty.number, None) if duty.dropped else None
        self._forget_old()
        if slot_of(duty.number) == self.kept.blocks.slot and self.numbers.heard(duty.number):
            words = (
                f"{frm} tells of {duty.number}, which is of our numbers and was not known here: what was kept is lost"
            )
            self._tell(t_ns, "lost-numbers", duty.number, frm, words)
        if duty.holder == self.name and not duty.dropped:
            self._spread(duty)
            self._tell(t_ns, "held", duty.number, frm, f"{duty.number} taken from {frm}")
        elif duty.dropped:
            self._tell(t_ns, "dropped", duty.number, duty.holder, f"{duty.number} {duty.dropped}, says {duty.holder}")

    # ---- hand-over

    def _hear_offer(self, version: Version, frm: str) -> None:
        duty = self.kept.duties.get(version[0])
        if duty is None or duty.version != version or duty.holder != frm or duty.dropped:
            return  # its duty has not come yet, or it is old: it asks again, or knows better by then
        answers = self.loose.accepts if version[0] in self.loose.sees else self.loose.declines  # who sees it takes it
        answers.setdefault(frm, {})[version[0]] = version

    def _hear_accept(self, version: Version, frm: str, t_ns: int) -> bool:
        number = version[0]
        offer, duty = self.loose.offers.get(number), self.kept.duties.get(number)
        if offer is None or offer[:2] != (frm, version) or duty is None or duty.version != version:
            return False
        if duty.holder != self.name or duty.dropped:
            return False
        del self.loose.offers[number]
        self._own(Duty(number, frm, duty.view, duty.step + 1, duty.parents))
        self._tell(t_ns, "given", number, frm, f"{number} given to {frm}")
        return True

    def _end_offer(self, version: Version, frm: str) -> None:
        offer = self.loose.offers.get(version[0])
        if offer is not None and offer[:2] == (frm, version):
            del self.loose.offers[version[0]]

    def _drop_old_offers(self, t_ns: int) -> None:
        patience_ns = OFFER_PATIENCE_BEATS * self.group.beat_ns
        self.loose.offers = {n: one for n, one in self.loose.offers.items() if t_ns < one[2] + patience_ns}

    # ---- views

    @property
    def _is_changing(self) -> bool:
        return self.kept.joined > self.kept.view

    def _govern(self, t_ns: int) -> list[Message]:
        """Is another view wanted, and is it for us to propose it?"""
        live = self.live(t_ns)
        is_wanted = self._is_changing or set(live) != set(self.kept.members)
        if not is_wanted or not self.group.is_majority(set(live)):
            self.loose.t_wanted_ns = None
            return []
        if self.loose.t_wanted_ns is None:
            self.loose.t_wanted_ns = t_ns
        is_ours = self._is_changing and self.loose.proposal == self.kept.joined
        is_early = t_ns < self.loose.t_joined_ns + self.group.lease_ns
        if is_ours and is_early and set(self.loose.proposed) <= set(live):
            return [self._proposal_for(one) for one in self.loose.proposed if one not in self.loose.answers]
        since = self.loose.t_joined_ns + 2 * self.group.beat_ns if self._is_changing else self.loose.t_wanted_ns
        if t_ns < since + 2 * live.index(self.name) * self.group.beat_ns:
            return []  # one who comes before us proposes first
        view = max(self.kept.joined, self.kept.view, *self.loose.views.values(), 0) // 64 * 64 + 64
        view += self.kept.blocks.slot
        if not self._join(view, live, t_ns):
            return []
        self.loose.proposal, self.loose.proposed = view, live
        self.loose.answers = {self.name: self._answer(self.name, view)}
        return [*(self._proposal_for(one) for one in live if one != self.name), *self._install_when_all(t_ns)]

    def _proposal_for(self, to: str) -> Propose:
        return Propose(frm=self.name, to=to, view=self.loose.proposal, members=self.loose.proposed)

    def _join(self, view: int, members: tuple[str, ...], t_ns: int) -> bool:
        """Promise to take part in no older view; False while somebody outside of it was promised otherwise."""
        outside = [one for one in self.others if one not in members]
        for one in outside:
            if t_ns < max(self.loose.promised.get(one, 0), self.loose.t_started_ns) + self.group.promise_ns:
                return False
        self.kept.joined, self.kept.joined_members = view, members
        for one in outside:
            self.kept.fences[one] = view
        self.loose.t_joined_ns = t_ns
        self.loose.offers, self.loose.accepts = {}, {}
        self.loose.proposal, self.loose.proposed, self.loose.answers = 0, (), {}
        return True

    def _answer(self, to: str, view: int) -> Join:
        return Join(
            frm=self.name, to=to, view=view, duties=tuple(self.kept.duties.values()), sees=dict(self.loose.sees)
        )  # fmt: skip

    def _hear_proposal(self, proposal: Propose, t_ns: int) -> tuple[Message, ...]:
        if self.name not in proposal.members or not self.group.is_majority(set(proposal.members)):
            return ()
        is_again = proposal.view == self.kept.joined and self._is_changing
        is_newer = proposal.view > self.kept.joined
        if not is_again and not (is_newer and self._join(proposal.view, proposal.members, t_ns)):
            return ()
        return (self._answer(proposal.frm, proposal.view),)

    def _hear_join(self, join: Join, t_ns: int) -> tuple[Message, ...]:
        is_ours = join.view == self.loose.proposal == self.kept.joined and self._is_changing
        if not is_ours or join.frm not in self.loose.proposed or join.frm in self.loose.answers:
            return ()
        self.loose.answers[join.frm] = join
        return tuple(self._install_when_all(t_ns))

    def _install_when_all(self, t_ns: int) -> list[Message]:
        members = self.loose.proposed
        if set(self.loose.answers) != set(members):
            return []
        answers = [self.loose.answers[one] for one in members]
        table = assigned(newest(answers), members, self.loose.proposal, {one.frm: one.sees for one in answers})
        install = Install(frm=self.name, to=self.name, view=self.loose.proposal, members=members, duties=table)
        self._install(install, t_ns)
        return [self._install_for(one) for one in members if one != self.name]

    def _install_for(self, to: str) -> Install:
        duties = tuple(one for one in self.kept.duties.values() if not one.dropped and one.view == self.kept.view)
        return Install(frm=self.name, to=to, view=self.kept.view, members=self.kept.members, duties=duties)

    def _hear_install(self, install: Install, t_ns: int) -> None:
        if install.view > self.kept.view and install.view == self.kept.joined and self.name in install.members:
            self._install(install, t_ns)

    def _install(self, install: Install, t_ns: int) -> None:
        kept, before = self.kept, self.kept.duties
        after = {number: duty for number, duty in before.items() if duty.dropped}
        own: list[Duty] = []
        for duty in install.duties:
            mine = before.get(duty.number)
            if mine is not None and mine.dropped and mine.holder == duty.holder == self.name:
                own.append(replace(mine, view=install.view, step=1))  # dropped meanwhile
                continue
            after[duty.number] = duty
            if duty.holder == self.name and (mine is None or mine.holder != self.name):
                whose = "" if mine is None else mine.holder
                self._tell(t_ns, "taken-over", duty.number, whose, f"{duty.number} taken over from {whose or 'nobody'}")
        for number in kept.fresh:
            mine = before[number]
            if number not in {one.number for one in install.duties}:
                own.append(replace(mine, view=install.view, step=1))
        gone = [one for one in kept.members if one not in install.members]
        kept.view, kept.members, kept.joined, kept.joined_members = (
            install.view, install.members, install.view, install.members,
        )  # fmt: skip
        kept.duties, kept.fresh = after, []
        self.loose.news = {}
        self.loose.offers, self.loose.accepts, self.loose.have, self.loose.t_wanted_ns = {}, {}, {}, None
        for duty in own:
            self._own(duty)
        for one in gone:
            self._tell(t_ns, "silent", "", one, f"{one} is silent: what it reported is given to others")

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


def _after(parents: tuple[str, ...]) -> str:
    return f", out of {', '.join(parents)}" if parents else ""
