"""Manoeuvres in the history of an object's element sets: when, how much, along which axis, how sure.

Burns so large that two sets tell them are taken first: the straight ways before and after meet between the two. Then
kinks (`kink`) are looked for at every instant between sets, in every shape that a fit's length may give them and
through windows of three widths, the largest first; each is taken out before the next is looked for, and all are fitted
again until nothing changes; last come small ones that only a few sets around them tell (`near`). What counts as a kink
is measured on the object itself: the spread of the jumps that appear where there is none (an empirical null, Efron
2004, JASA 99(465)), along its history, so calm radars' favourites and badly tracked objects are held to their own
noise. When a burn was is the likelihood's to say. How long this object's fits are is learnt from its clear burns and
weighs in the doubtful.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vedette.catalogue.changes.across import QuietPlane, across_mps
from vedette.catalogue.changes.history import History, history_of, local_residuals, spread
from vedette.catalogue.changes.kink import FIT_DAYS, IS_STEP, KINKS, LATE_DAYS, scan_kinks, take_out
from vedette.catalogue.changes.near import SmallBurnLimits, near_kinks, rolling_sigma
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports.elements import ElementSets

_NS_PER_DAY: Final = 86_400 * 10**9
_DAY_S: Final = 86_400.0
_SHARES: Final = np.array([0.1, 0.3, 0.5, 0.7, 0.9])  # of a gap, where a burn is tried
_FIRST_GUESS: Final = np.array([0.3] + [0.7 / 6] * 6)  # of the shapes
_WINDOWS_DAYS: Final = ((5.0, 8.0), (8.0, 13.0), (8.0, 20.0))  # before and after a burn
_FEWEST: Final = 5  # sets from a burn on
_WHEN_WINDOW: Final = 1  # which tells when a burn was
_LEAST_SCORE: Final = 8.0  # log odds that a kink must have: burns come about once in two months
_LOOKS: Final = float(np.log(len(_WINDOWS_DAYS)))
_CLEAR_SCORE: Final = 25.0
_TEMPER: Final = 0.5  # the noise of sets is not white: their likelihood counts for less than it says
_LEFT_OVER: Final = 0.02  # of a burn, which the shape does not explain
_NET_SIGMAS: Final = 2.5  # that burns told as one must leave
_FIT_LEFT_DAYS: Final = 6.0
_SHARP_NULLS: Final = 8.0  # apparent jumps where there is none, that a kink told by two sets must have
_SHARP_SLACK: Final = 0.05
_SHARP_SCORE: Final = 99.0
_STEP_DAYS: Final = 2.5
_ALONE: Final = 0.3
_MOST_ROUNDS: Final = 40
_FEWEST_SETS: Final = 14
_NONE: Final = -1e9
_SAME_BURN_DAYS: Final = 1.0
_SHORT_STAY_DAYS: Final = 2.5
_HIGH_PERIOD_MIN: Final = 800.0
_HIGH_FLOOR_MPS: Final = 0.05  # what shows in sets of high orbits, which Sun and Moon disturb
# how often such scores were right on six satellites (docs/accuracy.md)
_MOST_SURE, _EVEN_SCORE, _SCORE_SCALE = 0.945, 10.0, 5.0
_SWING_SHARE: Final = 0.5  # of a burn along the way, what its change of the node's swing may pass for
_ACROSS_NOISES: Final = 8.0  # median of what is told of quiet days
SETTLED: Final = SmallBurnLimits()


@dataclass(frozen=True, slots=True, eq=False)
class Manoeuvre:
    """One manoeuvre; burns less than a day apart are one.

    along_mps, across_mps : change of speed along the way (ahead positive) and, at least, across it
    delta_v_mps : the size of both; of burns out and back between two sets, the least that they took
    axis : "along" or "across", whichever is the larger; radial burns leave little in element sets
    """

    t_tai_ns: int
    t_sigma_s: float
    delta_v_mps: float
    sigma_mps: float
    along_mps: float
    across_mps: float
    axis: str
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class _Kink:
    t_days: float
    shape: int
    size_mpd: float
    score: float
    mean_days: float
    sigma_days: float = 0.3
    shapes: Scalar = field(default_factory=lambda: np.zeros(KINKS))
    is_sharp: bool = False
    noise_mpd: float = 0.0  # of one told by the sets next to it


def find_manoeuvres(sets: ElementSets) -> tuple[Manoeuvre, ...]:
    """Manoeuvres of one object from its element sets, the first first. Under two weeks' worth of sets give none."""
    if len(sets) < _FEWEST_SETS:
        return ()
    return manoeuvres_in(history_of(sets), least_told_mps(sets))


def least_told_mps(sets: ElementSets) -> float:
    """The smallest burn along the way that sets of such an orbit show."""
    period_min = float(np.median(2.0 * np.pi / sets.mean_motion_radpmin))
    return _HIGH_FLOOR_MPS if period_min > _HIGH_PERIOD_MIN else 0.0


def manoeuvres_in(
    past: History, least_mps: float = 0.0, limits: SmallBurnLimits = SETTLED
) -> tuple[Manoeuvre, ...]:
    """Manoeuvres in one object's history, none smaller along the way than the least."""
    if len(past) < _FEWEST_SETS:
        return ()
    search = Search(past, limits)
    search.run()
    return told_by(search, least_mps, limits)


def told_by(search: "Search", least_mps: float, limits: SmallBurnLimits) -> tuple[Manoeuvre, ...]:
    """What a finished search comes to; all limits but that of steps may be others than it was run with."""
    past = search.past
    plane = QuietPlane.of(past, np.array([one.t_days for one in search.kinks]))
    told = []
    for group in _grouped(_without_leavings([*search.kinks, *search.near(limits)], limits.left_share)):
        one, noise = _manoeuvre(past, group, search, plane)
        largest = max(abs(kink.size_mpd) for kink in group) / 3.0 / _DAY_S
        if any(IS_STEP[kink.shape] for kink in group) or abs(one.along_mps) >= max(
            least_mps, _NET_SIGMAS * noise, limits.net_share * largest
        ):
            told.append(one)
    return tuple(told)


class Search:
    """Matching pursuit over one history."""

    def __init__(self, past: History, limits: SmallBurnLimits = SETTLED) -> None:
        self.past, self.limits = past, limits
        self.kinks: list[_Kink] = []
        self.weight = np.ones(len(past))
        x = max(spread(np.diff(past.along_m, 3)), 1.0) / 4.5
        self.sigmas = (x, max(spread(np.diff(past.pace_mpd)), 1.0) / 1.4)
        self.nulls: list[Rows] = []

    def run(self) -> None:
        """Until nothing is added."""
        t = self.past.t_days
        for _ in range(3):
            self._measure_noise(has_weights=False)
        self.nulls = [_null_spread(*self._scan(1, len(t), [], window)) for window in _WINDOWS_DAYS]
        self._take_sharp()
        self._take_steps()
        tried = np.zeros(len(t), dtype=bool)
        for turn in range(_MOST_ROUNDS):
            if turn in (2, 5, 9):
                self._measure_noise(has_weights=True)
            scans = [self._scan(1, len(t), self.kinks, window) for window in _WINDOWS_DAYS]
            self.nulls = [_null_spread(*scan) for scan in scans]
            scores = np.stack([self._score(1, len(t), *scans[i], i) for i in range(len(scans))])
            score = scores.max(axis=0)
            best = np.append(_NONE, score.max(axis=(1, 2)))
            best[tried] = _NONE
            added: list[int] = []
            for j in np.argsort(-best).tolist():
                if best[j] < _LEAST_SCORE:
                    break
                if any(abs(t[j] - t[i]) < 25.0 for i in added):
                    continue
                g, w = divmod(int(np.argmax(score[j - 1])), KINKS)
                i = int(np.argmax(scores[:, j - 1, g, w]))
                when = float(t[j - 1] + (t[j] - t[j - 1]) * _SHARES[g])
                self.kinks.append(_Kink(when, w, float(scans[i][1][j - 1, g, w]), float(best[j]), when))
                added.append(j)
                tried[j] = True
            for one in sorted(self.kinks, key=lambda kink: abs(kink.size_mpd)):
                if not one.is_sharp:
                    self._fit_again(one)
            if not added:
                break
        self.kinks.sort(key=lambda kink: kink.mean_days)

    def _take_sharp(self) -> None:
        """Take every kink so large and sharp that two sets tell it: their two straight ways meet between them."""
        t, x, v = self.past.t_days, self.past.along_m, self.past.pace_mpd
        gap, jump, flown = np.diff(t), np.diff(v), np.diff(x)
        least = _SHARP_NULLS * np.min([null[:, 0] for null in self.nulls], axis=0)
        large = np.abs(jump) > np.maximum(least, _SHARP_NULLS * self.sigmas[0] / gap)
        share = (v[1:] * gap - flown) / np.where(large, jump * gap, 1.0)  # of the gap, gone before the kink
        shapes = np.eye(KINKS)[0]
        wide = np.pad(v[2:] - v[:-2], 1, mode="edge")
        stays = np.minimum(np.sign(jump) * wide[:-1], np.sign(jump) * wide[1:]) > 0.5 * np.abs(jump)  # no one bad set
        large &= stays & (share > -_SHARP_SLACK) & (share < 1.0 + _SHARP_SLACK)
        for k in np.flatnonzero(large).tolist():
            when = float(t[k] + gap[k] * np.clip(share[k], 0.01, 0.99))
            score = min(0.5 * float(jump[k] / least[k] * _SHARP_NULLS) ** 2, _SHARP_SCORE)
            self.kinks.append(_Kink(when, 0, float(jump[k]), score, when, 0.1 * float(gap[k]), shapes, True))

    def _take_steps(self) -> None:
        """Take every step so large that two sets tell it: no kink between them led from the one to the other."""
        t = self.past.t_days
        x, v = self._cleared(self.kinks)
        gap, flown = np.diff(t), np.diff(x)
        ends = np.stack([v[:-1] * gap, v[1:] * gap])
        beyond = np.maximum(flown - ends.max(axis=0), 0.0) - np.maximum(ends.min(axis=0) - flown, 0.0)
        usual = rolling_sigma(np.abs(flown - ends.mean(axis=0)), 0.5)
        padded = np.pad(np.abs(flown - ends.mean(axis=0)), 1)
        is_alone = np.maximum(padded[:-2], padded[2:]) < _ALONE * np.abs(beyond)  # a bad set is two, there and back
        large = is_alone & (np.abs(beyond) > np.maximum(self.limits.step_sigmas * usual, np.abs(ends[1] - ends[0])))
        large &= gap < _STEP_DAYS
        for one in self.kinks:
            large &= np.abs(t[:-1] + 0.5 * gap - one.t_days) > _STEP_DAYS  # large burns leave fits of both orbits
        for k in np.flatnonzero(large).tolist():
            when, size = float(t[k] + 0.5 * gap[k]), float(flown[k] - ends[:, k].mean())
            score = min(0.5 * (size / float(usual[k])) ** 2, _SHARP_SCORE)
            self.kinks.append(_Kink(when, KINKS, size, score, when, 0.3 * float(gap[k]), is_sharp=True))

    def near(self, limits: SmallBurnLimits) -> list[_Kink]:
        """What remains in the sets next to each other."""
        x, v = self._cleared(self.kinks)
        begins = np.array([one.t_days for one in self.kinks])
        fits = np.array([FIT_DAYS[one.shape] + LATE_DAYS[one.shape] for one in self.kinks])
        sizes = np.array([abs(one.size_mpd) for one in self.kinks])
        usual = np.append(np.min([null[:, 0] for null in self.nulls], axis=0), np.inf)
        means = np.array([one.mean_days for one in self.kinks])
        return [
            _Kink(one.t_days, one.shape, one.size, one.score, one.t_days, 0.2, is_sharp=True, noise_mpd=one.noise)
            for one in near_kinks(self.past.t_days, x, v, (begins, fits, sizes), usual, limits)
            if not len(means) or np.min(np.abs(means - one.t_days)) > _SAME_BURN_DAYS
        ]

    def _cleared(self, kinks: list[_Kink], part: slice = slice(None)) -> tuple[Scalar, Scalar]:
        x, v = self.past.along_m[part].copy(), self.past.pace_mpd[part].copy()
        if kinks:
            shapes = np.array([one.shape for one in kinks])
            when, sizes = np.array([(one.t_days, one.size_mpd) for one in kinks]).T.copy()
            take_out(self.past.t_days[part], when, FIT_DAYS[shapes], LATE_DAYS[shapes], IS_STEP[shapes], sizes, x, v)
        return x, v

    def _measure_noise(self, *, has_weights: bool) -> None:
        x, v = self._cleared(self.kinks)
        off = local_residuals(self.past.t_days, x, v, self.weight, self.sigmas)
        self.sigmas = (max(spread(off[:, 0]), 1e-3), max(spread(off[:, 1]), 1e-3))
        if has_weights:
            worst = np.max(np.abs(off) / np.array(self.sigmas), axis=1)
            self.weight = 1.0 / np.maximum(1.0, worst / 8.0) ** 2

    def _scan(
        self, first: int, last: int, kinks: list[_Kink], window: tuple[float, float], shares: Scalar = _SHARES
    ) -> tuple[Rows, Rows]:
        a, b = max(first - 60, 0), min(last + 60, len(self.past))
        part = slice(a, b)
        t = self.past.t_days[part]
        x, v = self._cleared(kinks, part)
        noise_x, noise_v = self.sigmas[0] ** 2 / self.weight[part], self.sigmas[1] ** 2 / self.weight[part]
        for one in kinks:
            end = one.t_days + FIT_DAYS[one.shape] + LATE_DAYS[one.shape] + 1.0
            doubt = np.where((t > one.t_days - 0.2) & (t < end), (_LEFT_OVER * one.size_mpd) ** 2, 0.0)
            noise_x, noise_v = noise_x + doubt, noise_v + doubt
        gain = np.full((b - a, len(shares), KINKS), _NONE)
        size = np.zeros_like(gain)
        scan_kinks(
            t, x - x[len(x) // 2], v, 1.0 / noise_x, 1.0 / noise_v, max(first - a, 1), last - a, shares,
            FIT_DAYS[:KINKS], LATE_DAYS[:KINKS], IS_STEP[:KINKS], *window, _FEWEST, 3, gain, size,
        )  # fmt: skip
        return gain[first - a : last - a], size[first - a : last - a]

    def _score(self, first: int, last: int, gain: Rows, size: Rows, window: int) -> Rows:
        """Log odds: no more than the fit says, nor than the object's own false jumps allow."""
        null = self.nulls[window][first - 1 : last - 1, None, :]
        return np.minimum(gain, 0.5 * (size / null) ** 2) + self._shape_log_prior(first, last)[:, None, :]

    def _shape_log_prior(self, first: int, last: int) -> Rows:
        t = self.past.t_days[first:last]
        weight = np.tile(0.5 * _FIRST_GUESS / _FIRST_GUESS.sum(), (len(t), 1))
        for one in self.kinks:
            if one.score > _CLEAR_SCORE and one.shapes.any():
                weight += np.exp(-np.abs(t - one.t_days) / 200.0)[:, None] * one.shapes
        return np.log(weight / weight.sum(axis=1, keepdims=True) + 1e-12) - _LOOKS

    def _fit_again(self, one: _Kink) -> None:
        """Look for one kink anew near where it is, the others taken out; drop it where it no longer convinces."""
        t = self.past.t_days
        self.kinks = [kink for kink in self.kinks if kink is not one]
        first = max(int(np.searchsorted(t, one.t_days - 4.0)), 1)
        last = min(int(np.searchsorted(t, one.t_days + 3.0)) + 1, len(t))
        if last <= first:
            return
        scans = [self._scan(first, last, self.kinks, window) for window in _WINDOWS_DAYS]
        steps = np.diff(t)[first - 1 : last - 1]
        a_share = np.log(steps / 5.0)[:, None, None]
        tops = [float((self._score(first, last, *scans[i], i) + a_share).max()) for i in range(len(scans))]
        top = max(tops)
        gain, size = scans[_WHEN_WINDOW]
        if top < _LEAST_SCORE - 1.6:  # a gap is cut in five
            return
        # whether there is a burn is the null's to say; when it was, and smeared over how long, the likelihood's
        likely = _TEMPER * gain + self._shape_log_prior(first, last)[:, None, :] + np.log(steps)[:, None, None]
        j, g, w = np.unravel_index(int(np.argmax(likely)), likely.shape)
        chance = np.exp(likely - likely[j, g, w])
        when = t[first - 1 : last - 1, None] + steps[:, None] * _SHARES
        by_time = chance.sum(axis=2)
        mean = float((by_time * when).sum() / by_time.sum())
        sigma = float(np.sqrt((by_time * (when - mean) ** 2).sum() / by_time.sum()))
        here, jump = float(when[j, g]), float(size[j, g, w])
        if top > 60.0:
            fine = np.clip(_SHARES[g] + np.linspace(-0.1, 0.1, 9), 0.01, 0.99)
            finer, jumps = self._scan(first + int(j), first + int(j) + 1, self.kinks, _WINDOWS_DAYS[_WHEN_WINDOW], fine)
            k = int(np.argmax(finer[0, :, w]))
            here, jump = float(t[first + j - 1] + steps[j] * fine[k]), float(jumps[0, k, w])
            mean = here if sigma < 0.25 * steps[j] else mean
        self.kinks.append(_Kink(here, int(w), jump, top, mean, sigma, chance.sum(axis=(0, 1)) / chance.sum()))


def _null_spread(gain: Rows, size: Rows) -> Rows:
    """(gaps, shapes) robust spread of the apparent jump along the history."""
    middle = size.shape[1] // 2
    jump = np.where(gain[:, middle] > 0.5 * _NONE, np.abs(size[:, middle]), np.nan)
    centres = np.arange(0, len(jump), 40)
    whole = np.nanmedian(jump, axis=0)
    with np.errstate(all="ignore"):
        parts = [jump[max(c - 120, 0) : c + 120] for c in centres.tolist()]
        local = np.array([np.nanmedian(p, axis=0) if np.isfinite(p).any() else whole for p in parts])
    local = np.maximum(1.4826 * np.maximum(local, 0.5 * whole), 1e-3)
    rows = np.arange(len(jump))
    return np.column_stack([np.interp(rows, centres, local[:, w]) for w in range(size.shape[2])])


def _without_leavings(kinks: list[_Kink], left_share: float) -> list[_Kink]:
    """By time, without what sets about a far larger burn show because their fits are of both orbits."""
    by_time = sorted(kinks, key=lambda kink: kink.mean_days)
    days, sizes = np.array([(one.t_days, abs(one.size_mpd)) for one in by_time]).reshape(-1, 2).T
    return [
        one
        for one in by_time
        if one.is_sharp
        or not np.any((np.abs(days - one.t_days) < _FIT_LEFT_DAYS) & (left_share * sizes > abs(one.size_mpd)))
    ]


def _grouped(kinks: list[_Kink]) -> list[list[_Kink]]:
    groups: list[list[_Kink]] = []
    for one in kinks:
        last = groups[-1][-1] if groups else None
        if last and (one.mean_days - last.mean_days < _SAME_BURN_DAYS or _is_short_stay(last, one)):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _is_short_stay(one: _Kink, two: _Kink) -> bool:
    """Whether two kinks almost undo each other within days: burns out and back on one day, smeared, or a bad fit."""
    if one.is_sharp or two.is_sharp or two.mean_days - one.mean_days > _SHORT_STAY_DAYS:
        return False
    return abs(one.size_mpd + two.size_mpd) < 0.5 * max(abs(one.size_mpd), abs(two.size_mpd))


def _manoeuvre(past: History, group: list[_Kink], search: Search, plane: QuietPlane) -> tuple[Manoeuvre, float]:
    """One manoeuvre, and the noise of its part along the way."""
    weight = np.array([abs(one.size_mpd) for one in group]) + 1e-9
    days = float(weight @ np.array([one.mean_days for one in group]) / weight.sum())
    along = -sum(one.size_mpd for one in group if not IS_STEP[one.shape]) / 3.0 / _DAY_S
    j = int(np.clip(np.searchsorted(past.t_days, days), 1, len(past) - 1))
    largest = max(group, key=lambda one: abs(one.size_mpd))
    shape = largest.shape
    noise_mpd = largest.noise_mpd or min(float(null[j - 1, group[0].shape % KINKS]) for null in search.nulls)
    sigma = noise_mpd / 3.0 / _DAY_S
    gap_days = float(past.t_days[j] - past.t_days[j - 1])
    stay = sum(2.0 * abs(one.size_mpd) / gap_days for one in group if IS_STEP[one.shape]) / 3.0 / _DAY_S
    across, across_sigma = across_mps(past, days, float(FIT_DAYS[shape])), plane.noise_mps(days, shape)
    is_clear = across > _ACROSS_NOISES * across_sigma and across > _SWING_SHARE * abs(along)
    across = across if is_clear else 0.0
    is_across = across > abs(along)
    score = max(one.score for one in group)
    told = Manoeuvre(
        t_tai_ns=past.t_first_tai_ns + round(days * _NS_PER_DAY),
        t_sigma_s=max(float(max(one.sigma_days for one in group)) * _DAY_S, 600.0),
        delta_v_mps=float(max(np.hypot(along, across), stay)),
        sigma_mps=across_sigma if is_across else sigma,
        along_mps=along,
        across_mps=across,
        axis="across" if is_across else "along",
        probability=float(_MOST_SURE / (1.0 + np.exp((_EVEN_SCORE - score) / _SCORE_SCALE))),
    )
    return told, sigma


def objects_of(sets: ElementSets) -> dict[int, Ints]:
    """Rows of each object by its catalogue number."""
    return {int(number): np.flatnonzero(sets.number == number) for number in np.unique(sets.number).tolist()}


