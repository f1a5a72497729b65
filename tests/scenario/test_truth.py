"""Truth against closed forms: energy in vacuum, the range of a known burnout, the seen course of a boost."""

from dataclasses import replace

import numpy as np
import pytest

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS, NS_PER_S
from vedette.frames import geodetic_from_itrf
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import COAST_BETA_KG_M2
from vedette.scenario import make_scenario, read_story
from vedette.scenario.nominal import climb_rad, nominal_parameters
from vedette.scenario.truth import true_flight


@pytest.fixture(scope="module")
def made():
    return make_scenario(read_story("two-launches"), 7)


def in_vacuum(one):
    """The same flight without air after burnout."""
    parameters = np.array(one.flight.parameters)
    parameters[COAST_BETA_KG_M2] = 0.0
    return true_flight(replace(one.flight, parameters=parameters), one.t_start_tai_ns)


def inertial_energy(states_itrf):
    """Specific two-body energy with the speed of a frame that does not turn."""
    velocity = states_itrf[..., 3:] + np.cross([0.0, 0.0, EARTH_SPIN_RADPS], states_itrf[..., :3])
    return 0.5 * np.sum(velocity**2, axis=-1) - EARTH_MU_M3_S2 / np.linalg.norm(states_itrf[..., :3], axis=-1)


def test_energy_of_a_coast_without_air_is_kept(made):
    one = in_vacuum(made.flights[0])
    t_ns = np.arange(one.t_burnout_tai_ns + 10 * NS_PER_S, one.t_impact_tai_ns - NS_PER_S, 5 * NS_PER_S)
    states = one.states_itrf(t_ns)
    energy = inertial_energy(states)
    # J2 swaps up to J2 mu/r, about 6.8e4 J/kg, with height and latitude; over this arc a few per cent of that
    assert np.ptp(energy) < 5e3 and abs(energy[0]) > 5e7


def test_range_of_a_burnout_agrees_with_kepler_on_a_turning_globe(made):
    one = in_vacuum(made.flights[0])
    burnout = one.burnout_state_itrf
    position = burnout[:3]
    velocity = burnout[3:] + np.cross([0.0, 0.0, EARTH_SPIN_RADPS], position)
    # two-body arc in the frame of burnout, stepped finely by its own closed form: eccentric anomaly at equal radius
    r, v2 = np.linalg.norm(position), velocity @ velocity
    a = 1.0 / (2.0 / r - v2 / EARTH_MU_M3_S2)
    e_vector = np.cross(velocity, np.cross(position, velocity)) / EARTH_MU_M3_S2 - position / r
    e = np.linalg.norm(e_vector)
    ground = np.linalg.norm(one.states_itrf(np.array([one.t_impact_tai_ns - NS_PER_S // 100]))[0, :3])
    anomaly = [np.arccos((1 - r / a) / e), 2 * np.pi - np.arccos((1 - ground / a) / e)]
    anomaly[0] = anomaly[0] if position @ velocity > 0 else 2 * np.pi - anomaly[0]
    mean = [x - e * np.sin(x) for x in anomaly]
    flight_s = (mean[1] - mean[0]) * np.sqrt(a**3 / EARTH_MU_M3_S2)
    true_s = (one.t_impact_tai_ns - one.t_burnout_tai_ns) / NS_PER_S
    j2_and_tail_off = 3e-3  # J2 pulls at the 1e-3 level; tail-off ends half a second after the nominal burnout
    assert flight_s == pytest.approx(true_s, rel=j2_and_tail_off)
    apogee_km = (a * (1 + e) - np.linalg.norm(position)) / 1e3
    rise_km = one.apogee_m / 1e3 - geodetic_from_itrf(position)[2] / 1e3
    assert apogee_km == pytest.approx(rise_km, rel=0.01)


def test_a_flight_starts_on_its_pad_and_ends_on_the_ground(made):
    for one in made.flights:
        before = one.states_itrf(np.array([one.t_liftoff_tai_ns - NS_PER_S]))[0]
        lat, lon, height_m = geodetic_from_itrf(before[:3])
        assert np.degrees([lat, lon]) == pytest.approx([one.launch_lat_deg, one.launch_lon_deg], abs=1e-9)
        assert abs(height_m) < 1e-3 and np.all(before[3:] == 0.0)
        assert np.all(np.isnan(one.states_itrf(np.array([one.t_impact_tai_ns + 5 * NS_PER_S]))))


def test_burnout_climb_is_the_class_angle_times_the_loft(made):
    for one in made.flights:
        drawn = one.flight.drawn
        nominal = fly_boost(nominal_parameters(one.flight.vehicle, drawn), np.empty(0))[1][1:]
        aimed_deg = np.degrees(climb_rad(nominal)) * drawn["loft"]
        wander_deg = 2.0  # truth's wind, wander and lean, which aiming does not know
        assert np.degrees(climb_rad(one.burnout_state_itrf)) == pytest.approx(aimed_deg, abs=wander_deg)


def test_thrust_lasts_as_long_as_the_stages_and_tails_off(made):
    flight = made.flights[0].flight
    t = np.arange(0.0, 300.0, 0.01)
    burning = t[flight.is_burning(t)]
    assert burning[0] == pytest.approx(flight.t_liftoff_s, abs=0.011)
    assert burning[-1] == pytest.approx(flight.t_burnout_s + 0.5 * flight.drawn["tail_off_s"], abs=0.011)
    assert flight.thrust_n(np.array([flight.t_liftoff_s + 5.0]))[0] == pytest.approx(
        7_000 * 2450.0 * 0.755 / 85.0, rel=0.3
    )


def test_the_first_page_story_lands_where_the_first_page_says():
    # README: L1 near 31.4 N 29.8 W heading 075, falling near 33.0 N 21.7 W; thrust of 5 % moves it by +-150 km
    made = [make_scenario(read_story("two-launches"), seed).flights[0] for seed in range(20)]
    assert np.median([one.impact_lat_deg for one in made]) == pytest.approx(33.0, abs=0.5)
    assert np.median([one.impact_lon_deg for one in made]) == pytest.approx(-21.7, abs=1.0)


def test_truth_differs_from_a_filters_forces_by_more_than_rounding(made):
    one = made.flights[0]
    t_s = np.array([(one.t_burnout_tai_ns - one.t_start_tai_ns) / NS_PER_S])
    filter_view = fly_boost(one.flight.parameters, t_s)[0][0]
    apart_m = np.linalg.norm(filter_view[:3] - one.burnout_state_itrf[:3])
    assert 5.0 < apart_m < 5_000.0
