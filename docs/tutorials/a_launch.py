"""A launch: two infrared watchers see a flame above the clouds, and ask what flew, from where, when, and which way.

Neither watcher measures a distance. Each look gives a direction and a brightness, some seconds late, and the first
comes only when the flame has left the clouds behind: the ground, where it began, was never seen. So textbook vehicles
of every class are flown through the looks, thousands of times, and what fits is kept. That cloud of flights answers
every question at once, doubt included. A 90 % area that is honest misses the truth one night in ten; try other seeds.

Run it:  python docs/tutorials/a_launch.py [SEED]      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
import sys
from pathlib import Path

import numpy as np

import vedette as vd
from vedette.frames import great_circle_m
from vedette.scenario import make_scenario, read_story

STORY, SEED = "two-geostationary", int(sys.argv[1]) if len(sys.argv) > 1 else 1


def main():
    truth = make_scenario(read_story(STORY), SEED).flights[0]  # the answers; the watch below never sees them
    steps, areas = [], None
    for picture in vd.watch(STORY, seed=SEED):
        for finding in picture.new_findings:
            print(f"{after(finding.t_declared_tai_ns, truth):+7.1f} s  {finding.kind:<24} {finding.text}")
        for one in picture.objects:
            if one.launch is not None and (not steps or steps[-1][1] != one.probabilities):
                steps.append((after(picture.t_now_tai_ns, truth), one.probabilities, one.launch))
                areas = areas or one.launch.areas

    _, probabilities, launch = steps[-1]
    off_km = distance_km(launch, truth)
    print("\nwhat was believed at the end, and what it was")
    shares = ", ".join(f"{name} {100 * p:.1f} %" for name, p in probabilities.items())
    print(f"  class    {shares}; it was {truth.class_name}")
    early_s, late_s = (after(t, truth) for t in launch.t_90_tai_ns)
    print(f"  lift-off {early_s:+.1f} s to {late_s:+.1f} s of the true instant, with 90 %")
    low, high = launch.azimuth_90_deg
    print(f"  azimuth  {low:.1f} to {high:.1f} deg with 90 %; it was {truth.flight.drawn['azimuth_deg']:.1f}")
    size = next(area.area_km2 for area in launch.areas if area.probability == 0.9)
    print(f"  place    {off_km:.2f} km off; the 90 % area has {size:.0f} km2 and {holds(launch, truth)} the truth")
    draw(steps, areas, truth)


def after(t_tai_ns, truth):
    """Seconds after the true lift-off."""
    return (t_tai_ns - truth.t_liftoff_tai_ns) * 1e-9


def distance_km(launch, truth):
    there = np.radians([launch.lat_deg, launch.lon_deg, truth.launch_lat_deg, truth.launch_lon_deg])
    return float(great_circle_m(*there)) / 1e3


def holds(launch, truth):
    from vedette.frames import polygon_contains

    area = next(area for area in launch.areas if area.probability == 0.9)
    corners = np.radians(np.column_stack([area.lat_deg, area.lon_deg]))
    inside = polygon_contains(corners, np.radians([truth.launch_lat_deg]), np.radians([truth.launch_lon_deg]))[0]
    return "holds" if inside else "does not hold"


def draw(steps, first_areas, truth):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained")
    times = [t for t, _, _ in steps]
    names = list(dict.fromkeys(name for _, probabilities, _ in steps for name in probabilities))
    shares = [[probabilities.get(name, 0.0) for _, probabilities, _ in steps] for name in names]
    left.stackplot(times, shares, labels=names, step="post", alpha=0.8)
    left.axvline(after(truth.t_burnout_tai_ns, truth), color="k", ls=":", lw=1)
    left.text(after(truth.t_burnout_tai_ns, truth) + 0.5, 0.94, "thrust ends", fontsize=8)
    left.set(xlabel="seconds after lift-off", ylabel="probability", ylim=(0, 1), title="What flew")
    left.legend(loc="lower left", fontsize=8)
    for areas, colour, word in ((first_areas, "tab:red", "first"), (steps[-1][2].areas, "tab:blue", "last")):
        for area in areas:
            lon, lat = np.append(area.lon_deg, area.lon_deg[0]), np.append(area.lat_deg, area.lat_deg[0])
            label = f"{word}, 50, 90, 99 %" if area.probability == 0.5 else None
            right.plot(lon, lat, color=colour, lw=1, label=label)
    right.plot(truth.launch_lon_deg, truth.launch_lat_deg, "k*", ms=12, label="where it left the ground")
    right.set(xlabel="longitude, deg", ylabel="latitude, deg", title="From where", aspect="equal")
    right.legend(fontsize=8)
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "a_launch.png", dpi=120)
    print(f"picture: {out / 'a_launch.png'}")


if __name__ == "__main__":
    main()
