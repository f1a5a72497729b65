"""Days that might be: as many as stand for the doubt, and no less spread than it."""

import numpy as np
import pytest

from vedette.assessment.unknown_weather import DAYS, JET_EAST_MPS, JET_NORTH_MPS, come_down, weather_days
from vedette.motion.atmosphere import JET_HEIGHT_M, grid_heights_m, standard_air
from vedette.motion.propagate import fly_to_ground

FALLING = np.array([[6378137.0 + 60e3, 0.0, 0.0, -1200.0, 1500.0, 300.0]])


def _middles_of_jets():
    row = int(np.searchsorted(grid_heights_m(), JET_HEIGHT_M))
    return np.array([day[row, 2:] for day in weather_days()])


def test_days_are_as_spread_as_they_are_believed():
    jets = _middles_of_jets()
    np.testing.assert_allclose(jets.mean(axis=0), [JET_EAST_MPS[0], JET_NORTH_MPS[0]], atol=1e-6)
    np.testing.assert_allclose(np.cov(jets.T, bias=True), np.diag([JET_EAST_MPS[1], JET_NORTH_MPS[1]]) ** 2, atol=1e-6)


def test_the_mean_day_is_the_standard_one():
    mean = np.mean([day[:, 0] for day in weather_days()], axis=0)
    np.testing.assert_allclose(mean, standard_air()[:, 0], atol=1e-12)


def test_each_state_comes_down_through_its_day():
    states, beta = np.repeat(FALLING, DAYS + 1, axis=0), np.full(DAYS + 1, 2000.0)
    lat, lon, after_s = come_down(states, beta)
    for i in (0, 3, DAYS - 1):
        alone = fly_to_ground(FALLING, 2000.0, air=weather_days()[i])
        assert (lat[i], lon[i], after_s[i]) == pytest.approx([float(one[0]) for one in alone[:3]], abs=1e-12)
    assert lon[DAYS] == lon[0]  # the days in turn
    assert np.ptp(lon) * 6.4e6 > 100.0
