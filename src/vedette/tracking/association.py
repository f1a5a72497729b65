"""Which detection belongs to which track: gate, score, and choose one-to-one inside each cluster.

Scores are log-likelihood ratios against clutter and new objects; tracks and detections that cannot meet never share a
matrix, so that the work grows with the number of objects and not with its square.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows
from vedette.estimation import regression, sigma_points, weighted_products

BOX_SIGMAS = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What n tracks would show a sensor, for each of m models: the best line through the measurement function."""

    mean: Rows  # (n, m, k)
    H: Rows  # (n, m, k, 8 + b)
    left_over: Rows  # (n, m, k, k) what the line leaves over
    middle: Rows  # (n, k) over the models
    spread: Rows  # (n, k) standard deviation over the models


def expect(
    mean: Rows,
    cov: Rows,
    weights: Rows,
    measure: Callable[[Rows], Rows],
    difference: Callable[[Rows, Rows], Rows],
    bias_columns: Ints,
) -> Expectation:
    """Push each model's belief (n, m, 8 + b) through `measure`, (n, p, 6) points to (n, p, k) values.

    The sensor's biases, at `bias_columns` of the state, add to the first of the k values.
    """
    n, models = weights.shape
    points, share = sigma_points(mean[..., :6], cov[..., :6, :6])
    values = measure(points.reshape(n, models * len(share), 6))
    values = values.reshape(n, models, len(share), values.shape[-1])
    apart = difference(values, values[:, :, :1])
    shift = share @ apart
    apart = apart - shift[:, :, None]
    away = points - mean[:, :, None, :6]
    A, rest = regression(
        cov[..., :6, :6], weighted_products(share, apart, apart), weighted_products(share, away, apart)
    )
    H = np.zeros((*A.shape[:-1], mean.shape[-1]))
    H[..., :6] = A
    H[..., np.arange(len(bias_columns)), bias_columns] = 1.0
    expected = values[:, :, 0] + shift
    expected[..., : len(bias_columns)] += mean[..., bias_columns]
    own = np.sum((H @ cov) * H, axis=-1) + np.diagonal(rest, axis1=-2, axis2=-1)
    apart = difference(expected, expected[:, :1])
    middle = np.einsum("nm,nmk->nk", weights, apart)
    variance = np.maximum(own, 0.0) + (apart - middle[:, None]) ** 2
    spread = np.sqrt(np.einsum("nm,nmk->nk", weights, variance))
    return Expectation(expected, H, _positive(rest), expected[:, 0] + middle, spread)


def _positive(rest: Rows) -> Rows:
    """Rounding may leave a hair of negative variance where the function is all but straight."""
    diagonal = np.maximum(np.diagonal(rest, axis1=-2, axis2=-1), 0.0)
    bound = np.sqrt(diagonal[..., :, None] * diagonal[..., None, :])
    return np.clip(rest, -bound, bound) * np.where(np.eye(rest.shape[-1], dtype=bool), 1.0, 0.999)


def box_pairs(
    seen: Expectation, detections: Rows, variances: Rows, difference: Callable[[Rows, Rows], Rows], may_pair: Bools
) -> tuple[Ints, Ints]:
    """Track and detection indices of pairs within six sigma in every measured component.

    detections : (1, q, k) the same for all tracks, or (n, q, k); variances (q, k); may_pair (n,)
    """
    tracks, found = [], []
    count = len(seen.middle)
    for start in range(0, count, 256):  # bounded memory
        part = slice(start, min(start + 256, count))
        z = detections if detections.shape[0] == 1 else detections[part]
        apart = np.abs(difference(z, seen.middle[part, None, :]))
        reach = BOX_SIGMAS * np.sqrt(seen.spread[part, None, :] ** 2 + variances[None])
        unmeasured = ~np.isfinite(z)
        if detections.shape[0] != 1:
            unmeasured &= False  # behind an infrared sensor is outside, not unmeasured
        near = np.all((apart <= reach) | unmeasured, axis=-1) & may_pair[part, None]
        rows, columns = np.nonzero(near)
        tracks.append(rows + start)
        found.append(columns)
    return np.concatenate(tracks), np.concatenate(found)
