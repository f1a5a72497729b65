"""A track in the light of what came after: nearer to the truth than when it was told, and as honest."""

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, infrared_scan, radar_scan

from vedette.core.errors import NotFoundError, UsageError
from vedette.metrics import chi_square_band, nees
from vedette.sensing import Radar, Site, packaged_sensors
from vedette.tracking import BoostCoastEntry, Coasting, Tracker

NIGHTS, LAG_S = 30, 60.0
TIMES = np.arange(0.0, 200.0, 5.0)


def radar(**changes):
    figures = {
        "range_sigma_m": 30.0, "angle_sigma_deg": 0.05, "revisit_s": 5.0, "range_max_km": 4000.0,
        "false_alarms_per_look": 0.3, "detection_probability": 0.9, "name": "radar-north",
    }  # fmt: skip
    return Radar(Site(57.6, -7.4, 80.0), **{**figures, **changes})


def followed(seed, motion, sensor):
    """A tracker after forty looks at a coast, the truth, and what it told at each look."""
    rng = np.random.default_rng(seed)
    start = coast_start(
        rng.uniform(45, 52), rng.uniform(-25, -10), rng.uniform(200e3, 500e3),
        rng.uniform(3000, 6000), rng.uniform(-30, 60), rng.uniform(10, 50),
    )  # fmt: skip
    truth, told = coasting(start, TIMES), {}
    tracker = Tracker([sensor], motion)
    for t, state in zip(TIMES, truth, strict=True):
        tracks = tracker.step(radar_scan(sensor, state, t, rng)[0])
        if len(tracks):
            told[tracks.t_tai_ns] = (tracks.states_itrf[0], tracks.state_covs_itrf[0])
    return tracker, tracks.ids[0], truth, told


def test_what_came_after_brings_it_nearer_and_leaves_it_honest():
    sensor = radar()
    scores, before, after = {60.0: [], 130.0: []}, [], []
    for seed in range(NIGHTS):
        tracker, track_id, truth, told = followed(seed, Coasting(), sensor)
        smooth = tracker.smoothed(track_id, LAG_S)
        assert smooth.mode_name == "coast"
        assert np.all(np.diff(smooth.t_tai_ns) > 0)
        at = np.round((smooth.t_tai_ns - T0_TAI_NS) / 5e9).astype(int)
        apart = smooth.states_itrf - truth[at]
        for k, i in enumerate(at):
            if 50.0 <= TIMES[i] <= 130.0 and smooth.t_tai_ns[k] in told:
                before.append(told[int(smooth.t_tai_ns[k])][0] - truth[i])
                after.append(apart[k])
        for t, found in scores.items():
            k = int(np.argmin(np.abs(TIMES[at] - t)))
            found.append(nees(apart[k], smooth.state_covs_itrf[k]) / 6.0)
    low, high = chi_square_band(6, NIGHTS, 1.0 - 1e-6)
    for found in scores.values():  # one look of each night, nights being independent
        assert low < np.mean(found) < high
    errors = [np.sqrt(np.mean(np.square(np.array(part)), axis=0)) for part in (before, after)]
    # twelve more looks to the dozen or so of before: a straight line's speed would be better by more than half
    assert np.linalg.norm(errors[1][:3]) < 0.8 * np.linalg.norm(errors[0][:3])
    assert np.linalg.norm(errors[1][3:]) < 0.6 * np.linalg.norm(errors[0][3:])


def test_no_lag_is_the_filter_and_more_lag_is_less_doubt():
    tracker, track_id, _, told = followed(3, Coasting(), radar(false_alarms_per_look=0.0))
    filtered, some, whole = (tracker.smoothed(track_id, lag_s) for lag_s in (0.0, 30.0, np.inf))
    t_last = int(filtered.t_tai_ns[-1])
    state, cov = told[t_last]
    away = np.linalg.solve(np.linalg.cholesky(cov), filtered.states_itrf[-1] - state)
    assert np.abs(away).max() < 0.2  # of a sigma: other coordinates, the same looks
    volume = [np.linalg.slogdet(one.state_covs_itrf[3:-1])[1] for one in (filtered, some, whole)]
    assert np.all(volume[1] < volume[0])
    assert np.all(volume[2] <= volume[1] + 1e-6)
    for one in (some, whole):  # nothing comes after the last look
        np.testing.assert_allclose(one.states_itrf[-1], filtered.states_itrf[-1], rtol=1e-12)
    late = tracker.smoothed(track_id, 30.0, since_tai_ns=T0_TAI_NS + 100 * 10**9)
    assert late.t_tai_ns[0] >= T0_TAI_NS + 100 * 10**9


def test_two_satellites_and_a_bank_of_motions_are_smoothed_too():
    from tests.tracking.small_scene import boosting

    sensors = [packaged_sensors()[name] for name in ("ir-east", "ir-west")]
    times = np.arange(0.0, 80.0, 1.0)
    truth, burning = boosting(31.4, -29.8, 75.0, times)
    rng = np.random.default_rng(2)
    tracker = Tracker(sensors, BoostCoastEntry())
    for i, t in enumerate(times):
        for k, sensor in enumerate(sensors):
            if (i + 3 * k) % round(sensor.revisit_s) == 0:
                tracker.step(infrared_scan(sensor, truth[i], burning[i], t, rng, clutter=False)[0])
    track_id = tracker.tracks.ids[0]
    smooth, plain = tracker.smoothed(track_id, np.inf), tracker.smoothed(track_id, 0.0)
    assert smooth.mode_name == "boost"
    at = np.round((smooth.t_tai_ns - T0_TAI_NS) / 1e9).astype(int)
    half = slice(len(at) // 4, 3 * len(at) // 4)
    errors = [np.linalg.norm(one.states_itrf[half] - truth[at][half], axis=0) for one in (smooth, plain)]
    assert np.linalg.norm(errors[0][3:]) < 0.7 * np.linalg.norm(errors[1][3:])


def test_what_cannot_be_smoothed_is_refused():
    tracker, track_id, _, _ = followed(4, Coasting(), radar())
    with pytest.raises(NotFoundError, match="no living track Tnowhere"):
        tracker.smoothed("Tnowhere", 10.0)
    with pytest.raises(UsageError, match="lag_s"):
        tracker.smoothed(track_id, -1.0)
    with pytest.raises(UsageError, match="too few looks"):
        tracker.smoothed(track_id, 10.0, since_tai_ns=T0_TAI_NS + 194 * 10**9)
    with pytest.raises(NotFoundError, match="none"):
        Tracker([radar()]).smoothed("Tnowhere", 10.0)
