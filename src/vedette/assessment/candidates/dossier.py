"""What one object is believed to be: every explanation with its weight, the level, what was announced, its marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

import numpy as np

from vedette.assessment.candidates.ladder import Level
from vedette.assessment.weighing import Weighed
from vedette.core.shapes import Rows
from vedette.reports import Cause, Evidence, Explanation, Looks


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What a weighing rests on: the same again is not weighed again."""

    looks: int
    t_last_tai_ns: int
    fit: object
    natural: object

    def is_that_of(self, other: "Basis | None") -> bool:
        """Whether nothing has changed."""
        if other is None or self.fit is not other.fit or self.natural is not other.natural:
            return False
        return (self.looks, self.t_last_tai_ns) == (other.looks, other.t_last_tai_ns)


@dataclass(slots=True)
class Dossier:
    """Changed only by whoever assesses the object."""

    explanations: tuple[Explanation, ...] = ()
    unannounced: tuple[Explanation, ...] = ()  # the same, as if no notice were known: what notices are matched by
    by_year: tuple[Explanation, ...] = ()  # by the policy's rates alone, as if no raid were under way
    weighed: tuple[Weighed, ...] = ()
    best: Mapping[Cause, float] = field(default_factory=dict)  # log ratios against unknown, without priors
    level: Level = field(default_factory=lambda: Level(Evidence.CANDIDATE))
    is_unexplained: bool = False  # a launch is more probable than nature so often makes it seem
    log_looks: Mapping[Cause, float] = field(default_factory=dict)  # of launches, without the place they come from
    notices: tuple[str, ...] = ()
    notice_marks: tuple[str, ...] = ()  # "announced", "deviating", "excess"
    age_marks: tuple[str, ...] = ()  # "stale", "lost", "expired-unseen"
    t_tai_ns: int = 0
    basis: Basis | None = None
    grounds: tuple[object, ...] | None = None  # what the explanations are of; None: they are to be made anew

    def are_same_grounds(self, grounds: tuple[object, ...]) -> bool:
        """Whether the explanations are of these very weights, notices and phenomena."""
        return self.grounds is not None and grounds[0] is self.grounds[0] and grounds[1:] == self.grounds[1:]

    @property
    def leading(self) -> str:
        """The two most probable explanations in words."""
        return ", ".join(f"{one.name} {100 * one.probability:.0f} %" for one in self.explanations[:2])


def best_of(weighed: Iterable[Weighed]) -> dict[Cause, float]:
    """Of each cause, the log ratio of its best way to explain the looks; unknown is 0."""
    best = {Cause.UNKNOWN: 0.0}
    for one in weighed:
        best[one.name] = max(best.get(one.name, -inf), float(one.log_ratio))
    return best


def separation_deg(looks: Looks, position_itrf_m: Rows) -> float:
    """The largest angle at the object between sensors of different kinds that found it, degrees; 0 with one kind.

    position_itrf_m : (3,) where the object is. Each sensor counts from where it stood when it last found it.
    """
    seen = looks.is_detection
    sights: dict[tuple[int, int], Rows] = {}
    for kind, sensor, place in zip(
        looks.kind_code[seen].tolist(),
        looks.sensor_index[seen].tolist(),
        looks.sensor_positions_itrf_m[seen],
        strict=True,
    ):
        sights[kind, sensor] = place
    widest = 0.0
    rows = list(sights.items())
    for i, ((kind_i, _), a) in enumerate(rows):
        for (kind_j, _), b in rows[i + 1 :]:
            if kind_i == kind_j:
                continue
            u, v = a - position_itrf_m, b - position_itrf_m
            size = float(np.linalg.norm(u) * np.linalg.norm(v))
            if size > 0.0:
                widest = max(widest, float(np.degrees(np.arccos(np.clip(u @ v / size, -1.0, 1.0)))))
    return widest
