"""Does a 90 % area hold the truth 90 % of the time? Counting, and what counting can tell."""

import numpy as np
from scipy.special import bdtr, chdtri

from vedette.core.shapes import Bools, Rows
from vedette.metrics.consistency import nees


def is_contained(error: Rows, cov: Rows, probability: float) -> Bools:
    """Whether the truth lies in the Gaussian's own region of that probability, (..., n) and (..., n, n) to (...)."""
    return nees(error, cov) <= float(chdtri(np.shape(error)[-1], 1.0 - probability))


def binomial_band(runs: int, probability: float, confidence: float = 0.95) -> tuple[float, float]:
    """Shares between which a perfectly calibrated system falls with at least this confidence.

    Equal-tailed and exact: the smallest k with P(X <= k) over the lower tail, to the smallest with P(X <= k) over the
    upper. With 500 runs and 0.9 at 95 % it is 0.874 to 0.926.
    """
    counts = np.arange(runs + 1)
    below = bdtr(counts, runs, probability)
    tail = 0.5 * (1.0 - confidence)
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1.0 - tail, side="left"))
    return low / runs, high / runs


def share_contained(inside: Bools) -> float:
    """Share of True."""
    return float(np.mean(np.asarray(inside, dtype=float)))
