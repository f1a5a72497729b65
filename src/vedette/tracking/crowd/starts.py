"""How tracks begin in a crowd: two detections of different looks that go together, by Bayes' rule and one to one.

A detection that is nobody's may be false, or the first of a new object: the odds are those of new objects, expected or
evidently there, against false alarms. A second detection multiplies them by how much better "the same" explains it than
"false"; the look that should have had a second and had none divides them.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.tracking.crowd.cells import Cells, cells_of
from vedette.tracking.crowd.leaves import Leaves
from vedette.tracking.crowd.look import CrowdLook
from vedette.tracking.crowd.pairing import carry, correct, extent_of, gates_of, ready, score
from vedette.tracking.crowd.place_kernels import LINE
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.crowd.rows import CrowdColumns, CrowdRows, no_columns
from vedette.tracking.crowd.seeds import SeedPlace, Seeds, keys_of, mixed, no_seeds, states_of_seeds
from vedette.tracking.crowd.sparse_assignment import best_sparse_pairs
from vedette.tracking.initiation import BOOST_RISE_MPS, PLUME_TOP_M, range_to_height

_AT_ONCE = 8192  # seeds made into states at a time: bounded memory
_SHARE_OF_ONE_LOOK = 0.1
_LEAST_ASKED = 0.05  # a look that covers less than this of where a seed may be does not decide on it
_WIDER_NEXT = 1.0  # what a pair gains less at the next look, where the place is less certain
_LEAST_FREE = float(np.log(0.1))  # a detection that somebody took with more than this much certainty is not a new seed


@dataclass(slots=True)
class Crowd:
    """All that is carried from look to look."""

    rows: CrowdRows = field(default_factory=CrowdRows)
    seeds: Seeds = field(default_factory=no_seeds)
    places: dict[int, SeedPlace] = field(default_factory=dict)  # of the looks that seeds came by
    unseen: dict[tuple[float, ...], tuple[float, float]] = field(default_factory=dict)
    """By sensor and sector: objects not yet found, and how many detections nothing explains, of late."""
    given_up: float = 0.0  # objects that what was dropped since the last look may have been
    look_count: int = 0
    leaves: Leaves | None = None  # what each row may be, where the association keeps more than one answer
    detection_count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """New tracks, and the detections they began with."""

    columns: CrowdColumns
    seed: Ints  # (k,) numbers of seeds
    detection: Ints  # (k,) second detections


def start_log_odds(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, expected_hits: float) -> float:
    """Log-odds that a detection which is nobody's comes from a new object.

    New objects are expected at the policy's rate. Where a look holds more than its false alarms and the tracks explain,
    beyond chance, there are objects that nobody has found yet, or that have been lost; and where the looks of late do
    so together, there are a few that one look alone cannot show. What was given up counts as unseen with the
    probability that it was there after all [Williams 2012, recycling].
    """
    waiting = float(np.exp(-np.logaddexp(0.0, -crowd.seeds.log_odds)).sum())
    chance = float(look.chance_of[0])
    born = policy.births_per_hour * look.revisit_s / 3600.0
    excess = len(look) - look.false_alarms - expected_hits - chance * waiting
    chance_sigma = np.sqrt(max(len(look), 1))
    sector = (float(look.sensor_index), *(float(limit) for limit in look.limits))
    unseen, of_late = crowd.unseen.pop(sector, (0.0, 0.0))
    of_late += _SHARE_OF_ONE_LOOK * (excess - of_late)
    late_sigma = chance_sigma * np.sqrt(_SHARE_OF_ONE_LOOK / (2.0 - _SHARE_OF_ONE_LOOK))
    spare = max(excess - 2.0 * chance_sigma, of_late - 2.0 * late_sigma) / chance
    unseen = max(unseen + born + crowd.given_up, spare)
    crowd.given_up = 0.0
    crowd.unseen[sector] = unseen * (1.0 - chance), of_late
    while len(crowd.unseen) > 4096:
        del crowd.unseen[next(iter(crowd.unseen))]
    return float(np.clip(np.log(chance * unseen / look.false_alarms), -15.0, 3.0))


def enough_to_begin(policy: CrowdPolicy, start: Scalar) -> Scalar:
    """Log-odds from which two detections are worth following, for seeds with these log-odds at their start."""
    return np.minimum(policy.drop_log_odds + 0.5, start + 1.0)


def begin(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, doubt: Scalar, is_in_place: bool = False) -> Begun | None:
    """Hold detections that nobody sure took against the seeds; seeds that were used, or are hopeless now, are let go.

    doubt (m,) : log of the chance that each detection is nobody's
    is_in_place : the new columns stand where `crowd.rows` will have them, good until its rows change
    """
    seeds = crowd.seeds
    if len(seeds) == 0:
        return None
    gates, extent = gates_of(policy), extent_of(look)
    free = np.flatnonzero(doubt > -4.0)
    log_odds, could_gain = seeds.log_odds.copy(), np.full(len(seeds), np.inf)
    enough = enough_to_begin(policy, seeds.start_log_odds)
    found: list[tuple[Ints, Ints, Scalar]] = []
    cells: Cells | None = None
    most = min(_AT_ONCE, len(seeds))
    room = np.empty((most, 6)), np.empty((most, 6, 6))
    for first in range(0, len(seeds), _AT_ONCE):
        which = np.arange(first, min(first + _AT_ONCE, len(seeds)))
        means, covs = room[0][: len(which)], room[1][: len(which)]
        states_of_seeds(seeds, which, crowd.places, policy.speed_sigma_mps, BOOST_RISE_MPS, means, covs)
        times, odds = seeds.t_tai_ns[which].copy(), log_odds[which]
        expected = ready(means, covs, times, odds, np.arange(len(which)), look, policy, extent)
        if cells is None:
            cells = cells_of(look.kind, look.values, expected.reach, free)
        pairs = score(means, covs, times, odds, expected, look, policy, cells)
        if look.kind != LINE:
            is_asked = expected.chance > _LEAST_ASKED * float(look.chance_of[0])  # another sector's look says nothing
            gain = expected.most_log_ratio(look, float(np.sqrt(gates[3])))
            could_gain[which] = np.where(is_asked, gain, np.inf)
        log_odds[which] = odds + np.log1p(-np.minimum(expected.chance, 1.0 - 1e-9))
        pair_odds = odds[pairs.track] + pairs.log_ratio + doubt[pairs.detection]
        good = pair_odds > enough[which[pairs.track]]
        found.append((which[pairs.track[good]], pairs.detection[good], pair_odds[good]))
    old_s = (look.t_tai_ns - seeds.t_tai_ns) / NS_PER_S
    stay = (log_odds + could_gain - _WIDER_NEXT > enough) & (old_s < policy.tentative_silence_s)
    crowd.given_up += float(np.exp(-np.logaddexp(0.0, -log_odds[~stay])).sum())
    seed, detection = (np.concatenate([pairs[i] for pairs in found]) for i in range(2))
    begun = None
    if len(seed):
        odds = np.concatenate([pairs[2] for pairs in found])
        chosen = best_sparse_pairs(seed, detection, odds - enough[seed], len(seeds), len(look))
        begun = _born(crowd, seed[chosen], detection[chosen], odds[chosen], look, policy, is_in_place)
        stay[begun.seed] = False
    crowd.seeds = replace(seeds, log_odds=log_odds).take(stay)
    return begun


def _born(
    crowd: Crowd, seed: Ints, second: Ints, odds: Scalar, look: CrowdLook, policy: CrowdPolicy, is_in_place: bool
) -> Begun:
    """Tracks from a seed and a second detection each, in an order that rows of the look cannot change."""
    seeds, t = crowd.seeds, look.t_detected_tai_ns[second]
    keys = _key_of_two(seeds.key[seed], keys_of("", t, look.values[second]))
    order = np.argsort(keys)
    seed, second, odds, keys, t = seed[order], second[order], odds[order], keys[order], t[order]
    k = len(keys)
    columns = crowd.rows.room_for(k) if is_in_place else no_columns(k)
    states_of_seeds(seeds, seed, crowd.places, policy.speed_sigma_mps, BOOST_RISE_MPS, columns.mean, columns.cov)
    columns.t_tai_ns[:] = columns.t_start_tai_ns[:] = seeds.t_tai_ns[seed]
    columns.key[:], columns.log_odds[:], columns.is_confirmed[:], columns.hits[:] = keys, odds, False, 2
    columns.t_seen_tai_ns[:] = t
    itself = np.arange(k)
    carry(columns.mean, columns.cov, columns.t_tai_ns, columns.log_odds, itself, t, policy)
    expected_mean, expected_cov = columns.mean.copy(), columns.cov.copy()
    correct(columns.mean, columns.cov, itself, second, look, columns.mean, columns.cov, itself)
    if look.kind != LINE:
        only_placed = np.flatnonzero(~np.isfinite(look.values[second, 3]))
        columns.mean[only_placed, 3:] = _speeds_of_shifts(columns.mean, expected_mean, expected_cov)[only_placed]
    return Begun(columns, seed, second)


def _speeds_of_shifts(mean: Rows, expected_mean: Rows, expected_cov: Rows) -> Rows:
    """(k, 3) velocities that go with where objects were found, by what was expected of them.

    From one detection the velocity is unknown, and what flies past fast leaves the tangent plane: at 7 km/s across a
    radar's sight for 10 s, its range grows by a kilometre that is no range rate. The corrected places are on the
    sphere; the velocity is regressed on the way there, E[v | p] of the Gaussian that was expected.
    """
    slope = np.linalg.solve(expected_cov[:, :3, :3], expected_cov[:, :3, 3:])
    shift = mean[:, :3] - expected_mean[:, :3]
    return np.asarray(expected_mean[:, 3:] + np.einsum("ki,kij->kj", shift, slope))


def _key_of_two(first: Ints, second: Ints) -> Ints:
    both = mixed(mixed(first.view(np.uint64)) ^ second.view(np.uint64))
    return (both >> np.uint64(1)).astype(np.int64)


def keep_seeds(crowd: Crowd, look: CrowdLook, sensor_name: str, doubt: Scalar, start: float) -> None:
    """Detections that may still be nobody's wait for the next looks."""
    if not look.can_begin:
        return
    values, variances = look.values, look.variances
    can_start: Bools = np.asarray(np.isfinite(values[:, :3]).all(axis=1))
    if look.kind == LINE:
        far = range_to_height(values[:, :3], look.origin_itrf_m, 0.0)
        near = range_to_height(values[:, :3], look.origin_itrf_m, PLUME_TOP_M)
        can_start = can_start & np.isfinite(far) & np.isfinite(near)
        values, variances = values.copy(), variances.copy()
        values[:, 3] = 0.5 * (near + far)
        variances[:, 2] = (np.maximum(far - near, 1e3) / np.sqrt(12.0) * 1.3) ** 2
    keep = np.flatnonzero(can_start & (doubt > _LEAST_FREE))
    if len(keep):
        crowd.places[crowd.look_count] = SeedPlace(look.kind, look.sensor_index, look.origin_itrf_m, look.axes)
    t = look.t_detected_tai_ns[keep]
    fresh = Seeds(
        t, values[keep], variances[keep], keys_of(sensor_name, t, look.values[keep]), np.full(len(keep), start),
        start + doubt[keep], np.full(len(keep), crowd.look_count, dtype=np.int64), keep,
    )  # fmt: skip
    crowd.seeds = fresh.joined(crowd.seeds)
    in_use = set(np.unique(crowd.seeds.look).tolist())
    for number in [number for number in crowd.places if number not in in_use]:
        del crowd.places[number]
