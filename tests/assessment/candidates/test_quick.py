"""Where a rocket rose from, by its first states, against flights whose pad is known."""

import numpy as np
import pytest

from vedette.assessment.candidates.quick import quick_launch
from vedette.core.constants import NS_PER_S
from vedette.frames import great_circle_m
from vedette.motion.boost import fly_boost
from vedette.motion.flight_classes import nominal_boost, vehicle

PAD = (np.radians(31.4), np.radians(-29.8))
T0 = 10**18


def states(kind, times_s):
    x = nominal_boost(vehicle(kind), lat_rad=PAD[0], lon_rad=PAD[1], azimuth_rad=np.radians(75.0))
    return fly_boost(x, np.asarray(times_s, dtype=float))[0]


@pytest.mark.parametrize("kind", ["short-range-liquid", "short-range-solid", "medium-range-liquid"])
@pytest.mark.parametrize("first_s", [20.0, 30.0])
def test_the_pad_lies_within_what_is_stated(kind, first_s):
    times_s = [first_s, first_s + 5.0, first_s + 16.0]
    flown = states(kind, times_s)
    instants = [T0 + round(t * NS_PER_S) for t in times_s]
    found, sigma_km = quick_launch(instants, list(flown), [80.0**2] * 3)
    off_km = float(great_circle_m(*PAD, np.radians(found.lat_deg), np.radians(found.lon_deg))) / 1e3
    assert off_km < 2.5 * sigma_km < 100.0
    assert found.t_90_tai_ns[0] - 5 * NS_PER_S <= T0 <= found.t_90_tai_ns[1] + 5 * NS_PER_S


def test_what_falls_or_is_first_seen_high_or_is_hardly_known_says_nothing_of_a_pad():
    (rising,) = states("short-range-liquid", [40.0])
    falling = rising.copy()
    falling[3:] *= -1.0
    high = rising * 1.0
    high[:3] *= 1.05
    assert quick_launch([T0], [rising], [50.0**2]) is not None
    assert quick_launch([T0], [falling], [50.0**2]) is None
    assert quick_launch([T0], [high], [50.0**2]) is None
    assert quick_launch([T0], [rising], [1e8]) is None
    assert quick_launch([], [], []) is None
