"""Where a watching satellite stands, Earth-fixed: over one longitude, or on a Keplerian ellipse.

Enough for a sensor whose own position is part of its report; the orbits of objects are another room (`motion`).
"""

from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, radians, sqrt
from typing import Any, Final

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Vec3
from vedette.frames import EarthOrientation, state_itrf_from_teme
from vedette.time import jd_utc_from_tai_ns

# (mu / spin^2)^(1/3) with the sidereal spin: the radius at which an orbit keeps its longitude
GEOSTATIONARY_RADIUS_M: Final = (EARTH_MU_M3_S2 / EARTH_SPIN_RADPS**2) ** (1.0 / 3.0)


@dataclass(frozen=True, slots=True)
class Geostationary:
    """Above the equator, always over the same longitude (east positive)."""

    lon_deg: float

    def __post_init__(self) -> None:
        if not -180.0 <= self.lon_deg <= 360.0:
            raise UsageError(f"geostationary longitude {self.lon_deg} deg; give -180 to 360, east positive")

    def position_itrf_m(self, t_tai_ns: Ints | int = 0) -> Vec3:
        """(3,) or (n, 3): the same place at every time."""
        lon_rad = radians(self.lon_deg)
        here = GEOSTATIONARY_RADIUS_M * np.array([np.cos(lon_rad), np.sin(lon_rad), 0.0])
        return np.broadcast_to(here, (*np.shape(t_tai_ns), 3)).copy()


@dataclass(frozen=True, slots=True)
class Keplerian:
    """An ellipse in a frame that does not turn, given by where it stood over the Earth at an epoch.

    `node_lon_deg` is the Earth-fixed longitude of the ascending node at the epoch, so that no sidereal time is needed
    to say where the satellite is seen from. Two bodies only: the node's slow drift (a tenth of a degree a day for a
    Molniya orbit) is the business of whoever writes the next epoch.
    """

    semi_major_axis_km: float
    eccentricity: float
    inclination_deg: float
    node_lon_deg: float
    argument_of_perigee_deg: float
    mean_anomaly_deg: float
    t_epoch_tai_ns: int

    def __post_init__(self) -> None:
        if not 0.0 <= self.eccentricity < 1.0:
            raise UsageError(f"eccentricity {self.eccentricity} is not an ellipse; give 0 <= e < 1")
        perigee_km = self.semi_major_axis_km * (1.0 - self.eccentricity)
        if not (isfinite(perigee_km) and perigee_km > 6_378.0):
            raise UsageError(
                f"a perigee {perigee_km:.0f} km from the Earth's centre is under ground; is semi_major_axis_km in km?"
            )

    def position_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) where it stands at the given times."""
        dt_s = (np.asarray(t_tai_ns, dtype=np.int64) - self.t_epoch_tai_ns) / NS_PER_S
        a_m, e = self.semi_major_axis_km * 1e3, self.eccentricity
        mean = radians(self.mean_anomaly_deg) + np.sqrt(EARTH_MU_M3_S2 / a_m**3) * dt_s
        anomaly = _eccentric_anomaly(mean, e)
        x = a_m * (np.cos(anomaly) - e)
        y = a_m * sqrt(1.0 - e * e) * np.sin(anomaly)
        cos_w, sin_w = np.cos(radians(self.argument_of_perigee_deg)), np.sin(radians(self.argument_of_perigee_deg))
        along, across = cos_w * x - sin_w * y, sin_w * x + cos_w * y
        inclination = radians(self.inclination_deg)
        node = radians(self.node_lon_deg) - EARTH_SPIN_RADPS * dt_s
        flat = np.cos(inclination) * across
        return np.stack(
            [
                np.cos(node) * along - np.sin(node) * flat,
                np.sin(node) * along + np.cos(node) * flat,
                np.sin(inclination) * across,
            ],
            axis=-1,
        )


@dataclass(frozen=True, slots=True)
class TwoLine:
    """A published two-line element set, flown with SGP4 (Vallado et al. 2006); good to kilometres near its epoch."""

    line1: str
    line2: str

    def __post_init__(self) -> None:
        for number, line in ((1, self.line1), (2, self.line2)):
            if not (len(line) >= 69 and line.startswith(f"{number} ") and line.isascii()):
                raise UsageError(f"line {number} of an element set reads {line[:80]!r}; it has 69 characters")
            if line[68] != _checksum(line):
                raise UsageError(
                    f"line {number} of an element set ends in {line[68]}, its checksum is {_checksum(line)}"
                )
        if self.line1[2:7] != self.line2[2:7]:
            raise UsageError(f"two lines of different objects, {self.line1[2:7]} and {self.line2[2:7]}")

    def position_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) where it stands; NaN at times for which SGP4 gives up."""
        t = np.atleast_1d(np.asarray(t_tai_ns, dtype=np.int64))
        jd, fraction = jd_utc_from_tai_ns(t)
        trouble, position_km, velocity_kmps = _satellite(self.line1, self.line2).sgp4_array(
            np.ascontiguousarray(np.atleast_1d(jd)), np.ascontiguousarray(np.atleast_1d(fraction))
        )
        teme = np.concatenate([position_km, velocity_kmps], axis=-1) * 1e3
        itrf = state_itrf_from_teme(t, teme, _orientation())[..., :3]
        itrf[trouble != 0] = np.nan
        return itrf.reshape(*np.shape(t_tai_ns), 3)


def _checksum(line: str) -> str:
    """Digits summed, a minus counts one, the last digit of it."""
    return str(sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10)


@lru_cache(maxsize=64)
def _satellite(line1: str, line2: str) -> Any:
    from sgp4.api import Satrec  # only who reads element sets pays for it

    return Satrec.twoline2rv(line1, line2)


@lru_cache(maxsize=1)
def _orientation() -> EarthOrientation:
    return EarthOrientation.packaged()


Orbit = Geostationary | Keplerian | TwoLine


def _eccentric_anomaly(mean_rad: np.ndarray, eccentricity: float) -> np.ndarray:
    """Kepler's equation by Newton's steps from a start that always converges (E0 = π at high e; Battin 1999, 5.4)."""
    mean = np.remainder(mean_rad, 2 * np.pi)
    anomaly = mean + eccentricity * np.sin(mean) if eccentricity < 0.5 else np.full_like(mean, np.pi)
    for _ in range(50):
        step = (anomaly - eccentricity * np.sin(anomaly) - mean) / (1.0 - eccentricity * np.cos(anomaly))
        anomaly = anomaly - step
        if np.all(np.abs(step) < 1e-13):
            break
    return anomaly
