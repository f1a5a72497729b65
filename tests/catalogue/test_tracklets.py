"""Whose tracklet: known ones late and early, strangers, a rising rocket, and positions of real satellites as looks."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks._sky_population import T0_TAI_NS, population
from benchmarks.correlate import Truth, sensors
from tests.tracking.small_scene import boosting

from vedette.catalogue.known_objects import KnownSky
from vedette.catalogue.tracklets import Tracklet, tracklets_of, whose
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site

SECOND = 10**9


@pytest.fixture(scope="module")
def scene():
    """4,000 objects, a fifth of them in no catalogue, their elements off by heavy-tailed errors."""
    rng = np.random.default_rng(3)
    sets = population(4_000, 8)
    is_new = rng.random(len(sets)) < 0.2
    kept = np.flatnonzero(~is_new)
    return sets, Truth(sets, rng), is_new, KnownSky(sets.take(kept)), {int(row): k for k, row in enumerate(kept)}


def looks(sensor, truth, rows, times, rng):
    states = [truth.states(int(t)) for t in times]
    for row in rows:
        ideal = np.stack([sensor.measure(s[row], int(t)) for s, t in zip(states, times, strict=True)])
        if sensor.kind is SensorKind.RADAR:
            sigmas = np.broadcast_to(sensor.sigmas, ideal.shape).copy()
            values = ideal + np.nan_to_num(sensor.bias_sigmas) * rng.standard_normal(4)
            values = np.where(np.isnan(sigmas), np.nan, values + sigmas * rng.standard_normal(ideal.shape))
        else:
            values = ideal + sensor.los_sigma_rad * rng.standard_normal(ideal.shape)
            values = np.column_stack([values / np.linalg.norm(values, axis=1, keepdims=True), np.full(len(times), 9.0)])
            sigmas = np.column_stack([np.full((len(times), 3), sensor.los_sigma_rad), np.full(len(times), 0.5)])
        yield row, Tracklet("x", sensor.name, sensor.kind, times, values, sigmas)


@pytest.mark.parametrize(("which", "count"), [("radar", 1), ("radar", 6), ("telescope", 1), ("telescope", 6)])
def test_tracklets_and_single_looks_are_named_and_strangers_are_not(scene, which, count):
    sets, truth, is_new, sky, row_of = scene
    radars, scopes = sensors()
    sensor = radars[0] if which == "radar" else scopes[0]
    rng = np.random.default_rng(11)
    times = T0_TAI_NS + 30 * SECOND + 8 * SECOND * np.arange(count)
    first, last = truth.states(int(times[0])), truth.states(int(times[-1]))
    if which == "radar":
        seen = sensor.is_visible(first, int(times[0])) & sensor.is_visible(last, int(times[-1]))
    else:
        here = sensor.position_itrf_m(0)
        seen = np.all([
            (one[:, :3] - here) @ here / np.linalg.norm(one[:, :3] - here, axis=1) / np.linalg.norm(here) > 0.35
            for one in (first, last)
        ], axis=0)  # fmt: skip
    rows = rng.permutation(np.flatnonzero(seen))[:60]
    known, right, new, called_new, launches = 0, 0, 0, 0, []
    for row, tracklet in looks(sensor, truth, rows, times, rng):
        said = whose(tracklet, sky, sensor)
        assert sum(said.explanations.values()) == pytest.approx(1.0, abs=1e-9)
        launches.append(said.explanations["launch"])
        if is_new[row]:
            twin = [k for k in (row - 1, row + 1) if k in row_of and sets.node_teme_rad[k] == sets.node_teme_rad[row]]
            new, called_new = new + (not twin), called_new + (not twin and said.match is None)
        else:
            known += 1
            right += any(k == row_of[int(row)] and p > 0.2 for k, p in said.candidates)
    assert known > 20 and right >= 0.97 * known  # one in forty of the drawn errors lies beyond ten sigmas
    assert new > 3 and called_new >= 0.9 * new
    assert np.median(launches) < 0.02


def test_a_rising_rocket_is_a_launch_and_no_known_object(scene):
    sky = scene[3]
    radar = Radar(Site(31.0, 29.0, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.05, range_rate_sigma_mps=3.0, name="r",
                  elevation_min_deg=2.0)  # fmt: skip
    t_s = np.arange(60.0, 84.0, 4.0)
    states, _ = boosting(31.4, 29.8, 75.0, t_s)
    times = T0_TAI_NS + np.rint(t_s * 1e9).astype(np.int64)
    rng = np.random.default_rng(2)
    values = radar.measure(states, int(times[0]))
    values = values + radar.sigmas * rng.standard_normal(values.shape)
    tracklet = Tracklet("L", "r", SensorKind.RADAR, times, values, np.broadcast_to(radar.sigmas, values.shape).copy())
    said = whose(tracklet, sky, radar)
    assert said.match is None and said.explanations["launch"] > 0.9


def test_scans_fall_into_tracklets_where_the_sensor_pauses_and_looks_at_a_crowd_stand_alone():
    def scan(t_s, n=1):
        t = np.full(n, T0_TAI_NS + round(t_s * 1e9))
        return Scan("r", SensorKind.RADAR, Mode.TEST, int(t[0]), t, np.ones((n, 4)), np.ones((n, 4)))

    one_by_one = tracklets_of([scan(t) for t in (0, 5, 10, 200, 205)])
    assert [len(one) for one in one_by_one] == [3, 2]
    assert [len(one) for one in tracklets_of([scan(0, 3), scan(5, 2)])] == [1] * 5
    assert tracklets_of([replace(scan(0), t_measured_tai_ns=np.empty(0, np.int64), values=np.empty((0, 4)),
                                 sigmas=np.empty((0, 4)))]) == ()  # fmt: skip
