"""Which track of one owner is which object of the others, though the owner may read everything aside.

Two owners' tracks differ by their doubts and by what one reads otherwise than the other: a clock, a frame. Taken as
nothing, that offset breaks true pairs; allowed to each pair for itself, it joins everything with everything. It is
common to all tracks of an owner, so the pairing and the offset are found together: every likely pair proposes an
offset, all other tracks vote by the pairs they then make, and the proposal with the best total is refined by its own
pairs (global nearest pattern: Levedahl 2002; Stone, Williams and Tran 2002). Where another pairing is nearly as good
it is said so and nothing is joined.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from vedette.core.assignment import best_pairs
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation import chi_square_gate, mahalanobis_sq
from vedette.tracking.joint.offsets import SIZE, clock_between, shifted, slopes

GATE = chi_square_gate(1.0 - 1e-6, 6)
REACH_M, REACH_MPS = 100e3, 500.0  # a clock of ten seconds, a frame off by a degree at short range: no more is tried
CLEAR = 4.6  # log of a hundred: so much likelier than the next best
# an offset is dear, so that it is not made up to join two strangers; so dear that two tracks that agree can pay for it
OFFSET_PRICE = 16.0
OFFSET_SIGMAS = np.array([3.0, *(10e3,) * 3, *(1e-3,) * 3])
_MOST_SEEDS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Pairs of rows, whether each is ambiguous, and the offset (7,) of the second side that they were found with."""

    first: Ints
    second: Ints
    is_ambiguous: Bools
    offset: Scalar
    is_offset_new: bool  # it was proposed by the pairs themselves
    is_alone: Bools  # a pair far beyond its doubts that nothing else competes for


def paired(
    states_a: Rows, covs_a: Rows, states_b: Rows, covs_b: Rows, offset: Scalar, offset_cov: Rows
) -> Pairing:
    """Pairs between (n, 6) and (m, 6) states of one instant, b read with an offset known with a doubt (7, 7)."""
    near = _near(states_a, states_b)
    if len(near) == 0:
        return _nothing(offset)
    a, b = near.T
    corrected = states_b - (shifted(states_b, offset) - states_b)
    H = slopes(states_a)
    S = covs_a[a] + covs_b[b] + (H @ offset_cov @ np.swapaxes(H, -1, -2))[a]
    apart = corrected[b] - states_a[a]
    worth = 0.5 * (GATE - mahalanobis_sq(apart, S))
    chosen = best_pairs(a, b, worth)
    total = float(worth[chosen].sum())
    best_offset, is_new = offset, False
    if len(chosen) < min(len(states_a), len(states_b)):
        plain = covs_a[a] + covs_b[b]
        found = _by_offset(a, b, states_a, states_b, plain)
        if found is not None and found[0] > total + OFFSET_PRICE:
            best_offset, is_new = found[2], True
            total, chosen, worth = found[0], found[1], found[3]
    ambiguous = _ambiguous(a, b, worth, chosen, total)
    first, second = a[chosen], b[chosen]
    alone = np.zeros(len(chosen), dtype=bool)
    if len(chosen) == 0:
        lonely = _lonely(a, b, apart, S)
        first, second, alone = a[lonely], b[lonely], np.ones(len(lonely), dtype=bool)
        ambiguous = np.zeros(len(lonely), dtype=bool)
    return Pairing(first, second, ambiguous, best_offset, is_new, alone)


def _near(states_a: Rows, states_b: Rows) -> Ints:
    """(k, 2) rows that might be one object under any offset that is tried."""
    if len(states_a) == 0 or len(states_b) == 0:
        return np.empty((0, 2), dtype=np.int64)
    lists = cKDTree(states_a[:, :3]).query_ball_tree(cKDTree(states_b[:, :3]), REACH_M)
    pairs = np.array([(i, j) for i, row in enumerate(lists) for j in sorted(row)], dtype=np.int64).reshape(-1, 2)
    fast = np.linalg.norm(states_a[pairs[:, 0], 3:] - states_b[pairs[:, 1], 3:], axis=1) < REACH_MPS
    return pairs[fast]


def _by_offset(
    a: Ints, b: Ints, states_a: Rows, states_b: Rows, covs: Rows
) -> tuple[float, Ints, Scalar, Scalar] | None:
    """The best common offset that at least two pairs ask for: summed worth, pairs, offset, worth of each pair."""
    if len(np.unique(a)) < 2 or len(np.unique(b)) < 2:
        return None
    apart = states_b[b] - states_a[a]
    # velocities hardly change with an offset: those who agree there propose
    likely = np.argsort(mahalanobis_sq(apart[:, 3:], covs[:, 3:, 3:]), kind="stable")[:_MOST_SEEDS]
    best: tuple[float, Ints, Scalar, Scalar] | None = None
    clocks, _ = clock_between(apart, states_a[a], covs)
    for seed in likely:
        for kind in (0, 1):
            offset = np.zeros(SIZE)
            if kind == 0:
                offset[0] = clocks[seed]
            else:
                offset[1:4] = apart[seed, :3]
            H = slopes(states_a)[a]
            loose = covs + (H * (0.02 * OFFSET_SIGMAS) ** 2) @ np.swapaxes(H, -1, -2)
            votes = 0.5 * (GATE - mahalanobis_sq(_left(states_a[a], states_b[b], offset), loose))
            chosen = best_pairs(a, b, votes)
            if len(chosen) < 2:
                continue
            offset = common_offset(states_a[a[chosen]], states_b[b[chosen]], covs[chosen])
            worth = 0.5 * (GATE - mahalanobis_sq(_left(states_a[a], states_b[b], offset), covs))
            chosen = best_pairs(a, b, worth)
            total = float(worth[chosen].sum())
            if len(chosen) >= 2 and (best is None or total > best[0]):
                best = total, chosen, offset, worth
    return best


def _left(states_a: Rows, states_b: Rows, offset: Scalar) -> Rows:
    return states_b - shifted(states_a, offset)


def common_offset(states_a: Rows, states_b: Rows, covs: Rows) -> Scalar:
    """The offset that some pairs agree on, with the weak belief that there is none."""
    offset = np.zeros(SIZE)
    for _ in range(2):
        H = slopes(states_a)
        weighed = np.linalg.solve(covs, H)
        normal = np.einsum("nij,nik->jk", H, weighed) + np.diag(1.0 / OFFSET_SIGMAS**2)
        pull = np.einsum("nij,ni->j", weighed, _left(states_a, states_b, offset)) - offset / OFFSET_SIGMAS**2
        unit = 1.0 / np.sqrt(np.diagonal(normal))
        offset = offset + unit * np.linalg.solve(normal * np.outer(unit, unit), unit * pull)
    return offset


def _ambiguous(a: Ints, b: Ints, worth: Scalar, chosen: Ints, total: float) -> Bools:
    """(k,) of the chosen pairs: without it, the rest is paired nearly as well."""
    out = np.zeros(len(chosen), dtype=bool)
    for i, pair in enumerate(chosen):
        rivals = ((a == a[pair]) | (b == b[pair])) & (worth > 0.0)
        if rivals.sum() < 2:
            continue
        rest = worth.copy()
        rest[pair] = -np.inf
        other = best_pairs(a, b, rest)
        # to lose the pair for nothing is no rival: only where the same tracks find others
        rival = float(rest[other].sum())
        out[i] = total - rival < CLEAR
    return out


def _lonely(a: Ints, b: Ints, apart: Rows, S: Rows) -> Ints:
    """Pairs beyond their doubts for which there is no other: of one object read wrongly, or of two objects."""
    alone = (np.bincount(a)[a] == 1) & (np.bincount(b)[b] == 1)
    squared = mahalanobis_sq(apart, S)
    return np.flatnonzero(alone & (squared < 40.0 * GATE))


def _nothing(offset: Scalar) -> Pairing:
    none = np.empty(0, dtype=np.int64)
    no = np.empty(0, dtype=bool)
    return Pairing(none, none, no, offset, False, no)
