"""What was said of one look: which known objects its detections may be, and how probably."""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """m detections of a look against the catalogue.

    best : (m,) row of the likeliest object, -1 when there is none near
    p_best : (m,) that it is that one
    p_known : (m,) that it is any of the catalogue: what is missing to one is something new
    starts, rows, chances : detection j may be rows[starts[j]:starts[j + 1]], likeliest first, with these chances;
        what is docked or flies together stands there together
    off_m : (m, 3) the likeliest error of the best one's elements: radially, along, across
    """

    best: Ints
    p_best: Scalar
    p_known: Scalar
    starts: Ints
    rows: Ints
    chances: Scalar
    off_m: Rows

    def __len__(self) -> int:
        return len(self.best)

    def of(self, detection: int) -> tuple[Ints, Scalar]:
        """Rows and chances of all that a detection may be."""
        part = slice(int(self.starts[detection]), int(self.starts[detection + 1]))
        return self.rows[part], self.chances[part]

    def sure_set(self, detection: int, share: float = 0.99) -> Ints:
        """The fewest rows that hold a share of the chance that it is known at all."""
        rows, chances = self.of(detection)
        if not len(rows):
            return rows
        enough = int(np.searchsorted(np.cumsum(chances), share * float(chances.sum()))) + 1
        return rows[:enough]


def correlation_of(m: int, detection: Ints, row: Ints, chance: Scalar, off_m: Rows, least: float) -> Correlation:
    """From pairs (p,) to answers: those below `least` are told in the sum only."""
    p_known = np.minimum(np.bincount(detection, chance, m), 1.0) if len(detection) else np.zeros(m)
    kept = np.flatnonzero(chance >= least)
    order = kept[np.lexsort((row[kept], -chance[kept], detection[kept]))]
    starts = np.searchsorted(detection[order], np.arange(m + 1))
    best, p_best, off = np.full(m, -1, dtype=np.int64), np.zeros(m), np.full((m, 3), np.nan)
    has = np.flatnonzero(starts[1:] > starts[:-1])
    first = order[starts[has]]
    best[has], p_best[has], off[has] = row[first], chance[first], off_m[first]
    return Correlation(best, p_best, p_known, starts, row[order], chance[order], off)
