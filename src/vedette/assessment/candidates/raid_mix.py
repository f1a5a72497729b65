"""Of what kinds the launches of a raid are, when only some of them have been fitted.

The launches of one raid are of few kinds, whatever the world flies in a year. What has been fitted tells the raid's
shares (Dirichlet), once its fit is settled; what has not is divided by them, and by what tells it from the others
of its sort: what all the unfitted have in common (a place at sea, the rates of a year, the same first minute of
flight) is no news from each of them again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np

from vedette.assessment.typing.causes import place_log
from vedette.assessment.typing.sea import sea_share, shore_of
from vedette.core.shapes import Bools, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.reports import LAUNCHES, Cause, Explanation

DRAWS: Final = 400
KINDS: Final = tuple(sorted(LAUNCHES))
# no two flights to an orbit from one field within minutes of each other are known to us, hardly any sounding rockets:
# such kinds are no raid's, and what is one all the same has a year's rate
ALONE: Final = frozenset({Cause.SPACE_LAUNCH, Cause.FAILED_LAUNCH, Cause.SOUNDING_ROCKET})
ALIKE: Final = 2.0  # what is believed of a raid's kinds before any is known counts for so many launches
_AVERAGE: Final = 2.0  # the mean belief about what is not settled counts for so many launches
_LEAST: Final = 1e-4  # no kind is ruled out further than this by the few looks before a fit
_SETTLED: Final = 0.6  # a fit of few looks leaves the kinds as open as none
_SEED: Final = 20_322
_ROUNDS: Final = 12


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


def kinds_before(launches_per_year: Mapping[Cause, float], place_itrf_m: Scalar) -> Scalar:
    """(kinds,) for how many launches of a raid each kind counts before any is known; they sum to `ALIKE`."""
    place = place_logs(place_itrf_m)
    rates = np.array([0.0 if kind in ALONE else launches_per_year[kind] * exp(place[kind]) for kind in KINDS])
    return np.asarray(ALIKE * rates / rates.sum())


def kinds_of(log_looks: Rows, before: Scalar) -> Rows:
    """(n, kinds) of what kind each launch is, when all are of the same few [Dirichlet mixture, mean field].

    log_looks : (n, kinds) ln p(looks | kind), each row up to a constant
    """
    likely = np.exp(log_looks - log_looks.max(axis=1, keepdims=True))
    shares = likely * before
    for _ in range(_ROUNDS):
        shares /= shares.sum(axis=1, keepdims=True)
        others = before + shares.sum(axis=0) - shares
        shares = likely * others
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def beliefs_of(log_looks: Rows, is_fitted: Bools, before: Scalar) -> list[tuple[Explanation, ...]]:
    """Of each launch (n, kinds), what kind it is by its looks and by what a raid may be, not by a year's rates.

    The fitted are of the same few kinds; what is not fitted is left to `drawn_mix`, which knows these.
    """
    shares = np.exp(log_looks - log_looks.max(axis=1, keepdims=True)) * before
    shares /= shares.sum(axis=1, keepdims=True)
    if is_fitted.any():
        shares[is_fitted] = kinds_of(log_looks[is_fitted], before)
    return [tuple(Explanation(name=k, probability=float(p)) for k, p in zip(KINDS, row, strict=True)) for row in shares]


def place_logs(place_itrf_m: Scalar) -> dict[Cause, float]:
    """ln of how much more probable each kind of launch is below a place than anywhere."""
    lat, lon, _ = (float(np.degrees(x)) for x in geodetic_from_itrf(place_itrf_m))
    share = sea_share(lat, lon)
    return {kind: place_log(kind, share, shore_of(share)) for kind in KINDS}


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
