"""Air that might be: the standard atmosphere with winds and densities as uncertain as a day nobody told us of.

Draws of a fit come down through one of a few such days each, so that impact areas carry the doubt about the weather.
The jet that a boost rises through is unknown to the fit itself (`flight_prior`), for looks tell of it.
"""

from functools import lru_cache

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.motion.atmosphere import JET_DEPTH_M, JET_HEIGHT_M, grid_heights_m, standard_air
from vedette.motion.propagate import fly_to_ground

DAYS = 16
_DENSITY_LOG = 0.06  # one sigma of a column: a few per cent from day to day
JET_EAST_MPS = (12.0, 20.0)  # middle and sigma near 11 km: westerlies more often than not
JET_NORTH_MPS = (0.0, 10.0)
_HIGH_MPS = 40.0  # above 80 km


@lru_cache(maxsize=1)
def weather_days() -> tuple[Rows, ...]:
    """Air grids (`motion.atmosphere`) of DAYS possible days, always the same.

    Over them, what differs between days has just the mean and covariance that are believed: a few drawn days would not.
    """
    rng = np.random.default_rng(1976)
    heights = grid_heights_m()
    low, high = np.exp(-(((heights - JET_HEIGHT_M) / JET_DEPTH_M) ** 2)), 1.0 / (1.0 + np.exp(-(heights - 85e3) / 5e3))
    normals = rng.standard_normal((DAYS // 2, 6))
    normals = normals @ np.linalg.inv(np.linalg.cholesky(normals.T @ normals / len(normals))).T  # as spread as believed
    days = []
    for row in np.vstack([normals, -normals]):  # mirrored: the mean day is the middle day
        air = standard_air().copy()
        tilt = row[0] + row[1] * (heights - 30e3) / 30e3
        air[:, 0] += _DENSITY_LOG * np.clip(tilt, -3.0, 3.0) * np.exp(-((heights / 90e3) ** 4))
        air[:, 2] = (JET_EAST_MPS[0] + JET_EAST_MPS[1] * row[2]) * low + _HIGH_MPS * row[4] * high
        air[:, 3] = (JET_NORTH_MPS[0] + JET_NORTH_MPS[1] * row[3]) * low + _HIGH_MPS * row[5] * high
        air.setflags(write=False)
        days.append(air)
    return tuple(days)


def come_down(states_itrf: Rows, beta_kg_m2: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Latitude, longitude (rad) and time of flight (s), each (m,), of states (m, 6) that fall, the days taken in turn.

    NaN where one does not come down, see `fly_to_ground`.
    """
    found = np.full((3, len(states_itrf)), np.nan)
    for i, day in enumerate(weather_days()):
        mine = slice(i, None, DAYS)
        found[:, mine] = fly_to_ground(states_itrf[mine], beta_kg_m2[mine], air=day)[:3]
    return found[0], found[1], found[2]
