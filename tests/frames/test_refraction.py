"""Bent rays, judged by integrating the ray equation and by what the limits must be."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from vedette.core.errors import UsageError
from vedette.frames import RadioAtmosphere, refracted_from_true, true_from_refracted

RADIUS_M = 6_371_000.0


def traced(apparent_rad: float, height_m: float, site_m: float) -> tuple[float, float, float]:
    """True elevation, range and extra path of a ray, by solving d/ds(n dr/ds) = grad n in the plane."""

    def index(r):
        return 1 + 315e-6 * np.exp(-(r - RADIUS_M) / 7350.0)

    def slope(_, y):
        r = np.hypot(y[0], y[1])
        pull = -(index(r) - 1) / 7350.0 / r
        return [y[2] / index(r), y[3] / index(r), pull * y[0], pull * y[1], index(r)]

    def arrived(_, y):
        return np.hypot(y[0], y[1]) - RADIUS_M - height_m

    arrived.terminal = True
    n = index(RADIUS_M + site_m)
    start = [0, RADIUS_M + site_m, n * np.cos(apparent_rad), n * np.sin(apparent_rad), 0]
    x, y, _, _, path = solve_ivp(slope, [0, 1e7], start, events=arrived, rtol=1e-11, atol=1e-6, max_step=4e4).y_events[
        0
    ][0]
    up = y - RADIUS_M - site_m
    return float(np.arctan2(up, x)), float(np.hypot(x, up)), float(path - np.hypot(x, up))


@pytest.mark.parametrize("apparent_deg", [0.0, 0.5, 3.0, 16.0, 60.0])
@pytest.mark.parametrize("height_m", [8e3, 1e5, 1.5e6])
def test_bend_and_delay_agree_with_an_integrated_ray(apparent_deg, height_m):
    true_rad, range_m, extra_m = traced(np.radians(apparent_deg), height_m, 300.0)
    seen_rad, seen_m = refracted_from_true(true_rad, range_m, 300.0)
    assert abs(seen_rad - np.radians(apparent_deg)) < 1e-8
    assert abs(seen_m - range_m - extra_m) < 1e-3  # the integrator keeps 1e-11 of 5,000 km over 250 steps
    back = true_from_refracted(seen_rad, seen_m, 300.0)
    assert abs(back[0] - true_rad) < 1e-8 and abs(back[1] - range_m) < 1e-5


def test_the_zenith_delay_is_the_refractivity_above_us():
    seen_rad, seen_m = refracted_from_true(np.pi / 2, 4e7)
    assert abs(seen_m - 4e7 - 315e-6 * 7350.0) < 1e-3 and abs(seen_rad - np.pi / 2) < 1e-9


def test_far_from_the_horizon_the_bend_is_the_surface_refractivity_over_the_slope():
    seen_rad, _ = refracted_from_true(np.radians(45.0), 4e7)
    assert seen_rad - np.radians(45.0) == pytest.approx(315e-6, rel=0.02)


def test_the_radio_horizon_lies_two_thirds_of_a_degree_below_a_star():
    seen_rad, _ = refracted_from_true(np.radians(-0.7), 4e7)
    assert abs(np.degrees(seen_rad)) < 0.1


def test_rows_of_any_shape_stay_finite_and_rise_with_elevation():
    elevation = np.radians(np.linspace(-2, 90, 47))[:, None]
    seen, ranges = refracted_from_true(elevation, np.array([10.0, 1e3, 1e5, 1e7])[None, :])
    assert seen.shape == (47, 4) and np.all(np.isfinite(seen)) and np.all(np.isfinite(ranges))
    assert np.all(np.diff(seen, axis=0) > 0) and np.all(seen[:, 1:] >= elevation - 1e-15)


def test_vacuum_does_nothing():
    seen, seen_m = refracted_from_true(0.3, 2e6, atmosphere=RadioAtmosphere(refractivity=0.0))
    assert abs(seen - 0.3) < 1e-12 and abs(seen_m - 2e6) < 1e-6


def test_air_that_is_not_air_is_refused():
    with pytest.raises(UsageError, match="not air"):
        RadioAtmosphere(refractivity=-1.0)
