"""Geodetic coordinates: exact at the ellipsoid's own points, and the same there and back everywhere else."""

from math import pi

import erfa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.constants import WGS84_A_M, WGS84_B_M, WGS84_E2
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic

TEN_NANOMETRES = 1e-8  # doubles carry 1 nm at the Earth's surface, 7 nm at geostationary height
latitudes = st.floats(-pi / 2, pi / 2)
longitudes = st.floats(-pi, pi)


@given(latitudes, longitudes, st.floats(-6_300_000.0, 5e7))
@settings(max_examples=300)
def test_there_and_back_from_near_the_centre_to_beyond_geostationary(lat_rad, lon_rad, height_m):
    position = itrf_from_geodetic(lat_rad, lon_rad, height_m)
    again = itrf_from_geodetic(*geodetic_from_itrf(position))
    assert np.abs(again - position).max() < 10 * TEN_NANOMETRES


@given(st.lists(st.floats(-1e8, 1e8), min_size=3, max_size=3))
@settings(max_examples=300)
def test_every_point_of_space_has_a_place(xyz):
    lat_rad, lon_rad, height_m = geodetic_from_itrf(np.array(xyz))
    assert abs(lat_rad) <= pi / 2 and abs(lon_rad) <= pi
    again = itrf_from_geodetic(lat_rad, lon_rad, height_m)
    assert np.abs(again - np.array(xyz)).max() < 20 * TEN_NANOMETRES


def test_vectorised_heights_agree_with_erfa():
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(-pi / 2, pi / 2, 1000), rng.uniform(-pi, pi, 1000)
    height = 10 ** rng.uniform(0, 7.6, 1000)
    ours = itrf_from_geodetic(lat, lon, height)
    assert np.abs(ours - erfa.gd2gc(1, lon, lat, height)).max() < 2 * TEN_NANOMETRES
    theirs = erfa.gc2gd(1, ours)
    back = geodetic_from_itrf(ours)
    one_step_of_halley = 1e-10  # rad: ERFA (Fukushima 2006) stops after one step; 3e-11 at geostationary height
    assert np.abs(back[0] - theirs[1]).max() < one_step_of_halley
    assert np.abs(back[0] - lat).max() < 1e-15 and np.abs(back[2] - height).max() < 2 * TEN_NANOMETRES


@pytest.mark.parametrize(
    ("xyz", "lat_rad", "height_m"),
    [
        ((0, 0, WGS84_B_M), pi / 2, 0.0),
        ((0, 0, -WGS84_B_M - 5), -pi / 2, 5.0),
        ((0, 0, 0.0), pi / 2, -WGS84_B_M),
        ((0, 0, 1.0), pi / 2, 1.0 - WGS84_B_M),
        ((WGS84_A_M + 1e6, 0, 0), 0.0, 1e6),
        ((WGS84_A_M * WGS84_E2, 0, 0), 0.0, -WGS84_A_M * (1 - WGS84_E2)),
    ],
)
def test_poles_axis_centre_and_equator(xyz, lat_rad, height_m):
    lat, _, height = geodetic_from_itrf(np.array(xyz, dtype=float))
    assert lat == pytest.approx(lat_rad, abs=1e-7) and height == pytest.approx(height_m, abs=1e-6)


def test_local_axes_are_a_right_handed_rotation_whose_up_is_the_normal():
    lat, lon = np.linspace(-pi / 2, pi / 2, 13)[:, None], np.linspace(-pi, pi, 17)[None, :]
    turn = enu_from_itrf_matrix(lat, lon)
    assert turn.shape == (13, 17, 3, 3)
    assert np.allclose(turn @ np.swapaxes(turn, -1, -2), np.eye(3), atol=1e-15)
    assert np.allclose(np.linalg.det(turn), 1.0, atol=1e-14)
    lifted = itrf_from_geodetic(lat, lon, 1.0) - itrf_from_geodetic(lat, lon, 0.0)
    assert np.allclose(turn[..., 2, :], lifted, atol=2e-9)
