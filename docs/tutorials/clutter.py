"""Clutter: as many false detections as true ones, and yet a count that is right.

Two hundred objects fly straight on, one to every cube of two kilometres, and a sensor reports as many things that are
not there. A tracker must say which is which. Counting is the usual way: three detections in a row make a track.
Weighing is the other: every look multiplies the odds that there is an object by how much better "it is there" explains
what was seen than "it is not", silence included.

Run it:  python docs/tutorials/clutter.py      (the picture goes to $VEDETTE_OUT, or to out/)
"""

import os
from pathlib import Path

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.tracking import CrowdPolicy
from vedette.tracking.crowd.look import place_look
from vedette.tracking.crowd.policy import STILL
from vedette.tracking.crowd.starts import Crowd
from vedette.tracking.crowd.step import absorb

OBJECTS, LOOKS, SPACING_M, SIGMA_M, FOUND = 200, 16, 2000.0, 100.0, 0.9
SIDE_M = SPACING_M * OBJECTS ** (1.0 / 3.0)
POLICY = CrowdPolicy(noise_m2_s3=25.0, earth=STILL, speed_sigma_mps=150.0, confirm_probability=0.9)
MIDDLE_M = np.array([6.6e6, 0.0, 0.0])


def sky(rng):
    """Places of the objects look by look, and what the sensor reports of them and of nothing."""
    place, going = (rng.random((OBJECTS, 3)) - 0.5) * SIDE_M, rng.uniform(-200.0, 200.0, (OBJECTS, 3))
    for _ in range(LOOKS):
        place = place + going
        hit = rng.random(OBJECTS) < FOUND
        true = place[hit] + SIGMA_M * rng.standard_normal((hit.sum(), 3))
        false = (rng.random((rng.poisson(OBJECTS), 3)) - 0.5) * SIDE_M
        yield place, np.vstack([true, false])


def three_in_a_row(history):
    """Counting: how many chains of three detections in three looks lie within reach of one another."""
    if len(history) < 3:
        return 0
    reach, ends = 200.0 + 4.0 * SIGMA_M, set()
    a, b, c = history[-3:]
    for middle in b:
        before = np.linalg.norm(a - middle, axis=1) < reach * 1.7
        if before.any():
            onward = 2.0 * middle - a[before]
            near = np.linalg.norm(c[None] - onward[:, None], axis=2) < 4.0 * SIGMA_M * np.sqrt(6.0)
            ends.update(int(k) for k in np.flatnonzero(near.any(axis=0)))
    return len(ends)


def main():
    rng = np.random.default_rng(2)
    crowd, history, table = Crowd(), [], []
    for k, (truth, seen) in enumerate(sky(rng)):
        t = 10**18 + k * NS_PER_S
        absorb(crowd, place_look(t, MIDDLE_M + seen, SIGMA_M, FOUND, SPACING_M**-3.0, float(OBJECTS)), POLICY, "sensor")
        history.append(seen)
        rows = crowd.rows.used
        place = rows.mean[rows.is_confirmed, :3] - MIDDLE_M
        apart = np.linalg.norm(truth[:, None] - place[None], axis=2) if len(place) else np.full((OBJECTS, 1), np.inf)
        has = int((apart.min(axis=1) < 5.0 * SIGMA_M).sum())
        table.append((k + 1, len(seen), three_in_a_row(history), len(place), has))
    print(f"{OBJECTS} objects, {FOUND:.0%} of them found at each look, and as many false detections\n")
    print("  look   detections   three in a row   confirmed   objects that have a track")
    for look, seen_count, counted, confirmed, has in table:
        print(f"  {look:4d}   {seen_count:10d}   {counted:14d}   {confirmed:9d}   {has:9d}")
    _, _, counted, confirmed, _ = table[-1]
    print(f"\ncounting says {counted}, weighing says {confirmed}, and there are {OBJECTS}")
    draw(table, truth, seen, place)


def draw(table, truth, seen, place):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (sky_axes, count) = plt.subplots(1, 2, figsize=(10, 4.8), layout="constrained")
    slab = 0.12 * SIDE_M
    for points, style in (
        (seen, {"marker": ".", "color": "0.7", "label": "detections"}),
        (truth, {"marker": "o", "facecolors": "none", "edgecolors": "tab:blue", "label": "objects"}),
        (place, {"marker": "+", "color": "tab:red", "label": "tracks"}),
    ):
        thin = points[np.abs(points[:, 2]) < slab] / 1e3
        sky_axes.scatter(thin[:, 0], thin[:, 1], s=45, **style)
    sky_axes.set(xlabel="km", ylabel="km", title="A slice of the sky at the last look", aspect="equal")
    sky_axes.legend(loc="upper right")
    looks = [row[0] for row in table]
    count.plot(looks, [row[2] for row in table], color="0.5", label="three in a row")
    count.plot(looks, [row[3] for row in table], color="tab:red", label="confirmed by weighing")
    count.plot(looks, [row[4] for row in table], color="tab:blue", ls=":", label="objects that have a track")
    count.axhline(OBJECTS, color="black", lw=0.8)
    count.set(xlabel="look", ylabel="how many", title=f"There are {OBJECTS}", ylim=(0, None))
    count.legend()
    out = Path(os.environ.get("VEDETTE_OUT", "out"))
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "clutter.png", dpi=120)
    print(f"\npicture: {out / 'clutter.png'}")


if __name__ == "__main__":
    main()
