"""Of what kinds the launches of a raid are, when only some of them have been fitted.

The launches of one raid are of few kinds, whatever the world flies in a year. What has been fitted tells the raid's
shares (Dirichlet), once its fit is settled; what has not is divided by them, and by what tells it from the others
of its sort: what all the unfitted have in common (a place at sea, the rates of a year, the same first minute of
flight) is no news from each of them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar
from vedette.reports import LAUNCHES, Cause, Explanation

DRAWS: Final = 400
KINDS: Final = tuple(sorted(LAUNCHES))
_AVERAGE: Final = 2.0  # the mean belief about what is not settled counts for so many launches
_LEAST: Final = 1e-4  # no kind is ruled out further than this by the few looks before a fit
_SETTLED: Final = 0.6  # a fit of few looks leaves the kinds as open as none
_SEED: Final = 20_322


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Draws of how many of each kind there are, and of how many at all."""

    counts: Rows  # (draws, kinds) as `KINDS`

    @property
    def totals(self) -> Scalar:
        """(draws,) launches of any kind."""
        return np.asarray(self.counts.sum(axis=1))

    def of(self, cause: Cause) -> tuple[float, int, int]:
        """Expected number of one kind and its 90 % interval, tails even."""
        drawn = self.counts[:, KINDS.index(cause)]
        low, high = np.quantile(drawn, (0.05, 0.95), method="inverted_cdf")
        return float(drawn.mean()), int(low), int(high)


def drawn_mix(beliefs: Sequence[tuple[Explanation, ...]], launch: Scalar, is_fitted: Bools) -> Mix:
    """The kinds of some objects, drawn.

    Parameters
    ----------
    beliefs : of each object, its explanations
    launch : (n,) probability that it is a launch of this raid at all
    is_fitted : (n,) whether a launch has been fitted to its looks
    """
    shares = np.array([[_of(one, kind) for kind in KINDS] for one in beliefs]).reshape(len(beliefs), len(KINDS))
    total = shares.sum(axis=1, keepdims=True)
    shares = np.where(total > 0.0, shares / np.maximum(total, 1e-300), 1.0 / len(KINDS))
    rng = np.random.default_rng(_SEED)
    agree = np.sum(shares**2, axis=1)  # the chance that two draws of one belief are of one kind
    is_settled = is_fitted & (agree >= _SETTLED)
    known = (agree[is_settled] * shares[is_settled].T).sum(axis=1)
    rest = np.maximum(shares[~is_settled], _LEAST)
    raid = np.ones((DRAWS, len(KINDS)))
    if len(rest):
        average = rest.mean(axis=0) / rest.mean(axis=0).sum()
        common = np.exp(np.log(rest).mean(axis=0))
        raid = rng.dirichlet(known + _AVERAGE * average, DRAWS) / common
    counts = np.zeros((DRAWS, len(KINDS)))
    here = rng.random((DRAWS, len(beliefs))) < launch
    picks = rng.random((DRAWS, len(beliefs)))
    for number, share in enumerate(shares):
        weights = np.tile(share, (DRAWS, 1)) if is_settled[number] else np.maximum(share, _LEAST) * raid
        edges = np.cumsum(weights, axis=1)
        kind = np.sum(edges < picks[:, number, None] * edges[:, -1:], axis=1)
        counts[np.arange(DRAWS), np.minimum(kind, len(KINDS) - 1)] += here[:, number]
    return Mix(counts)


def _of(explanations: tuple[Explanation, ...], kind: Cause) -> float:
    return sum(one.probability for one in explanations if one.name is kind)
