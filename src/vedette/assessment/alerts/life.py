"""The life of an alert: three independent marks, folded from the records of a desk in their order.

*Evidence* is the machine's (how well it is founded), *message* is what has been said to people, *attention* is each
operator's own. No clock is read: what depends on the time takes it as an argument.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from vedette.assessment.alerts.records import (
    DESK_OF_MODE,
    Approved,
    Attended,
    Attention,
    DeskKind,
    Escalated,
    Proposed,
    Record,
    Sent,
)
from vedette.core.errors import BadInputError
from vedette.reports.alert_event import MessageReference, MessageType
from vedette.reports.findings import Evidence, Message
from vedette.reports.mode import Mode

OVER = frozenset({Evidence.WITHDRAWN, Evidence.PASSED})


@dataclass(frozen=True, slots=True)
class AlertLife:
    """One alert: what is proposed, what was said, who has seen it."""

    newest: Proposed
    revision_count: int
    t_first_tai_ns: int
    t_level_tai_ns: int  # since when the evidence is what it is
    sent: tuple[Sent, ...] = ()
    proposed_since_cancel: bool = False
    approval: Approved | None = None  # of one person, waiting for another
    attended: Mapping[str, Attended] = field(default_factory=lambda: MappingProxyType({}))  # by account
    escalated: frozenset[tuple[str, str]] = frozenset()  # (evidence, act) that were called

    @property
    def alert_id(self) -> str:
        """Its name at the desk."""
        return self.newest.alert_id

    @property
    def event_id(self) -> str:
        """What the warning core calls the event."""
        return self.newest.draft.event_id

    @property
    def mode(self) -> Mode:
        """REAL, EXERCISE, TEST or SIMULATED; never changes."""
        return self.newest.draft.mode

    @property
    def evidence(self) -> Evidence:
        """How well it is founded now."""
        return self.newest.draft.evidence

    @property
    def standing(self) -> tuple[Sent, ...]:
        """Messages that went out and were not taken back."""
        after = [i for i, one in enumerate(self.sent) if one.event.message_type is MessageType.CANCEL]
        return self.sent[after[-1] + 1 :] if after else self.sent

    @property
    def chain(self) -> tuple[MessageReference, ...]:
        """The standing messages, as a later one refers to them."""
        return tuple(one.event.reference() for one in self.standing)

    def picture_time(self, t_tai_ns: int) -> int:
        """The picture's time at an instant of the desk: the same unless a drill plays another night."""
        return t_tai_ns + self.newest.skew_ns

    def message(self, t_tai_ns: int) -> Message:
        """What has been said to people, at an instant of the desk."""
        now = self.picture_time(t_tai_ns)
        if self.standing:
            last = self.standing[-1].event
            if now > last.t_valid_until_tai_ns:
                return Message.EXPIRED
            return Message.UPDATED if last.message_type is MessageType.UPDATE else Message.RELEASED
        if self.sent and not self.proposed_since_cancel:
            return Message.CANCELLED
        if self.evidence in OVER or self.evidence is Evidence.CANDIDATE:
            return Message.CANCELLED if self.sent else Message.NONE
        return Message.EXPIRED if now > self.newest.draft.t_valid_until_tai_ns else Message.PROPOSED

    def attention(self, account: str, t_tai_ns: int) -> Attention:
        """How an operator stands to it; everything is new again when the evidence changes."""
        mine = self.attended.get(account)
        if mine is None or mine.t_tai_ns < self.t_level_tai_ns:
            return Attention.NEW
        if mine.t_until_tai_ns is not None and t_tai_ns > mine.t_until_tai_ns:
            return Attention.NEW
        return mine.attention


@dataclass(frozen=True, slots=True)
class Desk:
    """All alerts of one kind, live or drill."""

    kind: DeskKind
    lives: Mapping[str, AlertLife] = field(default_factory=lambda: MappingProxyType({}))
    sequence: int = 0  # of the newest message sent


def fold(kind: DeskKind, records: Iterable[Record]) -> Desk:
    """The desk after these records."""
    lives: dict[str, AlertLife] = {}
    sequence = 0
    for record in records:
        if isinstance(record, Sent):
            sequence = record.sequence
        _apply(kind, lives, record)
    return Desk(kind, lives, sequence)


def after(desk: Desk, records: Iterable[Record]) -> Desk:
    """The desk after some more records."""
    lives, sequence = dict(desk.lives), desk.sequence
    for record in records:
        if isinstance(record, Sent):
            sequence = record.sequence
        _apply(desk.kind, lives, record)
    return Desk(desk.kind, lives, sequence)


def _apply(kind: DeskKind, lives: dict[str, AlertLife], record: Record) -> None:
    if isinstance(record, Proposed):
        _propose(kind, lives, record)
        return
    if not isinstance(record, Approved | Sent | Attended | Escalated):
        return
    life = lives.get(record.alert_id)
    if life is None:
        raise BadInputError(f"a {type(record).__name__} of {record.alert_id!r}, which nothing proposed", "desk")
    match record:
        case Approved():
            lives[record.alert_id] = replace(life, approval=record)
        case Sent():
            is_cancel = record.event.message_type is MessageType.CANCEL
            lives[record.alert_id] = replace(
                life, sent=(*life.sent, record), approval=None,
                proposed_since_cancel=False if is_cancel else life.proposed_since_cancel,
            )  # fmt: skip
        case Attended():
            kept = {**life.attended, record.person.account: record}
            lives[record.alert_id] = replace(life, attended=MappingProxyType(kept))
        case Escalated():
            called = life.escalated | {(life.evidence.value, record.act)}
            lives[record.alert_id] = replace(life, escalated=called)


def _propose(kind: DeskKind, lives: dict[str, AlertLife], record: Proposed) -> None:
    if DESK_OF_MODE[record.draft.mode] is not kind:
        raise BadInputError(f"{record.alert_id}: {record.draft.mode} at the {kind} desk", "desk")
    life = lives.get(record.alert_id)
    if life is None:
        lives[record.alert_id] = AlertLife(record, 1, record.t_tai_ns, record.t_tai_ns)
        return
    if record.draft.mode is not life.mode:
        raise BadInputError(f"{record.alert_id} was {life.mode} and would become {record.draft.mode}", "desk")
    is_level_new = record.draft.evidence is not life.evidence
    lives[record.alert_id] = replace(
        life, newest=record, revision_count=life.revision_count + 1,
        t_level_tai_ns=record.t_tai_ns if is_level_new else life.t_level_tai_ns,
        approval=None,  # void: the picture has changed since the first of two people looked
        proposed_since_cancel=True,
        escalated=frozenset() if is_level_new else life.escalated,
    )  # fmt: skip
