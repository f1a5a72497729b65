"""Two launches fifty seconds and forty kilometres apart, seen by two infrared satellites and a radar."""

import numpy as np
import pytest
from tests.tracking.small_scene import boosting, infrared_scan, origins_of, radar_scan

from vedette.metrics import nees
from vedette.sensing import packaged_sensors
from vedette.tracking import Tracker

END_S = 260.0


@pytest.fixture(scope="module")
def flights():
    times = np.arange(0.0, END_S, 0.5)
    first, first_burns = boosting(31.4, -29.8, 75.0, times)
    second, second_burns = boosting(31.7, -29.4, 73.0, times - 50.0)
    return np.stack([first, second], axis=1), np.stack([first_burns & (times > 0), second_burns & (times > 50)], axis=1)


def night(flights, seed):
    """All looks of a night in the order they are heard, with drawn biases; and where each detection came from."""
    truth, burning = flights
    sensors = [packaged_sensors()[name] for name in ("ir-east", "ir-west", "radar-north")]
    rng = np.random.default_rng(seed)
    looks, own = [], {}
    for sensor in sensors:
        start = round(2.0 * rng.uniform(0.0, sensor.revisit_s)) / 2.0
        sigma = sensor.bias_sigmas if sensor.kind == "radar" else np.full(2, sensor.los_bias_sigma_rad)
        bias = sigma * rng.standard_normal(len(sigma))
        for t in np.arange(start, END_S - 1.0, sensor.revisit_s):
            i = int(2 * t)
            if sensor.kind == "radar":
                scan, origin = radar_scan(sensor, truth[i], t, rng, bias=bias)
            else:
                scan, origin = infrared_scan(sensor, truth[i], burning[i], t, rng, bias=bias)
            looks.append((t, scan))
            own.update({scan.values[k].tobytes(): int(origin[k]) for k in range(len(scan))})
    looks.sort(key=lambda look: (look[1].t_received_tai_ns, look[1].sensor_id))
    return sensors, looks, own


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_they_are_two_tracks_with_pure_detections_and_honest_doubt(flights, seed):
    sensors, looks, own = night(flights, seed)
    tracker = Tracker(sensors)
    confirmed_at, scores, ever = {}, [], set()
    for t, scan in looks:
        tracks = tracker.step(scan)
        now = flights[0][int(2 * t)]
        ever.update(tracks.ids)
        for track_id in tracks.ids:
            confirmed_at.setdefault(track_id, t)
        if len(scan) and tracks.t_tai_ns == scan.t_measured_tai_ns.max():  # not a late one
            for state, cov in zip(tracks.states_itrf, tracks.state_covs_itrf, strict=True):
                scores.append(min(nees(state - truth, cov) / 6 for truth in now))
    assert len(ever) == 2  # no false track, no second track of one object, none lost and found again
    origins = sorted(set(origins_of(tracker, track_id, own)) for track_id in tracks.ids)
    assert origins == [{0}, {1}]
    assert max(confirmed_at.values()) < 115.0  # the second rises above the cloud some 40 s after its launch at 50 s
    assert 0.4 < np.mean(scores) < 1.6  # many correlated scores of a few tracks; honest is 1, a peer's filter 8.5


def final_picture(tracker):
    tracks = tracker.tracks
    order = np.argsort(tracks.t_start_tai_ns)
    parts = (tracks.t_start_tai_ns, tracks.hits, tracks.states_itrf, tracks.state_covs_itrf)
    return [part[order] for part in parts], [tracker.looks(tracks.ids[i]) for i in order]


def assert_same(got, want):
    for mine, theirs in zip(got[0], want[0], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    for mine, theirs in zip(got[1], want[1], strict=True):
        for name in ("t_measured_tai_ns", "values", "sensor_index"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))


def test_order_of_arrival_within_the_window_does_not_matter(flights):
    """Any order in which no look is overtaken by more than the lateness window gives the same tracks, bit for bit."""
    sensors, looks, _ = night(flights, 4)
    looks = [look for look in looks if look[0] < 120.0]
    plain = Tracker(sensors, lateness_s=20.0)
    for _, scan in looks:
        plain.step(scan)
    expected = final_picture(plain)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        delayed = sorted(looks, key=lambda look: look[0] + rng.uniform(0.0, 18.0))
        tracker = Tracker(sensors, lateness_s=20.0)
        for _, scan in delayed:
            tracker.step(scan)
        assert not tracker.findings()
        assert_same(final_picture(tracker), expected)


def test_a_look_that_comes_twice_is_counted_once_and_one_too_late_is_refused(flights):
    sensors, looks, _ = night(flights, 4)
    looks = [look for look in looks if look[0] < 75.0]
    once, troubled = Tracker(sensors), Tracker(sensors)
    for _, scan in looks:
        once.step(scan)
    for i, (_, scan) in enumerate(looks):
        troubled.step(scan)
        if i % 7 == 0:
            troubled.step(scan)
    troubled.step(looks[0][1])  # again, a minute later
    said = [finding.data["mark"] for finding in troubled.findings()]
    assert said.count("duplicate") + said.count("late") == len(said)
    assert said.count("duplicate") >= len(looks) // 7
    assert_same(final_picture(troubled), final_picture(once))


def test_looks_that_a_dead_reader_lost_come_again_with_the_senders_last_ten_seconds(flights):
    """What the guide to feeds tells senders: said again on a new connection, nothing is lost and nothing twice."""
    sensors, looks, _ = night(flights, 4)
    looks = [look for look in looks if look[0] < 100.0]
    whole, cut = Tracker(sensors), Tracker(sensors)
    for _, scan in looks:
        whole.step(scan)
    died_s, t_lost_s = 80.0, 75.0
    before, lost = (sum(look[0] <= t for look in looks) for t in (t_lost_s, died_s))
    again = [look for look in looks if died_s - 10.0 < look[0] <= died_s]
    assert len(again) > lost - before > 1
    for _, scan in [*looks[:before], *again, *looks[lost:]]:
        cut.step(scan)
    assert {finding.data["mark"] for finding in cut.findings()} == {"duplicate"}
    assert_same(final_picture(cut), final_picture(whole))


def test_a_name_once_published_stays_when_an_earlier_look_comes_late(flights):
    """The earliest detection arrives last: the track then begins with it, under the name it was published by."""
    sensors, looks, _ = night(flights, 4)
    looks = [scan for t, scan in looks if t < 75.0]
    prompt, late = Tracker(sensors, lateness_s=60.0), Tracker(sensors, lateness_s=60.0)
    for scan in looks:
        prompt.step(scan)
    began = int(prompt.tracks.t_start_tai_ns[0])
    held_back = [scan for scan in looks if len(scan) and began in scan.t_measured_tai_ns]
    for scan in looks:
        if scan not in held_back:
            late.step(scan)
    (name,) = late.tracks.ids
    assert late.tracks.t_start_tai_ns[0] > began
    for scan in held_back:
        late.step(scan)
    assert late.tracks.ids == (name,)
    assert late.tracks.t_start_tai_ns[0] == began
    assert late.looks(name).t_measured_tai_ns[0] == began
    np.testing.assert_array_equal(late.tracks.states_itrf, prompt.tracks.states_itrf)
