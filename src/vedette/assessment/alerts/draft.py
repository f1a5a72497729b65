"""The draft of a message: what the machine would say of one object, made from what it believes of it.

One alert an object: it begins as a launch and becomes an impact when there is one to tell, so that what people were
told first is updated and not doubled. `news_of` says when there is something new to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vedette.core.constants import NS_PER_S
from vedette.reports.alert_event import (
    AlertEvent,
    AreaTold,
    Burnout,
    EventKind,
    NoticeMatch,
    SensorPart,
    StateVector,
    TrackQuality,
)
from vedette.reports.explanations import Candidate
from vedette.reports.findings import Alert, Evidence, ImpactArea, ObjectSummary
from vedette.reports.mode import Mode
from vedette.reports.state_words import state_from_words

LAUNCH_VALID_S = 1800.0  # a launch without an impact is news for as long as the longest common flight
AFTER_IMPACT_S = 600.0  # an impact message stays true so long after its interval: people must not come out early
_BANDS = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class DraftSource:
    """Where a draft comes from: which journal, how long it was and what its chain had come to, and by which policy."""

    link: bytes
    entry_count: int
    chain: bytes  # of the journal after so many entries
    sender: str
    engine_version: str
    policy_digest: str = ""
    journal: str = ""


def event_id_of(source: DraftSource, object_id: str) -> str:
    """What the warning core calls an event: the journal it stands in, and the object; never used twice."""
    return f"E-{source.link.hex()[:16]}-{object_id}"


def alert_id_of(source: DraftSource, object_id: str, mode: Mode) -> str:
    """The alert's name at the desk: a drill's begins with its mode."""
    return f"{'A' if mode is Mode.REAL else mode.value}-{source.link.hex()[:8]}-{object_id}"


def draft_event(
    source: DraftSource,
    mode: Mode,
    summary: ObjectSummary,
    alerts: Iterable[Alert],
    candidate: Candidate | None,
    t_now_tai_ns: int,
    areas: tuple[AreaTold, ...] = (),
    sensors: tuple[SensorPart, ...] = (),
    entries: tuple[int, ...] = (),
) -> AlertEvent:
    """What would be said of an object now; not released by anybody yet.

    Parameters
    ----------
    source
        The journal and the policy behind it.
    mode
        Of the session: a draft has no other.
    summary
        What is believed of the object.
    alerts
        The engine's alerts about it, each in its newest revision.
    candidate
        Everything it may be.
    t_now_tai_ns
        The picture's time.
    areas
        Who would be told.
    sensors
        What each sensor contributed; where it is not given, the sensors by name.
    entries
        The journal's entries with the looks that it rests on.
    """
    by_kind = {alert.kind: alert for alert in alerts}
    leading = _leading(by_kind)
    is_impact = leading is not None and leading.kind == "impact" and summary.impact is not None
    evidence = _evidence(leading, candidate)
    for_, against = _reasons(leading, summary, candidate)
    return AlertEvent(
        event_id=event_id_of(source, summary.id),
        message_id=f"{alert_id_of(source, summary.id, mode)}.draft",
        mode=mode,
        kind=EventKind.IMPACT if is_impact else EventKind.LAUNCH,
        sender=source.sender,
        source=", policy ".join(part for part in (f"vedette {source.engine_version}", source.policy_digest) if part),
        t_created_tai_ns=t_now_tai_ns,
        t_valid_until_tai_ns=_valid_until(summary.impact if is_impact else None, t_now_tai_ns),
        basis={
            "journal": source.journal, "journal_link": source.link.hex(), "entry": str(source.entry_count),
            "journal_chain": source.chain.hex(), "entries": runs_of(entries),
            "object": summary.id, "engine": source.engine_version, "policy": source.policy_digest,
        },
        object_ids=(summary.id,),
        evidence=evidence,
        explanations=() if candidate is None else candidate.explanations,
        reasons_for=for_,
        reasons_against=against,
        sensors=sensors or tuple(SensorPart(sensor_id=name) for name in summary.sensors),
        phenomena=() if leading is None else leading.phenomena,
        notices=() if candidate is None else tuple(NoticeMatch(notice_id=name) for name in candidate.notices),
        track=_quality(summary, candidate, sensors, t_now_tai_ns),
        phase=summary.phase,
        launch=summary.launch,
        burnout=_burnout(summary),
        impact=summary.impact if is_impact else None,
        apogee_km=summary.apogee_km,
        apogee_90_km=summary.apogee_90_km,
        states=_states(summary),
        areas=areas,
    )  # fmt: skip


def news_of(alerts: Iterable[Alert], candidate: Candidate | None) -> tuple[object, ...]:
    """What makes a new revision worth people's eyes: the engine said something new of its alerts, the evidence or the
    leading explanation changed, or its probability passed one half, 90 or 99 %."""
    said = tuple((a.kind, a.evidence, a.t_tai_ns, a.text) for a in alerts)
    if candidate is None:
        return said
    leading = candidate.explanations[0]
    band = sum(leading.probability >= bound for bound in _BANDS)
    return (*said, candidate.evidence, leading.name, band, candidate.notices, candidate.marks)


def runs_of(numbers: Iterable[int]) -> str:
    """`3-7,9`: numbers in order, runs drawn together."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def numbers_of(runs: str) -> list[int]:
    """The inverse of `runs_of`."""
    found: list[int] = []
    for part in filter(None, runs.split(",")):
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found


def _leading(by_kind: dict[str, Alert]) -> Alert | None:
    """The impact where there is one, and it was not withdrawn while the launch stands."""
    impact, launch = by_kind.get("impact"), by_kind.get("launch")
    if impact is not None and (impact.evidence is not Evidence.WITHDRAWN or launch is None):
        return impact
    return launch


def _evidence(leading: Alert | None, candidate: Candidate | None) -> Evidence:
    if leading is not None and leading.evidence in (Evidence.WITHDRAWN, Evidence.PASSED):
        return leading.evidence
    if candidate is not None:
        return candidate.evidence
    return Evidence.CANDIDATE if leading is None else leading.evidence


def _reasons(
    leading: Alert | None, summary: ObjectSummary, candidate: Candidate | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for_ = list(summary.reasons_for if leading is None else leading.reasons_for)
    against = list(summary.reasons_against if leading is None else leading.reasons_against)
    if candidate is not None:
        first = candidate.explanations[0]
        for_ += [reason for reason in first.reasons_for if reason not in for_]
        against += [reason for reason in first.reasons_against if reason not in against]
        against += [
            f"may be {other.name} ({100 * other.probability:.0f} %)"
            for other in candidate.explanations[1:3]
            if other.probability >= 0.02
        ]
    return tuple(for_), tuple(against)


def _valid_until(impact: ImpactArea | None, t_now_tai_ns: int) -> int:
    if impact is None:
        return t_now_tai_ns + round(LAUNCH_VALID_S * NS_PER_S)
    return max(impact.t_90_tai_ns[1], t_now_tai_ns) + round(AFTER_IMPACT_S * NS_PER_S)


def _quality(
    summary: ObjectSummary, candidate: Candidate | None, sensors: tuple[SensorPart, ...], t_now_tai_ns: int
) -> TrackQuality:
    marks = tuple(dict.fromkeys((*summary.quality, *(() if candidate is None else candidate.marks))))
    last = max((one.t_last_tai_ns for one in sensors if one.t_last_tai_ns is not None), default=None)
    return TrackQuality(
        age_s=None if last is None else round((t_now_tai_ns - last) / NS_PER_S, 1),
        looks=sum(one.looks for one in sensors),
        is_lost="lost" in marks or summary.phase == "lost",
        is_stale="stale" in marks,
        marks=marks,
    )


def _burnout(summary: ObjectSummary) -> Burnout | None:
    words = summary.burnout
    if not words or "t_tai_ns" not in words:
        return None
    figures = {name: words.get(name) for name in Burnout.__struct_fields__ if name != "t_tai_ns"}
    kept = {name: float(value) for name, value in figures.items() if isinstance(value, int | float)}
    return Burnout(t_tai_ns=int(words["t_tai_ns"]), **kept)


def _states(summary: ObjectSummary) -> tuple[StateVector, ...]:
    if not summary.state or "position_itrf_m" not in summary.state:
        return ()
    t_tai_ns, state, cov = state_from_words(summary.state)
    half = () if cov is None else tuple(float(cov[i, j]) for i in range(6) for j in range(i, 6))
    x, y, z, vx, vy, vz = (float(value) for value in state)
    return (
        StateVector(kind="STATE", t_tai_ns=t_tai_ns, position_m=(x, y, z), velocity_mps=(vx, vy, vz), covariance=half),
    )
