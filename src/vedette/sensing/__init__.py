"""Sensors as values: where they stand, how well they measure, what they can see and what they miss."""

from vedette.sensing.files import Sensor, format_sensors, packaged_sensors, parse_sensors, read_sensors
from vedette.sensing.horizon import Place, in_region
from vedette.sensing.infrared import Infrared
from vedette.sensing.laser import Lidar
from vedette.sensing.measure import (
    los_and_jacobian_from_itrf,
    los_from_itrf,
    los_residual_rad,
    radar_and_jacobian_from_itrf,
    radar_from_itrf,
    tangent_basis,
    tangent_jacobian,
)
from vedette.sensing.model import SensorModel
from vedette.sensing.natural_noise import (
    AuroralSky,
    auroral_edge_deg,
    auroral_sky,
    draw_aurora,
    galactic_noise_k,
    noise_of_sun,
    quiet_sun_sfu,
    sun_direction,
)
from vedette.sensing.noise_sources import (
    Emitter,
    Noise,
    Repeater,
    Strobes,
    detection_probability_in_noise,
    direction_of,
    floor_rise,
    is_above_radio_horizon,
    lowered_probability,
    noise_of_emitters,
    noise_rise,
    sigma_factor,
    standing,
    strobes_heard,
)
from vedette.sensing.orbits import Geostationary, Keplerian, Orbit, TwoLine
from vedette.sensing.over_the_horizon import OverTheHorizonRadar
from vedette.sensing.passive_radio import DirectionFinder, TimeDifference
from vedette.sensing.platform import Platform
from vedette.sensing.published import published_satellites, published_sensors
from vedette.sensing.radar import Radar
from vedette.sensing.radio_receiver import Receiver, receiver_of
from vedette.sensing.site import Site
from vedette.sensing.telescope import Telescope
from vedette.sensing.thermal import ThermalImager
from vedette.sensing.visibility import is_clear_of_earth

__all__ = [
    "AuroralSky",
    "DirectionFinder",
    "Emitter",
    "Geostationary",
    "Infrared",
    "Keplerian",
    "Lidar",
    "Noise",
    "Orbit",
    "OverTheHorizonRadar",
    "Place",
    "Platform",
    "Radar",
    "Receiver",
    "Repeater",
    "Sensor",
    "SensorModel",
    "Site",
    "Strobes",
    "Telescope",
    "ThermalImager",
    "TimeDifference",
    "TwoLine",
    "auroral_edge_deg",
    "auroral_sky",
    "detection_probability_in_noise",
    "direction_of",
    "draw_aurora",
    "floor_rise",
    "format_sensors",
    "galactic_noise_k",
    "in_region",
    "is_above_radio_horizon",
    "is_clear_of_earth",
    "los_and_jacobian_from_itrf",
    "los_from_itrf",
    "los_residual_rad",
    "lowered_probability",
    "noise_of_emitters",
    "noise_of_sun",
    "noise_rise",
    "packaged_sensors",
    "parse_sensors",
    "published_satellites",
    "published_sensors",
    "quiet_sun_sfu",
    "radar_and_jacobian_from_itrf",
    "radar_from_itrf",
    "read_sensors",
    "receiver_of",
    "sigma_factor",
    "standing",
    "strobes_heard",
    "sun_direction",
    "tangent_basis",
    "tangent_jacobian",
]
