"""What stands between an object and a sensor: the Earth itself, and cloud."""

import numpy as np

from vedette.core.constants import WGS84_A_M, WGS84_B_M
from vedette.core.shapes import Bools, Scalar, Vec3


def is_clear_of_earth(
    position_itrf_m: Vec3, sensor_position_itrf_m: Vec3, grazing_height_m: Scalar | float = 0.0
) -> Bools:
    """(...) True where the straight line from sensor to object stays above the ellipsoid raised by a height.

    The raised ellipsoid is squeezed to a unit sphere, where the nearest point of a segment to the centre is exact.
    Raised to the cloud tops, an object below them is hidden too. No refraction.
    """
    raise_m = np.asarray(grazing_height_m, dtype=float)[..., None]
    axes_m = np.array([WGS84_A_M, WGS84_A_M, WGS84_B_M]) + raise_m
    start, end = np.broadcast_arrays(sensor_position_itrf_m / axes_m, position_itrf_m / axes_m)
    along = end - start
    length2 = np.maximum(np.sum(along * along, axis=-1), np.finfo(float).tiny)
    share = np.clip(-np.sum(start * along, axis=-1) / length2, 0.0, 1.0)
    nearest = start + share[..., None] * along
    return np.sum(nearest * nearest, axis=-1) >= 1.0


def off_nadir_rad(position_itrf_m: Vec3, sensor_position_itrf_m: Vec3) -> Scalar:
    """(...) the angle at a satellite between the object and the Earth's centre."""
    away = np.asarray(position_itrf_m) - sensor_position_itrf_m
    down = -np.asarray(sensor_position_itrf_m)
    cross = np.linalg.norm(np.cross(down, away), axis=-1)
    return np.arctan2(cross, np.sum(down * away, axis=-1))


def sensor_zenith_cosine(position_itrf_m: Vec3, sensor_position_itrf_m: Vec3) -> Scalar:
    """(...) cosine of the angle at the object between the sensor and the local vertical (geocentric)."""
    to_sensor = np.asarray(sensor_position_itrf_m) - position_itrf_m
    up = np.asarray(position_itrf_m)
    return np.sum(to_sensor * up, axis=-1) / (np.linalg.norm(to_sensor, axis=-1) * np.linalg.norm(up, axis=-1))
