"""Many things at once: a raid that separates and crosses, through four ways of saying which echo is whose.

Three bodies coast past a radar. Each comes apart into five, and the pieces drift among one another, a sigma or two
apart; two more bodies cross them at a small angle. The radar misses one echo in ten and reports a few dozen false ones
a look. The same looks go through the same tracker four times; only the association differs:

- gnn   the best one-to-one choice of this look, and no second thoughts
- jpda  every choice at once, weighed, and merged into one answer for each track
- lmb   the same, keeping several answers for each track
- mht   whole histories of choices over the last looks, of which one is best and others may still turn out right

Run it:  python docs/tutorials/many_things_at_once.py      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
import time
from pathlib import Path

import numpy as np

from vedette.metrics import gospa
from vedette.motion import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import CrowdPolicy, CrowdTracker

LOOKS, REVISIT_S, CUTOFF_M = 45, 2.0, 1000.0
T0_TAI_NS = 10**18
RADAR = Radar(
    Site(57.6, -7.4, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.02, revisit_s=REVISIT_S, detection_probability=0.9,
    azimuth_min_deg=330.0, azimuth_max_deg=30.0, elevation_min_deg=10.0, elevation_max_deg=60.0, range_min_km=300.0,
    range_max_km=900.0, false_alarms_per_look=30.0, name="north",
)  # fmt: skip
POLICY = CrowdPolicy(noise_m2_s3=1e-2, births_per_hour=600.0)


def direction(rng):
    d = rng.standard_normal(3)
    return d / np.linalg.norm(d)


def raid(rng):
    """States (n, 6), Earth-fixed, at the first look, and the look from which each is there."""
    east, north, up = RADAR.site.enu_from_itrf
    middle = RADAR.site.position_itrf_m + 420e3 * north + 250e3 * up
    states, begins = [], []
    for body in range(3):
        place = middle + 9e3 * (body - 1) * east + 4e3 * body * up
        velocity = 2600.0 * east - 900.0 * north + 400.0 * up
        states.append(np.concatenate([place, velocity]))
        begins.append(0)
        look = 8 + 4 * body
        there = propagate_coast(states[-1], look * REVISIT_S)
        for _ in range(4):  # pushed off at a few metres a second
            piece = there + np.concatenate([np.zeros(3), rng.uniform(8.0, 20.0) * direction(rng)])
            states.append(propagate_coast(piece, -look * REVISIT_S))
            begins.append(look)
    for side in (-1.0, 1.0):  # two that cross the middle body late in the story
        meet = propagate_coast(states[5], 0.65 * LOOKS * REVISIT_S)
        crossing = meet + np.concatenate([60.0 * direction(rng), side * 20.0 * direction(rng)])
        states.append(propagate_coast(crossing, -0.65 * LOOKS * REVISIT_S))
        begins.append(0)
    return np.array(states), np.array(begins)


def play(seed):
    """The truth (k, 6) and the scan of each look."""
    rng = np.random.default_rng(seed)
    states, begins = raid(rng)
    low, high = np.array([-np.pi / 6, np.radians(10.0), 300e3]), np.array([np.pi / 6, np.radians(60.0), 900e3])
    truths, scans = [], []
    for look in range(LOOKS):
        now = propagate_coast(states[begins <= look], look * REVISIT_S)
        seen = RADAR.measure(now[rng.random(len(now)) < RADAR.detection_probability])[:, :3]
        seen = seen + RADAR.sigmas[:3] * rng.standard_normal(seen.shape)
        false = rng.uniform(low, high, (rng.poisson(RADAR.false_alarms_per_look), 3))
        values = np.vstack([seen, false])[rng.permutation(len(seen) + len(false))]
        values[:, 0] %= 2.0 * np.pi
        values = np.column_stack([values, np.full(len(values), np.nan)])
        t = T0_TAI_NS + round(look * REVISIT_S * 1e9)
        sigmas = np.where(np.isfinite(values), RADAR.sigmas, np.nan)
        truths.append(now)
        scans.append(Scan("north", SensorKind.RADAR, Mode.SIMULATED, t, np.full(len(values), t), values, sigmas))
    return truths, scans


def follow(association, truths, scans):
    """The tracker, its places after each look, scores, and milliseconds a look."""
    tracker, scores, places = CrowdTracker([RADAR], POLICY, association=association), [], []
    start_s = time.perf_counter()
    for truth, scan in zip(truths, scans, strict=True):
        tracks = tracker.step(scan)
        places.append(tracks.states_itrf[:, :3])
        scores.append(gospa(places[-1], truth[:, :3], CUTOFF_M))
    return tracker, places, scores, 1e3 * (time.perf_counter() - start_s) / len(scans)


def main():
    stories = [play(seed) for seed in (5, 6, 7)]
    truths = stories[0][0]
    print(f"{len(truths[0])} bodies become {len(truths[-1])}; {LOOKS} looks, {REVISIT_S:g} s apart, each with")
    print(f"{RADAR.false_alarms_per_look:g} false echoes; GOSPA with a cut-off of {CUTOFF_M:g} m; mean of 3 raids\n")
    print("         GOSPA m   matched to, m   missed   false   ms a look (compiling included)")
    first = {}
    for name in ("gnn", "jpda", "lmb", "mht"):
        runs = [follow(name, *story) for story in stories]
        scores = [score for run in runs for score in run[2]]
        missed, false = (np.mean([getattr(s, f"{what}_count") for s in scores]) for what in ("missed", "false"))
        value, took_ms = np.mean([s.value for s in scores]), np.mean([run[3] for run in runs])
        off = np.sqrt(sum(s.localisation for s in scores) / sum(len(s.pairs) for s in scores))
        print(f"  {name:5s} {value:8.0f} {off:15.0f} {missed:8.2f} {false:7.2f} {took_ms:11.0f}")
        first[name] = runs[0]
    tell(first["mht"][0])
    draw(first, truths)


def tell(tracker):
    """The look at which some track of today was least sure which echo it was, and what else it might have been."""
    told = {name: tracker.explain(name) for name in tracker.tracks.ids}
    doubtful = {}
    for name, row in told.items():
        taken = np.flatnonzero(row.is_taken & (row.scan_row >= 0))
        if len(taken):
            k = taken[np.argmin(row.probability[taken])]
            doubtful[name] = row.probability[k], row.t_tai_ns[k]
    name = min(doubtful, key=lambda who: doubtful[who])
    row, t = told[name], doubtful[name][1]
    print(f"\nleast sure: {name}, {(t - T0_TAI_NS) / 1e9:.0f} s into the story")
    for k in np.flatnonzero(row.t_tai_ns == t):
        what = f"echo {row.scan_row[k]} of the scan" if row.scan_row[k] >= 0 else "no echo of the scan"
        print(f"  {100 * row.probability[k]:5.1f} %  {what}{', taken' if row.is_taken[k] else ''}")
    k = np.flatnonzero(row.t_tai_ns == t)[0]
    print(f"  it moved the belief by {row.moved_m[k]:.0f} m, which was known to {row.sigma_before_m[k]:.0f} m before")


def draw(runs, truths):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (sky, score) = plt.subplots(1, 2, figsize=(11, 4.8), layout="constrained")
    axes, origin = RADAR.site.enu_from_itrf, RADAR.site.position_itrf_m
    middle = [((t[:, :3] - origin) @ axes.T).mean(axis=0) for t in truths]  # seen from among them
    for k in range(0, LOOKS, 2):
        truth = (truths[k][:, :3] - origin) @ axes.T - middle[k]
        found = (runs["mht"][1][k] - origin) @ axes.T - middle[k]
        sky.plot(k * REVISIT_S + 0.0 * truth[:, 1], truth[:, 1] / 1e3, "o", color="0.75", ms=5)
        sky.plot(k * REVISIT_S + 0.0 * found[:, 1], found[:, 1] / 1e3, ".", color="tab:blue", ms=4)
    sky.set_ylim(-3.0, 3.0)
    sky.set(xlabel="seconds", ylabel="km north of the middle of the raid", title="The raid (grey) and mht's tracks")
    for name, (_, _, scores, _) in runs.items():
        score.plot(REVISIT_S * np.arange(LOOKS), [s.value for s in scores], label=name)
    score.set(xlabel="seconds", ylabel="GOSPA, m", title="Where, missed and false in one number")
    score.legend()
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "many_things_at_once.png", dpi=120)
    print(f"\npicture: {out / 'many_things_at_once.png'}")


if __name__ == "__main__":
    main()
