"""Orbits as planes: mean elements at any instant, as SGP4's secular terms with drag have them.

Only what changes steadily is moved (node, perigee, size); what SGP4 adds in the short term does not matter here.
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.sgp4 import Sgp4
from vedette.motion.sgp4.layout import EARTH_RADIUS_KM, XKE
from vedette.reports.elements import ElementSets

_NS_PER_MIN = 6e10
_MIN_PER_DAY = 1440.0


@dataclass(frozen=True, slots=True, eq=False)
class MeanOrbits:
    """n mean orbits with their secular rates; rates are per day, angles in radians, in `teme`.

    node_bend : half the second derivative of the node by drag, radians per day squared
    """

    t_epoch_tai_ns: Ints
    semi_axis_m: Scalar
    eccentricity: Scalar
    inclination_rad: Scalar
    node_rad: Scalar
    perigee_rad: Scalar
    anomaly_rad: Scalar
    node_rate_radpday: Scalar
    node_bend: Scalar
    perigee_rate_radpday: Scalar
    anomaly_rate_radpday: Scalar

    @classmethod
    def of(cls, sets: ElementSets) -> "MeanOrbits":
        """The mean orbits of element sets, mean motion as Brouwer's."""
        record = Sgp4.of(sets).records
        day = _MIN_PER_DAY
        return cls(
            t_epoch_tai_ns=np.asarray(sets.t_epoch_tai_ns, dtype=np.int64),
            semi_axis_m=1e3 * EARTH_RADIUS_KM * (XKE / record["no"]) ** (2.0 / 3.0),
            eccentricity=sets.eccentricity,
            inclination_rad=sets.inclination_rad,
            node_rad=sets.node_teme_rad,
            perigee_rad=sets.perigee_argument_rad,
            anomaly_rad=sets.mean_anomaly_rad,
            node_rate_radpday=(record["nodedot"] + record["dnodt"]) * day,
            node_bend=record["nodecf"] * day**2,
            perigee_rate_radpday=(record["argpdot"] + record["domdt"]) * day,
            anomaly_rate_radpday=(record["mdot"] + record["dmdt"]) * day,
        )

    def __len__(self) -> int:
        return len(self.semi_axis_m)

    def take(self, index: Ints) -> "MeanOrbits":
        """The rows of an index."""
        return MeanOrbits(*(getattr(self, name)[index] for name in self.__slots__))

    def days_to(self, t_tai_ns: int | Ints) -> Scalar:
        """(n,) days from each epoch."""
        return (np.asarray(t_tai_ns, dtype=np.int64) - self.t_epoch_tai_ns) / (_NS_PER_MIN * _MIN_PER_DAY)

    def nodes_rad(self, t_tai_ns: int) -> Scalar:
        """(n,) right ascension of the ascending node at an instant."""
        days = self.days_to(t_tai_ns)
        return (self.node_rad + days * (self.node_rate_radpday + days * self.node_bend)) % (2.0 * np.pi)

    def normals(self, t_tai_ns: int) -> Rows:
        """(n, 3) unit vectors across the orbits at an instant."""
        node, lean = self.nodes_rad(t_tai_ns), self.inclination_rad
        return np.stack([np.sin(lean) * np.sin(node), -np.sin(lean) * np.cos(node), np.cos(lean)], axis=-1)

    def radii_m(self, t_tai_ns: int, latitude_argument_rad: Scalar | float) -> Scalar:
        """(n,) distance from the centre where the argument of latitude is as given."""
        angle = latitude_argument_rad - self.perigee_rad - self.days_to(t_tai_ns) * self.perigee_rate_radpday
        e = self.eccentricity
        return self.semi_axis_m * (1.0 - e * e) / (1.0 + e * np.cos(angle))
