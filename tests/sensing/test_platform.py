"""Sensors that move, and the one way in which every sensor can be asked."""

import numpy as np
import pytest

from vedette.core.errors import UsageError
from vedette.frames import geodesic_inverse, geodetic_from_itrf
from vedette.sensing import Geostationary, Infrared, Platform, Radar, Site

T0 = 1_000_000_000 * 10**9
HOUR = 3600 * 10**9


def test_a_ship_follows_the_great_circle_at_an_even_speed():
    ship = Platform(((T0, 40.0, -30.0, 20.0), (T0 + 10 * HOUR, 44.0, -24.0, 20.0)))
    t = T0 + np.arange(11) * HOUR
    lat, lon, height = geodetic_from_itrf(ship.position_at_itrf_m(t))
    legs_m = geodesic_inverse(lat[:-1], lon[:-1], lat[1:], lon[1:])[0]
    one_in_a_thousand = 1e-3  # even along the ellipsoid's normals, whose curvature changes with latitude
    assert np.ptp(legs_m) < one_in_a_thousand * legs_m.mean()
    whole_m = geodesic_inverse(lat[0], lon[0], lat[-1], lon[-1])[0]
    assert legs_m.sum() == pytest.approx(whole_m, rel=1e-5)
    assert height == pytest.approx(20.0, abs=1e-6)
    speed_mps = np.linalg.norm(ship.velocity_at_itrf_mps(T0 + 5 * HOUR))
    assert speed_mps == pytest.approx(whole_m / 36_000.0, rel=2e-3)


def test_a_platform_waits_before_its_first_and_after_its_last_waypoint():
    aircraft = Platform(((T0, 10.0, 20.0, 9e3), (T0 + HOUR, 10.0, 21.0, 11e3)))
    at = aircraft.position_at_itrf_m
    assert np.array_equal(at(T0 - HOUR), at(T0)) and np.array_equal(at(T0 + 2 * HOUR), at(T0 + HOUR))
    assert geodetic_from_itrf(at(T0 + HOUR // 2))[2] == pytest.approx(10e3)
    assert Platform(((T0, 10.0, 20.0, 0.0),)).position_at_itrf_m(np.array([T0, T0 + 5])).shape == (2, 3)


@pytest.mark.parametrize(
    ("waypoints", "sigma", "words"),
    [
        ((), 1.0, "without waypoints"),
        (((T0, 95.0, 0.0, 0.0),), 1.0, "not on the Earth"),
        (((T0, 5.0, 0.0, 1e9),), 1.0, "in metres"),
        (((T0, 5.0, 0.0, 0.0), (T0, 6.0, 0.0, 0.0)), 1.0, "backwards"),
        (((T0, 5.0, 0.0, 0.0),), -1.0, "must not be negative"),
    ],
)
def test_an_impossible_platform_is_refused_in_words(waypoints, sigma, words):
    with pytest.raises(UsageError, match=words):
        Platform(waypoints, sigma)


def test_a_radar_on_a_platform_measures_as_a_site_at_the_same_place_would():
    lat, lon, height = 36.6, -26.4, 30.0
    ship = Radar(Platform(((T0, lat, lon, height), (T0 + HOUR, lat + 0.3, lon, height))), 30.0, 0.05, name="ship")
    shore = Radar(Site(lat, lon, height), 30.0, 0.05)
    state = np.concatenate([shore.position_itrf_m() * 1.05 + [2e5, 1e5, 0.0], [1000.0, -2000.0, 3000.0]])
    assert ship.measure(state, T0) == pytest.approx(shore.measure(state), abs=1e-6)
    assert abs(ship.measure(state, T0 + HOUR)[2] - shore.measure(state)[2]) > 1e3  # it has moved on
    as_reported = ship.measure(state, T0 + HOUR, stand_itrf_m=shore.position_itrf_m())
    assert as_reported == pytest.approx(shore.measure(state), abs=1e-6)
    assert ship.position_sigma_m == 20.0 and shore.position_sigma_m == 0.0


def test_a_direction_and_its_slopes_agree_with_differences():
    watcher = Infrared(Geostationary(10.0), los_sigma_urad=25.0)
    state = np.array([5.9e6, 1.2e6, 2.4e6, 100.0, 200.0, 300.0])
    expected, jacobian = watcher.measure_with_jacobian(state, T0)
    assert jacobian.shape == (2, 6) and not jacobian[:, 3:].any()
    for axis in range(3):
        step = np.zeros(6)
        step[axis] = 1.0
        there = watcher.residual(watcher.measure(state + step, T0), expected)
        back = watcher.residual(watcher.measure(state - step, T0), expected)
        assert (there - back) / 2.0 == pytest.approx(jacobian[:, axis], rel=1e-6, abs=1e-15)


def test_a_raised_noise_floor_hides_what_is_far():
    radar = Radar(Site(0, 0), 30.0, 0.05, range_1m2_km=2500.0, detection_probability=1.0)
    far = np.concatenate([radar.position_itrf_m() + np.array([2.4e6, 0.0, 0.0]), np.zeros(3)])
    clear, jammed = radar.detection_chance(far, T0, 1.0), radar.detection_chance(far, T0, 1.0, noise_rise_db=20.0)
    assert clear > 0.4 and jammed < 0.01
    fixed = Radar(Site(0, 0), 30.0, 0.05, detection_probability=0.9)
    assert fixed.detection_chance(far, T0) == pytest.approx(0.9)
    assert fixed.detection_chance(far, T0, noise_rise_db=1e-9) == pytest.approx(0.9)
    assert fixed.detection_chance(far, T0, noise_rise_db=20.0) < 0.01
