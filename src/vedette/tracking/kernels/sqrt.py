"""The square-root filter of one row, compiled: the covariance is carried as its lower triangular root.

A root squared cannot be negative: where a measurement is a hundred million times sharper than what was known before,
the covariance itself loses its last digits and this does not. What it computes is what `estimation.sqrt_predicted` and
`estimation.sqrt_updated` compute.
"""

from math import ceil, log, sqrt, tau

import numpy as np
from numba import njit

from vedette.tracking.kernels.step_arithmetic import LONGEST_STEP_S, Six, flown, transition

SQRT_SCRATCH = 6 * 12 + 36
_LOG_TAU = log(tau)
_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def lower_from_wide(wide: np.ndarray, columns: int, root: np.ndarray) -> None:
    """The lower triangular root (6, 6), positive on its diagonal, of W Wᵀ; `wide` (6, columns) flat, is used up.

    Householder reflections from the right, row by row.
    """
    for i in range(6):
        norm_sq = 0.0
        for c in range(i, columns):
            norm_sq += wide[i * columns + c] * wide[i * columns + c]
        norm = sqrt(norm_sq)
        head = wide[i * columns + i]
        root[i, i] = norm
        for k in range(i):
            root[k, i] = 0.0
        if norm == 0.0:
            for k in range(i + 1, 6):
                root[k, i] = 0.0
            continue
        # the reflection that takes the row to -sign(head) norm; the sign is turned afterwards
        turn = -1.0 if head > 0.0 else 1.0
        first = head - turn * norm
        scale = 1.0 / (norm_sq - turn * norm * head)  # two over the square of the reflection's vector
        for k in range(i + 1, 6):
            along = wide[k * columns + i] * first
            for c in range(i + 1, columns):
                along += wide[k * columns + c] * wide[i * columns + c]
            along *= scale
            root[k, i] = turn * (wide[k * columns + i] - along * first)
            for c in range(i + 1, columns):
                wide[k * columns + c] -= along * wide[i * columns + c]


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def sqrt_predict_row(mean: np.ndarray, root: np.ndarray, dt_s: float, q: float, earth: Six, work: np.ndarray) -> None:
    """`row.ekf_predict_row` with the root (6, 6) of the covariance in its place; work (SQRT_SCRATCH,)."""
    count = max(1, ceil(abs(dt_s) / LONGEST_STEP_S))
    h = dt_s / count
    span = abs(h)
    place = sqrt(q * span * span * span / 3.0)
    link = 0.5 * q * h * span / place if place > 0.0 else 0.0
    speed = 0.5 * sqrt(q * span)
    s = (mean[0], mean[1], mean[2], mean[3], mean[4], mean[5])
    for _ in range(count):
        s, middle = flown(s, h, earth)
        a, b, c, d = transition(middle, h, earth)
        for i in range(3):
            for j in range(3):
                k = 3 * i + j
                work[72 + 6 * i + j], work[72 + 6 * i + 3 + j] = a[k], b[k]
                work[72 + 6 * (3 + i) + j], work[72 + 6 * (3 + i) + 3 + j] = c[k], d[k]
        for i in range(6):
            for j in range(6):
                total = 0.0
                for k in range(j, 6):
                    total += work[72 + 6 * i + k] * root[k, j]
                work[12 * i + j] = total
                work[12 * i + 6 + j] = 0.0
        for i in range(3):
            work[12 * i + 6 + i] = place
            work[12 * (3 + i) + 6 + i] = link
            work[12 * (3 + i) + 9 + i] = speed
        lower_from_wide(work, 12, root)
    mean[0], mean[1], mean[2], mean[3], mean[4], mean[5] = s


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def sqrt_scalar_update_row(
    mean: np.ndarray, root: np.ndarray, h: np.ndarray, residual: float, variance: float, gain: np.ndarray
) -> tuple[float, float]:
    """`row.scalar_update_row` on the root: NIS and the variance of the residual [Carlson 1973]."""
    expected = variance
    for i in range(6):
        gain[i] = 0.0
    for j in range(5, -1, -1):
        seen = 0.0
        for i in range(j, 6):
            seen += root[i, j] * h[i]
        before, expected = expected, expected + seen * seen
        product = sqrt(before * expected)
        keep, give = before / product, seen / product
        for i in range(j, 6):
            old = root[i, j]
            root[i, j] = keep * old - give * gain[i]
            gain[i] += seen * old
    for i in range(6):
        mean[i] += gain[i] * residual / expected
    return residual * residual / expected, expected


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def sqrt_diagonal_update_row(
    mean: np.ndarray, root: np.ndarray, residual: np.ndarray, variance: np.ndarray, H: np.ndarray, work: np.ndarray
) -> tuple[float, float, int]:
    """`row.diagonal_update_row` on the root: log-likelihood, NIS, how many were measured; work (12,)."""
    gain, start = work[:6], work[6:]
    for i in range(6):
        start[i] = mean[i]
    nis, log_det, count = 0.0, 0.0, 0
    for k in range(len(residual)):
        if not np.isfinite(residual[k]):
            continue
        left = residual[k]
        for i in range(6):
            left -= H[k, i] * (mean[i] - start[i])
        part, expected = sqrt_scalar_update_row(mean, root, H[k], left, variance[k], gain)
        nis += part
        log_det += log(expected)
        count += 1
    return -0.5 * (nis + log_det + count * _LOG_TAU), nis, count
