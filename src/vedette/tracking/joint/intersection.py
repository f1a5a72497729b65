"""Two beliefs of one object whose errors may be tied: what may be said together without counting anything twice.

`summed` when they are independent; `split_intersection` when each has a part that may be tied in an unknown way (the
push that both filters suppose) and a part that is its own; `intersection` when nothing is known of the tie;
`inverse_intersection` when both may hold the same third knowledge, wholly or in part; `without` takes knowledge out
that is known to be in. Every function takes any leading batch shape and works row by row, so that what one object
comes to does not depend on which others stand beside it.

Sources: Julier and Uhlmann 1997, "A non-divergent estimation algorithm in the presence of unknown correlations";
Julier and Uhlmann 2001, "General decentralized data fusion with covariance intersection", section on split covariances;
Noack, Sijs, Reinhardt and Hanebeck 2017, "Decentralized data fusion with inverse covariance intersection", eq. 11-15.
"""

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.estimation import symmetrized

EDGE = 1e-9  # the weights 0 and 1 themselves would drop one belief and divide by zero
_BISECTIONS = 60
_SECTIONS = 40
_GOLDEN = 0.5 * (np.sqrt(5.0) - 1.0)


def inverse(cov: Rows) -> Rows:
    """Inverse of covariances whose units differ by powers of ten, (..., n, n); by way of the correlation matrix."""
    cov = np.asarray(cov, dtype=float)
    scale = np.sqrt(np.maximum(np.diagonal(cov, axis1=-2, axis2=-1), np.finfo(float).tiny))
    outer = scale[..., :, None] * scale[..., None, :]
    return symmetrized(np.linalg.inv(symmetrized(cov) / outer) / outer)


def summed(a: Rows, A: Rows, b: Rows, B: Rows) -> tuple[Rows, Rows]:
    """Both together, errors independent: means (..., n), covariances (..., n, n)."""
    return _joined(a, inverse(A), b, inverse(B))


def intersection(a: Rows, A: Rows, b: Rows, B: Rows, by: str = "det") -> tuple[Rows, Rows, Scalar]:
    """Both together whatever the tie: mean, covariance and the weight (...) of the first.

    by : "det" or "trace", of which the weight makes the least [Julier and Uhlmann 1997; Chen, Arambel, Mehra 2002]
    """
    IA, IB = inverse(A), inverse(B)
    if by == "trace":
        weight = _least(lambda w: np.trace(inverse(_mixed(w, IA, IB)), axis1=-2, axis2=-1), IA.shape[:-2])
    else:
        weight = _best_by_det(IA, B)
    w = weight[..., None, None]
    mean, cov = _joined(a, w * IA, b, (1.0 - w) * IB)
    return mean, cov, weight


def inverse_intersection(a: Rows, A: Rows, b: Rows, B: Rows, by: str = "det") -> tuple[Rows, Rows, Scalar]:
    """Both together where each may hold the same third knowledge: mean, covariance, weight of the first.

    Tighter than `intersection`, and safe as long as the tie is common knowledge [Noack et al. 2017].
    """
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    IA, IB = inverse(A), inverse(B)

    def size(w: Scalar) -> Scalar:
        cov = inverse(IA + IB - inverse(_mixed(w, A, B)))
        return np.trace(cov, axis1=-2, axis2=-1) if by == "trace" else _log_det(cov)

    weight = _least(size, IA.shape[:-2])
    w = weight[..., None, None]
    common = inverse(w * A + (1.0 - w) * B)
    cov = inverse(IA + IB - common)
    gain_a, gain_b = cov @ (IA - w * common), cov @ (IB - (1.0 - w) * common)
    mean = np.einsum("...ij,...j->...i", gain_a, a) + np.einsum("...ij,...j->...i", gain_b, b)
    return mean, cov, weight


def split_intersection(
    a: Rows, A: Rows, A_tied: Rows, b: Rows, B: Rows, B_tied: Rows
) -> tuple[Rows, Rows, Rows]:
    """Both together: only the parts `A_tied` of A and `B_tied` of B may be tied, the rest is each one's own.

    Mean, covariance, and the part of it that stays tied to others. With nothing tied this is `summed`, with all tied
    `intersection` [Julier and Uhlmann 2001].
    """
    A_own, B_own = A - A_tied, B - B_tied

    def size(w: Scalar) -> Scalar:
        w = w[..., None, None]
        return -_log_det(inverse(A_tied / w + A_own) + inverse(B_tied / (1.0 - w) + B_own))

    weight = _least(size, np.shape(A)[:-2])
    w = weight[..., None, None]
    IA, IB = inverse(A_tied / w + A_own), inverse(B_tied / (1.0 - w) + B_own)
    mean, cov = _joined(a, IA, b, IB)
    own = cov @ (IA @ A_own @ IA + IB @ B_own @ IB) @ cov
    return mean, cov, symmetrized(cov - own)


def without(a: Rows, A: Rows, b: Rows, B: Rows) -> tuple[Rows, Rows]:
    """What belief a knows beside b, which is known to be in it: information vector (..., n) and matrix (..., n, n).

    Directions in which nothing is left come out as zero, not negative.
    """
    IA, IB = inverse(A), inverse(B)
    scale = np.sqrt(np.diagonal(A, axis1=-2, axis2=-1))
    outer = scale[..., :, None] * scale[..., None, :]
    values, vectors = np.linalg.eigh(symmetrized((IA - IB) * outer))
    left = (vectors * np.maximum(values, 0.0)[..., None, :]) @ np.swapaxes(vectors, -1, -2) / outer
    # where less is left than rounding takes, the mean of a is as good as any: the information is nothing there
    y = np.einsum("...ij,...j->...i", IA, a) - np.einsum("...ij,...j->...i", IB, b)
    keep = (vectors * (values > 1e-12)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    y = np.einsum("...ij,...j->...i", keep, y * scale) / scale
    return y, symmetrized(left)


def added(a: Rows, A: Rows, y: Rows, Y: Rows) -> tuple[Rows, Rows]:
    """A belief with independent information (vector, matrix) added."""
    IA = inverse(A)
    cov = inverse(IA + Y)
    # about the mean, so that positions of millions of metres cost no digits
    away = y - np.einsum("...ij,...j->...i", Y, a)
    return a + np.einsum("...ij,...j->...i", cov, away), cov


def no_more_than(tied: Rows, cov: Rows, most: float = 0.999) -> Rows:
    """A part of a covariance, cut where it would be more than `most` of the whole."""
    scale = np.sqrt(np.maximum(np.diagonal(cov, axis1=-2, axis2=-1), np.finfo(float).tiny))
    outer = scale[..., :, None] * scale[..., None, :]
    lower = np.linalg.cholesky(symmetrized(cov) / outer + 1e-14 * np.eye(cov.shape[-1]))
    half = np.linalg.solve(lower, symmetrized(tied) / outer)
    part = np.linalg.solve(lower, np.swapaxes(half, -1, -2))
    values, vectors = np.linalg.eigh(symmetrized(part))
    part = (vectors * np.clip(values, 0.0, most)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return symmetrized(lower @ part @ np.swapaxes(lower, -1, -2)) * outer


def _joined(a: Rows, IA: Rows, b: Rows, IB: Rows) -> tuple[Rows, Rows]:
    cov = inverse(IA + IB)
    step = np.einsum("...ij,...j->...i", cov @ IB, np.asarray(b) - a)
    return a + step, cov


def _mixed(weight: Scalar, A: Rows, B: Rows) -> Rows:
    w = weight[..., None, None]
    return w * A + (1.0 - w) * B


def _log_det(cov: Rows) -> Scalar:
    return np.linalg.slogdet(cov)[1]


def _best_by_det(IA: Rows, B: Rows) -> Scalar:
    """Where log det(w IA + (1 - w) IB) is greatest: with the eigenvalues of B IA its slope falls steadily."""
    scale = np.sqrt(np.diagonal(B, axis1=-2, axis2=-1))
    outer = scale[..., :, None] * scale[..., None, :]
    lower = np.linalg.cholesky(symmetrized(B) / outer)
    values = np.linalg.eigvalsh(symmetrized(np.swapaxes(lower, -1, -2) @ (IA * outer) @ lower))
    low, high = np.zeros(values.shape[:-1]), np.ones(values.shape[:-1])
    for _ in range(_BISECTIONS):
        w = 0.5 * (low + high)
        slope = np.sum((values - 1.0) / (w[..., None] * (values - 1.0) + 1.0), axis=-1)
        low, high = np.where(slope > 0.0, w, low), np.where(slope > 0.0, high, w)
    return np.clip(0.5 * (low + high), EDGE, 1.0 - EDGE)


def _least(size: object, shape: tuple[int, ...]) -> Scalar:
    """Where a function of the weight is least, by golden section: it has one valley."""
    assert callable(size)
    low, high = np.full(shape, EDGE), np.full(shape, 1.0 - EDGE)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = size(left), size(right)
    for _ in range(_SECTIONS):
        is_left = at_left <= at_right
        low, high = np.where(is_left, low, left), np.where(is_left, right, high)
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_left, at_right = size(left), size(right)
    return np.asarray(0.5 * (low + high))
