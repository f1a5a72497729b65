"""Collisions counted: both orbits drawn at random in equinoctial elements and flown on two-body ellipses.

Few draws of a thousand million would collide, so draws are made where collisions are: a mixture, over the moments of
the encounter, of orbits that overlap at that moment to about the size of the bodies, and one part of plain draws so
that no collision is out of reach. Each hit counts by how much likelier it is drawn than it is true (importance sampling
with the balance heuristic: Veach and Guibas 1995), so the mean is the probability itself whatever the mixture, and
nothing is linearised. Collision: nearer than the radius at any moment of the window.
"""

from dataclasses import dataclass
from math import exp, fabs, lgamma, log, pi, sqrt

import numpy as np
from numba import njit

from vedette.catalogue.conjunctions.equinoctial import slopes_of, state_of
from vedette.catalogue.conjunctions.flux import _frame
from vedette.core.shapes import Rows, Scalar

_PLAIN = 0.1  # share of plain draws
_LOOKS = 128  # at the distance over the window, between which there is one minimum at most
_BATCH = 20_000
_TAIL = 3.0  # degrees of freedom of the draws about a meeting: heavy tails, since doubts bend further out
_TAIL_LOG = lgamma(0.5 * (_TAIL + 3.0)) - lgamma(0.5 * _TAIL) - 1.5 * log(_TAIL * pi)


@dataclass(frozen=True, slots=True)
class Counted:
    """A probability, its one sigma, and the draws that it took."""

    probability: float
    sigma: float
    draws: int
    hits: int


@njit(cache=True, error_model="numpy")
def _parts(e0, p, roots, moments, spacing, radius, shifts, slopes, inverses, logs, draws, tight, tight_logs,
           centres):  # fmt: skip
    """For each moment: mean relative position, its slope to the drawn numbers (3, 12), and both Gaussians."""
    d, c, s = np.empty(6), np.empty((6, 6)), np.empty(6)
    j = np.empty((6, 6))
    good = 0
    for m in range(len(moments)):
        t = moments[m]
        # where both meet most likely, and the slopes there
        e = e0.copy()
        q = np.inf
        for _ in range(25):
            c[:, :] = 0.0
            d[:] = 0.0
            js = np.empty((2, 6, 6))
            for k in range(2):
                state_of(e[k], t, s)
                slopes_of(e[k], t, j)
                js[k] = j
                sign = -1.0 if k == 0 else 1.0
                d += sign * (s + j @ (e0[k] - e[k]))
                c += j @ p[k] @ np.ascontiguousarray(j.T)
            if not np.isfinite(c[0, 0] + d[0]):
                break
            push = np.linalg.solve(c[:3, :3].copy(), d[:3].copy())
            new = d[0] * push[0] + d[1] * push[1] + d[2] * push[2]
            if fabs(new - q) <= 1e-10 * max(1.0, new):
                q = new
                break
            q = new
            e[0] = e0[0] + p[0] @ (np.ascontiguousarray(js[0, :3, :].T) @ push)
            e[1] = e0[1] - p[1] @ (np.ascontiguousarray(js[1, :3, :].T) @ push)
        a = c[:3, :3].copy()
        if not np.isfinite(q) or not np.linalg.det(a) > 0.0:
            logs[m] = np.nan
            continue
        slopes[m, :, :6] = -(js[0, :3, :].copy() @ roots[0])
        slopes[m, :, 6:] = js[1, :3, :].copy() @ roots[1]
        shifts[m] = d[:3]
        inverses[m] = np.linalg.inv(a)
        logs[m] = -0.5 * log((2.0 * pi) ** 3 * np.linalg.det(a))
        v = d[3:] - np.ascontiguousarray(c[3:, :3]) @ (inverses[m] @ d[:3])
        x, y, z = _frame(v)
        along = max(radius, 0.7 * sqrt(v @ v) * spacing)
        beside = 0.7 * radius
        # about the bodies' size, and where in it the orbits are at all: the product of both Gaussians
        for i in range(3):
            for k in range(3):
                tight[m, i, k] = (x[i] * x[k] + y[i] * y[k]) / beside**2 + z[i] * z[k] / along**2 + inverses[m, i, k]
        spread = np.linalg.inv(tight[m].copy())
        centres[m] = spread @ (inverses[m] @ d[:3])
        draws[m] = np.linalg.cholesky(0.5 * (spread + spread.T))
        tight_logs[m] = _TAIL_LOG + 0.5 * log(np.linalg.det(tight[m].copy()))
        good += 1
    return good


@njit(cache=True, error_model="numpy")
def collides(one, two, radius, low, high, guess):
    """Whether two orbits come nearer than the radius between two moments; a likely moment is looked at first."""
    s, r = np.empty(6), np.empty(6)
    if low <= guess <= high and _near(one, two, radius, low, high, guess, s, r):
        return True
    step = (high - low) / _LOOKS
    before, before_far, before_speed = 0.0, 0.0, 0.0
    for i in range(_LOOKS + 1):
        t = low + i * step
        state_of(one, t, s)
        state_of(two, t, r)
        closing, d2, w2 = 0.0, 0.0, 0.0
        for k in range(3):
            closing += (r[k] - s[k]) * (r[3 + k] - s[3 + k])
            d2 += (r[k] - s[k]) ** 2
            w2 += (r[3 + k] - s[3 + k]) ** 2
        far, speed = sqrt(d2), sqrt(w2)
        if far <= radius:
            return True
        if not np.isfinite(far):
            return False
        if i > 0 and before < 0.0 <= closing:
            # neither end is so far that the other side of the minimum is out of reach
            least = min(before_far, far) - max(before_speed, speed) * 1.5 * step - 10.0 * step * step
            if least <= radius:
                a, b = t - step, t
                for _ in range(60):
                    middle = 0.5 * (a + b)
                    state_of(one, middle, s)
                    state_of(two, middle, r)
                    closes, d2, w2 = 0.0, 0.0, 0.0
                    for k in range(3):
                        closes += (r[k] - s[k]) * (r[3 + k] - s[3 + k])
                        d2 += (r[k] - s[k]) ** 2
                        w2 += (r[3 + k] - s[3 + k]) ** 2
                    if d2 <= radius * radius:
                        return True
                    if sqrt(d2) - sqrt(w2) * 1.5 * (b - a) - 10.0 * (b - a) ** 2 > radius:
                        break
                    if closes < 0.0:
                        a = middle
                    else:
                        b = middle
        before, before_far, before_speed = closing, far, speed
    return False


@njit(cache=True, error_model="numpy")
def _near(one, two, radius, low, high, t, s, r):
    for _ in range(12):
        state_of(one, t, s)
        state_of(two, t, r)
        closing, d2, w2 = 0.0, 0.0, 0.0
        for k in range(3):
            closing += (r[k] - s[k]) * (r[3 + k] - s[3 + k])
            d2 += (r[k] - s[k]) ** 2
            w2 += (r[3 + k] - s[3 + k]) ** 2
        if d2 <= radius * radius:
            return True
        step = -closing / w2 if w2 > 0.0 else 0.0
        t += step
        if not low <= t <= high or fabs(step) * sqrt(w2) < 1e-3 * radius:
            return False
    return False


@njit(cache=True, error_model="numpy")
def _fly(e0, roots, parts, moments, shares, shifts, slopes, inverses, logs, draws, tight, tight_logs, centres, z, extra,
         radius, low, high, plain, weights):  # fmt: skip
    """Weight of each draw that collides, zero for the others. z (n, 12) standard normal, changed in place."""
    e = np.empty((2, 6))
    for i in range(len(z)):
        part = parts[i]
        guess = np.nan
        if part >= 0:
            guess = moments[part]
            have, want = slopes[part] @ z[i] + shifts[part], draws[part] @ extra[i] + centres[part]
            push = inverses[part] @ (want - have)
            for k in range(12):
                z[i, k] += slopes[part, 0, k] * push[0] + slopes[part, 1, k] * push[1] + slopes[part, 2, k] * push[2]
        for k in range(2):
            e[k] = e0[k] + roots[k] @ z[i, 6 * k : 6 * k + 6]
        if not collides(e[0], e[1], radius, low, high, guess):
            weights[i] = 0.0
            continue
        ratio = plain
        for m in range(len(moments)):
            x0, x1, x2 = shifts[m, 0], shifts[m, 1], shifts[m, 2]
            for k in range(12):
                x0 += slopes[m, 0, k] * z[i, k]
                x1 += slopes[m, 1, k] * z[i, k]
                x2 += slopes[m, 2, k] * z[i, k]
            y0, y1, y2 = x0 - shifts[m, 0], x1 - shifts[m, 1], x2 - shifts[m, 2]
            near = log(1.0 + _form(tight[m], x0 - centres[m, 0], x1 - centres[m, 1], x2 - centres[m, 2]) / _TAIL)
            ratio += shares[m] * exp(
                tight_logs[m] - logs[m] - 0.5 * (_TAIL + 3.0) * near + 0.5 * _form(inverses[m], y0, y1, y2)
            )
        weights[i] = 1.0 / ratio


@njit(inline="always")
def _form(a, x, y, z):
    return a[0, 0] * x * x + a[1, 1] * y * y + a[2, 2] * z * z + 2.0 * (
        a[0, 1] * x * y + a[0, 2] * x * z + a[1, 2] * y * z
    )  # fmt: skip


def count_collisions(
    e0: Rows, p: Rows, radius_m: float, window_s: tuple[float, float], moments_s: Scalar, rates: Scalar, *,
    seed: int, most_draws: int = 400_000, precision: float = 0.004, plain_share: float = _PLAIN,
) -> Counted:  # fmt: skip
    """Probability that the orbits collide within the window.

    e0 (2, 6), p (2, 6, 6) : elements and their covariances
    moments_s, rates : evenly spaced moments at which draws are made, and how many at each
    plain_share : of the draws, not drawn near a meeting
    precision : of the answer, one sigma, at which drawing stops
    """
    roots = np.stack([_root(one) for one in p])
    k = len(moments_s)
    shifts, slopes, inverses, logs = np.zeros((k, 3)), np.zeros((k, 3, 12)), np.zeros((k, 3, 3)), np.full(k, np.nan)
    draws, tight, tight_logs = np.zeros((k, 3, 3)), np.zeros((k, 3, 3)), np.zeros(k)
    centres = np.zeros((k, 3))
    if k:
        spacing = float(moments_s[1] - moments_s[0]) if k > 1 else 0.0
        _parts(e0, p, roots, moments_s, spacing, radius_m, shifts, slopes, inverses, logs, draws, tight, tight_logs,
               centres)  # fmt: skip
    good = np.flatnonzero(np.isfinite(logs) & (rates > 0.0))
    plain = plain_share if len(good) else 1.0
    shares = (1.0 - plain) * rates[good] / rates[good].sum() if len(good) else np.empty(0)
    all_tables = (shifts, slopes, inverses, logs, draws, tight, tight_logs, centres)
    tables = [np.ascontiguousarray(one[good]) for one in all_tables]
    moments = np.ascontiguousarray(moments_s[good])
    rng = np.random.default_rng(seed)
    total, squares, n, hits = 0.0, 0.0, 0, 0
    while n < most_draws:
        parts = rng.choice(len(good) + 1, size=_BATCH, p=[*shares, plain]) if len(good) else np.zeros(_BATCH, int)
        parts = np.where(parts == len(good), -1, parts)
        z, weights = rng.standard_normal((_BATCH, 12)), np.empty(_BATCH)
        extra = rng.standard_normal((_BATCH, 3)) * np.sqrt(_TAIL / rng.chisquare(_TAIL, _BATCH))[:, None]
        _fly(e0, roots, parts, moments, shares, *tables, z, extra, radius_m, *window_s, plain, weights)
        total += float(weights.sum())
        squares += float((weights**2).sum())
        n += _BATCH
        hits += int(np.count_nonzero(weights))
        mean = total / n
        sigma = sqrt(max(squares / n - mean * mean, 0.0) / n)
        if mean > 0.0 and sigma < precision * mean:
            break
    return Counted(mean, sigma, n, hits)


def _root(cov: Rows) -> Rows:
    """(6, 6) L with L L^T the covariance, singular or slightly not positive as it may be."""
    sizes = np.sqrt(np.maximum(np.diag(cov), 1e-300))
    values, vectors = np.linalg.eigh(cov / np.outer(sizes, sizes))
    return np.ascontiguousarray(sizes[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))
