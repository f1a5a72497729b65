"""Where a track's coordinates are anchored: an origin and axes in ITRF, usually those of the sensor that sees it.

Axes are the rows of a rotation from ITRF, the first along the line of sight when the track was anchored, so that the
track lies near azimuth 0, elevation 0, and the pole is far. When it has wandered, the axes are turned after it.
"""

import numpy as np

from vedette.core.shapes import Mat33, Rows, Vec3
from vedette.tracking.spherical import cartesian_from_spherical, spherical_from_cartesian

TURN_AT_RAD = 0.6  # how far from the first axis before the axes are turned


def axes_along(direction_itrf: Vec3) -> Mat33:
    """Axes (..., 3, 3) whose first row is the unit direction (..., 3); the third leans towards the ITRF axis farthest
    from it, so that the result depends on nothing else."""
    first = np.asarray(direction_itrf, dtype=float)
    helper = np.eye(3)[np.argmin(np.abs(first), axis=-1)]
    third = helper - np.sum(helper * first, axis=-1, keepdims=True) * first
    third = third / np.linalg.norm(third, axis=-1, keepdims=True)
    return np.stack([first, np.cross(third, first), third], axis=-2)


def itrf_from_local(state: Rows, origin_itrf_m: Vec3, axes: Mat33) -> Rows:
    """Spherical states (n, ..., d) in their anchors' coordinates to ITRF; origin (n, 3), axes (n, 3, 3)."""
    out = cartesian_from_spherical(state)
    shape = (len(origin_itrf_m),) + (1,) * (state.ndim - 2) + (3,)
    turn = np.asarray(axes)
    out[..., :3] = np.einsum("nji,n...j->n...i", turn, out[..., :3]) + np.reshape(origin_itrf_m, shape)
    out[..., 3:6] = np.einsum("nji,n...j->n...i", turn, out[..., 3:6])
    return out


def local_from_itrf(state: Rows, origin_itrf_m: Vec3, axes: Mat33) -> Rows:
    """The inverse of `itrf_from_local`."""
    shape = (len(origin_itrf_m),) + (1,) * (state.ndim - 2) + (3,)
    out = np.array(state, dtype=float)
    turn = np.asarray(axes)
    out[..., :3] = np.einsum("nij,n...j->n...i", turn, out[..., :3] - np.reshape(origin_itrf_m, shape))
    out[..., 3:6] = np.einsum("nij,n...j->n...i", turn, out[..., 3:6])
    return spherical_from_cartesian(out)
