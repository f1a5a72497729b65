"""Aircraft and ships: level over the turning Earth, followed through a turn."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.tracking.small_scene import radar_scan

from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.metrics import chi_square_band, nees
from vedette.motion.atmosphere import standard_air
from vedette.sensing import Radar, Site
from vedette.tracking import AirAndSea, Tracker
from vedette.tracking.kernels.flight_kernel import LEVEL, TURN, TURN_SCALE_RAD_S, TURN_ZERO, fly_points

A_M, E2 = 6378137.0, 6.69437999014e-3


def flown(lat_deg, lon_deg, height_m, speed_mps, heading_deg, times_s, turning_rad_s=lambda t: 0.0):
    """(k, 6) ITRF of level motion on the ellipsoid by its radii of curvature (Snyder 1987), turning to the right."""

    def slope(t, y):
        lat, _, heading = y
        w = np.sqrt(1.0 - E2 * np.sin(lat) ** 2)
        prime, meridian = A_M / w + height_m, A_M * (1.0 - E2) / w**3 + height_m
        return [
            speed_mps * np.cos(heading) / meridian, speed_mps * np.sin(heading) / (prime * np.cos(lat)),
            turning_rad_s(t) + speed_mps * np.sin(heading) * np.tan(lat) / prime,
        ]  # fmt: skip

    start = np.radians([lat_deg, lon_deg, heading_deg])
    span, exact = (0.0, times_s[-1]), {"rtol": 1e-10, "atol": 1e-12, "max_step": 1.0}
    lat, lon, heading = solve_ivp(slope, span, start, t_eval=times_s, **exact).y
    place = itrf_from_geodetic(lat, lon, np.full(len(lat), height_m))
    going = speed_mps * np.stack([np.sin(heading), np.cos(heading), np.zeros(len(heading))], axis=-1)
    return np.concatenate([place, np.einsum("nji,nj->ni", enu_from_itrf_matrix(lat, lon), going)], axis=1)


@pytest.mark.parametrize("fly", [fly_points, fly_points.py_func])
@pytest.mark.parametrize("rate_deg_s", [0.0, 3.0])
def test_the_kernel_flies_level_as_the_radii_of_curvature_say(fly, rate_deg_s):
    truth = flown(48.0, -20.0, 10e3, 250.0, 60.0, np.array([0.0, 60.0]), lambda t: np.radians(rate_deg_s))
    state = np.concatenate([truth[0], [TURN_ZERO - np.radians(rate_deg_s) / TURN_SCALE_RAD_S, 8.0]])[None]
    out = np.empty_like(state)
    fly(np.ascontiguousarray(state), 60.0, TURN if rate_deg_s else LEVEL, standard_air(), out)
    # the surface through it has the Earth's shape, not its height everywhere: 34 m of height between pole and equator
    np.testing.assert_allclose(out[0, :3], truth[1, :3], atol=2.0)
    np.testing.assert_allclose(out[0, 3:6], truth[1, 3:], atol=0.1)


def radar():
    return Radar(
        Site(50.0, -5.0, 50.0), 30.0, 0.05, range_rate_sigma_mps=1.0, revisit_s=4.0, range_max_km=400.0,
        elevation_min_deg=-2.0, false_alarms_per_look=0.05, detection_probability=0.9, name="coast-radar",
    )  # fmt: skip


def test_an_aircraft_is_followed_honestly_straight_on_and_better_through_its_turn():
    sensor, times = radar(), np.arange(0.0, 240.0, 4.0)
    turning = lambda t: np.radians(3.0) if 160.0 <= t < 220.0 else 0.0  # noqa: E731
    straight, turn = [], {True: [], False: []}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        truth = flown(
            rng.uniform(49.5, 50.5), rng.uniform(-6.8, -6.0), 10e3, rng.uniform(180, 260), rng.uniform(0, 360), times,
            turning,
        )  # fmt: skip
        for may_turn in (True, False):
            noise = np.random.default_rng([seed, 7])
            tracker, ever = Tracker([sensor], AirAndSea(may_turn=may_turn)), set()
            for t, state in zip(times, truth, strict=True):
                tracks = tracker.step(radar_scan(sensor, state, t, noise)[0])
                if t < 60.0 or not len(tracks):
                    continue
                i = int(np.argmin(np.linalg.norm(tracks.states_itrf[:, :3] - state[:3], axis=1)))
                ever.add(tracks.ids[i])
                apart = tracks.states_itrf[i] - state
                if may_turn and t == 152.0:
                    straight.append(nees(apart, tracks.state_covs_itrf[i]) / 6.0)
                elif 170.0 <= t < 220.0:
                    turn[may_turn].append(apart)
            assert len(ever) == 1 or not may_turn
    low, high = chi_square_band(6, len(straight), 1.0 - 1e-6)
    assert low < np.mean(straight) < high
    with_turns, without = (np.sqrt(np.mean(np.square(turn[key]), axis=0)) for key in (True, False))
    assert np.linalg.norm(with_turns[:3]) < 0.8 * np.linalg.norm(without[:3])
    assert np.linalg.norm(with_turns[3:]) < 0.5 * np.linalg.norm(without[3:])


def test_a_ship_stays_at_the_level_of_the_sea():
    sensor, times = radar(), np.arange(0.0, 400.0, 4.0)
    truth = flown(50.05, -5.1, 15.0, 10.0, 200.0, times)
    rng, tracker = np.random.default_rng(5), Tracker([sensor], AirAndSea(level_noise_m2_s3=1e-3))
    for t, state in zip(times, truth, strict=True):
        tracks = tracker.step(radar_scan(sensor, state, t, rng)[0])
    assert len(tracks) == 1
    assert tracks.mode_names == ("level", "turn")
    assert np.linalg.norm(tracks.states_itrf[0] - truth[-1]) < 30.0
    later = tracker.predict(tracks.t_tai_ns + 300 * 10**9)
    height_m = geodetic_from_itrf(later.states_itrf[0, :3])[2]
    cov = later.state_covs_itrf[0]
    up = later.states_itrf[0, :3] / np.linalg.norm(later.states_itrf[0, :3])
    assert abs(height_m - 15.0) < 3.0 * np.sqrt(up @ cov[:3, :3] @ up)  # what falls would be 440 km down
