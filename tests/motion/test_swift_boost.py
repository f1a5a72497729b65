"""The law of flight at long steps against the same law at very short ones."""

import numpy as np
import pytest

from vedette.frames import itrf_from_geodetic
from vedette.motion.boost import _slope, fly_boost
from vedette.motion.boost_layout import (
    BURN_S,
    GAP_S,
    JET_EAST_MPS,
    JET_NORTH_MPS,
    RIPPLE,
    RIPPLE_HZ,
    SLOPE,
    STAGE_COUNT,
    STEER_PERIOD_S,
    STEER_PITCH_RAD,
    STEER_YAW_RAD,
    TAIL_OFF_S,
    burnout_s,
    stage_entry,
)
from vedette.motion.flight_classes import nominal_boost, vehicles
from vedette.motion.propagate import world
from vedette.motion.swift_boost import fly_kernel, fly_swiftly, slope_kernel


def _boost(vehicle):
    p = nominal_boost(vehicle, lat_rad=0.55, lon_rad=-0.5, azimuth_rad=1.3)
    for stage in range(int(p[STAGE_COUNT]) - 1):
        if p[stage_entry(stage, GAP_S)] > 60.0:  # the flight goes on elsewhere
            p[STAGE_COUNT] = stage + 1
            break
    p[TAIL_OFF_S] = 0.6
    return p


@pytest.mark.parametrize("vehicle", vehicles(), ids=lambda v: v.id)
def test_long_steps_come_as_near_as_short_ones_did(vehicle):
    p = _boost(vehicle)
    times = np.linspace(5.0, burnout_s(p) - 1.0, 20)
    law, law_end = fly_boost(p, times, step_s=0.05)
    swift, swift_end = fly_swiftly(p, times)
    plain_end = fly_boost(p, times)[1]
    off_m = np.linalg.norm(swift_end[1:4] - law_end[1:4])
    off_mps = np.linalg.norm(swift_end[4:] - law_end[4:])
    on_the_way_m = np.linalg.norm(swift[:, :3] - law[:, :3], axis=1).max()
    metres_a_minute, at_all_m = 8.0, 10.0  # the error grows as the turn goes on
    is_to_orbit = vehicle.orbit_height_m is not None  # eight minutes of a programme of pitch
    assert on_the_way_m < (500.0 if is_to_orbit else at_all_m + metres_a_minute * burnout_s(p) / 60.0)
    assert off_m < (500.0 if is_to_orbit else at_all_m + metres_a_minute * burnout_s(p) / 60.0)
    assert off_mps < max(0.6, np.linalg.norm(plain_end[4:] - law_end[4:]))
    assert off_m < max(30.0, np.linalg.norm(plain_end[1:4] - law_end[1:4]))


def test_a_flight_may_end_with_the_last_look():
    p = _boost(next(v for v in vehicles() if v.id == "medium-range-liquid"))
    times = np.array([-3.0, 10.0, 40.0])
    out, burnout = np.empty((3, 6)), np.empty(7)
    k, y, y_new, up0 = np.empty((5, 6)), np.empty(6), np.empty(6), np.empty(3)
    air, field = world(None, None)
    fly_kernel(p, times, 2.0, True, air, field, np.empty((2, 1, 1)), k, y, y_new, up0, out, burnout)
    assert np.array_equal(out, fly_swiftly(p, times)[0])
    assert np.isnan(burnout).all()


def test_what_falls_back_under_thrust_has_no_burnout():
    p = _boost(next(v for v in vehicles() if v.id == "short-range-liquid"))
    p[stage_entry(0, 0)] *= 0.3  # less thrust than weight
    states, burnout = fly_swiftly(p, np.array([30.0]))
    assert np.isnan(burnout).all() and np.isnan(states[0]).all()


def test_the_slope_written_as_one_is_that_of_the_law():
    rng = np.random.default_rng(4)
    still, field = world(None, None)
    windy = still.copy()
    windy[:, 2:] = 20.0 * rng.standard_normal((len(windy), 2))
    work, law, swift = np.empty((2, 1, 1)), np.empty(6), np.empty(6)
    for vehicle in vehicles():
        p = _boost(vehicle)
        p[[SLOPE, RIPPLE, RIPPLE_HZ]] = 0.02, 0.01, 2.0
        p[[STEER_PITCH_RAD, STEER_YAW_RAD, STEER_PERIOD_S]] = 4e-3, 3e-3, 50.0
        p[[JET_EAST_MPS, JET_NORTH_MPS]] = rng.choice([0.0, 30.0]), -12.0
        for height_m in (-500.0, 3e3, 30e3, 110e3, 300e3, 2e6):
            for mode in (0, 1, 2):
                stage = int(rng.integers(int(p[STAGE_COUNT])))
                base = stage_entry(stage, 0)
                place = itrf_from_geodetic(rng.uniform(-1.5, 1.5), rng.uniform(-3.0, 3.0), height_m)
                y = np.concatenate([place, rng.standard_normal(3) * rng.choice([0.1, 300.0, 2000.0, 5000.0])])
                up, t = place / np.linalg.norm(place), rng.uniform(0.0, p[stage_entry(stage, BURN_S)])
                air = (still, windy)[int(rng.integers(2))]
                for slope, out in ((_slope, law), (slope_kernel, swift)):
                    slope(y, t + 9.0, t, p, base, mode, 5e-4, up, air.view(), field, work, out)
                # heights differ by 2e-5 m at most, densities by 1e-8, drag by as much of what may be the largest part
                assert np.linalg.norm(swift - law) < 1e-7 * np.linalg.norm(law[3:])
