"""What the sensors share that measure in their own horizon: azimuth, elevation, range, range rate."""

import numpy as np

from vedette.core.shapes import Bools, Ints, Mat33, Rows, Vec3
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


def horizon_residual(measured: Rows, expected: Rows) -> Rows:
    """(..., 4) measured minus expected, azimuth folded into [-π, π)."""
    out = np.asarray(measured, dtype=float)[..., :4] - expected
    out[..., 0] = (out[..., 0] + np.pi) % (2.0 * np.pi) - np.pi
    return out


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
