"""One look absorbed by a crowd whose tracks may be several things each: `jpda`, `lmb` and `mht` (see `leaves`).

The rows of the crowd stay what everybody sees, one Gaussian a track, with the mean and the spread of all its leaves:
where two answers are open the covariance says so. Beginning and ending of tracks, seeds, names and silence are those of
`crowd.step`; only how detections are shared out differs.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.tracking.choices import belief_of, choices_of
from vedette.tracking.crowd.kernels import concerned_rows
from vedette.tracking.crowd.leaves import LeafPairs, Leaves, Method, Mixtures, Trees, absorb, joined, no_leaves
from vedette.tracking.crowd.look import CrowdLook
from vedette.tracking.crowd.pairing import carry, correct, ready, score
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.crowd.seeds import keys_of
from vedette.tracking.crowd.starts import Begun, Crowd, begin, keep_seeds, start_log_odds
from vedette.tracking.crowd.step import Absorbed, log_odds_of, settled

METHODS: dict[str, Method] = {"jpda": Mixtures(), "lmb": Mixtures(most_leaves=10, apart=1.0), "mht": Trees()}
_TINY = 1e-12


def absorb_leaves(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, sensor_name: str, method: Method) -> Absorbed:
    """Change the crowd by one look."""
    crowd.look_count += 1
    first_number, crowd.detection_count = crowd.detection_count, crowd.detection_count + len(look)
    every = crowd.leaves if crowd.leaves is not None else no_leaves(method.memory)
    rows = crowd.rows.used
    is_met = _concerned(every, rows.t_tai_ns, look)
    which = np.unique(every.track[is_met])
    leaves = every.take(np.flatnonzero(is_met))
    times = rows.t_tai_ns[which]
    old_s = np.abs(look.t_tai_ns - times) / NS_PER_S
    leaf_times, blank = times[leaves.track], np.zeros(len(leaves))
    survive = np.exp(-policy.survival_hazard_1_s * old_s)[leaves.track]
    leaves = replace(leaves, existence=np.minimum(leaves.existence, expit(policy.most_log_odds)) * survive)
    itself = np.arange(len(leaves))
    expected = ready(leaves.mean, leaves.cov, leaf_times, blank, itself, look, policy)
    hope = float((leaves.share * leaves.existence * expected.chance).sum())
    start = start_log_odds(crowd, look, policy, hope)
    near = score(leaves.mean, leaves.cov, leaf_times, blank, expected, look, policy)
    quiet = expected.chance if look.is_silence_evidence else np.where(np.isin(itself, near.track), expected.chance, 0.0)
    rank = np.empty(len(look), dtype=np.int64)  # so that ties fall the same way however the scan was ordered
    rank[np.argsort(keys_of(sensor_name, look.t_detected_tai_ns, look.values))] = np.arange(len(look))
    order = np.lexsort((rank[near.detection], near.track))
    leaf, detection, ratio = near.track[order], near.detection[order], near.log_ratio[order]
    pairs = LeafPairs(leaf, detection, ratio - np.logaddexp(0.0, start), quiet, len(look))
    before = leaves
    believed = belief_of(*before.moments())

    def corrected(leaf: Ints, detection: Ints) -> tuple[Rows, Rows]:
        """At the time of the look: carried to the detection's own time and back where that differs."""
        mean, cov, k = before.mean[leaf], before.cov[leaf], np.arange(len(leaf))
        t, unused = leaf_times[leaf], np.zeros(len(leaf))
        carry(mean, cov, t, unused, k, look.t_detected_tai_ns[detection], policy)
        correct(mean, cov, k, detection, look, mean, cov, k)
        carry(mean, cov, t, unused, k, np.full(len(k), look.t_tai_ns), policy)
        return mean, cov

    leaves, branches = absorb(method, leaves, pairs, corrected, first_number)
    exists = np.clip(_existence(leaves, rows.is_confirmed[which]), _TINY, 1.0 - _TINY)
    rows.mean[which], rows.cov[which] = leaves.moments()
    rows.t_tai_ns[which] = look.t_tai_ns
    rows.log_odds[which] = np.minimum(np.log(exists) - np.log1p(-exists), policy.most_log_odds)
    track = before.track[pairs.leaf]
    seen = np.bincount(track, branches.pair_probability, minlength=len(which)) > 0.5
    rows.t_seen_tai_ns[which[seen]] = look.t_tai_ns
    rows.hits[which[seen]] += 1
    sure = branches.pair_probability > 0.5
    pair, place = np.unique(track * max(len(look), 1) + pairs.detection, return_inverse=True)
    best = np.full(len(pair), -np.inf)
    np.maximum.at(best, place, pairs.log_ratio)
    shares = np.bincount(place, branches.pair_probability, minlength=len(pair)).astype(np.float64)
    chance = np.bincount(before.track, before.share * pairs.chance, minlength=len(which))
    choices = choices_of(
        rows.key[which], look.t_tai_ns, look.sensor_index, pair // max(len(look), 1), pair % max(len(look), 1), best,
        np.log1p(-np.minimum(chance, 1.0 - 1e-9)), shares > 0.5, believed, belief_of(rows.mean, rows.cov, which),
        shares,
    )  # fmt: skip
    said = [(rows.key[which[track[sure]]], pairs.detection[sure], np.full(int(sure.sum()), crowd.look_count))]
    with np.errstate(divide="ignore"):
        doubt = np.log(branches.free)
    seeds, free = crowd.seeds, branches.free
    begun = begin(crowd, look, policy, doubt)
    if begun is not None:
        columns, k = begun.columns, len(begun.columns)
        said.append((columns.key, seeds.scan_row[begun.seed], seeds.look[begun.seed]))
        said.append((columns.key, begun.detection, np.full(k, crowd.look_count)))
        doubt[begun.detection] -= np.logaddexp(0.0, columns.log_odds)
    keep_seeds(crowd, look, sensor_name, doubt, start)
    was_sure = rows.is_confirmed[which].copy()
    keep = settled(crowd, look, policy, start)
    leaves = _without_rivals(leaves, was_sure, rows.is_confirmed[which])
    every = joined(every.take(np.flatnonzero(~is_met)), leaves, np.setdiff1d(every.track, which), which)
    every = every.take(np.flatnonzero(keep[every.track]))
    crowd.rows.keep(keep)
    if begun is not None:
        fresh = _born(method, begun, free, branches.is_taken, first_number, look, policy)
        every = joined(every, fresh, np.arange(every.tracks), len(crowd.rows) + np.arange(fresh.tracks))
        begun.columns.is_confirmed |= begun.columns.log_odds >= log_odds_of(policy.confirm_probability)
        crowd.rows.append(replace(begun.columns, t_tai_ns=np.full(len(begun.columns), look.t_tai_ns)))
    crowd.leaves = every
    key, scan_row, number = (np.concatenate([part[i] for part in said]) for i in range(3))
    return Absorbed(key, scan_row, number, choices)


def _concerned(leaves: Leaves, times: Ints, look: CrowdLook) -> np.ndarray:
    """(l,) leaves of tracks of which any leaf may have been looked at."""
    room = np.empty(len(leaves), dtype=np.int64)
    t = times[leaves.track]
    count = concerned_rows(
        leaves.mean, leaves.cov, t, look.t_tai_ns, look.origin_itrf_m, look.axes, look.limits, room
    )
    is_met = np.zeros(leaves.tracks, dtype=bool)
    is_met[leaves.track[room[:count]]] = True
    return is_met[leaves.track]


def _existence(leaves: Leaves, is_sure: Bools) -> Scalar:
    """(n,) probability that there is an object.

    Two young trees may be the same object begun twice, and share its probability until one of them is chosen. That the
    detection which the chosen leaf rests on came from some young object is surer than that it came from this one; it
    counts for the chosen.
    """
    own = leaves.track_existence()
    if leaves.history.shape[1] == 0 or len(leaves) == 0:
        return own
    newest, is_young = leaves.history[:, 0], ~is_sure[leaves.track]
    numbers, place = np.unique(newest, return_inverse=True)
    pooled = np.bincount(place, leaves.share * leaves.existence * is_young, minlength=len(numbers))
    counts = leaves.is_chosen & is_young & (newest >= 0)
    own[leaves.track[counts]] = np.maximum(own[leaves.track[counts]], pooled[place[counts]])
    return own


def _without_rivals(leaves: Leaves, was_sure: Bools, is_sure: Bools) -> Leaves:
    """Once a tree is believed, young trees give up the leaves that rest on the same detections, if others are left."""
    fresh = is_sure & ~was_sure
    if leaves.history.shape[1] == 0 or not fresh.any():
        return leaves
    theirs = leaves.history[leaves.is_chosen & fresh[leaves.track]]
    gone = np.isin(leaves.history, theirs[theirs >= 0]).any(axis=1) & ~is_sure[leaves.track] & ~leaves.is_chosen
    return leaves.take(np.flatnonzero(~gone))


def _born(
    method: Method, begun: Begun, free: np.ndarray, is_taken: np.ndarray, first_number: int, look: CrowdLook,
    policy: CrowdPolicy,
) -> Leaves:  # fmt: skip
    """Leaves of new tracks, at the time of the look; their rows are brought along, in place."""
    columns, second = begun.columns, begun.detection
    carry(
        columns.mean, columns.cov, columns.t_tai_ns.copy(), np.zeros(len(columns)), np.arange(len(columns)),
        np.full(len(columns), look.t_tai_ns), policy,
    )  # fmt: skip
    alone = np.maximum(free[second], _TINY)  # their odds hold the doubt whether the second detection is another's
    existence = np.asarray(expit(columns.log_odds - np.log(alone)))
    return method.born(
        existence, free[second], is_taken[second], first_number + second, columns.mean.copy(), columns.cov.copy()
    )
