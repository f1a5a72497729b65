"""A sensor's place that moves: an aircraft, a ship, an uncrewed vehicle on its way from point to point."""

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Mat33, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic


@dataclass(frozen=True, slots=True)
class Platform:
    """Waypoints (t_tai_ns, lat_deg, lon_deg, height_m) in order of time, and how well it knows where it is.

    Between two waypoints it follows the great circle of the ellipsoid's normals (Gade 2010) and climbs evenly; before
    the first and after the last it stays there. `position_sigma_m` is one sigma of each component of the position it
    reports, unknown to it and slow: whoever uses its looks adds it to their noise.
    """

    waypoints: tuple[tuple[int, float, float, float], ...]
    position_sigma_m: float = 20.0

    def __post_init__(self) -> None:
        if not self.waypoints:
            raise UsageError("a platform without waypoints; give at least one (time, lat_deg, lon_deg, height_m)")
        for t, lat_deg, lon_deg, height_m in self.waypoints:
            if not (-90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 360.0):
                raise UsageError(
                    f"waypoint {lat_deg}, {lon_deg} deg is not on the Earth; latitude first, east positive"
                )
            if not (isfinite(height_m) and -1_000.0 <= height_m <= 100_000.0):
                raise UsageError(f"waypoint height {height_m} m is not where vehicles go; is it in metres?")
            if t != int(t):
                raise UsageError(f"waypoint time {t!r} is no whole number of nanoseconds")
        times = [point[0] for point in self.waypoints]
        if any(later <= sooner for sooner, later in pairwise(times)):
            raise UsageError("waypoints run backwards in time, or two are at one time; order them")
        if not (isfinite(self.position_sigma_m) and self.position_sigma_m >= 0.0):
            raise UsageError(f"position_sigma_m = {self.position_sigma_m} must not be negative")

    @property
    def height_m(self) -> float:
        """Height at the first waypoint."""
        return self.waypoints[0][3]

    def position_at_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) where it is."""
        lat_rad, lon_rad, height_m = self._geodetic_at(t_tai_ns)
        return itrf_from_geodetic(lat_rad, lon_rad, height_m)

    def enu_from_itrf_at(self, t_tai_ns: Ints | int) -> Mat33:
        """(3, 3) or (n, 3, 3) Earth-fixed directions to its own east, north, up."""
        lat_rad, lon_rad, _ = self._geodetic_at(t_tai_ns)
        return enu_from_itrf_matrix(lat_rad, lon_rad)

    def velocity_at_itrf_mps(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) relative to the rotating Earth, by a difference over 20 ms."""
        t = np.asarray(t_tai_ns, dtype=np.int64)
        half_ns = 10_000_000
        return (self.position_at_itrf_m(t + half_ns) - self.position_at_itrf_m(t - half_ns)) / 0.02

    def _geodetic_at(self, t_tai_ns: Ints | int) -> tuple[Scalar, Scalar, Scalar]:
        times = np.array([point[0] for point in self.waypoints], dtype=np.int64)
        lat, lon = (
            np.radians([point[1] for point in self.waypoints]),
            np.radians([point[2] for point in self.waypoints]),
        )
        heights = np.array([point[3] for point in self.waypoints])
        normals = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
        t = np.clip(np.asarray(t_tai_ns, dtype=np.int64), times[0], times[-1])
        if len(times) == 1:
            return np.full(t.shape, lat[0]), np.full(t.shape, lon[0]), np.full(t.shape, heights[0])
        leg = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
        share = (t - times[leg]) / (times[leg + 1] - times[leg])
        a, b = normals[leg], normals[leg + 1]
        angle = np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), np.sum(a * b, axis=-1))
        still = angle < 1e-12
        sine = np.where(still, 1.0, np.sin(angle))
        first = np.where(still, 1.0 - share, np.sin((1.0 - share) * angle) / sine)
        second = np.where(still, share, np.sin(share * angle) / sine)
        n = first[..., None] * a + second[..., None] * b
        height = heights[leg] + share * (heights[leg + 1] - heights[leg])
        return np.arctan2(n[..., 2], np.hypot(n[..., 0], n[..., 1])), np.arctan2(n[..., 1], n[..., 0]), height
