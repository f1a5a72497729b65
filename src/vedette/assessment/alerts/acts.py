"""What may be done at the desk, and what it leads to: pure rules, a record or a refusal for every try.

Two different people release: different accounts in different sessions, both naming the same revision, which must still
be the newest. One person cancels. Nothing is released that the warning core has not proposed (rule R29), and nothing
is released in another mode than it was proposed in: a drill has no way to become live.
"""

from dataclasses import dataclass

import msgspec

from vedette.assessment.alerts.life import OVER, AlertLife, Desk
from vedette.assessment.alerts.records import (
    DESK_OF_MODE,
    Approved,
    Attended,
    Attention,
    Person,
    Proposed,
    Record,
    Right,
    Sent,
    revision_of,
)
from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, RefusedError, UsageError
from vedette.reports.alert_event import AlertEvent, AreaTold, MessageType, ReleasedBy, event_trouble
from vedette.reports.findings import Evidence, Message

APPROVAL_S = 300.0  # after this the first of two people must look again
CANCEL_VALID_S = 6 * 3600.0  # a cancellation stays posted: it must outlive every message it takes back
SHELF_MAX_S = 900.0  # an alert cannot be put aside for longer
SHORTEST_REVISION = 8  # hexadecimal digits that name a revision at a desk
NOTE_MOST = 200
CONFIDENCE = ("", "low", "medium", "high")
CANCEL_REASONS = ("mistake", "passed", "natural", "announced", "unknown")


@dataclass(frozen=True, slots=True)
class Act:
    """What a person asks for."""

    alert_id: str
    person: Person
    t_tai_ns: int
    revision: str = ""  # what they saw, as `alert show` names it
    confidence: str = ""
    reason: str = ""  # of a cancellation: one of CANCEL_REASONS; of attention: a note of NOTE_MOST letters at most


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act leads to: records to keep, a message to send when there is one, and a sentence."""

    records: tuple[Record, ...]
    says: str
    message: AlertEvent | None = None


def propose(desk: Desk, alert_id: str, draft: AlertEvent, t_tai_ns: int) -> Outcome:
    """The machine proposes; the same content again is no new revision."""
    if DESK_OF_MODE[draft.mode] is not desk.kind:
        raise RefusedError(f"{alert_id} is {draft.mode}; the {desk.kind} desk takes no such thing")
    revision = revision_of(draft)
    life = desk.lives.get(alert_id)
    if life is not None and life.mode is not draft.mode:
        raise RefusedError(f"{alert_id} was proposed as {life.mode} and cannot become {draft.mode}")
    if life is not None and life.newest.revision == revision:
        return Outcome((), f"{alert_id}: nothing new")
    record = Proposed(alert_id=alert_id, revision=revision, t_tai_ns=t_tai_ns, draft=draft)
    return Outcome((record,), f"{alert_id}: revision {revision[:12]} proposed")


def release(desk: Desk, act: Act) -> Outcome:
    """One of two people says: send this as a first alert."""
    return _approve(desk, act, is_update=False)


def update(desk: Desk, act: Act) -> Outcome:
    """One of two people says: send this in place of what was sent."""
    return _approve(desk, act, is_update=True)


def cancel(desk: Desk, act: Act) -> Outcome:
    """One person takes back everything that stands, at once, to all who were told any of it."""
    life = life_of(desk, act.alert_id)
    _needs(act, Right.CANCEL)
    if act.reason not in CANCEL_REASONS:
        raise UsageError(f"reason {act.reason!r}: say one of {', '.join(CANCEL_REASONS)}")
    if not life.sent:
        raise RefusedError(f"{act.alert_id}: nothing was sent, so there is nothing to take back")
    if not life.standing:
        return Outcome((), f"{act.alert_id}: is cancelled already", life.sent[-1].event)
    last = life.standing[-1].event
    now = life.picture_time(act.t_tai_ns)
    newest_until = max(one.event.t_valid_until_tai_ns for one in life.standing)
    event = msgspec.structs.replace(
        last,
        message_type=MessageType.CANCEL,
        message_id=_message_id(life),
        sequence=len(life.sent) + 1,
        cancels=life.chain,
        supersedes=(),
        cancel_reason=act.reason,
        evidence=Evidence.PASSED if act.reason == "passed" else Evidence.WITHDRAWN,
        t_sent_tai_ns=now,
        t_created_tai_ns=min(last.t_created_tai_ns, now),
        t_valid_until_tai_ns=max(newest_until, now + round(CANCEL_VALID_S * NS_PER_S)),
        released_by=(_by(act.person, now, life.standing[-1].revision),),
        areas=_all_areas(life),
        areas_added=(),
        areas_dropped=(),
    )
    return _sent(desk, act, life, (act.person,), event, f"{act.alert_id}: cancelled as message {event.message_id}")


def attend(desk: Desk, act: Act, attention: Attention, for_s: float | None = None) -> Outcome:
    """An operator acknowledges an alert, begins to work on it, puts it aside for a while, or makes it new again."""
    life_of(desk, act.alert_id)
    _needs(act, Right.ACKNOWLEDGE)
    if len(act.reason) > NOTE_MOST:
        raise UsageError(f"a note has {NOTE_MOST} letters at most, not {len(act.reason)}")
    until = None
    if attention is Attention.SHELVED:
        if for_s is None or not 0.0 < for_s <= SHELF_MAX_S:
            raise UsageError(f"an alert is shelved for up to {SHELF_MAX_S:.0f} s, not for {for_s}")
        until = act.t_tai_ns + round(for_s * NS_PER_S)
    record = Attended(
        alert_id=act.alert_id, t_tai_ns=act.t_tai_ns, person=act.person, attention=attention, t_until_tai_ns=until,
        reason=act.reason,
    )  # fmt: skip
    return Outcome((record,), f"{act.alert_id}: {attention} by {act.person.account}")


def life_of(desk: Desk, alert_id: str) -> AlertLife:
    """The alert of a name; RefusedError when the warning core knows of none (rule R29)."""
    if alert_id in desk.lives:
        return desk.lives[alert_id]
    what = f"no event of the warning core stands behind {alert_id!r} at the {desk.kind} desk"
    raise RefusedError(f"{what}; a message is only ever about something that was proposed")


def find(desk: Desk, words: str) -> AlertLife:
    """The alert of a name or of a beginning of it that fits only one; NotFoundError otherwise."""
    if words in desk.lives:
        return desk.lives[words]
    near = [life for name, life in desk.lives.items() if words and name.startswith(words)]
    if len(near) == 1:
        return near[0]
    which = "several alerts begin so" if near else "no such alert"
    raise NotFoundError(f"{words!r}: {which}; `vedette alert list` shows the ones there are")


def _approve(desk: Desk, act: Act, is_update: bool) -> Outcome:
    life = life_of(desk, act.alert_id)
    verb = "updated" if is_update else "released"
    _needs(act, Right.RELEASE)
    if act.confidence not in CONFIDENCE:
        raise UsageError(f"confidence {act.confidence!r}: say low, medium or high")
    _check_revision(life, act)
    _check_founded(life, act, verb)
    _check_message(life, act, is_update)
    first = life.approval
    if first is None or act.t_tai_ns - first.t_tai_ns > APPROVAL_S * NS_PER_S:
        record = Approved(
            alert_id=act.alert_id, revision=life.newest.revision, t_tai_ns=act.t_tai_ns, person=act.person,
            confidence=act.confidence,
        )  # fmt: skip
        waits = f"waits for a second person, for {APPROVAL_S:.0f} s and while the picture stays as it is"
        return Outcome((record,), f"{act.alert_id}: approved by {act.person.account}; {waits}")
    if first.person.account == act.person.account:
        raise RefusedError(f"{act.alert_id}: {act.person.account} has approved it; a different person must, too")
    if first.person.session == act.person.session:
        raise RefusedError(f"{act.alert_id}: both approvals come from one session; each person needs their own")
    assert first.revision == life.newest.revision, "a new revision voids an approval"
    event = _message(life, act, first, is_update)
    if trouble := event_trouble(event):
        raise RefusedError(f"{act.alert_id} cannot be {verb}: {trouble}")
    says = f"{act.alert_id}: {verb} as message {event.message_id} by {first.person.account} and {act.person.account}"
    return _sent(desk, act, life, (first.person, act.person), event, says)


def _check_revision(life: AlertLife, act: Act) -> None:
    newest = life.newest.revision
    if len(act.revision) < SHORTEST_REVISION:
        raise UsageError(f"{act.alert_id}: name the revision that you saw; `vedette alert show` shows it")
    if not newest.startswith(act.revision.lower()):
        changed = f"the picture has changed: you saw revision {act.revision[:12]}, the newest is {newest[:12]}"
        raise RefusedError(f"{act.alert_id}: {changed}; look again")


def _check_founded(life: AlertLife, act: Act, verb: str) -> None:
    if life.evidence is Evidence.CANDIDATE:
        raise RefusedError(f"{act.alert_id} is a candidate only; it cannot be {verb} before it is correlated")
    if life.evidence in OVER and not life.standing:
        raise RefusedError(f"{act.alert_id} is {life.evidence}; it cannot be {verb}")
    if life.picture_time(act.t_tai_ns) > life.newest.draft.t_valid_until_tai_ns:
        raise RefusedError(f"{act.alert_id}: what is proposed has expired; it cannot be {verb}")


def _check_message(life: AlertLife, act: Act, is_update: bool) -> None:
    if not is_update and life.standing:
        raise RefusedError(f"{act.alert_id} was released already; say `update`, or `cancel`")
    if is_update and not life.standing:
        raise RefusedError(f"{act.alert_id}: nothing stands that could be updated; say `release`")
    if life.standing and life.standing[-1].revision == life.newest.revision:
        raise RefusedError(f"{act.alert_id}: revision {life.newest.revision[:12]} was sent already; nothing is new")
    if life.message(act.t_tai_ns) is Message.CANCELLED:
        raise RefusedError(f"{act.alert_id} was cancelled and nothing new was proposed since")


def _message(life: AlertLife, act: Act, first: Approved, is_update: bool) -> AlertEvent:
    """What goes out: the revision that both saw, who they are, and what it replaces."""
    now = life.picture_time(act.t_tai_ns)
    draft = life.newest.draft
    areas: tuple[AreaTold, ...] = draft.areas
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    if life.standing:
        from vedette.assessment.danger import compared  # only an update pays for its kernels; a cancellation never does

        areas, added, dropped = compared(draft.areas, life.standing[-1].event.areas)
    confidence = act.confidence or first.confidence
    word_by = act.person.account if act.confidence else first.person.account
    return msgspec.structs.replace(
        draft,
        message_type=MessageType.UPDATE if is_update else MessageType.ALERT,
        message_id=_message_id(life),
        sequence=len(life.sent) + 1,
        supersedes=life.chain,
        t_sent_tai_ns=max(now, draft.t_created_tai_ns),
        released_by=(
            _by(first.person, life.picture_time(first.t_tai_ns), first.revision),
            _by(act.person, now, life.newest.revision),
        ),
        confidence=confidence,
        confidence_by=word_by if confidence else "",
        areas=areas,
        areas_added=added,
        areas_dropped=dropped,
    )


def _sent(desk: Desk, act: Act, life: AlertLife, people: tuple[Person, ...], event: AlertEvent, says: str) -> Outcome:
    record = Sent(
        alert_id=act.alert_id, revision=life.newest.revision, t_tai_ns=act.t_tai_ns, sequence=desk.sequence + 1,
        people=people, event=event,
    )  # fmt: skip
    return Outcome((record,), says, event)


def _needs(act: Act, right: Right) -> None:
    if not act.person.may(right):
        roles = ", ".join(act.person.roles) or "none"
        raise RefusedError(f"{act.person.account} may not {right} (roles: {roles})")


def _message_id(life: AlertLife) -> str:
    return f"{life.alert_id}.{len(life.sent) + 1}"


def _by(person: Person, t_tai_ns: int, revision: str) -> ReleasedBy:
    return ReleasedBy(account=person.account, session=person.session, t_tai_ns=t_tai_ns, revision=revision)


def _all_areas(life: AlertLife) -> tuple[AreaTold, ...]:
    """Every area that was ever told by a standing message: all of them must hear that it is over."""
    areas: dict[str, AreaTold] = {}
    for one in reversed(life.standing):
        for area in one.event.areas:
            areas.setdefault(area.name, area)
    return tuple(areas.values())

