"""Generic vehicles must fly like the class they stand for: bands, public rules of thumb, orbits."""

from math import radians

import numpy as np
import pytest

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.core.errors import DidNotConvergeError, NotFoundError, UsageError
from vedette.motion.boost import fly_boost
from vedette.motion.boost_layout import KICK_RAD, boost_parameters, burnout_s
from vedette.motion.flight_classes import CLASS_NAMES, class_by_range, nominal_boost, vehicle, vehicles, vehicles_of
from vedette.motion.flight_shaping import flight_by_kick, with_longest_range, with_orbit, with_range

BALLISTIC = [v for v in vehicles() if v.class_name.endswith("ballistic")]
# Minimum-energy vacuum flights over a still, round Earth: range km, speed km/s, apogee km, minutes (two-body closed
# form, Bate, Mueller and White 1971, section 6.2)
MINIMUM_ENERGY = np.array(
    [
        (300, 1.7, 74, 4.2),
        (500, 2.2, 123, 5.5),
        (1000, 3.0, 240, 7.9),
        (2000, 4.1, 459, 11.7),
        (3000, 4.9, 655, 14.9),
        (5500, 6.1, 1041, 21.9),
        (8000, 6.8, 1264, 28.0),
        (10000, 7.2, 1319, 32.2),
    ]
)


def north(v):  # northwards the turning of the Earth neither helps nor hinders much
    return nominal_boost(v, lat_rad=radians(40.0), lon_rad=radians(60.0), azimuth_rad=0.0)


@pytest.mark.parametrize("v", BALLISTIC, ids=lambda v: v.id)
def test_a_nominal_flight_goes_as_far_as_its_class(v):
    p = north(v)
    range_m, top_m, flight_s = (float(x[0]) for x in flight_by_kick(p, p[[KICK_RAD]]))
    assert v.range_m[0] <= range_m <= v.range_m[1]
    assert v.apogee_m[0] <= top_m <= v.apogee_m[1]
    assert class_by_range(range_m) == v.class_name
    rule_km, rule_min = (np.interp(range_m / 1e3, MINIMUM_ENERGY[:, 0], MINIMUM_ENERGY[:, i]) for i in (2, 3))
    rule_min *= np.sqrt(top_m / 1e3 / rule_km)  # a higher arc of the same range takes longer, as the root of its height
    boost_min = burnout_s(p) / 60.0
    assert rule_min - 0.1 * rule_min < flight_s / 60.0 < rule_min + boost_min + 0.1 * rule_min
    # a gravity turn's farthest flight is flatter than the free minimum-energy arc, or as high, never much higher
    assert 0.55 * rule_km < top_m / 1e3 < 1.45 * rule_km


@pytest.mark.parametrize("v", BALLISTIC, ids=lambda v: v.id)
def test_the_packaged_kick_is_the_one_that_flies_farthest(v):
    p = north(v)
    best = flight_by_kick(p, with_longest_range(p)[[KICK_RAD]])[0][0]
    two_percent = 0.02  # the table holds two decimals of a degree
    assert flight_by_kick(p, p[[KICK_RAD]])[0][0] > (1.0 - two_percent) * best


@pytest.mark.parametrize("v", BALLISTIC, ids=lambda v: v.id)
def test_burnout_speed_is_that_of_the_range(v):
    p = north(v)
    burnout = fly_boost(p, np.zeros(0))[1]
    range_m = flight_by_kick(p, p[[KICK_RAD]])[0][0]
    speed = 1e3 * np.interp(range_m / 1e3, MINIMUM_ENERGY[:, 0], MINIMUM_ENERGY[:, 1])
    fifteen_percent = 0.15  # burnout is high up and downrange, which saves speed
    assert (1 - fifteen_percent) * speed < np.linalg.norm(burnout[4:]) < (1 + 0.5 * fifteen_percent) * speed


@pytest.mark.parametrize("v", vehicles_of("sounding-rocket"), ids=lambda v: v.id)
def test_sounding_rockets_go_up_more_than_along(v):
    p = north(v)
    range_m, top_m, _ = (float(x[0]) for x in flight_by_kick(p, p[[KICK_RAD]]))
    assert v.apogee_m[0] <= top_m <= v.apogee_m[1]
    assert v.range_m[0] <= range_m <= v.range_m[1]
    assert top_m > range_m


def orbit_heights_km(state):
    x, v = state[:3], state[3:] + np.cross([0.0, 0.0, EARTH_SPIN_RADPS], state[:3])
    a = 1.0 / (2.0 / np.linalg.norm(x) - v @ v / EARTH_MU_M3_S2)
    e = np.linalg.norm(np.cross(v, np.cross(x, v)) / EARTH_MU_M3_S2 - x / np.linalg.norm(x))
    return (a * (1 - e) - 6378137.0) / 1e3, (a * (1 + e) - 6378137.0) / 1e3


def test_the_low_orbit_vehicle_reaches_its_orbit():
    v = vehicle("space-launch-low-orbit")
    p = nominal_boost(v, lat_rad=radians(28.5), lon_rad=-1.4, azimuth_rad=radians(90.0))
    perigee_km, apogee_km = orbit_heights_km(fly_boost(p, np.zeros(0))[1][1:])
    assert perigee_km > 180.0 and apogee_km < 230.0


def test_the_transfer_orbit_vehicle_reaches_geostationary_height():
    v = vehicle("space-launch-transfer-orbit")
    p = nominal_boost(v, lat_rad=radians(28.5), lon_rad=-1.4, azimuth_rad=radians(90.0))
    perigee_km, apogee_km = orbit_heights_km(fly_boost(p, np.zeros(0))[1][1:])
    assert perigee_km > 170.0 and v.apogee_m[0] < apogee_km * 1e3 < v.apogee_m[1]


def test_steering_into_orbit_works_from_another_pad_and_azimuth():
    v = vehicle("space-launch-low-orbit")
    p = nominal_boost(v, lat_rad=radians(45.0), lon_rad=0.0, azimuth_rad=radians(60.0))
    perigee_km, apogee_km = orbit_heights_km(fly_boost(with_orbit(p, 250e3), np.zeros(0))[1][1:])
    one_km = 1.0  # Newton stops at ten metres and 0.01 m/s
    assert abs(perigee_km - 250.0) < one_km and abs(apogee_km - 250.0) < one_km


@pytest.mark.parametrize("lofted", [False, True])
def test_a_range_asked_for_is_a_range_flown(lofted):
    p = with_range(north(vehicle("medium-range-liquid")), 900e3, lofted=lofted)
    range_m, top_m, _ = flight_by_kick(p, p[[KICK_RAD]])
    one_hundred_metres = 100.0  # four refinements of a bracket
    assert abs(range_m[0] - 900e3) < one_hundred_metres
    assert (top_m[0] > 400e3) == lofted


def test_what_cannot_be_is_said():
    with pytest.raises(UsageError, match="out of reach"):
        with_range(north(vehicle("short-range-liquid")), 5_000e3)
    with pytest.raises(NotFoundError, match="short-range-liquid"):
        vehicle("nothing-of-the-sort")
    with pytest.raises(UsageError, match="of its mass"):
        boost_parameters(
            lat_rad=0,
            lon_rad=0,
            azimuth_rad=0,
            kick_rad=0.1,
            stages=[{"a0_mps2": 20, "flow_per_s": 0.01, "burn_s": 120}],
        )


def test_every_class_has_a_vehicle():
    assert {v.class_name for v in vehicles()} == set(CLASS_NAMES)
    for v in vehicles():
        for stage in v.stages:
            assert 2000.0 < stage.exhaust_mps < 4600.0  # chemical rockets: Sutton and Biblarz 2010, table 5-5
            assert stage.a0_mps2 > 3.0
        assert v.stages[0].a0_mps2 * (1 - v.stages[0].back_pressure) > 1.15 * 9.81


def test_a_first_stage_that_falls_is_no_way_to_orbit():
    weak = np.array(nominal_boost(vehicle("space-launch-low-orbit"), lat_rad=0.5, lon_rad=0.0, azimuth_rad=1.5))
    weak[KICK_RAD] = 1.2  # it leans over at once and dives
    with pytest.raises(DidNotConvergeError, match="stage 2"):
        with_orbit(weak, 200e3)
