"""Every frame of the stream, as types: what a client may say, and what it may be told.

The documents inside are those of `picture_types` and `desk_types`. The AsyncAPI document and the console's TypeScript
are made from this file (`asyncapi.py`, `tools/console_types.py`).
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from vedette.doors.server.desk_types import DeskAlert
from vedette.doors.server.picture_types import (
    Candidate,
    CatalogueMember,
    Counts,
    Finding,
    Group,
    JointEvent,
    NoiseSource,
    NoLaunch,
    Partner,
    Picture,
    PictureAlert,
    PlusS,
    Prediction,
    Raid,
    Registration,
    SensorHealth,
    Source,
    Told,
    TrackedObject,
    Utc,
)
from vedette.formats.notice_json import NoticeWire

Seq = Annotated[int, Meta(description="number of the frame; grows, from the milliseconds of the server's start")]
Entry = Annotated[int, Meta(description="the journal's newest entry that the frame knows of")]


class Hello(Struct, tag="hello", kw_only=True):
    """What a client opens with; absent or null: nothing is held, and no catalogue is wanted."""

    resume: Annotated[int, Meta(description="number of the newest frame held")] | None = None
    journal: Annotated[str, Meta(description="of which journal it is")] | None = None
    catalogue_period_s: Annotated[float, Meta(description="seconds between catalogue frames, >= 1")] | None = None


class AuditTail(Told):
    """The newest record of the desk's audit log."""

    seq: int
    hash: str


class SnapshotFrame(Told, tag="snapshot"):
    """The whole picture, desk and notices: what a client shows when it has nothing, or fell behind."""

    seq: Seq
    journal: str | None
    entry: Entry
    picture: Picture
    desk: list[DeskAlert]
    audit_tail: AuditTail | None
    notices: list[NoticeWire]
    is_desk_kept: Annotated[bool, Meta(description="of the past: whether a desk of it is kept")] | UnsetType = UNSET


class CatalogueChange(Told):
    """The catalogue: whole (no `is_whole`), or its counts and whom else it met (`is_whole` false)."""

    source: str
    sha256: str
    objects: int
    detections_named: int
    detections_new: int
    is_whole: bool | UnsetType = UNSET
    met: list[CatalogueMember] | UnsetType = UNSET
    met_gone: list[int] | UnsetType = UNSET
    met_order: list[int] | UnsetType = UNSET


class UpdateFrame(Told, tag="update"):
    """What changed since the frame before; an absent key is unchanged.

    Rows replace those of the same name in place, or are added at the end; `*_gone` names rows that are no more,
    `*_order` all names when the order is another. `events_plus_s` holds t_plus_s and t_declared_plus_s of every earlier
    event when the zero of the seconds has moved; `events` are added after it.
    """

    seq: Seq
    entry: Entry
    t_now_utc: Utc | None
    t_now_plus_s: PlusS | None
    counts: Counts
    events_plus_s: list[tuple[float | None, float | None]] | UnsetType = UNSET
    events: list[Finding] | UnsetType = UNSET
    objects: list[TrackedObject] | UnsetType = UNSET
    objects_gone: list[str] | UnsetType = UNSET
    objects_order: list[str] | UnsetType = UNSET
    alerts: list[PictureAlert] | UnsetType = UNSET
    alerts_gone: list[str] | UnsetType = UNSET
    alerts_order: list[str] | UnsetType = UNSET
    candidates: list[Candidate] | UnsetType = UNSET
    candidates_gone: list[str] | UnsetType = UNSET
    candidates_order: list[str] | UnsetType = UNSET
    sensors: list[SensorHealth] | UnsetType = UNSET
    sensors_gone: list[str] | UnsetType = UNSET
    sensors_order: list[str] | UnsetType = UNSET
    sources: list[Source] | UnsetType = UNSET
    sources_gone: list[str] | UnsetType = UNSET
    sources_order: list[str] | UnsetType = UNSET
    registration: list[Registration] | UnsetType = UNSET
    registration_gone: list[str] | UnsetType = UNSET
    registration_order: list[str] | UnsetType = UNSET
    raids: list[Raid] | UnsetType = UNSET
    groups: list[Group] | UnsetType = UNSET
    noise_sources: list[NoiseSource] | UnsetType = UNSET
    predictions: list[Prediction] | UnsetType = UNSET
    no_launch: NoLaunch | UnsetType | None = UNSET
    catalogue: CatalogueChange | UnsetType | None = UNSET
    partners: list[Partner] | UnsetType = UNSET
    joint: list[JointEvent] | UnsetType = UNSET


class DeskFrame(Told, tag="desk"):
    """Alerts at the desk that changed, whoever acted; said again to a client that fell behind."""

    seq: Seq
    alerts: list[DeskAlert]
    audit_tail: AuditTail | None


class Worker(Told):
    """How the watch itself is; in a `review` nothing is watched.

    Stale: neither running, paused, ended nor a review, or `last_frame_age_s` > 3 (alive, but busy).
    """

    state: Literal["starting", "running", "paused", "ended", "dead", "review"]
    last_frame_age_s: Annotated[float, Meta(description="since the watch last went on; small also in a quiet hour")]
    backlog_s: Annotated[float, Meta(description="how far it lags behind what it is fed")]
    doing: Annotated[Literal["journal", "kernels"], Meta(description="before it watches")] | UnsetType = UNSET
    caught: Annotated[tuple[int, int], Meta(description="steps of `doing`, of how many")] | UnsetType = UNSET
    sentence: Annotated[str, Meta(description="why it cannot go on")] | UnsetType = UNSET


class HeartbeatFrame(Told, tag="heartbeat"):
    """Once a second, however far behind a client is."""

    t_server_utc: str
    worker: Worker
    readers: int
    recording: bool


class ProblemFrame(Told, tag="problem"):
    """What was wrong with a client's frame (RFC 9457); the socket stays open."""

    title: str
    status: int
    detail: str


ServerFrame = SnapshotFrame | UpdateFrame | DeskFrame | HeartbeatFrame | ProblemFrame
ClientFrame = Hello
BINARY_FRAME = (
    "Little-endian: u32 magic 0x54444556 (VEDT), u16 version 1, u16 kind (1 catalogue, 2 tracks), u32 count, "
    "u32 reserved, f64 t_tai_s (TAI seconds since 1970-01-01T00:00:00 TAI), f64 t_utc_unix_s; then count u32 "
    "(catalogue: index; tracks of a crowd: the low 32 bits of what the id spells after its T, five bits a letter, "
    "A-Z 2-7), count x 3 f32 position_itrf_m, count x 3 f32 velocity_itrf_mps."
)
