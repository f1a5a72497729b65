"""Was a fall natural? What a foretold decay says about the day an object was found gone."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from vedette.catalogue.decay.forecast import Decay

_DAY_NS: Final = 86_400 * 10**9
_HELPED_SPREAD: Final = 1.0  # in e-folds, the least over which a fall that was helped may come
_PRIOR_HELPED: Final = 0.2  # of catalogued re-entries, those under control: stages, ferries, constellations


@dataclass(frozen=True, slots=True)
class FallVerdict:
    """natural_probability : that air alone brought it down; verdict : the more probable of the two."""

    verdict: Literal["natural", "deorbited"]
    natural_probability: float


def judge_fall(decay: Decay, t_from_tai_ns: int, t_to_tai_ns: int) -> FallVerdict:
    """Of a fall between two instants, after the epoch.

    Natural: the share of drawn descents in the interval, smoothed by a tenth of the remaining life. Helped: any time up
    to when it would have come down, flat in the logarithm.
    """
    low, high = ((t - decay.t_epoch_tai_ns) / _DAY_NS for t in (t_from_tai_ns, t_to_tai_ns))
    low, high = max(low, 1e-3), max(high, 2e-3)
    days = decay.draws_days
    spread = 0.05
    edges = np.log([low, high])
    known = np.log(np.where(np.isfinite(days), days, decay.horizon_days * 10.0))
    natural = float(np.mean(_between(edges[0], edges[1], known, spread)))
    life = float(np.exp(np.median(known)))
    helped = max(edges[1] - edges[0], 1e-6) / max(np.log(max(life, high) / 0.1), _HELPED_SPREAD)
    odds = natural * (1.0 - _PRIOR_HELPED) / (helped * _PRIOR_HELPED)
    chance = float(odds / (1.0 + odds))
    return FallVerdict("natural" if chance >= 0.5 else "deorbited", chance)


def _between(low: float, high: float, centre: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.special import ndtr

    return np.asarray(ndtr((high - centre) / sigma) - ndtr((low - centre) / sigma))
