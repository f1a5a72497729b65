"""Where and when the next launch of a raid comes from, given those that are known: the one density of a raid.

It tells how many launches there are (`raid`) and what one more flame in the midst of them may be (`raid_prior`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vedette.assessment.natural.reference import EARTH_AREA_M2
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar

FIELD_M: Final = 50e3  # one sigma of a raid's places before any of them is known
LAG_S: Final = 60.0  # a launch is seen and declared so much later
_SIGMAS: Final = 2.0
_YEAR_S: Final = 365.25 * 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class RaidDensity:
    """Launches that belong together, n of them, as what they say of the next."""

    places_itrf_m: Rows  # (n, 3) of the launches known, now
    t_first_tai_ns: int  # of launch, the first and the last of them
    t_last_tai_ns: int

    @property
    def span_s(self) -> float:
        """How long it has been going on, with the time that a launch takes to be declared."""
        return (self.t_last_tai_ns - self.t_first_tai_ns) / NS_PER_S + LAG_S

    def is_then(self, t_tai_ns: int, together_s: float) -> bool:
        """Whether what was first seen then was first seen while the raid went on."""
        after_s = (t_tai_ns - self.t_first_tai_ns) / NS_PER_S
        return 0.0 <= after_s <= (self.t_last_tai_ns - self.t_first_tai_ns) / NS_PER_S + together_s

    def log_rate(self, places_itrf_m: Rows, sigmas_m: Scalar, t_tai_ns: Ints) -> Scalar:
        """(k,) ln of launches a second and square metre at places (k, 3), each known to a sigma (k,), at instants (k,).

        Where the next launch of a raid comes from, given those known, is a bivariate t about their middle [Geisser,
        Predictive Inference, 1993, ch. 3], as if one were known `FIELD_M` away from the start: few launches leave its
        edge open, many close it. A place that is in doubt itself is taken as near as two sigmas let it be. How long it
        goes on is not known either: of n launches within a span, the next comes later than so many spans with the
        power n of their inverse [uniform over an unknown length, which is as probable on every scale].
        """
        n = len(self.places_itrf_m)
        middle = self.places_itrf_m.mean(axis=0)
        free = float(n)  # n - 1 and one of the field
        scale2 = (FIELD_M**2 + float(np.sum((self.places_itrf_m - middle) ** 2)) / 2.0) / free * (n + 1.0) / n
        away = np.linalg.norm(places_itrf_m - middle, axis=1)
        near = np.maximum(away - _SIGMAS * sigmas_m, 0.0)
        log_here = -np.log(2.0 * np.pi * scale2) - (0.5 * free + 1.0) * np.log1p(near**2 / (free * scale2))
        after_s = (np.asarray(t_tai_ns) - self.t_first_tai_ns) / NS_PER_S
        later = -(n + 1.0) * np.log(np.maximum(after_s / self.span_s, 1.0))
        return np.asarray(np.log(n / self.span_s) + log_here + later)


def log_yearly_rate(launches_per_year: float) -> float:
    """ln of launches a second and square metre, anywhere at any time."""
    return float(np.log(launches_per_year / _YEAR_S / EARTH_AREA_M2))


def in_order(times_tai_ns: Sequence[tuple[int, str]], together_s: float) -> list[list[int]]:
    """Which of some launches (time, name) belong together: each within `together_s` of the one before; as indices."""
    groups: list[list[int]] = []
    last = 0
    for (t_tai_ns, _), index in sorted((one, i) for i, one in enumerate(times_tai_ns)):
        if groups and (t_tai_ns - last) / NS_PER_S <= together_s:
            groups[-1].append(index)
        else:
            groups.append([index])
        last = t_tai_ns
    return groups
