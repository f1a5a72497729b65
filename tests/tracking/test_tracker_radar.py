"""A radar that sees a coast: found quickly, followed honestly, never confused by clutter."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, radar_scan

from vedette.core.errors import NotFoundError
from vedette.metrics import chi_square_band, nees
from vedette.sensing import Radar, Site
from vedette.tracking import Coasting, Tracker

SITE = Site(57.6, -7.4, 80.0)


def radar_with(**changes):
    figures = {
        "range_sigma_m": 30.0, "angle_sigma_deg": 0.05, "revisit_s": 5.0, "range_max_km": 4000.0,
        "false_alarms_per_look": 0.3, "detection_probability": 0.9, "name": "radar-north",
    }  # fmt: skip
    return Radar(SITE, **{**figures, **changes})


def test_one_object_in_clutter_is_one_track_with_its_own_detections():
    radar = radar_with(false_alarms_per_look=3.0)
    truth = coasting(coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0), np.arange(0.0, 200.0, 5.0))
    rng = np.random.default_rng(5)
    tracker, own = Tracker(motion=Coasting(), sensors=[radar]), {}
    for t, state in zip(np.arange(0.0, 200.0, 5.0), truth, strict=True):
        scan, origin = radar_scan(radar, state, t, rng)
        own.update({scan.values[i].tobytes(): int(origin[i]) for i in range(len(scan))})
        tracks = tracker.step(scan)
        if t >= 25.0:
            assert len(tracks) == 1
    looks = tracker.looks(tracks.ids[0])
    came_from = [own[looks.values[i].tobytes()] for i in np.flatnonzero(looks.is_detection)]
    assert len(came_from) > 30
    assert set(came_from) == {0}
    assert np.count_nonzero(~looks.is_detection) > 0  # some of 40 looks at 0.9 are missed, and say so
    assert len(looks) == tracks.hits[0] + np.count_nonzero(~looks.is_detection)
    assert tracks.summary().splitlines()[1].startswith(tracks.ids[0])
    with pytest.raises(NotFoundError, match="no track Tnowhere"):
        tracker.looks("Tnowhere")


def test_covariance_of_a_coast_is_honest_over_many_nights():
    """ANEES of the reported Cartesian state inside its band at one in a million, 60 runs with different geometry."""
    radar = radar_with(range_rate_sigma_mps=3.0, revisit_s=10.0)
    times = np.arange(0.0, 200.0, 10.0)
    scores = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        start = coast_start(
            rng.uniform(45, 52), rng.uniform(-25, -10), rng.uniform(200e3, 500e3),
            rng.uniform(3000, 6000), rng.uniform(-30, 60), rng.uniform(10, 50),
        )  # fmt: skip
        tracker = Tracker(motion=Coasting(), sensors=[radar])
        for t, state in zip(times, coasting(start, times), strict=True):
            tracks = tracker.step(radar_scan(radar, state, t, rng)[0])
            assert len(tracks) <= 1
        assert len(tracks) == 1
        scores.append(nees(tracks.states_itrf[0] - state, tracks.state_covs_itrf[0]) / 6)
    low, high = chi_square_band(6, len(scores), 1.0 - 1e-6)
    assert low < np.mean(scores) < high


def test_prediction_without_looks_holds_the_truth():
    """300 s after the last look the truth is still inside the widened doubt."""
    radar = radar_with(false_alarms_per_look=0.0)
    times = np.append(np.arange(0.0, 100.0, 5.0), 400.0)
    truth = coasting(coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0), times)
    scores = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        tracker = Tracker(motion=Coasting(), sensors=[radar])
        for t, state in zip(times[:-1], truth, strict=False):
            tracker.step(radar_scan(radar, state, t, rng)[0])
        later = tracker.predict(T0_TAI_NS + 400 * 10**9)
        scores.append(nees(later.states_itrf[0] - truth[-1], later.state_covs_itrf[0]) / 6)
    low, high = chi_square_band(6, len(scores), 1.0 - 1e-6)
    assert low < np.mean(scores) < high


def test_turn_the_earth_and_only_the_answer_turns():
    """The same looks by a radar elsewhere on the same parallel, a year later: the same track, turned."""
    times = np.arange(0.0, 80.0, 5.0)
    truth = coasting(coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0), times)
    turn_deg, later_ns = 73.0, 365 * 86_400 * 10**9
    here, there = radar_with(), Radar(
        Site(57.6, -7.4 + turn_deg, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.05, revisit_s=5.0,
        range_max_km=4000.0, false_alarms_per_look=0.3, detection_probability=0.9, name="radar-north",
    )  # fmt: skip
    trackers = Tracker(motion=Coasting(), sensors=[here]), Tracker(motion=Coasting(), sensors=[there])
    rng = np.random.default_rng(12)
    for t, state in zip(times, truth, strict=True):
        scan, _ = radar_scan(here, state, t, rng)
        trackers[0].step(scan)
        trackers[1].step(
            replace(
                scan,
                t_received_tai_ns=scan.t_received_tai_ns + later_ns,
                t_measured_tai_ns=scan.t_measured_tai_ns + later_ns,
            )
        )
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    turn = np.kron(np.eye(2), np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]))
    one_metre = 1.0  # the axes of the two anchors lean differently; sigma points then fall elsewhere within the doubt
    plain, turned = (tracker.tracks[0] for tracker in trackers)
    assert np.abs(turned.state_itrf - turn @ plain.state_itrf)[:3].max() < one_metre
    claimed = turn @ plain.state_cov_itrf @ turn.T
    np.testing.assert_allclose(np.diag(turned.state_cov_itrf), np.diag(claimed), rtol=1e-2)
