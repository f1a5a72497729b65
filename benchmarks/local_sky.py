"""Azimuth, elevation, range and range rate from Earth-fixed states."""

from collections.abc import Callable

import numpy as np

from vedette.frames import azel_range_rate_from_itrf, itrf_from_geodetic

WHAT = "azimuth, elevation, range and range rate from itrf states"
COUNT = 100_000


def prepare() -> Callable[[], int]:
    """Bodies around one radar."""
    rng = np.random.default_rng(2)
    site_itrf_m = itrf_from_geodetic(np.radians(57.6), np.radians(-7.4), 80.0)
    states_itrf = np.concatenate([site_itrf_m + rng.normal(0.0, 8e5, (COUNT, 3)), rng.normal(0.0, 3e3, (COUNT, 3))], -1)

    def work() -> int:
        azel_range_rate_from_itrf(states_itrf, site_itrf_m)
        return COUNT

    return work
