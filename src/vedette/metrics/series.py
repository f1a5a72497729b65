"""GOSPA at every instant of a run, in one go."""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Scalar
from vedette.metrics.history import History, matched_rows, near_rows


@dataclass(frozen=True, slots=True, eq=False)
class GospaSeries:
    """GOSPA and its parts at the instants 0 ... k-1; `value ** p` is the sum of the parts."""

    value: Scalar  # (k,)
    localisation: Scalar  # (k,)
    missed: Scalar  # (k,)
    false: Scalar  # (k,)
    missed_count: Ints  # (k,)
    false_count: Ints  # (k,)


def gospa_series(tracks: History, truths: History, cutoff_m: float, p: float = 2.0, steps: int = 0) -> GospaSeries:
    """GOSPA of a run [Rahmathullah, Garcia-Fernandez, Svensson 2017], alpha = 2, on positions.

    `steps` is the number of instants; 0 takes the last that occurs. Equal to `gospa` at each instant, and a hundred
    times faster than calling it.
    """
    steps = steps or 1 + int(max((one.step.max() for one in (tracks, truths) if len(one)), default=-1))
    pairs = matched_rows(near_rows(tracks, truths, cutoff_m), cutoff_m, p)
    at = truths.step[pairs.truth_row] if len(truths) else np.empty(0, np.int64)
    matched = np.bincount(at, minlength=steps)
    localisation = np.bincount(at, weights=pairs.distance_m**p, minlength=steps).astype(float)
    missed_count = np.bincount(truths.step, minlength=steps) - matched
    false_count = np.bincount(tracks.step, minlength=steps) - matched
    half = cutoff_m**p / 2.0
    missed, false = half * missed_count, half * false_count
    value = (localisation + missed + false) ** (1.0 / p)
    return GospaSeries(value, localisation, missed, false, missed_count, false_count)
