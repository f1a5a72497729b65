"""What was launched, from where, when, which way, and where it comes down: one object's looks against every kind.

Every vehicle kind is fitted as a hypothesis (`class_fit`); their evidences give the class probabilities, and draws from
all of them in proportion give everything else, so that every figure carries the doubt about the kind as well.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from vedette.assessment.areas import Patch, patch_from_cloud
from vedette.assessment.class_fit import (
    ClassFit,
    Mode,
    Sketch,
    fly_cloud,
    refine_kind,
    rough_kind,
    sample_kind,
    sketch_kind,
    tied_theta,
)
from vedette.assessment.evidence import Evidence, evidence_from_looks
from vedette.assessment.flight_posterior import PER_SENSOR
from vedette.assessment.flight_prior import FlightPrior, flight_prior
from vedette.assessment.flight_start import reference_point
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost_layout import AZIMUTH_RAD, COAST_BETA_KG_M2, LAT_RAD, LON_RAD, T0_S, TAIL_OFF_S
from vedette.motion.flight_classes import vehicles
from vedette.motion.propagate import propagate_coast
from vedette.reports import Looks

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_OUTCLASSED = 80.0  # in twice the log likelihood of looks taken for six times as coarse as they are
_HOPELESS = 120.0  # in twice the log likelihood, while fits are rough
_NEGLIGIBLE = 7.0  # in log evidence
_RESTS = 15.0  # in log evidence: a kind so far behind is left alone until there are twice as many looks
_LEAST_PART = 5  # of what all kinds together would be drawn, each is drawn at least so much


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Equally likely flights (m,); times in TAI ns, angles rad, states ITRF."""

    kind: tuple[str, ...]
    class_name: tuple[str, ...]
    launch_lat_rad: Scalar
    launch_lon_rad: Scalar
    t_launch_tai_ns: Ints
    azimuth_rad: Scalar
    t_burnout_tai_ns: Ints
    burnout_itrf: Rows  # (m, 6)
    beta_kg_m2: Scalar
    falls: Bools  # comes down within two hours
    impact_lat_rad: Scalar
    impact_lon_rad: Scalar
    t_impact_tai_ns: Ints
    apogee_m: Scalar
    t_apogee_tai_ns: Ints
    worth: float = np.inf  # how many independent flights these are worth: some stand here more than once


@dataclass(frozen=True, slots=True, eq=False)
class LaunchFit:
    """What one object's looks say; `warm` starts the next fit of the same object."""

    epoch_tai_ns: int
    reference: Scalar
    t_last_tai_ns: int
    kind_probabilities: Mapping[str, float]
    class_probabilities: Mapping[str, float]
    cloud: Cloud
    misfit: float  # cost of the best kind per degree of freedom: about one when the kind is right
    fits: tuple[ClassFit, ...]
    warm: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    resting: frozenset[str] = frozenset()  # kinds too far behind to be tried again soon
    tried_all_at: int = 0  # how many looks there were when all kinds were last tried
    bias_sigmas: Rows = field(default_factory=lambda: np.zeros((0, PER_SENSOR)))  # of the unknowns of `warm`

    def best_parameters(self) -> Scalar:
        """Boost parameters (`motion.boost_layout`) of the best flight."""
        best = max(self.fits, key=lambda f: f.log_evidence)
        mode = best.modes[0]
        return fly_cloud(mode.prior, mode.theta[None], np.zeros(0))[0][0]

    def launch_patch(self) -> Patch:
        """The launch area."""
        return patch_from_cloud(self.cloud.launch_lat_rad, self.cloud.launch_lon_rad, self.cloud.worth)

    def impact_patch(self) -> Patch | None:
        """The impact area of the flights that come down; None when hardly any does."""
        down = self.cloud.falls
        if np.count_nonzero(down) < 20:
            return None
        return patch_from_cloud(self.cloud.impact_lat_rad[down], self.cloud.impact_lon_rad[down], self.cloud.worth)


def states_at(fit: LaunchFit, t_tai_ns: int, draws: int) -> tuple[Rows, Scalar]:
    """(m, 6) ITRF states at an instant, and ballistic coefficients, of some of the fit's draws."""
    t_s = np.array([(t_tai_ns - fit.epoch_tai_ns) / NS_PER_S])
    states, betas = [], []
    for f in fit.fits:
        count = round(draws * fit.kind_probabilities[f.prior.kind])
        for mode, thetas in zip(f.modes, f.thetas, strict=False):
            few = thetas[:: max(len(thetas) // max(count, 1), 1)][:count]
            if len(few):
                xs, got, _ = fly_cloud(mode.prior, few, t_s)
                states.append(got[:, 0])
                betas.append(xs[:, COAST_BETA_KG_M2])
    rows, beta = np.vstack(states), np.concatenate(betas)
    flown = np.isfinite(rows).all(axis=1)
    return rows[flown], beta[flown]


def fit_launch(
    looks: Looks,
    sensors: Mapping[str, object],
    *,
    until_tai_ns: int | None = None,
    before: LaunchFit | None = None,
    kinds: tuple[str, ...] = (),
    draws: int = 400,
    seed: int = 0,
) -> LaunchFit | None:
    """Fit one object; None when no kind of launch explains the looks.

    Parameters
    ----------
    looks : everything the object was seen as, silence included
    sensors : by id; only the sigmas of their constant errors and chances of detection are used
    until_tai_ns : leave out later looks
    before : an earlier fit of the same object, to start from
    kinds : only these vehicles, by id; all when empty
    draws : size of the cloud
    """
    evidence = evidence_from_looks(looks, sensors, until_tai_ns)
    if len(evidence) < 3:
        return None
    warm: Mapping[str, tuple[Scalar, ...]] = {}
    reference, resting = reference_point(evidence), frozenset[str]()
    if before is not None and before.epoch_tai_ns == evidence.epoch_tai_ns:
        warm, reference = _carried(before, evidence.bias_sigmas), before.reference
        if len(evidence) < 2 * before.tried_all_at:
            resting = before.resting
    sketches = _sketches(evidence, reference, {k: v for k, v in warm.items() if k not in resting}, kinds)
    best = min((s.cost for s in sketches), default=np.inf)
    if not np.isfinite(best):
        return None
    hopeful = [sketch for sketch in sketches if sketch.cost < best + _HOPELESS]
    first = min(range(len(hopeful)), key=lambda i: hopeful[i].cost)
    ahead = refine_kind(hopeful[first], evidence)
    bound = min((mode.cost for mode in ahead), default=np.inf) + _HOPELESS
    others = _side_by_side(lambda sketch: refine_kind(sketch, evidence, bound), hopeful[:first] + hopeful[first + 1 :])
    all_modes = [*others[:first], ahead, *others[first:]]
    refined = [(sketch.prior, modes) for sketch, modes in zip(hopeful, all_modes, strict=True) if modes]
    if not refined:
        return None
    heights = np.array([modes[0].log_weight + np.log(prior.probability) for prior, modes in refined])
    counts = _draws_of(heights, draws)
    worth = [(number, refined[number][1], count) for number, count in enumerate(counts.tolist()) if count]

    def sampled(task: tuple[int, tuple[Mode, ...], int]) -> ClassFit | None:
        number, modes, count = task
        return sample_kind(modes, evidence, np.random.default_rng([seed, len(evidence), number]), count)

    fits = [fit for fit in _side_by_side(sampled, worth) if fit is not None]
    if not fits:
        return None
    joined = _joined(fits, refined, evidence, reference, draws)
    ahead_of = dict(zip((prior.kind for prior, _ in refined), heights > heights.max() - _RESTS, strict=True))
    kept = {kind: warm[kind] for kind in resting} | {s.prior.kind: tuple(t for t, _ in s.candidates) for s in sketches}
    kept |= joined.warm
    return replace(
        joined,
        warm=kept,
        bias_sigmas=evidence.bias_sigmas,
        resting=frozenset(kind for kind in kept if not ahead_of.get(kind, False)),
        tried_all_at=before.tried_all_at if resting and before is not None else len(evidence),
    )


def _carried(before: LaunchFit, bias_sigmas: Rows) -> Mapping[str, tuple[Scalar, ...]]:
    """Where an earlier fit stood, as unknowns of today's: other sensors may have found it since, and have errors."""
    if np.array_equal(before.bias_sigmas, bias_sigmas):
        return before.warm
    carried = {}
    for kind, thetas in before.warm.items():
        vehicle = next(v for v in vehicles() if v.id == kind)
        was, now = (flight_prior(vehicle, before.reference, sigmas) for sigmas in (before.bias_sigmas, bias_sigmas))
        places = {u.name: i for i, u in enumerate(was.unknowns)}
        carried[kind] = tuple(
            np.array([theta[places[u.name]] if u.name in places else 0.0 for u in now.unknowns]) for theta in thetas
        )
    return carried


def _draws_of(heights: Scalar, draws: int) -> Ints:
    """(kinds,) how many flights to draw of each, given its log evidence at the best flight; 0: not worth any.

    A draw costs as much as a dozen flights. Most go to the kinds that will make up most of the cloud; the square root
    keeps the others from being judged by a handful, for their evidence is still to be weighed.
    """
    share = np.exp(heights - np.logaddexp.reduce(heights))
    counts = np.clip(np.ceil(draws * np.sqrt(share)), draws // _LEAST_PART, draws)
    return np.where(heights > heights.max() - _NEGLIGIBLE, counts, 0).astype(np.int64)


def _side_by_side(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """`work` on every item, on as many threads as there are cores: the kernels let go of the interpreter.

    Each item has chance of its own, so that the result does not depend on how many threads there were.
    """
    if len(items) < 2 or (os.cpu_count() or 1) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8, len(items))) as threads:
        return list(threads.map(work, items))


def _sketches(
    evidence: Evidence, reference: Scalar, warm: Mapping[str, tuple[Scalar, ...]], kinds: tuple[str, ...]
) -> list[Sketch]:
    """Rough fits of every kind that is worth one."""
    priors = [flight_prior(v, reference, evidence.bias_sigmas) for v in vehicles() if not kinds or v.id in kinds]
    starts: dict[str, Sequence[Scalar]] = dict(warm)
    if not warm:
        tried = _side_by_side(lambda prior: rough_kind(prior, evidence), priors)
        rough = {prior.kind: found for prior, found in zip(priors, tried, strict=True)}
        least = min((cost for cost, _ in rough.values()), default=np.inf)
        starts = {kind: thetas for kind, (cost, thetas) in rough.items() if cost < least + _OUTCLASSED}
    begun = [prior for prior in priors if starts.get(prior.kind)]
    sketches = _side_by_side(lambda prior: sketch_kind(prior, evidence, starts[prior.kind]), begun)
    sketches = [sketch for sketch in sketches if np.isfinite(sketch.cost)]
    best = min((sketch.cost for sketch in sketches), default=np.inf)
    if warm and not best < 1.5 * _degrees(evidence) + 60.0:  # the kinds we kept no longer explain it
        return _sketches(evidence, reference, {}, kinds)
    return sketches


def _degrees(evidence: Evidence) -> float:
    return float(np.count_nonzero(evidence.weight))


def _joined(
    fits: list[ClassFit],
    refined: list[tuple[FlightPrior, tuple[Mode, ...]]],
    evidence: Evidence,
    reference: Scalar,
    draws: int,
) -> LaunchFit:
    log_share = np.array([f.log_evidence + np.log(f.prior.probability) for f in fits])
    share = np.exp(log_share - log_share.max())
    share /= share.sum()
    kinds = {f.prior.kind: float(p) for f, p in zip(fits, share, strict=True)}
    classes: dict[str, float] = {}
    for f, p in zip(fits, share, strict=True):
        classes[f.prior.class_name] = classes.get(f.prior.class_name, 0.0) + float(p)
    counts = np.floor(share * draws).astype(int)
    counts[int(np.argmax(share))] += draws - int(counts.sum())
    parts = []
    for f, count in zip(fits, counts, strict=True):
        total = sum(len(t) for t in f.thetas)
        picked = (np.arange(count) * total) // max(count, 1)
        start = 0
        for mode, thetas in zip(f.modes, f.thetas, strict=False):
            mine = picked[(picked >= start) & (picked < start + len(thetas))] - start
            start += len(thetas)
            if len(mine):
                xs, states, ends = fly_cloud(mode.prior, thetas[mine], np.zeros(0), any_weather=True)
                fell = ~np.isfinite(ends).all(axis=1)  # in another day's air the barest climb to orbit may fail
                if fell.any():
                    xs[fell], states[fell], ends[fell] = fly_cloud(mode.prior, thetas[mine][fell], np.zeros(0))
                parts.append((f, xs, states, ends))
    cost = min(modes[0].cost for _, modes in refined)
    return LaunchFit(
        epoch_tai_ns=evidence.epoch_tai_ns,
        reference=reference,
        t_last_tai_ns=evidence.epoch_tai_ns + round(float(evidence.t_s[-1]) * NS_PER_S),
        kind_probabilities=kinds,
        class_probabilities=classes,
        cloud=_cloud(parts, evidence.epoch_tai_ns, _worth(fits, share, counts)),
        misfit=cost / max(_degrees(evidence), 1.0),
        fits=tuple(fits),
        warm={prior.kind: tuple(tied_theta(m, prior) for m in modes[:2]) for prior, modes in refined},
    )


def _worth(fits: list[ClassFit], share: Scalar, counts: Ints) -> float:
    """How many independent flights a cloud is worth that takes so many from each kind (Kish 1965)."""
    each = np.array([max(min(f.worth, float(count)), 1.0) for f, count in zip(fits, counts, strict=True)])
    return float(1.0 / np.sum(share**2 / each))


def _cloud(parts: list[tuple[ClassFit, Rows, Rows, Rows]], epoch_tai_ns: int, worth: float) -> Cloud:
    xs = {name: np.concatenate([x[:, i] for _, x, _, _ in parts]) for name, i in _FROM_X.items()}
    ends = np.vstack([e for *_, e in parts])

    def instant(t_s: Scalar) -> Ints:
        return epoch_tai_ns + np.round(np.nan_to_num(t_s) * NS_PER_S).astype(np.int64)

    t_burnout_s = ends[:, 13] - 0.5 * xs["tail"]
    falls = ends[:, 0] == 1.0
    lat, lon, _ = geodetic_from_itrf(np.where(falls[:, None], ends[:, 1:4], 1e6))
    return Cloud(
        kind=tuple(f.prior.kind for f, x, _, _ in parts for _ in range(len(x))),
        class_name=tuple(f.prior.class_name for f, x, _, _ in parts for _ in range(len(x))),
        launch_lat_rad=xs["lat"],
        launch_lon_rad=xs["lon"],
        t_launch_tai_ns=instant(xs["t"]),
        azimuth_rad=xs["azimuth"] % (2.0 * np.pi),
        t_burnout_tai_ns=instant(t_burnout_s),
        burnout_itrf=propagate_coast(ends[:, 7:13], t_burnout_s - ends[:, 14], xs["beta"]),
        beta_kg_m2=xs["beta"],
        falls=falls,
        impact_lat_rad=lat,
        impact_lon_rad=lon,
        t_impact_tai_ns=instant(ends[:, 4]),
        apogee_m=ends[:, 5],
        t_apogee_tai_ns=instant(ends[:, 6]),
        worth=worth,
    )


_FROM_X = {
    "lat": LAT_RAD,
    "lon": LON_RAD,
    "t": T0_S,
    "azimuth": AZIMUTH_RAD,
    "beta": COAST_BETA_KG_M2,
    "tail": TAIL_OFF_S,
}
