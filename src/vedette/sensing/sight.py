"""What the sensors share that measure a direction against the stars: a unit vector, and two small angles of doubt."""

import numpy as np

from vedette.core.shapes import Rows, Vec3
from vedette.sensing.measure import tangent_basis, tangent_jacobian


def sight_values(state_itrf: Rows, stand_itrf_m: Vec3) -> tuple[Vec3, Rows]:
    """(..., 3) lines of sight and (..., 2, m) derivatives of the tangent angles by as many numbers as a state has."""
    state = np.asarray(state_itrf, dtype=float)
    los, by_position = tangent_jacobian(state[..., :3], stand_itrf_m)
    if state.shape[-1] == 3:
        return los, by_position
    still = np.zeros((*by_position.shape[:-1], state.shape[-1] - 3))
    return los, np.concatenate([by_position, still], axis=-1)


def sight_residual(measured: Rows, expected: Rows) -> Rows:
    """(..., 2) measured less expected direction in the tangent plane of the expected one, rad; NaN from behind."""
    los = np.asarray(measured, dtype=float)[..., :3]
    along = np.sum(los * expected, axis=-1)[..., None]
    off = np.einsum("...ij,...j->...i", tangent_basis(expected), los)
    return off / np.where(along > 0.0, along, np.nan)
