"""One look absorbed by a crowd: pair, correct, begin and end tracks, all in compiled passes over rows.

In order: tracks take what is theirs; detections that no sure track took are held against single detections of earlier
looks, and two that go together begin a tentative track; what is still nobody's is kept as the possible first of one.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Scalar
from vedette.tracking.choices import LookChoices, belief_of, choices_of
from vedette.tracking.crowd.kernels import concerned_rows
from vedette.tracking.crowd.look import CrowdLook
from vedette.tracking.crowd.pairing import carry, correct, ready, score
from vedette.tracking.crowd.pairs import Association, Pairs, nearest_pairs
from vedette.tracking.crowd.policy import CrowdPolicy
from vedette.tracking.crowd.rows import CrowdColumns
from vedette.tracking.crowd.starts import Crowd, begin, keep_seeds, start_log_odds
from vedette.tracking.give_back import give_back_memory

_MANY = 20_000  # tracks, beyond which what a look needed for a moment is worth giving back


@dataclass(frozen=True, slots=True, eq=False)
class Absorbed:
    """Which track each detection went to, by key; what began a track counts, and so does a seed's earlier detection."""

    key: Ints  # (h,)
    scan_row: Ints  # (h,)
    look: Ints  # (h,) number of the look
    choices: LookChoices | None = None  # what else tracks might have been seen as


def absorb(
    crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, sensor_name: str, associate: Association = nearest_pairs
) -> Absorbed:
    """Change the crowd by one look."""
    crowd.look_count += 1
    rows, m = crowd.rows.used, len(look)
    room = np.empty(len(rows), dtype=np.int64)
    count = concerned_rows(
        rows.mean, rows.cov, rows.t_tai_ns, look.t_tai_ns, look.origin_itrf_m, look.axes, look.limits, room
    )
    which = room[:count]
    expected = ready(rows.mean, rows.cov, rows.t_tai_ns, rows.log_odds, which, look, policy)
    pairs = score(rows.mean, rows.cov, rows.t_tai_ns, rows.log_odds[which], expected, look, policy)
    weights = associate(pairs)
    doubt = doubt_left(pairs, weights, rows.is_confirmed[which])
    used = weights > 0.0
    before = belief_of(rows.mean, rows.cov, which)
    found = np.bincount(pairs.track[used], weights[used], count)
    if bool(np.all(weights[used] == 1.0)):
        _take(rows, which[pairs.track[used]], pairs.detection[used], pairs.log_ratio[used], look, policy)
    else:
        _take_mixed(rows, which, pairs, weights, look, policy)
    if look.is_silence_evidence:
        rows.log_odds[which[found == 0.0]] += pairs.log_miss[found == 0.0]
    sure = weights > 0.5
    said = [(rows.key[which[pairs.track[sure]]], pairs.detection[sure], np.full(int(sure.sum()), crowd.look_count))]
    is_hard = bool(np.all(weights[used] == 1.0))
    choices = choices_of(
        rows.key[which], look.t_tai_ns, look.sensor_index, pairs.track, pairs.detection, pairs.log_ratio,
        pairs.log_miss, sure, before, belief_of(rows.mean, rows.cov, which), None if is_hard else weights,
    )  # fmt: skip
    hope = np.exp(-np.logaddexp(0.0, -pairs.log_odds)) * expected.chance
    start = start_log_odds(crowd, look, policy, float(hope.sum()))
    seeds = crowd.seeds
    crowd.rows.keep(settled(crowd, look, policy, start))
    begun = begin(crowd, look, policy, doubt, is_in_place=True)
    if begun is not None:
        columns, k = begun.columns, len(begun.columns)
        said.append((columns.key, seeds.scan_row[begun.seed], seeds.look[begun.seed]))
        said.append((columns.key, begun.detection, np.full(k, crowd.look_count)))
        doubt[begun.detection] -= np.logaddexp(0.0, columns.log_odds)
        columns.is_confirmed |= columns.log_odds >= log_odds_of(policy.confirm_probability)
        crowd.rows.append(columns)
    keep_seeds(crowd, look, sensor_name, doubt, start)
    assert len(doubt) == m
    key, scan_row, number = (np.concatenate([part[i] for part in said]) for i in range(3))
    if len(crowd.rows) > _MANY:
        give_back_memory()
    return Absorbed(key, scan_row, number, choices)


def doubt_left(pairs: Pairs, weights: Scalar, is_sure: Bools) -> Scalar:
    """(m,) log of the chance that each detection is nobody's yet; -inf where a confirmed track took it."""
    doubt = np.zeros(pairs.detection_count)
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
    carry(rows.mean, rows.cov, rows.t_tai_ns, rows.log_odds, track, t, policy)
    correct(rows.mean, rows.cov, track, detection, look, rows.mean, rows.cov, track)
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
    correct(rows.mean, rows.cov, which[track], detection, look, mean, cov, np.arange(k))
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


def settled(crowd: Crowd, look: CrowdLook, policy: CrowdPolicy, start: float) -> Bools:
    """(n,) which rows to keep; those that are believed now are confirmed, in place."""
    rows = crowd.rows.used
    lose = log_odds_of(policy.lose_probability)
    rows.is_confirmed |= rows.log_odds >= log_odds_of(policy.confirm_probability)
    quiet_s = (look.t_tai_ns - rows.t_seen_tai_ns) / NS_PER_S
    keep = np.where(
        rows.is_confirmed,
        (rows.log_odds > lose) & (quiet_s < policy.silence_s),
        (rows.log_odds > min(policy.drop_log_odds, start)) & (quiet_s < policy.tentative_silence_s),
    )
    width = rows.cov[:, 0, 0] + rows.cov[:, 1, 1] + rows.cov[:, 2, 2]
    keep &= width < policy.widest_m**2  # NaN goes too
    crowd.given_up += float(np.exp(-np.logaddexp(0.0, -rows.log_odds[~keep])).sum())
    return np.asarray(keep)


def log_odds_of(probability: float) -> float:
    """ln p / (1 - p)."""
    return float(np.log(probability / (1.0 - probability)))
