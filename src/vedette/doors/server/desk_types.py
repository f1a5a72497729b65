"""Types of an alert at the desk, as `vedette alert show --json` writes it (`doors.alert_words.alert_document`)."""

from typing import Annotated, Literal

from msgspec import Meta

from vedette.doors.server.picture_types import Area, EvidenceName, Explanation, MessageName, ModeName, Told


class Attended(Told):
    """What somebody last did about an alert."""

    attention: Literal["new", "acknowledged", "started", "shelved"]
    t_utc: str
    until_utc: str | None
    reason: str | None


class Approval(Told):
    """The first of two people: what they saw, and until when it holds."""

    account: str
    revision: str
    t_utc: str
    until_utc: str


class Duty(Told):
    """What somebody must still do."""

    act: str
    role: str
    due_utc: str
    is_late: bool
    escalate_to: str


class AreaTold(Told):
    """A named area: what may happen there, how probably, and how many seconds its people have."""

    name: str
    level: Literal["take-shelter", "be-ready", "be-informed", "all-clear"]
    what: Annotated[str, Meta(description="impact or overflight")]
    probability: float
    seconds: Annotated[float, Meta(description="to take shelter; negative: too late")] | None


class RestsOnSensor(Told):
    """What one sensor contributed."""

    sensor_id: str
    phenomenon: str | None
    looks: int
    first_utc: str | None
    last_utc: str | None


class RestsOn(Told):
    """The journal and its entries that hold the looks behind an alert."""

    journal: str
    is_there: bool
    journal_link: str
    up_to_entry: int
    entries: list[int]
    object: str
    policy: str
    engine: str
    sensors: list[RestsOnSensor]
    explain: str


class ChannelTold(Told):
    """How a message stands on a channel."""

    channel: str
    state: str
    tries: int
    told_utc: str | None
    seconds: float | None
    receipt: str | None
    trouble: str | None


class SentMessage(Told):
    """One message that was decided."""

    message_id: str
    sequence: int
    type: str
    sent_utc: str
    valid_until_utc: str
    released_by: list[str]
    revision: str
    supersedes: list[str]
    cancels: list[str]
    cancel_reason: str | None
    channels: list[ChannelTold]


class DeskAlert(Told):
    """One alert at the desk, whole."""

    id: str
    event_id: str
    mode: ModeName
    kind: str
    object_ids: list[str]
    evidence: EvidenceName
    message: MessageName
    attention: dict[str, str]
    attended: dict[str, Attended]
    revision: str
    revisions: int
    sequence: int
    proposed_utc: str
    valid_until_utc: str
    waits_for_second: str | None
    approval: Approval | None
    duties: list[Duty]
    explanations: list[Explanation]
    reasons_for: list[str]
    reasons_against: list[str]
    marks: list[str]
    track_age_s: float | None
    impact_areas: list[Area]
    areas: list[AreaTold]
    areas_added: list[str]
    areas_dropped: list[str]
    rests_on: RestsOn
    messages: list[SentMessage]
