"""Where every catalogued object is, at any instant, without asking SGP4 each time.

All objects are flown at whole minutes, once, in one pass; between two minutes a cubic through both states serves
(Hermite: within a metre in low orbit, where the elements themselves are good to hundreds). The knots are Earth-fixed,
so that a sensor on the ground meets them as they are.
"""

from dataclasses import dataclass

import numpy as np

from vedette.catalogue.element_error import element_sigmas_m
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.motion.sgp4 import Sgp4
from vedette.reports.elements import ElementSets

STEP_S = 60.0
_STEP_NS = round(STEP_S * NS_PER_S)
_KEPT, _KEPT_OF_MANY = 12, 3  # knots: what is late by some minutes still finds its own
_MANY = 200_000  # objects: a knot of a million is 72 MB
_PIECE = 100_000  # objects flown at once


@dataclass(frozen=True, slots=True, eq=False)
class Knot:
    """All objects at one whole minute.

    states_itrf : (n, 6) NaN where an element set gives no state
    sigmas_m : (n, 3) of the element sets at their age then: radially, along, across
    """

    t_tai_ns: int
    states_itrf: Rows
    sigmas_m: Rows


class SkyTable:
    """Element sets, one for each object, and the knots that were needed last."""

    def __init__(self, sets: ElementSets, earth_orientation: EarthOrientation | None = None) -> None:
        self.sets = sets
        self.flown = Sgp4.of(sets)
        self.earth = earth_orientation or EarthOrientation.packaged()
        self._knots: dict[int, Knot] = {}

    def __len__(self) -> int:
        return len(self.sets)

    def number_of(self, t_tai_ns: int) -> int:
        """Which minute an instant lies in."""
        return t_tai_ns // _STEP_NS

    def knot(self, number: int) -> Knot:
        """The states at a whole minute."""
        found = self._knots.get(number)
        if found is None:
            t = number * _STEP_NS
            states = np.empty((len(self), 6))
            for start in range(0, len(self), _PIECE):
                piece = slice(start, start + _PIECE)
                flown = Sgp4(self.flown.t_epoch_tai_ns[piece], self.flown.records[piece])
                components, troubles = flown.components_teme(np.array([t], dtype=np.int64))
                states[piece] = state_itrf_from_teme(t, np.concatenate(components, axis=1), self.earth)
                states[piece][(troubles[:, 0] != 0) & (troubles[:, 0] != 6)] = np.nan
            found = Knot(t, states, np.ascontiguousarray(element_sigmas_m(self.sets, np.full(len(self), t))))
            while len(self._knots) >= (_KEPT if len(self) < _MANY else _KEPT_OF_MANY):
                self._knots.pop(max(self._knots, key=lambda one: abs(one - number)))
            self._knots[number] = found
        return found

    def segment(self, t_tai_ns: int) -> tuple[Knot, Knot]:
        """The knots on either side of an instant."""
        number = self.number_of(t_tai_ns)
        return self.knot(number), self.knot(number + 1)

    def states_itrf(self, t_tai_ns: int, rows: Ints | None = None) -> Rows:
        """(n, 6) of all objects, or of some, at an instant."""
        from vedette.catalogue.known_kernels import states_between

        before, after = self.segment(t_tai_ns)
        which = np.arange(len(self), dtype=np.int64) if rows is None else np.asarray(rows, dtype=np.int64)
        out = np.empty((len(which), 6))
        share = (t_tai_ns - before.t_tai_ns) / _STEP_NS
        states_between(which, before.states_itrf, after.states_itrf, share, STEP_S, out)
        return out
