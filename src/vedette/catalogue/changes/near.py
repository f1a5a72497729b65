"""Small burns that only the sets next to them tell, where sets are so good that drag hides burns in longer windows.

Over the days that `kink`'s windows take in, drag changes by more than sets scatter. A path whose acceleration changes
steadily through three days to either side leaves less, and what it says of places without a burn is again the measure
(80 % of them lie below). It is asked only where that is half of what the longer windows leave. Burns out and back
between two sets move the object along its way and change its pace by little: a step of place.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from vedette.catalogue.changes.kink import FIT_DAYS, IS_STEP, KINKS, LATE_DAYS, scan_kinks, take_out
from vedette.core.shapes import Rows, Scalar

_FEWEST: Final = 4  # sets from a burn on
_TERMS: Final = 4
_SHARES: Final = np.array([0.1, 0.3, 0.5, 0.7, 0.9])  # of a gap, where a burn is tried
_SHAPES: Final = np.array([0, KINKS])  # a sharp kink, and a step
_LOG_PRIOR: Final = np.log([0.9, 0.1])
_DOUBT: Final = 0.05  # of a burn already told, which its shape does not explain
_LEAST_OF_TOLD: Final = 0.15  # what is smaller than this share of one, about it, is its shape's
_AROUND_DAYS: Final = (1.5, 3.0)
_CALMEST: Final = 0.1  # of the spread of the whole history
_MOST: Final = 200
_EVERY: Final = 10  # found, and the null is measured again
_NONE: Final = -1e9


@dataclass(frozen=True, slots=True)
class SmallBurnLimits:
    """What was settled on six satellites (decision 0376); `./run accuracy manoeuvres-left-out` settles them on five.

    near_score : log odds that a small burn must have
    near_days : to either side of one
    calmer : what the sets next to each other leave must be less than this share of what longer windows leave
    null_share : of the false jumps that lie below one spread
    step_sigmas : that what was flown between two sets must be beyond what their paces allow
    left_share : of a large burn, which the days about it may show as others
    net_share : of the largest of burns told as one, that all must leave; less is one bad fit, out and back
    """

    near_score: float = 12.5
    near_days: float = 3.0
    calmer: float = 0.5
    null_share: float = 0.8
    step_sigmas: float = 30.0
    left_share: float = 0.01
    net_share: float = 0.25


@dataclass(frozen=True, slots=True)
class NearKink:
    """A sharp kink (metres a day) or a step (metres), its score, and what there is without a burn."""

    t_days: float
    shape: int
    size: float
    score: float
    noise: float


def near_kinks(
    t: Scalar, along: Scalar, pace: Scalar, told: tuple[Scalar, Scalar, Scalar], usual_mpd: Scalar,
    limits: SmallBurnLimits,
) -> list[NearKink]:  # fmt: skip
    """What is left in a history without its clear burns.

    t : (n,) days; along, pace : with the told burns taken out
    told : when those began, over how many days they are smeared, and their size, metres a day
    usual_mpd : (n,) the false jumps that longer windows show in the gap before each set
    """
    x, v = along.copy(), pace.copy()
    weights = _weights(t, x, v, told)
    days = limits.near_days
    gain, size = _scan(t, x, v, weights, 1, len(t), days)
    null = _null(gain, size, limits.null_share)
    out: list[NearKink] = []
    while len(out) < _MOST:
        if len(out) % _EVERY == 0:
            null = _null(gain, size, limits.null_share)
        score = np.minimum(gain, 0.5 * (size / null[:, None, :]) ** 2) + _LOG_PRIOR
        score[null[:, 0] > limits.calmer * usual_mpd, :, 0] = _NONE
        for begin, fit, jump in zip(*told, strict=True):
            a, b = np.searchsorted(t, [begin - _AROUND_DAYS[0], begin + fit + _AROUND_DAYS[1]]).tolist()
            part = score[a : b + 1]
            part[np.abs(size[a : b + 1]) < _LEAST_OF_TOLD * jump] = _NONE
        j, g, w = np.unravel_index(int(np.argmax(score)), score.shape)
        if not score[j, g, w] >= limits.near_score:
            break
        when, jump = float(t[j - 1] + (t[j] - t[j - 1]) * _SHARES[g]), float(size[j, g, w])
        out.append(NearKink(when, int(_SHAPES[w]), jump, float(score[j, g, w]), float(null[j, w])))
        one = _SHAPES[w : w + 1]
        take_out(t, np.array([when]), FIT_DAYS[one], LATE_DAYS[one], IS_STEP[one], np.array([jump]), x, v)
        a, b = max(int(j) - 15, 1), min(int(j) + 16, len(t))
        gain[a:b], size[a:b] = (part[a:b] for part in _scan(t, x, v, weights, a, b, days))
        gain[j] = _NONE  # one burn a gap
    return out


def _weights(t: Scalar, x: Scalar, v: Scalar, told: tuple[Scalar, Scalar, Scalar]) -> tuple[Scalar, Scalar]:
    """Of places and paces: from how they scatter set by set, less where a told burn is smeared."""
    doubt = np.zeros(len(t))
    for begin, fit, jump in zip(*told, strict=True):
        here = (t > begin - 1.0) & (t < begin + fit + 2.0)
        doubt[here] = np.maximum(doubt[here], (_DOUBT * jump) ** 2)
    bent = np.pad(np.abs(v[2:] - 2.0 * v[1:-1] + v[:-2]), 1) / np.sqrt(6.0)
    drift = np.abs(np.diff(x) - 0.5 * (v[1:] + v[:-1]) * np.diff(t)) / np.sqrt(2.0)
    at_x, at_v = rolling_sigma(np.append(drift, drift[-1]), 0.5), rolling_sigma(bent, 0.5)
    return 1.0 / (at_x**2 + doubt), 1.0 / (at_v**2 + doubt)


def _scan(
    t: Scalar, x: Scalar, v: Scalar, weights: tuple[Scalar, Scalar], first: int, last: int, days: float
) -> tuple[Rows, Rows]:
    gain = np.full((len(t), len(_SHARES), len(_SHAPES)), _NONE)
    size = np.zeros_like(gain)
    scan_kinks(
        t, x - x[len(x) // 2], v, *weights, first, last, _SHARES, FIT_DAYS[_SHAPES], LATE_DAYS[_SHAPES],
        IS_STEP[_SHAPES], days, days, _FEWEST, _TERMS, gain, size,
    )  # fmt: skip
    return gain, size


def _null(gain: Rows, size: Rows, share: float) -> Rows:
    middle = len(_SHARES) // 2
    jump = np.where(gain[:, middle] > 0.5 * _NONE, np.abs(size[:, middle]), np.nan)
    return np.column_stack([rolling_sigma(jump[:, w], share) for w in range(len(_SHAPES))])


def rolling_sigma(sizes: Scalar, share: float) -> Scalar:
    """(n,) what spread the sizes around show by the one below which a share of them lies, not far below the whole's."""
    usable = sizes[np.isfinite(sizes)]
    whole = float(np.quantile(usable, share)) if len(usable) else np.inf
    centres = np.arange(0, len(sizes), 20)
    parts = (sizes[max(c - 60, 0) : c + 60] for c in centres.tolist())
    local = [np.nanquantile(part, share) if np.isfinite(part).any() else whole for part in parts]
    told = np.maximum(np.interp(np.arange(len(sizes)), centres, local), max(_CALMEST * whole, 1e-6))
    return told / float(norm.ppf(0.5 + 0.5 * share))
