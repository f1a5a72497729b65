"""An index of detections by where they were seen, in whatever coordinates the sensor has.

Cells are boxes about as large as a track is uncertain, found by hashing: a track looks into the few cells that its
uncertainty touches. How the objects are spread does not matter, and the work grows with the number of detections.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.tracking.crowd.kernels import hash_cell
from vedette.tracking.crowd.place_kernels import RADAR

ShortInts = NDArray[np.int32]  # half the memory to look through
_REACHES_PER_CELL = 3.0  # fewer cells to look into, more detections in each: a measured balance


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Detections in order of their buckets."""

    sizes: Scalar  # (3,) of a cell; zero: this coordinate is not used
    turns: int  # cells in a full turn of the first coordinate; zero: it is no angle
    bucket_starts: ShortInts  # (b + 1,) b a power of two
    by_bucket: ShortInts  # (m,) detections
    cells: ShortInts  # (m, 3) the cell of each, in that order
    places: Rows  # (m, 3) where each was seen, in that order


def cells_of(kind: int, values: Rows, reach: Rows, only: Ints | None = None) -> Cells:
    """Index detections (m, 4), or `only` some of them, for tracks that look `reach` (n, 3) about themselves."""
    only = np.arange(len(values)) if only is None else only
    m = len(only)
    sizes, turns = np.zeros(3), 0
    if m and len(reach):
        some = reach[:: max(1, len(reach) // 4096)]
        usual = np.median(some, axis=0)
        whole = np.isfinite(values[only, :3]).all(axis=0) & np.isfinite(usual) & (usual > 0.0)
        sizes = np.where(whole, _REACHES_PER_CELL * usual, 0.0)
        if kind == RADAR and sizes[0] > 0.0:
            turns = int(2.0 * np.pi / sizes[0])
            sizes[0] = 2.0 * np.pi / turns if turns >= 4 else 0.0
            turns = turns if turns >= 4 else 0
    buckets = 1 << max(4, int(np.ceil(np.log2(max(m, 1)))) + 1)
    starts, order = np.zeros(buckets + 1, dtype=np.int32), np.empty(m, dtype=np.int32)
    cells, places = np.empty((m, 3), dtype=np.int32), np.empty((m, 3))
    fill_cells(values, only, sizes, turns, starts, order, cells, places)
    return Cells(sizes, turns, starts, order, cells, places)


@njit(cache=True, error_model="numpy")
def fill_cells(
    values: np.ndarray,
    only: np.ndarray,
    sizes: np.ndarray,
    turns: int,
    starts: np.ndarray,
    order: np.ndarray,
    cells: np.ndarray,
    places: np.ndarray,
) -> None:
    """Sort detections by bucket, counting; out: `starts` (b + 1,), `order` (m,), `cells`, `places` (m, 3)."""
    m, mask = len(only), len(starts) - 2
    mine, of = np.empty((m, 3), np.int32), np.empty(m, np.int32)
    for d in range(m):
        for i in range(3):
            mine[d, i] = np.int64(np.floor(values[only[d], i] / sizes[i])) if sizes[i] > 0.0 else 0
        if turns > 0:
            mine[d, 0] = mine[d, 0] % turns
        of[d] = hash_cell(mine[d, 0], mine[d, 1], mine[d, 2]) & mask
        starts[of[d] + 1] += 1
    for b in range(len(starts) - 1):
        starts[b + 1] += starts[b]
    at = starts[:-1].copy()
    for d in range(m):
        place = at[of[d]]
        at[of[d]] += 1
        order[place] = only[d]
        for i in range(3):
            cells[place, i] = mine[d, i]
            places[place, i] = values[only[d], i]
