"""Do launch and impact areas hold what they promise? Hundreds of drawn flights, fitted and judged against the truth.

Each seed draws every launch of a story from its `varied` quantities: class, place, azimuth, loft, thrust, burn time,
sensor biases, cloud, detections. Truth flies with forces that the fit does not share (`scenario.flight`). Judged are
the fit's areas when every infrared watcher has looked once after burnout ("burnout"), and 60 s and 300 s after burnout
while the flight is still up. The bound is `exercise.launch_bound`.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.exercise.areas import is_inside
from vedette.reports import SensorKind

AFTER_S = {"burnout": 10.0, "+60 s": 60.0, "+300 s": 300.0}
_LAST_S = 20.0  # not judged so shortly before impact


def judge_seed(seed: int, story: str = "two-launches") -> list[dict[str, Any]]:
    """Records of every flight of one seed at every instant: errors, NEES, containment, bound, class beliefs."""
    from vedette.assessment.launch_fit import fit_launch
    from vedette.exercise.truth_looks import truth_looks
    from vedette.scenario import make_scenario, read_story

    made = make_scenario(read_story(story), seed, is_varied=True)
    records = []
    seen_later = any(sensor.kind is not SensorKind.INFRARED for sensor in made.sensors.values())
    for flight in made.flights:
        looks, before = truth_looks(made, flight), None
        for name, after_s in AFTER_S.items():
            if name != "burnout" and not seen_later:
                continue  # nobody has seen anything since
            until = flight.t_burnout_tai_ns + round(after_s * NS_PER_S)
            end = flight.t_impact_tai_ns
            if len(looks) == 0 or (end is not None and until > end - _LAST_S * NS_PER_S):
                continue
            record: dict[str, Any] = {"seed": seed, "id": flight.id, "when": name, "kind": flight.flight.vehicle.id}
            start = time.process_time()
            fit = fit_launch(looks, made.sensors, until_tai_ns=until, before=before, seed=seed)
            record["cpu_s"] = round(time.process_time() - start, 3)
            if fit is None:
                records.append(record | {"fitted": False})
                continue
            before = fit
            records.append(record | {"fitted": True} | _judged(fit, flight, made, looks, until))
    return records


def _judged(fit: Any, flight: Any, made: Any, looks: Any, until_tai_ns: int) -> dict[str, Any]:
    from vedette.assessment.areas import areas_of, local_m
    from vedette.exercise.launch_bound import launch_bound

    bound = launch_bound(flight, made, looks, until_tai_ns)
    out: dict[str, Any] = {
        "class": flight.flight.vehicle.class_name,
        "classes": {k: round(p, 5) for k, p in fit.class_probabilities.items()},
        "misfit": round(fit.misfit, 3),
        "p_falls": round(float(np.mean(fit.cloud.falls)), 3),
    }
    places = {"launch": (fit.launch_patch(), flight.launch_lat_deg, flight.launch_lon_deg)}
    if flight.impact_lat_deg is not None:
        places["impact"] = (fit.impact_patch(), flight.impact_lat_deg, flight.impact_lon_deg)
    for name, (patch, lat_deg, lon_deg) in places.items():
        if patch is None:
            continue
        error = local_m(np.radians(lat_deg), np.radians(lon_deg), patch.lat_rad, patch.lon_rad) - patch.mean_m
        areas = areas_of(patch)
        out[name] = {
            "error_m": [round(float(e), 1) for e in error],
            "nees": round(float(error @ np.linalg.solve(patch.cov_m2, error)), 4),
            "sigma_m": round(float(np.sqrt(np.trace(patch.cov_m2))), 1),
            "inside": [is_inside(a, lat_deg, lon_deg) for a in areas],
            "area_90_km2": areas[1].area_km2,
            "bound_m": None if bound is None else round(bound[name], 1),
        }
    return out


def run(
    seeds: int | Iterable[int] = 500,
    jobs: int = 2,
    results: Path | None = None,
    story: str = "two-launches",
    show_progress: bool = True,
) -> dict[str, Any]:
    """Judge seeds and summarise. Each one's records are kept in `results` (JSON lines) and not made again.

    `jobs` processes; each has its own compiled kernels from the cache on disk.
    """
    wanted = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    done = _read(results) if results is not None else {}
    left = [seed for seed in wanted if seed not in done]
    for count, (seed, records) in enumerate(_work(left, jobs, story), 1):
        done[seed] = records
        if results is not None:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"seed": seed, "records": records}) + "\n")
        if show_progress and sys.stderr.isatty():
            sys.stderr.write(f"\rcalibrate: {count} of {len(left)} seeds ")
            sys.stderr.flush()
    return summarise([record for seed in wanted for record in done.get(seed, [])])


def _work(seeds: list[int], jobs: int, story: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    if jobs <= 1 or len(seeds) < 2:
        for seed in seeds:
            yield seed, judge_seed(seed, story)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from zip(seeds, pool.map(judge_seed, seeds, [story] * len(seeds), chunksize=2), strict=True)


def _read(results: Path) -> dict[int, list[dict[str, Any]]]:
    """Finished seeds of an interrupted run; a last line cut short is left out."""
    done: dict[int, list[dict[str, Any]]] = {}
    if results.is_file():
        for line in results.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            done[int(entry["seed"])] = entry["records"]
    return done


def summarise(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Containment, NEES, RMSE over bound, class scores and time, for each instant."""
    from vedette.metrics.consistency import chi_square_band
    from vedette.metrics.containment import binomial_band

    out: dict[str, Any] = {"flights": len({(r["seed"], r["id"]) for r in records}), "instants": {}}
    for when in AFTER_S:
        here = [r for r in records if r["when"] == when]
        fitted = [r for r in here if r.get("fitted")]
        if not fitted:
            continue
        entry: dict[str, Any] = {
            "judged": len(here),
            "not_fitted": len(here) - len(fitted),
            "cpu_s_mean": round(float(np.mean([r["cpu_s"] for r in fitted])), 2),
            "class_brier": round(float(np.mean([_brier(r) for r in fitted])), 4),
            "class_right": round(
                float(np.mean([max(r["classes"], key=r["classes"].get) == r["class"] for r in fitted])), 4
            ),
        }
        for place in ("launch", "impact"):
            rows = [r[place] for r in fitted if place in r]
            if not rows:
                continue
            inside = np.mean([row["inside"] for row in rows], axis=0)
            nees = np.array([row["nees"] for row in rows]) / 2.0
            error = np.array([np.hypot(*row["error_m"]) for row in rows])
            bounded = [i for i, row in enumerate(rows) if row["bound_m"]]
            bound = np.array([rows[i]["bound_m"] for i in bounded])
            entry[place] = {
                "count": len(rows),
                "holds": {level: round(float(x), 4) for level, x in zip(("50", "90", "99"), inside, strict=True)},
                "band_90": [round(b, 4) for b in binomial_band(len(rows), 0.9)],
                "nees_mean": round(float(nees.mean()), 3),
                "nees_median_over_expected": round(float(np.median(nees) / np.log(2.0)), 3),
                "nees_band": [round(b, 3) for b in chi_square_band(2, len(rows))],
                "error_km": [round(float(q) / 1e3, 3) for q in np.quantile(error, [0.5, 0.95, 1.0])],
                "rmse_over_bound": round(float(np.sqrt(np.mean(error[bounded] ** 2) / np.mean(bound**2))), 3)
                if bounded
                else None,
            }  # fmt: skip
        out["instants"][when] = entry
    out["reliability"] = _reliability([r for r in records if r.get("fitted")])
    return out


def _brier(record: dict[str, Any]) -> float:
    beliefs = record["classes"]
    names = set(beliefs) | {record["class"]}
    return sum((beliefs.get(n, 0.0) - (n == record["class"])) ** 2 for n in names)


def _reliability(records: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Of classes believed with so much, how many were right."""
    pairs = np.array([(p, n == r["class"]) for r in records for n, p in r["classes"].items()], float).reshape(-1, 2)
    table = []
    for low, high in ((0.0, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0001)):
        mine = pairs[(pairs[:, 0] >= low) & (pairs[:, 0] < high)]
        if len(mine):
            mean, right = mine.mean(axis=0)
            table.append({"from": low, "to": min(high, 1.0), "count": len(mine), "believed": round(float(mean), 4),
                          "right": round(float(right), 4)})  # fmt: skip
    return table
