"""The bank's moments weighed one by one, compiled: the arithmetic of `density`, which has the plain twin.

A first pass over height, speed upwards and level speed leaves out what is far off, without a logarithm; what is left is
weighed in full, factors multiplied before one logarithm is taken of them all. The Bessel function is by Abramowitz and
Stegun (1964), 9.8.1 and 9.8.2, good to 2e-7.
"""

import math

import numpy as np
from numba import njit

from vedette.core.shapes import Ints, Rows, Scalar

_KEPT_LOG = 25.0  # moments less probable than the best by more than this are left out
_NORMS_LOG = 25.0  # by how much two moments' widths can differ in their logarithms


@njit(cache=True, nogil=True, error_model="numpy")
def i0e(x: float) -> float:
    """exp(-x) I0(x), x >= 0."""
    if x < 3.75:
        t = (x / 3.75) ** 2
        s = 0.0360768 + t * 0.0045813
        s = 1.0 + t * (3.5156229 + t * (3.0899424 + t * (1.2067492 + t * (0.2659732 + t * s))))
        return s * math.exp(-x)
    t = 3.75 / x
    s = -0.02057706 + t * (0.02635537 + t * (-0.01647633 + t * 0.00392377))
    s = 0.39894228 + t * (0.01328592 + t * (0.00225319 + t * (-0.00157565 + t * (0.00916281 + t * s))))
    return s / math.sqrt(x)


@njit(cache=True, nogil=True, error_model="numpy")
def _is_burning(burns_s: np.ndarray, flight: int, t_s: float) -> bool:
    burns = False
    for stage in range(burns_s.shape[1]):
        burns |= burns_s[flight, stage, 0] <= t_s < burns_s[flight, stage, 1]
    return burns


@njit(cache=True, nogil=True, error_model="numpy")
def _share_out(heights_m: np.ndarray, first: int, count: int, t_s: float, grid_s: float, top_m: float) -> float:
    if not t_s > 1.0:
        return 0.0
    at = min(max((t_s - 1.0) / grid_s, 0.0), count - 1.001)
    low = int(at)
    share = at - low
    height = heights_m[first + low] * (1.0 - share) + heights_m[first + low + 1] * share
    if math.isnan(height):
        height = top_m
    return min(max(height / top_m, 0.0), 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def weigh_moments(
    low: int,
    high: int,
    step: int,
    place: Rows,
    push: Rows,
    kind: Ints,
    flight: Ints,  # (n,) among all flights of all kinds
    t_s: Scalar,
    weight: Scalar,
    lasts_s: Scalar,
    burns_s: Rows,  # (flights, stages, 2)
    heights_m: Scalar,  # flat, from `heights_from[flight]` on
    heights_from: Ints,  # (flights + 1,)
    kind_count: int,
    seen: Scalar,  # (3,) as the bank's places
    sigma: Scalar,  # (3,) with the width of heights in it
    link: float,  # slope of speed upwards on height
    seen_push: Scalar,  # (2,) NaN: not known
    push_sigma: float,
    flame: Scalar,  # (3,) age of the object, since the first flame, since the last one (s); NaN: none
    flame_first: bool,
    dark_s: Scalar,
    widths: Scalar,  # speed: share, m/s; push: m/s2, share
    chances: Scalar,  # found, stray
    cloud: Scalar,  # metres between heights in time (s), top (m), s between looks
) -> tuple[Ints, Scalar, Scalar]:
    """Rows of the moments near enough, their log weights, and ln p(signs | kind) (kinds,)."""
    m = max((high - low + step - 1) // step, 0)
    half = np.empty(m)
    seen_level = max(seen[2], 0.1)
    best = np.inf
    for i in range(m):
        row = low + i * step
        up, level = place[row, 1], place[row, 2]
        width2 = widths[0] ** 2 * (up * up + level * level) + widths[1] ** 2
        off_h, off_up = seen[0] - place[row, 0], seen[1] - up
        left2 = sigma[1] ** 2 + width2 - link**2 * sigma[0] ** 2
        z2 = (off_h / sigma[0]) ** 2 + (off_up - link * off_h) ** 2 / left2
        z2 += (seen_level - level) ** 2 / (sigma[2] ** 2 + width2)
        half[i] = 0.5 * z2
        best = min(best, half[i])
    rows, logs = np.empty(m, dtype=np.int64), np.empty(m)
    norm = 2.0 * math.pi * sigma[0]
    count, top = 0, -np.inf
    for i in range(m):
        if half[i] > best + _KEPT_LOG + _NORMS_LOG:
            continue
        row = low + i * step
        up, level = place[row, 1], place[row, 2]
        width2 = widths[0] ** 2 * (up * up + level * level) + widths[1] ** 2
        left2 = sigma[1] ** 2 + width2 - link**2 * sigma[0] ** 2
        level2 = sigma[2] ** 2 + width2
        density = seen_level * i0e(seen_level * level / level2) / (level2 * norm * math.sqrt(left2))
        log = math.log(density) - half[i]
        rows[count], logs[count] = row, log
        count += 1
        top = max(top, log)
    near, best_log = 0, -np.inf
    log_found, log_stray = math.log(chances[0]), math.log(chances[1])
    log_missed, log_quiet = math.log(1.0 - chances[0]), math.log(1.0 - chances[1])
    has_push, has_flame = not math.isnan(seen_push[0] + seen_push[1]), not math.isnan(flame[2])
    log_kind = np.full(kind_count, -np.inf)
    for i in range(count):
        if not logs[i] > top - _KEPT_LOG:
            continue
        row, log = rows[i], logs[i]
        factor = float(weight[row]) * step
        if has_push:
            sigma2 = push_sigma**2 + widths[2] ** 2 + (widths[3] * push[row, 0]) ** 2
            miss2 = (push[row, 0] - seen_push[0]) ** 2 + (push[row, 1] - seen_push[1]) ** 2
            log -= 0.5 * miss2 / sigma2
            factor /= 2.0 * math.pi * sigma2
        t = float(t_s[row])
        if math.isnan(t):
            log += 2.0 * log_stray if has_flame else 0.0
        else:
            one = flight[row]
            if has_flame and flame_first:
                start = t - flame[1]
                if not start > 0.0:
                    continue
                first, number = heights_from[one], heights_from[one + 1] - heights_from[one]
                since = _share_out(heights_m, first, number, start, cloud[0], cloud[1])
                since -= _share_out(heights_m, first, number, start - cloud[2], cloud[0], cloud[1])
                factor *= 0.97 * max(since, 0.0) / cloud[2] + cloud[3]
            elif t >= flame[0]:
                factor /= lasts_s[row]
            else:
                continue
            if has_flame:
                log += log_found if _is_burning(burns_s, one, t - flame[2]) else log_stray
                log += log_found if _is_burning(burns_s, one, t - flame[1]) else log_stray
                for k in range(len(dark_s)):
                    log += log_missed if _is_burning(burns_s, one, t - dark_s[k]) else log_quiet
        rows[near], logs[near] = row, log + math.log(factor)
        best_log = max(best_log, logs[near])
        near += 1
    sums = np.zeros(kind_count)
    for i in range(near):
        sums[kind[rows[i]]] += math.exp(logs[i] - best_log)
    for k in range(kind_count):
        if sums[k] > 0.0:
            log_kind[k] = best_log + math.log(sums[k])
    return rows[:near].copy(), logs[:near].copy(), log_kind


@njit(cache=True, nogil=True, error_model="numpy")
def weight_by_distance(
    rows: Ints,
    log_weight: Scalar,
    log_kind: Scalar,
    kind: Ints,
    t_s: Scalar,
    ground_m: Scalar,
    grain_m: float,
    most: int,
) -> Rows:
    """(kinds, most) share of each launched kind's weight by whole `grain_m` from the pad; zeros for the others."""
    out = np.zeros((len(log_kind), most))
    for i in range(len(rows)):
        row = rows[i]
        if math.isnan(t_s[row]):
            continue
        at = min(int(ground_m[row] / grain_m + 0.5), most - 1)
        out[kind[row], at] += math.exp(log_weight[i] - log_kind[kind[row]])
    return out
