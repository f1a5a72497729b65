"""The interacting multiple model estimator over rows: several ideas of how each object moves, weighed together.

[Blom and Bar-Shalom 1988; Bar-Shalom, Li, Kirubarajan 2001, 11.6.6.] All models share one state layout; a component
that a model does not use keeps that model's prior for it, so that mixing stays unbiased.

Shapes: n objects, m models, d components. Probabilities are (n, m), means (n, m, d), covariances (n, m, d, d).
"""

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.estimation.gaussians import symmetrized


def transition_from_mean_stay(mean_stay_s: Rows, dt_s: float | Scalar) -> Rows:
    """Mode transition matrix over dt from the mean time between switches, (m, m) to (..., m, m).

    Parameters
    ----------
    mean_stay_s : (m, m)   [i, j]: mean time in mode i before a switch to j, s; infinite where it never happens.
                           The diagonal is ignored.
    dt_s : (...)
    """
    rate = np.where(np.isfinite(mean_stay_s), 1.0 / np.asarray(mean_stay_s, dtype=float), 0.0)
    np.fill_diagonal(rate, 0.0)
    dt = np.asarray(dt_s, dtype=float)[..., None, None]
    total = rate.sum(axis=1, keepdims=True)
    leave = -np.expm1(-total * dt)
    share = np.divide(rate, total, out=np.zeros_like(rate), where=total > 0.0)
    matrix = share * leave
    stay = np.swapaxes(1.0 - leave, -1, -2)[..., 0, :]
    return matrix + stay[..., :, None] * np.eye(len(rate))


def mix(probabilities: Rows, means: Rows, covs: Rows, transition: Rows) -> tuple[Rows, Rows, Rows]:
    """What each model should start from: predicted mode probabilities, mixed means and covariances.

    transition : (m, m) or (n, m, m), rows are "from"
    """
    joint = probabilities[..., :, None] * transition  # (n, from, to)
    predicted = joint.sum(axis=-2)
    back = joint / np.maximum(predicted, np.finfo(float).tiny)[..., None, :]
    mixed = np.einsum("...ij,...id->...jd", back, means)
    apart = means[..., :, None, :] - mixed[..., None, :, :]  # (n, from, to, d)
    flat = covs.reshape(*covs.shape[:-2], -1)
    spread = (np.swapaxes(back, -1, -2) @ flat).reshape(*mixed.shape, mixed.shape[-1])
    apart = np.swapaxes(apart, -3, -2)  # (n, to, from, d)
    spread = spread + np.swapaxes(apart * np.swapaxes(back, -1, -2)[..., None], -1, -2) @ apart
    return predicted, mixed, symmetrized(spread)


def weigh(predicted: Rows, log_likelihood: Rows, floor: float = 1e-6) -> tuple[Rows, Scalar]:
    """Mode probabilities after a measurement, and the log-likelihood of the mixture.

    `floor` keeps a model from being ruled out for ever by one strange look.
    """
    top = np.max(log_likelihood, axis=-1, keepdims=True)
    joint = predicted * np.exp(log_likelihood - top)
    total = joint.sum(axis=-1, keepdims=True)
    posterior = np.maximum(joint / np.maximum(total, np.finfo(float).tiny), floor)
    log_total = np.log(np.maximum(total, np.finfo(float).tiny)) + top
    return posterior / posterior.sum(axis=-1, keepdims=True), log_total[..., 0]
