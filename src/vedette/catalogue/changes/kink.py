"""What a burn looks like in element sets: not a step, but what a fit over several days makes of one.

An element set is a fit to the looks of some days before its epoch. A kink in the true path that lies s days before the
end of a straight fit over W days comes out as a pace that has moved by 3r^2 - 2r^3 of the step (r = s/W) and a place of
W(2r^2 - r^3) steps: least squares of a line to a ramp. With no delay (W = 0) it is the kink itself. `tests` holds this
against such fits, and docs/accuracy.md against known burns, whose sets follow it within a few hundredths.
"""

from typing import Final

import numba as nb
import numpy as np

from vedette.core.shapes import Rows, Scalar

FIT_DAYS: Final = np.array([1e-3, 1.5, 3.0, 4.5, 6.0, 8.0, 10.5, 1e-3])
LATE_DAYS: Final = np.array([0.0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.0])  # the last look is older than the epoch
KINKS: Final = 7  # shapes of kinks; the last is a step of place, which burns out and back within hours leave
IS_STEP: Final = np.arange(8) == KINKS
_STEADY: Final = 6.0  # a scatter of one counts as if seen so often already


@nb.njit(cache=True, error_model="numpy")
def _shape(since: float, fit: float, late: float, is_step: bool) -> tuple[float, float]:
    q = since - late
    if is_step:
        return (1.0, 0.0) if q > 0.0 else (0.0, 0.0)
    if q <= 0.0:
        return 0.0, 0.0
    if q >= fit:
        return since, 1.0
    r = q / fit
    moved = 3.0 * r * r - 2.0 * r * r * r
    return fit * (2.0 * r * r - r * r * r) + late * moved, moved


def response(since_days: Scalar, shape: int) -> tuple[Scalar, Scalar]:
    """Place (days) and pace (none) of a burn of one, so many days after it, in sets of one of the shapes.

    Of a step: place in steps, and no pace.
    """
    if IS_STEP[shape]:
        return np.where(since_days > 0.0, 1.0, 0.0), np.zeros_like(since_days)
    fit, late = float(FIT_DAYS[shape]), float(LATE_DAYS[shape])
    r = np.clip((since_days - late) / fit, 0.0, 1.0)
    moved = 3.0 * r * r - 2.0 * r**3
    return np.where(r >= 1.0, since_days, fit * (2.0 * r * r - r**3) + late * moved), moved


@nb.njit(cache=True, error_model="numpy")
def take_out(
    t: Scalar, when: Scalar, fits: Scalar, lates: Scalar, steps: Scalar, sizes: Scalar, along: Scalar, pace: Scalar
) -> None:
    """Take kinks and steps away from place and pace, in place."""
    for i in range(len(when)):
        for k in range(np.searchsorted(t, when[i]), len(t)):
            place, moved = _shape(t[k] - when[i], fits[i], lates[i], steps[i])
            along[k] -= sizes[i] * place
            pace[k] -= sizes[i] * moved


@nb.njit(cache=True, error_model="numpy")
def scan_kinks(
    t: Scalar,
    along: Scalar,
    pace: Scalar,
    weight_x: Scalar,
    weight_v: Scalar,
    first: int,
    last: int,
    shares: Scalar,
    fits: Scalar,
    lates: Scalar,
    steps: Scalar,
    before: float,
    after: float,
    fewest: int,
    terms: int,
    gain: Rows,
    size: Rows,
) -> None:
    """For every gap first <= j < last, instant in it and shape: how much better a kink explains the sets around.

    The sets from `before` days ahead to `after` days on, `fewest` or more to either side, are fitted by constant
    acceleration (three terms) or one that changes steadily (four) with and without a kink; gain is n log of the ratio
    of their misfits, and size the kink, metres a day, or the step, metres.
    """
    n = len(t)
    m = np.zeros((terms, terms))
    c = np.zeros(terms)
    e = np.zeros(terms)
    place = np.zeros(terms)
    rate = np.zeros(terms)
    for j in range(first, last):
        for g in range(len(shares)):
            tau = t[j - 1] + (t[j] - t[j - 1]) * shares[g]
            lo = j - 1
            while lo > 0 and tau - t[lo - 1] <= before:
                lo -= 1
            while lo > 0 and j - lo < fewest - 1:
                lo -= 1
            hi = j + 1
            while hi < n and t[hi] - tau <= after:
                hi += 1
            while hi < n and hi - j < fewest:
                hi += 1
            if j - lo < 3 or hi - j < 3:
                continue
            m[:] = 0.0
            c[:] = 0.0
            whole = 0.0
            for k in range(lo, hi):
                _terms(t[k] - tau, place, rate)
                a, d = weight_x[k], weight_v[k]
                for p in range(terms):
                    for q in range(terms):
                        m[p, q] += a * place[p] * place[q] + d * rate[p] * rate[q]
                    c[p] += a * place[p] * along[k] + d * rate[p] * pace[k]
                whole += a * along[k] ** 2 + d * pace[k] ** 2
            back = np.linalg.inv(m)
            fit = back @ c
            misfit = whole - fit @ c
            for w in range(len(fits)):
                e[:] = 0.0
                own = told = 0.0
                for k in range(j, hi):
                    s = t[k] - tau
                    _terms(s, place, rate)
                    y0, y1 = _shape(s, fits[w], lates[w], steps[w])
                    a, d = weight_x[k], weight_v[k]
                    for p in range(terms):
                        e[p] += a * place[p] * y0 + d * rate[p] * y1
                    own += a * y0 * y0 + d * y1 * y1
                    told += a * y0 * along[k] + d * y1 * pace[k]
                free = own - e @ (back @ e)
                if free <= 1e-9 * own or free <= 0.0:
                    continue
                known = told - fit @ e
                size[j, g, w] = known / free
                rest = misfit - known * known / free
                gain[j, g, w] = (hi - lo) * np.log((_STEADY + misfit) / (_STEADY + np.maximum(rest, 0.0)))


@nb.njit(cache=True, error_model="numpy")
def _terms(s: float, place: Scalar, rate: Scalar) -> None:
    """A path's place and rate by each of its terms, in place."""
    place[0], rate[0] = 1.0, 0.0
    for p in range(1, len(place)):
        place[p] = place[p - 1] * s / p
        rate[p] = place[p - 1]
