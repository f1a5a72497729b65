"""A state in a sensor's own coordinates: azimuth, elevation, range and their rates.

A radar that measures range to metres and angles to milliradians sees, at a thousand kilometres, a shell as thin as a
contact lens. In Cartesian coordinates that shell is bent and a covariance cannot follow it: extended filters become
over-confident (mean normalised error 8.5 times too large in the published comparison; see accuracy.md). In the
sensor's own coordinates it is flat, and the filter honest.

Here "azimuth" is measured from the first axis towards the second, elevation from their plane towards the third: the
axes are whatever the caller anchors the track to. The pole is kept far away by turning the axes (see `anchors`).
"""

import numpy as np

from vedette.core.shapes import Rows

AZIMUTH, ELEVATION, RANGE, AZIMUTH_RATE, ELEVATION_RATE, RANGE_RATE = range(6)


def spherical_from_cartesian(state: Rows) -> Rows:
    """(x, y, z, vx, vy, vz) to (azimuth, elevation, range, and their rates); extra components are kept as they are.

    state : (..., 6 or more), metres and metres per second
    """
    x, y, z, vx, vy, vz = (state[..., i] for i in range(6))
    level_sq = x * x + y * y
    level = np.sqrt(level_sq)
    out = np.array(state, dtype=float)
    reach = np.sqrt(level_sq + z * z)
    along = x * vx + y * vy
    out[..., 0] = np.arctan2(y, x)
    out[..., 1] = np.arctan2(z, level)
    out[..., 2] = reach
    out[..., 3] = (x * vy - y * vx) / level_sq
    out[..., 4] = (vz * level_sq - z * along) / (level * reach * reach)
    out[..., 5] = (along + z * vz) / reach
    return out


def cartesian_from_spherical(state: Rows) -> Rows:
    """The inverse of `spherical_from_cartesian`."""
    azimuth, elevation, reach, azimuth_rate, elevation_rate, range_rate = (state[..., i] for i in range(6))
    ca, sa, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    out = np.array(state, dtype=float)
    level, level_rate = reach * ce, range_rate * ce - reach * elevation_rate * se
    out[..., 0], out[..., 1], out[..., 2] = level * ca, level * sa, reach * se
    out[..., 3] = level_rate * ca - level * azimuth_rate * sa
    out[..., 4] = level_rate * sa + level * azimuth_rate * ca
    out[..., 5] = range_rate * se + reach * elevation_rate * ce
    return out


def spherical_jacobian(state: Rows) -> Rows:
    """Slope of `spherical_from_cartesian` at a Cartesian state (..., 6): (..., 6, 6), written out."""
    x, y, z, vx, vy, vz = (state[..., i] for i in range(6))
    s = x * x + y * y
    rho = np.sqrt(s)
    r2 = s + z * z
    r = np.sqrt(r2)
    along = x * vx + y * vy
    J = np.zeros((*np.shape(x), 6, 6))
    # azimuth and its rate
    J[..., 0, 0], J[..., 0, 1] = -y / s, x / s
    cross = x * vy - y * vx
    J[..., 3, 0], J[..., 3, 1] = vy / s - 2.0 * x * cross / s**2, -vx / s - 2.0 * y * cross / s**2
    J[..., 3, 3], J[..., 3, 4] = J[..., 0, 0], J[..., 0, 1]
    # elevation: el = atan2(z, rho)
    J[..., 1, 0], J[..., 1, 1], J[..., 1, 2] = -x * z / (rho * r2), -y * z / (rho * r2), rho / r2
    # its rate: N / D with N = vz s - z along, D = rho r²
    N, D = vz * s - z * along, rho * r2
    for i, (p, v) in enumerate(((x, vx), (y, vy))):
        dN = 2.0 * p * vz - z * v
        dD = p * r2 / rho + 2.0 * p * rho
        J[..., 4, i] = (dN - N / D * dD) / D
    J[..., 4, 2] = (-along - N / D * 2.0 * z * rho) / D
    J[..., 4, 3], J[..., 4, 4], J[..., 4, 5] = J[..., 1, 0], J[..., 1, 1], J[..., 1, 2]
    # range and its rate
    J[..., 2, 0], J[..., 2, 1], J[..., 2, 2] = x / r, y / r, z / r
    rate = (along + z * vz) / r
    for i, (p, v) in enumerate(((x, vx), (y, vy), (z, vz))):
        J[..., 5, i] = v / r - rate * p / r2
    J[..., 5, 3], J[..., 5, 4], J[..., 5, 5] = J[..., 2, 0], J[..., 2, 1], J[..., 2, 2]
    return J


def spherical_difference(a: Rows, b: Rows) -> Rows:
    """a - b with the azimuth folded into [-π, π)."""
    out = np.subtract(a, b)
    out[..., 0] = (out[..., 0] + np.pi) % (2.0 * np.pi) - np.pi
    return out
