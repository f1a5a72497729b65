"""Batch least squares over rows: all the evidence at once, with priors, damping and a look at the outliers.

Levenberg-Marquardt [Marquardt 1963; damping of Nielsen 1999] on whitened residuals. The caller gives a function from
parameters to residuals already divided by their sigmas (NaN: not measured); the prior joins as further residuals. The
covariance is the inverse of the information at the solution, so its honesty is that of the sigmas given.

Rows: `fit_rows` solves n problems of one shape together, each with its own damping and its own end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.core.errors import DidNotConvergeError
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation.gaussians import symmetrized

CONVERGED, TOO_MANY_STEPS, UNOBSERVABLE, NOT_FINITE = 0, 1, 2, 3
_SENTENCES = (
    "converged",
    "not converged within the allowed steps: start nearer or allow more",
    "the measurements do not determine every parameter: add a prior or more looks",
    "the residuals are not finite at the start: check the first guess",
)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What a batch fit found, one row per problem."""

    mean: Rows  # (n, d)
    cov: Rows  # (n, d, d); NaN where nothing was found
    residuals: Rows  # (n, m) in sigmas, at the solution
    is_used: Bools  # (n, m) False where not measured or edited out
    cost: Scalar  # (n,) sum of squares of used residuals and of the prior's
    prior_cost: Scalar  # (n,) the prior's part
    degrees_of_freedom: Ints  # (n,) used residuals plus prior conditions less parameters
    steps: Ints  # (n,)
    status: Ints  # (n,) CONVERGED and so on

    @property
    def has_converged(self) -> Bools:
        """(n,)"""
        return self.status == CONVERGED

    def sentence(self, row: int = 0) -> str:
        """What happened in that row, for people."""
        return _SENTENCES[int(self.status[row])]

    def or_raise(self) -> "Fit":
        """The same fit, or `DidNotConvergeError` naming the first row that did not finish."""
        bad = np.flatnonzero(self.status != CONVERGED)
        if len(bad):
            raise DidNotConvergeError(f"fit row {bad[0]} of {len(self.status)}: {self.sentence(int(bad[0]))}")
        return self


def numeric_jacobian(function: Callable[[Rows], Rows], x: Rows, step: Rows) -> Rows:
    """Central differences of a row function (n, d) to (n, m): (n, m, d). `step` (d,) in the units of x."""
    columns = []
    for j in range(x.shape[-1]):
        shift = np.zeros(x.shape[-1])
        shift[j] = step[j]
        columns.append((function(x + shift) - function(x - shift)) / (2.0 * step[j]))
    return np.stack(columns, axis=-1)


def fit_rows(
    residual: Callable[[Rows], Rows],
    start: Rows,
    *,
    jacobian: Callable[[Rows], Rows] | None = None,
    step: Rows | float = 1e-4,
    prior_mean: Rows | None = None,
    prior_information: Rows | None = None,
    edit_sigma: float = np.inf,
    group: Ints | None = None,
    max_steps: int = 50,
    tolerance: float = 1e-4,
) -> Fit:
    """Solve n least-squares problems of one shape.

    Parameters
    ----------
    residual : (n, d) to (n, m)    measured minus computed over sigma; NaN where not measured
    start : (n, d)
    jacobian : (n, d) to (n, m, d), optional    of the residual; central differences with `step` otherwise
    step : (d,)                    for the differences, in each parameter's unit
    prior_mean : (n, d) or (d,)    and
    prior_information : (d, d) or (n, d, d)   inverse covariance of the prior; zero rows say nothing
    edit_sigma : a residual beyond this many sigmas is set aside, and taken back should it fit again later
    group : (m,)                   residuals with one number (>= 0) are components of one detection and are edited
                                   together, on the root mean square of the group
    tolerance : stop when a step is this small in units of the solution's own sigmas

    Returns
    -------
    Fit
    """
    x = np.array(start, dtype=float)
    n, d = x.shape
    step = np.broadcast_to(np.asarray(step, dtype=float), (d,))
    Lam = np.zeros((n, d, d)) if prior_information is None else np.broadcast_to(prior_information, (n, d, d))
    x0 = x.copy() if prior_mean is None else np.broadcast_to(prior_mean, (n, d))
    slope = jacobian or (lambda at: numeric_jacobian(residual, at, step))

    def judge(at: Rows, r: Rows, keep: Bools) -> tuple[Scalar, Scalar]:
        away = at - x0
        prior_cost = np.einsum("ni,nij,nj->n", away, Lam, away)
        fit_cost = np.sum(np.where(keep, r, 0.0) ** 2, axis=-1)
        lost = np.any(keep & ~np.isfinite(r), axis=-1)
        return np.where(lost, np.inf, fit_cost + prior_cost), prior_cost

    r = residual(x)
    measured = np.isfinite(r)
    keep = measured.copy()
    cost, prior_cost = judge(x, r, keep)
    status = np.where(
        np.isfinite(cost) & np.any(measured | (Lam != 0.0).any(axis=(1, 2))[:, None], axis=1), -1, NOT_FINITE
    )
    damping, growth = np.full(n, 1e-3), np.full(n, 2.0)
    steps = np.zeros(n, dtype=np.int64)
    edits_left = np.full(n, 12 if np.isfinite(edit_sigma) else 0)

    for _ in range(max_steps):
        alive = status == -1
        if not alive.any():
            break
        J = np.where(keep[..., None], slope(x), 0.0)
        J = np.where(np.isfinite(J), J, 0.0)
        info = np.einsum("nmi,nmj->nij", J, J) + Lam
        gradient = np.einsum("nmi,nm->ni", J, np.where(keep, r, 0.0)) + np.einsum("nij,nj->ni", Lam, x - x0)
        scale = np.sqrt(np.maximum(np.diagonal(info, axis1=1, axis2=2), 1e-300))
        unit = info / (scale[:, :, None] * scale[:, None, :])
        damped = unit + damping[:, None, None] * np.eye(d)
        move = -np.linalg.solve(damped, (gradient / scale)[..., None])[..., 0] / scale
        move[~alive] = 0.0
        new_r = residual(x + move)
        new_cost, new_prior = judge(x + move, new_r, keep)
        foreseen = -2.0 * np.einsum("ni,ni->n", gradient, move) - np.einsum("ni,nij,nj->n", move, info, move)
        better = alive & (new_cost <= cost + 1e-12 * np.abs(cost))
        gain = (cost - new_cost) / np.maximum(foreseen, 1e-300)
        small = np.einsum("ni,nij,nj->n", move, info, move) < d * tolerance**2
        x = np.where(better[:, None], x + move, x)
        r = np.where(better[:, None], new_r, r)
        cost, prior_cost = np.where(better, new_cost, cost), np.where(better, new_prior, prior_cost)
        shrink = np.maximum(1.0 / 3.0, 1.0 - (2.0 * np.clip(gain, 0.0, 1.0) - 1.0) ** 3)
        damping = np.where(better, damping * shrink, damping * growth)
        growth = np.where(better, 2.0, growth * 2.0)
        steps += alive
        done = alive & ((better & small) | (damping > 1e12))
        for i in np.flatnonzero(done):  # few rows, few times
            fresh = _edited(r[i : i + 1], keep[i : i + 1], measured[i : i + 1], edit_sigma, group)[0]
            if edits_left[i] > 0 and not np.array_equal(fresh, keep[i]):
                keep[i], damping[i], growth[i] = fresh, 1e-3, 2.0
                edits_left[i] -= 1
                cost[i] = np.sum(np.where(fresh, r[i], 0.0) ** 2) + prior_cost[i]
            else:
                status[i] = CONVERGED if small[i] else TOO_MANY_STEPS
    status = np.where(status == -1, TOO_MANY_STEPS, status)

    J = np.where(keep[..., None], slope(x), 0.0)
    info = np.einsum("nmi,nmj->nij", np.where(np.isfinite(J), J, 0.0), np.where(np.isfinite(J), J, 0.0)) + Lam
    cov, observable = _inverse(info)
    status = np.where((status != NOT_FINITE) & ~observable, UNOBSERVABLE, status)
    used = keep & measured
    free = used.sum(axis=1) + np.count_nonzero(np.diagonal(Lam, axis1=1, axis2=2), axis=1) - d
    return Fit(x, cov, r, used, cost, prior_cost, free, steps, status)


def fit(
    residual: Callable[[Rows], Rows], start: Rows, *, jacobian: Callable[[Rows], Rows] | None = None, **options: Any
) -> Fit:
    """One problem: as `fit_rows`, with `residual` (d,) to (m,), `jacobian` (d,) to (m, d) and one row in the answer."""

    def rows(x: Rows) -> Rows:
        return np.stack([np.asarray(residual(row), dtype=float) for row in x])

    if jacobian is None:
        return fit_rows(rows, np.atleast_2d(start), **options)
    slope = jacobian
    return fit_rows(rows, np.atleast_2d(start), jacobian=lambda x: np.stack([slope(row) for row in x]), **options)


def _edited(r: Rows, keep: Bools, measured: Bools, limit: float, group: Ints | None) -> Bools:
    """Which residuals to keep next: the worst leave first, and those that fit again come back.

    A large outlier drags the fit and makes fair points look bad, so that only what is beyond the limit *and* beyond
    half of the worst still kept leaves in one round. Several gross outliers side by side where the fit has its leverage
    can still hide one another: then the cost per degree of freedom says that something is wrong.
    """
    size = np.where(measured, np.abs(np.where(measured, r, 0.0)), 0.0)
    if group is not None:
        numbers = np.asarray(group)
        for g in np.unique(numbers[numbers >= 0]):
            columns = numbers == g
            count = np.maximum(measured[:, columns].sum(axis=1), 1)
            size[:, columns] = np.sqrt(np.sum(size[:, columns] ** 2, axis=1) / count)[:, None]
    worst = np.max(np.where(keep, size, 0.0), axis=1, keepdims=True)
    fresh = measured & ((size <= limit) | (keep & (size <= 0.5 * worst)))
    # never throw away more than half: then it is the model that is wrong, not the data
    too_few = fresh.sum(axis=1) * 2 < measured.sum(axis=1)
    fresh[too_few] = measured[too_few]
    return fresh


def _inverse(info: Rows) -> tuple[Rows, Bools]:
    """Inverse of information matrices in mixed units, and which of them have one."""
    diagonal = np.diagonal(info, axis1=1, axis2=2)
    scale = np.sqrt(np.where(diagonal > 0.0, diagonal, 1.0))
    unit = symmetrized(info) / (scale[:, :, None] * scale[:, None, :])
    unit = np.where(np.isfinite(unit), unit, 0.0)
    values, vectors = np.linalg.eigh(unit)
    ok = (values[:, 0] > 1e-14) & np.all(diagonal > 0.0, axis=1) & np.all(np.isfinite(info), axis=(1, 2))
    safe = np.where(values > 1e-14, values, 1.0)
    cov = np.einsum("nij,nj,nkj->nik", vectors, 1.0 / safe, vectors) / (scale[:, :, None] * scale[:, None, :])
    return np.where(ok[:, None, None], symmetrized(cov), np.nan), ok
