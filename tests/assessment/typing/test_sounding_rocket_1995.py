"""A research rocket of 25 January 1995, rebuilt: 1,453 km up, 24 min, from Andoya, seen by a radar on Kola."""

import numpy as np

from vedette.assessment.typing import FLIGHT_CAUSES, TrackHistory, flight_causes
from vedette.assessment.weighing import explained
from vedette.core.constants import NS_PER_S
from vedette.reports import Cause
from vedette.scenario import make_scenario
from vedette.scenario.story import parse_story
from vedette.tracking import Tracker

STORY = """
title = "a research rocket from Norway"
t_start_utc = "1995-01-25T06:23:00.000Z"
seconds = 210.0
[[launch]]
id = "R1"
class = "sounding-two-stage"
lat_deg = 69.294
lon_deg = 16.021
t_launch_s = 60.0
azimuth_deg = 350.0
loft = 0.45
thrust = 1.46
burnt = 0.12
burn_spread = 0.0
[sensors.radar-kola]
kind = "radar"
site = { lat_deg = 68.11, lon_deg = 33.91, height_m = 150.0 }
band = "VHF"
range_sigma_m = 100.0
angle_sigma_deg = 0.15
revisit_s = 4.0
elevation_min_deg = 2.0
elevation_max_deg = 45.0
range_min_km = 200.0
range_max_km = 4600.0
range_1m2_km = 3500.0
source = "place and reach as published for radars of its kind; the rest invented"
"""
RADAR_TIME_S = 120.0
# launches a year, worldwide, in round numbers: public counts of research rockets and of missile tests
PER_YEAR = {Cause.SOUNDING_ROCKET: 200.0, Cause.SHORT_RANGE: 800.0, Cause.MEDIUM_RANGE: 80.0, Cause.SPACE_LAUNCH: 260.0,
            Cause.SATELLITE: 20_000.0}  # fmt: skip


def test_it_is_classed_a_sounding_rocket_within_two_minutes_of_radar_time() -> None:
    made = make_scenario(parse_story(STORY), 1)
    flight = made.flights[0]
    assert flight.apogee_m is not None and flight.t_impact_tai_ns is not None
    assert abs(flight.apogee_m / 1e3 - 1_453.0) < 40.0
    assert abs((flight.t_impact_tai_ns - flight.t_liftoff_tai_ns) / NS_PER_S / 60.0 - 24.0) < 2.0
    tracker, history, first_tai_ns = Tracker(sensors=list(made.sensors.values())), TrackHistory(), None
    priors = {cause: float(np.log(PER_YEAR.get(cause, 20.0))) for cause in FLIGHT_CAUSES}
    led: dict[float, Cause] = {}
    for scan in made.scans:
        tracks = tracker.step(scan)
        for one in tracks:
            here = flight.states_itrf(np.array([one.t_tai_ns]))[0]
            if np.linalg.norm(here[:3] - one.state_itrf[:3]) > 50e3:
                continue
            first_tai_ns = first_tai_ns or int(tracks.t_start_tai_ns[0])
            history.note(one.t_tai_ns, one.state_itrf, one.state_cov_itrf)
            seen_s = (one.t_tai_ns - first_tai_ns) / NS_PER_S
            if seen_s - max(led, default=-10.0) >= 10.0:
                weighed = flight_causes(tracker.looks(one.id), made.sensors, None, one, history)
                led[seen_s] = explained(weighed, priors)[0].name
    late = [cause for seen_s, cause in led.items() if 20.0 < seen_s <= RADAR_TIME_S]
    assert len(late) >= 5
    assert all(cause is Cause.SOUNDING_ROCKET for cause in late)
