"""Sensors as values: where they stand, how well they measure, what they can see and what they miss."""

from vedette.sensing.files import format_sensors, packaged_sensors, parse_sensors, read_sensors
from vedette.sensing.infrared import Infrared
from vedette.sensing.measure import (
    los_and_jacobian_from_itrf,
    los_from_itrf,
    los_residual_rad,
    radar_and_jacobian_from_itrf,
    radar_from_itrf,
    tangent_basis,
    tangent_jacobian,
)
from vedette.sensing.orbits import Geostationary, Keplerian, Orbit
from vedette.sensing.radar import Radar, in_region
from vedette.sensing.site import Site
from vedette.sensing.visibility import is_clear_of_earth

Sensor = Radar | Infrared

__all__ = [
    "Geostationary",
    "Infrared",
    "Keplerian",
    "Orbit",
    "Radar",
    "Sensor",
    "Site",
    "format_sensors",
    "in_region",
    "is_clear_of_earth",
    "los_and_jacobian_from_itrf",
    "los_from_itrf",
    "los_residual_rad",
    "packaged_sensors",
    "parse_sensors",
    "radar_and_jacobian_from_itrf",
    "radar_from_itrf",
    "read_sensors",
    "tangent_basis",
    "tangent_jacobian",
]
