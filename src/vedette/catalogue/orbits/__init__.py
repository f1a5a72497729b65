"""Orbit determination: first orbits, what each kind of measurement should read, batch and sequential estimation.

`determine_orbit` goes from observations to an orbit, start to end; the rest are its parts.
"""

from vedette.catalogue.orbits.batch import CLOCK, Bias, OrbitSolution, Problem, fit_batch
from vedette.catalogue.orbits.dynamics import Dynamics, TwoBody
from vedette.catalogue.orbits.first_orbit import FirstOrbit, first_orbit
from vedette.catalogue.orbits.initial import state_from_three_positions, states_gauss, states_gooding
from vedette.catalogue.orbits.lambert import LambertArc, lambert_arcs
from vedette.catalogue.orbits.laser_air import laser_delay_m
from vedette.catalogue.orbits.measurement import MeasurementModel, Readings, measurement_model
from vedette.catalogue.orbits.numerical import NumericalOrbit, numerical_orbit
from vedette.catalogue.orbits.observations import Kind, Observations, Signal, joined, observations
from vedette.catalogue.orbits.range_only import orbit_from_ranges
from vedette.catalogue.orbits.reports import from_laser, from_lines, from_positions, from_tdm
from vedette.catalogue.orbits.sequential import SequentialSolution, fit_sequential
from vedette.catalogue.orbits.solve import Determined, Wanted, determine_orbit, filtered
from vedette.catalogue.orbits.stations import Station, fixed_station, laser_station, solid_tide_m

__all__ = [
    "CLOCK",
    "Bias",
    "Determined",
    "Dynamics",
    "FirstOrbit",
    "Kind",
    "LambertArc",
    "MeasurementModel",
    "NumericalOrbit",
    "Observations",
    "OrbitSolution",
    "Problem",
    "Readings",
    "SequentialSolution",
    "Signal",
    "Station",
    "TwoBody",
    "Wanted",
    "determine_orbit",
    "filtered",
    "first_orbit",
    "fit_batch",
    "fit_sequential",
    "fixed_station",
    "from_laser",
    "from_lines",
    "from_positions",
    "from_tdm",
    "joined",
    "lambert_arcs",
    "laser_delay_m",
    "laser_station",
    "measurement_model",
    "numerical_orbit",
    "observations",
    "orbit_from_ranges",
    "solid_tide_m",
    "state_from_three_positions",
    "states_gauss",
    "states_gooding",
]
