"""Numerical orbits: an inertial state (gcrf) carried through the Earth's field, Sun, Moon, tides, air and sunlight.

`propagate_orbit` gives states, `propagate_orbit_partials` also how they depend on the start and on force parameters,
`fall_to_height` where drag brings a body down, `fit_orbit` the orbit that fits many looks. `OrbitForces` says what
acts, `orbit_world` makes the tables that many orbits of the same days can share.
"""

from vedette.motion.orbit.air_table import density_itrf
from vedette.motion.orbit.batch import BatchOrbit, Looks, fit_orbit, station_rows
from vedette.motion.orbit.flight import OrbitFlight
from vedette.motion.orbit.propagate import (
    PARTIALS_DEGREE,
    TOLERANCE,
    Fall,
    fall_to_height,
    propagate_orbit,
    propagate_orbit_partials,
)
from vedette.motion.orbit.settings import PARAMETERS, OrbitForces
from vedette.motion.orbit.sky_table import positions_itrf_from_gcrf, rotations, sky_knots
from vedette.motion.orbit.world import OrbitWorld, orbit_world, world_for

__all__ = [
    "PARAMETERS",
    "PARTIALS_DEGREE",
    "TOLERANCE",
    "BatchOrbit",
    "Fall",
    "Looks",
    "OrbitFlight",
    "OrbitForces",
    "OrbitWorld",
    "density_itrf",
    "fall_to_height",
    "fit_orbit",
    "orbit_world",
    "positions_itrf_from_gcrf",
    "propagate_orbit",
    "propagate_orbit_partials",
    "rotations",
    "sky_knots",
    "station_rows",
    "world_for",
]
