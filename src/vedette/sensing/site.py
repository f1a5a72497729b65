"""A place on the Earth where a sensor stands: degrees at the door, radians and ITRF inside."""

from dataclasses import dataclass
from math import isfinite, radians

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Mat33, Vec3
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic


@dataclass(frozen=True, slots=True)
class Site:
    """Geodetic latitude, longitude (east positive) and height above the WGS 84 ellipsoid."""

    lat_deg: float
    lon_deg: float
    height_m: float = 0.0

    def __post_init__(self) -> None:
        if not -90.0 <= self.lat_deg <= 90.0:
            raise UsageError(f"site latitude {self.lat_deg} deg is not on the Earth; give -90 to 90, north positive")
        if not -180.0 <= self.lon_deg <= 360.0:
            raise UsageError(f"site longitude {self.lon_deg} deg is not on the Earth; give -180 to 360, east positive")
        if not (isfinite(self.height_m) and -12_000.0 <= self.height_m <= 100_000.0):
            raise UsageError(f"site height {self.height_m} m is not on the Earth's surface; is it in metres?")

    @property
    def lat_rad(self) -> float:
        """Geodetic latitude, north positive."""
        return radians(self.lat_deg)

    @property
    def lon_rad(self) -> float:
        """Longitude, east positive."""
        return radians(self.lon_deg)

    @property
    def position_itrf_m(self) -> Vec3:
        """(3,) where the site stands, Earth-fixed."""
        return itrf_from_geodetic(self.lat_rad, self.lon_rad, self.height_m)

    @property
    def enu_from_itrf(self) -> Mat33:
        """(3, 3) the rotation that takes Earth-fixed directions to east, north, up."""
        return enu_from_itrf_matrix(self.lat_rad, self.lon_rad)

    @property
    def position_sigma_m(self) -> float:
        """A site is surveyed."""
        return 0.0

    def position_at_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3): the same place at every time."""
        return np.broadcast_to(self.position_itrf_m, (*np.shape(t_tai_ns), 3)).copy()

    def enu_from_itrf_at(self, t_tai_ns: Ints | int) -> Mat33:
        """(3, 3): the same axes at every time."""
        return self.enu_from_itrf
