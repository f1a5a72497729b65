"""Azimuth, elevation, range and their rates."""

from math import pi, tau

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.frames import (
    azel_range_from_enu,
    azel_range_rate_from_enu,
    azel_range_rate_from_itrf,
    enu_from_azel_range,
    enu_from_itrf,
    enu_state_from_azel_range_rates,
    itrf_from_enu,
    itrf_from_geodetic,
)

ONE_MICROMETRE = 1e-6
metres = st.floats(-1e7, 1e7).filter(lambda x: x == 0 or abs(x) > 1e-6)
points = st.tuples(metres, metres, metres).map(np.array)


@given(points)
@settings(max_examples=200)
def test_azimuth_never_reaches_a_full_turn_and_the_point_comes_back(position_enu_m):
    azimuth_rad, elevation_rad, range_m = azel_range_from_enu(position_enu_m)
    assert 0.0 <= azimuth_rad < tau and abs(elevation_rad) <= pi / 2
    assert np.abs(enu_from_azel_range(azimuth_rad, elevation_rad, range_m) - position_enu_m).max() < ONE_MICROMETRE


def test_the_compass():
    azimuth_rad, elevation_rad, _ = azel_range_from_enu(np.array([[0, 1, 0], [1, 0, 0], [0, -1, 0], [-1, 0, 1.0]]))
    assert np.allclose(np.degrees(azimuth_rad), [0, 90, 180, 270])
    assert np.allclose(np.degrees(elevation_rad), [0, 0, 0, 45])


def test_azimuth_just_west_of_north_is_below_a_full_turn():
    azimuth_rad, _, _ = azel_range_from_enu(np.array([-1e-30, 1.0, 0.0]))
    assert 0 <= azimuth_rad < tau


@given(points.filter(lambda p: np.hypot(p[0], p[1]) > 1e3), points)
@settings(max_examples=100)
def test_rates_are_the_slopes_of_the_coordinates(position, velocity):
    velocity = velocity * 1e-3
    dt_s = 1e-3
    ahead, behind = (azel_range_from_enu(position + s * dt_s * velocity) for s in (1, -1))
    rates = [(a - b) / (2 * dt_s) for a, b in zip(ahead, behind, strict=True)]
    if abs(rates[0]) > 1.0:  # crossed north between the two
        return
    azimuth_rad, elevation_rad, range_m, range_rate = azel_range_rate_from_enu(np.concatenate([position, velocity]))
    assert abs(range_rate - rates[2]) < 1e-4 + 1e-6 * abs(range_rate)
    state = enu_state_from_azel_range_rates(azimuth_rad, elevation_rad, range_m, *rates)
    assert np.abs(state[:3] - position).max() < ONE_MICROMETRE
    assert np.abs(state[3:] - velocity).max() < 1e-2  # the slopes are differences of numbers that carry 1 nm


def test_what_a_site_sees_follows_from_its_axes():
    site = itrf_from_geodetic(np.radians(21.5748), np.radians(-158.2706), 300.2)
    enu = np.array([[1e5, 2e5, 3e5], [-1e6, 5e5, 7e5]])
    itrf = itrf_from_enu(enu, site)
    assert np.abs(enu_from_itrf(itrf, site) - enu).max() < ONE_MICROMETRE
    still = np.concatenate([itrf, np.zeros_like(itrf)], axis=1)
    azimuth_rad, elevation_rad, range_m, range_rate = azel_range_rate_from_itrf(still, site)
    assert np.abs(enu_from_azel_range(azimuth_rad, elevation_rad, range_m) - enu).max() < ONE_MICROMETRE
    assert np.all(range_rate == 0)
