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

FIT_DAYS: Final = np.array([1e-3, 1.5, 3.0, 4.5, 6.0, 8.0, 10.5])
LATE_DAYS: Final = np.array([0.0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3])  # the last look is older than the epoch
_STEADY: Final = 6.0  # a scatter of one counts as if seen so often already


@nb.njit(cache=True, error_model="numpy")
def _shape(since: float, fit: float, late: float) -> tuple[float, float]:
    q = since - late
    if q <= 0.0:
        return 0.0, 0.0
    if q >= fit:
        return since, 1.0
    r = q / fit
    moved = 3.0 * r * r - 2.0 * r * r * r
    return fit * (2.0 * r * r - r * r * r) + late * moved, moved


def response(since_days: Scalar, shape: int) -> tuple[Scalar, Scalar]:
    """Place (days) and pace (none) of a burn of one, so many days after it, in sets of one of the shapes."""
    fit, late = float(FIT_DAYS[shape]), float(LATE_DAYS[shape])
    r = np.clip((since_days - late) / fit, 0.0, 1.0)
    moved = 3.0 * r * r - 2.0 * r**3
    return np.where(r >= 1.0, since_days, fit * (2.0 * r * r - r**3) + late * moved), moved


@nb.njit(cache=True, error_model="numpy")
def take_out(t: Scalar, when: Scalar, fits: Scalar, lates: Scalar, sizes: Scalar, along: Scalar, pace: Scalar) -> None:
    """Take kinks away from place and pace, in place."""
    for i in range(len(when)):
        for k in range(np.searchsorted(t, when[i]), len(t)):
            place, moved = _shape(t[k] - when[i], fits[i], lates[i])
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
    before: float,
    after: float,
    gain: Rows,
    size: Rows,
) -> None:
    """For every gap first <= j < last, instant in it and shape: how much better a kink explains the sets around.

    The sets from `before` days ahead to `after` days on are fitted by constant acceleration with and without a kink;
    gain is n log of the ratio of their misfits, and size the kink, metres a day.
    """
    n = len(t)
    m = np.zeros((3, 3))
    c = np.zeros(3)
    for j in range(first, last):
        for g in range(len(shares)):
            tau = t[j - 1] + (t[j] - t[j - 1]) * shares[g]
            lo = j - 1
            while lo > 0 and tau - t[lo - 1] <= before:
                lo -= 1
            while lo > 0 and j - lo < 4:
                lo -= 1
            hi = j + 1
            while hi < n and t[hi] - tau <= after:
                hi += 1
            while hi < n and hi - j < 5:
                hi += 1
            if j - lo < 3 or hi - j < 3:
                continue
            m[:] = 0.0
            c[:] = 0.0
            whole = 0.0
            for k in range(lo, hi):
                s = t[k] - tau
                u = 0.5 * s * s
                a, d = weight_x[k], weight_v[k]
                m[0, 0] += a
                m[0, 1] += a * s
                m[0, 2] += a * u
                m[1, 1] += a * s * s + d
                m[1, 2] += a * s * u + d * s
                m[2, 2] += a * u * u + d * s * s
                c[0] += a * along[k]
                c[1] += a * s * along[k] + d * pace[k]
                c[2] += a * u * along[k] + d * s * pace[k]
                whole += a * along[k] ** 2 + d * pace[k] ** 2
            m[1, 0], m[2, 0], m[2, 1] = m[0, 1], m[0, 2], m[1, 2]
            back = np.linalg.inv(m)
            fit = back @ c
            misfit = whole - (fit[0] * c[0] + fit[1] * c[1] + fit[2] * c[2])
            for w in range(len(fits)):
                e0 = e1 = e2 = own = told = 0.0
                for k in range(j, hi):
                    s = t[k] - tau
                    y0, y1 = _shape(s, fits[w], lates[w])
                    a, d = weight_x[k], weight_v[k]
                    e0 += a * y0
                    e1 += a * s * y0 + d * y1
                    e2 += 0.5 * a * s * s * y0 + d * s * y1
                    own += a * y0 * y0 + d * y1 * y1
                    told += a * y0 * along[k] + d * y1 * pace[k]
                q0 = back[0, 0] * e0 + back[0, 1] * e1 + back[0, 2] * e2
                q1 = back[1, 0] * e0 + back[1, 1] * e1 + back[1, 2] * e2
                q2 = back[2, 0] * e0 + back[2, 1] * e1 + back[2, 2] * e2
                free = own - (q0 * e0 + q1 * e1 + q2 * e2)
                if free <= 1e-9 * own or free <= 0.0:
                    continue
                known = told - (fit[0] * e0 + fit[1] * e1 + fit[2] * e2)
                size[j, g, w] = known / free
                rest = max(misfit - known * known / free, 0.0)
                gain[j, g, w] = (hi - lo) * np.log((_STEADY + misfit) / (_STEADY + rest))
