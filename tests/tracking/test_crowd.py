"""Thousands of objects: found, counted, let go, whatever the order; and honest far away."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.tracking._crowd_field import MIDDLE_M, POLICY, field, matched, place_looks, radar_scans
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, radar_scan

from vedette.core.constants import NS_PER_S
from vedette.core.errors import NotFoundError, UsageError
from vedette.metrics import nees
from vedette.sensing import Radar, Site
from vedette.tracking import CrowdTracker
from vedette.tracking.crowd.kernels import hash_cell
from vedette.tracking.crowd.look import place_look
from vedette.tracking.crowd.starts import Crowd
from vedette.tracking.crowd.step import absorb

NOWHERE = np.array([[6.4e6, 0.0, 0.0, 0.0, 0.0, 0.0]])


def radar(**changes):
    figures = {"range_sigma_m": 30.0, "angle_sigma_deg": 0.05, "revisit_s": 5.0, "detection_probability": 0.9}
    return Radar(Site(57.6, -7.4, 80.0), **{**figures, **changes})


def test_a_crowd_is_counted_to_two_percent_at_one_false_detection_an_object():
    """The peers of the comparison confirm 1.4 to 2 times too many here."""
    scene, crowd = field(1000, 14), Crowd()
    for look in place_looks(scene):
        absorb(crowd, look, POLICY, "field")
    rows = crowd.rows.used
    place = (rows.mean[:, :3] + (look.t_tai_ns - rows.t_tai_ns)[:, None] * 1e-9 * rows.mean[:, 3:])[rows.is_confirmed]
    assert 0.98 <= len(place) / 1000 <= 1.02
    assert matched(place - MIDDLE_M, scene.truth_m[-1]).mean() > 0.98


def test_pure_clutter_confirms_no_more_than_is_stated():
    """By Bayes' rule true births at the stated rate would be 1 - p of what is confirmed: false ones are fewer still."""
    policy = replace(POLICY, births_per_hour=3600.0, confirm_probability=0.9)  # one new object a look
    rng, crowd, ever = np.random.default_rng(3), Crowd(), set()
    side = 2000.0 * 10.0
    for k in range(60):
        places = (rng.random((rng.poisson(1000), 3)) - 0.5) * side + MIDDLE_M
        look = place_look(T0_TAI_NS + k * NS_PER_S, places, 100.0, 0.9, 1000.0 / side**3, 1000.0)
        absorb(crowd, look, policy, "field")
        ever.update(crowd.rows.used.key[crowd.rows.used.is_confirmed].tolist())
    stated = 60 * (1.0 - 0.9) / 0.9
    one_in_a_thousand = 3.1 * np.sqrt(stated)
    assert len(ever) <= stated + one_in_a_thousand


def test_rows_in_another_order_give_the_same_tracks():
    sensor, scans, _ = radar_scans(field(60, 8))
    shuffle = np.random.default_rng(4)
    plain, mixed = CrowdTracker([sensor], policy=POLICY), CrowdTracker([sensor], policy=POLICY)
    for scan in scans:
        order = shuffle.permutation(len(scan))
        plain.step(scan)
        mixed.step(replace(scan, values=scan.values[order], sigmas=scan.sigmas[order]))
    assert plain.tracks.ids == mixed.tracks.ids and len(plain.tracks) > 40
    one_micrometre = 1e-6  # sums in another order
    assert np.abs(plain.tracks.states_itrf - mixed.tracks.states_itrf).max() < one_micrometre


def test_late_looks_within_the_window_change_nothing_and_later_ones_are_refused():
    sensor, scans, _ = radar_scans(field(30, 8))
    straight, crossed = CrowdTracker([sensor], policy=POLICY), CrowdTracker([sensor], policy=POLICY)
    for scan in scans:
        straight.step(scan)
    for k in (0, 2, 1, 3, 5, 4, 7, 6):
        crossed.step(scans[k])
    assert straight.tracks.ids == crossed.tracks.ids and len(straight.tracks) > 20
    np.testing.assert_array_equal(straight.tracks.states_itrf, crossed.tracks.states_itrf)
    crossed.step(scans[7])
    crossed.step(scans[0])
    marks = [finding.data["mark"] for finding in crossed.findings()]
    assert marks == ["duplicate", "duplicate"]
    none = CrowdTracker([sensor], policy=POLICY, lateness_s=0.0)
    none.step(scans[3])
    none.step(scans[1])
    assert [finding.data["mark"] for finding in none.findings()] == ["late"]


def test_tracks_that_were_handed_out_do_not_change():
    sensor, scans, _ = radar_scans(field(30, 8))
    tracker = CrowdTracker([sensor], policy=POLICY)
    for scan in scans[:6]:
        before = tracker.step(scan)
    t, count = before.t_tai_ns, len(before)
    tracker.step(scans[6])
    assert before.t_tai_ns == t and len(before.ids) == len(before.states_itrf) == count
    assert tracker.predict(t + 10 * NS_PER_S).states_itrf.shape[1] == 6
    assert len(tracker.looks(before.ids[0])) >= 3
    with pytest.raises(NotFoundError, match="no track Tnobody"):
        tracker.looks("Tnobody")


def test_an_object_that_is_gone_is_let_go_and_one_out_of_sight_is_not():
    sensor, rng = radar(false_alarms_per_look=1.0), np.random.default_rng(1)
    start = coast_start(50.0, -20.0, 300e3, 4500.0, 40.0, 30.0)
    tracker = CrowdTracker([sensor])
    for t in np.arange(0.0, 60.0, 5.0):
        tracks = tracker.step(radar_scan(sensor, coasting(start, [t])[0], t, rng)[0])
    assert len(tracks) == 1
    blind = replace(radar(range_max_km=200.0), name="blind")
    watcher = CrowdTracker([sensor, blind])
    for t in np.arange(0.0, 60.0, 5.0):
        watcher.step(radar_scan(sensor, coasting(start, [t])[0], t, np.random.default_rng(1), clutter=False)[0])
    for t in np.arange(60.0, 120.0, 5.0):
        tracker.step(radar_scan(sensor, NOWHERE, t, rng)[0])
        watcher.step(radar_scan(blind, NOWHERE, t, rng, clutter=False)[0])
    assert len(tracker.tracks) == 0
    assert len(watcher.tracks) == 1


def test_a_coarse_radar_far_away_is_believed_as_far_as_it_deserves():
    """1,000 to 3,000 km, one milliradian and 20 m: the mean normalised error is near one, position and velocity."""
    sensor = radar(range_sigma_m=20.0, angle_sigma_deg=float(np.degrees(1e-3)), revisit_s=2.0,
                   detection_probability=1.0, range_max_km=4000.0)  # fmt: skip
    rng = np.random.default_rng(5)
    starts = [
        coast_start(57.6 + rng.uniform(-12, 12), -7.4 + rng.uniform(-20, 20), rng.uniform(8e5, 1.6e6),
                    rng.uniform(2e3, 6e3), rng.uniform(0, 360), rng.uniform(-10, 40))
        for _ in range(60)
    ]  # fmt: skip
    times = np.arange(0.0, 80.0, 2.0)
    flown = np.array([coasting(start, times) for start in starts])
    tracker = CrowdTracker([sensor], lateness_s=0.0)
    for k, t in enumerate(times):
        tracks = tracker.step(radar_scan(sensor, flown[:, k], t, rng, clutter=False)[0])
    assert 57 <= len(tracks) <= 61
    apart = np.linalg.norm(tracks.states_itrf[:, None, :3] - flown[None, :, -1, :3], axis=-1)
    error = tracks.states_itrf - flown[apart.argmin(axis=1), -1]
    mean = float(np.median(nees(error, tracks.state_covs_itrf)) / 5.35)  # the median of chi-square of six
    assert 0.7 < mean < 1.4  # a sixtieth part of it is chance, 0.2; the rest is what the first looks leave bent


def test_the_caller_is_told_what_is_wrong():
    with pytest.raises(UsageError, match="at least one sensor"):
        CrowdTracker([])
    with pytest.raises(UsageError, match="two sensors share a name"):
        CrowdTracker([radar(), radar()])
    with pytest.raises(UsageError, match="no association is called 'best'"):
        CrowdTracker([radar()], association="best")


def test_cells_have_the_same_number_compiled_and_plain():
    for cell in [(0, 0, 0), (-5, 100, -7), (10**9, -(10**9), 5)]:
        assert hash_cell(*cell) == hash_cell.py_func(*cell) >= 0


def test_memory_is_flat_over_a_long_watch():
    """Two hundred looks at a sky that is half clutter; the long form is `python -m benchmarks._soak`."""
    rng, crowd, held = np.random.default_rng(9), Crowd(), []
    for k in range(200):
        places = MIDDLE_M + (rng.random((rng.poisson(100), 3)) - 0.5) * 9e3
        absorb(crowd, place_look(T0_TAI_NS + k * NS_PER_S, places, 100.0, 0.9, 1.25e-10, 100.0), POLICY, "field")
        held.append(len(crowd.rows) + len(crowd.seeds) + 100 * len(crowd.places))
    assert max(held[100:]) <= 1.3 * max(held[:100])
