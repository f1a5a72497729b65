"""How things move: the pull of the Earth, the air, free arcs, powered flight, and generic classes of flight.

Everything flies in ITRF, relative to the rotating Earth, in metres and seconds. The kernels are compiled on first use.
"""

from vedette.motion.atmosphere import density_us76, grid_heights_m, sound_speed_us76, standard_air, temperature_us76
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import boost_parameters, burning_stage, burnout_s, stage_entry, stage_times_s
from vedette.motion.flight_classes import (
    Stage,
    Vehicle,
    class_by_range,
    nominal_boost,
    vehicle,
    vehicles,
    vehicles_of,
)
from vedette.motion.flight_shaping import flight_by_kick, flight_of, with_longest_range, with_orbit, with_range
from vedette.motion.gravity import acceleration_itrf, gradient_itrf, gravity_itrf
from vedette.motion.gravity_field import field_coefficients, gravity_field_itrf
from vedette.motion.kepler import (
    elements_from_state,
    lambert_izzo2015,
    propagate_kepler,
    state_from_elements,
)
from vedette.motion.propagate import apogee, coast_track, fly_to_ground, propagate_coast, propagate_coast_stm
from vedette.motion.quick_fall import quick_fly_to_ground

__all__ = [
    "Stage",
    "Vehicle",
    "acceleration_itrf",
    "apogee",
    "boost_parameters",
    "burning_stage",
    "burnout_s",
    "class_by_range",
    "coast_track",
    "density_us76",
    "elements_from_state",
    "field_coefficients",
    "flight_by_kick",
    "flight_of",
    "fly_boost",
    "fly_to_ground",
    "gradient_itrf",
    "gravity_field_itrf",
    "gravity_itrf",
    "grid_heights_m",
    "lambert_izzo2015",
    "nominal_boost",
    "propagate_coast",
    "propagate_coast_stm",
    "propagate_kepler",
    "quick_fly_to_ground",
    "sound_speed_us76",
    "stage_entry",
    "stage_times_s",
    "standard_air",
    "state_from_elements",
    "temperature_us76",
    "vehicle",
    "vehicles",
    "vehicles_of",
    "with_longest_range",
    "with_orbit",
    "with_range",
]
