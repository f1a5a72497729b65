"""What owners read otherwise than each other, told by the satellites that both see.

Nobody knows who of them is right, so every owner has an offset with the same weak prior, and differences tell the rest:
where two owners differ, each is taken to be half off. That is the same on both sides of a link, as fused states must
be. What people are told is the difference to their own.

Each shared satellite teaches once, by its latest difference: a filtered track holds all that its pass told, and the
difference of a minute ago is in it already.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.estimation import chi_square_gate
from vedette.tracking.joint.intersection import inverse
from vedette.tracking.joint.offsets import CLOCK, SHIFT, SIZE, TURN, slopes
from vedette.tracking.joint.values import BiasOfOwner

FEWEST_OBJECTS = 3
SURE = 1.0 - 1e-6  # an alarm by chance once in a million
PRIOR_SIGMAS = np.array([3.0, *(10e3,) * 3, *(1e-3,) * 3])
WORTH_SAYING = {"clock": 1e-3, "shift": 10.0, "turn": 2e-6}  # s, m, rad: below it nobody need act
LOOKED_BACK_S = 6 * 3600.0
MOST_LESSONS = 400
MOST_MENDED_M = 500.0
_GROUPS = {"clock": CLOCK, "shift": SHIFT, "turn": TURN}


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One shared satellite: the state it was seen at (6,), second owner less first (6,), covariance (6, 6)."""

    t_tai_ns: int
    state_itrf: Scalar
    apart: Scalar
    cov: Rows


Lessons = Mapping[tuple[str, str, str], Lesson]  # by both owners, in order, and the object


@dataclass(frozen=True, slots=True, eq=False)
class Offsets:
    """All owners' offsets (k, 7) and their covariance (7k, 7k), in order of `owners`; how many objects tell each."""

    owners: tuple[str, ...]
    values: Rows
    cov: Rows
    objects: dict[tuple[str, str], int]
    corrections: dict[str, Scalar] = field(default_factory=dict)  # by owner, where something sure is known

    def between(self, owner: str, other: str) -> tuple[Scalar, Rows]:
        """Offset (7,) of the second less the first, and its covariance (7, 7); the prior where nothing is known."""
        if owner not in self.owners or other not in self.owners:
            return np.zeros(SIZE), np.zeros((SIZE, SIZE))
        i, j = self.owners.index(owner), self.owners.index(other)
        pick = np.zeros((SIZE, SIZE * len(self.owners)))
        pick[:, SIZE * j : SIZE * (j + 1)] += np.eye(SIZE)
        pick[:, SIZE * i : SIZE * (i + 1)] -= np.eye(SIZE)
        return self.values[j] - self.values[i], pick @ self.cov @ pick.T

    def is_told(self, owner: str, other: str) -> bool:
        """Enough shared satellites stand behind it."""
        return self.objects.get((min(owner, other), max(owner, other)), 0) >= FEWEST_OBJECTS

    def correction(self, owner: str) -> Scalar | None:
        """What to take off an owner's states before they are fused; None where nothing sure is known."""
        return self.corrections.get(owner)


NO_OFFSETS = Offsets((), np.zeros((0, SIZE)), np.zeros((0, 0)), {})


def solved(lessons: Lessons) -> Offsets:
    """The offsets that make all differences least, weighed by their covariances and by the prior."""
    owners = tuple(sorted({name for first, second, _ in lessons for name in (first, second)}))
    size = SIZE * len(owners)
    if not size:
        return NO_OFFSETS
    normal, pull = np.diag(np.tile(1.0 / PRIOR_SIGMAS**2, len(owners))), np.zeros(size)
    objects: dict[tuple[str, str], int] = {}
    for first, second, _ in lessons:
        objects[first, second] = objects.get((first, second), 0) + 1
    for first, second in sorted(objects):
        mine = [lessons[key] for key in sorted(lessons) if key[:2] == (first, second)]
        H = slopes(np.array([one.state_itrf for one in mine]))
        apart, cov = np.array([one.apart for one in mine]), np.array([one.cov for one in mine])
        weighed = np.linalg.solve(cov, H)
        block, side = np.einsum("nij,nik->jk", H, weighed), np.einsum("nij,ni->j", weighed, apart)
        i, j = (slice(SIZE * owners.index(name), SIZE * (owners.index(name) + 1)) for name in (first, second))
        normal[i, i] += block
        normal[j, j] += block
        normal[i, j] -= block
        normal[j, i] -= block
        pull[j] += side
        pull[i] -= side
    cov = inverse(np.asarray(normal))
    found = Offsets(owners, (cov @ pull).reshape(-1, SIZE), cov, objects)
    return replace(found, corrections=_corrections(found))


def _corrections(offsets: Offsets) -> dict[str, Scalar]:
    """By owner who surely reads otherwise than another, and not so far off that sharing it out would drag others."""
    out = {}
    for i, owner in enumerate(offsets.owners):
        others = [one for one in offsets.owners if one != owner and offsets.is_told(one, owner)]
        away = [offsets.between(one, owner) for one in others]
        if any(alarms_of(value, cov) for value, cov in away) and all(mended_m(v) <= MOST_MENDED_M for v, _ in away):
            out[owner] = offsets.values[i]
    return out


def mended_m(value: Scalar) -> float:
    """About how far an offset (7,) moves the track of a low satellite."""
    return float(np.hypot(7.5e3 * value[0], np.linalg.norm(value[SHIFT]) + 7e6 * np.linalg.norm(value[TURN])))


def alarms_of(value: Scalar, cov: Rows) -> tuple[str, ...]:
    """Which of clock, shift and turn are beyond chance and beyond what matters.

    Clock first: what is left of shift and turn is judged once it is allowed for, as one stands in for the other.
    """
    out = []
    for name, part in _GROUPS.items():
        mine, doubt = value[part], cov[part, part]
        scale = np.sqrt(np.diagonal(doubt))
        unit = mine / scale
        squared = float(unit @ np.linalg.solve(doubt / np.outer(scale, scale), unit))
        if squared > chi_square_gate(SURE, len(mine)) and float(np.linalg.norm(mine)) > WORTH_SAYING[name]:
            out.append(name)
    return tuple(out)


def bias_of(owner: str, own: str, offsets: Offsets) -> BiasOfOwner:
    """What an owner reads otherwise than ourselves."""
    value, cov = offsets.between(own, owner)
    objects = offsets.objects.get((min(owner, own), max(owner, own)), 0)
    sigma = np.sqrt(np.maximum(np.diagonal(cov), 0.0)) if objects else PRIOR_SIGMAS
    alarms = alarms_of(value, cov) if objects >= FEWEST_OBJECTS else ()
    return BiasOfOwner(
        owner, objects, -float(value[0]), float(sigma[0]), _three(value[SHIFT]), _three(sigma[SHIFT]),
        _three(value[TURN]), _three(sigma[TURN]), alarms, _words(owner, value, sigma, alarms, objects),
    )  # fmt: skip


def _three(vector: Scalar) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])


def _words(owner: str, value: Scalar, sigma: Scalar, alarms: tuple[str, ...], objects: int) -> str:
    parts = []
    if "clock" in alarms:
        which = "ahead of" if value[0] < 0.0 else "behind"
        parts.append(f"its clock is {1e3 * abs(value[0]):.1f} ms {which} ours (± {1e3 * sigma[0]:.1f})")
    if "shift" in alarms:
        parts.append(f"its tracks are shifted by {np.linalg.norm(value[SHIFT]):.0f} m")
    if "turn" in alarms:
        parts.append(f"its tracks are turned by {1e6 * np.linalg.norm(value[TURN]):.0f} urad")
    return f"{owner}: by {objects} shared satellites {' and '.join(parts)}" if parts else ""
