"""A whole catalogue at once: SGP4 beside its peers, naming, and how everything grows with the number of objects.

Plainly: 30,000 drawn objects at 1,440 epochs of a day, ours and python-sgp4 (and astroz and heyoka where they can be
imported) in one run on one core, near Earth and deep space apart, with the largest difference between them; then the
naming of positions. `--growth`: a store of 10,000, 100,000 and 1,000,000 objects, each in a process of its own, what
each question costs and how much memory it takes. `--quick`: a tenth of the epochs, and growth to 100,000.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks import harness

WHAT = "a catalogue flown, named and kept"
_BLOCK = 500  # objects at once: what lies in memory is told from what is worked out
_LEAST_S = 0.02  # shorter than this is the first touch of memory, and the clock
_LOG_ROOM = 1.6  # over N log N: allocation, caches and a busy machine


def run(options):
    """JSON lines; exit code 1 when growth is worse than N log N or memory than 2 GiB."""
    harness.use_one_core()
    is_quick = "--quick" in options
    if "--growth" in options:
        return _growth(10_000, 100_000) if is_quick else _growth(10_000, 100_000, 1_000_000)
    for is_deep in (False, True):
        _say(_propagated(is_deep, 144 if is_quick else 1440))
    _say(_identified())
    return 0


def _say(line):
    line |= {"python": platform.python_version(), "machine": platform.machine()}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


# ---- SGP4


def _propagated(is_deep, epochs):
    from sgp4.api import WGS72, Satrec, SatrecArray

    from benchmarks._sky_population import T0_TAI_NS, population
    from vedette.motion.sgp4 import Sgp4
    from vedette.time import jd_utc_from_tai_ns

    sets = population(30_000, 1)
    chosen = (2.0 * np.pi / sets.mean_motion_radpmin >= 225.0) == is_deep
    sets = sets.take(np.flatnonzero(chosen))
    n = len(sets)
    t = T0_TAI_NS + np.arange(epochs, dtype=np.int64) * (86_400 * 10**9 // epochs)
    jd_epoch, part = jd_utc_from_tai_ns(sets.t_epoch_tai_ns)
    days = (jd_epoch - 2_433_281.5) + part
    # the peer takes an epoch as one double, good to 0.3 us, in which a satellite flies 2 mm: ours gets that epoch too
    lost_days = ((jd_epoch - 2_433_281.5) - days) + part
    epochs_tai_ns = sets.t_epoch_tai_ns - np.round(lost_days * 86_400e9).astype(np.int64)
    sets = replace(sets, t_epoch_tai_ns=epochs_tai_ns)
    ours = Sgp4.of(sets)
    theirs = []
    for i in range(n):
        one = Satrec()
        one.sgp4init(
            WGS72, "i", i + 1, days[i], sets.bstar_per_er[i], 0.0, 0.0, sets.eccentricity[i],
            sets.perigee_argument_rad[i], sets.inclination_rad[i], sets.mean_anomaly_rad[i],
            sets.mean_motion_radpmin[i], sets.node_teme_rad[i],
        )  # fmt: skip
        theirs.append(one)
    jd, fraction = (np.ascontiguousarray(x) for x in jd_utc_from_tai_ns(t))
    ours.take(np.arange(2)).components_teme(t[:4])  # compiled
    ours_s, theirs_s, worst_m, done = 0.0, 0.0, 0.0, 0
    for start in range(0, n, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, n))
        begin = time.process_time()
        components, troubles = ours.take(rows).components_teme(t)
        ours_s += time.process_time() - begin
        if start % (4 * _BLOCK) == 0:  # a quarter of the objects is enough to know the peer's pace
            array = SatrecArray([theirs[i] for i in rows])
            begin = time.process_time()
            trouble, r, _ = array.sgp4(jd, fraction)
            theirs_s += time.process_time() - begin
            done += len(rows)
            place = np.stack(components[:3], axis=-1)
            good = (trouble == 0) & (troubles == 0)
            worst_m = max(worst_m, float(np.abs(place - 1e3 * r)[good].max(initial=0.0)))
    ours_rate, theirs_rate = n * epochs / ours_s / 1e6, done * epochs / theirs_s / 1e6
    line = {
        "benchmark": "catalogue-sgp4", "what": "deep space" if is_deep else "near Earth", "objects": n,
        "epochs": epochs, "ours_millions_per_s": round(ours_rate, 2),
        "python_sgp4_millions_per_s": round(theirs_rate, 2),
        "ratio": round(ours_rate / theirs_rate, 2), "goal_ratio": 8.0 if is_deep else 10.0,
        "largest_difference_m": float(f"{worst_m:.3g}"),
    }  # fmt: skip
    for name, flown in (("astroz", _astroz), ("heyoka", _heyoka)):
        line[f"{name}_millions_per_s"] = flown(theirs, jd, fraction, is_deep) if find_spec(name) else "not installed"
    return line


def _astroz(theirs, jd, fraction, is_deep):
    """Millions a second of astroz, which speaks as python-sgp4 does."""
    try:
        array = import_module("astroz.api").SatrecArray(theirs[:2000])
        array.sgp4(jd[:4], fraction[:4])
        begin = time.process_time()
        array.sgp4(jd, fraction)
        return round(min(len(theirs), 2000) * len(jd) / (time.process_time() - begin) / 1e6, 2)
    except Exception as trouble:  # a peer's trouble is told, not ours
        return f"failed: {type(trouble).__name__}"


def _heyoka(theirs, jd, fraction, is_deep):
    """Millions a second of heyoka, which flies near Earth only."""
    if is_deep:
        return "no deep space"
    try:
        heyoka = import_module("heyoka")
        flown = heyoka.model.sgp4_propagator(theirs[:2000])
        days = np.ascontiguousarray(np.broadcast_to((jd - jd[0] + fraction)[:, None], (len(jd), 2000)) * 1440.0)
        flown(days[:2])
        begin = time.process_time()
        flown(days)
        return round(days.size / (time.process_time() - begin) / 1e6, 2)
    except Exception as trouble:
        return f"failed: {type(trouble).__name__}"


def _identified():
    from benchmarks._sky_population import T0_TAI_NS, population
    from vedette.catalogue import identify, whereabouts

    sets, rng = population(30_000, 1), np.random.default_rng(3)
    rows = rng.choice(len(sets), 200, replace=False)
    t = np.array([T0_TAI_NS, T0_TAI_NS + 60 * 10**9])
    found = whereabouts(sets.take(rows), t)
    off = rng.standard_normal((200, 1, 3)) * found.sigmas_m[:, :1]
    places = found.positions_itrf_m + off
    begin = time.process_time()
    said = identify([str(i) for i in rows], places, t, sets)
    seconds = time.process_time() - begin
    right = sum(one.match is not None and sets.number[one.match] == sets.number[row]
                for one, row in zip(said.answers, rows, strict=True))  # fmt: skip
    return {
        "benchmark": "catalogue-identify", "what": "200 unknown positions against 30,000 objects",
        "seconds": round(seconds, 3), "right": right / 200,
    }  # fmt: skip


# ---- growth


def _growth(*sizes):
    lines = []
    for n in sizes:
        done = subprocess.run(
            [sys.executable, "-c", f"from benchmarks.catalogue import grown; grown({n})"], capture_output=True,
            text=True, check=False, cwd=Path(__file__).parents[1], env=os.environ,
        )  # fmt: skip
        if done.returncode:
            sys.stderr.write(done.stderr)
            return 1
        lines.append(json.loads(done.stdout.splitlines()[-1]))
        _say(dict(lines[-1]))
    worst, is_good = {}, True
    for before, after in pairwise(lines):
        n, m = before["objects"], after["objects"]
        allowed = m * np.log(m) / (n * np.log(n))
        for name, seconds in after["seconds"].items():
            ratio = seconds / max(before["seconds"][name], _LEAST_S)
            worst[name] = round(max(worst.get(name, 0.0), ratio / allowed), 2)
            is_good = is_good and (ratio <= _LOG_ROOM * allowed)
    is_good = is_good and all(line["peak_gib"] <= 2.0 for line in lines)
    _say({"benchmark": "catalogue-growth", "what": "largest growth over N log N, by question", "times": worst,
          "within": is_good})  # fmt: skip
    return int(not is_good)


def grown(n):
    """Everything once with so many objects; one JSON line. Compiled code is warmed on a few objects before."""
    from benchmarks._sky_population import T0_TAI_NS, population
    from vedette.catalogue.known_objects import KnownSky
    from vedette.doors.catalogue_store import CatalogueStore

    _questions(population(200, 1), T0_TAI_NS, Path(tempfile.mkdtemp()), KnownSky, CatalogueStore)
    with tempfile.TemporaryDirectory() as folder:
        seconds, size = _questions(population(n, 1), T0_TAI_NS, Path(folder), KnownSky, CatalogueStore)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sys.stdout.write(json.dumps({
        "benchmark": "catalogue-growth", "what": "seconds of processor time by question", "objects": n,
        "seconds": seconds, "peak_gib": round(peak, 2), "store_mib": round(size / 1024**2, 1),
    }) + "\n")  # fmt: skip


def _questions(sets, t0, folder, known_sky, catalogue_store):
    from vedette.catalogue import identify, whereabouts
    from vedette.catalogue.passes import find_passes
    from vedette.reports import Mode, Scan, SensorKind
    from vedette.sensing import Radar, Site

    seconds = {}

    def timed(name, work):
        begin = time.process_time()
        out = work()
        seconds[name] = round(time.process_time() - begin, 3)
        return out

    store = catalogue_store(folder)
    numbers = sets.number
    timed("load", lambda: store.add(sets))
    sets = None
    timed("load again", lambda: store.add(store.newest(number=int(numbers[5]))))
    timed("show one", lambda: store.history(int(numbers[5])))
    timed("count", store.counts)
    kept = timed("newest", lambda: store.newest(t0))
    one = kept.take(np.array([5]))
    timed("where one", lambda: whereabouts(one, np.array([t0])))
    radar = Radar(Site(50.0, 10.0, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.03, range_max_km=5000.0,
                  elevation_min_deg=3.0, name="r")  # fmt: skip
    sky = timed("prepare", lambda: known_sky(kept))
    states = timed("a minute's table", lambda: sky.table.states_itrf(t0))
    rows = np.flatnonzero(radar.is_visible(states, t0))[:200]
    del states
    values = radar.measure(sky.table.states_itrf(t0, rows), t0)
    values[:, 3] = np.nan
    scan = Scan("r", SensorKind.RADAR, Mode.TEST, t0, np.full(len(rows), t0), values,
                np.where(np.isfinite(values), np.nan_to_num(radar.sigmas, nan=1.0), np.nan))  # fmt: skip
    sky.correlate(scan, radar)  # the minute's list
    timed("correlate 200", lambda: sky.correlate(scan, radar))
    places = sky.table.states_itrf(t0, rows[:20])[:, None, :3]
    sky = None
    timed("identify 20", lambda: identify([str(i) for i in range(len(places))], places, np.array([t0]), kept))
    timed("in view, a minute", lambda: find_passes(kept, radar, t0, t0 + 60 * 10**9))
    return seconds, store.path.stat().st_size
