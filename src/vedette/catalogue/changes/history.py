"""The history of one object's element sets as two lines: where along its way it was, and how fast that changed.

Place along the way is the mean anomaly with the perigee's argument and the node's share, less a steady motion, in
metres; pace is the same sets' mean rate. A burn along the way bends the first and steps the second (Gauss's equations:
a change of speed dv moves the pace by -3 dv). Sets that leave and come back are bad sets, not manoeuvres.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vedette.catalogue.changes.planes import MeanOrbits
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports.elements import ElementSets

_NS_PER_DAY: Final = 86_400 * 10**9
_AROUND: Final = 4  # sets to either side that a bad one is held against
_LONGEST_BAD: Final = 4
_FLOWN_SLACK: Final = 0.1  # of what a kink may have made in a gap
_LEADS_AWAY: Final = 0.2  # of the way that a run would lead if it lasted from set to set


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """k good sets of one object, by time.

    t_days : from the first set
    along_m, pace_mpd : less the middle pace
    normals : unit vectors across the orbit, the node's steady swing taken away
    rows : of the element sets given
    refused : rows taken for bad sets
    speed_mps : of a round orbit of the middle size
    """

    t_days: Scalar
    along_m: Scalar
    pace_mpd: Scalar
    normals: Rows
    rows: Ints
    refused: Ints
    t_first_tai_ns: int
    speed_mps: float

    def __len__(self) -> int:
        return len(self.t_days)


def history_of(sets: ElementSets) -> History:
    """The sets of one object, in any order, several of one epoch counted once."""
    order = np.argsort(sets.t_epoch_tai_ns, kind="stable")
    order = order[np.append(True, np.diff(sets.t_epoch_tai_ns[order]) > 0)] if len(order) else order
    orbits = MeanOrbits.of(sets.take(order))
    t = (orbits.t_epoch_tai_ns - orbits.t_epoch_tai_ns[0]) / _NS_PER_DAY
    level = float(np.median(orbits.inclination_rad))
    axis = float(np.median(orbits.semi_axis_m))
    share = np.cos(level)
    pace = orbits.anomaly_rate_radpday + orbits.perigee_rate_radpday + share * orbits.node_rate_radpday
    steps = np.diff(t)
    foretold = 0.5 * (pace[1:] + pace[:-1]) * steps
    turned = np.diff(orbits.anomaly_rad + orbits.perigee_rad) + share * _wrapped(np.diff(orbits.node_rad))
    middle = float(np.median(pace))
    along = np.concatenate([[0.0], np.cumsum(_wrapped(turned - foretold) + foretold - middle * steps)]) * axis
    rate = (pace - middle) * axis
    bad = _bad_sets(t, along, rate)
    node = np.unwrap(orbits.node_rad)
    swung = steps * 0.5 * (orbits.node_rate_radpday[1:] + orbits.node_rate_radpday[:-1])
    held = node[0] + np.concatenate([[0.0], np.cumsum(np.diff(node) - swung)])
    lean = orbits.inclination_rad
    normals = np.column_stack([np.sin(lean) * np.sin(held), -np.sin(lean) * np.cos(held), np.cos(lean)])
    good = np.flatnonzero(~bad)
    return History(
        t_days=t[good], along_m=along[good], pace_mpd=rate[good], normals=normals[good],
        rows=order[good], refused=order[bad],
        t_first_tai_ns=int(orbits.t_epoch_tai_ns[0]), speed_mps=float(np.sqrt(3.986004418e14 / axis)),
    )  # fmt: skip


def _bad_sets(t: Scalar, along: Scalar, pace: Scalar) -> np.ndarray:
    """(n,) sets, up to a few in a row, off from those before and from those after, which agree better.

    A run that the object can have flown, in at a burn and out at another, is no bad one.
    """
    bad = np.zeros(len(t), dtype=bool)
    for _ in range(3):
        rows = np.flatnonzero(~bad)
        if len(rows) < 3 * _AROUND:
            return bad
        new = _bad_runs(t[rows], along[rows], pace[rows])
        if not new:
            break
        bad[rows[sorted(new)]] = True
    return bad


def _bad_runs(when: Scalar, place: Scalar, rate: Scalar) -> set[int]:
    noise_v = max(spread(np.diff(rate)), 1.0)
    noise_x = max(spread(np.diff(place, 2)), 1.0)
    middles = np.median(sliding_window_view(rate, _AROUND), axis=1)  # of the sets from each on
    origins, starts, slopes = _lines(when, place)
    new: set[int] = set()
    for count in range(1, _LONGEST_BAD + 1):
        first = np.arange(_AROUND, len(when) - _AROUND - count)
        inside = first[:, None] + np.arange(count)
        before, after = middles[first - _AROUND], middles[first + count]
        low, high = np.minimum(before, after), np.maximum(before, after)
        off = np.maximum(low[:, None] - rate[inside], rate[inside] - high[:, None])
        is_off = np.all(off > 12.0 * noise_v + (high - low)[:, None], axis=1)
        if count <= 2:
            told = [
                starts[line, None] + slopes[line, None] * (when[inside] - origins[line, None])
                for line in (first - _AROUND, first + count)
            ]
            at_first = np.abs(told[0][:, 0] - told[1][:, 0])
            nearest = np.minimum(*(np.abs(place[inside] - one) for one in told))
            is_off |= np.all(nearest > 15.0 * noise_x + 1.5 * at_first[:, None], axis=1)
        for a in first[is_off].tolist():
            if not _can_be_flown(when, place, rate, a, a + count, noise_x):
                new.update(range(a, a + count))
    return new


def _lines(when: Scalar, place: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Straight lines through the sets from each on: where they are at their middle instant, that, and their slope."""
    u, x = sliding_window_view(when, _AROUND), sliding_window_view(place, _AROUND)
    origin, start = u.mean(axis=1), x.mean(axis=1)
    off = u - origin[:, None]
    return origin, start, (off * x).sum(axis=1) / (off * off).sum(axis=1)


def _can_be_flown(when: Scalar, place: Scalar, rate: Scalar, a: int, b: int, noise_m: float) -> bool:
    """Whether sets a to b are joined to each other and their neighbours by one kink a gap at most, and lead away.

    A burn changes pace, not place: what is flown in a gap lies between what the paces at its ends make of it. A run
    that came about by an error leads nowhere: after it the object is where it would have been.
    """
    steps = np.diff(when[a - 1 : b + 1])
    flown = np.diff(place[a - 1 : b + 1])
    ends = np.stack([rate[a - 1 : b] * steps, rate[a : b + 1] * steps])
    slack = 4.0 * noise_m + _FLOWN_SLACK * np.abs(ends[1] - ends[0])
    if np.any(flown < ends.min(axis=0) - slack) or np.any(flown > ends.max(axis=0) + slack):
        return False
    usual = 0.5 * (rate[a - 1] + rate[b])
    led = float(np.max(np.abs(np.cumsum(flown - usual * steps))))
    return led > _LEADS_AWAY * float(np.max(np.abs(rate[a:b] - usual))) * float(steps.sum())


def local_residuals(t: Scalar, along: Scalar, pace: Scalar, weight: Scalar, sigmas: tuple[float, float]) -> Rows:
    """(n, 2) each set's place and pace less what its neighbours say by a curve of constant acceleration."""
    out = np.zeros((len(t), 2))
    for k in range(len(t)):
        a, b = max(k - 5, 0), min(k + 6, len(t))
        near = np.flatnonzero(np.arange(a, b) != k) + a
        u = t[near] - t[k]
        one, zero = np.ones(len(u)), np.zeros(len(u))
        root = np.sqrt(weight[near])
        grid = np.concatenate([
            np.column_stack([one, u, 0.5 * u * u]) * (root / sigmas[0])[:, None],
            np.column_stack([zero, one, u]) * (root / sigmas[1])[:, None],
        ])  # fmt: skip
        told = np.concatenate([(along[near] - along[k]) * root / sigmas[0], pace[near] * root / sigmas[1]])
        fit = np.linalg.lstsq(grid, told, rcond=None)[0]
        out[k] = -fit[0], pace[k] - fit[1]
    return out


def spread(values: Scalar) -> float:
    """Robust standard deviation."""
    return float(1.4826 * np.median(np.abs(values - np.median(values)))) if len(values) else 0.0


def _wrapped(angle: Scalar) -> Scalar:
    return (angle + np.pi) % (2.0 * np.pi) - np.pi
