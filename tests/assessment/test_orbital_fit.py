"""Launches to orbit: seen while the second stage burns, they are fitted and named, though nobody saw them arrive."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from vedette.assessment.class_fit import steered
from vedette.assessment.flight_prior import flight_prior
from vedette.assessment.launch_fit import fit_launch
from vedette.core.constants import NS_PER_S
from vedette.exercise.truth_looks import truth_looks
from vedette.motion.boost import fly_boost
from vedette.motion.flight_classes import vehicle
from vedette.scenario import make_scenario, read_story

STORY = Path(__file__).parents[2] / "scenarios" / "false-alarms" / "FA-18.toml"
KINDS = ("intercontinental-liquid", "medium-range-liquid", "space-launch-low-orbit")


@pytest.fixture(scope="module")
def made():
    return make_scenario(read_story(str(STORY)), 1)


@pytest.mark.parametrize("radars", [0, 1])
def test_a_launch_to_orbit_is_fitted_and_named_while_it_burns(made, radars):
    one = made.flights[0]
    sensors = {name: s for name, s in made.sensors.items() if radars or not name.startswith("radar")}
    assert len(sensors) == 2 + radars
    scans = [scan for scan in made.scans if scan.sensor_id in sensors]
    heard = SimpleNamespace(story=made.story, sensors=sensors, scans=scans)
    fit = fit_launch(truth_looks(heard, one), sensors, kinds=KINDS, draws=120)
    assert fit is not None
    assert fit.class_probabilities["space-launch"] > 0.5
    assert fit.misfit < 1.5
    assert np.isfinite(fit.cloud.burnout_itrf).all()
    late_s = (np.median(fit.cloud.t_launch_tai_ns) - one.t_liftoff_tai_ns) / NS_PER_S
    assert abs(late_s) < 3.0  # looks come every 5 s


def test_the_true_flight_reaches_space_at_orbital_speed(made):
    flight = made.flights[0].flight
    burnout = fly_boost(flight.parameters, np.zeros(0), air=flight.air)[1]
    low, high = flight.vehicle.orbit_height_m
    radius_m = np.linalg.norm(burnout[1:4])
    assert low - 50e3 < radius_m - 6_378_137.0 < high + 50e3  # the air of the day and ripple move it
    assert np.linalg.norm(burnout[4:]) > 7_300.0  # relative to the turning Earth


def test_flights_that_would_come_down_under_thrust_are_steered_up_and_ballistic_ones_left_alone():
    reference = np.array([0.69, 2.2])
    prior = flight_prior(vehicle("space-launch-low-orbit"), reference, np.zeros((0, 4)))
    theta = np.zeros((3, len(prior)))
    theta[:, prior.place("azimuth")] = 33.0  # 190 degrees: no help from the Earth's turn
    up = steered(prior, theta)
    pitch = prior.place("pitch-2")
    assert (up[:, pitch] > theta[:, pitch]).all()
    others = [i for i in range(len(prior)) if i != pitch]
    np.testing.assert_array_equal(up[:, others], theta[:, others])
    ballistic = flight_prior(vehicle("medium-range-liquid"), reference, np.zeros((0, 4)))
    rows = np.full((2, len(ballistic)), 5.0)
    assert steered(ballistic, rows) is rows
