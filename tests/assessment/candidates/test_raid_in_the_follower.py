"""Six launches within ten seconds and a budget for two fits: the others make do, and all stay assessed."""

from dataclasses import replace

import numpy as np
import pytest

from vedette.assessment import launch_follower
from vedette.assessment.candidates import packaged_assessment_policy
from vedette.assessment.launch_follower import LaunchFollower
from vedette.frames import great_circle_m
from vedette.reports import LAUNCHES, Mode
from vedette.scenario import make_scenario, parse_story

PADS = [(31.0 + 0.5 * (i // 3), -30.0 + 0.6 * (i % 3)) for i in range(6)]
SECONDS = 66.0
STORY = f"""
title = "Six at once"
about = "Six short-range flights leave the open ocean within ten seconds."
t_start_utc = "2031-04-01T12:00:00.000Z"
seconds = {SECONDS}
sensors = ["ir-east", "ir-west", "ir-molniya"]
""" + "".join(
    f"""
[[launch]]
id = "L{i}"
class = "short-range-stretched"
lat_deg = {lat}
lon_deg = {lon}
t_launch_s = {2.0 + 1.5 * i}
azimuth_deg = 75.0
"""
    for i, (lat, lon) in enumerate(PADS)
)


@pytest.fixture(scope="module")
def raid():
    made = make_scenario(parse_story(STORY, "six"), 1)
    policy = packaged_assessment_policy()
    tight = replace(policy, raid=replace(policy.raid, fits_per_s=0.01, burst=2.0))
    follower = LaunchFollower(made.sensors, Mode.SIMULATED, assessment=tight)
    asked = []
    fit = launch_follower.fit_launch
    launch_follower.fit_launch = lambda *args, **others: asked.append(args)  # fits are dear: none of them comes to much
    try:
        for scan in made.scans:
            follower.absorb(scan)
    finally:
        launch_follower.fit_launch = fit
    return follower, asked


def test_no_more_fits_are_made_than_the_budget_bears(raid):
    _, asked = raid
    assert len(asked) == 2  # the burst; a hundredth a second adds none within a minute


def test_everybody_is_assessed(raid):
    follower, _ = raid
    candidates = follower.candidates()
    # lines of sight of six near flights cross where nothing is: such a ghost may live until the lines part
    assert len(PADS) <= len(candidates) <= len(PADS) + 1
    for one in candidates:
        assert sum(e.probability for e in one.explanations) == pytest.approx(1.0)
    # every launch is taken for one; the ghost, two looks and no more, may be a bolide's
    assert sum(one.probability_of(*LAUNCHES) > 0.9 for one in candidates) == len(PADS)


def test_who_waits_has_a_launch_point_by_its_first_states(raid):
    follower, _ = raid
    waiting = [one for one in follower.objects() if one.launch is not None]
    assert len(waiting) >= 2
    for one in waiting:
        lat, lon = np.radians([one.launch.lat_deg, one.launch.lon_deg])
        off_km = min(float(great_circle_m(lat, lon, *np.radians(pad))) / 1e3 for pad in PADS)
        assert off_km < 30.0  # tens of kilometres, as the record says
