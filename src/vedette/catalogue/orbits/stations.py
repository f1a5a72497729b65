"""Where stations are at an instant: marker, drift, eccentricity, and how the tides move the solid Earth under them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError
from vedette.core.shapes import Ints, Rows, Vec3
from vedette.formats.sinex import Sinex
from vedette.frames import (
    EarthOrientation,
    enu_from_itrf_matrix,
    geodetic_from_itrf,
    itrf_from_gcrf_matrix,
    moon_position_gcrf_m,
    sun_position_gcrf_m,
)

_EARTH_RADIUS_M = 6_378_136.6
# masses over the Earth's: IERS Conventions 2010, table 1.1
_SUN, _MOON = 332_946.0487, 0.0123000371
_H2, _L2, _H3, _L3 = 0.6078, 0.0847, 0.292, 0.015  # Love and Shida numbers, IERS Conventions 2010, section 7.1.1


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """One place that measures, in ITRF at a reference epoch, with its drift."""

    name: str
    position_itrf_m: Vec3
    velocity_itrf_mps: Vec3
    t_epoch_tai_ns: int = 0

    def at(self, t_tai_ns: Ints | int) -> Rows:
        """Positions (..., 3) of the undisturbed place at instants (...)."""
        seconds = (np.asarray(t_tai_ns) - self.t_epoch_tai_ns) / NS_PER_S
        return self.position_itrf_m + np.multiply.outer(seconds, self.velocity_itrf_mps)


def fixed_station(name: str, position_itrf_m: Vec3) -> Station:
    """A station that does not drift."""
    return Station(name, np.asarray(position_itrf_m, dtype=float), np.zeros(3))


def laser_station(name: str, pad: int, system: int, occupancy: int, t_tai_ns: int, sinex: Sinex) -> Station:
    """The axes' crossing of a laser station at an instant, from the ILRS's coordinates and eccentricities.

    Without an eccentricity for that pad the marker itself is taken. NotFoundError when the marker is not in the file.
    """
    code = str(pad)
    solutions = [m for m in sinex.markers if m.code == code]
    if not solutions:
        raise NotFoundError(f"station {name} ({pad}) has no coordinates; give a SINEX file that holds it (--stations)")
    within = [m for m in solutions if m.t_from_tai_ns <= t_tai_ns <= m.t_to_tai_ns]
    marker = (within or sorted(solutions, key=lambda m: abs(m.t_epoch_tai_ns - t_tai_ns)))[0]
    number = f"{pad:04d}{system:02d}{occupancy:02d}"
    offsets = [e for e in sinex.eccentricities if e.code == code and e.t_from_tai_ns <= t_tai_ns <= e.t_to_tai_ns]
    exact = [e for e in offsets if e.occupancy == number] or offsets
    position, velocity = marker.at(t_tai_ns), marker.drift_itrf_mps
    if exact:
        lat_rad, lon_rad, _ = geodetic_from_itrf(position)
        enu = np.array([exact[-1].east_m, exact[-1].north_m, exact[-1].up_m])
        position = position + enu_from_itrf_matrix(lat_rad, lon_rad).T @ enu
    return Station(name, position, velocity, t_tai_ns)


def solid_tide_m(positions_itrf_m: Rows, t_tai_ns: Ints, earth_orientation: EarthOrientation) -> Rows:
    """How far Sun and Moon lift points (n, 3) of the solid Earth at instants (n,): ITRF displacements (n, 3)."""
    turn = itrf_from_gcrf_matrix(t_tai_ns, earth_orientation)
    moon_itrf_m = np.einsum("nij,nj->ni", turn, moon_position_gcrf_m(t_tai_ns))
    sun_itrf_m = np.einsum("nij,nj->ni", turn, sun_position_gcrf_m(t_tai_ns))
    return lifted_m(positions_itrf_m, moon_itrf_m, sun_itrf_m)


def lifted_m(positions_itrf_m: Rows, moon_itrf_m: Rows, sun_itrf_m: Rows) -> Rows:
    """Displacements (n, 3) of points of the solid Earth under a Moon and a Sun, all `(n, 3)` in ITRF.

    IERS Conventions 2010, step 1 in phase, degrees 2 and 3 (eqs. 7.5 and 7.6): with the permanent part, as coordinates
    of the ITRF are free of it. What is left out (frequency dependence, ocean loading, the pole's tide) is 1 to 3 cm.
    """
    place = np.asarray(positions_itrf_m, dtype=float)
    up = place / np.linalg.norm(place, axis=-1, keepdims=True)
    sine2 = up[:, 2] ** 2
    h2 = _H2 - 0.0006 * (1.5 * sine2 - 0.5)
    l2 = _L2 + 0.0002 * (1.5 * sine2 - 0.5)
    total = np.zeros_like(place)
    for body, mass in ((moon_itrf_m, _MOON), (sun_itrf_m, _SUN)):
        far = np.linalg.norm(body, axis=-1)
        towards = body / far[:, None]
        c = np.sum(towards * up, axis=-1)
        across = towards - c[:, None] * up
        two = mass * _EARTH_RADIUS_M**4 / far**3
        three = two * _EARTH_RADIUS_M / far
        total += (two * h2 * (1.5 * c * c - 0.5))[:, None] * up + (3.0 * two * l2 * c)[:, None] * across
        total += (three * _H3 * (2.5 * c**3 - 1.5 * c))[:, None] * up
        total += (three * _L3 * (7.5 * c * c - 1.5))[:, None] * across
    return total


def station_rows(
    stations: Sequence[Station], index: Ints, t_tai_ns: Ints, earth_orientation: EarthOrientation, with_tides: bool
) -> Rows:
    """ITRF positions (n, 3) of the station of each row at its instant; NaN where the index is negative."""
    places = np.full((len(index), 3), np.nan)
    for k, station in enumerate(stations):
        rows = np.flatnonzero(index == k)
        if len(rows):
            places[rows] = station.at(t_tai_ns[rows])
            if with_tides:
                places[rows] += solid_tide_m(places[rows], t_tai_ns[rows], earth_orientation)
    return places
