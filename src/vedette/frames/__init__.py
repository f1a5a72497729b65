"""Where: gcrf, teme, itrf and enu; geodesy on WGS 84; refraction; where Sun and Moon stand."""

from vedette.frames.geodesy import (
    enu_from_itrf_matrix,
    folded_longitude_rad,
    geodetic_from_itrf,
    itrf_from_geodetic,
    radii_of_curvature_m,
)
from vedette.frames.local import (
    azel_range_from_enu,
    azel_range_rate_from_enu,
    azel_range_rate_from_itrf,
    enu_from_azel_range,
    enu_from_itrf,
    enu_state_from_azel_range_rates,
    enu_state_from_itrf,
    itrf_from_enu,
)

__all__ = [
    "azel_range_from_enu",
    "azel_range_rate_from_enu",
    "azel_range_rate_from_itrf",
    "enu_from_azel_range",
    "enu_from_itrf",
    "enu_from_itrf_matrix",
    "enu_state_from_azel_range_rates",
    "enu_state_from_itrf",
    "folded_longitude_rad",
    "geodetic_from_itrf",
    "itrf_from_enu",
    "itrf_from_geodetic",
    "radii_of_curvature_m",
]
