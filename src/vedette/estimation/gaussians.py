"""Gaussian beliefs in rows: how far, how likely, how big, and what several of them amount to.

Every function takes any leading batch shape: one belief or a million.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from vedette.core.shapes import Rows, Scalar

LOG_TAU = float(np.log(2.0 * np.pi))


def symmetrized(cov: Rows) -> Rows:
    """The symmetric part: rounding leaves the last digit of the two triangles apart."""
    return 0.5 * (cov + np.swapaxes(cov, -1, -2))


def cholesky_scaled(cov: Rows) -> Rows:
    """Lower triangular L with L Lᵀ = cov, for covariances whose units differ by many powers of ten.

    The unit-diagonal (correlation) matrix is factored and scaled back, so that metres beside radians per second do not
    cost digits. A row that rounding has left slightly indefinite has its negative eigenvalues raised to a hair above
    zero; one that is broken (NaN, negative variance) gives NaN in that row.

    Parameters
    ----------
    cov : (..., n, n)

    Returns
    -------
    (..., n, n)
    """
    cov = np.asarray(cov, dtype=float)
    variance = np.diagonal(cov, axis1=-2, axis2=-1)
    broken = ~np.all(np.isfinite(cov), axis=(-1, -2)) | np.any(variance < 0.0, axis=-1)
    if np.any(broken):
        cov = np.where(broken[..., None, None], np.eye(cov.shape[-1]), cov)
        variance = np.diagonal(cov, axis1=-2, axis2=-1)
    scale = np.sqrt(np.where(variance > 0.0, variance, 1.0))
    corr = symmetrized(cov) / (scale[..., :, None] * scale[..., None, :])
    try:
        lower = np.linalg.cholesky(corr)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(corr)
        root = vectors * np.sqrt(np.maximum(values, 1e-15))[..., None, :]
        upper = np.linalg.qr(np.swapaxes(root, -1, -2), mode="r")
        sign = np.sign(np.diagonal(upper, axis1=-2, axis2=-1))
        lower = np.swapaxes(upper * np.where(sign == 0.0, 1.0, sign)[..., :, None], -1, -2)
    lower = lower * scale[..., :, None]
    return np.where(broken[..., None, None], np.nan, lower) if np.any(broken) else lower


def mahalanobis_sq(residual: Rows, cov: Rows) -> Scalar:
    """Squared distance rᵀ P⁻¹ r in standard deviations, (..., n) and (..., n, n) to (...)."""
    residual = np.asarray(residual, dtype=float)
    return np.einsum("...i,...i->...", residual, np.linalg.solve(cov, residual[..., None])[..., 0])


def log_density(residual: Rows, cov: Rows) -> Scalar:
    """Log of the normal density of a residual, (..., n) and (..., n, n) to (...)."""
    _, log_det = np.linalg.slogdet(cov)
    return -0.5 * (mahalanobis_sq(residual, cov) + log_det + np.shape(residual)[-1] * LOG_TAU)


def chi_square_gate(probability: float, dimension: int) -> float:
    """The squared distance that a residual of this many dimensions stays under with this probability."""
    return float(chdtri(dimension, 1.0 - probability))


def merged(weights: Scalar, means: Rows, covs: Rows) -> tuple[Rows, Rows]:
    """Mean and covariance of a mixture: the one Gaussian with the same first two moments.

    Parameters
    ----------
    weights : (..., m)       sums to one over m
    means : (..., m, n)
    covs : (..., m, n, n)

    Returns
    -------
    mean (..., n) and cov (..., n, n)   [Bar-Shalom, Li, Kirubarajan 2001, 1.4.16]
    """
    weights = np.asarray(weights, dtype=float)
    mean = np.einsum("...m,...mi->...i", weights, means)
    apart = means - mean[..., None, :]
    cov = np.einsum("...m,...mij->...ij", weights, covs) + np.einsum("...m,...mi,...mj->...ij", weights, apart, apart)
    return mean, symmetrized(cov)


@dataclass(frozen=True, slots=True, eq=False)
class Ellipse:
    """A region of the plane that holds the truth with the stated probability."""

    probability: float
    semi_major: Scalar  # (...)
    semi_minor: Scalar  # (...)
    orientation_rad: Scalar  # (...) of the major axis, from the first axis towards the second, in (-π/2, π/2]

    @property
    def area(self) -> Scalar:
        """π a b, in the square of the covariance's unit."""
        return np.pi * self.semi_major * self.semi_minor


def ellipse_from_cov(cov: Rows, probability: float) -> Ellipse:
    """The ellipse of a two-dimensional Gaussian that holds the truth with the stated probability, cov (..., 2, 2)."""
    cov = np.asarray(cov, dtype=float)
    a, b, c = cov[..., 0, 0], cov[..., 0, 1], cov[..., 1, 1]
    middle, half = 0.5 * (a + c), np.hypot(0.5 * (a - c), b)
    gate = chi_square_gate(probability, 2)
    smaller = np.maximum((a * c - b * b) / np.maximum(middle + half, np.finfo(float).tiny), 0.0)  # keeps thin ones thin
    orientation_rad = 0.5 * np.arctan2(2.0 * b, a - c)
    return Ellipse(probability, np.sqrt(gate * (middle + half)), np.sqrt(gate * smaller), orientation_rad)


def ellipse_points(mean: Rows, cov: Rows, probability: float, count: int = 72) -> Rows:
    """The outline of that ellipse, counter-clockwise, first point not repeated: (..., count, 2)."""
    ellipse = ellipse_from_cov(cov, probability)
    turn = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    along = np.asarray(ellipse.semi_major)[..., None] * np.cos(turn)
    across = np.asarray(ellipse.semi_minor)[..., None] * np.sin(turn)
    c, s = np.cos(ellipse.orientation_rad)[..., None], np.sin(ellipse.orientation_rad)[..., None]
    return np.asarray(mean)[..., None, :] + np.stack([c * along - s * across, s * along + c * across], axis=-1)
