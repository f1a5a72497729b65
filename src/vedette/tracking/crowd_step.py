"""One look absorbed by a crowd: pair, correct, begin and end tracks, all in compiled passes over rows.

In order: tracks take what is theirs; detections that no sure track took are held against single detections of earlier
looks, and two that go together begin a tentative track; what is still nobody's is kept as the possible first of one.
"""

from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.estimation import chi_square_gate
from vedette.tracking.cells import Cells, cells_of
from vedette.tracking.crowd_kernels import LINE, concerned_rows, correct_rows, ready_rows, score_pairs
from vedette.tracking.crowd_look import CrowdLook
from vedette.tracking.crowd_rows import CrowdColumns, CrowdRows
from vedette.tracking.crowd_seeds import SeedPlace, Seeds, keys_of, mixed, no_seeds, states_of_seeds
from vedette.tracking.initiation import BOOST_RISE_MPS, PLUME_TOP_M, _range_to_height
from vedette.tracking.pairs import Association, Pairs, nearest_pairs
from vedette.tracking.step_arithmetic import EARTH, Six

_SEEDS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class CrowdPolicy:
    """How a crowd moves, when a track is believed, and when it is given up."""

    noise_m2_s3: float = 1e-2  # white acceleration that the motion leaves out
    earth: Six = EARTH  # `STILL`: no gravity, straight on
    speed_sigma_mps: float = 3000.0  # each axis, of what has been seen once
    births_per_hour: float = 60.0  # new objects a sensor comes to see, over its whole field
    confirm_probability: float = 0.99
    lose_probability: float = 0.01
    most_log_odds: float = 12.0  # so that silence can be heard after long good service
    drop_log_odds: float = -3.5  # of a tentative track, or lower where births are rarer
    survival_hazard_1_s: float = 1e-5
    tentative_silence_s: float = 60.0
    silence_s: float = 1800.0
    gate_probability: float = 0.9995
    widest_m: float = 2e6


STILL: Six = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class Crowd:
    """All that is carried from look to look."""

    rows: CrowdRows = field(default_factory=CrowdRows)
    seeds: Seeds = field(default_factory=no_seeds)
    places: dict[int, SeedPlace] = field(default_factory=dict)  # of the looks that seeds came by
    unseen: dict[tuple[float, ...], float] = field(default_factory=dict)  # objects not yet found, by sensor and sector
    look_count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Absorbed:
    """Which track each detection went to, by key; what began a track counts, and so does a seed's earlier detection."""

    key: Ints  # (h,)
    scan_row: Ints  # (h,)
    look: Ints  # (h,) number of the look


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """Rows carried to a look."""

    which: Ints
    middle: Rows
    reach: Rows
    chance: Scalar


def absorb(
    crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, sensor_name: str, associate: Association = nearest_pairs
) -> Absorbed:
    """Change the crowd by one look."""
    crowd.look_count += 1
    rows = crowd.rows.used
    gates = gates_of(policy)
    sigmas = float(np.sqrt(gates[3]))
    which = np.empty(len(rows), dtype=np.int64)
    count = concerned_rows(
        rows.mean, rows.cov, rows.t_tai_ns, look.t_tai_ns, look.origin_itrf_m, look.axes, look.limits, which
    )
    expected = ready(rows.mean, rows.cov, rows.t_tai_ns, rows.log_odds, which[:count], look, policy, sigmas)
    m = len(look)
    pairs = pair(rows, expected, look, policy, gates, None)
    weights = associate(pairs)
    used = weights > 0.0
    track, detection = expected.which[pairs.track[used]], pairs.detection[used]
    doubt = doubt_left(pairs, weights, rows.is_confirmed[expected.which], m)
    found = np.bincount(pairs.track, weights, len(expected.which))
    if bool(np.all(weights[used] == 1.0)):
        _take(rows, track, detection, pairs.log_ratio[used], look, policy)
    else:
        _take_mixed(rows, expected.which, pairs, weights, look, policy)
    silent = expected.which[found == 0.0]
    if look.is_silence_evidence:
        rows.log_odds[silent] += pairs.log_miss[found == 0.0]
    said = [(rows.key[track], detection, np.full(len(track), crowd.look_count))]
    hope = np.exp(-np.logaddexp(0.0, -pairs.log_odds)) * expected.chance
    start = _start_log_odds(crowd, look, policy, float(hope.sum()))
    fresh, doubt, began = _from_seeds(crowd, look, policy, gates, sigmas, doubt, start)
    said += began
    _keep_seeds(crowd, look, sensor_name, doubt, start, policy)
    _settle(crowd, look, policy, start)
    if fresh is not None:
        crowd.rows.append(fresh)
    return Absorbed(*(np.concatenate([part[i] for part in said]) for i in range(3)))


def gates_of(policy: CrowdPolicy) -> Scalar:
    """(5,) largest squared distance by how many numbers are compared."""
    return np.array([0.0, *(chi_square_gate(policy.gate_probability, d) for d in (1, 2, 3, 4))])


def ready(
    means: Rows,
    covs: Rows,
    times: Ints,
    log_odds: Scalar,
    which: Ints,
    look: CrowdLook,
    policy: CrowdPolicy,
    sigmas: float,
) -> _Expected:
    """Carry rows `which` to the look, in place, and say where each would be seen and how likely it is to be."""
    n = len(which)
    middle, reach, chance = np.empty((n, 3)), np.empty((n, 3)), np.empty(n)
    widest = look.variances.max(axis=0) if len(look) else np.zeros(4)
    ready_rows(
        which, means, covs, times, log_odds, look.t_tai_ns, look.span_s, policy.noise_m2_s3, policy.earth,
        policy.survival_hazard_1_s, look.kind, look.origin_itrf_m, look.axes, look.limits, look.chance_of, widest,
        sigmas, middle, reach, chance,
    )  # fmt: skip
    if look.is_visible is not None and n:
        chance *= look.is_visible(means[which, :3])
    return _Expected(which, middle, reach, chance)


def pair(
    rows: CrowdColumns,
    expected: _Expected,
    look: CrowdLook,
    policy: CrowdPolicy,
    gates: Scalar,
    index: Cells | None,
) -> Pairs:
    """Every pair of a row and a detection inside the gate; `track` counts along `expected.which`."""
    return score(
        rows.mean, rows.cov, rows.t_tai_ns, rows.log_odds[expected.which], expected, look, policy, gates, index
    )


def score(
    means: Rows,
    covs: Rows,
    times: Ints,
    log_odds: Scalar,
    expected: _Expected,
    look: CrowdLook,
    policy: CrowdPolicy,
    gates: Scalar,
    index: Cells | None,
) -> Pairs:
    """As `pair`, for rows that are no tracks."""
    n = len(expected.which)
    parts: list[tuple[Ints, Ints, Scalar]] = []
    if n and len(look):
        cells = index or cells_of(look.kind, look.values, expected.reach)
        start, room = 0, 2 * n + 1024
        while start < n:
            track, detection = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            ratio = np.empty(room)
            count, start = score_pairs(
                expected.which, start, means, covs, times, expected.chance, expected.middle, expected.reach,
                policy.noise_m2_s3, policy.earth, look.kind, look.origin_itrf_m, look.axes, look.values, look.variances,
                look.t_detected_tai_ns, look.log_clutter, gates, cells.sizes, cells.turns, cells.bucket_starts,
                cells.by_bucket, cells.cells, track, detection, ratio,
            )  # fmt: skip
            parts.append((track[:count], detection[:count], ratio[:count]))
            if count == 0 and start < n:
                room *= 4  # one row alone has more pairs than there was room for
    track, detection, ratio = (
        (np.concatenate([part[i] for part in parts]) if len(parts) > 1 else parts[0][i]) if parts else empty
        for i, empty in enumerate((np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)))
    )
    return Pairs(track, detection, ratio, log_odds, expected.chance, len(look))


def doubt_left(pairs: Pairs, weights: Scalar, is_sure: np.ndarray, m: int) -> Scalar:
    """(m,) log of the chance that each detection is nobody's yet; -inf where a confirmed track took it."""
    doubt = np.zeros(m)
    used = weights > 0.0
    exists = np.exp(-np.logaddexp(0.0, -(pairs.log_odds[pairs.track[used]] + np.maximum(pairs.log_ratio[used], 0.0))))
    share = np.minimum(weights[used] * exists, 1.0 - 1e-9)
    np.add.at(doubt, pairs.detection[used], np.log1p(-share))
    sure = used.copy()
    sure[used] = is_sure[pairs.track[used]] & (weights[used] > 0.5)
    doubt[pairs.detection[sure]] = -np.inf
    return doubt


def _take(
    rows: CrowdColumns, track: Ints, detection: Ints, log_ratio: Scalar, look: CrowdLook, policy: CrowdPolicy
) -> None:
    """Correct tracks with a detection each, in place."""
    t = look.t_detected_tai_ns[detection]
    correct_rows(
        track, detection, rows.mean, rows.cov, rows.t_tai_ns, policy.noise_m2_s3, policy.earth, look.kind,
        look.origin_itrf_m, look.axes, look.values, look.variances, look.t_detected_tai_ns, rows.mean, rows.cov, track,
    )  # fmt: skip
    rows.t_tai_ns[track] = t
    rows.t_seen_tai_ns[track] = t
    rows.hits[track] += 1
    rows.log_odds[track] = np.minimum(rows.log_odds[track] + log_ratio, policy.most_log_odds)


def _take_mixed(
    rows: CrowdColumns, which: Ints, pairs: Pairs, weights: Scalar, look: CrowdLook, policy: CrowdPolicy
) -> None:
    """Correct tracks with a mixture of detections and of none, merged to one Gaussian, at the look's time."""
    used = np.flatnonzero(weights > 1e-6)
    track, detection, weight = pairs.track[used], pairs.detection[used], weights[used]
    k = len(used)
    mean, cov = np.empty((k, 6)), np.empty((k, 6, 6))
    moment = np.full(len(look), look.t_tai_ns)  # within a look everything is of one time here
    correct_rows(
        which[track], detection, rows.mean, rows.cov, rows.t_tai_ns, policy.noise_m2_s3, policy.earth, look.kind,
        look.origin_itrf_m, look.axes, look.values, look.variances, moment, mean, cov, np.arange(k),
    )  # fmt: skip
    n = len(which)
    missed = np.maximum(1.0 - np.bincount(track, weight, n), 0.0)
    concerned = np.flatnonzero(np.bincount(track, minlength=n) > 0)
    here = which[concerned]
    shift = mean - rows.mean[which[track]]
    step = np.stack([np.bincount(track, weight * shift[:, i], n) for i in range(6)], axis=1)
    after = rows.mean[which] + step
    apart = mean - after[track]
    inner = weight[:, None, None] * (cov + apart[:, :, None] * apart[:, None, :])
    total = np.zeros((n, 6, 6))
    np.add.at(total, track, inner)
    total += missed[:, None, None] * (rows.cov[which] + step[:, :, None] * step[:, None, :])
    rows.mean[here], rows.cov[here] = after[concerned], total[concerned]
    seen = concerned[missed[concerned] < 0.5]
    rows.t_seen_tai_ns[which[seen]] = look.t_tai_ns
    rows.hits[which[seen]] += 1
    gain = pairs.log_miss[concerned] - np.log(np.maximum(missed[concerned], 1e-12))
    rows.log_odds[here] = np.minimum(rows.log_odds[here] + gain, policy.most_log_odds)


def _start_log_odds(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, expected_hits: float) -> float:
    """Log-odds that a detection which is nobody's comes from a new object.

    New objects are expected at the policy's rate; and where a look holds more than its false alarms and the tracks
    explain, beyond chance, there are objects that nobody has found yet: they are found at the next looks.
    """
    seeds = np.exp(-np.logaddexp(0.0, -crowd.seeds.log_odds)).sum() if len(crowd.seeds) else 0.0
    chance = float(look.chance_of[0])
    born = policy.births_per_hour * look.revisit_s / 3600.0
    excess = len(look) - look.false_alarms - expected_hits - chance * float(seeds)
    spare = (excess - 2.0 * np.sqrt(max(len(look), 1))) / chance
    sector = (float(look.sensor_index), *(float(limit) for limit in look.limits))
    unseen = max(crowd.unseen.pop(sector, 0.0) + born, spare)
    crowd.unseen[sector] = unseen * (1.0 - chance)
    while len(crowd.unseen) > 4096:
        del crowd.unseen[next(iter(crowd.unseen))]
    return float(np.clip(np.log(chance * unseen / look.false_alarms), -15.0, 3.0))


def _from_seeds(
    crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, gates: Scalar, sigmas: float, doubt: Scalar, start: float
) -> tuple[CrowdColumns | None, Scalar, list[tuple[Ints, Ints, Ints]]]:
    """Hold detections that nobody sure took against earlier single ones; tracks that begin, and what they took."""
    seeds = crowd.seeds
    free = np.flatnonzero(doubt > -4.0)
    if len(seeds) == 0:
        return None, doubt, []
    part = _part_of(look, free)
    log_odds = seeds.log_odds.copy()
    gain_limit = np.empty(len(seeds))
    parts, made, cells = [], [], None
    for first in range(0, len(seeds), _SEEDS_AT_ONCE):
        which = np.arange(first, min(first + _SEEDS_AT_ONCE, len(seeds)))[::-1] if first < 0 else np.arange(
            first, min(first + _SEEDS_AT_ONCE, len(seeds))
        )
        means, covs = states_of_seeds(seeds, which, crowd.places, policy.speed_sigma_mps, BOOST_RISE_MPS)
        times, odds = seeds.t_tai_ns[which].copy(), log_odds[which]
        all_of_them = np.arange(len(which))
        expected = ready(means, covs, times, odds, all_of_them, look, policy, sigmas)
        if cells is None and len(part):
            cells = cells_of(look.kind, part.values, expected.reach)
        pairs = score(means, covs, times, odds, expected, part, policy, gates, cells)
        if look.kind != LINE:
            best = np.log(np.maximum(expected.chance, 1e-12)) - look.log_clutter
            gain_limit[which] = best - np.sum(np.log(expected.reach / sigmas), axis=1) - 1.5 * np.log(2.0 * np.pi)
        else:
            gain_limit[which] = np.inf
        log_odds[which] = odds + np.log1p(-np.minimum(expected.chance, 1.0 - 1e-9))
        pair_odds = odds[pairs.track] + pairs.log_ratio + doubt[free[pairs.detection]]
        enough = np.minimum(policy.drop_log_odds + 0.5, seeds.start_log_odds[which][pairs.track] + 1.0)
        good = np.flatnonzero(pair_odds > enough)
        if len(good):
            parts.append((which[pairs.track[good]], pairs.detection[good], pair_odds[good], pair_odds[good] - enough[good]))
            hit = pairs.track[good]
            k = len(hit)
            mean, cov = np.empty((k, 6)), np.empty((k, 6, 6))
            correct_rows(
                hit, pairs.detection[good], means, covs, times, policy.noise_m2_s3, policy.earth, look.kind,
                look.origin_itrf_m, look.axes, part.values, part.variances, part.t_detected_tai_ns, mean, cov,
                np.arange(k),
            )  # fmt: skip
            made.append((mean, cov))
    crowd.seeds = Seeds(
        seeds.t_tai_ns, seeds.values, seeds.variances, seeds.key, seeds.start_log_odds, log_odds, seeds.look,
        seeds.scan_row,
    )  # fmt: skip
    old_s = (look.t_tai_ns - seeds.t_tai_ns) / NS_PER_S
    enough = np.minimum(policy.drop_log_odds + 0.5, seeds.start_log_odds + 1.0)
    stay = (log_odds + gain_limit > enough) & (old_s < policy.tentative_silence_s)
    fresh, said = None, []
    if parts:
        seed, detection, odds, gain = (np.concatenate([p[i] for p in parts]) for i in range(4))
        mean, cov = (np.concatenate([p[i] for p in made]) for i in range(2))
        order = np.argsort(seed, kind="stable")
        from vedette.tracking.sparse_assignment import best_sparse_pairs

        chosen = order[
            best_sparse_pairs(seed[order], detection[order], gain[order], len(seeds), len(free))
        ]
        seed, detection, odds = seed[chosen], free[detection[chosen]], odds[chosen]
        keys = (mixed(seeds.key[seed].view(np.uint64) ^ keys_of("", look.t_detected_tai_ns[detection], look.values[detection]).view(np.uint64)) >> np.uint64(1)).astype(np.int64)
        by_key = np.argsort(keys)
        seed, detection, odds, keys, chosen = seed[by_key], detection[by_key], odds[by_key], keys[by_key], chosen[by_key]
        t = look.t_detected_tai_ns[detection]
        k = len(keys)
        fresh = CrowdColumns(
            mean[chosen], cov[chosen], t.copy(), keys, np.minimum(odds, policy.most_log_odds), np.zeros(k, dtype=bool),
            seeds.t_tai_ns[seed], t.copy(), np.full(k, 2, dtype=np.int64),
        )  # fmt: skip
        said = [
            (keys, seeds.scan_row[seed], seeds.look[seed]),
            (keys, detection, np.full(k, crowd.look_count)),
        ]
        doubt = doubt.copy()
        doubt[detection] += np.log1p(-np.minimum(np.exp(-np.logaddexp(0.0, -odds)), 1.0 - 1e-9))
        stay[seed] = False
    crowd.seeds = crowd.seeds.take(stay)
    return fresh, doubt, said


def _part_of(look: CrowdLook, which: Ints) -> CrowdLook:
    """A look with some of its detections only."""
    from dataclasses import replace

    return replace(
        look, t_detected_tai_ns=look.t_detected_tai_ns[which], values=look.values[which], variances=look.variances[which]
    )


def _keep_seeds(
    crowd: Crowd, look: CrowdLook, sensor_name: str, doubt: Scalar, start: float, policy: CrowdPolicy
) -> None:
    """Detections that may still be nobody's wait for the next look."""
    values, variances = look.values, look.variances
    can_start = np.isfinite(values[:, :3]).all(axis=1)
    if look.kind == LINE:
        far = _range_to_height(values[:, :3], look.origin_itrf_m, 0.0)
        near = _range_to_height(values[:, :3], look.origin_itrf_m, PLUME_TOP_M)
        can_start &= np.isfinite(far) & np.isfinite(near)
        values, variances = values.copy(), variances.copy()
        values[:, 3] = 0.5 * (near + far)
        variances[:, 2] = (np.maximum(far - near, 1e3) / np.sqrt(12.0) * 1.3) ** 2
    keep = np.flatnonzero(can_start & (doubt > np.log(0.1)))
    crowd.places[crowd.look_count] = SeedPlace(look.kind, look.sensor_index, look.origin_itrf_m, look.axes)
    odds = start + doubt[keep]
    crowd.seeds = Seeds(
        look.t_detected_tai_ns[keep], values[keep], variances[keep],
        keys_of(sensor_name, look.t_detected_tai_ns[keep], look.values[keep]), np.full(len(keep), start), odds,
        np.full(len(keep), crowd.look_count, dtype=np.int64), keep,
    ).joined(crowd.seeds)  # fmt: skip
    in_use = set(np.unique(crowd.seeds.look).tolist())
    for number in [number for number in crowd.places if number not in in_use]:
        del crowd.places[number]


def _settle(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, start: float) -> None:
    """Confirm what is believed, drop what is not."""
    rows = crowd.rows.used
    if len(rows) == 0:
        return
    believe = np.log(policy.confirm_probability / (1.0 - policy.confirm_probability))
    lose = np.log(policy.lose_probability / (1.0 - policy.lose_probability))
    rows.is_confirmed |= rows.log_odds >= believe
    quiet_s = (look.t_tai_ns - rows.t_seen_tai_ns) / NS_PER_S
    keep = np.where(
        rows.is_confirmed,
        (rows.log_odds > lose) & (quiet_s < policy.silence_s),
        (rows.log_odds > min(policy.drop_log_odds, start)) & (quiet_s < policy.tentative_silence_s),
    )
    width = rows.cov[:, 0, 0] + rows.cov[:, 1, 1] + rows.cov[:, 2, 2]
    keep &= width < policy.widest_m**2  # NaN goes too
    crowd.rows.keep(keep)
