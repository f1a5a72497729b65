"""What something that looks alarming may be: threats, launches without threat, nature, faults; each with its reasons.

One vocabulary for everything that is assessed, whether it has a track or not (noise, silence, a message without a
sighting). Threat and natural explanation always stand in the same list: neither is shown without the other.
"""

from enum import StrEnum

import msgspec

from vedette.reports.findings import Evidence


class Cause(StrEnum):
    """What a candidate may be."""

    SHORT_RANGE = "short-range-ballistic"
    MEDIUM_RANGE = "medium-range-ballistic"
    INTERMEDIATE_RANGE = "intermediate-range-ballistic"
    INTERCONTINENTAL = "intercontinental-ballistic"
    SUBMARINE_LAUNCHED = "submarine-launched-ballistic"
    GLIDE = "glide"
    AIRCRAFT = "cruise-or-aircraft"
    UNCREWED_SMALL = "uncrewed-small"
    SPACE_LAUNCH = "space-launch"
    FAILED_LAUNCH = "failed-launch"
    SOUNDING_ROCKET = "sounding-rocket"
    SATELLITE = "satellite"
    DECAYING_BODY = "decaying-body"
    BOLIDE = "bolide"
    FIRE = "fire-or-flare"
    GLINT = "glint"
    MOON_OR_SUN = "moon-or-sun"  # echo or light of the Moon, the Sun or a planet, range ambiguity included
    AURORA = "aurora"
    SOLAR_NOISE = "solar-noise"
    JAMMING = "jamming"
    SENSOR_FAULT = "sensor-fault"
    COMMON_FAULT = "common-fault"  # power or link that several sensors share
    TEST_DATA = "test-data"  # a tape, a drill or a simulation that came by the wrong way
    MESSAGE_FAULT = "message-fault"  # count field, sequence, authentication
    PROCEDURE = "procedure"  # people sent what no sensor saw
    UNKNOWN = "unknown"


THREATS = frozenset({
    Cause.SHORT_RANGE, Cause.MEDIUM_RANGE, Cause.INTERMEDIATE_RANGE, Cause.INTERCONTINENTAL, Cause.SUBMARINE_LAUNCHED,
    Cause.GLIDE, Cause.AIRCRAFT, Cause.UNCREWED_SMALL,
})  # fmt: skip
LAUNCHES = frozenset({
    Cause.SHORT_RANGE, Cause.MEDIUM_RANGE, Cause.INTERMEDIATE_RANGE, Cause.INTERCONTINENTAL, Cause.SUBMARINE_LAUNCHED,
    Cause.GLIDE, Cause.SPACE_LAUNCH, Cause.FAILED_LAUNCH, Cause.SOUNDING_ROCKET,
})  # fmt: skip
NATURAL = frozenset({
    Cause.SATELLITE, Cause.DECAYING_BODY, Cause.BOLIDE, Cause.FIRE, Cause.GLINT, Cause.MOON_OR_SUN, Cause.AURORA,
    Cause.SOLAR_NOISE,
})  # fmt: skip
FAULTS = frozenset({
    Cause.SENSOR_FAULT, Cause.COMMON_FAULT, Cause.TEST_DATA, Cause.MESSAGE_FAULT, Cause.PROCEDURE,
})  # fmt: skip


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing it may be, how probable, and what speaks for it and against it."""

    name: Cause
    probability: float
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is being assessed: an object, noise, silence, or a message that no sighting stands behind."""

    id: str
    subject: str  # "object", "noise", "silence" or "message"
    object_id: str = ""  # of an object
    sensors: tuple[str, ...] = ()
    t_first_tai_ns: int
    t_tai_ns: int  # of this belief
    evidence: Evidence
    explanations: tuple[Explanation, ...]  # most probable first; probabilities sum to one
    notices: tuple[str, ...] = ()  # announced things that match it
    marks: tuple[str, ...] = ()  # "degraded-picture", "lost", "stale", ...

    def probability_of(self, *names: Cause) -> float:
        """How probable it is that it is one of these."""
        return sum(one.probability for one in self.explanations if one.name in names)

    @property
    def leading(self) -> Cause:
        """The most probable explanation."""
        return self.explanations[0].name
