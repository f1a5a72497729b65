"""What was seen once and then not for minutes: its belief grows too wide to fly, and it goes without taking others."""

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS

from vedette.core.constants import NS_PER_S
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import Tracker

RADAR = Radar(Site(45.0, 16.0, 300.0), range_sigma_m=50.0, angle_sigma_deg=0.06, name="radar-north")


def look(t_s: float, range_m: float) -> Scan:
    t = T0_TAI_NS + round(t_s * NS_PER_S)
    values = np.array([[0.2, 0.1, range_m, np.nan]])
    sigmas = np.array([[9e-4, 9e-4, 30.0, np.nan]])
    return Scan("radar-north", SensorKind.RADAR, Mode.TEST, t, np.array([t]), values, sigmas)


@pytest.mark.parametrize("silence_s", [240.0, 270.0, 330.0, 700.0])
def test_a_detection_that_nothing_followed_never_stops_the_tracker(silence_s: float) -> None:
    tracker = Tracker([RADAR])
    tracker.step(look(0.0, 812_250.0))
    for k in range(6):
        tracks = tracker.step(look(silence_s + 5.0 * k, 60_000.0 + 500.0 * k))
    assert len(tracks) == 1  # the new one
    assert tracks.hits[0] == 6
    assert len(tracker.tentative) == 0  # the old one is gone
