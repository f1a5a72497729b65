"""The values that travel: scans in, findings out. Values only."""

from vedette.reports.alternatives import Alternatives
from vedette.reports.claims import Claim, LifeSign
from vedette.reports.explanations import FAULTS, LAUNCHES, NATURAL, THREATS, Candidate, Cause, Explanation
from vedette.reports.findings import (
    Alert,
    Area,
    Evidence,
    Finding,
    FindingKind,
    ImpactArea,
    LaunchEstimate,
    Message,
    ObjectSummary,
    Prediction,
)
from vedette.reports.health import Condition, EmitterEstimate, GroupEstimate, SensorHealth, StrobeHealth
from vedette.reports.joint import JointAssessment, PartnerStanding, Side, Timing
from vedette.reports.known_body import KnownBody
from vedette.reports.looks import KIND_CODES, Looks
from vedette.reports.mode import Mode
from vedette.reports.notice import Grouping, Notice, NoticeArea, NoticeKind, Window
from vedette.reports.partner import (
    LinkState,
    PartnerNews,
    PartnerReport,
    Shared,
    SharedDrop,
    SharedEvent,
    SharedHealth,
    SharedKeyStatement,
    SharedLook,
    SharedNotice,
    SharedTrack,
    SharedWords,
    TrackContent,
    Unread,
)
from vedette.reports.raid import Raid
from vedette.reports.registration import BiasSummary, SensorRegistration
from vedette.reports.scan import COLUMNS, HORIZON_KINDS, SIGHT_KINDS, Region, Scan, SensorKind
from vedette.reports.state_words import state_from_words, state_words

__all__ = [
    "COLUMNS",
    "FAULTS",
    "HORIZON_KINDS",
    "KIND_CODES",
    "LAUNCHES",
    "NATURAL",
    "SIGHT_KINDS",
    "THREATS",
    "Alert",
    "Alternatives",
    "Area",
    "BiasSummary",
    "Candidate",
    "Cause",
    "Claim",
    "Condition",
    "EmitterEstimate",
    "Evidence",
    "Explanation",
    "Finding",
    "FindingKind",
    "GroupEstimate",
    "Grouping",
    "ImpactArea",
    "JointAssessment",
    "KnownBody",
    "LaunchEstimate",
    "LifeSign",
    "LinkState",
    "Looks",
    "Message",
    "Mode",
    "Notice",
    "NoticeArea",
    "NoticeKind",
    "ObjectSummary",
    "PartnerNews",
    "PartnerReport",
    "PartnerStanding",
    "Prediction",
    "Raid",
    "Region",
    "Scan",
    "SensorHealth",
    "SensorKind",
    "SensorRegistration",
    "Shared",
    "SharedDrop",
    "SharedEvent",
    "SharedHealth",
    "SharedKeyStatement",
    "SharedLook",
    "SharedNotice",
    "SharedTrack",
    "SharedWords",
    "Side",
    "StrobeHealth",
    "Timing",
    "TrackContent",
    "Unread",
    "Window",
    "state_from_words",
    "state_words",
]
