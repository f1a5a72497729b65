"""The averaged descent against orbits integrated step by step through the same forces by other code."""

import numpy as np
import pytest

from vedette.catalogue.decay.area_to_mass import mean_states
from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.space_weather import SpaceWeather
from vedette.formats.tle import read_tle
from vedette.frames import gcrf_from_teme_matrix, moon_position_gcrf_m, state_gcrf_from_teme, sun_position_gcrf_m
from vedette.frames.orientation import EarthOrientation
from vedette.motion.decay.air import HEIGHTS_M, ln_air_grid
from vedette.motion.decay.descent import descend_kernel, mean_state
from vedette.motion.decay.mean_rates import air_at_kernel
from vedette.motion.orbit import OrbitForces, orbit_world, propagate_orbit
from vedette.motion.sgp4 import Sgp4
from vedette.time import tai_ns_from_utc_text

DAY_NS = 86_400 * 10**9
T = tai_ns_from_utc_text("2019-06-03T00:00:00Z")
EMPTY = np.empty((0, 8))


def bodies(days):
    turn = gcrf_from_teme_matrix(T, EarthOrientation.packaged())
    t = T + np.arange(days * 4 + 2) * DAY_NS // 4
    return np.concatenate([sun_position_gcrf_m(t) @ turn, moon_position_gcrf_m(t) @ turn], axis=1)


def elements(state):
    """Axis and eccentricity of `[h, e, M]`."""
    e2 = float(state[3:6] @ state[3:6])
    return float(state[:3] @ state[:3]) / EARTH_MU_M3_S2 / (1.0 - e2), np.sqrt(e2)


def osculating(states):
    r = np.linalg.norm(states[:, :3], axis=1)
    v2 = np.sum(states[:, 3:] ** 2, axis=1)
    axis = 1.0 / (2.0 / r - v2 / EARTH_MU_M3_S2)
    e = (np.cross(states[:, 3:], np.cross(states[:, :3], states[:, 3:])) / EARTH_MU_M3_S2) - states[:, :3] / r[:, None]
    return axis, np.linalg.norm(e, axis=1)


def start(state):
    """A state in gcrf at perigee of the mean elements, as if they were osculating."""
    a, e = elements(state)
    along = state[3:6] / e
    across = np.cross(state[:3] / np.linalg.norm(state[:3]), along)
    speed = np.sqrt(EARTH_MU_M3_S2 / a * (1.0 + e) / (1.0 - e))
    turn = gcrf_from_teme_matrix(T, EarthOrientation.packaged())
    return np.concatenate([turn @ (a * (1.0 - e) * along), turn @ (speed * across)])


def test_sun_and_moon_move_a_perigee_as_the_integrated_orbit_has_it():
    state = mean_state(16_000e3, 0.55, np.radians(28.0), 0.7, 1.0, 0.0)
    period_days = 2 * np.pi * np.sqrt(16_000e3**3 / EARTH_MU_M3_S2) / 86_400.0
    days, per_turn = 40, 100
    t = T + np.arange(0, int(days / period_days) * per_turn) * (period_days / per_turn) * DAY_NS
    forces = OrbitForces(degree=2, order=0, tides=False, relativity=False)
    states = propagate_orbit(start(state), T, t.astype(np.int64), forces)
    turn = gcrf_from_teme_matrix(T, EarthOrientation.packaged())
    states = np.concatenate([states[:, :3] @ turn, states[:, 3:] @ turn], axis=1)
    h = np.cross(states[:, :3], states[:, 3:])
    e = np.cross(states[:, 3:], h) / EARTH_MU_M3_S2 - states[:, :3] / np.linalg.norm(states[:, :3], axis=1)[:, None]
    first, last = (np.concatenate([h[part].mean(axis=0), e[part].mean(axis=0), [0.0]]) for part in (
        slice(0, 4 * per_turn), slice(-4 * per_turn, None)))  # four whole turns: no short periods
    no_air = np.zeros((2, 9, 8, HEIGHTS_M.size))
    moved = first.copy()
    begun = 2.0 * period_days  # the first average stands for the middle of its turns
    table = bodies(days)
    kept = int(begun / 0.25)
    descend_kernel(
        moved, (t[-1] - t[0]) / DAY_NS - 2 * begun, 0.0, no_air, 1.0, np.zeros(2), table[kept:], 0.25, EMPTY
    )
    (a0, e0), (a1, e1), (a2, e2) = elements(first), elements(moved), elements(last)
    flown = a2 * (1 - e2) - a0 * (1 - e0)
    assert abs(flown) > 1e3, "the case must move its perigee"
    assert a1 * (1 - e1) - a0 * (1 - e0) == pytest.approx(flown, rel=0.05)  # what the octupole would add


STAGE = """1  9864U 77018B   19154.88021991  .03396604 -11375-4  97316-3 0  9990
2  9864  24.2945  28.9945 0363138  84.8346  87.4493 15.56457188673606
"""
CUBE = """1 42722U 98067MB  19154.80362269  .00121950  17186-4  28308-3 0  9992
2 42722  51.6335 347.5936 0005134 186.6060   7.6924 15.96884975116052
"""


@pytest.mark.parametrize("lines", [STAGE, CUBE], ids=["eccentric", "round"])
def test_the_air_takes_as_much_of_the_axis_as_from_an_integrated_orbit(lines):
    # SGP4 turns the averages into a state: the integrated orbit starts from that, the averages from the elements
    sets = read_tle(lines)[0]
    t0, days, ratio = int(sets.t_epoch_tai_ns[0]), 2, 0.02
    state = mean_states(sets)[0][0]
    teme = Sgp4.of(sets).states_teme(np.array([t0]))[0][0, 0]
    gcrf = state_gcrf_from_teme(t0, teme, EarthOrientation.packaged())
    weather = SpaceWeather.of_level(70.0, 70.0, 8.0)
    t = t0 + np.linspace(0.0, days, 6001) * DAY_NS
    forces = OrbitForces(degree=4, sun=False, moon=False, tides=False, relativity=False, drag_m2_kg=ratio)
    world = orbit_world(t0, t0 + days * DAY_NS, air=True, low_m=130e3, high_m=900e3, space_weather=weather)
    flown = osculating(propagate_orbit(gcrf, t0, t.astype(np.int64), forces, world=world))[0]
    rows = round(2 * np.pi * np.sqrt(elements(state)[0] ** 3 / EARTH_MU_M3_S2) / (days * 86_400.0 / 6000))
    loss = float(np.mean(flown[:rows]) - np.mean(flown[-rows:]))  # over whole revolutions: no short periods
    grid = ln_air_grid(t0 + np.arange(4) * DAY_NS, weather)
    carried = state.copy()
    descend_kernel(carried, days - rows * days / 6000, ratio, grid, 1.0, np.zeros(4), bodies(5), 0.25, EMPTY)
    assert elements(state)[0] - elements(carried)[0] == pytest.approx(loss, rel=0.05)


def test_the_grid_gives_the_density_of_the_model_itself():
    import pymsis

    weather = SpaceWeather.of_level(150.0, 140.0, 10.0)
    t = T + 6 * 3600 * 10**9
    grid = ln_air_grid(np.array([t, t + DAY_NS]), weather)
    sun = sun_position_gcrf_m(t)
    rng = np.random.default_rng(3)
    off = []
    for _ in range(30):
        lat, hour, height = rng.uniform(-60, 60), rng.uniform(0, 24), rng.uniform(120e3, 500e3)
        right_ascension = np.arctan2(sun[1], sun[0]) + (hour - 12.0) * np.pi / 12
        r = 6378137.0 * (1 - np.sin(np.radians(lat)) ** 2 / 298.257) + height
        place = r * np.array([np.cos(np.radians(lat)) * np.cos(right_ascension),
                              np.cos(np.radians(lat)) * np.sin(right_ascension), np.sin(np.radians(lat))])  # fmt: skip
        got = air_at_kernel(grid, 0.0, *place, np.arctan2(sun[1], sun[0]))
        lon = (15.0 * (hour - 6.0) + 180) % 360 - 180
        when = np.datetime64("2019-06-03T06:00")
        said = pymsis.calculate(when, lon, lat, height / 1e3, 150.0, 140.0, [[10.0] * 7], version=0)
        off.append(np.log(got / said[0, 0]))
    # straight lines between rows 22.5 degrees, three hours and up to 28 km apart
    assert np.sqrt(np.mean(np.square(off))) < 0.04 and np.max(np.abs(off)) < 0.10
