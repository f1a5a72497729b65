"""The tracker takes every kind of sensor: with each beside a radar a track grows better and stays honest."""

import numpy as np
import pytest
from tests.tracking.kinds_scene import look, worn
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting

from vedette.metrics import chi_square_band, nees
from vedette.sensing import (
    DirectionFinder,
    Lidar,
    OverTheHorizonRadar,
    Platform,
    Radar,
    Site,
    Telescope,
    ThermalImager,
    TimeDifference,
)
from vedette.tracking import Coasting, Tracker

WEST, EAST = Site(31.0, -10.0, 200.0), Site(33.0, -4.0, 500.0)
T0 = T0_TAI_NS  # a September afternoon: the telescopes here are told not to mind the Sun
RADAR = Radar(WEST, 50.0, 0.1, revisit_s=5.0, range_bias_sigma_m=20.0, angle_bias_sigma_deg=0.02, name="radar")
SHIP = Platform(((T0 - 10**12, 29.0, -14.0, 20.0), (T0 + 10**12, 29.5, -13.5, 20.0)), position_sigma_m=200.0)
BESIDE = {
    "radar at sea": Radar(SHIP, 30.0, 0.05, range_bias_sigma_m=10.0, angle_bias_sigma_deg=0.01, name="b"),
    "over the horizon": OverTheHorizonRadar(Site(20.0, -20.0), skip_km=700.0, object_height_max_km=250.0, name="b"),
    "laser": Lidar(EAST, 0.5, range_bias_sigma_m=0.5, elevation_min_deg=10.0, name="b"),
    "lidar": Lidar(EAST, 5.0, 0.01, angle_bias_sigma_deg=0.003, elevation_min_deg=10.0, name="b"),
    "telescope": Telescope(
        EAST, 10.0, los_bias_sigma_urad=5.0, elevation_min_deg=5.0, sun_elevation_max_deg=90.0, name="b"
    ),
    "thermal at sea": ThermalImager(SHIP, 200.0, los_bias_sigma_urad=100.0, name="b"),
    "finder": DirectionFinder(EAST, 0.2, 0.2, angle_bias_sigma_deg=0.05, name="b"),
    "differences": TimeDifference(
        EAST, Site(29.0, -15.0), 60.0, 1.0, range_difference_bias_sigma_m=30.0, emitting_share=0.9, name="b"
    ),
}
RUNS, TIMES = 6, np.arange(0.0, 60.0, 5.0)


def night(sensors, seed, low=False, times=TIMES):
    """Tracks at the end of one coast, and the truth then."""
    rng = np.random.default_rng(seed)
    height_m, climb_deg = (rng.uniform(100e3, 150e3), 5.0) if low else (rng.uniform(200e3, 300e3), rng.uniform(25, 45))
    start = coast_start(
        rng.uniform(33, 35), rng.uniform(-14, -10), height_m, rng.uniform(2500, 4000), rng.uniform(20, 60), climb_deg
    )
    truth = coasting(start, times)
    luck = [np.random.default_rng([seed, i]) for i in range(len(sensors))]  # each its own: one more changes no other
    errors = [worn(sensor, own) for sensor, own in zip(sensors, luck, strict=True)]
    tracker = Tracker(sensors, motion=Coasting())
    for t, state in zip(times, truth, strict=True):
        for sensor, error, own in zip(sensors, errors, luck, strict=True):
            tracks = tracker.step(look(sensor, error, state, t, own))
    return tracks, truth[-1], tracker


def doubt_m(tracks):
    return float(np.sqrt(np.trace(tracks.state_covs_itrf[0][:3, :3])))


@pytest.mark.parametrize("name", list(BESIDE))
def test_a_track_with_a_second_kind_is_better_and_honest(name):
    low = name == "over the horizon"
    scores, ratios = [], []
    for seed in range(RUNS):
        tracks, truth, tracker = night([RADAR, BESIDE[name]], seed, low)
        alone, _, _ = night([RADAR], seed, low)
        assert len(tracks) == 1
        looks = tracker.looks(tracks.ids[0])
        assert np.count_nonzero(looks.is_detection & (looks.sensor_index == 1)) > 5  # it did take them
        scores.append(nees(tracks.states_itrf[0] - truth, tracks.state_covs_itrf[0]) / 6)
        ratios.append(doubt_m(tracks) / doubt_m(alone))
    low_band, high_band = chi_square_band(6, RUNS, 1.0 - 1e-4)
    # a platform's doubt is counted as slow and as noise, an unmeasured place of the mirror likewise: scores may lie low
    assert 0.6 * low_band < np.mean(scores) < high_band
    assert np.mean(ratios) < 0.99


def test_a_ship_that_is_not_where_it_says_is_honoured():
    """200 m of own doubt, ten times the radar's noise: left out, the truth would be far outside."""
    honest, blind = [], []
    unaware = Radar(Platform(SHIP.waypoints, position_sigma_m=1e-3), 30.0, 0.05, name="b")
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        truth = coasting(coast_start(31.0, -13.0, 150e3, 3000.0, rng.uniform(0, 60), 30.0), TIMES)
        ship = BESIDE["radar at sea"]
        error = worn(ship, rng)
        scans = [look(ship, error, state, t, rng) for t, state in zip(TIMES, truth, strict=True)]
        for sensor, scores in ((ship, honest), (unaware, blind)):
            tracker = Tracker([sensor], motion=Coasting())
            for scan in scans:
                sure = 0.0 if sensor is unaware else scan.sensor_position_sigma_m
                fields = {key: getattr(scan, key) for key in type(scan).__slots__}
                tracks = tracker.step(type(scan)(**{**fields, "sensor_position_sigma_m": sure}))
            scores.append(nees(tracks.states_itrf[0] - truth[-1], tracks.state_covs_itrf[0]) / 6)
    assert np.mean(honest) < chi_square_band(6, RUNS, 1.0 - 1e-4)[1] < np.mean(blind)


def test_two_telescopes_triangulate_what_neither_could_place():
    first = Telescope(WEST, 10.0, los_bias_sigma_urad=5.0, elevation_min_deg=5.0, sun_elevation_max_deg=90.0, name="a")
    scores, errors, one_alone = [], [], []
    for seed in range(RUNS):
        tracks, truth, _ = night([first, BESIDE["telescope"]], seed, times=np.arange(0.0, 120.0, 5.0))
        assert 1 <= len(tracks) <= 2  # each may have begun one before they agreed; the poorer one is given up later
        best = np.argmin(np.trace(tracks.state_covs_itrf[:, :3, :3], axis1=1, axis2=2))
        errors.append(np.linalg.norm(tracks.states_itrf[best][:3] - truth[:3]))
        scores.append(nees(tracks.states_itrf[best] - truth, tracks.state_covs_itrf[best]) / 6)
        alone, _, _ = night([first], seed)
        one_alone.append(np.linalg.norm(alone.states_itrf[0][:3] - truth[:3]) if len(alone) else np.inf)
    assert np.median(errors) < 50.0 < 1e3 < np.median(one_alone)  # ten microradians at 1,000 km: ten metres
    assert np.median(scores) < 2.5  # the first seconds, with any velocity possible, are remembered for a while


def test_one_telescope_knows_the_direction_and_says_that_it_does_not_know_the_range():
    telescope = BESIDE["telescope"]
    rng = np.random.default_rng(1)
    truth = coasting(coast_start(34.0, -11.0, 250e3, 3000.0, 40.0, 30.0), TIMES[:4])
    tracker = Tracker([telescope], motion=Coasting())
    error = worn(telescope, rng)
    for t, state in zip(TIMES, truth, strict=False):
        tracker.step(look(telescope, error, state, t, rng, pd=1.0))
    tracks = tracker.tracks if len(tracker.tracks) else tracker.tentative
    assert len(tracks) == 1
    here = telescope.position_itrf_m(0)
    believed = tracks.states_itrf[0][:3] - here
    true = truth[-1][:3] - here
    off = np.arccos(believed @ true / np.linalg.norm(believed) / np.linalg.norm(true))
    along = true / np.linalg.norm(true)
    range_sigma_m = np.sqrt(along @ tracks.state_covs_itrf[0][:3, :3] @ along)
    assert off < 2e-3 and range_sigma_m > 100e3
    assert abs(np.linalg.norm(believed) - np.linalg.norm(true)) < 4.0 * range_sigma_m


@pytest.mark.parametrize("name", ["laser", "finder", "differences", "over the horizon"])
def test_what_says_no_place_begins_no_track(name):
    tracks, _, tracker = night([BESIDE[name]], 3, low=name == "over the horizon")
    assert len(tracks) == 0 and len(tracker.tentative) == 0
