"""What each track may be: one or several Gaussian leaves, and the three ways of growing and pruning them with a look.

Every leaf says "if this is how the detections went, the object is here", with the probability that it went so. `jpda`
keeps one leaf for a track, `lmb` a mixture, `mht` the end of each branch of a tree of choices. All three grow the same
branches (each leaf missed, or seen as each detection near it) and differ in how the branches are weighed:

- over all joint events of this look, exactly (`marginals`): `jpda` then merges a track's branches into one Gaussian
  [Musicki and Evans 2004], `lmb` keeps them as a mixture [Reuter, Vo, Vo and Dietmayer 2014; with marginals in place of
  the sampled hypotheses, Williams 2015];
- by the best joint choice over the last few looks (`tree_kernels`): `mht` keeps the branches that may still turn out
  right, and drops those that left the best choice too long ago [Kurien 1990; as Bernoulli trees, Williams 2015].

A new track from a detection exists with (probability that no track made it) x (births over births and clutter).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.tracking.crowd.marginals import MOST_WORK, joint_marginals
from vedette.tracking.crowd.mixture_kernels import reduce_kernel
from vedette.tracking.crowd.tree_kernels import select_kernel


@dataclass(frozen=True, slots=True, eq=False)
class Leaves:
    """l leaves of n tracks, those of one track together and in the order of the tracks."""

    track: Ints  # (l,) row of the track, never decreasing, none skipped
    share: Scalar  # (l,) probability of the leaf within its track; sums to one
    score: Scalar  # (l,) log-weight over the remembered looks, best of the track near zero; only `mht` reads it
    existence: Scalar  # (l,) probability that there is an object, if the leaf is right
    is_chosen: Bools  # (l,) the leaf to show: one for each track
    history: Ints  # (l, w) detections it rests on, numbered through all looks, newest first; -1 none
    needs: Ints  # (l,) detection that must be another track's for this leaf to be right; -1 none
    mean: Rows  # (l, 6)
    cov: Rows  # (l, 6, 6)

    def __len__(self) -> int:
        return len(self.track)

    @property
    def tracks(self) -> int:
        """How many tracks there are."""
        return int(self.track[-1]) + 1 if len(self.track) else 0

    def track_existence(self) -> Scalar:
        """(n,) probability that there is an object."""
        return np.bincount(self.track, self.share * self.existence, minlength=self.tracks).astype(np.float64)

    def moments(self) -> tuple[Rows, Rows]:
        """Mean (n, 6) and covariance (n, 6, 6) of each track over its leaves, those counting most that may exist."""
        n = self.tracks
        weight = self.share * np.maximum(self.existence, 1e-6)
        start, out_start = np.searchsorted(self.track, np.arange(n + 1)).astype(np.int64), np.empty(n + 1, np.int64)
        room, mean, cov = np.empty(n), np.empty((n, 6)), np.empty((n, 6, 6))
        reduce_kernel(
            start, np.maximum(weight, 1e-300), np.ascontiguousarray(self.mean), np.ascontiguousarray(self.cov), 0.0, 1,
            np.inf, out_start, room, mean, cov,
        )  # fmt: skip
        return mean, cov

    def take(self, keep: Ints) -> "Leaves":
        """Some leaves, tracks renumbered without gaps; a track that loses leaves shares its probability anew."""
        track, number = self.track[keep], self.track[keep]
        if len(keep):
            number = np.concatenate([[0], np.cumsum(np.diff(track) > 0)])
        share = self.share[keep]
        whole = np.bincount(number, share, minlength=1)[number] if len(keep) else share
        return Leaves(
            number, np.where(whole > 0.0, share / np.maximum(whole, 1e-300), 0.0), self.score[keep],
            self.existence[keep], self.is_chosen[keep], self.history[keep], self.needs[keep],
            self.mean[keep], self.cov[keep],
        )  # fmt: skip


def no_leaves(memory: int) -> Leaves:
    """An empty table for trees that remember `memory` looks (0 for `jpda` and `lmb`)."""
    nothing, numbers = np.empty(0), np.empty(0, dtype=np.int64)
    return Leaves(
        numbers, nothing, nothing, nothing, nothing.astype(bool), np.empty((0, memory), dtype=np.int64), numbers,
        np.empty((0, 6)), np.empty((0, 6, 6)),
    )  # fmt: skip


def joined(first: Leaves, second: Leaves, first_rows: Ints, second_rows: Ints) -> Leaves:
    """Two tables as one, where their tracks are these rows of a common table; none in both."""
    track = np.concatenate([first_rows[first.track], second_rows[second.track]])
    order = np.argsort(track, kind="stable")
    columns = {f.name: np.concatenate([getattr(first, f.name), getattr(second, f.name)])[order] for f in fields(Leaves)}
    return Leaves(**{**columns, "track": track[order]})


@dataclass(frozen=True, slots=True, eq=False)
class LeafPairs:
    """Leaves and detections of one look that may be the same thing."""

    leaf: Ints  # (p,)
    detection: Ints  # (p,)
    log_ratio: Scalar  # (p,) log(chance x likelihood / density of all else that makes detections, births included)
    chance: Scalar  # (l,) that this look finds the leaf's object, if it exists
    detections: int


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """What the leaves may become, and what a look made likely."""

    parent: Ints  # (b,) leaf it grew from
    detection: Ints  # (b,) -1: missed
    leaves: Leaves  # (b,) with the parents' means and covariances: not corrected yet
    free: Scalar  # (m,) probability that a detection belongs to no track
    is_taken: Bools  # (m,) in the best joint choice some track has it
    pair_probability: Scalar  # (p,) of each pair of `LeafPairs`; what is cut away included
    cluster: Ints  # (n,) of each track
    is_exact: Bools  # (clusters,) false: an approximation stood in


@dataclass(frozen=True, slots=True)
class Mixtures:
    """Weigh branches by their marginal probabilities: `most_leaves=1` is joint probabilistic data association."""

    most_leaves: int = 1
    least_share: float = 1e-4  # branches less likely are not grown
    apart: float = np.inf  # squared distance beyond which leaves are not merged
    least_leaf: float = 1e-3
    least_odds: float = 1e-5  # of a pair against "missed"; pairs less likely do not join clusters
    most_work: float = MOST_WORK
    memory: int = 0

    def grow(self, leaves: Leaves, pairs: LeafPairs, first_number: int) -> Branches:
        """Branches of all leaves, weighed over all joint events of the look."""
        n, m = leaves.tracks, pairs.detections
        exists = leaves.track_existence()
        track = leaves.track[pairs.leaf]
        with np.errstate(divide="ignore"):
            value = np.log(leaves.share[pairs.leaf] * exists[track]) + pairs.log_ratio
        group_of, group = np.unique(track * max(m, 1) + pairs.detection, return_inverse=True)
        top = np.full(len(group_of), -np.inf)
        np.maximum.at(top, group, value)
        together = top + np.log(np.bincount(group, np.exp(value - top[group]), minlength=len(group_of)))
        unseen = leaves.share * (1.0 - pairs.chance)
        missed = exists * np.bincount(leaves.track, unseen, minlength=n)
        nothing = np.maximum(1.0 - exists + missed, 1e-300)
        row, column = group_of // max(m, 1), group_of % max(m, 1)
        near = np.flatnonzero(together > np.log(nothing)[row] + np.log(self.least_odds))
        found = joint_marginals(row[near], column[near], together[near], np.log(nothing), m, self.most_work)
        pair = np.zeros(len(group_of))
        pair[near] = found.pair
        pair = pair[group] * np.exp(value - together[group])
        silent = found.miss[leaves.track] * exists[leaves.track] * unseen / nothing[leaves.track]
        alive = np.bincount(leaves.track, silent, minlength=n) + np.bincount(track, pair, minlength=n)
        parent = np.concatenate([np.arange(len(leaves)), pairs.leaf])
        detection = np.concatenate([np.full(len(leaves), -1), pairs.detection])
        share = np.concatenate([silent, pair]) / np.maximum(alive[leaves.track[parent]], 1e-300)
        best = np.zeros(n)
        np.maximum.at(best, leaves.track[parent], share)
        keep = np.flatnonzero(share >= np.minimum(self.least_share, best[leaves.track[parent]]))
        keep = keep[np.argsort(parent[keep], kind="stable")]
        parent, detection, share = parent[keep], detection[keep], share[keep]
        grown = replace(
            leaves, track=leaves.track[parent], share=share, score=np.zeros(len(keep)),
            existence=np.minimum(alive, 1.0)[leaves.track[parent]], is_chosen=np.zeros(len(keep), dtype=bool),
            history=leaves.history[parent], needs=leaves.needs[parent], mean=leaves.mean[parent],
            cov=leaves.cov[parent],
        )  # fmt: skip
        return Branches(
            parent, detection, grown, found.free, found.free < 0.5, pair, found.cluster, found.is_exact
        )  # fmt: skip

    def settle(self, grown: Leaves) -> Leaves:
        """Corrected branches merged and cut down to `most_leaves` for each track, means and spreads kept."""
        n, count = grown.tracks, len(grown)
        start = np.searchsorted(grown.track, np.arange(n + 1)).astype(np.int64)
        out_start, weight = np.empty(n + 1, dtype=np.int64), np.empty(count)
        mean, cov = np.empty((count, 6)), np.empty((count, 6, 6))
        left = reduce_kernel(
            start, grown.share, np.ascontiguousarray(grown.mean), np.ascontiguousarray(grown.cov), self.least_leaf,
            self.most_leaves, self.apart, out_start, weight, mean, cov,
        )  # fmt: skip
        track = np.repeat(np.arange(n), np.diff(out_start))
        is_chosen = np.zeros(left, dtype=bool)
        is_chosen[out_start[:-1]] = True  # swallowing starts with the heaviest
        none = np.full(left, -1, dtype=np.int64)
        return Leaves(
            track, weight[:left], np.log(weight[:left]), grown.existence[start[:-1]][track], is_chosen,
            np.empty((left, 0), dtype=np.int64), none, mean[:left], cov[:left],
        )  # fmt: skip

    def born(
        self, existence: Scalar, free: Scalar, is_taken: Bools, numbers: Ints, mean: Rows, cov: Rows
    ) -> Leaves:
        """One leaf for each new track; `existence` is that of a detection that is known to be free."""
        n = len(existence)
        ones, none = np.ones(n), np.full(n, -1, dtype=np.int64)
        return Leaves(
            np.arange(n), ones, 0.0 * ones, existence * free, ones > 0.0, np.empty((n, 0), dtype=np.int64), none,
            mean, cov,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trees:
    """Keep the branches of the last `memory` looks that may still turn out right: multiple-hypothesis tracking."""

    memory: int = 4
    most_leaves: int = 10
    most_existence: float = 0.9999  # before a look: so that misses in a row are believed, and nobody lives on loans
    most_branches: int = 60  # looked at for each track
    reach: float = 7.0  # log of how much less likely than the best of its track a leaf may be, others considered
    most_ways: int = 30  # joint choices kept in a cluster
    within: float = 7.0  # log of how much less likely than the best they may be
    most_nodes: int = 20_000

    def grow(self, leaves: Leaves, pairs: LeafPairs, first_number: int) -> Branches:
        """Branches that may still be right after the best joint choice over all remembered looks."""
        n, m, count = leaves.tracks, pairs.detections, len(leaves)
        exists = np.minimum(leaves.existence, self.most_existence)
        with np.errstate(divide="ignore"):
            seen = leaves.score[pairs.leaf] + np.log(exists[pairs.leaf]) + pairs.log_ratio
        idle = exists * pairs.chance
        parent = np.concatenate([np.arange(count), pairs.leaf])
        detection = np.concatenate([np.full(count, -1), pairs.detection])
        score = np.concatenate([leaves.score + np.log1p(-np.minimum(idle, 1.0 - 1e-12)), seen])
        is_safe = np.concatenate([leaves.is_chosen, np.zeros(len(pairs.leaf), dtype=bool)])
        track = leaves.track[parent]
        is_next = leaves.is_chosen[parent]  # what grows from the best of now is always looked at
        order = np.lexsort((-score, ~is_next, track))
        start = np.searchsorted(track[order], np.arange(n + 1))
        rank = np.arange(len(order)) - start[track[order]]
        order = order[(rank < self.most_branches) | is_next[order]]
        parent, detection, score, track = parent[order], detection[order], score[order], track[order]
        number = np.where(detection >= 0, first_number + detection, -1)
        history = np.column_stack([number, leaves.history[parent][:, : self.memory - 1]]).astype(np.int64)
        needs = leaves.needs[parent]
        is_used, compact = np.unique(np.concatenate([history.ravel(), needs]), return_inverse=True)
        compact = compact - (1 if len(is_used) and is_used[0] < 0 else 0)
        used, wanted = compact[: history.size].reshape(history.shape), compact[history.size :]
        start = np.searchsorted(track, np.arange(n + 1)).astype(np.int64)
        safe = np.flatnonzero(is_safe[order])
        chosen, share, priced, label, is_proven = select_kernel(
            start, np.ascontiguousarray(score), np.ascontiguousarray(used), np.ascontiguousarray(wanted),
            int(compact.max(initial=-1)) + 1, safe, self.most_ways, self.within, self.most_nodes,
        )  # fmt: skip
        hit = detection >= 0
        free = 1.0 - np.bincount(detection[hit], share[hit], minlength=m)
        pair = np.zeros(len(pairs.leaf))
        place = order[hit] - count
        pair[place] = share[hit]
        was = exists[parent]
        chance = pairs.chance[parent]
        after = np.where(hit, 1.0, was * (1.0 - chance) / np.maximum(1.0 - was * chance, 1e-12))
        is_chosen = np.zeros(len(order), dtype=bool)
        is_chosen[chosen] = True
        is_taken = np.bincount(detection[hit & is_chosen], minlength=m) > 0
        # what left the best choice before the remembered looks will not come back
        last = history[:, -1]
        merit = priced + np.where(share > 0.0, 1e3, 0.0) + np.where(is_chosen, 1e6, 0.0)
        best = np.full(n, -np.inf)
        np.maximum.at(best, track, priced)
        good = np.flatnonzero((last == last[chosen][track]) & ((priced > best[track] - self.reach) | (merit > 500.0)))
        good = good[np.lexsort((-merit[good], track[good]))]
        rank = np.arange(len(good)) - np.searchsorted(track[good], np.arange(n))[track[good]]
        keep = np.sort(good[rank < self.most_leaves])
        grown = Leaves(
            track, share, score - score[chosen][track], after, is_chosen, history, needs, leaves.mean[parent],
            leaves.cov[parent],
        ).take(keep)  # fmt: skip
        free = np.clip(free, 0.0, 1.0)
        return Branches(parent[keep], detection[keep], grown, free, is_taken, pair, label, is_proven)

    def settle(self, grown: Leaves) -> Leaves:
        """The branches as they are: they were cut before they were corrected."""
        return grown

    def born(
        self, existence: Scalar, free: Scalar, is_taken: Bools, numbers: Ints, mean: Rows, cov: Rows
    ) -> Leaves:
        """A leaf for each new track, and one for "it was another track's" where that may be so."""
        n = len(existence)
        doubtful = np.flatnonzero((free < 1.0 - 1e-6) | is_taken)
        order = np.argsort(np.concatenate([np.arange(n), doubtful]), kind="stable")
        track = np.concatenate([np.arange(n), doubtful])[order]
        is_null = (np.arange(n + len(doubtful)) >= n)[order]
        number = numbers[track]
        history = np.full((len(track), self.memory), -1, dtype=np.int64)
        history[:, 0] = np.where(is_null, -1, number)
        share = np.where(is_null, 1.0 - free[track], free[track])
        return Leaves(
            track, share, np.zeros(len(track)), np.where(is_null, 0.0, existence[track]), is_null == is_taken[track],
            history, np.where(is_null, number, -1), mean[track], cov[track],
        )  # fmt: skip


Method = Mixtures | Trees
Correct = Callable[[Ints, Ints], tuple[Rows, Rows]]


def absorb(
    method: Method, leaves: Leaves, pairs: LeafPairs, correct: Correct, first_number: int = 0
) -> tuple[Leaves, Branches]:
    """Leaves after a look, and how it was weighed; new tracks are the caller's (`Branches.free`, `method.born`).

    `correct(leaf, detection)` gives the means and covariances of leaves corrected by detections, pair by pair;
    `first_number` is the number, through all looks, of the look's first detection.
    """
    branches = method.grow(leaves, pairs, first_number)
    hit = np.flatnonzero(branches.detection >= 0)
    grown = branches.leaves
    if len(hit):
        mean, cov = grown.mean.copy(), grown.cov.copy()
        mean[hit], cov[hit] = correct(branches.parent[hit], branches.detection[hit])
        grown = replace(grown, mean=mean, cov=cov)
    return method.settle(grown), branches
