"""Everything that can happen to an alert while two machines may act for its desk, within so many steps.

A machine takes the lease (whenever it likes: leases run out at any time), proposes what its picture says, falls behind,
crashes, comes back. Five people act, each on a revision they saw: an act may come at any time, twice, in any order, or
never. One journal grows: a machine that takes over has read it to its end, one that lost the lease does not know that.
The desk is folded by the rules that the real one uses, and its fence is what the real one keeps beside its records.

What must hold is read from the records alone, by other words than the rules': who sent what with whose consent, in
which order, by which token. From every world that is drawn by its digest, an orderly end must lead to a sent message.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from vedette.assessment.alerts import Act, Attention, Desk, DeskKind, Person, after, attend, cancel, fold, propose
from vedette.assessment.alerts import release as release_
from vedette.assessment.alerts import update as update_
from vedette.assessment.alerts.draft import DraftSource, alert_id_of, draft_event
from vedette.assessment.alerts.judge import trouble_of
from vedette.assessment.alerts.records import Approved, Proposed, Record, Sent, revision_of
from vedette.core.constants import NS_PER_S
from vedette.core.errors import VedetteError
from vedette.exercise.explore_services import Explored
from vedette.reports import Alert, Candidate, Cause, Evidence, Explanation, Message, Mode, ObjectSummary
from vedette.reports.alert_event import AlertEvent, MessageType

T0_TAI_NS = 986_083_200 * NS_PER_S
OLD = -1  # token of a machine that holds none


@dataclass(frozen=True, slots=True)
class Machine:
    """One that may act: what it believes."""

    token: int = OLD
    version: int = 0  # of its picture; 0 when it is down
    is_up: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """All of it."""

    desk: int = 0  # interned
    journal: int = 1  # version that the journal has grown to
    token: int = 0  # of the lease
    holder: int = -1
    fence: int = 0
    machines: tuple[Machine, ...] = (Machine(), Machine())
    acts: frozenset[int] = frozenset()  # still under way
    repeats: int = 1
    crashes: int = 1


class AlertExplorer:
    """Worlds of one alert; `is_fenced` False shows what the fence is for."""

    def __init__(self, mode: Mode = Mode.REAL, is_fenced: bool = True, repeats: int = 1, crashes: int = 1) -> None:
        self.is_fenced, self._first = is_fenced, (repeats, crashes)
        source = DraftSource(link=b"\x07" * 32, entry_count=1, chain=b"\x08" * 32, sender="floor", engine_version="1")
        self.alert_id = alert_id_of(source, "O1", mode)
        told = ((Evidence.CONFIRMED, "first"), (Evidence.CONFIRMED, "second"), (Evidence.WITHDRAWN, "third"))
        self.drafts = [_draft(source, mode, evidence, text) for evidence, text in told]
        self.revisions = [revision_of(one) for one in self.drafts]
        anna, ben, cora = (
            Person(account=name, session=f"s-{name}", roles=(role,))
            for name, role in (
                ("anna", "releasing-officer"), ("ben", "releasing-officer"), ("cora", "senior-watch-officer"),
            )
        )  # fmt: skip
        self.acts: list[tuple[str, Person, str]] = [
            ("release", anna, self.revisions[0]), ("release", ben, self.revisions[0]),
            ("release", ben, self.revisions[1]), ("update", anna, self.revisions[1]),
            ("update", ben, self.revisions[1]), ("cancel", cora, ""), ("attend", cora, ""),
        ]  # fmt: skip
        kind = DeskKind.LIVE if mode is Mode.REAL else DeskKind.DRILL
        self._desks: list[tuple[Desk, tuple[tuple[Record, int], ...]]] = [(fold(kind, ()), ())]
        self._index: dict[bytes, int] = {self._key(()): 0}
        self._after: dict[tuple[int, str, int, int], int] = {}

    def first(self) -> World:
        """Nothing has happened, everything may."""
        return World(acts=frozenset(range(len(self.acts))), repeats=self._first[0], crashes=self._first[1])

    def records(self, world: World) -> tuple[tuple[Record, int], ...]:
        """What the desk has on disk, each with the token it was written by; people's have 0."""
        return self._desks[world.desk][1]

    def next_worlds(self, world: World) -> Iterator[World]:
        """Every world that is one step away."""
        for i, one in enumerate(world.machines):
            if not one.is_up:
                yield _with(world, i, Machine(), world.crashes)
                continue
            if world.holder != i:  # the other's lease is over, whether the other knows it or not
                taken = Machine(world.token + 1, world.journal)
                yield _moved(_with(world, i, taken, world.crashes), token=world.token + 1, holder=i)
            if one.token != OLD and one.version:
                allowed = not self.is_fenced or one.token >= world.fence
                if allowed:
                    desk = self._propose(world.desk, one)
                    yield _moved(world, desk=desk, fence=max(world.fence, one.token))
                if world.holder == i and one.version < len(self.drafts):  # a report comes: journal, then picture
                    grown = Machine(one.token, max(one.version, world.journal) + 1)
                    if grown.version <= len(self.drafts):
                        yield _moved(_with(world, i, grown, world.crashes), journal=grown.version)
            if world.crashes:
                yield _with(world, i, Machine(is_up=False), world.crashes - 1)
        for number in world.acts:
            desk = self._act(world.desk, number)
            yield _moved(world, desk=desk, acts=world.acts - {number})
            if world.repeats and desk != world.desk:  # its answer was lost: it comes again
                yield _moved(world, desk=desk, repeats=world.repeats - 1)

    def trouble(self, world: World) -> str:
        """What is wrong with the records of a world; empty when nothing is."""
        desk, written = self._desks[world.desk]
        sequence, token, version = 0, 0, 0
        standing: list[str] = []
        newest, is_fresh = "", False
        approved: tuple[str, str] = ("", "")
        seen: Desk = fold(desk.kind, ())
        for record, by in written:
            words = trouble_of(seen, record)
            if words:
                return words
            seen = after(seen, (record,))
            if isinstance(record, Proposed):
                if by < token:
                    return f"proposed by token {by} after {token} had acted"
                if self.revisions.index(record.revision) + 1 < version:
                    return "an old picture took the place of a newer one"
                if record.revision == newest:
                    return "the same was proposed twice in a row"
                token, version = by, self.revisions.index(record.revision) + 1
                newest, is_fresh, approved = record.revision, True, ("", "")
            elif isinstance(record, Approved):
                approved = (record.person.account, record.revision)
            elif isinstance(record, Sent):
                sequence += 1
                if record.sequence != sequence:
                    return "messages are not numbered without gaps"
                if record.event.message_type is MessageType.CANCEL:
                    standing, is_fresh = [], False
                    continue
                who = {one.account for one in record.people}
                if len(who) != 2 or approved != (record.people[0].account, newest) or record.revision != newest:
                    return "sent without two people who saw the newest revision"
                if record.revision in standing:
                    return "sent twice"
                if not is_fresh:
                    return "sent after it was cancelled, and nothing was proposed since"
                if (record.event.message_type is MessageType.UPDATE) is not bool(standing):
                    return "an update without an alert, or a second alert"
                standing.append(record.revision)
                approved = ("", "")
        if seen != desk:
            return "the desk is not what its records say"
        return ""

    def ended(self, world: World) -> str:
        """One machine takes over in order, two people release or one cancels: then nothing is left to be said."""
        taken = Machine(world.token + 1, world.journal)
        desk_index = self._propose(world.desk, taken)
        desk = self._desks[desk_index][0]
        life = desk.lives[self.alert_id]
        t = T0_TAI_NS + 900 * NS_PER_S  # any approval is old by then
        if life.evidence is Evidence.WITHDRAWN:
            if life.standing:
                act = Act(alert_id=self.alert_id, person=self.acts[5][1], t_tai_ns=t, reason="mistake")
                desk = after(desk, cancel(desk, act).records)
            said = desk.lives[self.alert_id].message(t)
            return "" if said in (Message.NONE, Message.CANCELLED) else f"withdrawn, and {said} in the end"
        if life.message(t) is Message.CANCELLED:
            return ""  # and nothing new since
        if not (life.standing and life.standing[-1].revision == life.newest.revision):
            say = update_ if life.standing else release_
            for who in (self.acts[0][1], self.acts[1][1]):
                act = Act(alert_id=self.alert_id, person=who, t_tai_ns=t, revision=life.newest.revision)
                try:
                    desk = after(desk, say(desk, act).records)
                except VedetteError as refusal:
                    return f"cannot be sent in the end: {refusal}"
        said = desk.lives[self.alert_id].message(t)
        return "" if said in (Message.RELEASED, Message.UPDATED) else f"{said} in the end"

    # ---- pieces

    def _propose(self, desk: int, machine: Machine) -> int:
        def rule(now: Desk, t_tai_ns: int) -> tuple[Record, ...]:
            return propose(now, self.alert_id, self.drafts[machine.version - 1], t_tai_ns).records

        return self._written(desk, "propose", machine.version, machine.token, rule)

    def _act(self, desk: int, number: int) -> int:
        verb, person, revision = self.acts[number]

        def rule(now: Desk, t_tai_ns: int) -> tuple[Record, ...]:
            act = Act(
                alert_id=self.alert_id, person=person, t_tai_ns=t_tai_ns, revision=revision,
                reason="mistake" if verb == "cancel" else "",
            )  # fmt: skip
            if verb == "attend":
                return attend(now, act, Attention.ACKNOWLEDGED).records
            return {"release": release_, "update": update_, "cancel": cancel}[verb](now, act).records

        return self._written(desk, "act", number, 0, rule)

    def _written(self, desk: int, verb: str, number: int, token: int, rule) -> int:  # type: ignore[no-untyped-def]
        key = (desk, verb, number, token)
        if key not in self._after:
            now, written = self._desks[desk]
            try:
                records = rule(now, T0_TAI_NS + (10 + len(written)) * NS_PER_S)
            except VedetteError:  # refused: nothing is written but the refusal, which changes no alert
                records = ()
            more = (*written, *((record, token) for record in records))
            name = self._key(more)
            if name not in self._index:
                self._index[name] = len(self._desks)
                self._desks.append((after(now, records), more))
            self._after[key] = self._index[name]
        return self._after[key]

    @staticmethod
    def _key(written: tuple[tuple[Record, int], ...]) -> bytes:
        return hashlib.sha256(repr(written).encode()).digest()


def explore_alerts(explorer: AlertExplorer, depth: int, end_every: int = 20, most: int = 5_000_000) -> Explored:
    """Every world within so many steps; from one in `end_every` it is played to its end."""
    out = Explored(depth=depth)
    start = explorer.first()
    seen, border = {start}, [start]
    judged: dict[int, str] = {}
    for level in range(depth + 1):
        out.by_depth.append(len(border))
        out.worlds += len(border)
        further: list[World] = []
        for number, world in enumerate(border):
            if world.desk not in judged:
                judged[world.desk] = explorer.trouble(world)
            if judged[world.desk]:
                out.troubles.append(f"after {level} steps: {judged[world.desk]}")
                continue
            if number % end_every == 0:
                out.ended += 1
                words = explorer.ended(world)
                if words:
                    out.troubles.append(f"after {level} steps: {words}")
            if level == depth:
                continue
            for one in explorer.next_worlds(world):
                out.steps += 1
                if one not in seen and len(seen) < most:
                    seen.add(one)
                    further.append(one)
        border = further
    return out


def _with(world: World, i: int, machine: Machine, crashes: int) -> World:
    machines = (*world.machines[:i], machine, *world.machines[i + 1 :])
    return World(
        world.desk, world.journal, world.token, world.holder, world.fence, machines, world.acts, world.repeats, crashes
    )


def _moved(
    world: World, *, desk: int | None = None, journal: int | None = None, token: int | None = None,
    holder: int | None = None, fence: int | None = None, acts: frozenset[int] | None = None,
    repeats: int | None = None,
) -> World:  # fmt: skip
    def of(new: int | None, old: int) -> int:
        return old if new is None else new

    return World(
        of(desk, world.desk), of(journal, world.journal), of(token, world.token), of(holder, world.holder),
        of(fence, world.fence), world.machines, world.acts if acts is None else acts, of(repeats, world.repeats),
        world.crashes,
    )  # fmt: skip


def _draft(source: DraftSource, mode: Mode, evidence: Evidence, text: str) -> AlertEvent:
    why = (Explanation(name=Cause.MEDIUM_RANGE, probability=1.0, reasons_for=("burns for 90 s",)),)
    candidate = Candidate(
        id="C1", subject="object", object_id="O1", sensors=("ir",), t_first_tai_ns=T0_TAI_NS, t_tai_ns=T0_TAI_NS,
        evidence=evidence, explanations=why,
    )  # fmt: skip
    alert = Alert(
        id="O1-launch", kind="launch", object_id="O1", evidence=evidence, message=Message.PROPOSED,
        t_tai_ns=T0_TAI_NS, text=text, reasons_for=(text,), phenomena=("infrared", "radar"),
    )  # fmt: skip
    summary = ObjectSummary(id="O1", class_name="medium", probabilities={}, phase="boost", sensors=("ir", "radar"))
    return draft_event(source, mode, summary, [alert], candidate, T0_TAI_NS, ())
