"""An audit log judged by the rules: whatever was sent must have been allowed when it was sent.

The chain and the signatures say that nothing was changed; this says that what was written was right. It reads the
records alone and knows nothing of how they came about.
"""

from vedette.assessment.alerts.life import Desk
from vedette.assessment.alerts.records import Approved, Proposed, Record, Right, Sent, revision_of
from vedette.reports.alert_event import MessageType


def trouble_of(desk: Desk, record: Record) -> str:
    """What is wrong with the next record of a desk, in words; empty when nothing is."""
    if isinstance(record, Proposed) and record.revision != revision_of(record.draft):
        return f"{record.alert_id}: the revision's name does not fit what it says"
    if not isinstance(record, Sent | Approved):
        return ""
    life = desk.lives.get(record.alert_id)
    if life is None:
        return f"{record.alert_id}: nothing proposed it"
    if isinstance(record, Approved):
        if record.revision != life.newest.revision or not record.person.may(Right.RELEASE):
            return f"{record.alert_id}: approved by who may not, or not in its newest revision"
        return ""
    event = record.event
    if record.sequence != desk.sequence + 1 or event.sequence != len(life.sent) + 1:
        return f"{event.message_id}: out of sequence"
    if event.mode is not life.mode or event.event_id != life.event_id:
        return f"{event.message_id}: is {event.mode} of {event.event_id}; {life.mode} of {life.event_id} was proposed"
    if event.message_type is MessageType.CANCEL:
        allowed = len(record.people) == 1 and record.people[0].may(Right.CANCEL)
        return "" if allowed and event.cancels == life.chain else f"{event.message_id}: cancelled by who may not"
    first = life.approval
    two = {who.account for who in record.people}, {who.session for who in record.people}
    if len(record.people) != 2 or any(len(names) != 2 for names in two):
        return f"{event.message_id}: released by fewer than two people in two sessions"
    if first is None or first.person != record.people[0] or first.revision != record.revision:
        return f"{event.message_id}: the two people did not approve one revision"
    if record.revision != life.newest.revision or not all(who.may(Right.RELEASE) for who in record.people):
        return f"{event.message_id}: released by who may not, or not in its newest revision"
    if any(who.revision != record.revision for who in event.released_by):
        return f"{event.message_id}: names another revision than the one released"
    return ""
