"""What happens at the desk, one record each: the machine proposes, people act, refusals and escalations stand beside.

The records in their order are the audit log; the state of every alert is a fold over them (`life`). Instants are those
of the desk's clock. A record of a message holds the message whole, so that the log says what was said.
"""

import hashlib
from enum import StrEnum

import msgspec

from vedette.formats.alert_json import alert_event_bytes
from vedette.reports.alert_event import AlertEvent
from vedette.reports.mode import Mode


class DeskKind(StrEnum):
    """Live and drill alerts are kept at two desks, in two files, signed by two kinds of keys."""

    LIVE = "live"
    DRILL = "drill"


DESK_OF_MODE = {
    Mode.REAL: DeskKind.LIVE,
    Mode.EXERCISE: DeskKind.DRILL,
    Mode.TEST: DeskKind.DRILL,
    Mode.SIMULATED: DeskKind.DRILL,
}


class Right(StrEnum):
    """What an account may do."""

    ACKNOWLEDGE = "acknowledge"
    RELEASE = "release"  # and update: always two together
    CANCEL = "cancel"  # alone
    ADMINISTER = "administer"


RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset(),
    "watch-officer": frozenset({Right.ACKNOWLEDGE}),
    "senior-watch-officer": frozenset({Right.ACKNOWLEDGE, Right.CANCEL}),
    "releasing-officer": frozenset({Right.ACKNOWLEDGE, Right.RELEASE, Right.CANCEL}),
    "duty-commander": frozenset({Right.ACKNOWLEDGE, Right.RELEASE, Right.CANCEL}),
    "administrator": frozenset({Right.ADMINISTER}),
}


class Attention(StrEnum):
    """How an operator stands to an alert."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    STARTED = "started"  # seen, and somebody is at it
    SHELVED = "shelved"


SEEN = (Attention.ACKNOWLEDGED, Attention.STARTED)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: an account in a session, its credential given again at the act. Never a person's name."""

    account: str
    session: str
    roles: tuple[str, ...]
    seat: str = ""  # where the session was opened

    def may(self, right: Right) -> bool:
        """True when one of the roles has this right."""
        return any(right in RIGHTS.get(role, ()) for role in self.roles)


class Proposed(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="proposed"):
    """The machine proposes an alert, or a new revision of one."""

    alert_id: str
    revision: str
    t_tai_ns: int
    draft: AlertEvent

    @property
    def skew_ns(self) -> int:
        """Picture's time minus the desk's: a drill may play another night; what is live is now."""
        return 0 if self.draft.mode is Mode.REAL else self.draft.t_created_tai_ns - self.t_tai_ns


class Approved(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="approved"):
    """The first of two people says: send this revision."""

    alert_id: str
    revision: str
    t_tai_ns: int
    person: Person
    confidence: str = ""  # a person's word: low, medium or high


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="sent"):
    """A message went out: an alert, an update, or a cancellation."""

    alert_id: str
    revision: str
    t_tai_ns: int
    sequence: int  # of the desk's messages, from 1, without gaps
    people: tuple[Person, ...]
    event: AlertEvent


class Attended(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="attended"):
    """An operator acknowledged an alert, or put it aside for a while."""

    alert_id: str
    t_tai_ns: int
    person: Person
    attention: Attention
    t_until_tai_ns: int | None = None  # of what is shelved
    reason: str = ""  # a person's note, for those who come after; never sent to anybody


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="refused"):
    """Somebody tried, and was told no."""

    alert_id: str
    t_tai_ns: int
    act: str
    person: Person | None
    why: str


class Escalated(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="escalated"):
    """A deadline passed and nobody had acted: the next one is called."""

    alert_id: str
    t_tai_ns: int
    act: str
    role: str
    escalate_to: str


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="noted"):
    """Something about the desk itself: an account, a key, a session."""

    t_tai_ns: int
    what: str
    text: str
    person: Person | None = None


Record = Proposed | Approved | Sent | Attended | Refused | Escalated | Noted


def encode_record(record: Record) -> bytes:
    """The record as JSON."""
    return msgspec.json.encode(record, order="deterministic")


def decode_record(data: bytes) -> Record:
    """The record of its JSON; msgspec's own errors when it is none."""
    return msgspec.json.decode(data, type=Record)


def revision_of(draft: AlertEvent) -> str:
    """The name of what a draft says: SHA-256 over it as JSON, without when and from which entry it was made."""
    said = msgspec.structs.replace(draft, t_created_tai_ns=0, basis={}, t_sent_tai_ns=None, released_by=())
    said = msgspec.structs.replace(said, message_id="draft", sequence=1)
    return hashlib.sha256(b"vedette revision 1\n" + alert_event_bytes(said)).hexdigest()
