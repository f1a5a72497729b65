"""The history of one object's element sets as two lines: where along its way it was, and how fast that changed.

Place along the way is the mean anomaly with the perigee's argument and the node's share, less a steady motion, in
metres; pace is the same sets' mean rate. A burn along the way bends the first and steps the second (Gauss's equations:
a change of speed dv moves the pace by -3 dv). Sets that leave and come back are bad sets, not manoeuvres.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.catalogue.changes.planes import MeanOrbits
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports.elements import ElementSets

_NS_PER_DAY: Final = 86_400 * 10**9
_AROUND: Final = 4  # sets to either side that a bad one is held against
_LONGEST_BAD: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """k good sets of one object, by time.

    t_days : from the first set
    along_m, pace_mpd : less the middle pace
    rows : of the element sets given
    refused : rows taken for bad sets
    speed_mps : of a round orbit of the middle size
    """

    t_days: Scalar
    along_m: Scalar
    pace_mpd: Scalar
    inclination_rad: Scalar
    node_off_rad: Scalar  # times the sine of the inclination
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
    node_off = np.concatenate([[0.0], np.cumsum(np.diff(node) - swung)])
    good = np.flatnonzero(~bad)
    return History(
        t_days=t[good], along_m=along[good], pace_mpd=rate[good], inclination_rad=orbits.inclination_rad[good],
        node_off_rad=node_off[good] * np.sin(level), rows=order[good], refused=order[bad],
        t_first_tai_ns=int(orbits.t_epoch_tai_ns[0]), speed_mps=float(np.sqrt(3.986004418e14 / axis)),
    )  # fmt: skip


def _bad_sets(t: Scalar, along: Scalar, pace: Scalar) -> np.ndarray:
    """(n,) sets, up to a few in a row, off from those before and from those after, which agree better."""
    bad = np.zeros(len(t), dtype=bool)
    for _ in range(3):
        rows = np.flatnonzero(~bad)
        when, place, rate = t[rows], along[rows], pace[rows]
        if len(rows) < 3 * _AROUND:
            return bad
        noise_v = max(spread(np.diff(rate)), 1.0)
        noise_x = max(spread(np.diff(place, 2)), 1.0)
        new: set[int] = set()
        for count in range(1, _LONGEST_BAD + 1):
            for a in range(_AROUND, len(rows) - _AROUND - count):
                b = a + count
                before, after = float(np.median(rate[a - _AROUND : a])), float(np.median(rate[b : b + _AROUND]))
                low, high = min(before, after), max(before, after)
                off = np.maximum(low - rate[a:b], rate[a:b] - high)
                if np.all(off > 12.0 * noise_v + (high - low)):
                    new.update(range(a, b))
                elif count <= 2:
                    ends = []
                    for part in (slice(a - _AROUND, a), slice(b, b + _AROUND)):
                        u = when[part] - when[a]
                        slope, start = np.polyfit(u, place[part], 1)
                        ends.append((start, np.abs(place[a:b] - start - slope * (when[a:b] - when[a]))))
                    nearest = np.minimum(ends[0][1], ends[1][1])
                    if np.all(nearest > 15.0 * noise_x + 1.5 * abs(ends[0][0] - ends[1][0])):
                        new.update(range(a, b))
        if not new:
            break
        bad[rows[sorted(new)]] = True
    return bad


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
