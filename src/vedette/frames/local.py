"""East, north, up around a place; azimuth, elevation, range and range rate as a sensor there measures them."""

from math import tau

import numpy as np

from vedette.core.shapes import Scalar, Vec3
from vedette.frames.geodesy import enu_from_itrf_matrix, geodetic_from_itrf


def azel_range_from_enu(position_enu_m: Vec3) -> tuple[Scalar, Scalar, Scalar]:
    """Azimuth, elevation and slant range of a point seen from the local origin.

    Azimuth grows clockwise from north, as on a compass. At the zenith it has no meaning and is given as zero.

    Parameters
    ----------
    position_enu_m : (..., 3)  east, north, up

    Returns
    -------
    azimuth_rad : (...)    in [0, 2π)
    elevation_rad : (...)  in [-π/2, π/2], positive above the horizon
    range_m : (...)

    Trust
    -----
    Round trip better than 1 µm within 10,000 km. No refraction; see `vedette.frames.refraction`.
    Inverse: `enu_from_azel_range`.
    """
    east_m, north_m, up_m = np.moveaxis(np.asarray(position_enu_m, dtype=float), -1, 0)
    level_m = np.hypot(east_m, north_m)

    azimuth_rad = np.arctan2(east_m, north_m) % tau
    azimuth_rad = np.where(azimuth_rad < tau, azimuth_rad, 0.0)  # % can round up to tau itself
    elevation_rad = np.arctan2(up_m, level_m)  # sharp at the zenith; arcsin is not
    return azimuth_rad, elevation_rad, np.hypot(level_m, up_m)


def enu_from_azel_range(azimuth_rad: Scalar | float, elevation_rad: Scalar | float, range_m: Scalar | float) -> Vec3:
    """East, north, up (..., 3) of a point at an azimuth, elevation and slant range; undoes `azel_range_from_enu`."""
    cos_el = np.cos(elevation_rad)
    parts = (
        range_m * cos_el * np.sin(azimuth_rad),
        range_m * cos_el * np.cos(azimuth_rad),
        range_m * np.sin(elevation_rad) * np.ones_like(np.asarray(azimuth_rad, dtype=float)),
    )
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def azel_range_rate_from_enu(state_enu: Vec3) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Azimuth, elevation, range and range rate of a state (..., 6) (east, north, up and their rates).

    Range rate is positive when the object recedes; the sensor stands still in these axes. At the sensor itself the
    range rate is NaN.
    """
    state = np.asarray(state_enu, dtype=float)
    azimuth_rad, elevation_rad, range_m = azel_range_from_enu(state[..., :3])
    along = np.sum(state[..., :3] * state[..., 3:6], axis=-1)
    range_rate_mps = np.where(range_m > 0, along / np.where(range_m > 0, range_m, 1.0), np.nan)
    return azimuth_rad, elevation_rad, range_m, range_rate_mps


def enu_state_from_azel_range_rates(
    azimuth_rad: Scalar,
    elevation_rad: Scalar,
    range_m: Scalar,
    azimuth_rate_radps: Scalar,
    elevation_rate_radps: Scalar,
    range_rate_mps: Scalar,
) -> Vec3:
    """East, north, up and their rates (..., 6) from the three coordinates and their three rates."""
    sin_az, cos_az = np.sin(azimuth_rad), np.cos(azimuth_rad)
    sin_el, cos_el = np.sin(elevation_rad), np.cos(elevation_rad)
    outward = np.stack(np.broadcast_arrays(cos_el * sin_az, cos_el * cos_az, sin_el), axis=-1)
    clockwise = np.stack(np.broadcast_arrays(cos_az, -sin_az, 0.0 * sin_az), axis=-1)
    upward = np.stack(np.broadcast_arrays(-sin_el * sin_az, -sin_el * cos_az, cos_el), axis=-1)
    position = np.asarray(range_m)[..., None] * outward
    velocity = (
        np.asarray(range_rate_mps)[..., None] * outward
        + np.asarray(range_m * cos_el * azimuth_rate_radps)[..., None] * clockwise
        + np.asarray(range_m * elevation_rate_radps)[..., None] * upward
    )
    return np.concatenate(np.broadcast_arrays(position, velocity), axis=-1)


def enu_from_itrf(position_itrf_m: Vec3, site_itrf_m: Vec3) -> Vec3:
    """East, north, up (..., 3) of Earth-fixed positions (..., 3) as seen from an Earth-fixed site (..., 3)."""
    lat_rad, lon_rad, _ = geodetic_from_itrf(site_itrf_m)
    offset = np.asarray(position_itrf_m, dtype=float) - np.asarray(site_itrf_m, dtype=float)
    return np.einsum("...ij,...j->...i", enu_from_itrf_matrix(lat_rad, lon_rad), offset)


def itrf_from_enu(position_enu_m: Vec3, site_itrf_m: Vec3) -> Vec3:
    """Earth-fixed positions (..., 3) of points given in east, north, up of an Earth-fixed site (..., 3)."""
    lat_rad, lon_rad, _ = geodetic_from_itrf(site_itrf_m)
    turned = np.einsum("...ji,...j->...i", enu_from_itrf_matrix(lat_rad, lon_rad), np.asarray(position_enu_m, float))
    return turned + np.asarray(site_itrf_m, dtype=float)


def enu_state_from_itrf(state_itrf: Vec3, site_itrf_m: Vec3) -> Vec3:
    """East, north, up and their rates (..., 6) of an Earth-fixed state as seen from an Earth-fixed site (..., 3)."""
    state = np.asarray(state_itrf, dtype=float)
    lat_rad, lon_rad, _ = geodetic_from_itrf(site_itrf_m)
    turn = enu_from_itrf_matrix(lat_rad, lon_rad)
    position = np.einsum("...ij,...j->...i", turn, state[..., :3] - np.asarray(site_itrf_m, dtype=float))
    velocity = np.einsum("...ij,...j->...i", turn, state[..., 3:6])
    return np.concatenate(np.broadcast_arrays(position, velocity), axis=-1)


def azel_range_rate_from_itrf(state_itrf: Vec3, site_itrf_m: Vec3) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """What a site on the ground sees of an Earth-fixed state: azimuth, elevation, range, range rate. No refraction."""
    return azel_range_rate_from_enu(enu_state_from_itrf(state_itrf, site_itrf_m))
