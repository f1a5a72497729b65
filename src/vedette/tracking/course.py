"""A state by course: azimuth, elevation, range, speed across the line of sight, its direction, range rate.

A radar that knows range to metres learns the speed across the line of sight from how range curves (v²/r), long before
its coarse angles tell in which direction that speed goes. What is known then is an arc of a circle in the two angular
rates, which a covariance cannot bend around; with speed and course for components it is straight. See decision 0081.

The course is the angle from growing azimuth towards growing elevation. It has no meaning for a body that comes straight
on: `has_course` says for whom the coordinates are fit.
"""

import numpy as np

from vedette.core.shapes import Bools, Rows
from vedette.tracking.spherical import (
    AZIMUTH_RATE,
    ELEVATION,
    ELEVATION_RATE,
    RANGE,
    cartesian_from_spherical,
    spherical_from_cartesian,
)

ACROSS, COURSE_ANGLE = 3, 4
FEWEST_SIGMAS = 3.0  # of the speed across in its own standard deviations


def course_from_spherical(state: Rows) -> Rows:
    """Two angular rates (..., 6 or more) to speed across (m/s) and course (rad, [-π, π]); the rest as it is."""
    out = np.array(state, dtype=float)
    aside = state[..., AZIMUTH_RATE] * state[..., RANGE] * np.cos(state[..., ELEVATION])
    rise = state[..., ELEVATION_RATE] * state[..., RANGE]
    out[..., ACROSS], out[..., COURSE_ANGLE] = np.hypot(aside, rise), np.arctan2(rise, aside)
    return out


def spherical_from_course(state: Rows) -> Rows:
    """The inverse of `course_from_spherical`."""
    out = np.array(state, dtype=float)
    across, course = state[..., ACROSS], state[..., COURSE_ANGLE]
    out[..., AZIMUTH_RATE] = across * np.cos(course) / (state[..., RANGE] * np.cos(state[..., ELEVATION]))
    out[..., ELEVATION_RATE] = across * np.sin(course) / state[..., RANGE]
    return out


def course_from_cartesian(state: Rows) -> Rows:
    """Local Cartesian (..., 6 or more) to course coordinates."""
    return course_from_spherical(spherical_from_cartesian(state))


def cartesian_from_course(state: Rows) -> Rows:
    """The inverse of `course_from_cartesian`."""
    return cartesian_from_spherical(spherical_from_course(state))


def course_difference(a: Rows, b: Rows) -> Rows:
    """a - b with azimuth and course folded into [-π, π)."""
    out = np.subtract(a, b)
    for i in (0, COURSE_ANGLE):
        out[..., i] = (out[..., i] + np.pi) % (2.0 * np.pi) - np.pi
    return out


def has_course(mean: Rows, cov: Rows) -> Bools:
    """(...) whether a spherical belief (..., 6), (..., 6, 6) says plainly that something crosses the line of sight."""
    reach = mean[..., RANGE]
    level = reach * np.cos(mean[..., ELEVATION])
    aside, rise = mean[..., AZIMUTH_RATE] * level, mean[..., ELEVATION_RATE] * reach
    var_aside = cov[..., AZIMUTH_RATE, AZIMUTH_RATE] * level**2
    var_rise = cov[..., ELEVATION_RATE, ELEVATION_RATE] * reach**2
    return aside**2 + rise**2 > FEWEST_SIGMAS**2 * (var_aside + var_rise)
