"""Smoothing: what we believe now about what happened then.

Rauch-Tung-Striebel [1965] in the form that serves linear, extended and sigma-point filters alike: it needs only the
cross-covariance of a state with the next predicted one (F P for a linear step, transposed).
"""

import numpy as np

from vedette.core.shapes import Rows


def smooth_rts(means: Rows, covs: Rows, predicted_means: Rows, predicted_covs: Rows, cross: Rows) -> tuple[Rows, Rows]:
    """Smoothed means and covariances of a filtered history.

    Parameters
    ----------
    means, covs : (k, ..., n), (k, ..., n, n)   filtered, in order of time
    predicted_means, predicted_covs : (k-1, ...) of step i+1 given data up to i, at index i
    cross : (k-1, ..., n, n)   covariance of state i with predicted state i+1 (P_i Fᵀ for a linear step)

    Returns
    -------
    (k, ..., n) and (k, ..., n, n)
    """
    smooth_mean, smooth_cov = np.array(means, dtype=float), np.array(covs, dtype=float)
    for i in range(len(smooth_mean) - 2, -1, -1):
        gain = np.swapaxes(np.linalg.solve(predicted_covs[i], np.swapaxes(cross[i], -1, -2)), -1, -2)
        ahead = smooth_mean[i + 1] - predicted_means[i]
        smooth_mean[i] = means[i] + np.einsum("...ij,...j->...i", gain, ahead)
        delta = smooth_cov[i + 1] - predicted_covs[i]
        smooth_cov[i] = covs[i] + gain @ delta @ np.swapaxes(gain, -1, -2)
    return smooth_mean, 0.5 * (smooth_cov + np.swapaxes(smooth_cov, -1, -2))


def smooth_fixed_lag(
    means: Rows, covs: Rows, predicted_means: Rows, predicted_covs: Rows, cross: Rows, lag: int
) -> tuple[Rows, Rows]:
    """Each state given the data up to `lag` steps after it (fewer at the end); shapes as in `smooth_rts`."""
    count = len(means)
    out_mean, out_cov = np.empty_like(means, dtype=float), np.empty_like(covs, dtype=float)
    for i in range(count):
        last = min(i + lag, count - 1)
        window = slice(i, last + 1), slice(i, last)
        mean, cov = smooth_rts(
            means[window[0]], covs[window[0]],
            predicted_means[window[1]], predicted_covs[window[1]], cross[window[1]],
        )  # fmt: skip
        out_mean[i], out_cov[i] = mean[0], cov[0]
    return out_mean, out_cov
