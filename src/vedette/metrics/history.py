"""A whole run as rows, and which of its rows are near which: what every score over time begins from.

Nothing here loops over instants: a day of a run is one tree and one search.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from vedette.core.assignment import best_pairs
from vedette.core.shapes import Ints, Rows, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What was there, or was believed to be there, at a sequence of instants; k rows in any order.

    `step` counts the instants of the sequence, the same for truths and tracks; `label` says which object, whole
    numbers; `state` holds metres, and metres per second from the fourth column on where velocity is known.
    """

    step: Ints  # (k,)
    label: Ints  # (k,)
    state: Rows  # (k, 3) or (k, 6)

    def __len__(self) -> int:
        return len(self.step)

    @property
    def position_m(self) -> Rows:
        """(k, 3)"""
        return self.state[:, :3]


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Pairs of rows of one instant that lie within a distance of each other."""

    track_row: Ints  # (p,)
    truth_row: Ints  # (p,)
    distance_m: Scalar  # (p,)


def near_rows(tracks: History, truths: History, cutoff_m: float) -> Near:
    """All pairs of rows of the same instant that are closer than the cutoff."""
    if len(tracks) == 0 or len(truths) == 0:
        return Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    apart_m = 4.0 * cutoff_m  # instants become layers that cannot see each other
    layers = [np.column_stack([one.position_m, apart_m * one.step]) for one in (tracks, truths)]
    found = cKDTree(layers[0]).sparse_distance_matrix(cKDTree(layers[1]), cutoff_m, output_type="ndarray")
    order = np.lexsort((found["j"], found["i"]))
    track_row, truth_row = found["i"][order].astype(np.int64), found["j"][order].astype(np.int64)
    distance_m = np.linalg.norm(tracks.position_m[track_row] - truths.position_m[truth_row], axis=1)
    close = distance_m < cutoff_m
    return Near(track_row[close], truth_row[close], distance_m[close])


def matched_rows(near: Near, cutoff_m: float, p: float = 2.0) -> Near:
    """One-to-one at every instant, all instants at once: the pairing that GOSPA chooses."""
    keep = best_pairs(near.track_row, near.truth_row, cutoff_m**p - near.distance_m**p)
    return Near(near.track_row[keep], near.truth_row[keep], near.distance_m[keep])
