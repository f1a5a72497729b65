"""What every track was seen as: an append-only log of rows, one chunk a look, cut back for a late look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.core.shapes import Ints, Rows
from vedette.reports import Looks, Scan
from vedette.reports.looks import KIND_CODES
from vedette.tracking.rows import TrackRows
from vedette.tracking.sensor_views import SensorView


@dataclass(frozen=True, slots=True, eq=False)
class LookChunk:
    """Rows of evidence of one look, for whichever tracks it concerned."""

    key: Ints  # (r,) the track
    sensor_index: Ints  # (r,)
    kind_code: Ints  # (r,)
    t_measured_tai_ns: Ints  # (r,)
    values: Rows  # (r, 4) NaN: covered, and nothing found
    sigmas: Rows  # (r, 4)
    sensor_position_itrf_m: Rows  # (r, 3)
    scan_row: Ints  # (r,) which detection of the scan; -1 for silence

    def __len__(self) -> int:
        return len(self.key)

    def joined(self, other: "LookChunk") -> "LookChunk":
        """These rows and then the other's."""
        return joined((self, other))

    def rows_of(self, keys: Sequence[int]) -> Ints:
        """(m,) which rows concern a track, by whichever of its keys."""
        is_mine = self.key == keys[0]
        for key in keys[1:]:
            is_mine |= self.key == key
        return np.flatnonzero(is_mine)


def joined(chunks: Sequence[LookChunk]) -> LookChunk:
    """The rows of one chunk or more, one after the other."""
    if len(chunks) == 1:
        return chunks[0]
    return LookChunk(*(np.concatenate([getattr(chunk, f) for chunk in chunks]) for f in LookChunk.__slots__))


def chunk_of(
    rows: TrackRows, scan: Scan, view: SensorView, pairs: Sequence[tuple[Ints, Ints]], missed: Ints | Sequence[int]
) -> LookChunk:
    """A chunk from (track keys, scan rows) that were paired and the keys of tracks that were looked for in vain."""
    missed = np.asarray(missed, dtype=np.int64)
    key = np.concatenate([np.asarray(keys, dtype=np.int64) for keys, _ in pairs] + [missed])
    row = np.concatenate(
        [np.asarray(found, dtype=np.int64) for _, found in pairs] + [np.full(len(missed), -1, dtype=np.int64)]
    )
    n = len(key)
    values, sigmas = np.full((n, 4), np.nan), np.full((n, 4), np.nan)
    t = np.full(n, rows.t_tai_ns, dtype=np.int64)
    seen = row >= 0
    m = scan.values.shape[1]  # a kind with fewer columns leaves NaN after its own
    values[seen, :m], sigmas[seen, :m] = scan.values[row[seen]], scan.sigmas[row[seen]]
    t[seen] = scan.t_measured_tai_ns[row[seen]]
    origin = view.origin_itrf_m(scan, rows.t_tai_ns)
    return LookChunk(
        key, np.full(n, view.index), np.full(n, KIND_CODES[scan.kind]), t, values, sigmas, np.tile(origin, (n, 1)), row
    )


def looks_of(keys: Sequence[int], chunks: Sequence[LookChunk], sensor_ids: tuple[str, ...]) -> Looks:
    """Everything that one track was seen as, under whichever of its keys, in the order it was measured."""
    mine = [(chunk, rows) for chunk in chunks if len(rows := chunk.rows_of(keys))]

    def column(name: str, empty: Any) -> Any:
        return np.concatenate([getattr(chunk, name)[rows] for chunk, rows in mine]) if mine else empty

    t = column("t_measured_tai_ns", np.empty(0, dtype=np.int64))
    order = np.argsort(t, kind="stable")
    whole = np.empty(0, dtype=np.int64)
    return Looks(
        sensor_ids,
        column("sensor_index", whole)[order], column("kind_code", whole)[order], t[order],
        column("values", np.empty((0, 4)))[order], column("sigmas", np.empty((0, 4)))[order],
        column("sensor_position_itrf_m", np.empty((0, 3)))[order],
    )  # fmt: skip
