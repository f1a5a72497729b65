"""What owners tell each other: tracks, events as they assess them, health, looks, and what comes of the link itself.

These are claims by a partner. A `PartnerReport` stands in the journal like every other event: fusion and the joint
assessment happen inside `advance`, and a replay hears exactly what the watch heard. A field that is empty was withheld
or is not known: nobody can tell which, and nobody should.

Times are TAI nanoseconds, states Earth-fixed (ITRF) in metres and metres per second relative to the rotating Earth.
"""

from enum import StrEnum

import msgspec

from vedette.reports.findings import Evidence, ImpactArea, LaunchEstimate, Message
from vedette.reports.mode import Mode

COVARIANCE_TERMS = 21  # lower triangle of 6 by 6, row by row


class TrackContent(StrEnum):
    """What a shared state rests on, which says how it may be fused."""

    FILTERED = "filtered"  # everything its owner knows, of its provenance: correlated with what was told before
    TRACKLET = "tracklet"  # only what was learnt since `t_since_tai_ns`: independent of every other tracklet


class SharedTrack(msgspec.Struct, frozen=True, kw_only=True, tag="track"):
    """What one owner believes of one object at an instant."""

    number: str  # unique among its owner's, for ever: "NORTH-000042"
    parents: tuple[str, ...] = ()  # numbers it came out of: a separation, a break-up, a merge, a hand-over
    content: TrackContent = TrackContent.FILTERED
    t_tai_ns: int
    t_since_tai_ns: int | None = None  # of a tracklet
    position_itrf_m: tuple[float, float, float]
    velocity_itrf_mps: tuple[float, float, float]
    covariance: tuple[float, ...]  # COVARIANCE_TERMS, m and m/s
    phase: str = ""  # boost, coast, re-entry, orbit
    probabilities: dict[str, float] = {}  # by class
    phenomena: tuple[str, ...] = ()  # "radar", "infrared": what it was seen by
    provenance: tuple[str, ...] = ()  # owners whose looks or tracks are in it, its own first
    sensors: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()  # "no third party": goes with it wherever it is passed on
    is_responsible: bool = False  # among services of one owner: this one reports the object
    provenance_t_tai_ns: tuple[int, ...] = ()  # for each of `provenance`: up to when its knowledge is in it; or empty


class SharedDrop(msgspec.Struct, frozen=True, kw_only=True, tag="drop"):
    """A track is reported no longer: lost, come down, or handed to another service."""

    number: str
    t_tai_ns: int
    reason: str  # "lost", "down", "handed over", "merged", "withdrawn"
    into: str = ""  # the number that goes on, if one does


class SharedEvent(msgspec.Struct, frozen=True, kw_only=True, tag="event"):
    """An event as one owner assesses it; a newer revision takes the place of those before."""

    event_id: str  # of its owner
    revision: int  # from 1
    kind: str  # "launch" or "impact"
    evidence: Evidence
    phenomena: tuple[str, ...] = ()
    probabilities: dict[str, float] = {}  # by explanation; they need not sum to one where some are withheld
    launch: LaunchEstimate | None = None
    impact: ImpactArea | None = None
    count: int | None = None  # how many objects its owner counts in it
    tracks: tuple[str, ...] = ()  # numbers of `SharedTrack`
    message: Message = Message.NONE  # what that owner's own people have said; it releases nothing here
    t_said_tai_ns: int
    t_expires_tai_ns: int | None = None  # after it nothing need sound: the last instant of the impact interval
    text: str = ""
    caveats: tuple[str, ...] = ()


class SharedHealth(msgspec.Struct, frozen=True, kw_only=True, tag="health"):
    """How one owner's sensors do, as far as it tells: counts by phenomenon, and where it sees nothing."""

    t_tai_ns: int
    working: dict[str, int] = {}  # sensors by kind
    degraded: dict[str, int] = {}
    silent: dict[str, int] = {}
    coverage: dict[str, float] = {}  # chance that a launch from a named region would be seen
    text: str = ""


class SharedLook(msgspec.Struct, frozen=True, kw_only=True, tag="look"):
    """Measurements themselves: a scan, and the description of the sensor that made it."""

    scan: bytes  # as `formats.scan_codec.encode_scan` writes it
    sensor_toml: str = ""  # said once, and again when it changes
    caveats: tuple[str, ...] = ()


class SharedNotice(msgspec.Struct, frozen=True, kw_only=True, tag="notice"):
    """A notice out of its owner's registry, word for word, with its owner's own signature."""

    notice_json: bytes  # as `formats.notice_json` writes it
    signature: bytes = b""
    key_id: str = ""


class SharedWords(msgspec.Struct, frozen=True, kw_only=True, tag="words"):
    """One desk to another: a query with a deadline, a cue request, their answers. People act on it, not the engine."""

    words_id: str  # of the sender; a reply says which in `about`
    about: str = ""
    kind: str  # "query", "reply", "cue-request", "cue-answer", "plan", "plan-answer", "note"
    text: str = ""
    document: bytes = b""  # an OMM, OEM or TDM, a search volume, a screening answer
    document_type: str = ""
    t_due_tai_ns: int | None = None
    answer: str = ""  # "accepted", "declined"; silence is an answer too


class SharedKeyStatement(msgspec.Struct, frozen=True, kw_only=True, tag="key"):
    """That a key of the sender is followed by another, or taken back: signed for itself (`sharing.key_life`)."""

    statement: bytes


Shared = (
    SharedTrack
    | SharedDrop
    | SharedEvent
    | SharedHealth
    | SharedLook
    | SharedNotice
    | SharedWords
    | SharedKeyStatement
)


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a message that is not understood here, or not wholly: kept as it came."""

    kind: str  # as its sender calls it; empty when it does not say
    name: str = ""  # number or id, where it can be read
    raw: bytes
    text: str  # what is not understood
    is_kept: bool = False  # True: the rest of it stands in the report's content


class PartnerReport(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a partner's node that was checked: key, mode, order, repetition. An event of the journal."""

    owner: str  # who signed it
    node: str  # which of the owner's nodes
    link: str  # which link of ours it came by
    lane: str = "warn"  # warn, track, bulk, words: each lane of a link is counted for itself
    sequence: int  # on that lane, from 1, without gaps
    mode: Mode
    t_sent_tai_ns: int  # by the sender's clock
    t_received_tai_ns: int  # by ours
    digest: str  # SHA-256 of the message as it was signed, in hex: the same on both sides
    content: tuple[Shared, ...]
    is_gateway_late: bool = False  # it waited on a link that was down
    unread: tuple[Unread, ...] = ()


class LinkState(StrEnum):
    """How a link stands."""

    UP = "up"
    LATE = "late"  # heard too long ago
    DOWN = "down"
    SUSPENDED = "suspended"  # by people here
    REFUSED = "refused"  # what comes is not believed


class PartnerNews(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a link itself, by our own gateway: it came up, fell silent, or brought what is not believed."""

    owner: str
    link: str
    t_received_tai_ns: int
    state: LinkState
    trouble: str = ""  # of a closed vocabulary: "wrong-key", "replayed", "garbage", "wrong-mode", "gap", "revoked", ...
    text: str = ""
    sequence: int | None = None
    digest: str = ""
