"""Who says where a named object is, and how far to trust it: orbits that registration leans on.

A reference gives state and covariance at an instant; the covariance is the reference's own, in whatever shape it has
(element sets err mostly along the track), and the error is taken to move as an orbit does for as long as one issue of
the reference is used. Two looks at the same issue therefore share one error, and it is never counted twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vedette.core.constants import EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation, itrf_from_gcrf_matrix, state_itrf_from_teme
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import propagate_coast, propagate_coast_stm
from vedette.time import jd_utc_from_tai_ns

FIELD_DEGREE = 8  # of gravity on a reference orbit; J4 alone is tens of metres off within a pass
OPEN_SIGMA_M, OPEN_SIGMA_MPS = 100e3, 1e3  # of an orbit of which nothing is known that would be counted twice


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceState:
    """Where a reference says an object is."""

    state_itrf: Scalar  # (6,)
    state_cov_itrf: Rows  # (6, 6)
    issue: str = ""  # which issue of the reference: errors of one issue belong together


class Reference(Protocol):
    """Anything that knows where named objects are."""

    def reference_at(self, name: str, t_tai_ns: int) -> ReferenceState | None:
        """State and covariance of an object, or None where it cannot say."""
        ...

    def names(self) -> tuple[str, ...]:
        """The objects it knows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Coast:
    """An orbit by one state."""

    t_epoch_tai_ns: int
    state_itrf: Scalar
    state_cov_itrf: Rows
    issue: str = ""


class CoastingReference:
    """Orbits given by a state and covariance each, coasting in a gravity field of this degree without drag."""

    def __init__(self, orbits: Mapping[str, Coast], field_degree: int = FIELD_DEGREE) -> None:
        self._orbits = dict(orbits)
        self._field = field_coefficients(field_degree)
        self._last: dict[str, tuple[int, Scalar, Rows]] = {}

    def names(self) -> tuple[str, ...]:
        """The objects it knows."""
        return tuple(self._orbits)

    def reference_at(self, name: str, t_tai_ns: int) -> ReferenceState | None:
        """State and covariance carried to the instant; None for an object it does not know."""
        orbit = self._orbits.get(name)
        if orbit is None:
            return None
        t0, state, turn = self._last.get(name, (orbit.t_epoch_tai_ns, orbit.state_itrf, np.eye(6)))
        dt_s = (t_tai_ns - t0) / NS_PER_S
        _, step = propagate_coast_stm(state, dt_s)
        state, turn = propagate_coast(state, dt_s, field=self._field), step @ turn
        self._last[name] = (t_tai_ns, state, turn)
        return ReferenceState(state, turn @ orbit.state_cov_itrf @ turn.T, orbit.issue or str(orbit.t_epoch_tai_ns))


class ElementSetReference:
    """Public element sets by name, through SGP4, kilometres off; the error grows along the track with age.

    Parameters
    ----------
    lines : by name, the two lines of an element set
    sigmas_m : radial, along-track, cross-track one sigma at epoch
    growth_m_per_day : how much the along-track sigma grows
    earth_orientation : for the turn from teme to itrf

    Trust
    -----
    The default sigmas are those of low orbits in public comparisons (median 2.7 km and 90 % within 11 km at 12 days for
    navigation satellites; 0.5 to 1 km at epoch for low orbits: Vallado and Cefola, IAC-12-C1.6.12, 2012).
    """

    def __init__(
        self,
        lines: Mapping[str, tuple[str, str]],
        earth_orientation: EarthOrientation | None = None,
        sigmas_m: tuple[float, float, float] = (300.0, 1000.0, 300.0),
        growth_m_per_day: float = 1500.0,
    ) -> None:
        from sgp4.api import Satrec  # only who reads element sets pays for it

        self._sets = {name: Satrec.twoline2rv(*two) for name, two in lines.items()}
        self._earth = earth_orientation or EarthOrientation.packaged()
        self._sigmas_m, self._growth = sigmas_m, growth_m_per_day

    def names(self) -> tuple[str, ...]:
        """The objects it knows."""
        return tuple(self._sets)

    def reference_at(self, name: str, t_tai_ns: int) -> ReferenceState | None:
        """State by SGP4 and the covariance by the set's age; None when SGP4 gives up."""
        one = self._sets.get(name)
        if one is None:
            return None
        jd, fraction = (float(part) for part in jd_utc_from_tai_ns(t_tai_ns))
        trouble, position_km, velocity_kmps = one.sgp4(jd, fraction)
        if trouble:
            return None
        teme = np.concatenate([position_km, velocity_kmps]) * 1e3
        state = state_itrf_from_teme(t_tai_ns, teme, self._earth)
        age_days = abs((jd - one.jdsatepoch) + (fraction - one.jdsatepochF))
        radial, along, cross = self._sigmas_m
        sigmas = np.array([radial, float(np.hypot(along, self._growth * age_days)), cross])
        return ReferenceState(state, covariance_of_track(state, sigmas), f"{one.jdsatepoch + one.jdsatepochF:.8f}")


class TabulatedReference:
    """An orbit given as a table of Earth-fixed positions (CPF predictions, SP3): Lagrange interpolation of ten points.

    Parameters
    ----------
    t_tai_ns : (n,) rising
    positions_itrf_m : (n, 3)
    sigmas_m : radial, along-track, cross-track one sigma
    """

    def __init__(
        self, name: str, t_tai_ns: Ints, positions_itrf_m: Rows, sigmas_m: tuple[float, float, float], issue: str = ""
    ) -> None:
        if len(t_tai_ns) < 10:
            raise UsageError(f"{name}: {len(t_tai_ns)} positions are too few to interpolate; ten are needed")
        self._name, self._issue = name, issue or str(int(t_tai_ns[0]))
        self._t, self._positions = np.asarray(t_tai_ns, dtype=np.int64), np.asarray(positions_itrf_m, dtype=float)
        self._sigmas_m = np.array(sigmas_m)

    def names(self) -> tuple[str, ...]:
        """The one object."""
        return (self._name,)

    def reference_at(self, name: str, t_tai_ns: int) -> ReferenceState | None:
        """Interpolated state; None outside the table."""
        if name != self._name or not self._t[0] <= t_tai_ns <= self._t[-1]:
            return None
        middle = int(np.searchsorted(self._t, t_tai_ns))
        first = min(max(middle - 5, 0), len(self._t) - 10)
        part = slice(first, first + 10)
        nodes_s = (self._t[part] - t_tai_ns) / NS_PER_S
        position, velocity = _lagrange_at_zero(nodes_s, self._positions[part])
        state = np.concatenate([position, velocity])
        return ReferenceState(state, covariance_of_track(state, self._sigmas_m), self._issue)


class StarReference:
    """Directions of stars: names to unit vectors in gcrf, as they stand for the sensor (aberration is its business)."""

    def __init__(self, directions_gcrf: Mapping[str, Vec3], earth_orientation: EarthOrientation | None = None) -> None:
        self._stars = {name: np.asarray(u, dtype=float) / np.linalg.norm(u) for name, u in directions_gcrf.items()}
        self._earth = earth_orientation or EarthOrientation.packaged()

    def names(self) -> tuple[str, ...]:
        """The stars it knows."""
        return tuple(self._stars)

    def direction_at(self, name: str, t_tai_ns: int) -> tuple[Vec3, Vec3] | None:
        """(3,) direction in itrf and (3,) its rate of change, rad/s; None for a star it does not know."""
        star = self._stars.get(name)
        if star is None:
            return None
        los = itrf_from_gcrf_matrix(t_tai_ns, self._earth) @ star
        return los, np.cross(np.array([0.0, 0.0, -EARTH_SPIN_RADPS]), los)


def covariance_of_track(state_itrf: Scalar, sigmas_m: Scalar) -> Rows:
    """(6, 6) of a near-circular orbit's error from radial, along-track and cross-track one sigma, m.

    An orbit error is not a fixed offset. Along-track it is a delay, so the velocity error is that of the same orbit a
    moment later; the radial error swings once a revolution about a circle and drags the along-track rate with it
    (Clohessy and Wiltshire 1960: 2 n x at the turning points); cross-track swings freely, its rate unrelated.
    """
    radial, along, cross = (float(s) for s in sigmas_m)
    position, velocity = state_itrf[:3], state_itrf[3:]
    inertial = velocity + np.cross([0.0, 0.0, EARTH_SPIN_RADPS], position)
    up = position / np.linalg.norm(position)
    normal = np.cross(position, inertial)
    rate = float(np.linalg.norm(normal)) / float(position @ position)
    normal = normal / np.linalg.norm(normal)
    ahead = np.cross(normal, up)
    delay = along / float(np.linalg.norm(inertial))
    later = (propagate_coast(state_itrf, 0.5) - propagate_coast(state_itrf, -0.5)) * delay
    columns = [later]
    # radial: half of its swing now, half a quarter of a revolution on; each with the along-track rate that belongs to
    # it (-2 n x in the turning orbital frame is -n x seen by the stars)
    columns.append(radial * np.concatenate([up, -rate * ahead - np.cross([0, 0, EARTH_SPIN_RADPS], up)]))
    columns.append(radial * np.concatenate([np.zeros(3), rate * up]))
    columns.append(cross * np.concatenate([normal, -np.cross([0, 0, EARTH_SPIN_RADPS], normal)]))
    columns.append(cross * np.concatenate([np.zeros(3), rate * normal]))
    columns.append(0.05 * radial * np.concatenate([np.zeros(3), rate * ahead]))  # the period is not quite known either
    G = np.stack(columns, axis=-1)
    return np.asarray(G @ G.T)


def open_orbit_cov() -> Rows:
    """(6, 6) for an object of which only the looks themselves speak: what is told is relative."""
    return np.diag(np.repeat([OPEN_SIGMA_M, OPEN_SIGMA_MPS], 3) ** 2)


def _lagrange_at_zero(nodes_s: Scalar, values: Rows) -> tuple[Scalar, Scalar]:
    """Value and slope at 0 of the polynomial through (n,) nodes and (n, k) values."""
    n = len(nodes_s)
    weights, slopes = np.empty(n), np.empty(n)
    for i in range(n):
        others = np.delete(nodes_s, i)
        below = float(np.prod(nodes_s[i] - others))
        weights[i] = float(np.prod(-others)) / below
        slopes[i] = sum(float(np.prod(-np.delete(others, j))) for j in range(n - 1)) / below
    return weights @ values, slopes @ values
