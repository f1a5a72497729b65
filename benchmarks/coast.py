"""Ballistic arcs in the rotating frame: J2 to J4, drag, 300 s each."""

from collections.abc import Callable

import numpy as np

from vedette.frames import itrf_from_geodetic
from vedette.motion.propagate import propagate_coast

WHAT = "300 s ballistic arcs with drag, propagated"
COUNT = 2_000


def prepare() -> Callable[[], int]:
    """A thousand bodies at 60 to 200 km, climbing at 1 to 4 km/s."""
    rng = np.random.default_rng(1)
    lat_rad, lon_rad = rng.uniform(-1.0, 1.0, COUNT), rng.uniform(-3.0, 3.0, COUNT)
    position_itrf_m = itrf_from_geodetic(lat_rad, lon_rad, rng.uniform(60e3, 200e3, COUNT))
    up = position_itrf_m / np.linalg.norm(position_itrf_m, axis=-1, keepdims=True)
    velocity_itrf_mps = up * rng.uniform(1e3, 4e3, (COUNT, 1)) + rng.normal(0.0, 1e3, (COUNT, 3))
    states_itrf = np.concatenate([position_itrf_m, velocity_itrf_mps], axis=-1)

    def work() -> int:
        propagate_coast(states_itrf, 300.0, 5_000.0)
        return COUNT

    return work
