"""The alert event: the one structured value that everything said to people and programs is generated from.

CAP, texts in every language, the pager line and the Vedette event JSON are all made from it and from nothing else, so
that they cannot disagree. It is a superset of what published warning messages carry (Unified Data Library
`missile-track` and `launch-detection`): besides, it tells every explanation with its probability, what the belief rests
on, what was announced and catalogued, who released it, and which message it replaces or takes back.

Instants are TAI nanoseconds here and UTC text on the wire (`formats.alert_json`); places are geodetic degrees, north
and east positive, on WGS 84. A field that is absent, empty or null means *not known* or *none*, never zero.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from vedette.reports.explanations import Cause, Explanation
from vedette.reports.findings import Evidence, ImpactArea, LaunchEstimate
from vedette.reports.mode import Mode

EVENT_VERSION = 1


class EventKind(StrEnum):
    """What the message is about."""

    LAUNCH = "launch"  # something was launched; where it comes down is not known yet, or is nobody's danger
    IMPACT = "impact"  # something comes down in the areas told
    OVERFLIGHT = "overflight"  # something passes above the areas told
    CHANNEL_TEST = "channel-test"  # nothing happened: the channels are tried


class MessageType(StrEnum):
    """What the message does to those before it; the words are those of CAP."""

    ALERT = "Alert"  # the first of its event
    UPDATE = "Update"  # replaces the messages in `supersedes`
    CANCEL = "Cancel"  # takes back the messages in `cancels`


class Audience(StrEnum):
    """Who is meant: the public, or only those in `addresses`."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"  # may be passed on to those that `restriction` names
    PRIVATE = "Private"  # for those in `addresses` only


class Level(StrEnum):
    """How an area is told, graded so that the smallest justified area is woken (rule R35)."""

    TAKE_SHELTER = "take-shelter"  # now
    BE_READY = "be-ready"  # possible; stay near shelter and listen
    BE_INFORMED = "be-informed"  # nothing to do
    ALL_CLEAR = "all-clear"  # told before, and over


def _said(words: str) -> Meta:
    return Meta(description=words)


Text = Annotated[str, _said("plain text; empty: none")]


class MessageReference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An earlier message, named so that any receiver finds it again."""

    sender: Annotated[str, _said("who sent it, as in its `sender`")]
    message_id: Annotated[str, _said("its `message_id`")]
    t_sent_tai_ns: Annotated[int, _said("when it was sent, as in its `t_sent`")]


class ReleasedBy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the people who released the message."""

    account: Annotated[str, _said("the account that acted, by id; never a person's name")]
    session: Annotated[str, _said("the session it acted in; empty: not recorded")] = ""
    t_tai_ns: Annotated[int, _said("when the credential was given at the act")]
    revision: Annotated[str, _said("hash of the revision that was seen; all who release have seen the same")] = ""


class SensorPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one sensor contributed."""

    sensor_id: Annotated[str, _said("the sensor")]
    phenomenon: Annotated[str, _said("by what it sees: infrared, radar, optical, ...; empty: not said")] = ""
    looks: Annotated[int, Meta(ge=0, description="how many looks saw the object")] = 0
    t_first_tai_ns: Annotated[int, _said("first look that saw it; null: not known")] | None = None
    t_last_tai_ns: Annotated[int, _said("last look that saw it; null: not known")] | None = None


class NoticeMatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An announced thing that was compared with what was seen; it changes the explanation, never the tracking."""

    notice_id: Annotated[str, _said("the notice")]
    state: Annotated[str, _said("MATCHED, DEVIATING, EXCESS, ...; empty: compared only")] = ""
    text: Text = ""


class CatalogueTest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known object, or a class of them, that the observation was held against."""

    object_id: Annotated[str, _said("catalogue number or name")]
    result: Annotated[str, _said("matched, excluded or undecided")]
    text: Annotated[str, _said("by how much and why")] = ""


class StateVector(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the object was or will be, with its doubt."""

    kind: Annotated[str, _said("STATE: estimated at its instant; PREDICTED: carried forward; LOS: a line of sight")]
    t_tai_ns: Annotated[int, _said("of this state")]
    frame: Annotated[str, _said("frame of the components; ITRF rotates with the Earth")] = "ITRF"
    position_m: Annotated[tuple[float, float, float], _said("x, y, z in m")]
    velocity_mps: Annotated[tuple[float, float, float], _said("x, y, z in m/s")] | None = None
    acceleration_mps2: Annotated[tuple[float, float, float], _said("x, y, z in m/s2; null: not known")] | None = None
    covariance: Annotated[
        tuple[float, ...],
        _said(
            "upper triangle by rows of the covariance of position, velocity and, when given, acceleration; "
            "21 or 45 numbers in m, m/s, m/s2; empty: not given"
        ),
    ] = ()
    sensor_id: Annotated[str, _said("of a line of sight; empty: a fused state")] = ""


class Burnout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of thrust; one-sigma doubts."""

    t_tai_ns: Annotated[int, _said("when thrust ended")]
    t_sigma_s: Annotated[float, _said("seconds; null: not known")] | None = None
    lat_deg: Annotated[float, _said("geodetic latitude, degrees north")] | None = None
    lon_deg: Annotated[float, _said("longitude, degrees east")] | None = None
    altitude_km: Annotated[float, _said("km above the ellipsoid")] | None = None
    altitude_sigma_km: Annotated[float, _said("km")] | None = None
    speed_itrf_mps: Annotated[float, _said("m/s relative to the rotating Earth")] | None = None
    speed_sigma_mps: Annotated[float, _said("m/s")] | None = None


class TrackQuality(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How old and how good the track is that the message rests on (rule R32)."""

    age_s: Annotated[float, _said("seconds from the last look to `t_created`; null: not known")] | None = None
    quality: Annotated[int, Meta(ge=0, le=15, description="0 to 15, as on data links; null: not graded")] | None = None
    looks: Annotated[int, Meta(ge=0, description="looks that saw the object")] = 0
    containment_percent: Annotated[
        float, _said("how often areas like these were found to hold the truth; null: not measured")
    ] | None = None
    is_lost: Annotated[bool, _said("no sensor sees it any more")] = False
    is_stale: Annotated[bool, _said("what is predicted is older than it may be")] = False
    marks: Annotated[tuple[str, ...], _said("quality marks that travel with everything derived, worst first")] = ()


class Raid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many objects, and of what."""

    count: Annotated[int, Meta(ge=0, description="most probable number of objects")]
    count_90: Annotated[tuple[int, int], _said("90 % interval of the number")] | None = None
    mix: Annotated[dict[str, float], _said("expected number of each cause, by its name")] = {}
    object_ids: Annotated[tuple[str, ...], _said("every object counted, by id: the count must equal their number")] = ()


class ToldPolygon(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outline of an area, corners in degrees, joined by great circles; its inside is the smaller side."""

    lat_deg: Annotated[tuple[float, ...], _said("geodetic latitudes, degrees north; the first corner not said again")]
    lon_deg: Annotated[tuple[float, ...], _said("longitudes, degrees east, -180 to 180")]


class ToldCircle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A disc."""

    lat_deg: Annotated[float, _said("of its middle, degrees north")]
    lon_deg: Annotated[float, _said("of its middle, degrees east")]
    radius_km: Annotated[float, Meta(ge=0, description="km on the ground")]


class AreaTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An area whose people are told, and why: probability, and the seconds they have."""

    name: Annotated[str, _said("its name")]
    names: Annotated[dict[str, str], _said("its name by language code (BCP 47), where known")] = {}
    level: Level
    probability: Annotated[float, Meta(ge=0, le=1, description="that what the message is about happens there")]
    what: Annotated[str, _said("impact or overflight")] = "impact"
    seconds: Annotated[
        float, _said("to take shelter once the message has arrived, relied on in 19 of 20 flights; negative: too late")
    ] | None = None
    t_90_tai_ns: Annotated[tuple[int, int], _said("90 % interval of the instant it happens there")] | None = None
    polygons: Annotated[tuple[ToldPolygon, ...], _said("outlines; holes are not told")] = ()
    circles: Annotated[tuple[ToldCircle, ...], _said("discs")] = ()
    time_zone: Annotated[str, _said("IANA name such as Asia/Tokyo, for local time; empty: UTC only")] = ""
    geocodes: Annotated[dict[str, str], _said("codes by scheme, such as ISO3166-2")] = {}


class CorridorPoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place on the way over the ground, and how wide the way is there."""

    lat_deg: Annotated[float, _said("middle of the flights, degrees north")]
    lon_deg: Annotated[float, _said("middle of the flights, degrees east")]
    half_width_90_km: Annotated[float, Meta(ge=0, description="km: 90 % of the flights are no farther from the middle")]


class AlertEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message about one event, whole: what, where from, how many, when, where to, when it arrives, how sure."""

    vedette_event: Annotated[int, Meta(ge=1, description="version of this format; this is version 1")] = EVENT_VERSION

    # envelope
    event_id: Annotated[str, Meta(min_length=1, description="the event, the same in every message about it")]
    message_id: Annotated[str, Meta(min_length=1, description="this message; never used again")]
    sequence: Annotated[int, Meta(ge=1, description="1, 2, 3 ... of the messages of this event")] = 1
    mode: Annotated[Mode, _said("REAL, EXERCISE, TEST or SIMULATED; a SIMULATED event never leaves as CAP")]
    message_type: MessageType = MessageType.ALERT
    kind: EventKind
    sender: Annotated[str, Meta(min_length=1, description="the centre that answers for it, by id")]
    source: Annotated[str, _said("the system and policy that proposed it, with versions; empty: not said")] = ""
    marking: Annotated[str, _said("handling or releasability marking; empty: none")] = ""
    audience: Audience = Audience.RESTRICTED
    restriction: Annotated[str, _said("to whom a Restricted message may be passed on")] = "authorities"
    addresses: Annotated[tuple[str, ...], _said("whom a Private message is for")] = ()
    t_created_tai_ns: Annotated[int, _said("of the picture that it was made from")]
    t_sent_tai_ns: Annotated[int, _said("when it was released; null: not yet")] | None = None
    t_valid_until_tai_ns: Annotated[int, _said("after this it means nothing any more")]
    latency_s: Annotated[float, Meta(ge=0, description="assumed seconds from release until people have heard")] = 0.0
    supersedes: Annotated[tuple[MessageReference, ...], _said("messages that it replaces")] = ()
    cancels: Annotated[tuple[MessageReference, ...], _said("messages that it takes back")] = ()
    cancel_reason: Annotated[str, _said("mistake, passed, natural, announced or unknown; of a Cancel")] = ""
    released_by: Annotated[tuple[ReleasedBy, ...], _said("two different people; empty: not released")] = ()
    basis: Annotated[
        dict[str, str], _said("where the raw reports are: journal, entry, picture hash, policy, engine version")
    ] = {}

    # identity
    object_ids: Annotated[tuple[str, ...], _said("objects of the picture, most dangerous first")] = ()
    track_ids: Annotated[tuple[str, ...], _said("tracks behind them")] = ()
    parent_track_id: Annotated[str, _said("the track that this one separated from; empty: none")] = ""
    partner_ids: Annotated[dict[str, str], _said("what partners call the object, by partner id")] = {}
    name: Annotated[str, _said("a name people use for it; empty: none")] = ""

    # how sure
    evidence: Annotated[Evidence, _said("candidate, correlated (one phenomenon), confirmed (two), withdrawn, passed")]
    explanations: Annotated[
        tuple[Explanation, ...], _said("everything it may be, most probable first; probabilities sum to one")
    ] = ()
    confidence: Annotated[str, _said("no, low, medium or high: a person's word; empty: nobody has said")] = ""
    confidence_by: Annotated[str, _said("the account that gave that word")] = ""
    reasons_for: Annotated[tuple[str, ...], _said("what speaks for the leading explanation")] = ()
    reasons_against: Annotated[tuple[str, ...], _said("what speaks against it")] = ()
    sensors: Annotated[tuple[SensorPart, ...], _said("every sensor that contributed")] = ()
    phenomena: Annotated[tuple[str, ...], _said("physical principles that agree: infrared, radar, ...")] = ()
    is_stereo: Annotated[bool, _said("two sensors at different places saw it together; null: not known")] | None = None
    notices: Annotated[tuple[NoticeMatch, ...], _said("announced things that it was compared with")] = ()
    catalogue: Annotated[tuple[CatalogueTest, ...], _said("catalogued objects it was held against")] = ()
    track: TrackQuality = TrackQuality()

    # what flies
    phase: Annotated[str, _said("boost, coast, re-entry, orbit, down, lost; empty: not known")] = ""
    raid: Raid | None = None
    launch: Annotated[LaunchEstimate, _said("where, when and which way it left the ground")] | None = None
    burnout: Burnout | None = None
    impact: Annotated[ImpactArea, _said("where and when it comes down: nested areas, a time interval")] | None = None
    impact_probability: Annotated[float, Meta(ge=0, le=1, description="that it comes down at all")] | None = None
    apogee_km: Annotated[float, _said("greatest height above the ellipsoid, km")] | None = None
    apogee_90_km: Annotated[tuple[float, float], _said("90 % interval")] | None = None
    inclination_deg: Annotated[float, _said("of its orbit, degrees; null: none or not known")] | None = None
    raan_deg: Annotated[float, _said("right ascension of its ascending node, degrees; null: as above")] | None = None
    corridor: Annotated[
        tuple[CorridorPoint, ...], _said("the way over the ground from launch to end, at even shares of the flight")
    ] = ()
    states: Annotated[tuple[StateVector, ...], _said("state vectors, newest first")] = ()

    # who must be told
    areas: Annotated[tuple[AreaTold, ...], _said("areas told, most urgent first")] = ()
    areas_added: Annotated[tuple[str, ...], _said("told now and not by the last message")] = ()
    areas_dropped: Annotated[tuple[str, ...], _said("told by the last message and no more")] = ()

    @property
    def leading(self) -> Cause:
        """The most probable explanation; unknown when none is told."""
        return self.explanations[0].name if self.explanations else Cause.UNKNOWN

    def reference(self) -> MessageReference:
        """How a later message names this one; only a released message can be named."""
        assert self.t_sent_tai_ns is not None, "a message that was not sent cannot be referred to"
        return MessageReference(sender=self.sender, message_id=self.message_id, t_sent_tai_ns=self.t_sent_tai_ns)


def event_trouble(event: AlertEvent) -> str:
    """What makes an event impossible to send, in words; empty when nothing does.

    Rules: Update and Cancel say what they are about; a Cancel and nothing else has `cancels`; probabilities are
    probabilities and sum to one; intervals run forward; the raid's count equals the objects it lists (rule R18); what
    is predicted from a lost track is not told as a new danger (R32).
    """
    if event.message_type is MessageType.CANCEL and not event.cancels:
        return "a Cancel must say which messages it takes back"
    if event.message_type is MessageType.UPDATE and not event.supersedes:
        return "an Update must say which messages it replaces"
    if event.message_type is not MessageType.CANCEL and event.cancels:
        return f"an {event.message_type} takes nothing back; only a Cancel does"
    if event.message_type is MessageType.ALERT and event.supersedes:
        return "a first Alert replaces nothing; send an Update"
    if event.t_valid_until_tai_ns <= event.t_created_tai_ns:
        return "it is over before it begins: t_valid_until is not after t_created"
    if event.explanations:
        total = sum(one.probability for one in event.explanations)
        if not abs(total - 1.0) < 1e-3 or any(not 0.0 <= one.probability <= 1.0 for one in event.explanations):
            return f"probabilities of the explanations sum to {total:.4f}, not to one"
    for area in event.areas:
        if area.t_90_tai_ns is not None and area.t_90_tai_ns[0] > area.t_90_tai_ns[1]:
            return f"the time interval of {area.name!r} runs backwards"
    raid = event.raid
    if raid is not None and raid.object_ids and raid.count != len(raid.object_ids):
        return f"the raid counts {raid.count} objects and lists {len(raid.object_ids)}"
    if (
        event.track.is_stale
        and event.message_type is not MessageType.CANCEL
        and any(area.level is Level.TAKE_SHELTER for area in event.areas)
    ):
        return "it tells people to take shelter from a prediction of a lost track that is too old; downgrade or cancel"
    if event.kind is EventKind.CHANNEL_TEST and event.mode is Mode.REAL:
        return "a check of the channels is no REAL event; send it as TEST"
    if event.audience is Audience.PRIVATE and not event.addresses:
        return "a Private message names nobody in addresses"
    return ""

