"""A story's catalogue as the engine may have it: for the tracker, and for the weighing of orbits."""

from collections.abc import Iterable

import numpy as np

from vedette.assessment.natural.context import OrbitRows
from vedette.assessment.natural.known_orbits import KnownBodies
from vedette.core.shapes import Vec3
from vedette.reports import KnownBody, Region
from vedette.sensing import Sensor
from vedette.tracking.known_objects import KnownRows

REACH_M = 6_000e3  # no sensor of a story sees known objects farther off than this


class CatalogueObjects:
    """`tracking.KnownObjects` and `natural.KnownOrbits` of the same hours-old element sets."""

    def __init__(self, bodies: Iterable[KnownBody]) -> None:
        self._bodies = KnownBodies(bodies)

    def __len__(self) -> int:
        """How many it knows."""
        return len(self._bodies)

    def near(self, t_tai_ns: int, place_itrf_m: Vec3, reach_m: float) -> OrbitRows:
        """The bodies that may be within reach of a place."""
        return self._bodies.near(t_tai_ns, place_itrf_m, reach_m)

    def predicted(self, t_tai_ns: int, sensor: Sensor, looked_at: Region | None) -> KnownRows:
        """The bodies that a look may meet, less those that decay.

        What air brakes runs seconds ahead of an hours-old orbit: it is no silent explanation, but one to be weighed in
        the open against a launch (rule R11).
        """
        rows = self.near(t_tai_ns, np.asarray(sensor.position_itrf_m(t_tai_ns)), REACH_M)
        kept = np.flatnonzero(~rows.is_decaying)
        return KnownRows(tuple(rows.ids[i] for i in kept), rows.states_itrf[kept], rows.covs_itrf[kept])


def catalogue_objects(bodies: Iterable[KnownBody]) -> CatalogueObjects | None:
    """What an engine may be told; None for an empty catalogue."""
    known = tuple(bodies)
    return CatalogueObjects(known) if known else None
