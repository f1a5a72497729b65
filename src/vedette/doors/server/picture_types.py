"""Types of the document that `doors.wire` writes: degrees, kilometres, UTC text, seconds after lift-off.

Twins, not sources: `wire` says what is written, and a test reads what it writes with these, and nothing is left over.
From them come the OpenAPI and AsyncAPI documents and the console's TypeScript.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Utc = Annotated[str, Meta(description="UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was")]
PlusS = Annotated[float, Meta(description="seconds after the first lift-off; null: none is known")]
Interval = tuple[float, float]
ModeName = Literal["REAL", "EXERCISE", "TEST", "SIMULATED"]
EvidenceName = Literal["candidate", "correlated", "confirmed", "withdrawn", "passed"]
TimingName = Literal["on-time", "LATE", "EXPIRED"]
MessageName = Literal["none", "proposed", "released", "updated", "cancelled", "expired"]


class Told(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is told: every field named, none left over."""


class Area(Told):
    """A nested area; corners as latitudes and longitudes, the first not said again."""

    probability: Annotated[float, Meta(description="0.5, 0.9 or 0.99")]
    shape: Annotated[str, Meta(description="polygon, or ring: a band round the pad")]
    lat_deg: list[float]
    lon_deg: list[float]
    area_km2: float


class Finding(Told):
    """One line of the timeline."""

    t_utc: Utc | None
    t_plus_s: PlusS | None
    t_declared_utc: Utc | None
    t_declared_plus_s: PlusS | None
    kind: str
    object_id: str
    text: str
    data: dict[str, Any]


class Launch(Told):
    """Where, when and which way an object left the ground."""

    lat_deg: float
    lon_deg: float
    t_utc: Utc | None
    t_plus_s: PlusS | None
    t_90_plus_s: tuple[float | None, float | None]
    azimuth_deg: float | None
    azimuth_90_deg: Interval | None
    is_near_vertical: bool
    areas: list[Area]


class Impact(Told):
    """Where and when an object comes down; conditional: if thrust stopped now."""

    lat_deg: float
    lon_deg: float
    t_90_utc: tuple[str | None, str | None]
    t_90_plus_s: tuple[float | None, float | None]
    downrange_90_km: Interval | None
    is_conditional: bool


class Burnout(Told):
    """The end of thrust; the fields that are known."""

    t_utc: Utc | UnsetType | None = UNSET
    t_plus_s: PlusS | UnsetType | None = UNSET
    t_sigma_s: float | UnsetType = UNSET
    lat_deg: float | UnsetType = UNSET
    lon_deg: float | UnsetType = UNSET
    altitude_km: float | UnsetType = UNSET
    altitude_sigma_km: float | UnsetType = UNSET
    speed_itrf_mps: float | UnsetType = UNSET
    speed_sigma_mps: float | UnsetType = UNSET
    burns: int | UnsetType = UNSET


class ObjectState(Struct, kw_only=True):
    """A state, and the place below it. Telemetry and orbits have fields of their own beside these."""

    t_utc: Utc | UnsetType | None = UNSET
    t_plus_s: PlusS | UnsetType | None = UNSET
    t_tai_ns: int | UnsetType = UNSET
    lat_deg: float | UnsetType = UNSET
    lon_deg: float | UnsetType = UNSET
    altitude_km: float | UnsetType = UNSET
    position_itrf_m: tuple[float, float, float] | UnsetType = UNSET
    velocity_itrf_mps: tuple[float, float, float] | UnsetType = UNSET
    covariance_itrf: Annotated[list[list[float]], Meta(description="6 by 6, metres and seconds")] | UnsetType = UNSET
    speed_mps: float | UnsetType = UNSET
    flight_path_angle_deg: float | UnsetType = UNSET
    specific_force_mps2: float | UnsetType = UNSET
    downrange_km: float | UnsetType = UNSET
    frame: str | UnsetType = UNSET
    position_gcrf_m: list[float] | UnsetType = UNSET
    velocity_gcrf_mps: list[float] | UnsetType = UNSET
    covariance_gcrf: list[list[float]] | UnsetType = UNSET
    position_teme_m: list[float] | UnsetType = UNSET
    velocity_teme_mps: list[float] | UnsetType = UNSET
    covariance_teme: list[list[float]] | UnsetType = UNSET


class TrackedObject(Told, rename={"class_name": "class"}):
    """What is believed about one object."""

    id: str
    class_name: str
    probabilities: dict[str, float]
    phase: Annotated[str, Meta(description="boost, coast, re-entry, orbit, lost")]
    apogee_km: float | None
    apogee_90_km: Interval | None
    launch: Launch | None
    burnout: Burnout | None
    impact: Impact | None
    impact_areas: list[Area]
    state: ObjectState | None
    sensors: list[str]
    quality: Annotated[list[str], Meta(description="marks, worst first")]
    reasons_for: list[str]
    reasons_against: list[str]


class PictureAlert(Told):
    """What the engine proposes to say; the desk's alert of the same object is what people act on."""

    id: str
    kind: str
    object_id: str
    evidence: EvidenceName
    message: MessageName
    t_utc: Utc | None
    t_plus_s: PlusS | None
    text: str
    phenomena: list[str]
    reasons_for: list[str]
    reasons_against: list[str]


class Explanation(Told):
    """One thing that it may be."""

    name: str
    probability: float
    reasons_for: list[str]
    reasons_against: list[str]


class Candidate(Told):
    """Something that is assessed, with everything it may be, most probable first."""

    id: str
    subject: Annotated[str, Meta(description="object, noise, silence or message")]
    object_id: str | None
    sensors: list[str]
    t_first_utc: Utc | None
    t_first_plus_s: PlusS | None
    t_utc: Utc | None
    t_plus_s: PlusS | None
    evidence: EvidenceName
    explanations: list[Explanation]
    notices: list[str]
    marks: list[str]


class MixCount(Told):
    """How many of a kind."""

    count: float
    count_90: tuple[int, int]


class Raid(Told):
    """Launches that belong together."""

    id: str
    objects: list[str]
    count: float
    count_90: tuple[int, int]
    mix: dict[str, MixCount]
    t_first_utc: Utc | None
    t_first_plus_s: PlusS | None
    t_last_utc: Utc | None
    t_last_plus_s: PlusS | None


class Strobe(Told):
    """A direction from which a sensor hears noise."""

    azimuth_deg: float
    azimuth_sigma_deg: float
    elevation_deg: float | None
    noise_rise_db: float
    since_utc: Utc | None
    causes: Annotated[dict[str, float], Meta(description="probabilities, most likely first")]


class SensorHealth(Told):
    """How one sensor is."""

    id: str
    condition: Literal["ok", "degraded", "silent"]
    since_utc: Utc | None
    noise_rise_db: float
    strobes: list[Strobe]
    causes: dict[str, float]
    text: str


class Group(Told):
    """Objects too close together to be told apart."""

    id: str
    t_utc: Utc | None
    count: float
    count_sigma: float
    count_90: tuple[int, int]
    lat_deg: float
    lon_deg: float
    altitude_km: float
    middle_sigma_km: float
    spread_km: list[float]
    velocity_itrf_mps: list[float]
    sensors: list[str]


class NoiseSource(Told):
    """A place that noise comes from."""

    id: str
    t_utc: Utc | None
    lat_deg: float
    lon_deg: float
    height_km: float
    level_sigma_km: float
    position_itrf_m: list[float]
    position_cov_itrf_m2: list[list[float]]
    sensors: list[str]
    probability: float


class Source(Told):
    """A sensor as a source: how late and how evenly its reports come, and what is known of its clock."""

    sensor_id: str
    scans: int
    t_heard_utc: Utc | None
    delay_s: float | None
    jitter_s: float | None
    clock_steps: int
    last_step_s: float | None
    t_last_step_utc: Utc | None
    is_clock_valid: bool | None
    is_released: bool | None
    is_overloaded: bool | None
    rotation_s: float | None
    doubts: list[str]


class NoLaunch(Told):
    """What it is worth that no launch was seen."""

    text: str
    area: str | None
    within_s: float
    probabilities: dict[str, float]
    sigmas: dict[str, float]
    sensors_lost: list[str]
    sensors_in_noise: list[str]


class Prediction(Told):
    """Altitude and speed at an instant."""

    object_id: str
    t_utc: Utc | None
    t_plus_s: PlusS | None
    altitude_km: float
    altitude_90_km: Interval
    altitude_99_km: Interval
    speed_mps: float
    speed_90_mps: Interval
    speed_99_mps: Interval


class Bias(Told):
    """One constant error: what the sensor reads too much, in the unit that the term ends in."""

    term: str
    value: float
    sigma: float
    prior_sigma: float
    established_utc: Utc | None


class Registration(Told):
    """What is known of a sensor's constant errors."""

    sensor_id: str
    state: Annotated[str, Meta(description="unheard, learning, established, alarm")]
    looks: int
    biases: list[Bias]
    alarms: list[str]
    untold: list[str]
    text: str


class CatalogueMember(Told):
    """A known object that the watch has met."""

    id: int
    name: str
    looks: int
    probability: float
    together_with: list[str]
    sensors: list[str]
    t_first_utc: Utc | None
    t_last_utc: Utc | None
    age_days: float


class CatalogueMet(Told):
    """The catalogue that looks are held against, and who was met."""

    source: str
    sha256: str
    objects: int
    detections_named: int
    detections_new: int
    met: list[CatalogueMember]


class Partner(Told):
    """Another owner as far as heard."""

    owner: str
    link: Literal["up", "late", "down", "suspended", "refused"]
    t_heard_utc: Utc | None
    messages: int
    tracks: int
    events: int
    is_believed: Annotated[bool, Meta(description="false: what it says is shown, and counts for nothing")]
    doubts: Annotated[list[str], Meta(description="names of what was found wrong with what it said")]
    working: Annotated[dict[str, int], Meta(description="its sensors by kind, as far as it tells")]
    degraded: dict[str, int]
    silent: dict[str, int]
    coverage: Annotated[dict[str, float], Meta(description="chance that a launch from a region would be seen")]
    text: str


class Side(Told):
    """What one owner makes of an event; owner null: ourselves."""

    owner: str | None
    event_id: str
    revision: int
    evidence: EvidenceName
    phenomena: list[str]
    p_launch: Annotated[float, Meta(description="probability of a launch; null: withheld")] | None
    launch: Launch | None
    impact: Impact | None
    impact_areas: list[Area]
    count: int | None
    message: Annotated[MessageName, Meta(description="what that owner's people have said; it releases nothing here")]
    timing: TimingName
    t_said_utc: Utc | None
    t_heard_utc: Utc | None
    doubts: list[str]
    is_counted: Annotated[bool, Meta(description="the joint assessment rests on it, too")]
    is_track: Annotated[bool, Meta(description="its owner tells a track of it, and no event")]
    text: str


class JointEvent(Told):
    """An event with every owner's view side by side, and what they come to together."""

    id: str
    kind: str
    own: Side | None
    partners: list[Side]
    evidence: EvidenceName
    phenomena: Annotated[list[str], Meta(description="a partner's are marked: radar (SOUTH)")]
    launch: Launch | None
    impact: Impact | None
    impact_areas: list[Area]
    fused_from: Annotated[list[str], Meta(description="whose figures the areas are of: own, and owners")]
    disagreements: Annotated[list[str], Meta(description="a sentence for each point on which owners differ")]
    reasons_for: list[str]
    reasons_against: list[str]
    timing: TimingName
    may_sound: Annotated[bool, Meta(description="false: past or withdrawn, nothing need call anybody")]
    t_utc: Utc | None
    text: str


class Counts(Told):
    """What came in."""

    scans: int
    detections: int
    quarantined: int


class Picture(Told):
    """The whole picture as one document, as `vedette watch --json` writes it."""

    mode: ModeName
    engine_version: str
    t_now_utc: Utc | None
    t_now_plus_s: PlusS | None
    counts: Counts
    no_launch: NoLaunch | None
    events: list[Finding]
    objects: list[TrackedObject]
    alerts: list[PictureAlert]
    candidates: list[Candidate]
    raids: list[Raid]
    sensors: list[SensorHealth]
    groups: list[Group]
    noise_sources: list[NoiseSource]
    sources: list[Source]
    predictions: list[Prediction]
    registration: list[Registration]
    catalogue: CatalogueMet | None
    partners: list[Partner]
    joint: list[JointEvent]
