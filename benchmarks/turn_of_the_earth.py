"""States from the inertial to the Earth-fixed frame, each at an instant of its own."""

from collections.abc import Callable

import numpy as np

from vedette.frames import EarthOrientation, state_itrf_from_gcrf

WHAT = "states turned from gcrf to itrf, each at its own instant"
COUNT = 5_000


def prepare() -> Callable[[], int]:
    """A day of instants on one orbit."""
    earth_orientation = EarthOrientation.packaged()
    t_tai_ns = np.linspace(700_000_000, 700_086_400, COUNT).astype(np.int64) * 10**9
    states_gcrf = np.tile([7.0e6, 0.0, 0.0, 0.0, 5.0e3, 5.6e3], (COUNT, 1))

    def work() -> int:
        state_itrf_from_gcrf(t_tai_ns, states_gcrf, earth_orientation)
        return COUNT

    return work
