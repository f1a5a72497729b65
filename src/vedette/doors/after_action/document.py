"""The report as one document: everything the page shows, in the units of doors; `vedette report --json` prints it.

`picture` is what `vedette replay --json` prints and each of `explained` what `vedette explain --json` prints, so that
no figure of the page is computed anywhere else.
"""

from typing import Any

import numpy as np

from vedette import __version__
from vedette.core.constants import NS_PER_S
from vedette.doors.after_action.calibration import calibration
from vedette.doors.after_action.desk_story import desk_story
from vedette.doors.after_action.gathering import Belief, Gathered, SensorLog
from vedette.doors.after_action.summary import summary_sentences
from vedette.doors.after_action.truth import Truth
from vedette.doors.wire import Spelling, document, spelling_of
from vedette.engine import when
from vedette.exercise.play import Played
from vedette.exercise.score import score_run
from vedette.formats.notice_json import document_from_notice
from vedette.frames import geodetic_from_itrf
from vedette.sensing import Platform, Site

REPORT_VERSION = 1
BINS = 120
MOST_TRAIL = 240  # places kept of one trail
MOST_BELIEFS = 240
MOST_GAPS = 12
GAP_TIMES, GAP_LEAST_S = 4.0, 5.0  # a silence is a gap when it is so many times the usual one, and so long


def report_of(
    gathered: Gathered, truth: Truth | None, why_no_truth: str, data_dir: Any, until: str | None
) -> dict[str, Any]:
    """The document of a journal that was gathered."""
    picture, session = gathered.picture, gathered.session
    spell = spelling_of(picture)
    zero = _zero_tai_ns(gathered)
    predict_to = session.predict_to
    end = gathered.t_last_tai_ns if gathered.t_last_tai_ns is not None else zero
    told: dict[str, Any] = {
        "report_version": REPORT_VERSION,
        "journal": {
            "name": gathered.path.name,
            "entries": gathered.entries,
            "chain": gathered.head,
            "feeds": list(session.feeds),
            "written_by": session.engine_version,
            "played_by": __version__,
            "until": until,
        },
        "mode": session.mode.value,
        "zero": {
            "what": "lift-off" if picture.t_liftoff_tai_ns is not None else "the first report",
            "utc": spell.utc(zero),
        },
        "period": {
            "from_utc": _utc(spell, gathered.t_first_tai_ns),
            "to_utc": _utc(spell, gathered.t_last_tai_ns),
            "from_s": _after(gathered.t_first_tai_ns, zero),
            "to_s": _after(end, zero),
        },
        "picture": document(picture, when(predict_to, picture.t_liftoff_tai_ns) if predict_to else None),
        "sensors": [_sensor(name, log, gathered, zero, spell) for name, log in sorted(gathered.sensors.items())],
        "beliefs": [_beliefs(name, rows, zero, spell) for name, rows in gathered.beliefs.items()],
        "explanations": [_beliefs(name, rows, zero, spell) for name, rows in gathered.explanations.items()],
        "areas": [
            {
                "object_id": name,
                "moments": [
                    {
                        "t_s": _after(one.t_tai_ns, zero),
                        "t_utc": spell.utc(one.t_tai_ns),
                        "launch_90_km2": one.launch_km2,
                        "impact_90_km2": one.impact_km2,
                        "impact_90_utc": None
                        if one.t_impact_90_tai_ns is None
                        else [spell.utc(t) for t in one.t_impact_90_tai_ns],
                    }
                    for one in _thinned(rows, MOST_BELIEFS)
                ],
            }
            for name, rows in gathered.areas.items()
        ],
        "trails": [_trail(name, gathered, zero, spell) for name in gathered.stands],
        "said": [
            {**spell.alert(alert), "t_s": _after(alert.t_tai_ns, zero), "revision": number}
            for alert, number in _revisions(gathered)
        ],
        "notices": [document_from_notice(one) for one in picture.notices],
        "explained": {},
        "calibration": None,
        "desk": desk_story(gathered, data_dir),
        "truth": None,
        "no_truth": why_no_truth or None,
    }
    if gathered.histories is not None:
        names = [summary.id for summary in picture.objects][:12]
        told["explained"] = {name: gathered.histories.document(name, picture) for name in names}
        told["calibration"] = calibration(told["explained"])
    if truth is not None:
        told["truth"] = _truth(truth, gathered, zero)
    told["summary"] = summary_sentences(told)
    return told


def _zero_tai_ns(gathered: Gathered) -> int:
    liftoff = gathered.picture.t_liftoff_tai_ns
    return liftoff if liftoff is not None else (gathered.t_first_tai_ns or 0)


def _utc(spell: Spelling, t_tai_ns: int | None) -> str | None:
    return None if t_tai_ns is None else spell.utc(t_tai_ns)


def _after(t_tai_ns: int | None, zero: int) -> float | None:
    return None if t_tai_ns is None else round((t_tai_ns - zero) / NS_PER_S, 3)


def _beliefs(name: str, rows: list[Belief], zero: int, spell: Spelling) -> dict[str, Any]:
    return {
        "id": name,
        "moments": [
            {
                "t_s": _after(one.t_tai_ns, zero),
                "t_utc": spell.utc(one.t_tai_ns),
                "phase": one.phase,
                "probabilities": {key: float(f"{value:.5g}") for key, value in one.probabilities.items()},
            }
            for one in _thinned(rows, MOST_BELIEFS)
        ],
        "changes": len(rows),
    }


def _thinned(rows: list[Any], most: int) -> list[Any]:
    """The first, the last, and evenly some between."""
    if len(rows) <= most:
        return rows
    return [rows[i] for i in np.unique(np.linspace(0, len(rows) - 1, most).round().astype(int))]


def _trail(name: str, gathered: Gathered, zero: int, spell: Spelling) -> dict[str, Any]:
    rows = _thinned(gathered.stands[name], MOST_TRAIL)
    lat, lon, height = geodetic_from_itrf(np.array([one.position_itrf_m for one in rows]))
    return {
        "object_id": name,
        "points": [
            {
                "t_s": _after(one.t_tai_ns, zero),
                "t_utc": spell.utc(one.t_tai_ns),
                "lat_deg": round(float(np.degrees(lat[i])), 4),
                "lon_deg": round(float(np.degrees(lon[i])), 4),
                "altitude_km": round(float(height[i]) / 1e3, 3),
                "speed_mps": round(float(np.linalg.norm(one.velocity_itrf_mps)), 1),
                "position_sigma_km": None
                if one.position_cov_itrf_m2 is None
                else float(f"{np.sqrt(np.trace(np.array(one.position_cov_itrf_m2))) / 1e3:.4g}"),
            }
            for i, one in enumerate(rows)
        ],
    }


def _sensor(name: str, log: SensorLog, gathered: Gathered, zero: int, spell: Spelling) -> dict[str, Any]:
    times, counts = np.array(log.t_received_tai_ns, dtype=np.int64), np.array(log.counts)
    order = np.argsort(times, kind="stable")
    apart_s = np.diff(times[order]) / NS_PER_S
    usual_s = float(np.median(apart_s)) if len(apart_s) else None
    least_s = max(GAP_TIMES * (usual_s or 0.0), GAP_LEAST_S)
    gaps = [int(i) for i in np.flatnonzero(apart_s > least_s)]
    longest = sorted(gaps, key=lambda i: -apart_s[i])[:MOST_GAPS]
    first, last = gathered.t_first_tai_ns or 0, gathered.t_last_tai_ns or 1
    edges = np.linspace(first, last, BINS + 1)
    looks, _ = np.histogram(times.astype(float), edges)
    seen, _ = np.histogram(times.astype(float), edges, weights=counts.astype(float))
    return {
        "id": name,
        "kind": log.kind,
        **_place(name, log, gathered),
        "looks": len(times),
        "looks_with_something": int(np.count_nonzero(counts)),
        "detections": int(counts.sum()),
        "first_heard_utc": spell.utc(int(times.min())),
        "last_heard_utc": spell.utc(int(times.max())),
        "last_heard_s": _after(int(times.max()), zero),
        "silent_at_the_end_s": round((last - int(times.max())) / NS_PER_S, 3),
        "usual_interval_s": None if usual_s is None else round(usual_s, 3),
        "gap_count": len(gaps),
        "gaps": [
            {
                "from_s": _after(int(times[order][i]), zero),
                "from_utc": spell.utc(int(times[order][i])),
                "seconds": round(float(apart_s[i]), 3),
            }
            for i in sorted(longest)
        ],
        "looks_by_bin": [int(x) for x in looks],
        "detections_by_bin": [int(x) for x in seen],
    }


def _place(name: str, log: SensorLog, gathered: Gathered) -> dict[str, Any]:
    """Where it stands: of a sensor that moves, where it was when it was last heard."""
    sensor = gathered.picture.sensors.get(name)
    place: Any = None
    moves = bool(log.stands_itrf_m)
    if log.stands_itrf_m:
        place = log.stands_itrf_m[-1][1]
    elif sensor is not None:
        site = getattr(sensor, "site", None)
        moves = not isinstance(site, Site)
        t = log.t_received_tai_ns[-1]
        if isinstance(site, Site | Platform):
            place = site.position_at_itrf_m(t)
        elif hasattr(sensor, "position_itrf_m"):
            place = sensor.position_itrf_m(t)
    if place is None or not np.all(np.isfinite(place)):
        return {"is_known": sensor is not None, "moves": None, "lat_deg": None, "lon_deg": None, "altitude_km": None}
    lat, lon, height = geodetic_from_itrf(np.asarray(place, dtype=float).reshape(3))
    return {
        "is_known": sensor is not None,
        "moves": moves,
        "lat_deg": round(float(np.degrees(lat)), 4),
        "lon_deg": round(float(np.degrees(lon)), 4),
        "altitude_km": round(float(height) / 1e3, 3),
    }


def _revisions(gathered: Gathered) -> list[tuple[Any, int]]:
    counts: dict[str, int] = {}
    found = []
    for alert in gathered.said:
        counts[alert.id] = counts.get(alert.id, 0) + 1
        found.append((alert, counts[alert.id]))
    return found


def _truth(truth: Truth, gathered: Gathered, zero: int) -> dict[str, Any]:
    """The score, as `vedette scenario run --json` prints it, and where the flights truly were."""
    made = truth.made
    played = Played(made, gathered.picture, tuple(gathered.snapshots))
    return {
        "story": made.story.name,
        "title": made.story.title,
        "seed": made.seed,
        "looks_compared": truth.checked_scans,
        "score": score_run(played).document(),
        "flights": [_flight(one, zero) for one in made.flights],
    }


def _flight(one: Any, zero: int) -> dict[str, Any]:
    end = one.t_impact_tai_ns or one.t_liftoff_tai_ns + 1800 * NS_PER_S
    t = np.linspace(one.t_liftoff_tai_ns, end, 120).astype(np.int64)
    states = one.states_itrf(t)
    held = np.all(np.isfinite(states), axis=1)
    lat, lon, height = geodetic_from_itrf(states[held, :3])
    return {
        "id": one.id,
        "class": one.class_name,
        "t_liftoff_s": _after(one.t_liftoff_tai_ns, zero),
        "t_burnout_s": _after(one.t_burnout_tai_ns, zero),
        "t_impact_s": _after(one.t_impact_tai_ns, zero),
        "launch_lat_deg": one.launch_lat_deg,
        "launch_lon_deg": one.launch_lon_deg,
        "impact_lat_deg": one.impact_lat_deg,
        "impact_lon_deg": one.impact_lon_deg,
        "track": {
            "t_s": [_after(int(x), zero) for x in t[held]],
            "lat_deg": [round(float(x), 4) for x in np.degrees(lat)],
            "lon_deg": [round(float(x), 4) for x in np.degrees(lon)],
            "altitude_km": [round(float(x) / 1e3, 3) for x in height],
        },
    }
