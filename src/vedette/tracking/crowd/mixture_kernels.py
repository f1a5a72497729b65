"""Mixtures of Gaussians made smaller, track by track: the compiled inner loop. `.py_func` is the plain twin."""

import numpy as np
from numba import njit


@njit(cache=True)
def reduce_kernel(
    start: np.ndarray, weight: np.ndarray, mean: np.ndarray, cov: np.ndarray,
    least: float, most: int, apart: float, out_start: np.ndarray, out_weight: np.ndarray, out_mean: np.ndarray,
    out_cov: np.ndarray,
) -> int:  # fmt: skip
    """Fewer components for every track, and the same mean and spread; how many are left over all.

    The heaviest component swallows all that lie within `apart` of it (squared distance in its own covariance), then the
    heaviest that is left, and so on (Salmond 1990; Vo and Ma 2006). Components lighter than `least` are swallowed by
    the heaviest at once unless they stand apart from it, and then dropped; after `most` the rest is dropped. Weights
    are made to sum to one. Two components become one with the moments of both.

    Parameters
    ----------
    start (t + 1,), weight (l,), mean (l, 6), cov (l, 6, 6) : components of each track
    out_* : the same, written; room for as many as came in
    """
    size = mean.shape[1]
    root, away, solved = np.empty((size, size)), np.empty(size), np.empty(size)
    at = 0
    for t in range(len(start) - 1):
        out_start[t] = at
        begin, end = start[t], start[t + 1]
        if end == begin:
            continue
        if end == begin + 1:
            out_weight[at] = 1.0
            out_mean[at] = mean[begin]
            out_cov[at] = cov[begin]
            at += 1
            continue
        is_open = np.ones(end - begin, dtype=np.bool_)
        group = np.zeros(end - begin, dtype=np.bool_)
        left, made = end - begin, 0
        whole = 0.0
        while left > 0 and made < most:
            lead = -1
            for k in range(begin, end):
                if is_open[k - begin] and (lead < 0 or weight[k] > weight[lead]):
                    lead = k
            if made > 0 and weight[lead] < least:
                break
            is_wide = not np.isfinite(apart)
            if not is_wide:  # Cholesky factor of the leader's covariance
                for i in range(size):
                    for j in range(i + 1):
                        total = cov[lead, i, j]
                        for n in range(j):
                            total -= root[i, n] * root[j, n]
                        root[i, j] = np.sqrt(max(total, 1e-300)) if i == j else total / root[j, j]
            mass = 0.0
            for k in range(begin, end):
                group[k - begin] = False
                if not is_open[k - begin]:
                    continue
                distance = 0.0
                if not is_wide and k != lead:
                    for i in range(size):
                        total = mean[k, i] - mean[lead, i]
                        for n in range(i):
                            total -= root[i, n] * solved[n]
                        solved[i] = total / root[i, i]
                        distance += solved[i] * solved[i]
                if is_wide or distance <= apart:
                    group[k - begin] = True
                    is_open[k - begin] = False
                    left -= 1
                    mass += weight[k]
            out_weight[at] = mass
            whole += mass
            for i in range(size):
                total = 0.0
                for k in range(begin, end):
                    if group[k - begin]:
                        total += weight[k] / mass * (mean[k, i] - mean[lead, i])
                out_mean[at, i] = mean[lead, i] + total
            out_cov[at] = 0.0
            for k in range(begin, end):
                if not group[k - begin]:
                    continue
                part = weight[k] / mass
                for i in range(size):
                    away[i] = mean[k, i] - out_mean[at, i]
                for i in range(size):
                    for j in range(size):
                        out_cov[at, i, j] += part * (cov[k, i, j] + away[i] * away[j])
            at += 1
            made += 1
        for k in range(at - made, at):
            out_weight[k] /= whole
    out_start[len(start) - 1] = at
    return at
