"""Where: gcrf, teme, itrf and enu; geodesy on WGS 84; refraction; where Sun and Moon stand."""

from vedette.frames.bodies import moon_position_gcrf_m, sun_position_gcrf_m
from vedette.frames.geodesic import geodesic_direct, geodesic_inverse
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
from vedette.frames.map_pieces import map_pieces
from vedette.frames.orientation import ARCSEC_RAD, EOP_MISSING, EOP_PREDICTED, EarthOrientation, OrientationAt
from vedette.frames.outlines import hull, thinned
from vedette.frames.polygons import (
    great_circle_m,
    polygon_area_m2,
    polygon_contains,
    polygon_distance_m,
    polygon_trouble,
    unit_vector,
)
from vedette.frames.refraction import RadioAtmosphere, refracted_from_true, true_from_refracted
from vedette.frames.rotation import (
    earth_rate_radps,
    gcrf_from_itrf_matrix,
    gcrf_from_teme_matrix,
    itrf_from_gcrf_matrix,
    itrf_from_teme_matrix,
    state_gcrf_from_itrf,
    state_gcrf_from_teme,
    state_itrf_from_gcrf,
    state_itrf_from_teme,
    state_teme_from_gcrf,
    state_teme_from_itrf,
    teme_from_itrf_matrix,
)

__all__ = [
    "ARCSEC_RAD",
    "EOP_MISSING",
    "EOP_PREDICTED",
    "EarthOrientation",
    "OrientationAt",
    "RadioAtmosphere",
    "azel_range_from_enu",
    "azel_range_rate_from_enu",
    "azel_range_rate_from_itrf",
    "earth_rate_radps",
    "enu_from_azel_range",
    "enu_from_itrf",
    "enu_from_itrf_matrix",
    "enu_state_from_azel_range_rates",
    "enu_state_from_itrf",
    "folded_longitude_rad",
    "gcrf_from_itrf_matrix",
    "gcrf_from_teme_matrix",
    "geodesic_direct",
    "geodesic_inverse",
    "geodetic_from_itrf",
    "great_circle_m",
    "hull",
    "itrf_from_enu",
    "itrf_from_gcrf_matrix",
    "itrf_from_geodetic",
    "itrf_from_teme_matrix",
    "map_pieces",
    "moon_position_gcrf_m",
    "polygon_area_m2",
    "polygon_contains",
    "polygon_distance_m",
    "polygon_trouble",
    "radii_of_curvature_m",
    "refracted_from_true",
    "state_gcrf_from_itrf",
    "state_gcrf_from_teme",
    "state_itrf_from_gcrf",
    "state_itrf_from_teme",
    "state_teme_from_gcrf",
    "state_teme_from_itrf",
    "sun_position_gcrf_m",
    "teme_from_itrf_matrix",
    "thinned",
    "true_from_refracted",
    "unit_vector",
]
