"""What the sensors share that measure in their own horizon: azimuth, elevation, range, range rate."""

import numpy as np

from vedette.core.shapes import Bools, Ints, Mat33, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import Region
from vedette.sensing.measure import radar_and_jacobian_from_itrf
from vedette.sensing.platform import Platform
from vedette.sensing.site import Site

Place = Site | Platform


def stand_of(place: Place, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None) -> tuple[Vec3, Mat33]:
    """(..., 3) position and (..., 3, 3) east-north-up axes: as a report states them, or as the place says itself."""
    if stand_itrf_m is None:
        return place.position_at_itrf_m(t_tai_ns), place.enu_from_itrf_at(t_tai_ns)
    stand = np.asarray(stand_itrf_m, dtype=float)
    lat_rad, lon_rad, _ = geodetic_from_itrf(stand)
    return stand, enu_from_itrf_matrix(lat_rad, lon_rad)


def horizon_values(
    place: Place, state_itrf: Rows, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None, want_jacobian: bool
) -> tuple[Rows, Rows]:
    """(..., 4) geometric values, and (..., 4, 6) their derivatives if wanted.

    Range rate is by the object's Earth-fixed velocity alone: a sensor that moves reports it with its own speed taken
    out.
    """
    position, axes = stand_of(place, t_tai_ns, stand_itrf_m)
    return radar_and_jacobian_from_itrf(state_itrf, position, axes, want_jacobian)


def in_region(values: Rows, region: Region) -> Bools:
    """(...) True where radar values (..., >=3) lie in the azimuth-elevation-range box; a sector may pass north."""
    azimuth, elevation, range_m = values[..., 0], values[..., 1], values[..., 2]
    return (
        in_sector(azimuth, region)
        & (elevation >= region.elevation_min_rad)
        & (elevation <= region.elevation_max_rad)
        & (range_m >= region.range_min_m)
        & (range_m <= region.range_max_m)
    )


def in_sector(azimuth_rad: Rows, region: Region) -> Bools:
    """(...) True where an azimuth lies in the region's sector, which may pass north."""
    low, high = region.azimuth_min_rad % (2 * np.pi), region.azimuth_max_rad
    if region.azimuth_max_rad - region.azimuth_min_rad >= 2 * np.pi - 1e-12:
        return np.ones(np.shape(azimuth_rad), dtype=bool)
    if low <= high:
        return np.asarray((azimuth_rad >= low) & (azimuth_rad <= high))
    return np.asarray((azimuth_rad >= low) | (azimuth_rad <= high))


class AtPlace:
    """A sensor that stands on a site or a moving platform."""

    __slots__ = ()
    site: Place

    @property
    def position_sigma_m(self) -> float:
        """How well it knows where it is: 0 for a site."""
        return self.site.position_sigma_m

    def position_itrf_m(self, t_tai_ns: Ints | int = 0) -> Vec3:
        """(3,) or (n, 3) where it stands; at a site the time only gives the shape."""
        return self.site.position_at_itrf_m(t_tai_ns)

    def _range_m(self, state_itrf: Rows, t_tai_ns: Ints | int = 0) -> Scalar:
        """(...) distance to positions or states (..., 3 or more)."""
        return np.linalg.norm(np.asarray(state_itrf)[..., :3] - self.position_itrf_m(t_tai_ns), axis=-1)


class InHorizon(AtPlace):
    """A sensor that measures some of azimuth, elevation, range and range rate: those whose sigma is not NaN."""

    __slots__ = ()

    @property
    def residual_sigmas(self) -> Scalar:
        """(4,) one sigma of azimuth, elevation, range, range rate; NaN where not measured."""
        raise NotImplementedError

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None) -> Rows:
        """(..., 4) noiseless azimuth, elevation, range, range rate; NaN where this sensor does not measure."""
        values = horizon_values(self.site, state_itrf, t_tai_ns, stand_itrf_m, want_jacobian=False)[0]
        return np.where(np.isnan(self.residual_sigmas), np.nan, values)

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Rows, Rows]:
        """(..., 4) noiseless values and (..., 4, 6) their derivatives; zero rows where not measured."""
        values, slopes = horizon_values(self.site, state_itrf, t_tai_ns, stand_itrf_m, want_jacobian=True)
        unmeasured = np.isnan(self.residual_sigmas)
        return np.where(unmeasured, np.nan, values), np.where(unmeasured[:, None], 0.0, slopes)

    def residual(self, measured: Rows, expected: Rows) -> Rows:
        """(..., 4) measured minus expected, azimuth folded into [-π, π); NaN where not measured."""
        out = np.asarray(measured, dtype=float)[..., :4] - expected
        out[..., 0] = (out[..., 0] + np.pi) % (2.0 * np.pi) - np.pi
        return out
