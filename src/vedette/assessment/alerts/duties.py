"""Who must act by when, by the policy's deadlines, and who is called when nobody has."""

from dataclasses import dataclass

from vedette.assessment.alerts.life import AlertLife, Desk
from vedette.assessment.alerts.records import SEEN, Escalated
from vedette.assessment.candidates.policy import AssessmentPolicy
from vedette.core.constants import NS_PER_S
from vedette.reports.findings import Message


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that somebody must do about an alert."""

    alert_id: str
    act: str  # acknowledge, assess, release or cancel
    role: str
    t_due_tai_ns: int
    escalate_to: str
    is_done: bool
    is_late: bool


def duties(life: AlertLife, policy: AssessmentPolicy, t_tai_ns: int) -> tuple[Duty, ...]:
    """What must be done about an alert, soonest first; the clock of each starts with the evidence it belongs to."""
    found = []
    for deadline in policy.deadlines_of(life.evidence):
        due = life.t_level_tai_ns + round(deadline.within_s * NS_PER_S)
        done = is_done(life, deadline.act, deadline.role, t_tai_ns)
        late = not done and t_tai_ns > due
        found.append(Duty(life.alert_id, deadline.act, deadline.role, due, deadline.escalate_to, done, late))
    return tuple(sorted(found, key=lambda duty: duty.t_due_tai_ns))


def is_done(life: AlertLife, act: str, role: str, t_tai_ns: int) -> bool:
    """True when somebody has done it since the evidence is what it is."""
    seen = [one for one in life.attended.values() if one.t_tai_ns >= life.t_level_tai_ns]
    acknowledged = [one for one in seen if one.attention in SEEN]
    match act:
        case "release":
            return bool(life.standing) or life.message(t_tai_ns) in (Message.EXPIRED, Message.CANCELLED)
        case "cancel":  # of something withdrawn: nothing stands any more, or it has been updated since
            return not life.standing or life.standing[-1].revision == life.newest.revision
        case "assess":  # by the role that must, or by somebody who has gone further
            by_role = any(role in one.person.roles for one in acknowledged)
            said = life.approval is not None or any(s.t_tai_ns >= life.t_level_tai_ns for s in life.sent)
            return by_role or said
    return bool(acknowledged) or any(s.t_tai_ns >= life.t_level_tai_ns for s in life.sent)


def escalations(desk: Desk, policy: AssessmentPolicy, t_tai_ns: int) -> tuple[Escalated, ...]:
    """What is late and has not been called yet: one record each, once per level of evidence."""
    return tuple(
        Escalated(
            alert_id=life.alert_id, t_tai_ns=t_tai_ns, act=duty.act, role=duty.role, escalate_to=duty.escalate_to
        )
        for life in desk.lives.values()
        for duty in duties(life, policy, t_tai_ns)
        if duty.is_late and (life.evidence.value, duty.act) not in life.escalated and not _is_closed(life, t_tai_ns)
    )


def _is_closed(life: AlertLife, t_tai_ns: int) -> bool:
    """Nobody need be called for what is over: taken back with nothing new since, or expired."""
    if life.message(t_tai_ns) is Message.EXPIRED:
        return True
    return bool(life.sent) and not life.standing and not life.proposed_since_cancel
