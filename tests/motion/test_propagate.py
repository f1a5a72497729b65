"""Coasting arcs against SciPy's own integrator on the plain forces, then laws that must hold."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS
from vedette.motion.atmosphere import density_us76
from vedette.motion.ellipsoid import geodetic_kernel
from vedette.motion.gravity import acceleration_itrf
from vedette.motion.propagate import apogee, coast_track, fly_to_ground, propagate_coast, propagate_coast_stm

ONE_CENTIMETRE = 0.01  # rtol 1e-10 per step, some fifty steps
LOFTED = np.array([2.83e6, 4.47e6, 3.63e6, 1500.0, 3000.0, 2200.0])
LEO = np.array([6.9e6, 0.0, 0.0, 0.0, 5.4e3, 5.0e3])


def slope(_: float, y: np.ndarray) -> np.ndarray:
    return np.concatenate([y[3:], acceleration_itrf(y)])


def scipy_arc(state: np.ndarray, dt_s: float) -> np.ndarray:
    return solve_ivp(slope, (0.0, dt_s), state, method="DOP853", rtol=1e-12, atol=1e-6).y[:, -1]


def test_an_arc_agrees_with_scipys_dop853():
    for state, dt_s in ((LOFTED, 900.0), (LEO, 5400.0), (LEO, -2000.0)):
        off = propagate_coast(state, dt_s) - scipy_arc(state, dt_s)
        assert np.linalg.norm(off[:3]) < ONE_CENTIMETRE


def test_drag_agrees_with_scipy_on_the_standards_own_density():
    beta = 3000.0

    def with_drag(t: float, y: np.ndarray) -> np.ndarray:
        dy = slope(t, y)
        p, z = np.hypot(y[0], y[1]), y[2]
        lat = np.arctan2(z, p * (1 - 0.00669437999014))
        for _ in range(4):
            n = 6378137.0 / np.sqrt(1 - 0.00669437999014 * np.sin(lat) ** 2)
            height = p / np.cos(lat) - n
            lat = np.arctan2(z, p * (1 - 0.00669437999014 * n / (n + height)))
        dy[3:] -= 0.5 * density_us76(height) / beta * np.linalg.norm(y[3:]) * y[3:]
        return dy

    state_60 = fly_to_ground(propagate_coast(LOFTED, 900.0), beta, 60e3)[3]
    theirs = solve_ivp(with_drag, (0.0, 12.0), state_60, method="DOP853", rtol=1e-10, atol=1e-5).y[:, -1]
    ours = propagate_coast(state_60, 12.0, beta)
    two_metres = 2.0  # linear ln(density) between rows 200 m apart against the exact layers, over 12 s of braking
    assert np.linalg.norm(ours[:3] - theirs[:3]) < two_metres


def test_the_transition_matrix_is_the_derivative_of_the_arc():
    parts_in_ten_thousand = 1e-4  # J3 and J4 are left out of the gradient
    parts_in_a_thousand = 1e-3  # with drag: differencing across the kinks of the air grid
    for state, dt_s, beta, tolerance in (
        (LEO, 1500.0, 0.0, parts_in_ten_thousand),
        (LOFTED, 1100.0, 0.0, parts_in_ten_thousand),
        (LOFTED, 100.0, 2000.0, parts_in_a_thousand),
    ):
        _, stm = propagate_coast_stm(state, dt_s, beta)
        steps = np.diag([10.0, 10.0, 10.0, 0.01, 0.01, 0.01])
        ahead = propagate_coast(state + steps, dt_s, beta, rtol=1e-13)
        moved = ahead - propagate_coast(state - steps, dt_s, beta, rtol=1e-13)
        numeric = (moved / (2.0 * np.diag(steps)[:, None])).T
        scale = np.abs(numeric).max(axis=1, keepdims=True)
        assert np.all(np.abs(stm - numeric) < tolerance * scale)


def test_an_orbit_never_comes_down_and_a_thrown_stone_does():
    _, _, dt_s, _ = fly_to_ground(np.stack([LEO, LOFTED]))
    assert np.isnan(dt_s[0])
    assert 600.0 < dt_s[1] < 3000.0


def test_the_top_is_where_climbing_ends():
    height_m, dt_s, _ = apogee(LOFTED)
    around = coast_track(LOFTED, np.array([dt_s - 5.0, dt_s + 5.0]))
    for state in around:
        _, _, height = geodetic_kernel(*state[:3])
        five_seconds_of_fall_m = 0.5 * 8.0 * 5.0**2
        assert 0.0 < height_m - height < five_seconds_of_fall_m


@settings(max_examples=20, deadline=None)
@given(st.floats(-800.0, 800.0), st.floats(0.5, 1.2), st.floats(-1.0, 1.0))
def test_forth_and_back_is_home_and_energy_stays(dt_s, speed, tilt):
    state = LEO * np.array([1, 1, 1, 1, speed, speed]) + np.array([0, 0, 0, 2000.0 * tilt, 0, 0])
    there = propagate_coast(state, dt_s)
    back = propagate_coast(there, -dt_s)
    assert np.linalg.norm(back[:3] - state[:3]) < ONE_CENTIMETRE


def test_jacobis_constant_holds_over_a_day_of_zonal_field():
    def jacobi(y: np.ndarray) -> float:
        x, yy, z = y[:3]
        r = np.linalg.norm(y[:3])
        s, q = z / r, 6378136.3 / r
        zonal = 1.08262617385222e-3 * q**2 * (1.5 * s**2 - 0.5)
        zonal += -2.53241051856772e-6 * q**3 * (2.5 * s**3 - 1.5 * s)
        zonal += -1.61989759991697e-6 * q**4 * (35 * s**4 - 30 * s**2 + 3) / 8
        spin = 0.5 * EARTH_SPIN_RADPS**2 * (x * x + yy * yy)
        return 0.5 * float(y[3:] @ y[3:]) - EARTH_MU_M3_S2 / r * (1 - zonal) - spin

    end = propagate_coast(LEO, 86400.0, rtol=1e-12)
    a_tenth_of_a_part_in_a_thousand_million = 1e-10
    assert abs(jacobi(end) / jacobi(LEO) - 1.0) < a_tenth_of_a_part_in_a_thousand_million


def test_batches_broadcast_and_nan_stays_in_its_row():
    states = np.stack([LEO, LEO * np.nan, LOFTED])
    there = propagate_coast(states, np.array([[10.0], [20.0]]))
    assert there.shape == (2, 3, 6)
    assert np.isnan(there[:, 1]).all() and np.isfinite(there[:, [0, 2]]).all()
    assert np.allclose(there[1, 0], propagate_coast(LEO, 20.0), rtol=0, atol=1e-9)
