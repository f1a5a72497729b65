"""A run scored against the truth: sets of objects, errors against doubt, launch and impact, time to declare."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.exercise.bounds import coast_bounds
from vedette.exercise.play import JUDGED_AFTER_BURNOUT_S, Played, Snapshot
from vedette.exercise.verdicts import (
    FlightVerdict,
    ImpactVerdict,
    LaunchVerdict,
    flight_verdicts,
    judge_impact,
    judge_launch,
    matched_objects,
)
from vedette.metrics import Gospa, chi_square_band, gospa, nees
from vedette.motion.propagate import propagate_coast
from vedette.reports import Alert, ObjectSummary, state_from_words
from vedette.scenario import TrueFlight

GOSPA_CUTOFF_M = 20_000.0  # farther off is another object; half of it squared for each missed or false one
STALE_S = 30.0  # an object not heard of for longer is not claimed to be anywhere

__all__ = ["FlightVerdict", "Moment", "Score", "flight_verdicts", "score_run"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What was believed of a flight at a judged instant: so many seconds after its burnout."""

    flight_id: str
    after_burnout_s: float
    object_id: str | None
    launch: LaunchVerdict | None
    impact: ImpactVerdict | None
    position_error_m: float | None
    position_sigma_m: float | None  # root of the trace of the claimed covariance
    position_bound_m: float | None  # root of the trace of the Cramér-Rao bound of the radar's coast looks
    nees: float | None  # six numbers: position and velocity


@dataclass(frozen=True, slots=True)
class Score:
    """The whole score of a run."""

    scenario: str
    seed: int
    flights: tuple[FlightVerdict, ...]
    moments: tuple[Moment, ...]
    gospa_mean_m: float
    gospa_localisation_m: float  # root mean square share of it
    missed_mean: float  # objects aloft that nobody had, on average over the beat
    false_mean: float
    nees_mean: float | None  # over dimension; coasting flights on the steady beat
    nees_count: int
    nees_band_90: tuple[float, float] | None  # for that many independent samples; a track's are not independent
    rmse_m: float | None
    rmse_over_bound: float | None
    false_objects: int
    wrong_alerts: int  # impact alerts, not withdrawn, for objects that are no flight or never came down

    def document(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Sample:
    """One coasting flight on one beat: error, doubt and bound."""

    error: np.ndarray
    cov: np.ndarray
    bound_m2: float


def score_run(played: Played) -> Score:
    """Score a finished run."""
    made = played.made
    matched = [matched_objects(snapshot.objects, made.flights) for snapshot in played.snapshots]
    instants = [snapshot.t_tai_ns for snapshot in played.snapshots]
    bounds = {one.id: coast_bounds(made, one, instants) for one in made.flights}
    truth = [one.states_itrf(np.array(instants, dtype=np.int64)) for one in made.flights]
    sets = [
        _compare_sets(
            snapshot,
            [states[row] for one, states in zip(made.flights, truth, strict=True) if _is_aloft(one, instants[row])],
        )
        for row, snapshot in enumerate(played.snapshots)
    ]
    samples = [sample for one in made.flights for sample in _coasting(played, matched, one, bounds[one.id])]
    found = matched_objects(played.picture.objects, made.flights)
    named = {summary.id for summary in found.values()}
    values = np.array([nees(sample.error, sample.cov) / 6.0 for sample in samples])
    errors2 = np.array([float(sample.error[:3] @ sample.error[:3]) for sample in samples])
    bounded = np.array([np.isfinite(sample.bound_m2) for sample in samples], dtype=bool)
    ratio = None
    if bounded.any():
        floor = np.mean([sample.bound_m2 for sample in samples if np.isfinite(sample.bound_m2)])
        ratio = float(np.sqrt(np.mean(errors2[bounded]) / floor))
    return Score(
        scenario=made.story.name,
        seed=made.seed,
        flights=flight_verdicts(played.picture, made),
        moments=tuple(_moment(played, one, after_s) for one in made.flights for after_s in JUDGED_AFTER_BURNOUT_S),
        gospa_mean_m=float(np.mean([one.value for one in sets])) if sets else 0.0,
        gospa_localisation_m=float(np.sqrt(np.mean([one.localisation for one in sets]))) if sets else 0.0,
        missed_mean=float(np.mean([one.missed_count for one in sets])) if sets else 0.0,
        false_mean=float(np.mean([one.false_count for one in sets])) if sets else 0.0,
        nees_mean=float(values.mean()) if len(values) else None,
        nees_count=len(values),
        nees_band_90=chi_square_band(6, len(values), 0.90) if len(values) else None,
        rmse_m=float(np.sqrt(errors2.mean())) if len(errors2) else None,
        rmse_over_bound=ratio,
        false_objects=sum(summary.id not in named for summary in played.picture.objects),
        wrong_alerts=_wrong_alerts(played.picture.alerts, found, made.flights),
    )


def _is_aloft(one: TrueFlight, t_tai_ns: int) -> bool:
    return one.t_liftoff_tai_ns < t_tai_ns and (one.t_impact_tai_ns is None or t_tai_ns < one.t_impact_tai_ns)


def _believed(summary: ObjectSummary, t_tai_ns: int) -> tuple[np.ndarray, np.ndarray | None, int] | None:
    """State, covariance and epoch, when they are fresh enough to stand for now."""
    if summary.state is None or summary.phase == "lost":
        return None
    t_state_ns, state, cov = state_from_words(summary.state)
    return None if abs(t_tai_ns - t_state_ns) > STALE_S * NS_PER_S else (state, cov, t_state_ns)


def _compare_sets(snapshot: Snapshot, true_states: list[np.ndarray]) -> Gospa:
    true = [state[:3] for state in true_states if np.all(np.isfinite(state))]
    said = []
    for summary in snapshot.objects:
        believed = _believed(summary, snapshot.t_tai_ns)
        if believed is not None:
            state, _, t_state_ns = believed
            said.append(propagate_coast(state, (snapshot.t_tai_ns - t_state_ns) / NS_PER_S)[:3])
    return gospa(np.array(said).reshape(-1, 3), np.array(true).reshape(-1, 3), GOSPA_CUTOFF_M)


def _coasting(
    played: Played, matched: list[dict[str, ObjectSummary]], one: TrueFlight, bounds_m2: np.ndarray
) -> list[_Sample]:
    """Errors at the object's own epochs, once the flight has burnt out and until it is down."""
    said: list[tuple[np.ndarray, np.ndarray, int, float]] = []
    for row, snapshot in enumerate(played.snapshots):
        summary = matched[row].get(one.id)
        believed = None if summary is None else _believed(summary, snapshot.t_tai_ns)
        if believed is None:
            continue
        state, cov, t_state_ns = believed
        if cov is not None and t_state_ns > one.t_burnout_tai_ns:
            said.append((state, cov, t_state_ns, float(bounds_m2[row])))
    true = one.states_itrf(np.array([t_ns for _, _, t_ns, _ in said], dtype=np.int64))
    errors = [state - row for (state, _, _, _), row in zip(said, true, strict=True)]
    return [
        _Sample(error, cov, bound)
        for error, (_, cov, _, bound) in zip(errors, said, strict=True)
        if np.all(np.isfinite(error))
    ]


def _moment(played: Played, one: TrueFlight, after_s: float) -> Moment:
    instant = one.t_burnout_tai_ns + round(after_s * NS_PER_S)
    snapshot = played.at(instant)
    summary = None if snapshot is None else matched_objects(snapshot.objects, played.made.flights).get(one.id)
    if snapshot is None or summary is None:
        return Moment(one.id, after_s, None, None, None, None, None, None, None)
    error_m = sigma_m = value = None
    if summary.state is not None:
        t_state_ns, state, cov = state_from_words(summary.state)
        error = state - one.states_itrf(np.array([t_state_ns]))[0]
        if np.all(np.isfinite(error)):
            error_m = float(np.linalg.norm(error[:3]))
            if cov is not None:
                sigma_m, value = float(np.sqrt(np.trace(cov[:3, :3]))), float(nees(error, cov))
    bound = coast_bounds(played.made, one, [instant])[0]
    return Moment(
        flight_id=one.id,
        after_burnout_s=after_s,
        object_id=summary.id,
        launch=None if summary.launch is None else judge_launch(summary.launch, one),
        impact=None if summary.impact is None else judge_impact(summary.impact, one),
        position_error_m=error_m,
        position_sigma_m=sigma_m,
        position_bound_m=float(np.sqrt(bound)) if np.isfinite(bound) else None,
        nees=value,
    )


def _wrong_alerts(alerts: tuple[Alert, ...], found: dict[str, ObjectSummary], flights: tuple[TrueFlight, ...]) -> int:
    falling = {one.id for one in flights if one.t_impact_tai_ns is not None}
    good = {summary.id for flight_id, summary in found.items() if flight_id in falling}
    return sum(
        alert.kind == "impact" and alert.evidence.value != "withdrawn" and alert.object_id not in good
        for alert in alerts
    )
