"""Powered flight against SciPy flying a plain transcription of the same law, and against the rocket equation."""

import os
import subprocess
import sys
from math import radians

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from vedette.frames.geodesy import enu_from_itrf_matrix, geodetic_from_itrf, itrf_from_geodetic
from vedette.motion.atmosphere import density_us76, grid_heights_m, sound_speed_us76, standard_air
from vedette.motion.boost import drag_shape_kernel, fly_boost
from vedette.motion.boost_layout import (
    RIPPLE,
    RIPPLE_HZ,
    SLOPE,
    STEER_PITCH_RAD,
    STEER_YAW_RAD,
    T0_S,
    TAIL_OFF_S,
    boost_parameters,
    burning_stage,
    burnout_s,
    stage_times_s,
)
from vedette.motion.flight_classes import nominal_boost, vehicle
from vedette.motion.gravity import acceleration_itrf
from vedette.motion.gravity_field import field_coefficients
from vedette.motion.propagate import propagate_coast

LAT, LON, AZIMUTH = radians(35.0), radians(-20.0), radians(70.0)
FIRST = {"a0_mps2": 24.0, "flow_per_s": 0.0085, "burn_s": 70.0, "gap_s": 3.0, "beta_kg_m2": 3e4, "back_pressure": 0.1}
SECOND = {"a0_mps2": 22.0, "flow_per_s": 0.009, "burn_s": 60.0, "beta_kg_m2": 2e4, "pitch_rad": 0.05}
SECOND["pitch_rate_radps"] = -5e-4


def two_stages(**changes):
    return boost_parameters(
        lat_rad=LAT,
        lon_rad=LON,
        azimuth_rad=AZIMUTH,
        kick_rad=radians(3.0),
        rise_s=5.0,
        stages=[FIRST, SECOND],
        **changes,
    )


def by_scipy(stages, kick_rad, rise_s):
    """The same law written down plainly: one solve_ivp for each piece, US76 by its formulas, no tables."""
    pad = itrf_from_geodetic(LAT, LON, 0.0)
    enu = enu_from_itrf_matrix(LAT, LON)

    def slope(t, y, stage, t_ignition, mode):
        lat, lon, height = geodetic_from_itrf(y[:3])
        speed = np.linalg.norm(y[3:])
        mass = 1.0 - stage["flow_per_s"] * (t - t_ignition) if mode != "gap" else 1.0
        rho, sound = float(density_us76(height)), float(sound_speed_us76(height))
        shape = drag_shape_kernel(speed / sound) if mode != "gap" else 1.0
        a = acceleration_itrf(y) - 0.5 * rho * speed * y[3:] * shape / (stage["beta_kg_m2"] * mass)
        if mode != "gap":
            up = enu_from_itrf_matrix(lat, lon)[2]
            along = enu[2] if mode == "rise" else y[3:] / speed
            pitch = stage.get("pitch_rad", 0.0) + stage.get("pitch_rate_radps", 0.0) * (t - t_ignition)
            if mode != "rise" and pitch != 0.0:
                above = up - (up @ along) * along
                along = np.cos(pitch) * along + np.sin(pitch) * above / np.linalg.norm(above)
            lost = stage.get("back_pressure", 0.0) * rho * sound**2 / 1.4 / 101325.0
            a = a + stage["a0_mps2"] * (1 - lost) / mass * along
        return np.r_[y[3:], a]

    def fly(y, start, stop, *rest):
        return solve_ivp(slope, (start, stop), y, "DOP853", rtol=1e-10, atol=1e-6, args=rest).y[:, -1]

    y = fly(np.r_[pad, np.zeros(3)], 0.0, rise_s, stages[0], 0.0, "rise")
    tilt = np.cos(kick_rad) * enu[2] + np.sin(kick_rad) * (np.sin(AZIMUTH) * enu[0] + np.cos(AZIMUTH) * enu[1])
    y[3:] = np.linalg.norm(y[3:]) * tilt
    y = fly(y, rise_s, 70.0, stages[0], 0.0, "turn")
    y = fly(y, 70.0, 73.0, stages[1], 70.0, "gap")
    return fly(y, 73.0, 133.0, stages[1], 73.0, "turn")


def test_two_stages_fly_as_scipy_flies_them():
    _, burnout = fly_boost(two_stages(), np.zeros(0))
    theirs = by_scipy([FIRST, SECOND], radians(3.0), 5.0)
    assert burnout[0] == pytest.approx(133.0)
    five_metres, five_cm_per_s = 5.0, 0.05  # step of 1 s, tabled air; a filter's prior is hundreds of metres
    assert np.linalg.norm(burnout[1:4] - theirs[:3]) < five_metres
    assert np.linalg.norm(burnout[4:] - theirs[3:]) < five_cm_per_s


def test_straight_up_without_air_is_the_rocket_equation_less_gravity():
    stage = {"a0_mps2": 60.0, "flow_per_s": 0.02, "burn_s": 30.0}
    p = boost_parameters(lat_rad=radians(90.0), lon_rad=0.0, azimuth_rad=0.0, kick_rad=0.0, stages=[stage])
    _, burnout = fly_boost(p, np.zeros(0))
    gained = 60.0 / 0.02 * np.log(1.0 / (1.0 - 0.6))
    lost = 9.8 * 30.0
    half_a_percent = 0.005  # gravity weakens by 0.7 % over the 40 km of the climb, on a tenth of the speed
    assert np.linalg.norm(burnout[4:]) == pytest.approx(gained - lost, rel=half_a_percent)


def test_a_longer_list_of_times_changes_nothing():
    p = two_stages(t0_s=12.5)
    coarse, burnout = fly_boost(p, np.array([0.0, 50.0, 120.0, 400.0]))
    times = np.arange(0.0, 401.0, 0.5)
    fine, again = fly_boost(p, times)
    one_micrometre = 1e-6
    assert np.abs(fine[[0, 100, 240]] - coarse[:3]).max() < one_micrometre
    assert np.abs(fine[800] - coarse[3]).max() < 1e-3  # the coast's last step ends elsewhere
    assert np.abs(burnout - again).max() < one_micrometre
    assert np.all(fine[:25, 3:] == 0.0) and burnout[0] == pytest.approx(133.0 + 12.5)


def test_the_velocity_between_steps_is_the_slope_of_the_position():
    times = np.arange(0.0, 300.0, 0.1)
    states, _ = fly_boost(two_stages(), times)
    slope = (states[2:, :3] - states[:-2, :3]) / 0.2
    jumps = np.zeros(len(slope), dtype=bool)
    for t in (5.0, 70.0, 73.0, 133.0):
        jumps |= np.abs(times[1:-1] - t) < 0.15
    a_centimetre_per_second = 0.01
    assert np.abs(slope - states[1:-1, 3:])[~jumps].max() < a_centimetre_per_second


def test_after_burnout_the_coast_is_propagates_coast():
    p = two_stages(coast_beta_kg_m2=5000.0)
    states, burnout = fly_boost(p, np.array([133.0, 400.0]))
    assert np.abs(states[1, :3] - propagate_coast(burnout[1:], 267.0, 5000.0)[:3]).max() < 0.1


def test_what_has_come_down_is_nan_and_so_is_what_never_flew():
    p = nominal_boost(vehicle("short-range-liquid"), lat_rad=LAT, lon_rad=LON, azimuth_rad=AZIMUTH)
    states, _ = fly_boost(p, np.array([60.0, 200.0, 2000.0]))
    assert np.isfinite(states[:2]).all() and np.isnan(states[2]).all()
    weak = {"a0_mps2": 5.0, "flow_per_s": 0.002, "burn_s": 100.0}
    dud = boost_parameters(lat_rad=LAT, lon_rad=LON, azimuth_rad=AZIMUTH, kick_rad=0.05, stages=[weak])
    _, burnout = fly_boost(dud, np.zeros(0))
    assert np.isnan(burnout).all()


def test_small_truths_are_small_and_keep_the_impulse():
    plain = fly_boost(two_stages(), np.zeros(0))[1]
    for entry, value in (
        (SLOPE, 0.1),
        (TAIL_OFF_S, 1.5),
        (RIPPLE, 0.02),
        (STEER_PITCH_RAD, 0.003),
        (STEER_YAW_RAD, 0.003),
    ):
        p = two_stages()
        p[entry], p[RIPPLE_HZ] = value, 0.5
        moved = fly_boost(p, np.zeros(0), step_s=0.25)[1]
        speed = np.linalg.norm(moved[4:]) - np.linalg.norm(plain[4:])
        assert 1.0 < np.linalg.norm(moved[1:4] - plain[1:4]) < 10e3
        assert abs(speed) < 0.012 * np.linalg.norm(plain[4:])


def test_truths_own_forces_make_a_difference_but_not_a_large_one():
    p = two_stages()
    wind = standard_air().copy()
    jet = np.exp(-(((grid_heights_m() - 11e3) / 4e3) ** 2))
    wind[:, 2], wind[:, 0] = 30.0 * jet, wind[:, 0] + 0.02
    plain = fly_boost(p, np.zeros(0))[1]
    other = fly_boost(p, np.zeros(0), air=wind, field=field_coefficients(20))[1]
    assert 1.0 < np.linalg.norm(other[1:4] - plain[1:4]) < 3e3


def test_batches_are_rows():
    rows = np.stack([two_stages(), two_stages(thrust_scale=1.05)])
    states, burnout = fly_boost(rows, np.array([10.0, 100.0]))
    assert states.shape == (2, 2, 6) and burnout.shape == (2, 7)
    assert np.array_equal(states[1], fly_boost(rows[1], np.array([10.0, 100.0]))[0])


def test_the_clock_of_the_stages():
    p = two_stages(t0_s=10.0)
    assert stage_times_s(p) == [(0.0, 70.0), (73.0, 133.0)]
    assert burnout_s(p) == 133.0
    assert burning_stage(p, np.array([0.0, 10.0, 79.9, 81.0, 83.0, 142.9, 143.0])).tolist() == [-1, 0, 0, -1, 1, 1, -1]
    assert p[T0_S] == 10.0


def test_without_the_compiler_the_plain_twin_flies_the_same():
    code = (
        "import numpy as np\n"
        "from tests.motion.test_boost import two_stages\n"
        "from vedette.motion.boost import fly_boost\n"
        "from vedette.motion.propagate import propagate_coast_stm, fly_to_ground\n"
        "s, b = fly_boost(two_stages(), np.array([30.0, 120.0, 200.0]))\n"
        "y, m = propagate_coast_stm(b[1:], 200.0, 4000.0)\n"
        "print(repr(np.concatenate([s.ravel(), y, m.ravel(), fly_to_ground(b[1:], 4000.0)[3]]).tolist()))\n"
    )
    answers = []
    for plain in ("1", "0"):
        env = {**os.environ, "NUMBA_DISABLE_JIT": plain, "PYTHONPATH": os.pathsep.join(["src", "."])}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        answers.append(np.array(eval(done.stdout)))
    rounding = 1e-9  # the compiler may fuse and reorder, and the ground is found by iteration
    scale = np.maximum(np.abs(answers[0]), 1.0)
    assert np.abs((answers[0] - answers[1]) / scale).max() < rounding
