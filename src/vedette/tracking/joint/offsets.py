"""What one owner may read otherwise than another: a clock that is ahead, a frame that is shifted or turned.

Seven numbers: clock (s), shift along the ITRF axes (m), small turn about them (rad). Shift and turn together hold what
a range or angle error of a sensor does to tracks near each other, wherever it stands; its place may be withheld.
"""

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.motion.gravity import acceleration_itrf

CLOCK, SHIFT, TURN = slice(0, 1), slice(1, 4), slice(4, 7)
SIZE = 7


def slopes(states_itrf: Rows) -> Rows:
    """(n, 6, 7) how states (n, 6) change with each of the seven."""
    H = np.zeros((len(states_itrf), 6, SIZE))
    position, velocity = states_itrf[:, :3], states_itrf[:, 3:]
    H[:, :3, 0], H[:, 3:, 0] = velocity, acceleration_itrf(states_itrf)
    H[:, :3, SHIFT] = np.eye(3)
    H[:, :3, TURN], H[:, 3:, TURN] = -_cross(position), -_cross(velocity)
    return H


def shifted(states_itrf: Rows, offset: Scalar) -> Rows:
    """States (n, 6) as one would tell them who reads them with such an offset; the clock to second order."""
    moved = states_itrf + np.einsum("nij,j->ni", slopes(states_itrf), offset)
    moved[:, :3] += 0.5 * offset[0] ** 2 * acceleration_itrf(states_itrf)
    return moved


def clock_between(apart: Rows, states_itrf: Rows, covs: Rows) -> tuple[Scalar, Scalar]:
    """(n,) the clock offsets that explain differences (n, 6) best, and one sigma each."""
    way = slopes(states_itrf)[:, :, 0]
    weighed = np.linalg.solve(covs, way[..., None])[..., 0]
    curve = np.einsum("ni,ni->n", way, weighed)
    return np.einsum("ni,ni->n", weighed, apart) / curve, 1.0 / np.sqrt(curve)


def _cross(vectors: Rows) -> Rows:
    out = np.zeros((len(vectors), 3, 3))
    x, y, z = np.moveaxis(vectors, -1, 0)
    out[:, 0, 1], out[:, 0, 2], out[:, 1, 2] = -z, y, -x
    return out - np.swapaxes(out, -1, -2)
