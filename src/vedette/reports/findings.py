"""What the engine tells people: findings on a timeline, objects, alerts, predictions.

Times are TAI nanoseconds here; doors spell them in UTC and in seconds after lift-off. The structures are the wire
structures too: `msgspec` writes them as JSON and makes their JSON Schema.
"""

from enum import StrEnum
from typing import Any

import msgspec


class FindingKind(StrEnum):
    """The vocabulary of the timeline."""

    DETECTED = "detected"
    LAUNCH = "launch"
    BURNOUT = "burnout"  # end of the stage's thrust
    THRUST_DROP = "thrust-drop"  # a partial loss of thrust
    IGNITION = "ignition"
    SEPARATION = "separation"
    CLASSIFIED = "classified"
    APOGEE = "apogee"
    IMPACT_PREDICTED = "impact-predicted"
    IMPACT_WITHDRAWN = "impact-withdrawn"
    IMPACT_CONDITIONAL = "impact-if-thrust-stops"  # a conditional figure, never an alert
    ORBIT = "orbit"
    LOST = "lost"
    DOUBT = "doubt"  # frozen readings, gaps, jumps, clock steps: kept and marked
    REGISTRATION = "registration"  # what a sensor reads too much is known, or has moved
    QUARANTINED = "quarantined"  # unusable input, set aside with a sentence
    SENSOR_DEGRADED = "sensor-degraded"  # it sees less than it says it does; the object is the sensor
    SENSOR_RESTORED = "sensor-restored"
    INTERFERENCE = "interference"  # noise that neither Sun nor aurora nor a fault explains, or the place it comes from
    EVIDENCE = "evidence"  # a level is reached, or falls
    NOTICE = "notice"  # what was announced: matched, deviating, overdue, excess, unnotified (`data["state"]`)
    RAID = "raid"  # several launches together: how many, of what kinds
    JOINT = "joint"  # an event as several owners see it: a joint level, or a disagreement
    GROUP = "group"  # several objects that cannot be told apart, and how many


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an object, and when we could say so."""

    kind: FindingKind
    object_id: str
    t_tai_ns: int  # when it happened
    t_declared_tai_ns: int  # the measured time of the report that let us say so
    text: str
    data: dict[str, Any] = {}


class Evidence(StrEnum):
    """How well an alert is founded (design, section 3)."""

    CANDIDATE = "candidate"
    CORRELATED = "correlated"  # one phenomenon
    CONFIRMED = "confirmed"  # two phenomena
    WITHDRAWN = "withdrawn"
    PASSED = "passed"


class Message(StrEnum):
    """What has been said to people."""

    NONE = "none"
    PROPOSED = "proposed"
    RELEASED = "released"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """An area that holds the truth with the stated probability; vertices in degrees, first not repeated."""

    probability: float  # 0.50, 0.90, 0.99
    shape: str  # "polygon" or "ring"
    lat_deg: tuple[float, ...]
    lon_deg: tuple[float, ...]
    area_km2: float


class ImpactArea(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when an object comes down: nested areas, a time interval, never a bare point."""

    areas: tuple[Area, ...]
    lat_deg: float
    lon_deg: float
    t_90_tai_ns: tuple[int, int]
    downrange_90_km: tuple[float, float] | None = None  # when azimuth is unknown: a ring round the pad
    is_conditional: bool = False  # "if thrust stopped now"


class LaunchEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """Where, when and which way an object left the ground."""

    lat_deg: float
    lon_deg: float
    areas: tuple[Area, ...]
    t_tai_ns: int
    t_90_tai_ns: tuple[int, int]
    azimuth_deg: float | None
    azimuth_90_deg: tuple[float, float] | None
    is_near_vertical: bool = False


class ObjectSummary(msgspec.Struct, frozen=True, kw_only=True, rename={"class_name": "class"}):
    """What we believe about one object now."""

    id: str
    class_name: str
    probabilities: dict[str, float]
    phase: str  # boost, coast, re-entry, orbit, lost
    apogee_km: float | None = None
    apogee_90_km: tuple[float, float] | None = None
    launch: LaunchEstimate | None = None
    burnout: dict[str, Any] | None = None
    impact: ImpactArea | None = None
    state: dict[str, Any] | None = None  # epoch, position, velocity, covariance: see `state_words`
    sensors: tuple[str, ...] = ()
    quality: tuple[str, ...] = ()  # marks, worst first
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine proposes to say to people; people release it."""

    id: str
    kind: str  # "launch" or "impact"
    object_id: str
    evidence: Evidence
    message: Message
    t_tai_ns: int
    text: str
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()
    phenomena: tuple[str, ...] = ()

    def __str__(self) -> str:
        """`IMPACT O1 [confirmed] 32.90°N 23.25°W in 4 min 56 s to 5 min 23 s, 90 % area 32 km²`."""
        return f"{self.kind.upper():<7} {self.object_id}  [{self.evidence}] {self.text}"


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """Where an object will be: altitude and speed relative to the rotating Earth, with 90 % intervals."""

    object_id: str
    t_tai_ns: int
    altitude_km: float
    altitude_90_km: tuple[float, float]
    altitude_99_km: tuple[float, float]
    speed_mps: float
    speed_90_mps: tuple[float, float]
    speed_99_mps: tuple[float, float]
