"""How many launches there are together, and of what kinds, with 90 % intervals.

What an alert stands for, and what has been found in the midst of a raid and is not declared yet, is judged by the raid:
where launches come by the dozen in a minute, what may be one is one, and its looks need not outweigh the fires of a
whole year. Some of what is not declared is nothing of its own (a track of looks that belong to its neighbours, a stage
that was dropped), and some launches stand so near another that no track is theirs yet: how many is not known, the
share is common to all, and both widen the interval. What nobody has seen yet does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from scipy.special import betaincinv, expit, gammaincinv
from scipy.stats import poisson

from vedette.assessment.candidates.ladder import known_log_odds
from vedette.assessment.candidates.raid_mix import drawn_mix
from vedette.assessment.natural.reference import EARTH_AREA_M2
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Scalar
from vedette.reports import LAUNCHES, Cause, Explanation, Finding, FindingKind, Raid

STRAYS: Final = (1.0, 14.0)  # Beta: of fifteen undeclared tracks in a raid's midst one is nothing of its own
HIDDEN: Final = (1.5, 0.04)  # Gamma, shape and mean: of a hundred launches four are seen as one with their neighbour
_NODES: Final = 20
_SHARES: Final = (np.arange(_NODES) + 0.5) / _NODES
_FIELD_M: Final = 50e3  # one sigma of a raid's places before any of them is known
_SIGMAS: Final = 2.0
_MIDST: Final = log(1e4)  # what is so many times as likely there and then as anywhere at any time is in its midst
_YEAR_S: Final = 365.25 * 86_400.0
_LAG_S: Final = 60.0  # a launch is seen and declared so much later
_WORTH_A_WORD: Final = 0.2  # launches expected of a kind


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An object that may belong to a raid."""

    id: str
    t_tai_ns: int  # of launch, or of its first look
    explanations: tuple[Explanation, ...]
    place_itrf_m: Scalar = field(default_factory=lambda: np.zeros(3))  # (3,) now
    place_sigma_m: float = 0.0  # in its worst direction: of what one watcher has just found, along its line of sight
    existence: float = 1.0
    is_told: bool = True  # an alert stands for it
    is_fitted: bool = False

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
    members: Sequence[Member], together_s: float, least_count: int, launches_per_year: float
) -> tuple[Raid, ...]:
    """Launches that belong together: each within `together_s` of the one before. Fewer than `least_count` are no raid.

    `launches_per_year`: of all kinds on the whole Earth, as the explanations have it.
    """
    order = sorted((one for one in members if one.is_told), key=lambda one: (one.t_tai_ns, one.id))
    groups: list[list[Member]] = []
    for one in order:
        if groups and (one.t_tai_ns - groups[-1][-1].t_tai_ns) / NS_PER_S <= together_s:
            groups[-1].append(one)
        else:
            groups.append([one])
    left = [one for one in members if not one.is_told]
    raids = []
    for number, group in enumerate(groups, 1):
        if len(group) >= least_count:
            gain = denser(group, left, launches_per_year)
            near = [(one, g) for one, g in zip(left, gain, strict=True) if g >= _MIDST]
            amidst = [(one, g) for one, g in near if _is_then(group, one, together_s)]
            left = [one for one in left if all(one is not other for other, _ in amidst)]
            raids.append(
                _raid(group, [one for one, _ in amidst], np.array([g for _, g in amidst]), number, launches_per_year)
            )
    return tuple(raids)


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


def _is_then(group: Sequence[Member], one: Member, together_s: float) -> bool:
    """Whether it was first seen while the raid went on."""
    after_s = (one.t_tai_ns - group[0].t_tai_ns) / NS_PER_S
    return 0.0 <= after_s <= (group[-1].t_tai_ns - group[0].t_tai_ns) / NS_PER_S + together_s


def denser(group: Sequence[Member], others: Sequence[Member], launches_per_year: float) -> Scalar:
    """(others,) ln of how many times as many launches come there and then as anywhere at any time.

    Where the next launch of a raid comes from, given those known, is a bivariate t about their middle [Geisser,
    Predictive Inference, 1993, ch. 3], as if one were known `_FIELD_M` away from the start: few launches leave its edge
    open, many close it. A place that is in doubt itself is taken as near as two sigmas let it be.
    """
    if not others:
        return np.zeros(0)
    n = len(group)
    places = np.array([one.place_itrf_m for one in group])
    middle = places.mean(axis=0)
    free = float(n)  # n - 1 and one of the field
    scale2 = (_FIELD_M**2 + float(np.sum((places - middle) ** 2)) / 2.0) / free * (n + 1.0) / n
    away = np.linalg.norm(np.array([one.place_itrf_m for one in others]) - middle, axis=1)
    near = np.maximum(away - _SIGMAS * np.array([one.place_sigma_m for one in others]), 0.0)
    log_here = -np.log(2.0 * np.pi * scale2) - (0.5 * free + 1.0) * np.log1p(near**2 / (free * scale2))
    span_s = (group[-1].t_tai_ns - group[0].t_tai_ns) / NS_PER_S + _LAG_S
    rate = launches_per_year / _YEAR_S / EARTH_AREA_M2
    return np.asarray(np.logaddexp(0.0, log(n / span_s / rate) + log_here))


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


def _raid(
    group: Sequence[Member], amidst: Sequence[Member], gain: Scalar, number: int, launches_per_year: float
) -> Raid:
    told = _in_a_raid(group, denser(group, group, launches_per_year))
    may = np.array([one.existence for one in amidst]) * _in_a_raid(amidst, gain)
    strays = betaincinv(*STRAYS, _SHARES)
    chances = np.mean([count_distribution(np.concatenate([told, may * (1.0 - stray)])) for stray in strays], axis=0)
    chances = np.convolve(chances, _hidden(float(told.sum() + may.sum())))
    everything = [*group, *amidst]
    mix = drawn_mix(
        [one.explanations for one in everything],
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
