"""T-GOSPA: how far a set of tracks is from a set of truths over a whole run, changes of mind included.

The metric of Garcia-Fernandez, Rahmathullah and Svensson [IEEE Trans. Signal Processing 68, 2020] in its linear
programming form: at every instant truths and tracks are paired, and a pairing that changes pays. A track that swaps
from one object to another, or a track that breaks, costs something even where every single instant looks right.

Only pairs that were ever nearer than the cutoff can be worth pairing, so the problem falls apart into clusters. One
truth with several tracks (or the reverse) is a shortest path and is solved as one; the rest are small linear programs.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from vedette.core.assignment import clusters_of
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.metrics.history import History, near_rows


@dataclass(frozen=True, slots=True, eq=False)
class TrajectoryGospa:
    """T-GOSPA and its parts; `value ** p` is the sum of the parts."""

    value: float
    localisation: float
    missed: float
    false: float
    switching: float  # half of switch_penalty_m ** p for every pairing begun or ended, first and last instants apart
    per_step: float  # (value ** p / instants) ** (1 / p), metres: comparable between runs of different lengths


def t_gospa(
    tracks: History, truths: History, cutoff_m: float, switch_penalty_m: float, p: float = 2.0
) -> TrajectoryGospa:
    """Compare two sets of trajectories on positions; `switch_penalty_m` is what one whole swap counts as."""
    steps = 1 + int(max((one.step.max() for one in (tracks, truths) if len(one)), default=-1))
    near = near_rows(tracks, truths, cutoff_m)
    pair_of, pair = np.unique(
        np.column_stack([tracks.label[near.track_row], truths.label[near.truth_row]]), axis=0, return_inverse=True
    )
    pair = pair.reshape(-1)
    half, half_switch = cutoff_m**p / 2.0, switch_penalty_m**p / 2.0
    gain = cutoff_m**p - near.distance_m**p
    at = truths.step[near.truth_row]
    localisation, matched, switching = 0.0, 0.0, 0.0
    if len(pair_of):
        _, a = np.unique(pair_of[:, 0], return_inverse=True)
        _, b = np.unique(pair_of[:, 1], return_inverse=True)
        cluster = clusters_of(a, b, a.max() + 1, b.max() + 1)
        order = np.argsort(cluster[pair], kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(cluster[pair][order])) + 1):
            held, moves = _cluster(a[pair[rows]], b[pair[rows]], at[rows], gain[rows], half_switch)
            localisation += float(held @ near.distance_m[rows] ** p)
            matched += float(held.sum())
            switching += half_switch * moves
    missed, false = half * (len(truths) - matched), half * (len(tracks) - matched)
    total = localisation + missed + false + switching
    mean = total / max(steps, 1)
    return TrajectoryGospa(total ** (1.0 / p), localisation, missed, false, switching, mean ** (1.0 / p))


def _cluster(a: Ints, b: Ints, at: Ints, gain: Scalar, half_switch: float) -> tuple[Scalar, float]:
    """How much of each row's pairing is held (k,), and how many pairings begin or end on the way."""
    _, t = np.unique(at, return_inverse=True)
    pairs, pair = np.unique(np.column_stack([a, b]), axis=0, return_inverse=True)
    pair = pair.reshape(-1)
    if len(pairs) == 1:
        return np.ones(len(gain)), 0.0
    run = _runs(t, pairs[pair])
    table = np.zeros((run[-1] + 1, len(pairs)))
    np.add.at(table, (run[t], pair), gain)
    if len(np.unique(pairs[:, 0])) == 1 or len(np.unique(pairs[:, 1])) == 1:
        held, moves = _path(table, half_switch)
    else:
        held, moves = _program(table, pairs, half_switch)
    return held[run[t], pair], moves


def _runs(t: Ints, pairs: Ints) -> Ints:
    """Which run of instants each instant belongs to: within a run nobody can be in two pairs.

    All changes of mind can be put off to the ends of a run without loss (a pair that gains is then held throughout, and
    one that gains nothing there can wait), so a run counts as one instant with the summed gains.
    """
    order = np.argsort(t, kind="stable")
    cuts = np.flatnonzero(np.diff(t[order])) + 1
    run, number = np.empty(t.max() + 1, dtype=np.int64), -1
    partner: dict[tuple[int, int], int] | None = None  # of everybody in this run; None when it cannot be joined
    for k, rows in enumerate(np.split(order, cuts)):
        links = [link for a, b in pairs[rows].tolist() for link in (((0, a), b), ((1, b), a))]
        here = dict(links)
        is_clear = len(here) == len(links)
        if not is_clear or partner is None or any(partner.get(who, other) != other for who, other in links):
            number, partner = number + 1, here if is_clear else None
        else:
            partner.update(here)
        run[k] = number
    return run


def _path(table: Rows, half_switch: float) -> tuple[Rows, float]:
    """The best way through (instants, pairs), one pair or none at a time, by dynamic programming."""
    steps, count = table.shape
    worth = np.hstack([table, np.zeros((steps, 1))])  # the last state is none
    cost = half_switch * (2.0 - 2.0 * np.eye(count + 1))
    cost[-1, :-1] = cost[:-1, -1] = half_switch
    best, came = worth[0].copy(), np.zeros((steps, count + 1), dtype=np.int64)
    for k in range(1, steps):
        through = best[:, None] - cost
        came[k] = np.argmax(through, axis=0)
        best = through[came[k], np.arange(count + 1)] + worth[k]
    state = np.empty(steps, dtype=np.int64)
    state[-1] = int(np.argmax(best))
    for k in range(steps - 1, 0, -1):
        state[k - 1] = came[k, state[k]]
    held = np.zeros((steps, count + 1))
    held[np.arange(steps), state] = 1.0
    return held[:, :-1], float(np.abs(np.diff(held[:, :-1], axis=0)).sum())


def _program(table: Rows, pairs: Ints, half_switch: float) -> tuple[Rows, float]:
    """The relaxed problem for many tracks and many truths, by linear programming (HiGHS)."""
    steps, count = table.shape
    size = steps * count
    which = np.arange(size).reshape(steps, count)
    limits = []
    for side in range(2):  # nobody is in more than one pair at an instant
        _, who = np.unique(pairs[:, side], return_inverse=True)
        row = (np.arange(steps)[:, None] * (who.max() + 1) + who).ravel()
        limits.append(coo_array((np.ones(size), (row, which.ravel())), shape=(steps * (who.max() + 1), size)))
    once = vstack(limits)
    moves = (steps - 1) * count
    earlier, later = which[:-1].ravel(), which[1:].ravel()
    number = np.arange(moves)
    step = coo_array(
        (np.r_[np.ones(moves), -np.ones(moves)], (np.r_[number, number], np.r_[later, earlier])), shape=(moves, size)
    )
    free = csr_array((once.shape[0], moves))
    above = vstack([hstack([once, free]), hstack([step, -eye_array(moves)]), hstack([-step, -eye_array(moves)])])
    limit = np.r_[np.ones(once.shape[0]), np.zeros(2 * moves)]
    found = linprog(np.r_[-table.ravel(), np.full(moves, half_switch)], A_ub=above.tocsr(), b_ub=limit, method="highs")
    assert found.success, found.message
    held = found.x[:size].reshape(steps, count)
    return held, float(np.abs(np.diff(held, axis=0)).sum())
