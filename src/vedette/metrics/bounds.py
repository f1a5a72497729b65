"""What no estimator can beat, and how near we came.

The posterior Cramer-Rao bound for filtering by the recursion of Tichavsky, Muravchik and Nehorai [1998]; the bound for
a batch fit is the inverse information of all its measurements and priors.
"""

import numpy as np

from vedette.core.shapes import Rows, Scalar


def tichavsky_step(J: Rows, D11: Rows, D12: Rows, D22: Rows) -> Rows:
    """Information after one step: J' = D22 - D12ᵀ (J + D11)⁻¹ D12; every matrix (..., n, n), averaged over truth."""
    out = D22 - np.swapaxes(D12, -1, -2) @ np.linalg.solve(J + D11, D12)
    return 0.5 * (out + np.swapaxes(out, -1, -2))


def filtering_bound(J0: Rows, F: Rows, Q: Rows, H: Rows, R: Rows) -> Rows:
    """Bound on the covariance after each of k measurements, for additive Gaussian noise.

    Parameters
    ----------
    J0 : (n, n)              information at the start
    F : (k, runs, n, n)      Jacobian of the motion at the true state before each step
    Q : (n, n)               process noise of a step
    H : (k, runs, m, n)      Jacobian of the measurement at the true state after each step
    R : (m, m)               measurement noise

    Returns
    -------
    (k, n, n)
    """
    Qi, Ri = np.linalg.inv(Q), np.linalg.inv(R)
    J, out = np.asarray(J0, dtype=float), []
    for Fk, Hk in zip(F, H, strict=True):
        D11 = np.mean(np.swapaxes(Fk, -1, -2) @ Qi @ Fk, axis=0)
        D12 = np.mean(-np.swapaxes(Fk, -1, -2) @ Qi, axis=0)
        D22 = Qi + np.mean(np.swapaxes(Hk, -1, -2) @ Ri @ Hk, axis=0)
        J = tichavsky_step(J, D11, D12, D22)
        out.append(np.linalg.inv(J))
    return np.array(out)


def filtering_bound_with_misses(
    J0: Rows,
    F: Rows,
    Q: Rows,
    H: Rows,
    R: Rows,
    detection_probability: float,
    sequences: int = 4096,
    seed: int = 0,
) -> Rows:
    """Bound on the covariance when each look finds the object only with some probability, (k, n, n).

    The mean of the bounds over sequences of hits and misses [Hernandez, Ristic, Farina, Sathyan, Kirubarajan 2004;
    Tong, Zhang, Meng, Wang 2012: it is the tight one for a ballistic object]. All sequences are counted when there are
    no more than `sequences`, otherwise that many are drawn with `seed`. Arguments as in `filtering_bound`.
    """
    steps = len(F)
    if 2**steps <= sequences:
        hit = ((np.arange(2**steps)[:, None] >> np.arange(steps)) & 1) == 1
        weight = np.prod(np.where(hit, detection_probability, 1.0 - detection_probability), axis=1)
    else:
        hit = np.random.default_rng(seed).random((sequences, steps)) < detection_probability
        weight = np.full(sequences, 1.0 / sequences)
    Qi, Ri = np.linalg.inv(Q), np.linalg.inv(R)
    J = np.broadcast_to(np.asarray(J0, dtype=float), (len(hit), *np.shape(J0)))
    out = []
    for k, (Fk, Hk) in enumerate(zip(F, H, strict=True)):
        D11 = np.mean(np.swapaxes(Fk, -1, -2) @ Qi @ Fk, axis=0)
        D12 = np.mean(-np.swapaxes(Fk, -1, -2) @ Qi, axis=0)
        told = np.mean(np.swapaxes(Hk, -1, -2) @ Ri @ Hk, axis=0)
        J = tichavsky_step(J, D11, D12, Qi + hit[:, k, None, None] * told)
        out.append(np.einsum("s,sij->ij", weight, np.linalg.inv(J)))
    return np.array(out)


def batch_bound(jacobian: Rows, prior_information: Rows | None = None) -> Rows:
    """Bound on the covariance of a batch fit: jacobian (m, d) of whitened residuals, prior (d, d)."""
    info = jacobian.T @ jacobian
    if prior_information is not None:
        info = info + prior_information
    scale = np.sqrt(np.diagonal(info))
    return np.linalg.inv(info / np.outer(scale, scale)) / np.outer(scale, scale)


def rmse(errors: Rows) -> Scalar:
    """Root mean square length of error vectors over the first axis: (runs, ..., n) to (...)."""
    return np.sqrt(np.mean(np.sum(np.asarray(errors, dtype=float) ** 2, axis=-1), axis=0))


def rmse_over_bound(errors: Rows, bound_cov: Rows) -> Scalar:
    """RMSE over the bound's root trace: one is perfect, under one is luck or a wrong bound."""
    return rmse(errors) / np.sqrt(np.trace(bound_cov, axis1=-2, axis2=-1))
