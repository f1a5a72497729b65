"""What became of the flights of a threat story: how soon each was a candidate, correlated, confirmed, and kept so.

Looks are counted, not seconds: how often sensors come round is theirs. A flight must be a candidate by the third look
of one sensor that truly saw it (and two seconds), and `correlated` within one look of what Wald's sequential test would
need for one false declaration a year (`sequential_looks`). All times are those of the measurements; the engine's own
computing time is measured apart.
"""

from dataclasses import dataclass, replace
from math import ceil, log
from typing import Any, Final

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints
from vedette.exercise.expected import Expected
from vedette.exercise.story_run import StoryRun
from vedette.exercise.truth_looks import truth_looks
from vedette.exercise.verdicts import matched_objects
from vedette.reports import FAULTS, NATURAL, Candidate, Cause, Evidence, FindingKind
from vedette.scenario import TrueFlight
from vedette.sensing import Infrared, Sensor

CANDIDATE_LOOKS: Final = 3
MARGIN_S: Final = 2.0
DETECTION: Final = 0.9
YEAR_S: Final = 365.25 * 86_400.0
GATE_SPEED_MPS: Final = 4_000.0  # a flame that is to be the same at the next look has gone no farther
_LADDER: Final = {Evidence.CANDIDATE: 1, Evidence.CORRELATED: 2, Evidence.CONFIRMED: 3}
_ABOVE: Final = ("correlated", "confirmed")
_WORDS: Final = {0: "MISSED", 1: "CANDIDATE", 2: "CAUTION", 3: "CONFIRMED"}


@dataclass(frozen=True, slots=True)
class FlightRecord:
    """One flight and what was believed of it."""

    id: str
    class_name: str
    object_id: str | None
    looks: int  # that truly saw it, by any sensor, in the whole story
    candidate_looks: int | None  # of them, by the time it was a candidate; None: it never was
    candidate_in_time: bool
    correlated_looks: int | None
    bound_looks: float  # of the sequential test
    correlated_in_time: bool
    is_seen_by_two: bool  # two sensors saw it three times each before its burnout
    is_reported_by_burnout: bool  # at least correlated within two looks of its burnout
    rung: int  # of the ladder: 0 missed, 1 candidate, 2 correlated, 3 confirmed
    is_explained_away: bool
    candidate_delay_s: float | None = None  # after the third look of a sensor; negative: before it
    correlated_delay_s: float | None = None  # after the first look
    rank: int | None = None  # of the first accepted cause in its list; None: in no list


def sequential_looks(sensors: list[Sensor], false_alarm_in_gate: float | None = None) -> float:
    """Mean looks, the first included, that Wald's test needs for one false declaration a year over all starts.

    E = 1 + ln(1/a) / (p ln(p/q) + (1-p) ln((1-p)/(1-q))) (Wald 1947, eq. 3:57, for a test that ends by declaring), with
    a = 1 over the false detections a year that could begin something, q the chance of a false one in the next gate.
    """
    starts = sum(max(one.false_alarms_per_look, 1e-3) * YEAR_S / one.revisit_s for one in sensors)
    if false_alarm_in_gate is None:
        gates = [_false_in_gate(one) for one in sensors]
        false_alarm_in_gate = float(np.mean(gates))
    p, q = DETECTION, false_alarm_in_gate
    gain = p * log(p / q) + (1.0 - p) * log((1.0 - p) / (1.0 - q))
    return 1.0 + log(max(starts, 2.0)) / gain


def _false_in_gate(sensor: Sensor) -> float:
    """Chance of a false detection where the next look is expected: its share of the whole view."""
    reach_m = GATE_SPEED_MPS * sensor.revisit_s
    if isinstance(sensor, Infrared):
        share = np.pi * reach_m**2 / 2.0e14  # of the near half of the Earth, m2
    else:
        share = (2.0 * reach_m / 3.0e6) ** 3 / 2.0  # of a half ball of 3,000 km
    return float(np.clip(max(sensor.false_alarms_per_look, 1e-3) * share, 1e-9, 0.5))


def flight_records(run: StoryRun, accepted: tuple[Cause, ...] = ()) -> tuple[FlightRecord, ...]:
    """A record of every flight, in the story's order; `accepted` causes are those that it may be called."""
    made = run.made
    objects = matched_objects(run.picture.objects, made.flights)
    newest: dict[str, Candidate] = {c.object_id: c for m in run.moments for c in m.candidates if c.object_id}
    best: dict[str, int] = {}
    for moment in run.moments:
        for one in moment.candidates:
            best[one.object_id] = max(best.get(one.object_id, 0), _LADDER.get(one.evidence, 0))
    found = []
    for flight in made.flights:
        summary = objects.get(flight.id)
        name = None if summary is None else summary.id
        candidate = None if name is None else newest.get(name)
        record = _record(run, flight, name, candidate, 0 if name is None else best.get(name, 0))
        places = [n for n, e in enumerate(candidate.explanations, 1) if e.name in accepted] if candidate else []
        found.append(replace(record, rank=min(places, default=None)))
    return tuple(found)


def _record(
    run: StoryRun, flight: TrueFlight, name: str | None, candidate: Candidate | None, rung: int
) -> FlightRecord:
    looks = truth_looks(run.made, flight)
    hit = looks.is_detection
    times, which = looks.t_measured_tai_ns[hit], looks.sensor_index[hit]
    sensors = [run.made.sensors[looks.sensor_ids[i]] for i in sorted(set(which.tolist()))]
    bound = sequential_looks(sensors) if sensors else float("nan")
    detected = _first(run, name, FindingKind.DETECTED)
    correlated = _first_correlated(run, name)
    third = [np.sort(times[which == i])[CANDIDATE_LOOKS - 1] for i in set(which.tolist()) if _count(which, i) >= 3]
    margin_ns = round(MARGIN_S * NS_PER_S)
    allowed = ceil(bound) + 1 if sensors else 0
    n_correlated = None if correlated is None else int(np.sum(times <= correlated))
    before = times <= flight.t_burnout_tai_ns
    two = sum(_count(which[before], i) >= CANDIDATE_LOOKS for i in set(which.tolist())) >= 2
    late_ns = round(2.0 * max((one.revisit_s for one in sensors), default=0.0) * NS_PER_S)
    led_away = candidate is not None and rung >= 2 and _is_led_away(candidate)
    return FlightRecord(
        id=flight.id,
        class_name=flight.class_name,
        object_id=name,
        looks=len(times),
        candidate_looks=None if detected is None else int(np.sum(times <= detected)),
        candidate_in_time=detected is not None and (not third or detected <= int(min(third)) + margin_ns),
        correlated_looks=n_correlated,
        bound_looks=round(bound, 2),
        correlated_in_time=n_correlated is not None and n_correlated <= allowed,
        is_seen_by_two=two,
        is_reported_by_burnout=correlated is not None and correlated <= flight.t_burnout_tai_ns + late_ns,
        rung=rung,
        is_explained_away=led_away,
        candidate_delay_s=_after_s(detected, int(min(third))) if third else None,
        correlated_delay_s=_after_s(correlated, int(times.min())) if len(times) else None,
    )


def _after_s(t_tai_ns: int | None, start_tai_ns: int) -> float | None:
    return None if t_tai_ns is None else round((t_tai_ns - start_tai_ns) / NS_PER_S, 3)


def _count(which: Ints, sensor: int) -> int:
    return int(np.count_nonzero(which == sensor))


def _is_led_away(one: Candidate) -> bool:
    """Nature or faults lead, or it was withdrawn."""
    return one.evidence is Evidence.WITHDRAWN or one.probability_of(*NATURAL, *FAULTS) > 0.5


def _first(run: StoryRun, name: str | None, kind: FindingKind) -> int | None:
    said = [f.t_declared_tai_ns for f in run.findings if f.object_id == name and f.kind is kind]
    return min(said) if said and name is not None else None


def _first_correlated(run: StoryRun, name: str | None) -> int | None:
    """When it first stood higher than a candidate, by the measured time of the report that let it."""
    stood = [
        f.t_declared_tai_ns
        for f in run.findings
        if f.kind is FindingKind.EVIDENCE and f.object_id == name and f.data.get("evidence") in _ABOVE
    ]
    return min(stood) if stood else None


def judged(run: StoryRun, expected: Expected) -> dict[str, Any]:
    """The columns of a threat row: the outcome of the worst flight, and every flight's record."""
    records = flight_records(run, expected.true_causes)
    heights = [one.rung for one in records]
    away = [one.id for one in records if one.is_explained_away]
    missed = [one.id for one in records if one.rung == 0]
    spare = max(1, round(0.05 * len(records))) if len(records) > 20 else 0  # a raid's count may be off by so many
    counted = sorted(heights)[spare] if heights else 0
    outcome = "EXPLAINED AWAY" if len(away) > spare else _WORDS[counted]
    needed = {"CANDIDATE": 1, "CAUTION": 2, "CONFIRMED": 3}[expected.word]
    said = f"{len(records) - len(missed)} of {len(records)} flights found"
    said += f"; explained away: {', '.join(away)}" if away else ""
    return {
        "outcome": outcome,
        "passed": not len(away) > spare and counted >= needed,
        "rank": None if any(one.rank is None for one in records) else max(one.rank or 0 for one in records),
        "why": said,
        "flights": [{key: getattr(one, key) for key in one.__slots__} for one in records],
    }
