"""Down to the most probable flight, as one compiled loop: Levenberg-Marquardt with geodesic acceleration.

Marquardt 1963; Transtrum & Sethna 2012, whose second-order step follows curved valleys. `.py_func` of each kernel is
its plain twin.
"""

import math

import numpy as np
from numba import njit

from vedette.assessment.flight_posterior import residuals_and_jacobian, residuals_only

DIFFERENCE = 0.002  # of an unknown, for derivatives
TRIED = 5  # steps before a descent that promises too little is given up
_AHEAD = 0.1
_LONGEST = 3.0  # a step of more sigmas is cut


@njit(cache=True)
def burnout_off(burnout_s: float, pull: np.ndarray) -> float:
    """Sigmas by which a burnout is off the pseudo-look `pull`: centre s, sigma s, whether only earlier ones are."""
    late = burnout_s - pull[0]
    return 0.0 if pull[2] != 0.0 and late > 0.0 else late / pull[1]


@njit(cache=True, error_model="numpy")
def solved(matrix: np.ndarray, right: np.ndarray, root: np.ndarray, out: np.ndarray) -> bool:
    """Solve a symmetric positive system (d, d) by Cholesky, `root` being scratch; False where it is not positive."""
    d = matrix.shape[0]
    for j in range(d):
        total = matrix[j, j]
        for k in range(j):
            total -= root[j, k] * root[j, k]
        if not total > 0.0:
            return False
        diagonal = math.sqrt(total)
        root[j, j] = diagonal
        for i in range(j + 1, d):
            total = matrix[i, j]
            for k in range(j):
                total -= root[i, k] * root[j, k]
            root[i, j] = total / diagonal
    for i in range(d):
        total = right[i]
        for k in range(i):
            total -= root[i, k] * out[k]
        out[i] = total / root[i, i]
    for i in range(d - 1, -1, -1):
        total = out[i]
        for k in range(i + 1, d):
            total -= root[k, i] * out[k]
        out[i] = total / root[i, i]
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def descend(
    theta: np.ndarray,
    iterations: int,
    tolerance: float,
    bound: float,
    pull: np.ndarray,
    prior_weight: np.ndarray,
    is_held: np.ndarray,
    is_limited: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    base: np.ndarray,
    target: np.ndarray,
    power: np.ndarray,
    scale: np.ndarray,
    shape: np.ndarray,
    belief: np.ndarray,
    step_s: float,
    air: np.ndarray,
    field: np.ndarray,
    t_s: np.ndarray,
    kind: np.ndarray,
    sensor: np.ndarray,
    value: np.ndarray,
    weight: np.ndarray,
    place: np.ndarray,
    axes: np.ndarray,
) -> float:
    """Move `theta` (d,) downhill until the gain still promised is below `tolerance`; the cost there, inf: given up.

    Given up is what after `TRIED` steps does not come below `bound`, even by the gain it promises. Rows of residuals
    are looks x 4, prior, loft and misfit (7), the burnout pseudo-look.
    """
    n, d = t_s.shape[0], theta.shape[0]
    rows = 4 * n + d + 8
    jac, jac_looks, ends = np.zeros((d, rows)), np.empty((d, n, 4)), np.empty((1 + d, 8))
    looks, looks_of, ends_of = np.empty((n, 4)), np.empty((3, n, 4)), np.empty((3, 8))
    res, trials, ahead = np.empty(rows), np.empty((3, d)), np.empty(rows)
    damped, root = np.empty((d, d)), np.empty((d, d))
    step, bend, right, along = np.empty(d), np.empty(d), np.empty(d), np.empty(rows)
    damping, cost = 1e-4, np.inf
    for number in range(iterations + 1):
        residuals_and_jacobian(
            theta, DIFFERENCE, False, is_held, base, target, power, scale, shape, belief, step_s, air, field, t_s,
            kind, sensor, value, weight, place, axes, looks, jac_looks, ends,
        )  # fmt: skip
        _rows(looks, ends[0], theta, pull, prior_weight, res)
        cost = 0.0
        for i in range(rows):
            cost += res[i] * res[i]
        if number == iterations and math.isfinite(cost):
            return cost
        sigma = pull[1] if not (pull[2] != 0.0 and ends[0, 0] > pull[0]) else 1e9
        for j in range(d):
            for i in range(n):
                for k in range(4):
                    jac[j, 4 * i + k] = jac_looks[j, i, k]
            jac[j, 4 * n + j] = prior_weight[j]
            for k in range(7):
                jac[j, 4 * n + d + k] = ends[1 + j, 1 + k]
            jac[j, rows - 1] = ends[1 + j, 0] / sigma
        normal = np.dot(jac, jac.T)
        slope = np.dot(jac, res)
        worst = 0.0
        for i in range(d):
            for j in range(d):
                worst += abs(normal[i, j])
                damped[i, j] = normal[i, j]
            damped[i, i] += 1e-9
            right[i] = -slope[i]
        if not (math.isfinite(cost) and math.isfinite(worst)):
            return np.inf
        if solved(damped, right, root, step):
            promised = 0.0
            for i in range(d):
                promised += right[i] * step[i]
            if promised < tolerance:
                return cost
            if number >= TRIED and cost - promised > bound:
                return np.inf
        is_better = False
        for _ in range(6):
            for i in range(d):
                for j in range(d):
                    damped[i, j] = normal[i, j]
                damped[i, i] += damping * max(normal[i, i], 1e-3)
            if solved(damped, right, root, step):
                longest = 0.0
                for i in range(d):
                    if is_limited[i]:
                        longest = max(longest, abs(step[i]))
                short = min(1.0, _LONGEST / longest) if longest > 0.0 else 1.0
                for i in range(d):
                    step[i] *= short
                    trials[0, i] = min(max(theta[i] + _AHEAD * step[i], low[i]), high[i])
                residuals_only(
                    trials[:1], base, target, power, scale, shape, belief, step_s, air, field, t_s, kind, sensor,
                    value, weight, place, axes, looks_of[:1], ends_of[:1],
                )  # fmt: skip
                _rows(looks_of[0], ends_of[0], trials[0], pull, prior_weight, ahead)
                along[:] = 0.0
                for j in range(d):
                    for i in range(rows):
                        along[i] += jac[j, i] * step[j]
                for i in range(rows):
                    along[i] = 2.0 / _AHEAD * ((ahead[i] - res[i]) / _AHEAD - along[i])
                curve = np.dot(jac, along)
                if not solved(damped, curve, root, bend):
                    bend[:] = 0.0
                for i in range(d):
                    if not math.isfinite(bend[i]):
                        bend[i] = 0.0
                for i in range(d):
                    trials[0, i] = theta[i] + step[i]
                    trials[1, i] = theta[i] + step[i] - 0.5 * bend[i]
                    trials[2, i] = theta[i] + 0.3 * step[i] - 0.045 * bend[i]
                    for k in range(3):
                        trials[k, i] = min(max(trials[k, i], low[i]), high[i])
                residuals_only(
                    trials, base, target, power, scale, shape, belief, step_s, air, field, t_s, kind, sensor, value,
                    weight, place, axes, looks_of, ends_of,
                )  # fmt: skip
                best, least = -1, cost
                for k in range(3):
                    _rows(looks_of[k], ends_of[k], trials[k], pull, prior_weight, ahead)
                    square = 0.0
                    for i in range(rows):
                        square += ahead[i] * ahead[i]
                    if square < least:
                        best, least = k, square
                if best >= 0:
                    is_better = True
                    theta[:] = trials[best]
                    if best < 2:
                        damping = max(damping / 10.0, 1e-7)
                    break
            damping = max(damping * 10.0, 1e-3)
        if not is_better:
            return cost
    return cost


@njit(cache=True)
def _rows(
    looks: np.ndarray,
    end: np.ndarray,
    theta: np.ndarray,
    pull: np.ndarray,
    prior_weight: np.ndarray,
    out: np.ndarray,
) -> None:
    """All residuals of one flight in a row."""
    n, d = looks.shape[0], theta.shape[0]
    for i in range(n):
        for k in range(4):
            out[4 * i + k] = looks[i, k]
    for i in range(d):
        out[4 * n + i] = prior_weight[i] * theta[i]
    for i in range(7):
        out[4 * n + d + i] = end[1 + i]
    out[4 * n + d + 7] = burnout_off(end[0], pull)
