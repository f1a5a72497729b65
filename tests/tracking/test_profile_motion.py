"""The follower's arcs against the house's adaptive integrator, and its geometry against the house's geodesy."""

import numpy as np
import pytest

from vedette.frames import geodetic_from_itrf
from vedette.motion.propagate import apogee, fly_to_ground, propagate_coast
from vedette.tracking.profile.motion import (
    coast_extremes,
    coast_profile,
    gravity_down_mps2,
    state_from_profile,
    surface_point,
)

LAT, LON = np.radians(28.6), np.radians(-80.6)
half_a_metre = 0.5  # fixed steps of two seconds against adaptive ones, over four minutes
a_metre = 1.0


def booster(heading_rad: float = 1.5, altitude_m: float = 70e3) -> np.ndarray:
    return state_from_profile(LAT, LON, altitude_m, 900.0, 2_100.0, heading_rad)


def test_state_from_profile_stands_where_it_says_and_climbs_as_told() -> None:
    lat, lon, height = geodetic_from_itrf(booster()[:3])
    assert (lat, lon) == pytest.approx((LAT, LON), abs=1e-9)
    assert height == pytest.approx(70e3, abs=1e-3)
    state = booster()
    assert np.linalg.norm(state[3:]) == pytest.approx(np.hypot(900.0, 2_100.0))
    _, _, later = geodetic_from_itrf(state[:3] + 1e-3 * state[3:])
    assert (later - height) / 1e-3 == pytest.approx(900.0, abs=0.01)


@pytest.mark.parametrize("per_beta", [0.0, 1.0 / 3_000.0])
def test_profile_agrees_with_the_adaptive_integrator_forwards_and_backwards(per_beta: float) -> None:
    for times in (np.array([0.5, 7.3, 60.0, 240.0]), np.array([-0.5, -3.7, -20.1])):
        altitude, speed = coast_profile(booster()[None], np.array([per_beta]), times)
        for i, t in enumerate(times):
            beta = 0.0 if per_beta == 0.0 else 1.0 / per_beta
            there = propagate_coast(booster(), float(t), beta_kg_m2=beta)
            assert altitude[0, i] == pytest.approx(float(geodetic_from_itrf(there[:3])[2]), abs=half_a_metre)
            assert speed[0, i] == pytest.approx(float(np.linalg.norm(there[3:])), abs=0.01)


def test_extremes_agree_with_apogee_and_fall() -> None:
    states = np.stack([booster(0.0), booster(1.5), booster(4.7)])
    beta = np.full(3, 3_000.0)
    mine = coast_extremes(states, 1.0 / beta, 2.0, 2_000.0)
    top_m, _, _ = apogee(states, beta)
    _, _, fall_s, _ = fly_to_ground(states, beta)
    assert np.allclose(mine[:, 0], top_m, atol=a_metre)
    assert np.allclose(mine[:, 2], fall_s, atol=2.0)  # straight line inside the last step, at terminal speed


def test_an_eastward_coast_stays_up_longer_than_a_westward_one() -> None:
    times = np.array([230.0])
    east, _ = coast_profile(booster(np.pi / 2)[None], np.zeros(1), times)
    west, _ = coast_profile(booster(-np.pi / 2)[None], np.zeros(1), times)
    # Coriolis lifts 2 ω v cos φ to either side of nothing: a textbook estimate to a tenth
    lift_m = 2.0 * (2.0 * 7.292115e-5 * 2_100.0 * np.cos(LAT)) * 230.0**2 / 2.0
    assert float((east - west)[0, 0]) == pytest.approx(lift_m, rel=0.15)


def test_the_kernel_is_its_plain_twin() -> None:
    from vedette.motion.atmosphere import standard_air
    from vedette.tracking.profile import motion as profile_motion

    times = np.array([0.5, 3.0])
    fast = coast_profile(booster()[None], np.array([1e-3]), times)
    slow = np.empty((1, 2)), np.empty((1, 2))
    profile_motion._profile_kernel.py_func(
        booster()[None], np.array([1e-3]), times, 2.0, standard_air(), slow[0], slow[1]
    )
    assert np.allclose(fast[0], slow[0], rtol=0, atol=1e-6) and np.allclose(fast[1], slow[1], rtol=0, atol=1e-9)


def test_normal_gravity_is_the_published_one() -> None:
    # NGA.STND.0036 (2014): 9.7803253359 at the equator, 9.8321849379 at the pole
    assert gravity_down_mps2(0.0, 0.0) == pytest.approx(9.7803253359, abs=1e-9)
    assert gravity_down_mps2(0.0, np.pi / 2) == pytest.approx(9.8321849379, abs=1e-7)


def test_surface_point_goes_where_the_compass_says() -> None:
    lat, lon = surface_point(0.0, 0.0, np.pi / 2, 1_000e3)
    assert float(lat) == pytest.approx(0.0, abs=1e-12)
    assert float(lon) == pytest.approx(1_000.0 / 6_371.0, rel=1e-9)
