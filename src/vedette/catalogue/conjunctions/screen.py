"""Who comes near whom: all against all or some against all, over element sets.

Candidates by stretches of knots, which may be computed anywhere; then SGP4 at every one. Pairs that stay near (docked,
formations, neighbours in one slot) are told once, with from and to, not as thousands of approaches.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from vedette.catalogue.conjunctions.candidates import KNOT_S, STEP_S, Candidates, candidates, knots_km
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Scalar
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

NEAR_S = 900.0  # near without a break for so long: together, not passing
_SLOW_MPS = 30.0
_OFTEN = 3  # slow approaches of one pair: it goes round with the other
_SAME_S = 1.0
_NEXT_STEP = 2.01  # one candidate begins its step, the next ends the step after
STRETCH_KNOTS = 15  # an hour
_SHARE = 20_000  # candidates that one thread looks at


@dataclass(frozen=True, slots=True, eq=False)
class Approaches:
    """Rows i < j of the element sets, by time; and pairs that stay near."""

    i: Ints
    j: Ints
    t_tai_ns: Ints
    miss_m: Scalar
    speed_mps: Scalar
    near_i: Ints
    near_j: Ints
    near_from_tai_ns: Ints
    near_to_tai_ns: Ints
    near_least_m: Scalar

    def __len__(self) -> int:
        return len(self.i)


def stretches(span_s: float, knots: int = STRETCH_KNOTS) -> list[tuple[int, int]]:
    """From and to, in knots, of the pieces of a span."""
    count = int(np.ceil(span_s / KNOT_S))
    return [(k, min(k + knots, count)) for k in range(0, count, knots)]


def screen(
    sets: ElementSets, t_from_tai_ns: int, t_to_tai_ns: int, km: float = 5.0, *,
    among: Ints | None = None, told: Callable[[float], None] | None = None,
    run: "Callable[..., Sequence[Candidates]] | None" = None,
) -> Approaches:  # fmt: skip
    """Every approach within km between two instants, where both have a state.

    among : rows; only approaches that one of them takes part in
    told : called with the share that is done
    run : computes stretches elsewhere: takes (sgp4, t_start, km, stretches, told), gives their candidates in order
    """
    span_s = (t_to_tai_ns - t_from_tai_ns) / NS_PER_S
    if not 0.0 < span_s <= 60.0 * 86_400.0:
        raise UsageError(f"a span of {span_s / 86_400.0:g} days; screen for more than none and up to 60")
    if not 0.0 < km <= 100.0:
        raise UsageError(f"a distance of {km:g} km; screen for more than none and up to 100")
    sgp4 = Sgp4.of(sets)
    pieces = stretches(span_s)
    found = (run or run_here)(sgp4, t_from_tai_ns, km, pieces, told)
    i, j = np.concatenate([one.i for one in found]), np.concatenate([one.j for one in found])
    t = np.concatenate([one.t_s for one in found])
    if among is not None:
        is_mine = np.zeros(len(sets), dtype=bool)
        is_mine[among] = True
        keep = is_mine[i] | is_mine[j]
        i, j, t = i[keep], j[keep], t[keep]
    is_same = sets.number[i] == sets.number[j]  # two sets of one object
    keep = ~(is_same & (sets.number[i] > 0))
    return settle(sgp4, t_from_tai_ns, span_s, km, i[keep], j[keep], t[keep])


def run_here(
    sgp4: Sgp4, t_start: int, km: float, pieces: list[tuple[int, int]], told: Callable[[float], None] | None
) -> list[Candidates]:
    """The stretches, one after another."""
    out = []
    for k, (a, b) in enumerate(pieces):
        out.append(candidates(sgp4, t_start, a, b, km))
        if told is not None:
            told((k + 1) / len(pieces))
    return out


def settle(
    sgp4: Sgp4, t_start: int, span_s: float, km: float, i: Ints, j: Ints, t: Scalar, gap_s: float = STEP_S
) -> Approaches:
    """Approaches of candidates (rows i, j, and seconds)."""
    order = np.lexsort((t, j, i))
    i, j, t = i[order], j[order], t[order]
    pair = i * np.int64(1 << 32) + j
    since = (t_start - sgp4.t_epoch_tai_ns) / (60.0 * NS_PER_S)
    # unbroken stays: candidates of one pair no further apart than steps are
    is_break = np.ones(len(t), dtype=bool)
    is_break[1:] = (pair[1:] != pair[:-1]) | (np.diff(t) > _NEXT_STEP * gap_s)
    starts = np.flatnonzero(is_break)
    ends = np.append(starts[1:], len(t)) - 1 if len(t) else starts
    long = np.unique(pair[starts[t[ends] - t[starts] >= NEAR_S]])
    # those are told by from, to and least distance: only of the others is every approach looked for
    at, far, speed = np.full((3, len(t)), np.nan)
    passing = np.flatnonzero(~np.isin(pair, long))
    at[passing], far[passing], speed[passing] = _refined(sgp4, since, i[passing], j[passing], t[passing], gap_s)
    keep = np.isfinite(at) & (far <= km) & (at >= 0.0) & (at <= span_s)
    rows = np.flatnonzero(keep)
    rows = rows[np.lexsort((at[rows], j[rows], i[rows]))]
    rows = rows[_new(i[rows], j[rows], at[rows])]
    together = np.union1d(long, _often(pair[rows[1e3 * speed[rows] < _SLOW_MPS]]))
    near = _near(pair, t, far, together, km, sgp4, since, span_s, gap_s)
    rows = rows[~np.isin(pair[rows], together)]
    rows = rows[np.argsort(at[rows], kind="stable")]
    return Approaches(
        i[rows], j[rows], t_start + np.round(at[rows] * NS_PER_S).astype(np.int64), 1e3 * far[rows], 1e3 * speed[rows],
        near[0], near[1], t_start + np.round(near[2] * NS_PER_S).astype(np.int64),
        t_start + np.round(near[3] * NS_PER_S).astype(np.int64), near[4],
    )  # fmt: skip


def _refined(sgp4: Sgp4, since: Scalar, i: Ints, j: Ints, t: Scalar, gap_s: float) -> tuple[Scalar, Scalar, Scalar]:
    """Moment (s), distance (km) and speed (km/s) of the approach next to each candidate; NaN where there is none."""
    from vedette.catalogue.conjunctions.refine import refine

    at, far, speed = np.empty(len(t)), np.empty(len(t)), np.empty(len(t))
    _on_cores(
        len(t),
        lambda q: refine(sgp4.records, since, i[q], j[q], t[q], 2.0 * gap_s, at[q], far[q], speed[q]),
    )
    return at, far, speed


def _on_cores(count: int, work: Callable[[slice], None]) -> None:
    """Rows in shares, each by a thread of its own where there are cores: compiled work that depends on its rows alone,
    so that the bits are the same."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or count < _SHARE:
        work(slice(0, count))
        return
    with ThreadPoolExecutor(cores) as threads:
        list(threads.map(work, [slice(a, a + _SHARE) for a in range(0, count, _SHARE)]))


def _new(i: Ints, j: Ints, t: Scalar) -> Bools:
    """Of rows in order of pair and time, those that are not the one before again."""
    out = np.ones(len(t), dtype=bool)
    out[1:] = (i[1:] != i[:-1]) | (j[1:] != j[:-1]) | (np.diff(t) > _SAME_S)
    return out


def _often(pairs: Ints) -> Ints:
    """Pairs that come up again and again."""
    each, counts = np.unique(pairs, return_counts=True)
    return each[counts >= _OFTEN]


def _near(
    pair: Ints, t: Scalar, far: Scalar, together: Ints, km: float, sgp4: Sgp4, since: Scalar, span_s: float,
    gap_s: float,
) -> tuple[Ints, Ints, Scalar, Scalar, Scalar]:  # fmt: skip
    """Of pairs that are together (as one number, of candidates in order): rows, from, to (s), least distance (m)."""
    from vedette.catalogue.conjunctions.refine import apart_km

    rows = np.flatnonzero(np.isin(pair, together))
    of, moments = pair[rows], np.clip(t[rows], 0.0, span_s)
    i, j, apart = of >> 32, of & 0xFFFFFFFF, np.empty(len(rows))
    _on_cores(len(rows), lambda q: apart_km(sgp4.records, since, i[q], j[q], moments[q], apart[q]))
    is_same = of[1:] == of[:-1]
    is_low = np.ones(len(rows), dtype=bool)  # nearer than just before and just after: what is nearest is beside one
    is_low[1:] &= ~is_same | (apart[1:] <= apart[:-1])
    is_low[:-1] &= ~is_same | (apart[:-1] <= apart[1:])
    low = np.flatnonzero(is_low)
    apart[low] = np.fmin(apart[low], _refined(sgp4, since, i[low], j[low], moments[low], gap_s)[1])
    inside = np.flatnonzero(np.fmin(apart, far[rows]) <= km)
    least = np.fmin(apart, far[rows])[inside]
    each, first, count = np.unique(of[inside], return_index=True, return_counts=True)
    at = moments[inside]
    nearest = np.minimum.reduceat(least, first) if len(each) else least
    return each >> 32, each & 0xFFFFFFFF, at[first], at[first + count - 1], 1e3 * nearest


class Screen:
    """Knots kept, so that one changed object is screened against all others in milliseconds.

    12 bytes a knot and object: 130 MB for 30,000 objects and a day.
    """

    def __init__(self, sets: ElementSets, t_from_tai_ns: int, t_to_tai_ns: int, km: float = 5.0) -> None:
        self.sets, self.t_start, self.km = sets, t_from_tai_ns, km
        self.span_s = (t_to_tai_ns - t_from_tai_ns) / NS_PER_S
        self._sgp4 = Sgp4.of(sets)
        count = int(np.ceil(self.span_s / KNOT_S)) + 1
        self._places = np.empty((len(sets), 3, count + 4), np.float32)
        for a in range(0, count + 4, STRETCH_KNOTS):
            b = min(a + STRETCH_KNOTS, count + 4)
            block = knots_km(self._sgp4, t_from_tai_ns, np.arange(a - 2, b - 2))
            self._places[:, :, a:b] = block[:, :3, :].transpose(2, 1, 0)
        self._low, self._high = bands_of_places(self._places)

    def of_one(self, changed: ElementSets, row: int | None = None) -> Approaches:
        """Approaches of one object as it is now (or would be): as the last row, n, of the sets.

        row : where it stands among the sets kept, which is then left out
        """
        mine = Sgp4.of(changed)
        index = np.arange(-2, self._places.shape[2] - 2)
        own = np.ascontiguousarray(knots_km(mine, self.t_start, index)[:, :3, 0].T)
        j, t = against(self._places, self._low, self._high, own, -1 if row is None else row, self.km)
        met, where = np.unique(j, return_inverse=True)  # the few that matter: no copy of everybody
        both = Sgp4(
            np.append(self._sgp4.t_epoch_tai_ns[met], mine.t_epoch_tai_ns),
            np.append(self._sgp4.records[met], mine.records),
        )
        last = np.full(len(j), len(met), np.int64)
        few = settle(both, self.t_start, self.span_s, self.km, where.astype(np.int64), last, t, KNOT_S)
        rows = np.append(met, len(self.sets))
        return replace(few, i=rows[few.i], j=rows[few.j], near_i=rows[few.near_i], near_j=rows[few.near_j])


def bands_of_places(places: np.ndarray) -> tuple[Scalar, Scalar]:
    """Least and greatest radius of each, widened by what may lie between knots; an object without any state is none."""
    low, high = np.full(len(places), np.inf), np.full(len(places), -np.inf)
    for a in range(0, len(places), 2000):
        radius = np.sqrt(np.einsum("nck,nck->nk", places[a : a + 2000], places[a : a + 2000], dtype=np.float64))
        known = np.isfinite(radius)
        step = np.nanmax(np.where(known[:, 1:] & known[:, :-1], np.abs(np.diff(radius, axis=1)), 0.0), axis=1)
        low[a : a + 2000] = np.where(known, radius, np.inf).min(axis=1) - 0.5 * step - 30.0
        high[a : a + 2000] = np.where(known, radius, -np.inf).max(axis=1) + 0.5 * step + 30.0
    return low, high


def against(
    places: np.ndarray, low: Scalar, high: Scalar, own: np.ndarray, skip: int, km: float
) -> tuple[Ints, Scalar]:
    """Rows, and seconds after the start, of what may come within km of one path own (3, m) of knots."""
    from vedette.catalogue.conjunctions.refine import one_against

    own_low, own_high = bands_of_places(own[None])
    cj, ct = np.empty(20_000, np.int64), np.empty(20_000)
    while True:
        found = one_against(places, low, high, own, float(own_low[0]), float(own_high[0]), skip, km, KNOT_S, cj, ct)
        if found <= len(cj):
            return cj[:found].copy(), ct[:found].copy()
        cj, ct = np.empty(2 * found, np.int64), np.empty(2 * found)
