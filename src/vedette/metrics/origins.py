"""When the origin of each detection is known: how pure tracks are, and how soon they come."""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Scalar
from vedette.metrics.history import History, matched_rows, near_rows


@dataclass(frozen=True, slots=True, eq=False)
class Purity:
    """One row for each track, in the order of `label`."""

    label: Ints  # (n,) tracks
    share: Scalar  # (n,) of its detections that come from the object that gave it most
    origin: Ints  # (n,) that object, or -1 for clutter
    hits: Ints  # (n,)

    @property
    def overall(self) -> float:
        """Share of all detections used that came from their track's own object; NaN without any."""
        return float(np.sum(self.share * self.hits) / np.sum(self.hits)) if len(self.hits) else float("nan")


def purity(track: Ints, origin: Ints) -> Purity:
    """From one row for each detection that was used: (k,) which track took it, and what it came from (-1 clutter)."""
    labels, at = np.unique(track, return_inverse=True)
    sources, source = np.unique(origin, return_inverse=True)
    count = np.zeros((len(labels), max(len(sources), 1)), dtype=np.int64)
    np.add.at(count, (at, source), 1)
    hits = count.sum(axis=1)
    best = np.argmax(count, axis=1)
    share = count[np.arange(len(labels)), best] / np.maximum(hits, 1)
    return Purity(labels, share, sources[best] if len(sources) else np.empty(0, np.int64), hits)


def instants_to_track(tracks: History, truths: History, gate_m: float) -> tuple[Ints, Scalar]:
    """Labels of the objects (n,), and how many instants after its first each was first tracked (n,); inf: never."""
    labels, at = np.unique(truths.label, return_inverse=True)
    first = np.full(len(labels), np.inf)
    np.minimum.at(first, at, truths.step.astype(float))
    tracked = np.full(len(labels), np.inf)
    pairs = matched_rows(near_rows(tracks, truths, gate_m), gate_m)
    np.minimum.at(tracked, at[pairs.truth_row], truths.step[pairs.truth_row].astype(float))
    return labels, tracked - first
