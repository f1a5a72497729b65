"""A plane Gaussian over a disk: the probability of collision of a short encounter, to twelve digits, in a microsecond.

Foster and Estes, "A parametric analysis of orbital debris collision probability", NASA JSC-25898 (1992). In the axes of
the covariance one integral is a difference of error functions; the other is a Chebyshev sum of the second kind, whose
weight is the half chord itself, so that the digits double with the points. How many points an answer needs was
measured against 2,048 of them; very thin covariances are cut into pieces until halves agree.
"""

from math import atan2, cos, erfc, exp, fabs, isfinite, pi, sin, sqrt

import numpy as np
from numba import njit

from vedette.core.shapes import Rows, Scalar

_COUNTS = (8, 12, 16, 24, 32, 48, 64, 128, 256, 512)
_UP_TO = np.array([1.1, 5.0, 13.0, 35.0, 70.0, 180.0, 500.0, 2000.0, 8000.0, 30000.0])  # of the steepness each serves
_LAST = len(_COUNTS) - 1
_START = np.cumsum([0, *_COUNTS])
_ANGLE = np.concatenate([np.arange(1, n + 1) * pi / (n + 1) for n in _COUNTS])
_U = np.cos(_ANGLE)
_H = np.sin(_ANGLE)
_W = np.concatenate([np.full(n, pi / (n + 1)) for n in _COUNTS]) * _H
_GX, _GW = np.polynomial.legendre.leggauss(6)
_PX, _PW = np.polynomial.legendre.leggauss(16)
_SMALL = 0.05  # radius over the smaller sigma: below, a difference of error functions would lose digits
_THINNEST = 1e-12  # the smaller variance is at least this share of the greater
_PIECES = 4000


@njit(cache=True, error_model="numpy")
def _chord(t, radius, a, b, s1, s2):
    """The integrand over the angle t in which u = radius sin t."""
    u, h = radius * sin(t), radius * cos(t)
    q = 1.0 / (s2 * sqrt(2.0))
    return exp(-0.5 * ((u - a) / s1) ** 2) * (erfc((b - h) * q) - erfc((b + h) * q)) * h


@njit(cache=True, error_model="numpy")
def _panel(low, high, radius, a, b, s1, s2):
    half, middle = 0.5 * (high - low), 0.5 * (high + low)
    total = 0.0
    for i in range(len(_PX)):
        total += _PW[i] * _chord(middle + half * _PX[i], radius, a, b, s1, s2)
    return total * half


@njit(cache=True, error_model="numpy")
def _in_pieces(radius, a, b, s1, s2):
    """By halving until halves agree: for covariances thinner than the disk is wide."""
    left, right = max(-radius, a - 40.0 * s1), min(radius, a + 40.0 * s1)
    if left >= right:
        return 0.0
    start, end = np.arcsin(left / radius), np.arcsin(right / radius)
    lows, highs, wholes = np.empty(64), np.empty(64), np.empty(64)
    cut = np.arccos(min(1.0, b / radius))
    edges = np.array([start, -cut, cut, np.arcsin(max(-1.0, min(1.0, a / radius))), end])
    edges = np.sort(np.minimum(np.maximum(edges, start), end))
    total, done = 0.0, 0
    for k in range(4):
        if edges[k + 1] <= edges[k]:
            continue
        lows[0], highs[0] = edges[k], edges[k + 1]
        wholes[0] = _panel(lows[0], highs[0], radius, a, b, s1, s2)
        top = 1
        while top > 0:
            top -= 1
            low, high, whole = lows[top], highs[top], wholes[top]
            middle = 0.5 * (low + high)
            one, two = _panel(low, middle, radius, a, b, s1, s2), _panel(middle, high, radius, a, b, s1, s2)
            done += 1
            if fabs(one + two - whole) <= 1e-13 * (total + one + two) or top > 60 or done > _PIECES:
                total += one + two
            else:
                lows[top], highs[top], wholes[top] = low, middle, one
                lows[top + 1], highs[top + 1], wholes[top + 1] = middle, high, two
                top += 2
    return total


@njit(cache=True, error_model="numpy")
def disk_one(mx, my, c00, c01, c11, radius):
    """Probability that a plane Gaussian of mean (mx, my) and covariance c falls within a disk about the origin."""
    middle, half = 0.5 * (c00 + c11), 0.5 * (c00 - c11)
    root = sqrt(half * half + c01 * c01)
    large = middle + root
    if not (large > 0.0 and radius > 0.0) or not isfinite(large + mx + my):
        return np.nan
    small = max((c00 * c11 - c01 * c01) / large, _THINNEST * large)
    turn = 0.5 * atan2(2.0 * c01, c00 - c11)
    ct, st = cos(turn), sin(turn)
    a, b = ct * mx + st * my, fabs(ct * my - st * mx)
    s1, s2 = sqrt(large), sqrt(small)
    r1, r2 = radius / s1, radius / s2
    steep = r2 * (b / s2 + r2) + r1 * (fabs(a) / s1)
    if r2 < _SMALL and steep < 2.0:  # a few points inside the disk
        start, total = _START[1], 0.0
        for i in range(_COUNTS[1]):
            x, h = _U[start + i] * radius, _H[start + i] * radius
            line = 0.0
            for j in range(len(_GX)):
                line += _GW[j] * exp(-0.5 * ((b - h * _GX[j]) / s2) ** 2)
            total += _W[start + i] * h * line * exp(-0.5 * ((x - a) / s1) ** 2)
        return total * radius / (2.0 * pi * s1 * s2)
    if steep > _UP_TO[_LAST]:
        return _in_pieces(radius, a, b, s1, s2) * 0.5 / (s1 * sqrt(2.0 * pi))
    k = 0
    while _UP_TO[k] < steep:
        k += 1
    q, total, start = 1.0 / (s2 * sqrt(2.0)), 0.0, _START[k]
    for i in range(start, start + _COUNTS[k]):
        x, h = (_U[i] * radius - a) / s1, _H[i] * radius
        total += _W[i] * exp(-0.5 * x * x) * (erfc((b - h) * q) - erfc((b + h) * q))
    return total * radius * 0.5 / (s1 * sqrt(2.0 * pi))


@njit(cache=True, error_model="numpy")
def _many(miss, cov, radius, out):
    for i in range(len(out)):
        out[i] = disk_one(miss[i, 0], miss[i, 1], cov[i, 0, 0], cov[i, 0, 1], cov[i, 1, 1], radius[i])


def pc_2d(miss_m: Rows, cov_m2: Rows, radius_m: Scalar | float) -> Scalar:
    """Probability (...) that a miss (..., 2) with covariance (..., 2, 2) in the encounter plane is within the radius.

    NaN where the covariance is not positive or an argument is not finite.
    """
    miss, cov = np.asarray(miss_m, dtype=float), np.asarray(cov_m2, dtype=float)
    shape = np.broadcast_shapes(miss.shape[:-1], cov.shape[:-2], np.shape(radius_m))
    flat = np.ascontiguousarray(np.broadcast_to(miss, (*shape, 2))).reshape(-1, 2)
    covs = np.ascontiguousarray(np.broadcast_to(cov, (*shape, 2, 2))).reshape(-1, 2, 2)
    radii = np.ascontiguousarray(np.broadcast_to(np.asarray(radius_m, dtype=float), shape)).reshape(-1)
    out = np.empty(len(flat))
    _many(flat, covs, radii, out)
    return out.reshape(shape)
