"""The acceleration of a coasting body, in one place for every integrator: field, rotation, drag."""

from math import sqrt

import numpy as np
from numba import njit

from vedette.motion.atmosphere import air_index_kernel, density_kernel
from vedette.motion.ellipsoid import height_kernel, up_kernel
from vedette.motion.gravity import gravity_kernel, rotation_kernel
from vedette.motion.gravity_field import field_kernel

DRAG_TOP_M = 1000e3


@njit(cache=True, error_model="numpy")
def blowing_kernel(
    x: float, y: float, z: float, height: float, east: float, north: float
) -> tuple[float, float, float]:
    """A wind towards east and north (m/s) in ITRF."""
    if east == 0.0 and north == 0.0:
        return 0.0, 0.0, 0.0
    ux, uy, uz = up_kernel(x, y, z, height)
    level = sqrt(ux * ux + uy * uy) + 1e-12
    ex, ey = -uy / level, ux / level
    return east * ex - north * uz * ux / level, east * ey - north * uz * uy / level, north * level


@njit(cache=True, error_model="numpy")
def wind_kernel(x: float, y: float, z: float, height: float, air: np.ndarray) -> tuple[float, float, float]:
    """The air's velocity (m/s) relative to the ground, in ITRF, at one point."""
    if height > 1000e3:
        return 0.0, 0.0, 0.0
    i, f = air_index_kernel(height if height > 0.0 else 0.0)
    east = air[i, 2] + f * (air[i + 1, 2] - air[i, 2])
    north = air[i, 3] + f * (air[i + 1, 3] - air[i, 3])
    return blowing_kernel(x, y, z, height, east, north)


@njit(cache=True, error_model="numpy")
def coast_kernel(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    per_beta: float,
    air: np.ndarray,
    field: np.ndarray,
    work: np.ndarray,
) -> tuple[float, float, float]:
    """Acceleration (m/s2, ITRF) of a coasting body.

    `per_beta` is 1 / ballistic coefficient (m2/kg), 0 for no drag; `air` an air grid; `field` a gravity field or
    `NO_FIELD` for J2 to J4; `work` scratch of `(2, degree+2, degree+2)`.
    """
    ax, ay, az = field_kernel(x, y, z, field, work) if field.shape[1] > 0 else gravity_kernel(x, y, z)
    cx, cy = rotation_kernel(x, y, vx, vy)
    ax, ay = ax + cx, ay + cy
    if per_beta > 0.0:
        height = height_kernel(x, y, z)
        if height < DRAG_TOP_M:
            wx, wy, wz = wind_kernel(x, y, z, height, air)
            wx, wy, wz = vx - wx, vy - wy, vz - wz
            d = -0.5 * density_kernel(height, air) * per_beta * sqrt(wx * wx + wy * wy + wz * wz)
            ax, ay, az = ax + d * wx, ay + d * wy, az + d * wz
    return ax, ay, az
