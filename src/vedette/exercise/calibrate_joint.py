"""Do own, partner's and joint areas hold what they promise, and is the joint one smaller?

Each seed draws one flight of `joint/two-owners`; truth says which looks are of it, as in `calibrate`. For each split of
the sensors both owners fit their own looks alone, a minute after burnout. SOUTH then releases what a policy that rounds
nothing would let go: its launch and impact areas, and its state at that instant with its covariance; NORTH joins them
as its engine does (`assessment.joint.fusing`). Every fourth seed is also fitted with all looks in one hand.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.exercise.areas import is_inside
from vedette.exercise.two_owners import OWNERS, SPLITS, STORY, looks_of

AFTER_S = 60.0  # after burnout
CENTRAL_EVERY = 4
LAST_S = 20.0  # not judged so shortly before impact
PRODUCTS = ("NORTH", "SOUTH", "joint", "joint-by-areas", "central")
WAYS = {
    "NORTH": "own (NORTH)", "SOUTH": "partner's (SOUTH)", "joint": "joint, by the partner's state",
    "joint-by-areas": "joint, by areas alone", "central": "all looks in one hand",
}  # fmt: skip


def judge_seed(seed: int) -> dict[str, Any]:
    """Records of one flight under every split: which areas hold the truth, how large they are, how far they miss."""
    from vedette.exercise.truth_looks import truth_looks
    from vedette.scenario import make_scenario, read_story

    start = time.process_time()
    made = make_scenario(read_story(STORY), seed, is_varied=True)
    flight = made.flights[0]
    until = flight.t_burnout_tai_ns + round(AFTER_S * NS_PER_S)
    out: dict[str, Any] = {"seed": seed, "kind": flight.flight.vehicle.id, "splits": {}}
    if flight.t_impact_tai_ns is None or until > flight.t_impact_tai_ns - LAST_S * NS_PER_S:
        return out | {"is_judged": False}
    looks = truth_looks(made, flight)
    central = _fit(looks, made, until, seed) if seed % CENTRAL_EVERY == 0 else None
    for name, split in SPLITS.items():
        fits = {owner: _fit(looks_of(looks, owned), made, until, seed) for owner, owned in split.owned.items()}
        out["splits"][name] = _judged(fits | {"central": central}, flight, until)
        out["splits"][name]["common"] = common_prior(fits["NORTH"], fits["SOUTH"])
    return out | {"is_judged": True, "cpu_s": round(time.process_time() - start, 2)}


def _fit(looks: Any, made: Any, until: int, seed: int) -> Any:
    from vedette.assessment.launch_fit import fit_launch

    return None if not looks.is_detection.any() else fit_launch(looks, made.sensors, until_tai_ns=until, seed=seed)


def _judged(fits: dict[str, Any], flight: Any, until: int) -> dict[str, Any]:
    from vedette.assessment.joint.fusing import fused_areas, fused_by_state, fused_launch
    from vedette.assessment.launch_products import impact_area, launch_estimate

    launches: dict[str, Any] = {name: launch_estimate(fit) for name, fit in fits.items() if fit is not None}
    impacts = {name: impact_area(fit) for name, fit in fits.items() if fit is not None}
    out: dict[str, Any] = {"fitted": [name for name in fits if fits[name] is not None]}
    north, south = fits["NORTH"], fits["SOUTH"]
    if north is not None and south is not None:
        launches["joint"] = fused_launch(launches["NORTH"], launches["SOUTH"])
        impacts["joint-by-areas"] = fused_areas(impacts["NORTH"], impacts["SOUTH"])
        track = released_state(south.cloud, until)
        area, why = fused_by_state(north.cloud, track) if track is not None else (None, "no state is released")
        impacts["joint"] = area
        if area is None:
            out["no_joint"] = why
    places: dict[str, Any] = {
        "launch": (launches, flight.launch_lat_deg, flight.launch_lon_deg),
        "impact": (impacts, flight.impact_lat_deg, flight.impact_lon_deg),
    }
    for what, (estimates, lat_deg, lon_deg) in places.items():
        out[what] = {
            name: _against(one, lat_deg, lon_deg)
            for name, one in estimates.items()
            if one is not None and len(one.areas) == 3
        }
    return out


def common_prior(north: Any, south: Any) -> dict[str, float] | None:
    """What both launch points owe to one prior, by their own draws; None where the sides hold different kinds likely,
    or one has but a draw or two of its kind.

    An error that a prior leaves in an estimate is, to first order, the covariance of the estimate with the unknown that
    the prior is of, in the prior's sigmas: the true flight deviates once, and both sides' points by their own share of
    it. "north" and "south": that part of each side's variance. "nees": squared error over its dimension that the sum of
    both as independent ones then has on average; one: nothing is counted twice.
    """
    if north is None or south is None:
        return None
    sides = [_leading(fit) for fit in (north, south)]
    if sides[0][0] != sides[1][0]:
        return None
    (_, a, by_a), (_, b, by_b) = sides
    if min(np.linalg.matrix_rank(a), np.linalg.matrix_rank(b)) < 2:  # too few draws of the leading kind for a spread
        return None
    names = [name for name in by_a if name in by_b]
    cross = sum(np.outer(by_a[name], by_b[name]) for name in names)
    inside = [sum(np.outer(by[name], by[name]) for name in names) for by in (by_a, by_b)]
    info_a, info_b = np.linalg.inv(a), np.linalg.inv(b)
    both = info_a + info_b
    extra = info_a @ cross @ info_b
    return {
        "north": round(float(np.trace(inside[0] @ info_a)) / 2.0, 4),
        "south": round(float(np.trace(inside[1] @ info_b)) / 2.0, 4),
        "nees": round(1.0 + float(np.trace(np.linalg.solve(both, extra + extra.T))) / 2.0, 4),
    }


def _leading(fit: Any) -> tuple[str, Any, dict[str, Any]]:
    """The likeliest kind, the covariance of its draws' launch points, and theirs with each unknown that has a prior."""
    from vedette.assessment.flight_prior import EAST, NORTH

    best = max(fit.fits, key=lambda one: fit.kind_probabilities[one.prior.kind])
    place = int(np.argmax([len(rows) for rows in best.thetas]))
    prior, draws = best.modes[place].prior, best.thetas[place]
    cov = np.cov(draws.T)
    points = [EAST, NORTH]
    shared = {
        unknown.name: cov[points, i]
        for i, unknown in enumerate(prior.unknowns)
        if unknown.has_prior and not unknown.name.startswith("bias")  # a sensor's error is its owner's alone
    }
    return best.prior.kind, cov[np.ix_(points, points)], shared


def released_state(cloud: Any, t_tai_ns: int) -> Any:
    """A partner's state at an instant of free flight, as its cloud of flights has it; None while it may still burn."""
    from vedette.motion.propagate import propagate_coast
    from vedette.reports import SharedTrack

    after_s = (t_tai_ns - cloud.t_burnout_tai_ns) / NS_PER_S
    flying = (after_s > 0.0) & ~(cloud.falls & (t_tai_ns >= cloud.t_impact_tai_ns))
    if np.count_nonzero(flying) < 0.95 * len(flying):
        return None
    states = propagate_coast(cloud.burnout_itrf[flying], after_s[flying], cloud.beta_kg_m2[flying])
    states = states[np.isfinite(states).all(axis=1)]
    middle, cov = states.mean(axis=0), np.cov(states.T)
    x, y, z, vx, vy, vz = middle.tolist()
    return SharedTrack(
        number="SOUTH-1", t_tai_ns=t_tai_ns, position_itrf_m=(x, y, z), velocity_itrf_mps=(vx, vy, vz),
        covariance=tuple(cov[np.tril_indices(6)].tolist()), provenance=("SOUTH",),
    )  # fmt: skip


def _against(one: Any, lat_deg: float, lon_deg: float) -> dict[str, Any]:
    from vedette.exercise.areas import distance_km

    return {
        "inside": [bool(is_inside(area, lat_deg, lon_deg)) for area in one.areas],
        "area_90_km2": one.areas[1].area_km2,
        "error_km": round(distance_km(one.lat_deg, one.lon_deg, lat_deg, lon_deg), 4),
    }


def run(runs: int, workers: int = 1, results: Path = Path("calibrate-joint.jsonl")) -> dict[str, Any]:
    """Judge `runs` seeds and summarise; finished seeds are kept in `results` and not made again."""
    done = read_records(results)
    left = [seed for seed in range(runs) if seed not in done]
    for count, record in enumerate(_work(left, workers, judge_seed), 1):
        done[record["seed"]] = record
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        if sys.stderr.isatty():
            sys.stderr.write(f"\rcalibrate: {count} of {len(left)} launches ")
            sys.stderr.flush()
    return summarise([done[seed] for seed in range(runs) if seed in done])


def _work(
    seeds: list[int], workers: int, work: Callable[[int], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    if workers <= 1 or len(seeds) < 2:
        yield from map(work, seeds)
        return
    with ProcessPoolExecutor(min(workers, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, seeds, chunksize=1)


def read_records(results: Path) -> dict[int, dict[str, Any]]:
    """Finished seeds of an interrupted run; a last line cut short is left out."""
    done: dict[int, dict[str, Any]] = {}
    if results.is_file():
        for line in results.read_text(encoding="utf-8").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            done[int(record["seed"])] = record
    return done


def summarise(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Containment with its binomial band, sizes and misses, for each split, product and place."""
    from vedette.metrics.containment import binomial_band

    judged = [record for record in records if record.get("is_judged")]
    out: dict[str, Any] = {"launches": len(records), "judged": len(judged), "splits": {}}
    for name in SPLITS:
        rows = [record["splits"][name] for record in judged]
        entry: dict[str, Any] = {"no_joint": sum("no_joint" in row for row in rows)}
        for place in ("launch", "impact"):
            for product in PRODUCTS:
                some = [row for row in rows if product in row.get(place, {})]
                if not some:
                    continue
                inside = np.mean([row[place][product]["inside"] for row in some], axis=0)
                km = [row[place][product]["error_km"] for row in some]
                figures = {
                    "count": len(some),
                    "holds": {level: round(float(x), 4) for level, x in zip(("50", "90", "99"), inside, strict=True)},
                    "band_90": [round(b, 4) for b in binomial_band(len(some), 0.9)],
                    "area_90_km2": round(float(np.median([row[place][product]["area_90_km2"] for row in some])), 3),
                    "error_km": [round(float(q), 3) for q in np.quantile(km, [0.5, 0.95])],
                }
                others = [row for row in some if "central" in row[place] and product != "central"]
                if others:
                    mine = np.array([row[place][product]["error_km"] for row in others])
                    best = np.array([row[place]["central"]["error_km"] for row in others])
                    figures["rms_over_central"] = round(float(np.sqrt(np.mean(mine**2) / np.mean(best**2))), 3)
                own = [row for row in some if "NORTH" in row[place] and product.startswith("joint")]
                if own:
                    ratio = [row[place][product]["area_90_km2"] / row[place]["NORTH"]["area_90_km2"] for row in own]
                    figures["area_over_own"] = round(float(np.median(ratio)), 3)
                    best_one = [
                        row[place][product]["area_90_km2"]
                        / min(row[place][o]["area_90_km2"] for o in ("NORTH", "SOUTH") if o in row[place])
                        for row in own
                    ]
                    figures["area_over_better"] = round(float(np.median(best_one)), 3)
                entry[f"{place} {product}"] = figures
        common = [row["common"] for row in rows if row.get("common")]
        if common:
            entry["common_prior"] = {"count": len(common)} | {
                key: round(float(np.mean([one[key] for one in common])), 3) for key in ("north", "south", "nees")
            }
        out["splits"][name] = entry
    return out


# ---- whole engines


def play_seed(seed: int) -> dict[str, Any]:
    """One flight under every split by two whole engines: when each level was reached, alone and together."""
    from vedette.exercise.joint_play import play_two
    from vedette.scenario import make_scenario, read_story

    made = make_scenario(read_story(STORY), seed, is_varied=True)
    flight, start = made.flights[0], made.story.t_start_tai_ns
    until_s = (flight.t_burnout_tai_ns - start) / NS_PER_S + AFTER_S
    out: dict[str, Any] = {"seed": seed, "kind": flight.flight.vehicle.id, "splits": {}}
    for name, split in SPLITS.items():
        before = time.process_time()
        nodes = play_two(made, split, until_s=until_s)
        rows = {}
        for owner, node in nodes.items():
            rows[owner] = {
                "own": {level.value: round((t - start) / NS_PER_S, 2) for level, t in node.t_own.items()},
                "joint": {level.value: round((t - start) / NS_PER_S, 2) for level, t in node.t_joint.items()},
                "confirmed_by": list(node.confirmed_by),
                "false_doubts": sorted(node.lies | {d for one in node.picture.partner_standings for d in one.doubts}),
                "impact": [_final_impact(one, flight) for one in node.picture.joint if one.own is not None][:1],
            }
        out["splits"][name] = {"owners": rows, "cpu_s": round(time.process_time() - before, 1)}
    return out


def _final_impact(one: Any, flight: Any) -> dict[str, Any]:
    """What the impact area of an event is at the end, ours alone and the joint one."""
    found = {}
    for name, impact in (("own", one.own.impact), ("joint", one.impact)):
        if impact is not None and not impact.is_conditional and flight.impact_lat_deg is not None:
            found[name] = _against(impact, flight.impact_lat_deg, flight.impact_lon_deg)
    return found


def run_engines(runs: int, workers: int = 1, results: Path = Path("calibrate-joint-engines.jsonl")) -> dict[str, Any]:
    """Play `runs` seeds by whole engines and summarise; finished seeds are kept and not made again."""
    done = read_records(results)
    left = [seed for seed in range(runs) if seed not in done]
    for record in _work(left, workers, play_seed):
        done[record["seed"]] = record
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
    return summarise_engines([done[seed] for seed in range(runs) if seed in done])


def summarise_engines(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each split and owner: how many were confirmed, alone and together, and how much earlier together."""
    out: dict[str, Any] = {"launches": len(records), "splits": {}}
    for name in SPLITS:
        entry = {}
        for owner in OWNERS:
            rows = [record["splits"][name]["owners"][owner] for record in records]
            both = [(r["own"]["confirmed"], r["joint"]["confirmed"]) for r in rows
                    if "confirmed" in r["own"] and "confirmed" in r["joint"]]  # fmt: skip
            sizes = [r["impact"][0] for r in rows if r["impact"] and {"own", "joint"} <= set(r["impact"][0])]
            ratios = [one["joint"]["area_90_km2"] / one["own"]["area_90_km2"] for one in sizes]
            entry[owner] = {
                "launches": len(rows),
                "correlated_alone": sum("correlated" in r["own"] for r in rows),
                "confirmed_alone": sum("confirmed" in r["own"] for r in rows),
                "confirmed_jointly": sum("confirmed" in r["joint"] for r in rows),
                "earlier_s": [round(float(q), 1) for q in np.quantile([a - b for a, b in both], [0.1, 0.5, 0.9])]
                if both
                else None,
                "never_later": all(b <= a + 1.5 for a, b in both),
                "impact_area_over_own": round(float(np.median(ratios)), 3) if ratios else None,
                "impact_areas": len(ratios),
                "own_holds_90": round(float(np.mean([one["own"]["inside"][1] for one in sizes])), 3) if sizes else None,
                "joint_holds_90": round(float(np.mean([one["joint"]["inside"][1] for one in sizes])), 3)
                if sizes
                else None,
                "honest_partner_doubted": sum(bool(r["false_doubts"]) for r in rows),
            }
        out["splits"][name] = entry
    return out
