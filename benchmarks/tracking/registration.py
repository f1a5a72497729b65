"""Biases and clocks found live: the goals of registration, and how many looks a second it takes in.

No peer estimates sensor biases while it tracks (Stone Soup's is an open request, PyRecEst fits them offline).
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from tests.tracking import registration_scene as scene
from tools.accuracy import registration as figures

from benchmarks.harness import is_quick, line
from vedette.metrics import chi_square_band

NONE = "no peer does this live"


def lines() -> Iterator[dict[str, Any]]:
    """Worst relative error, honesty, impact miss over that without bias, looks a second."""
    seeds = 4 if is_quick() else 20
    about = {"radars": seeds, "minutes": 20, "satellites": figures.SATELLITES}
    good = [figures.one_radar(seed, scene.GOOD_M) for seed in range(seeds)]
    public = [figures.one_radar(seed, scene.PUBLIC_M) for seed in range(seeds)]
    worst = 100.0 * float(np.max([share for _, share, _ in good]))
    yield line("registration: worst bias error, orbits good to 10 m, biases of 3 sigma, clock 0.3 s off",
               "%", worst, goal=10.0, better="less", peer=NONE, **about)  # fmt: skip
    band = chi_square_band(4, seeds, 0.99)
    for name, runs in (("orbits good to 10 m", good), ("element sets 3 km off", public)):
        score = float(np.mean([score for score, _, _ in runs]))
        yield line(f"registration: squared bias error over variance, {name}", "", score, goal=band, peer=NONE, **about)
        miss = np.array([one for _, _, found in runs for one in found])[:, :, 0]
        rms = np.sqrt(np.mean(miss**2, axis=0))
        yield line(f"registration: impact miss over the unbiased one, {name}", "", float(rms[2] / rms[0]), goal=1.2,
                   better="less", peer=NONE, unregistered=round(float(rms[1] / rms[0]), 2), **about)  # fmt: skip
    yield line("registration: looks taken in", "1/s", looks_per_second(), peer=NONE)


def looks_per_second() -> float:
    """One radar and fifteen satellites."""
    rng = np.random.default_rng(0)
    states = scene.satellites(rng, figures.SATELLITES)
    errors = scene.drawn_errors(rng, scene.RADAR)
    looks = scene.radar_looks(rng, scene.RADAR, states, errors, np.arange(0.0, 1200.0, figures.LOOK_S))
    reference = scene.references(rng, states, scene.GOOD_M)
    begin = time.perf_counter()
    found = scene.registered([scene.RADAR], looks, reference)
    return found.estimate(scene.RADAR.name).looks / (time.perf_counter() - begin)
