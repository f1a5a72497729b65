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

from vedette.core.errors import UsageError
from vedette.sharing.services.holder import PEOPLE
from vedette.sharing.services.messages import Beat, Duty, Install, Join, Message, NotRecorded, Opinion, Propose, Version
from vedette.sharing.services.numbers import slot_of
from vedette.sharing.services.voter import Voter

MOST = 250  # duties, offers or opinions in one beat
DROPS = ("lost", "down", "merged", "withdrawn")
OFFER_PATIENCE_BEATS = 20


class Service(Voter):
    """One service; `kept` is None the first time, later what was on disk."""

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
            case NotRecorded():  # for people alone
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


def _after(parents: tuple[str, ...]) -> str:
    return f", out of {', '.join(parents)}" if parents else ""
