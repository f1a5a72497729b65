"""The Kalman filter over rows: n beliefs predicted and corrected at once, in Joseph form.

The Joseph form (I - KH) P (I - KH)ᵀ + K R Kᵀ keeps a covariance symmetric and positive whatever the gain, which the
short form P - K S Kᵀ does not. `sqrt_predicted` and `sqrt_updated` carry the triangular root instead.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar
from vedette.estimation.gaussians import LOG_TAU, symmetrized


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """A belief after a measurement, and how surprising the measurement was."""

    mean: Rows  # (..., n)
    cov: Rows  # (..., n, n)
    residual_cov: Rows  # (..., m, m) of the residual, before the measurement
    nis: Scalar  # (...) normalised innovation squared, chi-square with `dimension` degrees of freedom
    log_likelihood: Scalar  # (...)
    dimension: Scalar  # (...) how many components were measured


def predict_linear(mean: Rows, cov: Rows, F: Rows, Q: Rows) -> tuple[Rows, Rows]:
    """One step of x' = F x + noise(Q): (..., n) and (..., n, n)."""
    F = np.asarray(F, dtype=float)
    return np.einsum("...ij,...j->...i", F, mean), symmetrized(F @ cov @ np.swapaxes(F, -1, -2) + Q)


def predict_extended(
    mean: Rows, cov: Rows, motion: Callable[[Rows], Rows], jacobian: Callable[[Rows], Rows], Q: Rows
) -> tuple[Rows, Rows]:
    """One step of x' = f(x) + noise(Q), linearised at the mean (extended Kalman filter)."""
    F = jacobian(mean)
    return motion(mean), symmetrized(F @ cov @ np.swapaxes(F, -1, -2) + Q)


def update_joseph(mean: Rows, cov: Rows, residual: Rows, H: Rows, R: Rows, measured: Bools | None = None) -> Correction:
    """Correct beliefs with measurements, in Joseph form.

    Parameters
    ----------
    mean, cov : (..., n), (..., n, n)   before the measurement
    residual : (..., m)                 measured minus expected; the caller has folded angles
    H : (..., m, n)                     Jacobian of the measurement at the mean
    R : (..., m, m)                     covariance of the measurement noise
    measured : (..., m), optional       False where a component was not measured (its residual is ignored)

    Returns
    -------
    Correction
    """
    m = np.shape(residual)[-1]
    residual, H, R, count = _without_unmeasured(residual, H, R, measured)
    PHt = cov @ np.swapaxes(H, -1, -2)
    S = symmetrized(H @ PHt + R)
    solved = np.linalg.solve(S, np.concatenate([residual[..., None], np.swapaxes(PHt, -1, -2)], axis=-1))
    K = np.swapaxes(solved[..., 1:], -1, -2)
    A = np.eye(np.shape(mean)[-1]) - K @ H
    new_cov = symmetrized(A @ cov @ np.swapaxes(A, -1, -2) + K @ R @ np.swapaxes(K, -1, -2))
    nis = np.einsum("...i,...i->...", residual, solved[..., 0])
    _, log_det = np.linalg.slogdet(S)  # an unmeasured component adds log 1 = 0
    dimension = np.broadcast_to(np.asarray(m if count is None else count, dtype=float), nis.shape)
    log_likelihood = -0.5 * (nis + log_det + dimension * LOG_TAU)
    new_mean = mean + np.einsum("...ij,...j->...i", K, residual)
    return Correction(new_mean, new_cov, S, nis, log_likelihood, dimension)


def _without_unmeasured(
    residual: Rows, H: Rows, R: Rows, measured: Bools | None
) -> tuple[Rows, Rows, Rows, Scalar | None]:
    """Make unmeasured components say nothing: zero residual, zero sensitivity, unit noise of their own."""
    residual, H, R = np.asarray(residual, dtype=float), np.asarray(H, dtype=float), np.asarray(R, dtype=float)
    if measured is None or np.all(measured):
        return residual, H, R, None
    keep = np.asarray(measured, dtype=bool)
    both = keep[..., :, None] & keep[..., None, :]
    R = np.where(both, R, np.eye(keep.shape[-1]))
    H = np.where(keep[..., :, None], H, 0.0)
    return np.where(keep, residual, 0.0), H, R, keep.sum(axis=-1)


def sqrt_predicted(sqrt_cov: Rows, F: Rows, sqrt_Q: Rows) -> Rows:
    """Lower triangular root of F P Fᵀ + Q from the roots of P and Q, without ever forming P."""
    stacked = np.concatenate([F @ sqrt_cov, np.broadcast_to(sqrt_Q, sqrt_cov.shape[:-2] + sqrt_Q.shape[-2:])], axis=-1)
    return _lower_from_wide(stacked)


def sqrt_updated(mean: Rows, sqrt_cov: Rows, residual: Rows, H: Rows, sqrt_R: Rows) -> tuple[Rows, Rows, Scalar]:
    """Mean, root of the covariance and NIS after a measurement, by one orthogonal triangularisation.

    The array form of the covariance filter [Kailath, Sayed, Hassibi 2000, 12.3]: the lower triangle of
    [[sqrt_R, H L], [0, L]] is [[sqrt_S, 0], [K sqrt_S, L']].
    """
    m, n = np.shape(H)[-2:]
    batch = np.broadcast_shapes(np.shape(sqrt_cov)[:-2], np.shape(residual)[:-1])
    array = np.zeros((*batch, m + n, m + n))
    array[..., :m, :m] = sqrt_R
    array[..., :m, m:] = H @ sqrt_cov
    array[..., m:, m:] = sqrt_cov
    lower = _lower_from_wide(array)
    sqrt_S, K_sqrt_S = lower[..., :m, :m], lower[..., m:, :m]
    whitened = np.linalg.solve(sqrt_S, np.asarray(residual)[..., None])
    return mean + (K_sqrt_S @ whitened)[..., 0], lower[..., m:, m:], np.sum(whitened[..., 0] ** 2, axis=-1)


def _lower_from_wide(wide: Rows) -> Rows:
    """The lower triangular L with L Lᵀ = W Wᵀ and a positive diagonal."""
    upper = np.linalg.qr(np.swapaxes(wide, -1, -2), mode="r")
    sign = np.where(np.diagonal(upper, axis1=-2, axis2=-1) < 0.0, -1.0, 1.0)
    return np.swapaxes(upper * sign[..., :, None], -1, -2)
