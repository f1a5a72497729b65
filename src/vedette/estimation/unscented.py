"""Sigma-point filtering over rows: push a few well-placed points through the real functions instead of a slope.

Used in the form of statistical linear regression [Arasaratnam and Haykin 2009; Garcia-Fernandez, Svensson, Morelande,
Sarkka 2015]: the points give the best line and what the line leaves over, and the update is then a Joseph update whose
noise includes the left-over. `kappa` 0 is the cubature rule (2n points, all weights positive: the covariance cannot go
negative); `kappa` > 0 adds the unscented rule's centre point.
"""

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.estimation.gaussians import cholesky_scaled, symmetrized
from vedette.estimation.kalman import Correction, update_joseph

Difference = Callable[[Rows, Rows], Rows]


def sigma_points(mean: Rows, cov: Rows, kappa: float = 0.0) -> tuple[Rows, Scalar]:
    """Points (..., p, n) and weights (p,) with the mean and covariance given; p is 2n, or 2n + 1 with a centre."""
    n = np.shape(mean)[-1]
    reach = np.sqrt(n + kappa) * np.swapaxes(cholesky_scaled(cov), -1, -2)  # rows are the columns of the root
    middle = np.asarray(mean, dtype=float)[..., None, :]
    spread = np.concatenate([middle + reach, middle - reach], axis=-2)
    weights = np.full(2 * n, 0.5 / (n + kappa))
    if kappa == 0.0:
        return spread, weights
    return np.concatenate([middle, spread], axis=-2), np.concatenate([[kappa / (n + kappa)], weights])


def fifth_degree_points(mean: Rows, cov: Rows) -> tuple[Rows, Scalar]:
    """Points (..., 2n² + 1, n) and weights that are right to the fifth degree [Lu and Darmofal 2004].

    For functions that bend much within the doubt; beyond four dimensions some weights are negative.
    """
    n = np.shape(mean)[-1]
    unit = np.eye(n)
    first, second = np.triu_indices(n, 1)
    pairs = [np.sqrt((n + 2) / 2) * (a * unit[first] + b * unit[second]) for a in (1, -1) for b in (1, -1)]
    axes = np.sqrt(n + 2) * np.concatenate([unit, -unit])
    places = np.concatenate([np.zeros((1, n)), axes, *pairs])
    count = len(places) - len(axes) - 1
    on_axis, on_pair = (4 - n) / (2 * (n + 2) ** 2), 1.0 / (n + 2) ** 2
    weights = np.concatenate([[2.0 / (n + 2)], np.full(2 * n, on_axis), np.full(count, on_pair)])
    middle = np.asarray(mean, dtype=float)[..., None, :]
    return middle + places @ np.swapaxes(cholesky_scaled(cov), -1, -2), weights


def transform(
    mean: Rows, cov: Rows, function: Callable[[Rows], Rows], *,
    difference: Difference = np.subtract, kappa: float = 0.0, degree: int = 3,
) -> tuple[Rows, Rows, Rows]:  # fmt: skip
    """Mean, covariance and cross-covariance of y = f(x) for a Gaussian x.

    Parameters
    ----------
    function : (..., p, n) to (..., p, m)
    difference : how two outputs are subtracted, where some of them are angles
    degree : 3 by 2n points (kappa 0), or 5 by 2n² + 1

    Returns
    -------
    mean (..., m), cov (..., m, m), cross (..., n, m)
    """
    points, weights = fifth_degree_points(mean, cov) if degree == 5 else sigma_points(mean, cov, kappa)
    values = function(points)
    middle = values[..., :1, :]  # angles are averaged as differences from the first point
    apart = difference(values, middle)
    offset = weights @ apart
    out_mean = middle[..., 0, :] + offset
    apart = apart - offset[..., None, :]
    dx = points - np.asarray(mean)[..., None, :]
    out_cov = weighted_products(weights, apart, apart)
    return out_mean, symmetrized(out_cov), weighted_products(weights, dx, apart)


def weighted_products(weights: Scalar, a: Rows, b: Rows) -> Rows:
    """Sum over p of w a bᵀ: (p,), (..., p, i) and (..., p, j) to (..., i, j)."""
    return np.swapaxes(a * np.asarray(weights)[:, None], -1, -2) @ b


def predict_sigma(
    mean: Rows, cov: Rows, motion: Callable[[Rows], Rows], Q: Rows, *,
    difference: Difference = np.subtract, kappa: float = 0.0,
) -> tuple[Rows, Rows]:  # fmt: skip
    """One step of x' = f(x) + noise(Q) by sigma points."""
    new_mean, new_cov, _ = transform(mean, cov, motion, difference=difference, kappa=kappa)
    return new_mean, new_cov + Q


def regression(cov: Rows, out_cov: Rows, cross: Rows) -> tuple[Rows, Rows]:
    """The best line y ≈ A x + b through a transformed Gaussian, and the covariance it leaves over: A, Omega.

    A row whose covariance is singular comes back NaN; the others are not touched by it.
    """
    variance = np.diagonal(cov, axis1=-2, axis2=-1)
    scale = np.sqrt(np.where(variance > 0.0, variance, 1.0))
    corr = cov / (scale[..., :, None] * scale[..., None, :])
    A = np.swapaxes(_solved(corr, cross / scale[..., :, None]) / scale[..., :, None], -1, -2)
    return A, symmetrized(out_cov - A @ cov @ np.swapaxes(A, -1, -2))


def update_sigma(
    mean: Rows, cov: Rows, measure: Callable[[Rows], Rows], measurement: Rows, R: Rows, *,
    difference: Difference = np.subtract, kappa: float = 0.0,
) -> Correction:  # fmt: skip
    """Correct beliefs with a measurement z = h(x) + noise(R) by sigma points, in Joseph form.

    A NaN in the measurement means that this component was not measured.
    """
    measured = np.isfinite(measurement)
    expected, out_cov, cross = transform(mean, cov, measure, difference=difference, kappa=kappa)
    A, left_over = regression(cov, out_cov, cross)
    residual = difference(np.where(measured, measurement, expected), expected)
    return update_joseph(mean, cov, residual, A, left_over + R, measured)


def _solved(a: Rows, b: Rows) -> Rows:
    """Solve every row of a x = b, (..., n, n) and (..., n, k); NaN in rows that cannot be."""
    try:
        return np.asarray(np.linalg.solve(a, b), dtype=float)
    except np.linalg.LinAlgError:  # raised for all when one is singular
        out = np.full(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], np.nan)
        a, b = np.broadcast_to(a, out.shape[:-2] + a.shape[-2:]), np.broadcast_to(b, out.shape)
        for row in np.ndindex(out.shape[:-2]):
            with suppress(np.linalg.LinAlgError):
                out[row] = np.linalg.solve(a[row], b[row])
        return out
