"""Records of the audit log in words and as documents."""

from typing import Any

from vedette.assessment.alerts import (
    Approved,
    Attended,
    DeskKind,
    Escalated,
    Noted,
    Person,
    Proposed,
    Record,
    Refused,
    Sent,
)
from vedette.time import utc_text_from_tai_ns


def record_line(kind: DeskKind, seq: int, record: Record) -> str:
    """`drill  4  2026-11-22T08:55:12.000Z  EXERCISE-2be0ad2d-O1  approved revision 060d8b37dafe by anna`."""
    when = utc_text_from_tai_ns(record.t_tai_ns)
    return f"{kind:<5} {seq:>6}  {when}  {getattr(record, 'alert_id', '-')}  {record_words(record)}"


def record_words(record: Record) -> str:
    """What was done, in a few words."""
    match record:
        case Proposed():
            return f"proposed revision {record.revision[:12]} [{record.draft.evidence}]"
        case Approved():
            return f"approved revision {record.revision[:12]} by {_who(record.person)}"
        case Sent():
            by = " and ".join(_who(who) for who in record.people)
            return f"{record.event.message_type} {record.event.message_id} sent as {record.sequence} by {by}"
        case Attended():
            return f"{record.attention} by {_who(record.person)}"
        case Refused():
            return f"refused {record.act} of {_who(record.person)}: {record.why}"
        case Escalated():
            return f"nobody did {record.act} in time ({record.role}): {record.escalate_to} is called"
    return f"{record.what}: {record.text}"


def record_row(kind: DeskKind, seq: int, record: Record) -> dict[str, Any]:
    """One record of `vedette audit list --json`."""
    people: tuple[Person, ...] = ()
    if isinstance(record, Sent):
        people = record.people
    elif isinstance(record, Approved | Attended | Refused | Noted) and record.person is not None:
        people = (record.person,)
    return {
        "desk": kind.value,
        "record": seq,
        "t_utc": utc_text_from_tai_ns(record.t_tai_ns),
        "what": type(record).__name__.lower(),
        "alert_id": getattr(record, "alert_id", None),
        "revision": getattr(record, "revision", None),
        "people": [{"account": who.account, "session": who.session, "seat": who.seat} for who in people],
        "words": record_words(record),
    }


def _who(person: Person | None) -> str:
    return "somebody" if person is None else person.account
