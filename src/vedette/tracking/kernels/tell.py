"""A belief told in x, y, z: mean and covariance of the ITRF state of a Gaussian in a track's own coordinates.

By the fifth-degree cubature rule of 2n² + 1 points [Lu and Darmofal 2004; Jia, Xin, Cheng 2013]. A belief that is thin
in range and wide in angle is bent in x, y, z; the third-degree rule takes the variance of that bend for twice what it
is (decision 0081).
"""

from math import cos, sin, sqrt

import numpy as np
from numba import njit

from vedette.tracking.kernels.sigma import COURSE, SPHERICAL

_FLAGS = {"contract", "nsz", "arcp"}  # fused, and one reciprocal for many divisions: NaN and infinity keep their sense


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def _cartesian(point: np.ndarray, coordinates: int, out: np.ndarray) -> None:
    """A local point (6,) in x, y, z along the axes."""
    if coordinates != SPHERICAL and coordinates != COURSE:
        for i in range(6):
            out[i] = point[i]
        return
    reach = point[2]
    ca, sa, ce, se = cos(point[0]), sin(point[0]), cos(point[1]), sin(point[1])
    if coordinates == COURSE:
        aside, rise = point[3] * cos(point[4]), point[3] * sin(point[4])
    else:
        aside, rise = point[3] * reach * ce, point[4] * reach
    level_rate = point[5] * ce - rise * se
    out[0], out[1], out[2] = reach * ce * ca, reach * ce * sa, reach * se
    out[3], out[4] = level_rate * ca - aside * sa, level_rate * sa + aside * ca
    out[5] = point[5] * se + rise * ce


@njit(cache=True, error_model="numpy", fastmath=_FLAGS)
def told_rows(
    means: np.ndarray, covs: np.ndarray, coordinates: int, origin: np.ndarray, axes: np.ndarray,
    out_mean: np.ndarray, out_cov: np.ndarray,
) -> None:  # fmt: skip
    """ITRF means (n, m, 6) and covariances (n, m, 6, 6) of n tracks of m modes, from their own coordinates.

    Parameters
    ----------
    means (n, m, 6 or more), covs (n, m, 6 or more squared) : in `coordinates` about origin (n, 3), axes (n, 3, 3)
    out_mean, out_cov : NaN for a covariance that has no root
    """
    n, m, _ = means.shape
    root, point, place, base = np.zeros((6, 6)), np.empty(6), np.empty(6), np.empty(6)
    first, second = np.empty(6), np.empty((6, 6))
    turned, half = np.empty((6, 6)), np.empty((6, 6))
    reach, pair = sqrt(8.0), 2.0
    w_axis, w_pair = -2.0 / 128.0, 1.0 / 64.0  # (4 - n) / 2 (n + 2)², 1 / (n + 2)²
    for row in range(n):
        for mode in range(m):
            cov, fine = covs[row, mode], True
            for i in range(6):
                for j in range(i + 1):
                    total = cov[i, j]
                    for k in range(j):
                        total -= root[i, k] * root[j, k]
                    if i == j:
                        fine = fine and total > 0.0
                        root[i, i] = sqrt(total) if total > 0.0 else 0.0
                    else:
                        root[i, j] = total / root[j, j] if root[j, j] > 0.0 else 0.0
            if not fine:
                out_mean[row, mode, :] = np.nan
                out_cov[row, mode, :, :] = np.nan
                continue
            _cartesian(means[row, mode], coordinates, base)
            first[:] = 0.0
            second[:, :] = 0.0
            for a in range(6):
                for b in range(a, 6):
                    for sign in range(2 if a == b else 4):
                        up, across = 1.0 - 2.0 * (sign % 2), 1.0 - 2.0 * (sign // 2)
                        for i in range(6):
                            away = reach * up * root[i, a] if a == b else pair * (up * root[i, a] + across * root[i, b])
                            point[i] = means[row, mode, i] + away
                        _cartesian(point, coordinates, place)
                        weight = w_axis if a == b else w_pair
                        for i in range(6):
                            place[i] -= base[i]
                            first[i] += weight * place[i]
                        for i in range(6):
                            for j in range(i + 1):
                                second[i, j] += weight * place[i] * place[j]
            for i in range(6):
                for j in range(i + 1):
                    turned[i, j] = second[i, j] - first[i] * first[j]
                    turned[j, i] = turned[i, j]
            for part in range(2):
                for i in range(3):
                    total = origin[row, i] if part == 0 else 0.0
                    for k in range(3):
                        total += axes[row, k, i] * (base[3 * part + k] + first[3 * part + k])
                    out_mean[row, mode, 3 * part + i] = total
            for i in range(6):
                for j in range(6):
                    total = 0.0
                    for k in range(3):
                        total += axes[row, k, i % 3] * turned[3 * (i // 3) + k, j]
                    half[i, j] = total
            for i in range(6):
                for j in range(i + 1):
                    total = 0.0
                    for k in range(3):
                        total += half[i, 3 * (j // 3) + k] * axes[row, k, j % 3]
                    out_cov[row, mode, i, j], out_cov[row, mode, j, i] = total, total
