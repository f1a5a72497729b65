"""What follows a break-up: when the pieces cross what a sensor sees, and whom they come near.

Only the pieces that have element sets are counted. A cloud in which a hundred are known holds many more that are not
yet, on the same planes and at the same hours: read the counts as a least.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vedette.catalogue.conjunctions.screen import Approaches, screen
from vedette.catalogue.passes import find_passes
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints
from vedette.reports.elements import ElementSets
from vedette.sensing import Sensor

_HOUR_NS = 3600 * NS_PER_S


@dataclass(frozen=True, slots=True, eq=False)
class FenceCrossings:
    """Pieces through one sensor's field.

    row : of the element sets, one a pass; by time of rise
    hours : passes begun in each hour after the start
    busiest_minute : the most that are in view in any one minute
    """

    sensor_id: str
    row: Ints
    t_rise_tai_ns: Ints
    t_set_tai_ns: Ints
    hours: Ints
    busiest_minute: int

    @property
    def piece_count(self) -> int:
        """How many different pieces cross at all."""
        return len(np.unique(self.row))


def fence_crossings(
    sets: ElementSets, pieces: Ints, sensor: Sensor, t_from_tai_ns: int, t_to_tai_ns: int
) -> FenceCrossings:
    """When pieces (rows of the sets) cross a sensor's field."""
    found = find_passes(sets.take(pieces), sensor, t_from_tai_ns, t_to_tai_ns) if len(pieces) else ()
    rise = np.array([one.rise.t_tai_ns for one in found], dtype=np.int64)
    down = np.array([one.set.t_tai_ns for one in found], dtype=np.int64)
    count = int(np.ceil((t_to_tai_ns - t_from_tai_ns) / _HOUR_NS))
    hours = np.bincount((rise - t_from_tai_ns) // _HOUR_NS, minlength=count) if len(rise) else np.zeros(count, np.int64)
    minute = 60 * NS_PER_S
    edges = np.concatenate([rise // minute, down // minute + 1])
    steps = np.concatenate([np.ones(len(rise), np.int64), -np.ones(len(down), np.int64)])
    order = np.lexsort((steps, edges))  # who leaves goes before who comes in the same minute
    busiest = int(np.cumsum(steps[order]).max()) if len(rise) else 0
    rows = np.asarray(pieces, dtype=np.int64)[[one.row for one in found]] if found else np.empty(0, np.int64)
    return FenceCrossings(sensor.name, rows, rise, down, hours.astype(np.int64), busiest)


def met_by_pieces(
    sets: ElementSets, pieces: Ints, t_from_tai_ns: int, t_to_tai_ns: int, km: float = 5.0,
    told: Callable[[float], None] | None = None,
) -> tuple[Approaches, Ints, Ints]:  # fmt: skip
    """Approaches of pieces to everybody else, and for each the row of the piece and of the other.

    Approaches of two pieces to one another are left out: they all left one place, and pass it together again.
    """
    found = screen(sets, t_from_tai_ns, t_to_tai_ns, km, among=pieces, told=told)
    is_piece = np.zeros(len(sets), dtype=bool)
    is_piece[pieces] = True
    keep = is_piece[found.i] != is_piece[found.j]
    near = is_piece[found.near_i] != is_piece[found.near_j]
    only = Approaches(
        found.i[keep], found.j[keep], found.t_tai_ns[keep], found.miss_m[keep], found.speed_mps[keep],
        found.near_i[near], found.near_j[near], found.near_from_tai_ns[near], found.near_to_tai_ns[near],
        found.near_least_m[near],
    )  # fmt: skip
    first = is_piece[only.i]
    return only, np.where(first, only.i, only.j), np.where(first, only.j, only.i)
