"""Day, night and the Earth's shadow, for sensors that need the dark, or light on what they look at."""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Scalar, Vec3
from vedette.frames.bodies import ASTRONOMICAL_UNIT_M
from vedette.sensing.visibility import is_clear_of_earth
from vedette.time import tai_minus_utc_s

SUN_MAGNITUDE = -26.74  # apparent visual magnitude at one astronomical unit (Willmer 2018, Johnson V: -26.76)


def sun_position_itrf_m(t_tai_ns: Ints | int) -> Vec3:
    """(..., 3) the Sun, Earth-fixed, by the low-precision formulae of the Astronomical Almanac (page C5).

    Trust: 0.02 degree from 1950 to 2050, UT1 taken as UTC; ample for twilight and shadow, at a hundredth of the
    cost of `frames.sun_position_gcrf_m`, which is right.
    """
    t = np.asarray(t_tai_ns, dtype=np.int64)
    days = (t / NS_PER_S - np.asarray(tai_minus_utc_s(t), dtype=float)) / 86_400.0
    length = np.radians(280.460 + 0.985_647_4 * days)
    anomaly = np.radians(357.528 + 0.985_600_3 * days)
    ecliptic = length + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    tilt = np.radians(23.439 - 4e-7 * days)
    away_m = ASTRONOMICAL_UNIT_M * (1.00014 - 0.01671 * np.cos(anomaly) - 0.00014 * np.cos(2.0 * anomaly))
    right_ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    sidereal = np.radians((280.460_618_37 + 360.985_647_366_29 * days) % 360.0)  # mean, Greenwich
    lon = right_ascension - sidereal
    parts = (np.cos(declination) * np.cos(lon), np.cos(declination) * np.sin(lon), np.sin(declination))
    return np.asarray(away_m)[..., None] * np.stack(parts, axis=-1)


def sun_elevation_rad(position_itrf_m: Vec3, t_tai_ns: Ints | int) -> Scalar:
    """(...) geocentric elevation of the Sun's middle at places (..., 3); negative below the horizon. No refraction."""
    place = np.asarray(position_itrf_m, dtype=float)
    to_sun = sun_position_itrf_m(t_tai_ns) - place
    sine = np.sum(place * to_sun, axis=-1) / (np.linalg.norm(place, axis=-1) * np.linalg.norm(to_sun, axis=-1))
    return np.arcsin(np.clip(sine, -1.0, 1.0))


def is_sunlit(position_itrf_m: Vec3, t_tai_ns: Ints | int) -> Bools:
    """(...) True where the middle of the Sun is not behind the Earth; half-shadow and refraction are left out."""
    return is_clear_of_earth(np.asarray(position_itrf_m, dtype=float), sun_position_itrf_m(t_tai_ns))


def reflected_magnitude(
    reflecting_area_m2: Scalar | float, position_itrf_m: Vec3, observer_itrf_m: Vec3, t_tai_ns: Ints | int
) -> Scalar:
    """(...) visual magnitude of a diffuse sphere in sunlight; `reflecting_area_m2` is its cross-section times albedo.

    Phase function of a Lambert sphere (McCue, Williams and Morford 1971, *Planetary and Space Science* 19, 851).
    Extinction in the air is left out: a tenth to three tenths of a magnitude above 30 degrees.
    """
    position = np.asarray(position_itrf_m, dtype=float)
    to_sun, to_us = sun_position_itrf_m(t_tai_ns) - position, np.asarray(observer_itrf_m, dtype=float) - position
    range_m = np.linalg.norm(to_us, axis=-1)
    cosine = np.sum(to_sun * to_us, axis=-1) / (np.linalg.norm(to_sun, axis=-1) * range_m)
    phase = np.arccos(np.clip(cosine, -1.0, 1.0))
    share = 2.0 / (3.0 * np.pi**2) * ((np.pi - phase) * np.cos(phase) + np.sin(phase))
    light = np.maximum(np.asarray(reflecting_area_m2) * share / range_m**2, 1e-30)
    return SUN_MAGNITUDE - 2.5 * np.log10(light)
