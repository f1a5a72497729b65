"""From a height and a slant range to the elevation at which a radar would have measured them."""

import numpy as np

from vedette.core.shapes import Scalar, Vec3
from vedette.frames import enu_from_azel_range, geodetic_from_itrf, itrf_from_enu

# What a pressure height is worth as a geometric one: the air is not the standard one (10 K in 288 K is 3.5 % of the
# height) and its zero is the day's pressure level, not the ellipsoid (8 m a hectopascal; the geoid lies within 110 m)
PRESSURE_SIGMA_M = 100.0
PRESSURE_SIGMA_SHARE = 0.035
MEAN_SEA_SIGMA_M = 35.0  # height above mean sea level taken as above the ellipsoid: rms of the geoid over the Earth


def elevation_from_height(
    azimuth_rad: Scalar, range_m: Scalar, height_m: Scalar, height_sigma_m: Scalar, site_itrf_m: Vec3
) -> tuple[Scalar, Scalar]:
    """Elevation and its one sigma (n,) of points at a slant range whose height above the ellipsoid is known.

    Newton's iteration on the ellipsoid, no refraction. NaN where no point at that range has that height, and overhead,
    where a height says nothing of the elevation.
    """
    here = np.asarray(site_itrf_m, dtype=float)
    _, _, site_height_m = geodetic_from_itrf(here)
    radius_m = float(np.linalg.norm(here))
    rise_m = height_m - float(site_height_m)
    sine = (rise_m - range_m**2 / (2.0 * radius_m)) / range_m  # flat to second order: where the iteration starts
    elevation_rad = np.arcsin(np.clip(sine, -0.999, 0.999))
    slope_m = range_m
    miss_m = np.zeros_like(range_m)
    for _ in range(4):
        low, high = (_height_m(azimuth_rad, elevation_rad + step, range_m, here) for step in (-_STEP_RAD, _STEP_RAD))
        slope_m = (high - low) / (2.0 * _STEP_RAD)
        miss_m = height_m - 0.5 * (low + high)
        elevation_rad = np.clip(elevation_rad + miss_m / slope_m, -1.55, 1.55)
    is_found = (np.abs(miss_m) < 1.0) & (slope_m > 0.05 * range_m)
    sigma_rad = height_sigma_m / np.where(is_found, slope_m, 1.0)
    return np.where(is_found, elevation_rad, np.nan), np.where(is_found, sigma_rad, np.nan)


_STEP_RAD = 1e-5


def _height_m(azimuth_rad: Scalar, elevation_rad: Scalar, range_m: Scalar, here_itrf_m: Vec3) -> Scalar:
    return geodetic_from_itrf(itrf_from_enu(enu_from_azel_range(azimuth_rad, elevation_rad, range_m), here_itrf_m))[2]
