"""SIAP: is the one picture complete, clear, continuous and accurate?

The single integrated air picture attributes of Votruba, Nisley, Rothrock and Zombro [SIAP System Engineering Task
Force, TR 2001-001], over a run: counts over the instants, then their ratios. A track is assigned to the nearest object
within the gate; several tracks may be assigned to one object (that is the ambiguity).
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints
from vedette.metrics.history import History, Near, near_rows


@dataclass(frozen=True, slots=True)
class Siap:
    """NaN where nothing was there to be judged."""

    completeness: float  # share of object-instants that have a track; 1 is best
    ambiguity: float  # tracks for each tracked object; 1 is best
    spuriousness: float  # share of track-instants that belong to no object; 0 is best
    position_accuracy_m: float  # mean distance of assigned tracks
    velocity_accuracy_mps: float
    track_changes: float  # changes of the track that holds an object, for each tracked object-instant
    longest_track_share: float  # the longest unbroken hold by one track, share of an object's life; weighted mean


def siap(tracks: History, truths: History, gate_m: float) -> Siap:
    """Score a run. `gate_m`: farther than this is not that object."""
    near = near_rows(tracks, truths, gate_m)
    order = np.lexsort((near.distance_m, near.track_row))
    first = np.unique(near.track_row[order], return_index=True)[1]
    best = order[first]  # each track row's nearest object
    held = Near(near.track_row[best], near.truth_row[best], near.distance_m[best])
    tracked = np.unique(held.truth_row)
    velocity = np.nan
    if tracks.state.shape[1] >= 6 and truths.state.shape[1] >= 6 and len(best):
        apart = tracks.state[held.track_row, 3:6] - truths.state[held.truth_row, 3:6]
        velocity = float(np.linalg.norm(apart, axis=1).mean())
    changes, longest = _continuity(tracks, truths, held)
    return Siap(
        _share(len(tracked), len(truths)), _share(len(best), len(tracked)),
        _share(len(tracks) - len(best), len(tracks)), float(held.distance_m.mean()) if len(best) else np.nan,
        velocity, _share(changes, len(tracked)), _share(longest, len(truths)),
    )  # fmt: skip


def _share(count: int, of: int) -> float:
    return count / of if of else float("nan")


def _continuity(tracks: History, truths: History, held: Near) -> tuple[int, int]:
    """Changes of holder, and the sum over objects of the longest unbroken hold by one track, in instants."""
    label, step, by = truths.label[held.truth_row], truths.step[held.truth_row], tracks.label[held.track_row]
    changes, longest = 0, 0
    order = np.lexsort((by, step, label))
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    for rows in np.split(order, cuts) if len(order) else []:
        changes += _changes(step[rows], by[rows])
        longest += max(_longest_run(step[rows][by[rows] == one]) for one in np.unique(by[rows]))
    return changes, longest


def _changes(step: Ints, by: Ints) -> int:
    """How often the holder gives way to another; it goes on holding for as long as it is assigned at all."""
    if np.all(by == by[0]):
        return 0
    holder, changes = -1, 0
    cuts = np.flatnonzero(np.diff(step)) + 1
    for here in np.split(by, cuts):
        if holder not in here:
            changes += holder != -1
            holder = int(here[0])
    return changes


def _longest_run(step: Ints) -> int:
    breaks = np.flatnonzero(np.diff(step) != 1) + 1
    return int(np.diff(np.r_[0, breaks, len(step)]).max())
