"""What a run believed and said about each object, and when: kept while events go through the engine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.engine import Event, FeedEnded, Picture, Session, advance, open_picture
from vedette.reports import Alert, Candidate, Evidence, ObjectSummary

LADDER = (Evidence.CANDIDATE, Evidence.CORRELATED, Evidence.CONFIRMED)
LOOK_EVERY_S = 1.0  # of received time between two looks at the candidates
PLACE_EVERY_S = 5.0


@dataclass(slots=True)
class ObjectRun:
    """One object in one run."""

    id: str
    t_found_tai_ns: int  # by the received time of the event that brought it
    t_reached_tai_ns: dict[Evidence, int] = field(default_factory=dict)  # rungs of the ladder, when first
    t_named_tai_ns: int | None = None  # of the leading explanation at the end
    summary: ObjectSummary | None = None  # at the end
    candidate: Candidate | None = None
    areas_90_km2: dict[int, float] = field(default_factory=dict)  # of the impact, by moment
    places_itrf_m: dict[int, tuple[float, float, float]] = field(default_factory=dict)  # by moment

    @property
    def leading(self) -> str:
        """What it most likely is, at the end; empty when nothing was weighed."""
        if self.candidate is not None and self.candidate.explanations:
            return self.candidate.leading.value
        return self.summary.class_name if self.summary is not None else ""

    @property
    def probability(self) -> float:
        """Of that."""
        if self.candidate is not None and self.candidate.explanations:
            return self.candidate.explanations[0].probability
        return max(self.summary.probabilities.values(), default=0.0) if self.summary is not None else 0.0

    @property
    def notices(self) -> tuple[str, ...]:
        """Announced things that match it, at the end."""
        return () if self.candidate is None else self.candidate.notices

    @property
    def evidence(self) -> Evidence | None:
        """The highest rung it ever stood on."""
        return next((rung for rung in reversed(LADDER) if rung in self.t_reached_tai_ns), None)


@dataclass(slots=True)
class AlertRun:
    """One alert in one run."""

    alert: Alert  # its newest revision
    t_first_tai_ns: int


@dataclass(slots=True)
class RunHistory:
    """One run from its first event to its last."""

    session: Session
    objects: dict[str, ObjectRun] = field(default_factory=dict)
    alerts: dict[str, AlertRun] = field(default_factory=dict)
    incidents: dict[str, Candidate] = field(default_factory=dict)  # noise, silence, messages: newest
    events: int = 0
    picture: Picture | None = None
    t_last_tai_ns: int | None = None  # newest received time
    _t_looked_tai_ns: int | None = None
    _leads: dict[str, str] = field(default_factory=dict)

    def take(self, picture: Picture, event: Event) -> None:
        """Note what is believed after an event."""
        self.events += 1
        self.picture = picture
        t = getattr(event, "t_received_tai_ns", None)
        if t:
            self.t_last_tai_ns = t if self.t_last_tai_ns is None else max(t, self.t_last_tai_ns)
        if self.t_last_tai_ns is None:
            return
        now = self.t_last_tai_ns
        for alert in picture.new_alerts:
            run = self.alerts.setdefault(alert.id, AlertRun(alert, now))
            run.alert = alert
            self._reach(alert.object_id, alert.evidence, now)
        has_news = bool(picture.new_findings or picture.new_alerts) or isinstance(event, FeedEnded)
        last = self._t_looked_tai_ns
        if has_news or last is None or now - last >= LOOK_EVERY_S * NS_PER_S:
            self._t_looked_tai_ns = now
            self._look(picture, now)

    def _look(self, picture: Picture, now: int) -> None:
        for summary in picture.objects:
            one = self.objects.setdefault(summary.id, ObjectRun(summary.id, now))
            one.summary = summary
            moment = now // round(PLACE_EVERY_S * NS_PER_S)
            state = summary.state or {}
            if "position_itrf_m" in state and "velocity_itrf_mps" in state:
                one.places_itrf_m[moment] = _moved(state, moment)
            size = area_90_km2(summary)
            if size is not None:
                one.areas_90_km2[moment] = size
        for candidate in picture.candidates:
            if candidate.subject != "object":
                self.incidents[candidate.id] = candidate
            elif candidate.object_id in self.objects:
                self._note(candidate, now)

    def _note(self, candidate: Candidate, now: int) -> None:
        one = self.objects[candidate.object_id]
        one.candidate = candidate
        self._reach(one.id, candidate.evidence, now)
        if candidate.explanations and self._leads.get(one.id) != candidate.leading.value:
            self._leads[one.id] = candidate.leading.value
            one.t_named_tai_ns = now

    def _reach(self, object_id: str, evidence: Evidence, now: int) -> None:
        if evidence not in LADDER:
            return
        one = self.objects.setdefault(object_id, ObjectRun(object_id, now))
        for rung in LADDER[: LADDER.index(evidence) + 1]:
            one.t_reached_tai_ns.setdefault(rung, now)


def run_history(
    session: Session,
    events: Iterable[Event],
    tell: Callable[[int], None] = lambda count: None,
    begun: RunHistory | None = None,
) -> RunHistory:
    """Play events through the engine; `tell(count)` hears of every event. A run that was begun is gone on with."""
    history = RunHistory(session) if begun is None else begun
    picture = open_picture(session) if history.picture is None else history.picture
    for event in events:
        picture = advance(picture, event)
        history.take(picture, event)
        tell(history.events)
    history.picture = picture
    return history


def area_90_km2(summary: ObjectSummary) -> float | None:
    """Size of the 90 % impact area; None where there is none."""
    if summary.impact is None:
        return None
    return next((one.area_km2 for one in summary.impact.areas if abs(one.probability - 0.9) < 1e-6), None)


def _moved(state: dict[str, object], moment: int) -> tuple[float, float, float]:
    """The place at the moment itself, straight on from the state's own instant."""
    t = int(state["t_tai_ns"])  # type: ignore[call-overload]
    dt_s = (moment * round(PLACE_EVERY_S * NS_PER_S) - t) / NS_PER_S
    position = np.asarray(state["position_itrf_m"]) + dt_s * np.asarray(state["velocity_itrf_mps"])
    return (float(position[0]), float(position[1]), float(position[2]))
