"""How probable looks are under a Gaussian path: a Kalman filter whose innovations are summed, compiled.

The state is position, velocity, acceleration and the sensors' constant errors; the acceleration forgets itself
(Singer 1970, *IEEE Trans. AES* 6, 473-483). Looks come in one scalar at a time, so that nothing is ever inverted.
"""

import math

import numpy as np
from numba import njit

_BRIEF = 0.02  # time over memory below which the closed forms lose their digits and a constant jerk is meant


@njit(cache=True, nogil=True)
def singer(dt_s: float, sigma_mps2: float, memory_s: float, move: np.ndarray, noise: np.ndarray) -> None:
    """Transition (3, 3) of position, velocity, acceleration along one axis, and the noise (3, 3) it gathers."""
    a = dt_s / memory_s
    e = math.exp(-a)
    move[:] = 0.0
    move[0, 0] = move[1, 1] = 1.0
    move[0, 1] = dt_s
    move[2, 2] = e
    q = 2.0 * sigma_mps2 * sigma_mps2 / memory_s
    if a < _BRIEF:
        move[0, 2], move[1, 2] = 0.5 * dt_s * dt_s, dt_s
        noise[0, 0], noise[0, 1], noise[0, 2] = dt_s**5 / 20.0, dt_s**4 / 8.0, dt_s**3 / 6.0
        noise[1, 1], noise[1, 2], noise[2, 2] = dt_s**3 / 3.0, dt_s**2 / 2.0, dt_s
    else:
        m = memory_s
        move[0, 2], move[1, 2] = m * m * (a - 1.0 + e), m * (1.0 - e)
        ee = e * e
        noise[0, 0] = 0.5 * m**5 * (1.0 - ee + 2.0 * a + 2.0 * a**3 / 3.0 - 2.0 * a * a - 4.0 * a * e)
        noise[0, 1] = 0.5 * m**4 * (ee + 1.0 - 2.0 * e + 2.0 * a * e - 2.0 * a + a * a)
        noise[0, 2] = 0.5 * m**3 * (1.0 - ee - 2.0 * a * e)
        noise[1, 1] = 0.5 * m**3 * (4.0 * e - 3.0 - ee + 2.0 * a)
        noise[1, 2] = 0.5 * m**2 * (ee + 1.0 - 2.0 * e)
        noise[2, 2] = 0.5 * m * (1.0 - ee)
    noise[1, 0], noise[2, 0], noise[2, 1] = noise[0, 1], noise[0, 2], noise[1, 2]
    noise *= q


@njit(cache=True, nogil=True)
def log_density(
    t_s: np.ndarray,
    sensor: np.ndarray,
    slope: np.ndarray,
    bias_slope: np.ndarray,
    value: np.ndarray,
    known: np.ndarray,
    mean: np.ndarray,
    cov: np.ndarray,
    sigma_mps2: float,
    memory_s: float,
) -> float:
    """ln density of whitened scalars `value` (n, 4), those `known` (n, 4), at ascending times.

    slope (n, 4, 6) by position and velocity, bias_slope (n, 4, 4) by the sensor's own constant errors, all per sigma
    of the value. mean (m,) and cov (m, m), m = 9 + 4 sensors, at the first time, are changed in place.
    """
    n, m = t_s.shape[0], mean.shape[0]
    move, noise = np.empty((3, 3)), np.empty((3, 3))
    block, h, gain = np.empty((3, m)), np.zeros(m), np.empty(m)
    total, t = 0.0, t_s[0]
    for i in range(n):
        dt = t_s[i] - t
        if dt > 0.0:
            singer(dt, sigma_mps2, memory_s, move, noise)
            for axis in range(3):  # rows, then columns, of this axis
                for j in range(m):
                    p, v, a = cov[axis, j], cov[axis + 3, j], cov[axis + 6, j]
                    for r in range(3):
                        block[r, j] = move[r, 0] * p + move[r, 1] * v + move[r, 2] * a
                for r in range(3):
                    for j in range(m):
                        cov[axis + 3 * r, j] = block[r, j]
                for j in range(m):
                    p, v, a = cov[j, axis], cov[j, axis + 3], cov[j, axis + 6]
                    for r in range(3):
                        cov[j, axis + 3 * r] = move[r, 0] * p + move[r, 1] * v + move[r, 2] * a
                for r in range(3):
                    for s in range(3):
                        cov[axis + 3 * r, axis + 3 * s] += noise[r, s]
                p, v, a = mean[axis], mean[axis + 3], mean[axis + 6]
                for r in range(3):
                    mean[axis + 3 * r] = move[r, 0] * p + move[r, 1] * v + move[r, 2] * a
            t = t_s[i]
        first = 9 + 4 * sensor[i]
        for k in range(4):
            if not known[i, k]:
                continue
            off = value[i, k]
            for j in range(6):
                h[j] = slope[i, k, j]
                off -= h[j] * mean[j]
            for j in range(4):
                off -= bias_slope[i, k, j] * mean[first + j]
            spread = 1.0
            for j in range(m):
                along = 0.0
                for l in range(6):
                    along += cov[j, l] * h[l]
                for l in range(4):
                    along += cov[j, first + l] * bias_slope[i, k, l]
                gain[j] = along
            for j in range(6):
                spread += h[j] * gain[j]
            for j in range(4):
                spread += bias_slope[i, k, j] * gain[first + j]
            total -= 0.5 * (off * off / spread + math.log(2.0 * math.pi * spread))
            for j in range(m):
                mean[j] += gain[j] * off / spread
            for j in range(m):
                for l in range(j, m):
                    c = cov[j, l] - gain[j] * gain[l] / spread
                    cov[j, l] = c
                    cov[l, j] = c
    return total


@njit(cache=True, nogil=True)
def log_density_of_mixture(
    t_s: np.ndarray,
    sensor: np.ndarray,
    slope: np.ndarray,
    bias_slope: np.ndarray,
    value: np.ndarray,
    known: np.ndarray,
    means: np.ndarray,
    covs: np.ndarray,
    bias_sigmas: np.ndarray,
    logs: np.ndarray,
    sigma_mps2: float,
    memory_s: float,
    each: np.ndarray,
) -> float:
    """ln of the mixture of `log_density` over starts means (k, 9), covs (k, 9, 9) with log shares (k,).

    `each` (k,) is filled with share and density of each. `bias_sigmas`: (4 sensors,), flat.
    """
    m = 9 + bias_sigmas.shape[0]
    total = -np.inf
    for c in range(means.shape[0]):
        mean, cov = np.zeros(m), np.zeros((m, m))
        mean[:9] = means[c]
        cov[:9, :9] = covs[c]
        for j in range(9, m):
            cov[j, j] = bias_sigmas[j - 9] ** 2
        one = logs[c] + log_density(
            t_s, sensor, slope, bias_slope, value, known, mean, cov, sigma_mps2, memory_s
        )
        each[c] = one
        top = max(total, one)
        if top > -np.inf:
            total = top + math.log(math.exp(total - top) + math.exp(one - top))
    return total


@njit(cache=True, nogil=True)
def log_level_density(
    t_s: np.ndarray, value: np.ndarray, sigma: np.ndarray, middle: float, spread: float, walk: float
) -> float:
    """ln density of a level (n,) that walks by `walk` a root second from a Gaussian start, read with `sigma` (n,)."""
    mean, var, total, t = middle, spread * spread, 0.0, t_s[0]
    for i in range(t_s.shape[0]):
        var += walk * walk * (t_s[i] - t)
        t = t_s[i]
        s = var + sigma[i] * sigma[i]
        off = value[i] - mean
        total -= 0.5 * (off * off / s + math.log(2.0 * math.pi * s))
        mean += var / s * off
        var *= sigma[i] * sigma[i] / s
    return total
