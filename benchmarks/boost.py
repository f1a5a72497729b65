"""Powered flights: two-stage boosts flown from the pad to burnout."""

from collections.abc import Callable
from math import radians

import numpy as np

from vedette.motion import fly_boost, nominal_boost, vehicle
from vedette.motion.boost_layout import KICK_RAD

WHAT = "boosts of a two-stage liquid vehicle (197 s), pad to burnout, step 1 s"
COUNT = 500


def prepare() -> Callable[[], int]:
    """One boost with its kick varied."""
    p = nominal_boost(
        vehicle("intermediate-range-liquid"), lat_rad=radians(40.0), lon_rad=0.0, azimuth_rad=radians(90.0)
    )
    rows = np.tile(p, (COUNT, 1))
    rows[:, KICK_RAD] *= np.linspace(0.8, 1.2, COUNT)

    def work() -> int:
        fly_boost(rows, np.zeros(0))
        return COUNT

    return work
