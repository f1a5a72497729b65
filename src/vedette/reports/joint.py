"""One event as every owner sees it: ours, each partner's, and what both make of it; never an average of them.

Times are TAI nanoseconds. Phenomena of a partner are written with its name, `radar (SOUTH)`: whoever reads that a
launch is confirmed sees at once that one of the two is somebody else's report.
"""

from enum import StrEnum

import msgspec

from vedette.reports.findings import Evidence, ImpactArea, LaunchEstimate, Message


class Timing(StrEnum):
    """Whether a partner's words came while they could still warn."""

    ON_TIME = "on-time"
    LATE = "LATE"  # they waited, on a line that was down or at the partner's: the event goes on
    EXPIRED = "EXPIRED"  # what they warn of is past: nothing sounds


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What one owner makes of an event."""

    owner: str  # empty: ourselves
    event_id: str  # of a partner; our own object's id
    revision: int = 0
    evidence: Evidence
    phenomena: tuple[str, ...] = ()
    p_launch: float | None = None  # None: withheld
    launch: LaunchEstimate | None = None
    impact: ImpactArea | None = None
    count: int | None = None
    message: Message = Message.NONE  # what that owner's people have said; it releases nothing here
    timing: Timing = Timing.ON_TIME
    t_said_tai_ns: int
    t_heard_tai_ns: int
    doubts: tuple[str, ...] = ()  # why the joint assessment does not rest on it: see `docs/guides/joint-warning.md`
    is_counted: bool = True  # the joint assessment rests on it, too
    is_track: bool = False  # its owner tells a track of it, and no event
    text: str = ""


class JointAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """An event, every owner's view of it side by side, and what they come to together."""

    id: str  # "J1"
    kind: str = "launch"
    own: Side | None = None  # None: we see nothing of it
    partners: tuple[Side, ...] = ()
    evidence: Evidence
    phenomena: tuple[str, ...] = ()  # "infrared", "radar (SOUTH)"
    launch: LaunchEstimate | None = None  # of both; None while they contradict each other
    impact: ImpactArea | None = None
    fused_from: tuple[str, ...] = ()  # whose figures the areas are of: "own" and owners
    disagreements: tuple[str, ...] = ()  # a sentence each
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()
    timing: Timing = Timing.ON_TIME
    may_sound: bool = True  # False: it is past, or withdrawn; no device need call anybody
    t_tai_ns: int
    text: str = ""


class PartnerStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A partner as far as heard: its link, its sensors, and what was found wrong with what it said."""

    owner: str
    link: str  # `LinkState`
    t_heard_tai_ns: int | None = None
    messages: int = 0
    tracks: int = 0
    events: int = 0
    is_believed: bool = True  # False: what it says is shown, and counts for nothing
    doubts: tuple[str, ...] = ()  # names, oldest first
    working: dict[str, int] = {}
    degraded: dict[str, int] = {}
    silent: dict[str, int] = {}
    coverage: dict[str, float] = {}
    text: str = ""
