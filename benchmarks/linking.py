"""Two radar tracks of one low object, hours to six days apart: how often they are joined, and how often wrongly.

Truth is flown with EGM2008 to 20x20, Sun, Moon, tides and air; what joins them knows the field to J4 and a doubt about
air. A pass is looked at every ten seconds for three minutes, with 30 m, 0.05 degrees and constant errors. `--quick`
takes 24 objects; otherwise 120. Wrong pairs: every pass of one object with every later pass of another.
"""

import json
import platform
import sys
import time

import numpy as np

from benchmarks._sky_population import T0_TAI_NS, population
from benchmarks.correlate import sensors
from vedette.catalogue.linking import link, track_of
from vedette.catalogue.tracklets import Tracklet
from vedette.core.constants import NS_PER_S
from vedette.frames import EarthOrientation, state_gcrf_from_teme, state_itrf_from_gcrf
from vedette.motion.orbit.propagate import propagate_orbit
from vedette.motion.orbit.settings import OrbitForces
from vedette.motion.orbit.world import orbit_world
from vedette.motion.sgp4 import Sgp4
from vedette.reports import SensorKind

WHAT = "two radar tracks of one low object within six days"
DAYS, PRIOR, LOOK_S, LOOKS = 6.0, 0.01, 10, 19
LOG_RATIO = 4.6  # even odds when one pair in a hundred is one object's


def passes_of(count, seed, days=DAYS):
    """(object, track) of every object's first pass, and of one some days later."""
    rng = np.random.default_rng(seed)
    sets = population(4 * count, seed)
    low = np.flatnonzero((2.0 * np.pi / sets.mean_motion_radpmin < 115.0) & (sets.eccentricity < 0.05))[:count]
    low = low[np.diff(sets.node_teme_rad[low], prepend=9.0) != 0.0]  # no twins: those are one orbit, rightly
    earth = EarthOrientation.packaged()
    t0, t1 = T0_TAI_NS, T0_TAI_NS + round((days + 1.0) * 86_400) * NS_PER_S
    world = orbit_world(t0, t1, air=True, low_m=250e3, high_m=1_500e3)
    radars = sensors()[0]
    t = np.arange(t0, t1, 60 * NS_PER_S, dtype=np.int64)
    out = []
    for row in low.tolist():
        components, _ = Sgp4.of(sets.take(np.array([row]))).components_teme(np.array([t0]))
        start = state_gcrf_from_teme(t0, np.concatenate(components, axis=1)[0], earth)
        forces = OrbitForces(drag_m2_kg=float(np.exp(rng.normal(np.log(0.012), 0.6))))
        try:
            states = state_itrf_from_gcrf(t, propagate_orbit(start, t0, t, forces, world=world, tolerance=1e-10), earth)
        except Exception as trouble:  # what falls within the week is no object to link
            sys.stderr.write(f"left out: {trouble}\n")
            continue
        visits = [
            (int(when), radar)
            for radar in radars
            for when in t[1:-4][
                np.all([radar.is_visible(states[1 + k : len(t) - 4 + k], t[1:-4]) for k in range(4)], axis=0)
            ]
        ]  # fmt: skip
        visits.sort(key=lambda one: one[0])
        early = [one for one in visits if one[0] < t0 + 86_400 * NS_PER_S]
        after = t0 + rng.uniform(0.3, days) * 86_400 * NS_PER_S
        later = [one for one in visits if one[0] > after]
        if not early or not later:
            continue
        two = []
        for when, radar in (early[0], later[0]):
            times = when + LOOK_S * NS_PER_S * np.arange(LOOKS, dtype=np.int64)
            seen = state_itrf_from_gcrf(
                times, propagate_orbit(start, t0, times, forces, world=world, tolerance=1e-10), earth
            )
            sigmas = np.broadcast_to(radar.sigmas, (LOOKS, 4)).copy()
            ideal = np.stack([radar.measure(s, int(w)) for s, w in zip(seen, times, strict=True)])
            values = ideal + np.nan_to_num(radar.bias_sigmas) * rng.standard_normal(4)
            values = np.where(np.isnan(sigmas), np.nan, values + sigmas * rng.standard_normal(ideal.shape))
            name = f"{row}@{(when - t0) / 8.64e13:.2f}"
            two.append(track_of(Tracklet(name, radar.name, SensorKind.RADAR, times, values, sigmas), radar))
        out.append((row, *two))
    return out


def run(options):
    """One JSON line; exit code 1 below 95 %."""
    made = passes_of(24 if "--quick" in options else 120, 4)
    begin = time.process_time()
    same = [(b.t_tai_ns - a.t_tai_ns, link(a, b)) for _, a, b in made if b.t_tai_ns > a.t_tai_ns]
    right = [one is not None and one.log_ratio > LOG_RATIO for _, one in same]
    chi2 = [one.chi2 for _, one in same if one is not None]
    each = (time.process_time() - begin) / max(len(same), 1)
    wrong, pairs = 0, 0
    for i, (_, a, _) in enumerate(made):
        for k, (_, _, b) in enumerate(made):
            if i != k and b.t_tai_ns > a.t_tai_ns:
                found = link(a, b)
                pairs += 1
                wrong += found is not None and found.log_ratio > LOG_RATIO
    line = {
        "benchmark": "linking", "what": WHAT, "pairs_of_one": len(same), "joined": round(float(np.mean(right)), 4),
        "by_days": {
            f"{low:.0f}-{low + 2:.0f}": round(float(np.mean(part)), 3)
            for low in (0.0, 2.0, 4.0)
            if (part := [r for (dt, _), r in zip(same, right, strict=True) if low <= dt / 8.64e13 < low + 2.0])
        },
        "chi2_median_of_6": round(float(np.median(chi2)), 2), "pairs_of_two": pairs, "wrongly_joined": wrong,
        "wrong_share": round(wrong / max(pairs, 1), 6), "ms_each": round(1e3 * each, 1), "peer": 0.942,
        "python": platform.python_version(), "machine": platform.machine(),
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    return int(line["joined"] < 0.95)
