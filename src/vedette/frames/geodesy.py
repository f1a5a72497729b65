"""Latitude, longitude and height on WGS 84, and the Earth-fixed vector (itrf) they stand for.

ITRF and WGS 84 agree to a few centimetres and are treated as one frame.
"""

from math import tau

import numpy as np

from vedette.core.constants import WGS84_A_M, WGS84_E2, WGS84_F
from vedette.core.shapes import Mat33, Scalar, Vec3

_E4 = WGS84_E2 * WGS84_E2
_ONE_MINUS_E2 = 1.0 - WGS84_E2


def itrf_from_geodetic(lat_rad: Scalar | float, lon_rad: Scalar | float, height_m: Scalar | float) -> Vec3:
    """Earth-fixed position of a geodetic latitude, longitude and ellipsoidal height.

    Parameters
    ----------
    lat_rad, lon_rad, height_m : (...) each, broadcast together; north and east positive

    Returns
    -------
    position_itrf_m : (..., 3)
    """
    sin_lat, cos_lat = np.sin(lat_rad), np.cos(lat_rad)
    normal_m = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * sin_lat * sin_lat)
    level_m = (normal_m + height_m) * cos_lat
    parts = (level_m * np.cos(lon_rad), level_m * np.sin(lon_rad), (normal_m * _ONE_MINUS_E2 + height_m) * sin_lat)
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def geodetic_from_itrf(position_itrf_m: Vec3) -> tuple[Scalar, Scalar, Scalar]:
    """Geodetic latitude, longitude and ellipsoidal height of an Earth-fixed position.

    Closed form after Vermeille (2002, 2011) as arranged by Karney (2011, "Geodesics on an ellipsoid of revolution",
    appendix B): holds at the poles, on the axis, inside the evolute and at the centre, where the latitude is the
    one of the nearest point of the ellipsoid (at the centre itself a pole).

    Returns
    -------
    lat_rad : (...)  in [-π/2, π/2]
    lon_rad : (...)  in [-π, π], zero on the axis
    height_m : (...)

    Trust
    -----
    Within 10 nm of the exact answer from the ground to 50,000 km, checked against `itrf_from_geodetic`.
    """
    x_m, y_m, z_m = np.moveaxis(np.asarray(position_itrf_m, dtype=float), -1, 0)
    level_m = np.hypot(x_m, y_m)
    p = (level_m / WGS84_A_M) ** 2
    q = _ONE_MINUS_E2 * (np.where(np.abs(z_m) > 1e-9, z_m, 0.0) / WGS84_A_M) ** 2  # below a nanometre: the equator
    r = (p + q - _E4) / 6.0
    is_disc = (_E4 * q == 0.0) & (r <= 0.0)  # the disc in the equator's plane where the normal is not unique

    s = _E4 * p * q / 4.0
    r2, r3 = r * r, r * r * r
    discriminant = s * (2.0 * r3 + s)
    t3 = s + r3
    t3 = t3 + np.where(t3 < 0, -1.0, 1.0) * np.sqrt(np.maximum(discriminant, 0.0))
    t = np.cbrt(t3)
    u_far = r + t + np.where(t != 0, r2 / np.where(t != 0, t, 1.0), 0.0)
    angle = np.arctan2(np.sqrt(np.maximum(-discriminant, 0.0)), -(s + r3))
    u = np.where(discriminant >= 0, u_far, r + 2.0 * r * np.cos(angle / 3.0))
    v = np.sqrt(u * u + _E4 * q)
    v = np.where(is_disc, 1.0, v)
    u_plus_v = np.where(u < 0, _E4 * q / np.where(v - u == 0, 1.0, v - u), u + v)
    u_plus_v = np.where(is_disc, 1.0, u_plus_v)
    w = np.maximum(0.0, WGS84_E2 * (u_plus_v - q) / (2.0 * v))
    k = u_plus_v / (np.sqrt(u_plus_v + w * w) + w)
    north = z_m / k
    out = level_m / (k + WGS84_E2)
    height_far_m = (1.0 - _ONE_MINUS_E2 / k) * np.hypot(k * level_m / (k + WGS84_E2), z_m)

    disc_north = np.sqrt(np.maximum((_E4 - p) / _ONE_MINUS_E2, 0.0))
    disc_out = np.sqrt(p)
    height_disc_m = -WGS84_A_M * _ONE_MINUS_E2 / WGS84_E2 * np.hypot(disc_north, disc_out)
    lat_rad = np.where(
        is_disc, np.arctan2(np.where(z_m < 0, -disc_north, disc_north), disc_out), np.arctan2(north, out)
    )
    return lat_rad, np.arctan2(y_m, x_m), np.where(is_disc, height_disc_m, height_far_m)


def enu_from_itrf_matrix(lat_rad: Scalar | float, lon_rad: Scalar | float) -> Mat33:
    """Rotation from Earth-fixed axes to the local east, north, up of a geodetic place; (..., 3, 3).

    `offset_enu_m = enu_from_itrf @ offset_itrf_m`; the transpose goes back.
    """
    lat, lon = np.broadcast_arrays(np.asarray(lat_rad, dtype=float), np.asarray(lon_rad, dtype=float))
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    rows = (
        (-sin_lon, cos_lon, np.zeros_like(lat)),
        (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
        (cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def radii_of_curvature_m(lat_rad: Scalar | float) -> tuple[Scalar, Scalar]:
    """Radii of the ellipsoid along the meridian and across it (prime vertical), at a geodetic latitude."""
    shrink = 1.0 - WGS84_E2 * np.sin(lat_rad) ** 2
    across_m = WGS84_A_M / np.sqrt(shrink)
    return across_m * _ONE_MINUS_E2 / shrink, across_m


def folded_longitude_rad(lon_rad: Scalar | float) -> Scalar:
    """The same longitude in [-π, π)."""
    return (np.asarray(lon_rad, dtype=float) + tau / 2) % tau - tau / 2


assert 0 < WGS84_F < 0.01  # the formulas above are those of a slightly flattened ellipsoid
