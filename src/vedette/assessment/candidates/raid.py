"""How many launches there are together, and of what kinds, with 90 % intervals.

What an alert stands for is a launch with its own probability. What has been found in the midst of a raid and is not
declared yet is judged by the raid: where launches come by the dozen in a minute, what may be one is one, and the few
looks at it need not outweigh the fires of a whole year. Some of it is nothing of its own (a track of looks that belong
to its neighbours, a stage that was dropped): how many is not known, the same for all, and widens the interval. What
the tracker holds to be one object counts once; what nobody has seen yet does not count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

import numpy as np
from scipy.special import betaincinv, expit

from vedette.assessment.candidates.ladder import known_log_odds
from vedette.assessment.candidates.raid_mix import drawn_mix
from vedette.assessment.natural.reference import EARTH_AREA_M2
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.reports import LAUNCHES, Explanation, Finding, FindingKind, Raid

STRAYS: Final = (1.5, 8.5)  # Beta: of twenty undeclared tracks in a raid's midst three are nothing of their own
_NODES: Final = 20
_FIELD_M: Final = 100e3  # a raid's midst: so near one of its launches at least, or twice as far as these lie apart
_SIGMAS: Final = 2.0
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
            amidst = list(_amidst(group, left, together_s))
            left = [one for one in left if one not in amidst]
            raids.append(_raid(group, amidst, number, launches_per_year))
    return tuple(raids)


def _amidst(group: Sequence[Member], others: Sequence[Member], together_s: float) -> Iterator[Member]:
    """What was first seen while the raid went on, near one of its launches."""
    places = np.array([one.place_itrf_m for one in group])
    within_m = max(2.0 * _apart_m(places), _FIELD_M)
    for one in others:
        after_s = (one.t_tai_ns - group[0].t_tai_ns) / NS_PER_S
        last_s = (group[-1].t_tai_ns - group[0].t_tai_ns) / NS_PER_S
        away_m = float(np.min(np.linalg.norm(places - one.place_itrf_m, axis=1)))
        if 0.0 <= after_s <= last_s + together_s and away_m <= within_m + _SIGMAS * one.place_sigma_m:
            yield one


def _apart_m(places_itrf_m: Rows) -> float:
    """How far nearly all of them lie from the nearest other."""
    away = np.linalg.norm(places_itrf_m[:, None] - places_itrf_m[None], axis=-1)
    np.fill_diagonal(away, np.inf)
    return float(np.quantile(away.min(axis=1), 0.95))


def denser(group: Sequence[Member], launches_per_year: float) -> float:
    """ln of how many times as many launches come there and then as anywhere at any time."""
    places = np.array([one.place_itrf_m for one in group])
    radius_m = max(float(np.linalg.norm(places - places.mean(axis=0), axis=1).max()), _FIELD_M)
    span_s = (group[-1].t_tai_ns - group[0].t_tai_ns) / NS_PER_S + _LAG_S
    here = len(group) / (np.pi * radius_m**2) / span_s
    return log(1.0 + here / (launches_per_year / _YEAR_S / EARTH_AREA_M2))


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


def _raid(group: Sequence[Member], amidst: Sequence[Member], number: int, launches_per_year: float) -> Raid:
    gain = denser(group, launches_per_year)
    told = np.array([one.p_launch for one in group])
    may = np.array([one.existence * float(expit(known_log_odds(one.explanations) + gain)) for one in amidst])
    strays = betaincinv(*STRAYS, (np.arange(_NODES) + 0.5) / _NODES)
    chances = np.mean([count_distribution(np.concatenate([told, may * (1.0 - stray)])) for stray in strays], axis=0)
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
