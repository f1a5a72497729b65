"""A radar that nobody named: found where a policy is careless, not found where it is the default. `./run soak placing`
has the long form."""

import numpy as np
import pytest
from tools.soak.placing import POLICIES, trial

from vedette.exercise.hidden_sensor import HiddenRadar, draw_sky, visible


def test_by_default_it_is_not_placed_within_100_km() -> None:
    text, is_within = POLICIES["default, area within the view"]
    distance_km, sigma_km = trial(text, is_within, 0, 60)
    assert distance_km > 100.0 and sigma_km > 300.0


def test_the_same_attacker_finds_it_where_tracks_go_out_everywhere() -> None:
    text, is_within = POLICIES["careless: everywhere"]
    distance_km, sigma_km = trial(text, is_within, 0, 60)
    assert distance_km < 100.0 and sigma_km < 100.0


@pytest.mark.slow
def test_the_axes_of_ellipsoids_point_at_it() -> None:
    text, is_within = POLICIES["careless: covariance of full shape, area within the view"]
    distance_km, _ = trial(text, is_within, 0, 60)
    assert distance_km < 200.0


def test_a_view_is_a_cone_up_to_a_range() -> None:
    radar = HiddenRadar(lat_deg=10.0, lon_deg=20.0)
    site = radar.position_itrf_m
    up = site / np.linalg.norm(site)
    side = np.cross(up, [0.0, 0.0, 1.0])
    places = np.array([site + 5e5 * up, site + 5e6 * up, site + 5e5 * side, site - 5e5 * up])
    assert visible(site[None], places, 3.0, 4e6)[0].tolist() == [True, False, False, False]


def test_a_sky_is_of_circular_orbits() -> None:
    sky = draw_sky(np.random.default_rng(1), 34.0, -32.0, 3, hours=0.1)
    radius_m = np.linalg.norm(sky.states_itrf[:, :, :3], axis=2)
    assert np.all(np.ptp(radius_m, axis=1) < 30e3)  # J2 moves it by some kilometres
