"""The quick fall against the slow one."""

import numpy as np
import pytest

from vedette.frames import itrf_from_geodetic
from vedette.motion import fly_to_ground, quick_fly_to_ground, standard_air


def arcs(count: int, seed: int) -> np.ndarray:
    """Bodies at 60 to 400 km, flying 0.5 to 6.5 km/s up, level or down."""
    rng = np.random.default_rng(seed)
    place = itrf_from_geodetic(
        rng.uniform(-1.4, 1.4, count), rng.uniform(-3.0, 3.0, count), rng.uniform(60e3, 400e3, count)
    )
    up = place / np.linalg.norm(place, axis=1, keepdims=True)
    side = np.cross(up, rng.normal(size=(count, 3)))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    angle, speed = rng.uniform(-1.2, 1.5, (count, 1)), rng.uniform(500.0, 6_500.0, (count, 1))
    return np.concatenate([place, speed * (np.cos(angle) * side + np.sin(angle) * up)], axis=1)


def test_six_thousand_kilometres_within_three_metres():
    states, three_metres, twenty_metres = arcs(300, 1), 3.0, 20.0
    rng = np.random.default_rng(2)
    beta = rng.uniform(2_000.0, 12_000.0, 300)
    *_, slow = fly_to_ground(states, beta, rtol=1e-12)
    *_, quick = quick_fly_to_ground(states, beta)
    both = np.isfinite(slow[:, 0])
    assert np.array_equal(both, np.isfinite(quick[:, 0])) and both.mean() > 0.9
    off_m = np.linalg.norm((slow - quick)[both, :3], axis=1)
    assert np.mean(off_m < three_metres) > 0.98 and off_m.max() < twenty_metres  # the far ones graze


@pytest.mark.parametrize("beta", [0.0, 300.0])
def test_without_air_and_as_light_as_a_leaf(beta):
    states, five_metres = arcs(100, 3), 5.0
    lat, lon, time_s, slow = fly_to_ground(states, beta, 5_000.0, rtol=1e-12)
    quick = quick_fly_to_ground(states, beta, 5_000.0)
    ok = np.isfinite(time_s)
    off_m = np.linalg.norm((slow - quick[3])[ok, :3], axis=1)
    assert np.mean(off_m < five_metres) > 0.95 and off_m.max() < 100.0
    a_hundred_metres_rad = 1.6e-5
    assert np.abs((lat - quick[0])[ok]).max() < a_hundred_metres_rad and np.abs((time_s - quick[2])[ok]).max() < 0.5
    assert np.abs(np.cos(lon - quick[1])[ok] - 1.0).max() < 1e-9


def test_the_wind_carries():
    air = standard_air().copy()
    air[:, 2] = 60.0
    states, three_metres = arcs(50, 4), 3.0
    *_, slow = fly_to_ground(states, 3_000.0, air=air, rtol=1e-12)
    *_, quick = quick_fly_to_ground(states, 3_000.0, air=air)
    *_, calm = quick_fly_to_ground(states, 3_000.0)
    ok = np.isfinite(slow[:, 0])
    assert np.mean(np.linalg.norm((slow - quick)[ok, :3], axis=1) < three_metres) > 0.95
    assert np.linalg.norm((calm - quick)[ok, :3], axis=1).min() > 10.0


def test_what_stays_up_has_no_place():
    orbit = np.array([6_778e3, 0.0, 0.0, 0.0, 7_200.0, 0.0])
    assert np.isnan(quick_fly_to_ground(orbit, 5_000.0)[0])
    assert np.isnan(quick_fly_to_ground(orbit * np.nan, 5_000.0)[0])
