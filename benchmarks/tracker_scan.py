"""One look at many objects: predict, gate, associate and correct 300 tracks with a radar's detections and clutter.

The peers' figures for 300 objects, seconds a look, seeded tracks in Cartesian coordinates, quoted from the peer
comparison (measured 2026-11-22 on one core; not run here): Stone Soup GNN 5.5, PyRecEst GNN about 0.04 (dense, without
initiation), whole tracker Stone Soup GNN + k-d tree about 1.3. Ours is the whole tracker on the turning Earth, three
models to a track, with initiation by existence.
"""

from collections.abc import Callable

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.motion.propagate import propagate_coast
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import BoostCoastEntry, Tracker

WHAT = "looks at 300 objects and 30 false detections: the whole tracker, three models"
OBJECTS, LOOKS, REVISIT_S = 300, 6, 5.0
T0_TAI_NS = 10**18


def prepare() -> Callable[[], int]:
    """Objects spread over a dome of 1,000 km; six looks, of which the first two only start tracks."""
    rng = np.random.default_rng(2)
    radar = Radar(
        Site(57.6, -7.4, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.05, range_rate_sigma_mps=2.0,
        revisit_s=REVISIT_S, false_alarms_per_look=30.0, range_max_km=3000.0,
    )  # fmt: skip
    azimuth, elevation = rng.uniform(0.0, 2.0 * np.pi, OBJECTS), rng.uniform(0.3, 1.2, OBJECTS)
    reach_m = rng.uniform(500e3, 1500e3, OBJECTS)
    level = np.cos(elevation)
    enu_m = reach_m[:, None] * np.stack([np.sin(azimuth) * level, np.cos(azimuth) * level, np.sin(elevation)], axis=-1)
    place_m = radar.site.position_itrf_m + enu_m @ radar.site.enu_from_itrf
    states = np.concatenate([place_m, rng.normal(0.0, 2500.0, (OBJECTS, 3))], axis=-1)
    scans = [_look(radar, propagate_coast(states, REVISIT_S * k), k, rng) for k in range(LOOKS)]

    def work() -> int:
        tracker = Tracker(motion=BoostCoastEntry(), sensors=[radar])
        for scan in scans:
            tracks = tracker.step(scan)
        assert abs(len(tracks) - OBJECTS) < 0.05 * OBJECTS
        return LOOKS

    return work


def _look(radar: Radar, states: np.ndarray, k: int, rng: np.random.Generator) -> Scan:
    values = radar.measure(states) + radar.sigmas * rng.standard_normal((OBJECTS, 4))
    false = rng.uniform([0.0, 0.0, 3e5, -8e3], [2.0 * np.pi, 1.5, 3e6, 8e3], (rng.poisson(30), 4))
    values = np.vstack([values, false])
    values[:, 0] %= 2.0 * np.pi
    t = T0_TAI_NS + round(REVISIT_S * k * NS_PER_S)
    return Scan(
        "radar", SensorKind.RADAR, Mode.SIMULATED, t, np.full(len(values), t, dtype=np.int64), values,
        np.tile(radar.sigmas, (len(values), 1)),
    )  # fmt: skip
