"""Recorded nature played to the engine: what is said of real fireballs."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from vedette.assessment.candidates.policy import packaged_assessment_policy
from vedette.assessment.launch_follower import LaunchFollower
from vedette.assessment.natural.context import NaturalContext
from vedette.assessment.natural.natural_causes import natural_causes
from vedette.assessment.weighing import explained
from vedette.exercise.real_lights import Fireball, fireball_story, read_fireballs
from vedette.reports import KIND_CODES, Candidate, Cause, Evidence, FindingKind, Looks, Mode, Scan, SensorKind
from vedette.scenario import make_scenario

LAUNCH_KINDS: Final = (FindingKind.LAUNCH, FindingKind.IMPACT_PREDICTED, FindingKind.CLASSIFIED)
RAISED: Final = (Evidence.CORRELATED, Evidence.CONFIRMED)


def judge_fireball(one: Fireball, number: int, seed: int = 0, by_tracker: bool = True) -> dict[str, Any]:
    """One fireball, seen by two watchers, through tracker, typing and policy; what was said of it.

    Without the tracker: all its looks at once, weighed under nature and *unknown* alone, at a quarter of the cost.
    """
    record: dict[str, Any] = {"number": number, "is_drawn": one.is_drawn, "quarantined": one.quarantined}
    story = fireball_story(one, number)
    if story is None:
        return record | {"seen": 0, "how": "out of view"}
    made = make_scenario(story, seed + number)
    follower = LaunchFollower(made.sensors, Mode.SIMULATED)
    launches = 0
    for scan in made.scans if by_tracker else ():
        for said in follower.absorb(scan):
            launches += getattr(said, "kind", None) in LAUNCH_KINDS
    for said in follower.settle(story.t_start_tai_ns + round(story.seconds * 1e9)):
        launches += getattr(said, "kind", None) in LAUNCH_KINDS
    candidates = follower.candidates()
    raised = sum(one.evidence in RAISED for one in candidates)
    looks = _its_looks(made.scans, tuple(made.sensors), one)
    seen = int(looks.is_detection.sum())
    record |= {"seen": seen, "launches": int(launches), "alerts": len(follower.alerts()), "raised": int(raised)}
    if candidates:
        first = max(candidates, key=lambda c: c.probability_of(Cause.BOLIDE))
        return record | {"how": "tracked", **_belief(first)}
    if seen == 0:
        return record | {"how": "not seen"}
    policy = packaged_assessment_policy()
    weighed = natural_causes(looks, made.sensors, NaturalContext())
    said_of = explained(weighed, policy.log_priors(("infrared",), True))
    top = {e.name.value: round(e.probability, 4) for e in said_of[:3]}
    return record | {"how": "flash" if by_tracker else "looks alone", "leading": said_of[0].name.value, "belief": top}


def _belief(candidate: Candidate) -> dict[str, Any]:
    top = {e.name.value: round(e.probability, 4) for e in candidate.explanations[:3]}
    return {"leading": candidate.leading.value, "belief": top}


def _its_looks(scans: Sequence[Scan], sensor_ids: tuple[str, ...], one: Fireball) -> Looks:
    """What was found within 200 km of it while it may have shone, and the looks that found nothing there."""
    from vedette.frames import itrf_from_geodetic

    place = itrf_from_geodetic(np.radians(one.lat_deg), np.radians(one.lon_deg), one.height_km * 1e3)
    rows: list[tuple[int, int, Any, Any, Any]] = []
    for scan in scans:
        index = sensor_ids.index(scan.sensor_id)
        here = scan.sensor_position_itrf_m
        if here is None:
            continue
        toward = (place - here) / np.linalg.norm(place - here)
        near = np.linalg.norm(scan.values[:, :3] - toward, axis=1) < 200e3 / np.linalg.norm(place - here)
        if near.any():
            for i in np.flatnonzero(near):
                rows.append((int(scan.t_measured_tai_ns[i]), index, scan.values[i], scan.sigmas[i], here))
        else:
            nothing = np.full(4, np.nan)
            rows.append((scan.t_received_tai_ns - 2_000_000_000, index, nothing, nothing, here))
    rows.sort(key=lambda row: (row[0], row[1]))
    return Looks(
        sensor_ids, np.array([r[1] for r in rows]), np.full(len(rows), KIND_CODES[SensorKind.INFRARED]),
        np.array([r[0] for r in rows]), np.array([r[2] for r in rows]), np.array([r[3] for r in rows]),
        np.array([r[4] for r in rows]),
    )  # fmt: skip


def run_fireballs(
    path: Path, results: Path, limit: int | None = None, by_tracker: bool = True, seed: int = 0
) -> dict[str, Any]:
    """Every row not yet in `results` (JSON lines), those with a velocity of their own first; then the summary.

    `seed`: what the rows do not say, and what the watchers make of it, drawn anew; results of two seeds are two files.
    """
    fireballs = read_fireballs(path, seed)[:limit]
    results.touch()
    done = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    have = {row["number"] for row in done}
    with results.open("a", encoding="utf-8") as out:
        for number in sorted(range(len(fireballs)), key=lambda n: fireballs[n].is_drawn):
            if number in have:
                continue
            done.append(judge_fireball(fireballs[number], number, 1000 * seed, by_tracker))
            out.write(json.dumps(done[-1]) + "\n")
            out.flush()
    return summarise(done)


def summarise(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts, apart for rows with their own velocity and for drawn ones."""
    out: dict[str, Any] = {"fireballs": len(rows), "quarantined": sum(bool(row["quarantined"]) for row in rows)}
    for name, mine in (("own", [r for r in rows if not r["is_drawn"]]), ("drawn", [r for r in rows if r["is_drawn"]])):
        judged = [row for row in mine if "leading" in row]
        out[name] = {
            "rows": len(mine),
            "how": dict(Counter(row["how"] for row in mine)),
            "leading": dict(Counter(row["leading"] for row in judged)),
            "bolide_leads": round(sum(r["leading"] == "bolide" for r in judged) / max(len(judged), 1), 4),
            "launches_said": sum(row.get("launches", 0) for row in mine),
            "alerts": sum(row.get("alerts", 0) for row in mine),
            "raised": sum(row.get("raised", 0) for row in mine),
        }
    return out
