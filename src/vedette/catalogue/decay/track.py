"""The way over the ground along which an object will come down, whenever in its window it does."""

from typing import Final

import numpy as np

from vedette.catalogue.decay.forecast import Decay
from vedette.core.constants import EARTH_MU_M3_S2, NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.frames import EarthOrientation, itrf_from_teme_matrix
from vedette.motion.decay.mean_rates import with_j3

_DAY_NS: Final = 86_400 * NS_PER_S


def track_itrf_m(decay: Decay, t_tai_ns: Ints, orientation: EarthOrientation | None = None) -> Rows:
    """(n, 3) where the object is at instants on its most probable way down; after its end, where it would have been on.

    Averages only, so good to some 20 km along and across; the hour of the fall is what is not known.
    """
    days = (np.asarray(t_tai_ns, dtype=np.int64) - decay.t_epoch_tai_ns) / _DAY_NS
    path = decay.path
    inside = np.clip(days, path[0, 0], path[-1, 0])
    rows = np.stack([np.interp(inside, path[:, 0], path[:, k]) for k in range(1, 8)], axis=-1)
    teme = np.stack([_position(row, day - held) for row, day, held in zip(rows, days, inside, strict=True)])
    matrices = itrf_from_teme_matrix(np.asarray(t_tai_ns, dtype=np.int64), orientation or EarthOrientation.packaged())
    return np.einsum("nij,nj->ni", matrices, teme)


def _position(state: Rows, days_beyond: float) -> Rows:
    h, e = state[:3], np.empty(3)
    with_j3(np.ascontiguousarray(h), np.ascontiguousarray(state[3:6]), e)
    size, ecc = float(np.linalg.norm(h)), float(np.linalg.norm(e))
    p = size * size / EARTH_MU_M3_S2
    a = p / (1.0 - ecc * ecc)
    mean = state[6] + np.sqrt(EARTH_MU_M3_S2 / a**3) * days_beyond * 86_400.0
    # the mean anomaly counts from the perigee of the averages; the shifted one lies elsewhere in the plane
    ahead = np.cross(h / size, state[3:6])
    mean -= float(np.arctan2(e @ ahead, e @ state[3:6]))
    angle = mean
    for _ in range(12):
        angle -= (angle - ecc * np.sin(angle) - mean) / (1.0 - ecc * np.cos(angle))
    along = e / ecc
    across = np.cross(h / size, along)
    place: Rows = a * (np.cos(angle) - ecc) * along + a * np.sqrt(1.0 - ecc * ecc) * np.sin(angle) * across
    return place
