"""What may be in the midst of a raid, before it is looked at: launches like those declared, and all that a year brings.

Where launches come by the dozen in a minute, one more flame is a launch at the raid's own density of place and time,
not at a year's; and a fire still is one at a year's. The two are added, never exchanged, so that looks can tell a lone
fire in the midst. A raid is of the few kinds that its declared launches are, as their looks tell without any prior;
where it stands (sea, shore, land) speaks once for all of it, not for each again. A track that was given looks of its
neighbours is explained by no law: a launch of the raid, or nothing of its own; and lines of sight that cross where
nothing is look like a launch for a look or two. Nothing here says anything before
there are declared launches enough to be a raid; none of them speaks for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from vedette.assessment.candidates.raid import STRAYS, Member
from vedette.assessment.candidates.raid_density import RaidDensity, in_order
from vedette.assessment.candidates.raid_mix import KINDS, kinds_before, kinds_of
from vedette.assessment.natural.reference import EARTH_AREA_M2
from vedette.assessment.weighing import LEAST_LOG_RATIO
from vedette.core.shapes import Rows, Scalar
from vedette.reports import Cause

MIXED: Final = 0.2  # of launches in a crowd so many have looks of a neighbour among theirs
GHOSTS: Final = 0.3  # of what crossing lines of sight leave so many live for a look more than two
_YEAR_S: Final = 365.25 * 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class RaidUnderWay:
    """Declared launches (n) that belong together, and of what kinds they are."""

    ids: tuple[str, ...]
    density: RaidDensity
    together_s: float
    before: Scalar  # (kinds,) launches that the prior counts for
    shares: Rows  # (n, kinds) what each declared one is; nothing of what no launch has been fitted to

    def log_launches_per_year(self, one: Member) -> float:
        """ln of the launches a year that there would be if they came everywhere as here and now; -inf: not amidst it.

        What is one of the declared itself is judged by the others.
        """
        mine = self.ids.index(one.id) if one.id in self.ids else None
        if mine is None and not self.density.is_then(one.t_tai_ns, self.together_s):
            return -np.inf
        density = self.density
        if mine is not None:
            others = np.delete(density.places_itrf_m, mine, axis=0)
            density = RaidDensity(others, density.t_first_tai_ns, density.t_last_tai_ns)
        here = density.log_rate(one.place_itrf_m[None], np.array([one.place_sigma_m]), np.array([one.t_tai_ns]))[0]
        return float(here) + log(_YEAR_S * EARTH_AREA_M2)

    def log_kinds(self, object_id: str) -> Scalar:
        """(kinds,) ln share of each kind among the next launches; one of the declared is judged by the others."""
        counts = self.before + self.shares.sum(axis=0)
        if object_id in self.ids:
            counts = counts - self.shares[self.ids.index(object_id)]
        return np.asarray(np.log(np.maximum(counts, 1e-9) / counts.sum()))


def raids_under_way(
    members: Sequence[Member], together_s: float, least_count: int, launches_per_year: Mapping[Cause, float]
) -> tuple[RaidUnderWay, ...]:
    """The raids that the declared launches make; fewer than `least_count` are none."""
    told = [one for one in members if one.is_told]
    found = []
    for group in in_order([(one.t_tai_ns, one.id) for one in told], together_s):
        if len(group) >= least_count:
            found.append(_under_way([told[i] for i in group], together_s, launches_per_year))
    return tuple(found)


def _under_way(group: Sequence[Member], together_s: float, launches_per_year: Mapping[Cause, float]) -> RaidUnderWay:
    places = np.array([one.place_itrf_m for one in group])
    density = RaidDensity(places, group[0].t_tai_ns, group[-1].t_tai_ns)
    before = kinds_before(launches_per_year, places.mean(axis=0))
    looks = np.array([[one.log_looks.get(kind, 0.0) for kind in KINDS] for one in group])
    shares = np.zeros_like(looks)
    fitted = np.array([one.is_fitted for one in group])  # the few looks before a fit tell a launch, hardly its kind
    if fitted.any():
        shares[fitted] = kinds_of(looks[fitted], before)
    return RaidUnderWay(tuple(one.id for one in group), density, together_s, before, shares)


def in_the_midst(
    priors: Mapping[Cause, float],
    ratios: Mapping[Cause, float],
    one: Member,
    raids: Sequence[RaidUnderWay],
    seen: Mapping[Cause, float],
    count: int,
) -> dict[Cause, float]:
    """Priors (ln a year) of what one object may be, with the raids under way among what may happen.

    Parameters
    ----------
    priors : by a year's rates; no cause becomes less frequent
    ratios : of each cause, how well it explains the looks against *unknown*, its place on the Earth included
    seen : chance that a launch of each kind is seen by what saw this
    count : looks that found it
    """
    changed = dict(priors)
    unknown = ratios.get(Cause.UNKNOWN, 0.0)
    for raid in raids:
        rate = raid.log_launches_per_year(one)
        if not np.isfinite(rate):
            continue
        like = -np.inf  # a launch of the raid, over unknown
        for kind, share in zip(KINDS, raid.log_kinds(one.id), strict=True):
            ratio = max(ratios.get(kind, LEAST_LOG_RATIO), LEAST_LOG_RATIO)
            own = one.log_looks.get(kind, ratio)
            looks = np.logaddexp(log(1.0 - MIXED) + own, log(MIXED) + unknown)
            changed[kind] = float(np.logaddexp(changed[kind], rate + share + log(seen[kind]) + looks - ratio))
            like = float(np.logaddexp(like, share + own - unknown))
        ghost = like + max(count - 2, 0) * log(GHOSTS)
        stray = rate + log(STRAYS[0] / STRAYS[1]) + float(np.logaddexp(ghost, 0.0))
        changed[Cause.UNKNOWN] = float(np.logaddexp(changed[Cause.UNKNOWN], stray))
    return changed
