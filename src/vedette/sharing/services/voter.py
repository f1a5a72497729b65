"""Who takes part: when one falls silent, or is back, a majority agrees on a view, and shares out what is left behind.

A view is joined by promise: who joins takes part in no older one, and waits for whoever it vouched for outside of it.
Everybody in it says all it knows; one makes the table; who has the table reports by it.
"""

from msgspec.structs import replace

from vedette.sharing.services.holder import Holder
from vedette.sharing.services.messages import Duty, Install, Join, Message, Propose
from vedette.sharing.services.views import assigned, newest


class Voter(Holder):
    """A service that agrees with others on views."""

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
