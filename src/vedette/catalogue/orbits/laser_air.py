"""How much the air delays a laser pulse: Mendes and Pavlis, as the IERS Conventions 2010 (section 9.1) have it.

Zenith delay: Mendes and Pavlis, Geophysical Research Letters 31 (2004); mapping to elevation: Mendes et al.,
Geophysical Research Letters 29 (2002), FCULa. Good to under a centimetre above 20 degrees with the own weather.
"""

import numpy as np

from vedette.core.shapes import Scalar

_CO2_PPM = 375.0
# FCULa, table of the IERS Conventions 2010 chapter 9: constant, temperature (deg C), cos latitude, height (m)
_A1 = (12100.8e-7, 1729.5e-9, 319.1e-7, -1847.8e-11)
_A2 = (30496.5e-7, 234.6e-8, -103.5e-6, -185.6e-10)
_A3 = (6877.7e-5, 197.2e-7, -345.8e-5, 106.0e-9)


def laser_delay_m(
    elevation_rad: Scalar,
    latitude_rad: Scalar,
    height_m: Scalar,
    pressure_pa: Scalar,
    temperature_k: Scalar,
    humidity: Scalar,
    wavelength_m: Scalar,
) -> Scalar:
    """One-way delay (m) of a laser ray at true elevations above the horizon; every argument (...).

    Weather that is NaN is taken from a standard atmosphere at the station's height with half-saturated air.
    """
    el, lat, h = (np.asarray(v, dtype=float) for v in (elevation_rad, latitude_rad, height_m))
    standard_k = 288.15 - 6.5e-3 * h
    temperature = np.where(np.isfinite(temperature_k), temperature_k, standard_k)
    pressure = np.where(np.isfinite(pressure_pa), pressure_pa, 101_325.0 * (standard_k / 288.15) ** 5.2559)
    wet = np.where(np.isfinite(humidity), humidity, 0.5)
    vapour_pa = _vapour_pa(temperature, pressure, wet)
    return zenith_delay_m(lat, h, pressure, vapour_pa, wavelength_m) * mapping_fcula(el, lat, h, temperature)


def zenith_delay_m(
    latitude_rad: Scalar, height_m: Scalar, pressure_pa: Scalar, vapour_pa: Scalar, wavelength_m: Scalar
) -> Scalar:
    """Zenith delay (m), hydrostatic and wet: IERS Conventions 2010, eqs. 9.3 to 9.7."""
    k2 = (1e-6 / np.asarray(wavelength_m, dtype=float)) ** 2  # wave number squared, 1/um2
    co2 = 1.0 + 0.534e-6 * (_CO2_PPM - 450.0)
    dry = 1e-2 * (19990.975 * (238.0185 + k2) / (238.0185 - k2) ** 2 + 579.55174 * (57.362 + k2) / (57.362 - k2) ** 2)
    moist = 0.003101 * (295.235 + 3.0 * 2.6422 * k2 - 5.0 * 0.032380 * k2**2 + 7.0 * 0.004028 * k2**3)
    gravity = 1.0 - 0.00266 * np.cos(2.0 * np.asarray(latitude_rad)) - 0.00000028 * np.asarray(height_m)
    hydrostatic = 0.002416579 * dry * co2 / gravity * 0.01 * pressure_pa
    wet = 1e-4 * (5.316 * moist - 3.759 * dry) * 0.01 * vapour_pa / gravity
    return hydrostatic + wet


def mapping_fcula(elevation_rad: Scalar, latitude_rad: Scalar, height_m: Scalar, temperature_k: Scalar) -> Scalar:
    """Slant over zenith delay, FCULa; IERS Conventions 2010, eqs. 9.9 and 9.10. Good to 3 degrees."""
    celsius = np.asarray(temperature_k) - 273.15
    cosine = np.cos(np.asarray(latitude_rad))
    a1, a2, a3 = (a[0] + a[1] * celsius + a[2] * cosine + a[3] * np.asarray(height_m) for a in (_A1, _A2, _A3))
    sine = np.maximum(np.sin(np.asarray(elevation_rad)), 0.02)
    return (1.0 + a1 / (1.0 + a2 / (1.0 + a3))) / (sine + a1 / (sine + a2 / (sine + a3)))


def _vapour_pa(temperature_k: Scalar, pressure_pa: Scalar, humidity: Scalar) -> Scalar:
    """Water vapour pressure from relative humidity; Giacomo 1982, as in Marini and Murray's successors."""
    t = np.asarray(temperature_k)
    celsius = t - 273.15
    saturation_pa = np.exp(1.2378847e-5 * t * t - 1.9121316e-2 * t + 33.93711047 - 6.3431645e3 / t)
    enhancement = 1.00062 + 3.14e-8 * pressure_pa + 5.6e-7 * celsius**2
    return humidity * saturation_pa * enhancement
