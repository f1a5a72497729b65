"""What sensors report of a state: geometry against hand values, derivatives against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.sensing import (
    Radar,
    Site,
    los_and_jacobian_from_itrf,
    los_from_itrf,
    los_residual_rad,
    tangent_basis,
    tangent_jacobian,
)
from vedette.sensing.orbits import GEOSTATIONARY_RADIUS_M, Geostationary

RADAR = Radar(Site(lat_deg=36.6, lon_deg=-26.4, height_m=30.0), range_sigma_m=30.0, angle_sigma_deg=0.05)


@st.composite
def states_itrf(draw):
    """States 20 to 4,000 km from the radar, any direction but straight up and down, any speed to 8 km/s."""
    azimuth = draw(st.floats(0.0, 2 * np.pi))
    elevation = draw(st.floats(-1.0, 1.4))
    range_m = draw(st.floats(2e4, 4e6))
    velocity = [draw(st.floats(-8e3, 8e3)) for _ in range(3)]
    enu = range_m * np.array(
        [np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)]
    )
    return np.concatenate([RADAR.site.position_itrf_m + RADAR.site.enu_from_itrf.T @ enu, velocity])


@given(states_itrf())
@settings(max_examples=60, deadline=None)
def test_radar_jacobian_matches_central_differences(state_itrf):
    _, jacobian = RADAR.measure_with_jacobian(state_itrf)
    steps = np.array([1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3])
    for column, step in enumerate(steps):
        there = state_itrf + step * np.eye(6)[column]
        back = state_itrf - step * np.eye(6)[column]
        change = RADAR.measure(there) - RADAR.measure(back)
        change[0] = (change[0] + np.pi) % (2 * np.pi) - np.pi
        # third-order truncation at 20 km and rounding of a 6,000 km position: both below this share of the scale
        scale = np.array([1 / 2e4, 1 / 2e4, 1.0, 1.0])
        assert np.all(np.abs(change / (2 * step) - jacobian[:, column]) < 2e-5 * scale)


@given(states_itrf())
@settings(max_examples=60, deadline=None)
def test_range_rate_is_the_speed_along_the_line(state_itrf):
    to_object = state_itrf[:3] - RADAR.site.position_itrf_m
    along = to_object @ state_itrf[3:] / np.linalg.norm(to_object)
    assert RADAR.measure(state_itrf)[3] == pytest.approx(along, abs=1e-8)  # 10 nm/s: rounding


def test_batches_give_the_rows_of_single_calls():
    rng = np.random.default_rng(1)
    states = RADAR.site.position_itrf_m.tolist() + [0.0] * 3 + rng.normal(size=(5, 4, 6)) * [[1e5] * 3 + [1e3] * 3]
    values, jacobian = RADAR.measure_with_jacobian(states)
    assert values.shape == (5, 4, 4) and jacobian.shape == (5, 4, 4, 6)
    one, one_jacobian = RADAR.measure_with_jacobian(states[3, 2])
    assert np.array_equal(values[3, 2], one) and np.allclose(jacobian[3, 2], one_jacobian, rtol=1e-14, atol=0)


def test_azimuth_has_no_derivative_at_the_zenith_and_stays_finite():
    overhead = np.concatenate([RADAR.site.position_itrf_m + RADAR.site.enu_from_itrf.T @ [0, 0, 1e5], [0, 0, 1e3]])
    overhead_exact = overhead.copy()
    values, jacobian = RADAR.measure_with_jacobian(overhead_exact)
    assert np.all(np.isfinite(values)) and np.all(np.isfinite(jacobian))
    assert values[1] == pytest.approx(np.pi / 2, abs=1e-9)


def test_a_point_due_north_has_azimuth_zero_and_due_east_ninety():
    origin = Radar(Site(0.0, 0.0), range_sigma_m=1.0, angle_sigma_deg=1.0)
    north = np.array([6_378_137.0, 0.0, 1e5, 0, 0, 0])
    east = np.array([6_378_137.0, 1e5, 0.0, 0, 0, 0])
    assert origin.measure(north)[0] == 0.0 and origin.measure(east)[0] == np.pi / 2
    assert origin.measure(north)[2] == 1e5


def test_los_jacobians_match_central_differences_and_have_no_radial_part():
    satellite = Geostationary(10.0).position_itrf_m()
    place = Site(31.4, -29.8, 20e3).position_itrf_m
    los, jacobian = los_and_jacobian_from_itrf(place, satellite)
    _, tangent = tangent_jacobian(place, satellite)
    metre = 100.0
    for column in range(3):
        there, back = place + metre * np.eye(3)[column], place - metre * np.eye(3)[column]
        change = (los_from_itrf(there, satellite) - los_from_itrf(back, satellite)) / (2 * metre)
        assert np.allclose(change, jacobian[:, column], atol=1e-17)  # 1/range is 2.6e-8
        assert np.allclose(tangent_basis(los) @ change, tangent[:, column], atol=1e-17)
    assert np.allclose(jacobian @ los, 0.0, atol=1e-22)


def test_tangent_basis_is_right_angled_everywhere_poles_included():
    rng = np.random.default_rng(2)
    los = np.vstack([rng.normal(size=(200, 3)), np.eye(3), -np.eye(3)])
    los /= np.linalg.norm(los, axis=-1, keepdims=True)
    basis = np.concatenate([tangent_basis(los), los[:, None, :]], axis=1)
    assert np.allclose(basis @ np.swapaxes(basis, -1, -2), np.eye(3), atol=1e-12)


def test_los_residual_is_the_small_angle_between_two_directions():
    satellite = Geostationary(10.0).position_itrf_m()
    place = Site(31.4, -29.8).position_itrf_m
    los = los_from_itrf(place, satellite)
    turned = los + tangent_basis(los).T @ np.array([30e-6, -40e-6])
    residual = los_residual_rad(turned / np.linalg.norm(turned), los)
    assert np.allclose(residual, [30e-6, -40e-6], atol=1e-12)


def test_one_hundred_microradians_from_geostationary_is_the_published_3_8_km_on_the_ground():
    # domain study, 1.3: 100 / 25 / 10 urad = 3.8 / 0.95 / 0.4 km, which is a slant range of 38,000 km: 46 deg of arc
    # from the point below the satellite
    satellite = Geostationary(0.0).position_itrf_m()
    place = Site(35.0, 32.0).position_itrf_m
    _, tangent = tangent_jacobian(place, satellite)
    metres_per_radian = 1.0 / np.linalg.norm(tangent[0])
    for angle_urad, published_km in ((100, 3.8), (25, 0.95), (10, 0.4)):
        rounding_km = 0.05
        assert angle_urad * 1e-6 * metres_per_radian / 1e3 == pytest.approx(published_km, abs=rounding_km)


def test_geostationary_radius_is_the_published_42164_km():
    # 42,164 km with 86,164.09 s sidereal day: e.g. Vallado 2013, section 2.7
    assert abs(GEOSTATIONARY_RADIUS_M - 42_164e3) < 1e3
    assert np.allclose(Geostationary(-90.0).position_itrf_m(), [0, -GEOSTATIONARY_RADIUS_M, 0], atol=1e-6)
