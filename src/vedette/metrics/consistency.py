"""Was the doubt honest? Normalised errors and the bands they must lie in.

NEES and NIS are chi-square with as many degrees of freedom as components when the filter tells the truth about its own
errors [Bar-Shalom, Li, Kirubarajan 2001, 5.4].
"""

import numpy as np
from scipy.special import chdtri

from vedette.core.shapes import Rows, Scalar


def nees(error: Rows, cov: Rows) -> Scalar:
    """Normalised estimation error squared eᵀ P⁻¹ e, (..., n) and (..., n, n) to (...)."""
    variance = np.diagonal(cov, axis1=-2, axis2=-1)
    scale = np.sqrt(np.where(variance > 0.0, variance, 1.0))  # metres beside radians per second
    unit = np.asarray(error, dtype=float) / scale
    corr = cov / (scale[..., :, None] * scale[..., None, :])
    return np.einsum("...i,...i->...", unit, np.linalg.solve(corr, unit[..., None])[..., 0])


nis = nees  # the same arithmetic on innovations and their covariance


def chi_square_band(dimension: int, runs: int = 1, probability: float = 0.95) -> tuple[float, float]:
    """Two-sided band for the mean over `runs` of a squared normalised error, divided by its dimension.

    An honest estimator's ANEES lies inside it with the stated probability, if the runs are independent.
    """
    tail = 0.5 * (1.0 - probability)
    count = dimension * runs
    return float(chdtri(count, 1.0 - tail)) / count, float(chdtri(count, tail)) / count


def share_in_band(values: Scalar, dimension: int, runs: int = 1, probability: float = 0.95) -> float:
    """Share of mean normalised errors (already divided by the dimension) that lie inside `chi_square_band`."""
    low, high = chi_square_band(dimension, runs, probability)
    values = np.asarray(values)
    return float(np.mean((values > low) & (values < high)))
