"""One look absorbed: predict, gate, associate, correct, begin and end tracks. A pure function from rows to rows."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from vedette.core.assignment import best_pairs
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.estimation import (
    chi_square_gate,
    merged,
    missed_existence,
    predict_existence,
    sigma_points,
    update_joseph,
    weigh,
)
from vedette.frames import geodetic_from_itrf
from vedette.reports import Scan, SensorKind
from vedette.tracking.admissible import SHELLS_M, constrained
from vedette.tracking.anchors import axes_along, itrf_from_local
from vedette.tracking.appearing import new_flames_per_sr
from vedette.tracking.association import Expectation, box_pairs, expect
from vedette.tracking.choices import LookChoices, belief_of, choices_of
from vedette.tracking.fresh_flames import FRESH_SHARE, as_fresh, may_be_fresh
from vedette.tracking.initiation import born, key_of
from vedette.tracking.kernels.flight_kernel import BOOST, MOST_THRUST_MPS2, THRUST
from vedette.tracking.known_objects import KnownPairs
from vedette.tracking.look_log import LookChunk, chunk_of
from vedette.tracking.motions import Motion
from vedette.tracking.prediction import believed_itrf, middle_itrf, predict, re_anchored
from vedette.tracking.rows import NEVER_TAI_NS, TrackRows
from vedette.tracking.sensor_views import SensorView

_RELINEARIZATIONS = 4
# specific thrust: beyond what is flown, nearly; and of stages that have burnt for half their time or more
NO_THRUST_MPS2, LATE_THRUST_MPS2, LATE_THRUST_SIGMA_MPS2 = 0.9 * MOST_THRUST_MPS2, 70.0, 30.0


@dataclass(frozen=True, slots=True)
class Policy:
    """When a track is believed, and when it is given up."""

    births_per_hour: float = 1.0  # new objects that a sensor may come to see, over its whole field
    confirm_probability: float = 0.99
    lose_probability: float = 0.01
    most_log_odds: float = 12.0  # so that silence can be heard after long good service
    tentative_misses: float = 2.5  # in units of a sure miss, before a tentative track is dropped
    survival_hazard_1_s: float = 1e-5
    tentative_silence_s: float = 60.0
    silence_s: float = 1800.0  # uncovered by every sensor
    gate_probability: float = 1.0 - 1e-5
    widest_m: float = 2e6  # a position sigma beyond which nothing is known any more


def advance(
    rows: TrackRows,
    scan: Scan,
    view: SensorView,
    motion: Motion,
    policy: Policy,
    t_look_tai_ns: int,
    weighed: list[LookChoices] | None = None,
    known: KnownPairs | None = None,
    aside: Bools | None = None,
) -> tuple[TrackRows, LookChunk]:
    """All tracks after a look, and what each of them was seen as in it.

    What else each might have been is added to `weighed`, where that is given.
    `t_look_tai_ns` is the time of a look with no detections; otherwise the detections' own times are used, in order.
    Objects that are `known` compete for the detections with the tracks; what they take begins nothing. Detections
    `aside` (n,) are nobody's.
    """
    before_s = (t_look_tai_ns - rows.t_tai_ns) / NS_PER_S
    survive = float(np.exp(-policy.survival_hazard_1_s * max(before_s, 0.0)))
    rows = replace(rows, log_odds=predict_existence(rows.log_odds, survive)) if len(rows) else rows
    is_hit = np.zeros(len(rows), dtype=bool)
    started: list[tuple[int, Ints, Scalar]] = []
    seen_as: list[tuple[Ints, Ints]] = []
    start_log_odds = _start_log_odds(view, policy)
    open_to_all = np.ones(len(scan), dtype=bool) if aside is None else ~aside
    for t in np.unique(scan.t_measured_tai_ns[open_to_all]):
        which = np.flatnonzero((scan.t_measured_tai_ns == t) & open_to_all)
        rows, is_hit = _carried(rows, is_hit, int(t), motion)
        rows, track, detection, claims = _correct(rows, scan, which, view, motion, policy, ~is_hit, weighed, known)
        is_hit[track] = True
        seen_as.append((rows.key[track], detection))
        seen_as.append((claims[0], which[claims[1]]))
        # a detection that a doubtful track took may still be somebody new
        doubt = np.zeros(len(which))
        place = np.searchsorted(which, detection)
        doubt[place] = np.log1p(-np.minimum(expit(rows.log_odds[track]), 1.0 - 1e-12))
        doubt[place[rows.is_confirmed[track] | (doubt[place] < np.log(0.1))]] = -np.inf
        doubt[claims[1]] = -np.inf
        fresh = np.isfinite(doubt)
        plain = view.log_clutter_density(scan)
        crowd = view.log_clutter_densities(scan, which) - plain
        start = np.minimum(np.logaddexp(start_log_odds, _log_new_density(rows, scan, which, view) - plain), 0.0)
        started.append((int(t), which[fresh], np.maximum(start + doubt - crowd, -15.0)[fresh]))
    rows, is_hit = _carried(rows, is_hit, max(t_look_tai_ns, rows.t_tai_ns), motion)
    rows, missed = _silent(rows, scan, view, motion, ~is_hit)
    hits = chunk_of(rows, scan, view, seen_as, rows.key[missed])
    for t, which, log_odds in started:
        if len(which):
            fresh_rows = born(scan, which, log_odds, view, motion, rows.t_seen_tai_ns.shape[1], t)
            fresh_rows = predict(fresh_rows, rows.t_tai_ns, motion)
            is_there = np.isin(fresh_rows.key, rows.key)
            rows = rows.joined(fresh_rows.take(~is_there))
            began = [(fresh_rows.key, _rows_of(scan, which, fresh_rows, view))]
            hits = hits.joined(chunk_of(fresh_rows, scan, view, began, []))
    return _sorted_out(rows, policy, start_log_odds), hits


def _carried(rows: TrackRows, is_hit: Bools, t_tai_ns: int, motion: Motion) -> tuple[TrackRows, Bools]:
    """Tracks at another time, without those whose belief has grown too wide to be numbers; `is_hit` of those left."""
    rows = predict(rows, t_tai_ns, motion)
    are_numbers = np.isfinite(rows.log_odds)
    return (rows, is_hit) if are_numbers.all() else (rows.take(are_numbers), is_hit[are_numbers])


def _rows_of(scan: Scan, which: Ints, fresh: TrackRows, view: SensorView) -> Ints:
    """Which detection each new track began from, in the order of the tracks."""
    name = view.sensor.name
    by_key = {key_of(name, int(scan.t_measured_tai_ns[i]), scan.values[i]): int(i) for i in which}
    return np.array([by_key[int(key)] for key in fresh.key], dtype=np.int64)


def _log_new_density(rows: TrackRows, scan: Scan, which: Ints, view: SensorView) -> Scalar:
    """(q,) log of the new flames of a raid that this look may find, per unit of measurement space; -inf: no raid."""
    if view.sensor.kind is not SensorKind.INFRARED:
        return np.full(len(which), -np.inf)
    los = scan.values[which, :3] / np.linalg.norm(scan.values[which, :3], axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.log(new_flames_per_sr(rows, los, view, view.origin_itrf_m(scan, rows.t_tai_ns)))


def _start_log_odds(view: SensorView, policy: Policy) -> float:
    """Log-odds that an unclaimed detection is an object: new objects against false alarms in one look."""
    born_per_look = policy.births_per_hour * view.sensor.revisit_s / 3600.0
    return float(np.clip(np.log(born_per_look / view.false_alarms_per_look), -15.0, 0.0))


def _correct(
    rows: TrackRows,
    scan: Scan,
    which: Ints,
    view: SensorView,
    motion: Motion,
    policy: Policy,
    may_pair: Bools,
    weighed: list[LookChoices] | None,
    known: KnownPairs | None,
) -> tuple[TrackRows, Ints, Ints, tuple[Ints, Ints]]:
    """Associate and correct with detections of one instant.

    Gives the tracks and scan rows that were paired, and the keys of known objects with the places in `which` of what
    they took.
    """
    nothing = np.empty(0, dtype=np.int64)
    if len(rows) == 0 or len(which) == 0:
        return rows, nothing, nothing, _share_out(nothing, nothing, np.empty(0), 0, which, known)[1]
    origin = view.origin_itrf_m(scan, rows.t_tai_ns)
    variances = view.variances(scan, which)
    rows, seen, z, track, detection = _candidates(rows, scan, which, view, origin, variances, may_pair)
    if len(track) == 0:
        return rows, nothing, nothing, _share_out(nothing, nothing, np.empty(0), 0, which, known)[1]
    middle = middle_itrf(rows)
    chance = view.detection_probability(motion.modes, middle, scan)
    weight = rows.mode_probability[track]
    noise = variances[detection] + view.place_variances(middle, origin, scan)[track]
    met = _met(rows, (seen, z), (track, detection), noise, chance, view, policy)
    open_start = np.flatnonzero(may_be_fresh(rows, view, motion)[track])
    if len(open_start):
        who, place = np.unique(track[open_start], return_inverse=True)
        fresh = as_fresh(rows.take(who), motion)
        again = expected_by(fresh, scan, which, view, origin)
        pairs = (place, detection[open_start])
        met = met.or_else(open_start, _met(fresh, again, pairs, noise[open_start], chance[who], view, policy))
    inside, log_mixture = met.is_inside, met.log_likelihood
    exists = expit(rows.log_odds[track])
    idle = np.log1p(-exists * np.minimum(np.sum(weight * chance[track], axis=1), 0.999))
    clutter = view.log_clutter_densities(scan, which)[detection]
    other = np.logaddexp(clutter, _log_new_density(rows, scan, which, view)[detection])
    gain = np.log(exists) + log_mixture - other - idle
    chosen, claims = _share_out(track, detection, np.where(inside, gain, -np.inf), len(rows), which, known)
    before = rows
    hit = track[chosen]
    mean, cov, mode, log_odds = rows.mean.copy(), rows.cov.copy(), rows.mode_probability.copy(), rows.log_odds.copy()
    mean[hit], cov[hit], mode[hit] = met.mean[chosen], met.cov[chosen], met.mode_probability[chosen]
    rough = np.flatnonzero(_is_rough(rows, hit, view))
    if len(rough):
        pairs = (hit[rough], which[detection[chosen[rough]]])
        mean[hit[rough]], cov[hit[rough]] = _relinearized(
            rows, scan, pairs, noise[chosen[rough]], view, origin, (mean[hit[rough]], cov[hit[rough]])
        )
        if view.gives_place:
            _open_thrust(mean, cov, hit[rough], motion)
    log_odds[hit] = np.minimum(log_odds[hit] + log_mixture[chosen] - clutter[chosen], policy.most_log_odds)
    if view.gives_place:
        open_way = rows.hits[hit] == 1
        share = _log_shares(track, detection, np.where(inside, gain, -np.inf), chosen)
        log_odds[hit] = np.where(open_way & (share < 0.0), _both(log_odds[hit], share), log_odds[hit])
    t_seen, hits = rows.t_seen_tai_ns.copy(), rows.hits.copy()
    t_seen[hit, view.index] = rows.t_tai_ns
    hits[hit] += 1
    log_missed = rows.log_missed.copy()
    log_missed[hit] = 0.0
    rows = replace(
        rows, mean=mean, cov=cov, mode_probability=mode, log_odds=log_odds, t_seen_tai_ns=t_seen, hits=hits,
        log_missed=log_missed,
    )  # fmt: skip
    if view.sensor.kind in SHELLS_M:  # the second sight by angles alone tells how the line of sight turns
        by_it_alone = np.all(np.delete(t_seen[hit], view.index, axis=1) == NEVER_TAI_NS, axis=1)
        rows = constrained(rows, hit[(hits[hit] == 2) & by_it_alone], view)
    if weighed is not None:
        is_taken = np.isin(np.arange(len(track)), chosen)
        near, place = np.unique(track[inside], return_inverse=True)
        log_miss = np.log1p(-np.minimum(np.sum(weight * chance[track], axis=1), 0.999))
        silent = np.zeros(len(near))
        silent[place] = log_miss[inside]
        weighed.append(
            choices_of(
                rows.key[near], rows.t_tai_ns, view.index, place, which[detection[inside]],
                (log_mixture - other)[inside], silent, is_taken[inside], belief_of(*believed_itrf(before.take(near))),
                belief_of(*believed_itrf(rows.take(near))),
            )
        )  # fmt: skip
    return rows, hit, which[detection[chosen]], claims


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """Tracks corrected with the detections that they are tried with, k pairs."""

    mean: Rows  # (k, m, d)
    cov: Rows  # (k, m, d, d)
    mode_probability: Rows  # (k, m)
    log_likelihood: Scalar  # (k,) over the models
    is_inside: Bools  # (k,) the gate of any of them

    def or_else(self, which: Ints, other: "_Met") -> "_Met":
        """The same with the pairs `which` open to what another start would have made of them."""
        plain = np.log1p(-FRESH_SHARE) + self.log_likelihood[which]
        fresh = np.log(FRESH_SHARE) + other.log_likelihood
        both = np.logaddexp(plain, fresh)
        share = np.exp(np.stack([plain - both, fresh - both], axis=-1))
        by_mode = share[..., None] * np.stack([self.mode_probability[which], other.mode_probability], axis=1)
        modes = by_mode.sum(axis=1)
        weights = np.swapaxes(by_mode / modes[:, None], 1, 2)
        mean, cov = self.mean.copy(), self.cov.copy()
        mean[which], cov[which] = merged(
            weights, np.stack([self.mean[which], other.mean], axis=2), np.stack([self.cov[which], other.cov], axis=2)
        )
        mode, log_likelihood, inside = self.mode_probability.copy(), self.log_likelihood.copy(), self.is_inside.copy()
        mode[which], log_likelihood[which] = modes, both
        inside[which] |= other.is_inside
        return _Met(mean, cov, mode, log_likelihood, inside)


def _met(
    rows: TrackRows, shown: tuple[Expectation, Rows], pairs: tuple[Ints, Ints], noise: Rows, chance: Rows,
    view: SensorView, policy: Policy,
) -> _Met:  # fmt: skip
    """Pairs of (track, detection) corrected and weighed; `noise` (k, c) is by pair, `chance` (n, m) by track."""
    (seen, z), (track, detection) = shown, pairs
    value = z[0 if z.shape[0] == 1 else track, detection]
    measured = np.isfinite(value)[:, None, :]
    residual = view.difference(np.where(measured[:, 0], value, 0.0)[:, None], seen.mean[track])
    R = seen.left_over[track] + (noise[:, :, None] * np.eye(noise.shape[1]))[:, None]
    after = update_joseph(
        rows.mean[track], rows.cov[track], residual, seen.H[track], R, np.broadcast_to(measured, residual.shape)
    )
    weight = rows.mode_probability[track]
    posterior, log_mixture = weigh(weight, after.log_likelihood + np.log(chance[track]))
    limit = np.array([0.0, *(chi_square_gate(policy.gate_probability, d) for d in (1, 2, 3, 4))])[
        after.dimension.astype(np.int64)
    ]
    inside = np.any((after.nis <= limit) & (weight > 1e-3), axis=1)
    return _Met(after.mean, after.cov, posterior, log_mixture, inside)


def _log_shares(track: Ints, detection: Ints, gain: Scalar, chosen: Ints) -> Scalar:
    """(c,) ln chance that each chosen pair is right, beside its rivals: what else its track may have been seen as, and
    what else may have been seen there [Fitzgerald 1990, the cheap form of joint association]. 0: it has none.
    """
    by_track, by_detection = np.full(track.max(initial=0) + 1, -np.inf), np.full(detection.max(initial=0) + 1, -np.inf)
    np.logaddexp.at(by_track, track, gain)
    np.logaddexp.at(by_detection, detection, gain)
    own = gain[chosen]
    rivals = np.expm1(by_track[track[chosen]] - own) + np.expm1(by_detection[detection[chosen]] - own)
    return -np.log1p(np.maximum(rivals, 0.0))


def _both(log_odds: Scalar, log_share: Scalar) -> Scalar:
    """Log-odds that two independent things hold, one by its log-odds and one by the log of its chance."""
    log_chance = log_share - np.logaddexp(0.0, -log_odds)
    return log_chance - np.log(-np.expm1(np.minimum(log_chance, -1e-12)))


def _share_out(
    track: Ints, detection: Ints, gain: Scalar, tracks: int, which: Ints, known: KnownPairs | None
) -> tuple[Ints, tuple[Ints, Ints]]:
    """The best pairs of tracks and known objects together; which of the tracks' pairs, and what the known ones took."""
    if known is None:
        nothing = np.empty(0, dtype=np.int64)
        return best_pairs(track, detection, gain), (nothing, nothing)
    one, place, worth = known.rivals(which)
    first, second = np.concatenate([track, tracks + one]), np.concatenate([detection, place])
    chosen = best_pairs(first, second, np.concatenate([gain, worth]))
    taken = chosen[chosen >= len(track)] - len(track)
    return chosen[chosen < len(track)], (known.keys[one[taken]], place[taken])


def _is_rough(rows: TrackRows, which: Ints, view: SensorView) -> Bools:
    """(q,) True for tracks begun by angles from the ground: range known to worse than a fiftieth, or still unturned."""
    from_ground = np.linalg.norm(rows.origin_itrf_m[which], axis=-1) < 7e6
    best = np.argmax(rows.mode_probability[which], axis=1)
    variance = np.diagonal(rows.cov[which, best], axis1=-2, axis2=-1)
    rough = np.sqrt(variance[:, 2]) > 0.02 * rows.mean[which, best, 2]
    if not view.gives_place:
        rough |= np.sqrt(np.maximum(variance[:, 0], variance[:, 1])) > 0.01
    return np.asarray(from_ground & rough)


def _relinearized(
    rows: TrackRows,
    scan: Scan,
    pairs: tuple[Ints, Ints],
    noise: Rows,
    view: SensorView,
    origin: Rows,
    after: tuple[Rows, Rows],
) -> tuple[Rows, Rows]:
    """Mean and covariance of pairs (track, scan row), corrected again about what the first correction gave.

    Iterated posterior linearisation (Garcia-Fernandez et al. 2015, *IEEE Trans. Signal Processing* 63, 5561): the best
    line through the measurement is drawn where the posterior is and not where the prior was, and what it leaves over
    shrinks with the doubt. Two lines of sight cross where they cross, however far from the first guess.
    """
    some, what = rows.take(pairs[0]), pairs[1]
    mean, cov = after
    for _ in range(_RELINEARIZATIONS):
        middle = np.einsum("nm,nmi->ni", some.mode_probability, mean)
        here = itrf_from_local(middle, some.origin_itrf_m, some.axes, some.by_course)
        basis = view.basis_at(here[:, :6], origin)

        def measure(points: Rows, basis: Rows | None = basis) -> Rows:
            at = itrf_from_local(points, some.origin_itrf_m, some.axes, some.by_course)
            return view.values(at, origin, basis, some.t_tai_ns)

        seen = expect(mean, cov, some.mode_probability, measure, view.difference, view.bias_columns)
        z = view.detections(scan, what, basis)
        value = z[0] if z.shape[0] == 1 else z[np.arange(len(what)), np.arange(len(what))]
        measured = np.isfinite(value)[:, None, :]
        from_here = view.difference(np.where(measured[:, 0], value, 0.0)[:, None], seen.mean)
        residual = from_here - np.einsum("nmki,nmi->nmk", seen.H, some.mean - mean)
        R = seen.left_over + (noise[:, :, None] * np.eye(noise.shape[1]))[:, None]
        again = update_joseph(some.mean, some.cov, residual, seen.H, R, np.broadcast_to(measured, residual.shape))
        fine = np.asarray(np.isfinite(again.mean).all(axis=(1, 2)) & (again.mean[..., 2] > 0.0).all(axis=1))
        mean = np.where(fine[:, None, None], again.mean, mean)
        cov = np.where(fine[:, None, None, None], again.cov, cov)
    return mean, cov


def _open_thrust(mean: Rows, cov: Rows, which: Ints, motion: Motion) -> None:
    """Forget, in place, a thrust that no rocket has, of tracks whose place has just been told.

    Range, speed and thrust of a flame seen by one watcher grow together, thrust without bound as mass leaves, until
    nothing more is flown. A straight line through the three would leave it there, and sure of it.
    """
    if BOOST not in motion.modes:
        return
    mode = motion.modes.index(BOOST)
    which = which[mean[which, mode, THRUST] > NO_THRUST_MPS2]
    mean[which, mode, THRUST] = LATE_THRUST_MPS2
    cov[which, mode, THRUST, :] = cov[which, mode, :, THRUST] = 0.0
    cov[which, mode, THRUST, THRUST] = LATE_THRUST_SIGMA_MPS2**2


def _candidates(
    rows: TrackRows, scan: Scan, which: Ints, view: SensorView, origin: Rows, variances: Rows, may_pair: Bools
) -> tuple[TrackRows, Expectation, Rows, Ints, Ints]:
    """Pairs worth scoring. A track that a radar may be about to take over is first carried to that radar's axes."""
    seen, z = expected_by(rows, scan, which, view, origin)
    track, detection = box_pairs(seen, z, variances, view.difference, may_pair)
    if view.gives_place and len(track):
        near = np.unique(track)
        silent = rows.t_tai_ns - rows.t_seen_tai_ns[near, rows.anchor_sensor[near]] > 30 * NS_PER_S
        foreign = rows.anchor_sensor[near] != view.index
        by_infrared = np.linalg.norm(rows.origin_itrf_m[near], axis=1) > 7e6  # anchored to a satellite
        move = near[foreign & (by_infrared | silent)]
        if len(move):
            away = middle_itrf(rows.take(move))[:, :3] - origin
            axes = axes_along(away / np.linalg.norm(away, axis=-1, keepdims=True))
            rows = re_anchored(rows, move, np.tile(origin, (len(move), 1)), axes, np.full(len(move), view.index))
            seen, z = expected_by(rows, scan, which, view, origin)
            track, detection = box_pairs(seen, z, variances, view.difference, may_pair)
    return rows, seen, z, track, detection


def expected_by(rows: TrackRows, scan: Scan, which: Ints, view: SensorView, origin: Rows) -> tuple[Expectation, Rows]:
    """What each track would show a sensor, and the detections `which` in the same terms."""
    basis = view.basis_at(middle_itrf(rows), origin)

    def measure(points: Rows) -> Rows:
        at = itrf_from_local(points, rows.origin_itrf_m, rows.axes, rows.by_course)
        return view.values(at, origin, basis, rows.t_tai_ns)

    seen = expect(rows.mean, rows.cov, rows.mode_probability, measure, view.difference, view.bias_columns)
    return seen, view.detections(scan, which, basis)


def _silent(rows: TrackRows, scan: Scan, view: SensorView, motion: Motion, unseen: Bools) -> tuple[TrackRows, Ints]:
    """Silence where a sensor looked is evidence: against existence, and against the modes it would have seen.

    Where a look covers a part of what is believed, the next one of the same sensor covers that part again: after the
    first empty look the object is the likelier where it was not looked for, and the second tells less.
    """
    quiet = np.flatnonzero(unseen)
    if len(quiet) == 0:
        return rows, quiet
    some = rows.take(quiet)
    best = np.argmax(some.mode_probability, axis=1)
    pick = np.arange(len(quiet))
    points, weights = sigma_points(some.mean[pick, best, :6], some.cov[pick, best, :6, :6])
    itrf = itrf_from_local(points, some.origin_itrf_m, some.axes, some.by_course)
    covered = view.share_covered(itrf, weights, scan, rows.t_tai_ns)
    here = np.clip(covered, 0.0, 1.0) * np.exp(some.log_missed[:, view.index])
    left = here / np.maximum(1.0 - covered + here, 1e-300)
    found = view.detection_probability(motion.modes, middle_itrf(some), scan)
    log_odds, mode, log_missed = rows.log_odds.copy(), rows.mode_probability.copy(), rows.log_missed.copy()
    is_covered = covered > 0.0
    log_missed[quiet[is_covered], view.index] += np.log1p(
        -np.minimum(np.sum(some.mode_probability * found, axis=1)[is_covered], 0.999)
    )
    chance = found * left[:, None]
    total = np.sum(some.mode_probability * chance, axis=1)
    log_odds[quiet] = missed_existence(some.log_odds, total)
    mode[quiet], _ = weigh(some.mode_probability, np.log1p(-np.minimum(chance, 0.999)))
    rows = replace(rows, log_odds=log_odds, mode_probability=mode, log_missed=log_missed)
    return rows, quiet[covered >= 0.5]


def _sorted_out(rows: TrackRows, policy: Policy, start_log_odds: float) -> TrackRows:
    """Confirm what is believed, drop what is not."""
    if len(rows) == 0:
        return rows
    exists = expit(rows.log_odds)
    confirmed = rows.is_confirmed | ((exists >= policy.confirm_probability) & (rows.hits >= 2))
    quiet_s = (rows.t_tai_ns - rows.t_last_seen_tai_ns) / NS_PER_S
    here = middle_itrf(rows)
    _, _, height_m = geodetic_from_itrf(here[:, :3])
    sigma_m, height_sigma_m = _position_sigmas_m(rows, here)
    keep = np.isfinite(rows.log_odds) & (sigma_m < policy.widest_m)
    keep &= height_m > -100.0 - 1.3 * height_sigma_m  # otherwise it is down, nine to one
    keep &= np.where(
        confirmed,
        (exists > policy.lose_probability) & (quiet_s < policy.silence_s),
        (rows.log_odds > min(start_log_odds, -1.0) - 3.0 * policy.tentative_misses)
        & (quiet_s < policy.tentative_silence_s),
    )
    return replace(rows, is_confirmed=confirmed).take(keep)


def _position_sigmas_m(rows: TrackRows, here_itrf: Rows) -> tuple[Scalar, Scalar]:
    """(n,) root trace of the position covariance, and the standard deviation of the height."""
    mean = np.einsum("nm,nmi->ni", rows.mode_probability, rows.mean[..., :3])
    cov = np.einsum("nm,nmij->nij", rows.mode_probability, rows.cov[..., :3, :3])
    azimuth, elevation, reach = mean.T
    ca, sa, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    zero = np.zeros_like(reach)
    steps = np.stack([  # displacement for a radian of azimuth, of elevation, and a metre of range
        np.stack([-reach * ce * sa, reach * ce * ca, zero], axis=-1),
        np.stack([-reach * se * ca, -reach * se * sa, reach * ce], axis=-1),
        np.stack([ce * ca, ce * sa, se], axis=-1),
    ], axis=-1)  # fmt: skip
    local = steps @ cov @ np.swapaxes(steps, -1, -2)
    up_itrf = here_itrf[:, :3] / np.linalg.norm(here_itrf[:, :3], axis=-1, keepdims=True)
    up = np.einsum("nij,nj->ni", rows.axes, up_itrf)
    rise = np.einsum("ni,nij,nj->n", up, local, up)
    return np.sqrt(np.trace(local, axis1=1, axis2=2)), np.sqrt(np.maximum(rise, 0.0))
