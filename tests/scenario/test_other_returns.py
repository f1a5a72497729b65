"""A story with every kind of sensor: what each hands in agrees with the truth, and its own figures."""

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.reports import SensorKind
from vedette.scenario import make_scenario, parse_story
from vedette.sensing import packaged_sensors

NAMES = [name for name in packaged_sensors(every_kind=True) if name not in packaged_sensors()]
STORY = """
title = "Everyone looks"
t_start_utc = "2031-04-01T{hour}:00:00Z"
seconds = 420
sensors = {names}

[[launch]]
id = "A"
class = "medium-range-liquid"
lat_deg = {lat}
lon_deg = {lon}
t_launch_s = 10.0
azimuth_deg = 20.0
rcs_m2 = 5.0
"""


@pytest.fixture(scope="module")
def made():
    """At noon; a telescope needs the night."""
    return make_scenario(parse_story(STORY.format(hour="12", names=NAMES, lat=35.0, lon=-29.0)), seed=3)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "telescope-east"])
def test_reports_agree_with_the_truth_within_what_is_stated(made, name):
    sensor, luck = made.sensors[name], made.luck[name]
    flight = made.flights[0].flight
    scores = []
    for scan in made.scans:
        if scan.sensor_id != name or not len(scan):
            continue
        assert scan.kind is sensor.kind
        t_true = int(scan.t_measured_tai_ns[0]) - round(luck.clock_s * NS_PER_S)
        state = flight.states_itrf(np.array([(t_true - made.story.t_start_tai_ns) / NS_PER_S]))[0]
        if not np.all(np.isfinite(state)):
            continue
        off = sensor.residual(scan.values, sensor.measure(state, t_true))
        spread = np.hypot(sensor.residual_sigmas, sensor.residual_bias_sigmas)
        off = np.where(np.isnan(off) & ~np.isnan(spread), np.inf, off)  # behind the sensor
        best = np.min(np.nanmax(np.abs(off / spread), axis=1))
        if best < 20.0:  # the others are clutter
            scores.append(best)
    assert len(scores) > 3
    # one seed draws each constant once: three sigma of it, and a drawn platform and refraction besides
    assert np.median(scores) < 5.0


def test_a_telescope_sees_flames_at_night_and_nothing_by_day(made):
    day = sum(len(scan) for scan in made.scans if scan.sensor_id == "telescope-east")
    night = make_scenario(parse_story(STORY.format(hour="00", names=["telescope-east"], lat=28.5, lon=-17.3)), seed=3)
    seen = sum(np.count_nonzero(scan.values[:, 3] < 5.0) for scan in night.scans)
    assert seen > 5 and day <= 3 + 0.1 * 3 * 140  # clutter only


def test_what_moves_says_where_it_believes_to_be(made):
    for name in ("radar-x-ship", "thermal-aircraft"):
        scans = [scan for scan in made.scans if scan.sensor_id == name]
        sensor, offset = made.sensors[name], np.array(made.luck[name].offset_itrf_m)
        assert np.any(offset != 0.0)
        for scan in scans[:5]:
            assert scan.sensor_position_sigma_m == sensor.position_sigma_m
            assert scan.sensor_position_itrf_m is not None
        moved = scans[-1].sensor_position_itrf_m - scans[0].sensor_position_itrf_m
        assert np.linalg.norm(moved) > 1e3


def test_emissions_are_heard_while_it_burns(made):
    flight, heard, chance = made.flights[0].flight, 0, 0
    for scan in made.scans:
        if scan.kind is SensorKind.PASSIVE_RADIO and len(scan):
            t_s = (int(scan.t_measured_tai_ns[0]) - made.story.t_start_tai_ns) / NS_PER_S
            sensor = made.sensors[scan.sensor_id]
            off = sensor.residual(scan.values, sensor.measure(flight.states_itrf(np.array([t_s]))[0]))[:, :2]
            if np.any(np.all(np.abs(off) < 3.0 * sensor.residual_sigmas[:2], axis=1)):
                burning = bool(flight.is_burning(np.array([t_s]))[0])
                heard, chance = heard + burning, chance + (not burning)
    assert heard > 10 and chance <= 2  # a false bearing may point there by accident


def test_the_same_seed_gives_the_same_reports(made):
    again = make_scenario(parse_story(STORY.format(hour="12", names=NAMES, lat=35.0, lon=-29.0)), seed=3)
    assert len(again.scans) == len(made.scans)
    assert all(np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(made.scans, again.scans, strict=True))
    kinds = {SensorKind.OVER_THE_HORIZON, SensorKind.LASER, SensorKind.OPTICAL, SensorKind.THERMAL}
    assert {scan.kind for scan in made.scans} >= kinds
