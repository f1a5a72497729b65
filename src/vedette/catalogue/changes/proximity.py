"""Who has moved beside whom: pairs of objects that come within a distance and stay there.

Two objects stay near each other for days only on nearly the same orbit, so pairs are first sought among mean orbits of
like size, shape, plane and place along it; SGP4 then says how far apart they are. A pair that was always near (docked
modules, formations) is told from one that came near by its older elements.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from vedette.core.shapes import Ints
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

_NS_PER_S: Final = 10**9
_SAMPLES: Final = 49


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Two objects, as rows of the element sets, near each other from first to last sample.

    was_near : what older elements say; None where there are none of both
    """

    first: int
    second: int
    nearest_m: float
    farthest_m: float
    was_near: bool | None = None


def find_neighbours(
    sets: ElementSets, t_from_tai_ns: int, t_to_tai_ns: int, within_m: float = 50e3, older: ElementSets | None = None
) -> tuple[Neighbours, ...]:
    """Pairs that are within a distance at every one of some fifty instants of a stretch, the nearest first.

    With `older` (element sets of an earlier time) each pair is said to be old or new.
    """
    t = np.linspace(t_from_tai_ns, t_to_tai_ns, _SAMPLES).astype(np.int64)
    (x, y, z, *_), _ = Sgp4.of(sets).components_teme(t)
    place = np.stack([x, y, z], axis=-1)
    pairs = _pairs_at(place[:, 0], within_m)
    nearest = np.full(len(pairs), np.inf)
    farthest = np.zeros(len(pairs))
    if len(pairs):
        apart = np.linalg.norm(place[pairs[:, 0]] - place[pairs[:, 1]], axis=-1)
        nearest, farthest = apart.min(axis=1), apart.max(axis=1)
    found = []
    for (a, b), low, high in zip(pairs.tolist(), nearest.tolist(), farthest.tolist(), strict=True):
        if high <= within_m and (sets.number[a] != sets.number[b] or sets.number[a] == 0):
            was = None if older is None else _was_near(older, int(sets.number[a]), int(sets.number[b]), within_m)
            found.append(Neighbours(a, b, low, high, was))
    return tuple(sorted(found, key=lambda one: one.nearest_m))


def _pairs_at(place: np.ndarray, within_m: float) -> Ints:
    good = np.flatnonzero(np.isfinite(place[:, 0]))
    pairs = cKDTree(place[good]).query_pairs(within_m, output_type="ndarray")
    return good[pairs] if len(pairs) else np.empty((0, 2), dtype=np.int64)


def _was_near(older: ElementSets, first: int, second: int, within_m: float) -> bool | None:
    rows = [np.flatnonzero(older.number == number) for number in (first, second)]
    if first == 0 or second == 0 or not len(rows[0]) or not len(rows[1]):
        return None
    both = older.take(np.array([rows[0][-1], rows[1][-1]]))
    middle = int(both.t_epoch_tai_ns.mean())
    t = middle + np.linspace(0.0, 43_200.0, 25).astype(np.int64) * _NS_PER_S
    (x, y, z, *_), _ = Sgp4.of(both).components_teme(t)
    place = np.stack([x, y, z], axis=-1)
    apart = np.linalg.norm(place[0] - place[1], axis=-1)
    return bool(np.nanmax(apart) <= within_m) if np.isfinite(apart).any() else None
