"""Which objects of a catalogue were not in an older one; by number where there is one, else by orbit."""

import numpy as np

from vedette.catalogue.changes.planes import MeanOrbits
from vedette.core.shapes import Ints
from vedette.reports.elements import ElementSets

_NODE_RAD, _LEAN_RAD, _AXIS_SHARE, _ECCENTRICITY = 0.01, 0.001, 0.002, 0.003


def newcomers(old: ElementSets, new: ElementSets) -> Ints:
    """(k,) rows of `new`, the newest set of each object, that `old` does not hold.

    A number that both know is the same object. Where either has no numbers, an orbit in the same plane (its node
    moved to the new epoch) of the same size and shape is taken for the same object.
    """
    latest = _latest(new)
    if np.all(old.number > 0) and np.all(new.number > 0):
        return latest[~np.isin(new.number[latest], old.number)]
    known = np.isin(new.number[latest], old.number[old.number > 0]) & (new.number[latest] > 0)
    return latest[~(known | _has_twin(old, new.take(latest)))]


def _latest(sets: ElementSets) -> Ints:
    """Rows of the newest set of each number; every row that has no number."""
    order = np.lexsort((sets.t_epoch_tai_ns, sets.number))
    number = sets.number[order]
    last = np.append(number[1:] != number[:-1], True) if len(number) else np.empty(0, dtype=bool)
    return np.sort(order[last | (number == 0)])


def _has_twin(old: ElementSets, new: ElementSets) -> np.ndarray:
    """(n,) whether an old orbit, carried on, is this one."""
    was, now = MeanOrbits.of(old), MeanOrbits.of(new)
    order = np.argsort(was.inclination_rad)
    leans = was.inclination_rad[order]
    low = np.searchsorted(leans, now.inclination_rad - _LEAN_RAD)
    high = np.searchsorted(leans, now.inclination_rad + _LEAN_RAD)
    found = np.zeros(len(now), dtype=bool)
    for i in range(len(now)):
        rows = order[low[i] : high[i]]
        days = (now.t_epoch_tai_ns[i] - was.t_epoch_tai_ns[rows]) / 8.64e13
        node = was.node_rad[rows] + days * (was.node_rate_radpday[rows] + days * was.node_bend[rows])
        apart = np.abs((node - now.node_rad[i] + np.pi) % (2.0 * np.pi) - np.pi)
        size = np.abs(was.semi_axis_m[rows] / now.semi_axis_m[i] - 1.0)
        shape = np.abs(was.eccentricity[rows] - now.eccentricity[i])
        allowed = _NODE_RAD + 2e-4 * np.abs(days)
        found[i] = bool(np.any((apart < allowed) & (size < _AXIS_SHARE) & (shape < _ECCENTRICITY)))
    return found
