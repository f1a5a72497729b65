"""What is usual for each cause at each height, for the words that tell why: nine in ten lie between two figures."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.assessment.typing.bank import HEIGHT_OFFSET_M, bank
from vedette.core.shapes import Rows, Scalar
from vedette.reports import Cause

_BINS = 32
_LOW, _HIGH = np.log(HEIGHT_OFFSET_M + 50.0), np.log(45e6)
_SHARES = (0.05, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Typical:
    """Of one cause: by height bin, (speed, climb, push along, push up) at 5 and 95 %; NaN where it never is."""

    low: Rows  # (bins, 4)
    high: Rows
    burn_s: tuple[float, float]  # last burnout after lift-off; NaN without a launch


def bin_of(height_m: float) -> int:
    """The height bin."""
    at = (np.log(max(height_m, 0.0) + HEIGHT_OFFSET_M) - _LOW) / (_HIGH - _LOW)
    return int(np.clip(at * _BINS, 0, _BINS - 1))


@lru_cache(maxsize=1)
def typical() -> dict[Cause, Typical]:
    """All causes of the bank."""
    table = bank()
    place = table.place.astype(float)
    at = np.clip(((place[:, 0] - _LOW) / (_HIGH - _LOW) * _BINS).astype(int), 0, _BINS - 1)
    speed, climb = np.hypot(place[:, 1], place[:, 2]), np.arctan2(place[:, 1], place[:, 2])
    values = np.column_stack([speed, climb, table.push])
    edges = np.searchsorted(at, np.arange(_BINS + 1))  # moments are ordered by height
    causes = {cause for kind in table.kinds for cause, _ in kind.causes}
    made = {}
    for cause in sorted(causes):
        share = np.zeros(len(table.kinds))
        burn, burn_share = [], []
        for number, kind in enumerate(table.kinds):
            share[number] = dict(kind.causes).get(cause, 0.0)
            if share[number] and kind.flights is not None:
                burn.append(kind.flights.burnout_s)
                burn_share.append(np.full(len(kind.flights), share[number] / len(kind.flights)))
        weight = table.weight * share[table.kind]
        low, high = np.full((_BINS, 4), np.nan), np.full((_BINS, 4), np.nan)
        for b in range(_BINS):
            rows = slice(edges[b], edges[b + 1])
            w = weight[rows]
            mine = w > 0.0
            if np.count_nonzero(mine) < 10:
                continue
            for i in range(4):
                low[b, i], high[b, i] = _quantiles(values[rows][mine, i], w[mine])
        burnt = (np.nan, np.nan)
        if burn:
            burnt = _quantiles(np.concatenate(burn), np.concatenate(burn_share))
        made[cause] = Typical(low, high, burnt)
    return made


def _quantiles(values: Scalar, weights: Scalar) -> tuple[float, float]:
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    return tuple(float(values[order][np.searchsorted(share, s * share[-1])]) for s in _SHARES)  # type: ignore[return-value]
