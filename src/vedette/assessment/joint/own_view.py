"""Our own candidates as the joint assessment reads them: values only, which cannot change what we believe."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from vedette.core.shapes import Rows, Scalar
from vedette.reports import (
    LAUNCHES,
    Alert,
    Candidate,
    Evidence,
    ImpactArea,
    LaunchEstimate,
    Message,
    ObjectSummary,
    SensorKind,
)
from vedette.sensing import Sensor

LEAST_LAUNCH = 0.01  # a candidate that is hardly a launch is a light at most
STANDING = (Evidence.CORRELATED, Evidence.CONFIRMED)


@dataclass(frozen=True, slots=True, eq=False)
class OwnEvent:
    """One of our objects that may be a launch, or a light that we take for something else."""

    object_id: str
    evidence: Evidence
    phenomena: tuple[str, ...]
    p_launch: float
    launch: LaunchEstimate | None
    impact: ImpactArea | None
    state_itrf: Scalar | None
    state_cov_itrf: Rows | None
    t_state_tai_ns: int
    message: Message
    t_tai_ns: int
    leading: tuple[str, float] | None = None  # the most probable explanation
    t_first_tai_ns: int = 0  # of its first sight
    t_seen_tai_ns: int | None = None  # of its last; None: not known
    is_light: bool = False  # hardly a launch to us: asked only whether it is what a partner calls one


def own_events(
    objects: Iterable[ObjectSummary],
    candidates: Iterable[Candidate],
    alerts: Iterable[Alert],
    sensors: Mapping[str, Sensor],
    states: Mapping[str, tuple[int, Scalar, Rows]],
    last_seen: Mapping[str, int] = MappingProxyType({}),
) -> tuple[OwnEvent, ...]:
    """Every candidate that may be a launch, with its object's estimates, and lights that we take for something else.

    `states`: of those that are tracked now; `last_seen`: when each was seen last, TAI ns.
    """
    by_object = {one.id: one for one in objects}
    told = {alert.object_id: alert for alert in alerts if alert.kind == "launch"}
    found = []
    for one in candidates:
        summary = by_object.get(one.object_id)
        p_launch = one.probability_of(*LAUNCHES)
        phenomena = phenomena_of(one.sensors, sensors)
        is_light = p_launch < LEAST_LAUNCH and one.object_id not in told
        if summary is None or (is_light and SensorKind.INFRARED.value not in phenomena):
            continue
        t, state, cov = states.get(one.object_id, (one.t_tai_ns, None, None))
        alert = told.get(one.object_id)
        found.append(
            OwnEvent(
                object_id=one.object_id,
                evidence=one.evidence,
                phenomena=phenomena,
                p_launch=p_launch,
                launch=summary.launch,
                impact=summary.impact,
                state_itrf=state,
                state_cov_itrf=cov,
                t_state_tai_ns=t,
                message=Message.NONE if alert is None else alert.message,
                t_tai_ns=one.t_tai_ns,
                leading=(one.leading.value, one.explanations[0].probability) if one.explanations else None,
                t_first_tai_ns=one.t_first_tai_ns,
                t_seen_tai_ns=last_seen.get(one.object_id),
                is_light=is_light,
            )
        )
    return tuple(found)


def phenomena_of(names: Iterable[str], sensors: Mapping[str, Sensor]) -> tuple[str, ...]:
    """Kinds of sensing of these sensors, each once."""
    return tuple(sorted({sensors[name].kind.value for name in names if name in sensors}))
