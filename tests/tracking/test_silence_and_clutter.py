"""What is not there is not tracked, and what has gone is let go."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, infrared_scan, radar_scan

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.sensing import Radar, Site, packaged_sensors
from vedette.tracking import Coasting, Tracker

NOWHERE = np.array([[6.4e6, 0.0, 0.0, 0.0, 0.0, 0.0]])  # hidden from every sensor here


def test_pure_clutter_confirms_next_to_nothing():
    """Ten false detections a look on each of three sensors for 200 seconds, and no confirmed track.

    By Bayes' rule with one true birth an hour, a confirmed track is false with at most 1 %: less than 0.001 false
    tracks are due in that time, so that one would be a one-in-a-thousand surprise.
    """
    sensors = [
        replace(packaged_sensors()[name], false_alarms_per_look=10.0) for name in ("ir-east", "ir-west", "radar-north")
    ]
    rng = np.random.default_rng(0)
    tracker, heard, ever = Tracker(sensors), 0, set()
    looks = sorted((t, s.name, s) for s in sensors for t in np.arange(0.0, 200.0, s.revisit_s))
    for t, _, sensor in looks:
        make = radar_scan if sensor.kind == "radar" else infrared_scan
        more = () if sensor.kind == "radar" else ([False],)
        scan, _ = make(sensor, NOWHERE, *more, t, rng)
        heard += len(scan)
        ever.update(tracker.step(scan).ids)
        assert len(tracker.tentative) < 400  # what is doubted is also dropped
    assert heard > 1000
    assert not ever


def small_radar(**changes):
    figures = {"range_sigma_m": 30.0, "angle_sigma_deg": 0.05, "revisit_s": 5.0, "detection_probability": 0.9}
    return Radar(Site(57.6, -7.4, 80.0), **{**figures, **changes})


def followed(radar, until_s, rng, start=None):
    tracker = Tracker(motion=Coasting(), sensors=[radar])
    start = coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0) if start is None else start
    times = np.arange(0.0, until_s, 5.0)
    for t, state in zip(times, coasting(start, times), strict=True):
        tracker.step(radar_scan(radar, state, t, rng)[0])
    return tracker


def test_silence_where_the_sensor_looks_ends_a_track_and_stays_in_its_looks():
    radar, rng = small_radar(), np.random.default_rng(1)
    tracker = followed(radar, 60.0, rng)
    (name,) = tracker.tracks.ids
    gone_after_s = None
    for t in np.arange(60.0, 120.0, 5.0):
        if len(tracker.step(radar_scan(radar, NOWHERE, t, rng)[0])) == 0 and gone_after_s is None:
            gone_after_s = t - 60.0
    # log-odds fall by ln 10 a sure miss, from at most 12 to ln(0.01/0.99): eight misses
    assert gone_after_s is not None and 25.0 <= gone_after_s <= 45.0
    looks = tracker.looks(name)
    assert not looks.is_detection[-5:].any()
    assert np.all(np.diff(looks.t_measured_tai_ns) > 0)


def test_silence_where_the_sensor_cannot_look_says_nothing():
    """The object passes out of the field: the track coasts on, with no misses held against it."""
    radar, rng = small_radar(range_max_km=1500.0), np.random.default_rng(1)
    start = coast_start(50.0, -20.0, 300e3, 4500.0, 220.0, 30.0)  # away from the radar
    tracker = followed(radar, 200.0, rng, start)
    assert len(tracker.tracks) == 1
    looks = tracker.looks(tracker.tracks.ids[0])
    assert tracker.tracks[0].silent_s > 60.0
    last_s = (looks.t_measured_tai_ns[-1] - T0_TAI_NS) / NS_PER_S
    assert last_s < 100.0


def test_order_of_rows_within_a_look_is_irrelevant():
    radar = small_radar(false_alarms_per_look=4.0)
    start = coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0)
    times = np.arange(0.0, 60.0, 5.0)
    rng, shuffle = np.random.default_rng(3), np.random.default_rng(4)
    plain, mixed = Tracker(motion=Coasting(), sensors=[radar]), Tracker(motion=Coasting(), sensors=[radar])
    for t, state in zip(times, coasting(start, times), strict=True):
        scan, _ = radar_scan(radar, state, t, rng)
        order = shuffle.permutation(len(scan))
        plain.step(scan)
        mixed.step(replace(scan, values=scan.values[order], sigmas=scan.sigmas[order]))
    assert plain.tracks.ids == mixed.tracks.ids
    one_micrometre = 1e-6  # sums in another order
    assert np.abs(plain.tracks.states_itrf - mixed.tracks.states_itrf).max() < one_micrometre


def test_rows_of_one_look_may_have_times_of_their_own():
    """A sector scan takes two seconds; two objects met at its ends are followed as well as in a snapshot."""
    radar, rng = small_radar(detection_probability=1.0), np.random.default_rng(7)
    starts = [
        coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0), coast_start(52.0, -12.0, 350e3, 5000.0, 10.0, 25.0)
    ]  # fmt: skip
    tracker = Tracker(motion=Coasting(), sensors=[radar])
    for t in np.arange(0.0, 60.0, 5.0):
        own_times = np.array([t, t + 2.0])
        states = np.array([coasting(start, [own])[0] for start, own in zip(starts, own_times, strict=True)])
        scan, origin = radar_scan(radar, states, t, rng, clutter=False)
        own_ns = T0_TAI_NS + np.round(own_times[origin] * NS_PER_S).astype(np.int64)
        tracks = tracker.step(replace(scan, t_measured_tai_ns=own_ns))
    assert len(tracks) == 2
    truth = np.array([coasting(start, [57.0])[0] for start in starts])
    apart_m = np.linalg.norm(tracks.states_itrf[:, None, :3] - truth[None, :, :3], axis=-1).min(axis=1)
    assert np.all(apart_m < 5.0 * np.array([track.position_sigma_m for track in tracks]))


def test_a_clock_that_steps_is_said_once():
    radar, rng = small_radar(false_alarms_per_look=2.0), np.random.default_rng(2)
    tracker = Tracker(motion=Coasting(), sensors=[radar])
    for k in range(24):
        t = 5.0 * k
        scan, _ = radar_scan(radar, NOWHERE, t, rng)
        if k >= 12:  # measured times now stand two seconds back; reception goes on as before
            scan = replace(scan, t_measured_tai_ns=scan.t_measured_tai_ns - 2 * NS_PER_S)
        tracker.step(scan)
    said = [finding for finding in tracker.findings() if finding.data["mark"] == "clock-step"]
    assert len(said) == 1
    assert "stepped by -2.0 s" in said[0].text


def test_strangers_and_namesakes_are_named():
    radar = small_radar(name="radar-north")
    with pytest.raises(UsageError, match="two sensors share a name"):
        Tracker([radar, radar])
    with pytest.raises(UsageError, match="at least one sensor"):
        Tracker([])
    tracker = Tracker([radar, small_radar(name="radar-south")])
    scan, _ = radar_scan(small_radar(name="radar-east"), NOWHERE, 0.0, np.random.default_rng(0))
    with pytest.raises(NotFoundError, match="'radar-east', which is not among the sensors radar-north, radar-south"):
        tracker.step(scan)


@pytest.mark.parametrize("gap_s", [3_000.0, 90_000.0])
def test_a_long_gap_ends_what_was_followed_and_breaks_nothing(gap_s):
    """Half an hour, or a day, without a look: whatever comes then is somebody new."""
    radar, rng = small_radar(false_alarms_per_look=1.0), np.random.default_rng(6)
    tracker = followed(radar, 60.0, rng)
    before = set(tracker.tracks.ids)
    start = coast_start(52.0, -15.0, 350e3, 5000.0, 30.0, 25.0)
    for t in np.arange(0.0, 40.0, 5.0):
        tracks = tracker.step(radar_scan(radar, coasting(start, [t])[0], gap_s + t, rng)[0])
    assert len(before) == 1
    assert len(tracks) == 1
    assert not before & set(tracks.ids)


def test_memory_stays_flat_over_a_long_quiet_watch():
    """Clutter for 500 looks: evidence of what never was is let go."""
    radar, rng = small_radar(false_alarms_per_look=2.0), np.random.default_rng(9)
    tracker = Tracker(motion=Coasting(), sensors=[radar])
    held = []
    for k in range(500):
        tracker.step(radar_scan(radar, NOWHERE, 5.0 * k, rng)[0])
        held.append(sum(len(chunk) for chunk in tracker._chunks))
    assert max(held[250:]) <= 1.2 * max(held[:250])  # chance alone moves the peak by some 10 %
    assert max(held) < 1000
