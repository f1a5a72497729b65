"""One number for many objects: how far off, how many missed, how many false.

GOSPA [Rahmathullah, Garcia-Fernandez, Svensson 2017] with alpha = 2, which splits exactly into localisation, missed and
false parts; and OSPA [Schuhmacher, Vo, Vo 2008], for comparison with older figures.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from vedette.core.shapes import Ints, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Gospa:
    """GOSPA and its parts; `value ** p` is the sum of the parts."""

    value: float
    localisation: float  # sum over matched pairs of distance ** p
    missed: float  # cutoff ** p / 2 for each truth without an estimate
    false: float  # the same for each estimate without a truth
    missed_count: int
    false_count: int
    pairs: Ints  # (k, 2) estimate index, truth index


def gospa(estimates: Rows, truths: Rows, cutoff: float, p: float = 2.0) -> Gospa:
    """Compare two sets of points (n, d) and (m, d); `cutoff` in their unit: farther than that is another object."""
    n, m = len(estimates), len(truths)
    pairs, localisation = np.empty((0, 2), dtype=np.int64), 0.0
    if n and m:
        distance = _distances(estimates, truths)
        rows, columns = linear_sum_assignment(np.minimum(distance, cutoff) ** p)
        near = distance[rows, columns] < cutoff
        pairs = np.column_stack([rows[near], columns[near]])
        localisation = float(np.sum(distance[rows[near], columns[near]] ** p))
    missed, false = m - len(pairs), n - len(pairs)
    half = cutoff**p / 2.0
    total = localisation + half * (missed + false)
    return Gospa(total ** (1.0 / p), localisation, half * missed, half * false, missed, false, pairs)


def ospa(estimates: Rows, truths: Rows, cutoff: float, p: float = 1.0) -> float:
    """OSPA distance of two sets of points, in their unit; zero when both are empty."""
    n, m = len(estimates), len(truths)
    if n == 0 and m == 0:
        return 0.0
    if n == 0 or m == 0:
        return float(cutoff)
    clipped = np.minimum(_distances(estimates, truths), cutoff) ** p
    rows, columns = linear_sum_assignment(clipped)
    larger = max(n, m)
    return float(((clipped[rows, columns].sum() + cutoff**p * abs(n - m)) / larger) ** (1.0 / p))


def _distances(a: Rows, b: Rows) -> Rows:
    apart = np.asarray(a, dtype=float)[:, None, :] - np.asarray(b, dtype=float)[None, :, :]
    return np.sqrt(np.einsum("ijk,ijk->ij", apart, apart))
