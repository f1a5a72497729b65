"""Where a track's coordinates are anchored: an origin and axes in ITRF, usually those of the sensor that sees it.

Axes are the rows of a rotation from ITRF, the first along the line of sight when the track was anchored, so that the
track lies near azimuth 0, elevation 0, and the pole is far. When it has wandered, the axes are turned after it.
"""

import numpy as np

from vedette.core.shapes import Bools, Mat33, Rows, Vec3
from vedette.tracking.course import course_from_spherical, spherical_from_course
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


def axes_across(direction_itrf: Vec3, velocity_itrf_mps: Vec3) -> Mat33:
    """Axes (..., 3, 3) whose first row is the unit direction and whose second is where a body goes across it, so that
    its course is zero."""
    first = np.asarray(direction_itrf, dtype=float)
    across = velocity_itrf_mps - np.sum(velocity_itrf_mps * first, axis=-1, keepdims=True) * first
    second = across / np.linalg.norm(across, axis=-1, keepdims=True)
    return np.stack([first, second, np.cross(first, second)], axis=-2)


def itrf_from_local(state: Rows, origin_itrf_m: Vec3, axes: Mat33, by_course: Bools | None = None) -> Rows:
    """States (n, ..., d) in their anchors' coordinates to ITRF; origin (n, 3), axes (n, 3, 3).

    Spherical coordinates, or course coordinates where by_course (n,) says so.
    """
    if by_course is not None and by_course.any():
        state = np.array(state, dtype=float)
        state[by_course] = spherical_from_course(state[by_course])
    out = cartesian_from_spherical(state)
    shape = (len(origin_itrf_m),) + (1,) * (state.ndim - 2) + (3,)
    turn = np.asarray(axes)
    out[..., :3] = np.einsum("nji,n...j->n...i", turn, out[..., :3]) + np.reshape(origin_itrf_m, shape)
    out[..., 3:6] = np.einsum("nji,n...j->n...i", turn, out[..., 3:6])
    return out


def local_from_itrf(state: Rows, origin_itrf_m: Vec3, axes: Mat33, by_course: Bools | None = None) -> Rows:
    """The inverse of `itrf_from_local`."""
    shape = (len(origin_itrf_m),) + (1,) * (state.ndim - 2) + (3,)
    out = np.array(state, dtype=float)
    turn = np.asarray(axes)
    out[..., :3] = np.einsum("nij,n...j->n...i", turn, out[..., :3] - np.reshape(origin_itrf_m, shape))
    out[..., 3:6] = np.einsum("nij,n...j->n...i", turn, out[..., 3:6])
    out = spherical_from_cartesian(out)
    if by_course is not None and by_course.any():
        out[by_course] = course_from_spherical(out[by_course])
    return out
