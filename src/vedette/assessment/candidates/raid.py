"""How many launches there are together, and of what kinds, with 90 % intervals.

Launches are counted by the flames that one infrared watcher tells apart in the raid's midst (`raid_lights`), declared
or not; what it cannot tell, and a raid that no such watcher sees, by tracks. What an alert stands for, and what has
been found in the midst and is not declared yet, is then judged by the raid: where launches come by the dozen in a
minute, what may be one is one, and its looks need not outweigh the fires of a whole year. Some of what is not
declared is nothing of its own (a track of looks that belong to its neighbours, a stage that was dropped), and some
launches stand so near another that no track is theirs yet: how many is not known, the share is common to all, and
both widen the interval. What nobody has seen yet does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from scipy.special import betaincinv, expit, gammaincinv
from scipy.stats import poisson

from vedette.assessment.candidates.ladder import known_log_odds
from vedette.assessment.candidates.raid_density import RaidDensity, in_order, log_yearly_rate
from vedette.assessment.candidates.raid_lights import RaidLights, Told, flames_from
from vedette.assessment.candidates.raid_mix import KINDS, beliefs_of, drawn_mix, kinds_before
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Scalar
from vedette.reports import LAUNCHES, Cause, Explanation, Finding, FindingKind, Raid

STRAYS: Final = (1.0, 14.0)  # Beta: of fifteen undeclared tracks in a raid's midst one is nothing of its own
HIDDEN: Final = (1.5, 0.04)  # Gamma, shape and mean: of a hundred launches four are seen as one with their neighbour
_NODES: Final = 20
_SHARES: Final = (np.arange(_NODES) + 0.5) / _NODES
_MIDST: Final = log(1e4)  # what is so many times as likely there and then as anywhere at any time is in its midst
_SHELL_SIGMA_M: Final = 15e3  # of where a flame stands, seen aslant at some height
_WORTH_A_WORD: Final = 0.2  # launches expected of a kind


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An object that may belong to a raid."""

    id: str
    t_tai_ns: int  # of launch, or of its first look
    explanations: tuple[Explanation, ...]  # by a year's rates
    place_itrf_m: Scalar = field(default_factory=lambda: np.zeros(3))  # (3,) now
    place_sigma_m: float = 0.0  # in its worst direction: of what one watcher has just found, along its line of sight
    existence: float = 1.0
    is_told: bool = True  # an alert stands for it
    is_fitted: bool = False
    log_looks: Mapping[Cause, float] = field(default_factory=dict)  # ln p(looks | launch), placeless
    seen_by: tuple[str, ...] = ()  # sensors
    t_now_tai_ns: int = 0  # of its place

    @property
    def p_launch(self) -> float:
        """That it is a launch of any kind."""
        return min(sum(e.probability for e in self.explanations if e.name in LAUNCHES), 1.0)


def count_distribution(probabilities: Scalar) -> Scalar:
    """(n + 1,) chance of each count of independent draws with these chances [Wang 1993, Stat. Sinica 3, 295]."""
    out = np.array([1.0])
    for p in np.asarray(probabilities, dtype=float):
        out = np.convolve(out, [1.0 - p, p])
    return out


def interval_90(chances: Scalar) -> tuple[int, int]:
    """The counts between which nine in ten lie, tails even, of chances of each count (n + 1,)."""
    below = np.cumsum(chances)
    return int(np.searchsorted(below, 0.05)), int(np.searchsorted(below, 0.95))


def raid_of(
    members: Sequence[Member],
    together_s: float,
    least_count: int,
    launches_per_year: Mapping[Cause, float],
    lights: RaidLights | None = None,
) -> tuple[Raid, ...]:
    """Launches that belong together: each within `together_s` of the one before. Fewer than `least_count` are no raid.

    `launches_per_year`: of each kind on the whole Earth, as the explanations have it. `lights`: what infrared watchers
    tell apart; without them tracks are counted.
    """
    told = [one for one in members if one.is_told]
    groups = [[told[i] for i in group] for group in in_order([(one.t_tai_ns, one.id) for one in told], together_s)]
    left = [one for one in members if not one.is_told]
    flames = () if lights is None else lights.told()
    a_year = sum(launches_per_year.values())
    raids = []
    for number, group in enumerate(groups, 1):
        if len(group) >= least_count:
            gain = denser(group, left, a_year)
            near = [(one, g) for one, g in zip(left, gain, strict=True) if g >= _MIDST]
            amidst = [(one, g) for one, g in near if density_of(group).is_then(one.t_tai_ns, together_s)]
            left = [one for one in left if all(one is not other for other, _ in amidst)]
            told_here = _lights_in(group, flames, together_s, a_year)
            flames = tuple(there for _, there in told_here)
            best = max((here for here, _ in told_here), key=lambda one: len(one.t_first_tai_ns), default=None)
            counted = None if lights is None or best is None or not len(best.t_first_tai_ns) else (lights, best)
            raids.append(
                _raid(
                    group, [one for one, _ in amidst], np.array([g for _, g in amidst]), number, launches_per_year,
                    counted,
                )
            )  # fmt: skip
    return tuple(raids)


def _lights_in(
    group: Sequence[Member], flames: Sequence[Told], together_s: float, launches_per_year: float
) -> list[tuple[Told, Told]]:
    """Of each watcher, the flames in a raid's midst, and the others."""
    density, out = density_of(group), []
    edge = log_yearly_rate(launches_per_year) + _MIDST
    for one in flames:
        n = len(one.t_first_tai_ns)
        rate = density.log_rate(one.places_itrf_m, np.full(n, _SHELL_SIGMA_M), one.t_first_tai_ns)
        is_then = np.array([density.is_then(int(t), together_s) for t in one.t_first_tai_ns], dtype=bool)
        out.append((one.take((rate >= edge) & is_then), one.take(~((rate >= edge) & is_then))))
    return out


def _in_a_raid(members: Sequence[Member], gain: Scalar) -> Scalar:
    """(n,) that each is a launch, where launches come so much oftener (`gain`, ln).

    In a crowd *unknown* is what a launch looks like to whose track a neighbour's look was given: what every law misfits
    by far is told by none of them, and is a launch like the others, but for those that are nothing of their own.
    """
    known = expit(np.array([known_log_odds(one.explanations) for one in members]) + gain)
    mixed = np.array([sum(e.probability for e in one.explanations if e.name is Cause.UNKNOWN) for one in members])
    return np.asarray(mixed + (1.0 - mixed) * known)


def _hidden(count: float) -> Scalar:
    """Chance of each number of launches that stand so near another that no track is theirs yet; the share is common."""
    share = gammaincinv(HIDDEN[0], _SHARES) * HIDDEN[1] / HIDDEN[0]
    at = np.arange(int(8.0 + 4.0 * count * HIDDEN[1]) + 1)
    chances = np.mean(poisson.pmf(at, count * share[:, None]), axis=0)
    return np.asarray(chances / chances.sum())


def density_of(group: Sequence[Member]) -> RaidDensity:
    """What launches in order of time say of where and when the next comes."""
    return RaidDensity(np.array([one.place_itrf_m for one in group]), group[0].t_tai_ns, group[-1].t_tai_ns)


def denser(group: Sequence[Member], others: Sequence[Member], launches_per_year: float) -> Scalar:
    """(others,) ln of how many times as many launches come there and then as anywhere at any time."""
    if not others:
        return np.zeros(0)
    places = np.array([one.place_itrf_m for one in others])
    times = np.array([one.t_tai_ns for one in others], dtype=np.int64)
    rate = density_of(group).log_rate(places, np.array([one.place_sigma_m for one in others]), times)
    return np.asarray(np.logaddexp(0.0, rate - log_yearly_rate(launches_per_year)))


def _kinds(
    everything: Sequence[Member], group: Sequence[Member], launches_per_year: Mapping[Cause, float]
) -> list[tuple[Explanation, ...]]:
    """What kind of launch each is, by looks alone where they are known: a year's rates are none of a raid's."""
    if not any(one.log_looks for one in everything):
        return [one.explanations for one in everything]
    before = kinds_before(launches_per_year, np.array([one.place_itrf_m for one in group]).mean(axis=0))
    looks = np.array([[one.log_looks.get(kind, 0.0) for kind in KINDS] for one in everything])
    return beliefs_of(looks, np.array([one.is_fitted for one in everything]), before)


def raid_finding(raid: Raid, t_tai_ns: int) -> Finding:
    """A raid in one sentence."""
    low, high = raid.count_90
    kinds = ", ".join(f"{name} {mean:.0f} ({a} to {b})" for name, (mean, a, b) in list(raid.mix.items())[:3])
    span_s = (raid.t_last_tai_ns - raid.t_first_tai_ns) / NS_PER_S
    text = f"{raid.count:.0f} launches within {span_s:.0f} s (90 %: {low} to {high}): {kinds}"
    data = {"count": raid.count, "count_90": list(raid.count_90), "mix": raid.mix, "objects": list(raid.objects)}
    return Finding(
        kind=FindingKind.RAID, object_id="", t_tai_ns=raid.t_first_tai_ns, t_declared_tai_ns=t_tai_ns, text=text,
        data=data,
    )  # fmt: skip


def _count_of(
    chance: Scalar, is_sure: Bools, members: Sequence[Member], counted: tuple[RaidLights, Told] | None
) -> Scalar:
    """Chance of each number of launches: by flames told apart, and by tracks for what the watcher does not tell."""
    rest = np.ones(len(members), dtype=bool)
    if counted is not None:
        lights, flames = counted
        name = flames.sensor_id
        rest = np.array([
            not lights.covers(name, one.seen_by, one.place_itrf_m, one.t_now_tai_ns) for one in members
        ])  # fmt: skip
    strays = betaincinv(*STRAYS, _SHARES)
    draws = [count_distribution((chance * np.where(is_sure, 1.0, 1.0 - stray))[rest]) for stray in strays]
    chances = np.asarray(np.mean(draws, axis=0))
    if counted is None:
        return np.convolve(chances, _hidden(float(chance.sum())))
    return np.convolve(chances, flames_from(len(counted[1].t_first_tai_ns)))


def _raid(
    group: Sequence[Member], amidst: Sequence[Member], gain: Scalar, number: int,
    launches_per_year: Mapping[Cause, float], counted: tuple[RaidLights, Told] | None = None,
) -> Raid:
    told = _in_a_raid(group, denser(group, group, sum(launches_per_year.values())))
    may = np.array([one.existence for one in amidst]) * _in_a_raid(amidst, gain)
    everything = [*group, *amidst]
    is_sure = np.array([one.p_launch >= 0.5 for one in group] + [False] * len(amidst))  # others the raid alone tells
    chances = _count_of(np.concatenate([told, may]), is_sure, everything, counted)
    mix = drawn_mix(
        _kinds(everything, group, launches_per_year),
        np.concatenate([told, may * (1.0 - STRAYS[0] / sum(STRAYS))]),
        np.array([one.is_fitted for one in everything]),
    )
    kinds = {cause.value: mix.of(cause) for cause in LAUNCHES}
    worth = [kind for kind in kinds.items() if kind[1][0] >= _WORTH_A_WORD]
    order = sorted(worth, key=lambda kind: (-kind[1][0], kind[0]))
    return Raid(
        id=f"RAID-{number}",
        objects=tuple(one.id for one in everything),
        count=round(float(chances @ np.arange(len(chances))), 2),
        count_90=interval_90(chances),
        mix={name: (round(mean, 2), low, high) for name, (mean, low, high) in order},
        t_first_tai_ns=group[0].t_tai_ns,
        t_last_tai_ns=group[-1].t_tai_ns,
    )
