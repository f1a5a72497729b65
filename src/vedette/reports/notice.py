"""Notices: what the partners tell each other before and after launches, exercises and other things that look alarming.

A notice is a claim by a party, not truth: it may explain what is seen, and it never changes what is tracked. One value
holds the union of what the known instruments ask for; what an instrument does not ask for stays at its default.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from vedette.reports.mode import Mode


class NoticeKind(StrEnum):
    """What is being notified."""

    PRE_LAUNCH = "pre-launch"
    POSTPONEMENT = "postponement"
    POST_LAUNCH = "post-launch"
    CANCELLATION = "cancellation"
    DE_ORBIT = "de-orbit"
    DISTURBANCE = "disturbance"  # an experiment that may disturb radars or optics, lasers included
    ACCIDENT = "accident"
    EXERCISE = "exercise"
    BORDER_ACTIVITY = "border-activity"
    NAVAL_ENTRY = "naval-entry"
    JOINT_PATROL = "joint-patrol"
    QUERY = "query"
    REPLY = "reply"


class Grouping(StrEnum):
    """How launches of one notice belong together (2009 agreement: within five minutes, within sixty)."""

    SINGLE = "single"
    SIMULTANEOUS = "simultaneous"
    NEAR_SIMULTANEOUS = "near-simultaneous"


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when."""

    t_from_tai_ns: int
    t_to_tai_ns: int


@dataclass(frozen=True, slots=True)
class NoticeArea:
    """A part of the Earth: a polygon of three or more corners, or one place with a radius around it (zero: a point)."""

    role: str  # "launch", "impact", "stage 1", "payload", "debris", "activity", ...
    corners_rad: tuple[tuple[float, float], ...]  # latitude, longitude
    radius_m: float = 0.0
    name: str = ""  # of the site, sea or ocean quadrant, where it was told by name
    window: Window | None = None  # when it is dangerous, where that is narrower than the notice's own


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it was received."""

    notice_id: str
    kind: NoticeKind
    party: str  # who notifies
    mode: Mode
    t_issued_tai_ns: int
    t_received_tai_ns: int
    instrument: str = ""  # which agreement, by its id in core/tables/instruments.toml
    version: int = 1
    about: str = ""  # id of the notice that this one postpones, cancels, closes, asks about or answers
    class_name: str = ""  # a flight class, "ballistic" or "space-launch"; empty: not told
    count: int = 1
    grouping: Grouping = Grouping.SINGLE
    windows: tuple[Window, ...] = ()
    t_planned_tai_ns: int | None = None
    launch_areas: tuple[NoticeArea, ...] = ()
    hazard_areas: tuple[NoticeArea, ...] = ()  # where stages, payload or debris may come down; or where the activity is
    azimuth_rad: tuple[float, float] | None = None  # the sector flown into, clockwise from the first to the second
    orbit: dict[str, float] = field(default_factory=dict)  # elements told, keyed with their unit: inclination_deg, ...
    is_launched: bool | None = None  # of a post-launch notice
    t_actual_tai_ns: int | None = None
    is_anomalous: bool = False
    question: str = ""
    answer: str = ""
    t_deadline_tai_ns: int | None = None  # of a query
    links: tuple[str, ...] = ()  # NOTAM and NAVAREA numbers, public announcements
    releasable_to: tuple[str, ...] = ()  # nobody unless named
    language: str = "en"
    text: str = ""  # what was written in words
