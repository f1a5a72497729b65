"""A flame that one infrared watcher sees, a hundred kilometres uncertain along its line of sight, and a radar finds."""

from types import SimpleNamespace

import numpy as np
import pytest
from tests.tracking.small_scene import boosting, coast_start, coasting, infrared_scan, radar_scan

from vedette.metrics import nees
from vedette.sensing import Radar, Site, packaged_sensors
from vedette.tracking import Coasting, Tracker
from vedette.tracking.kernels.flight_kernel import BOOST, THRUST
from vedette.tracking.motions import BoostCoastEntry
from vedette.tracking.step import LATE_THRUST_MPS2, LATE_THRUST_SIGMA_MPS2, _open_thrust, _silent

END_S = 190.0


@pytest.fixture(scope="module")
def flight():
    times = np.arange(0.0, END_S, 0.5)
    return boosting(31.4, -29.8, 75.0, times, burn_s=110.0, thrust0_mps2=19.0, growth=0.0072)


@pytest.mark.parametrize("seed", range(4))
def test_it_stays_one_object_and_is_placed_as_well_as_it_says(flight, seed):
    truth, burning = flight
    sensors = [packaged_sensors()[name] for name in ("ir-east", "radar-north")]
    rng = np.random.default_rng(seed)
    looks = []
    for sensor in sensors:
        sigma = sensor.bias_sigmas if sensor.kind == "radar" else np.full(2, sensor.los_bias_sigma_rad)
        bias = sigma * rng.standard_normal(len(sigma))
        for t in np.arange(round(2.0 * rng.uniform(0.0, sensor.revisit_s)) / 2.0, END_S - 1.0, sensor.revisit_s):
            state, shines = truth[int(2 * t)], burning[int(2 * t)] and t > 0
            make, more = (radar_scan, ()) if sensor.kind == "radar" else (infrared_scan, ([shines],))
            looks.append((t, make(sensor, state, *more, t, rng, clutter=False, bias=bias)[0]))
    tracker, ever, scores, widest_m = Tracker(sensors), set(), [], 0.0
    for t, scan in sorted(looks, key=lambda look: look[1].t_received_tai_ns):
        tracks = tracker.step(scan)
        ever.update(tracks.ids)
        if len(tracks) and tracks.t_tai_ns == scan.t_measured_tai_ns.max(initial=0):
            heard = tracker.looks(tracks.ids[0])
            kinds = {heard.sensor_ids[i] for i in heard.sensor_index[heard.is_detection]}
            cov = tracks.state_covs_itrf[0]
            if kinds == {"ir-east"}:
                widest_m = max(widest_m, float(np.sqrt(np.linalg.eigvalsh(cov[:3, :3])[-1])))
            elif "radar-north" in kinds:
                scores.append(nees(tracks.states_itrf[0] - truth[int(2 * t)], cov) / 6)
    assert widest_m > 50e3 and len(scores) >= 5
    assert len(ever) == 1
    assert np.median(scores) < 2.5 and max(scores) < 6.0


def half_seen(share, chance=0.9):
    """A view that covers that share of every track's belief, and finds what it covers so often."""
    return SimpleNamespace(
        index=0,
        share_covered=lambda points, weights, scan, t: np.full(len(points), share),
        detection_probability=lambda modes, middle, scan: np.full((len(middle), len(modes)), chance),
    )


def log_odds_after(empty_looks, view):
    radar = Radar(Site(57.6, -7.4, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.05, revisit_s=5.0)
    tracker, rng = Tracker(motion=Coasting(), sensors=[radar]), np.random.default_rng(1)
    times = 5.0 * np.arange(4)
    for t, state in zip(times, coasting(coast_start(50, -20, 300e3, 4500, 40, 30), times), strict=True):
        tracker.step(radar_scan(radar, state, t, rng, clutter=False, pd=1.0)[0])
    rows, said = tracker.tracks._rows, []
    for _ in range(empty_looks):
        rows, _ = _silent(rows, None, view, Coasting(), np.ones(len(rows), dtype=bool))
        said.append(float(rows.log_odds[0]))
    return np.array(said) - tracker.tracks._rows.log_odds[0]


def test_looks_at_the_same_half_tell_of_that_half_only():
    """Of an object that may be elsewhere with even odds, nothing but that half can be lost, however often one looks."""
    told = log_odds_after(8, half_seen(0.5))
    exact = [np.log(0.5 + 0.5 * 0.1**n) for n in range(1, 9)]  # summed over where it may be
    assert told == pytest.approx(exact, abs=1e-9)


def test_looks_at_all_that_is_believed_are_each_as_telling_as_the_first():
    assert log_odds_after(5, half_seen(1.0)) == pytest.approx(np.log(0.1) * np.arange(1, 6), abs=1e-9)


def test_a_thrust_beyond_what_is_flown_is_forgotten_and_another_is_kept():
    motion = BoostCoastEntry()
    boost = motion.modes.index(BOOST)
    mean, cov = np.zeros((2, len(motion.modes), 8)), np.tile(np.eye(8) + 0.5, (2, len(motion.modes), 1, 1))
    mean[:, boost, THRUST] = 149.0, 90.0
    kept = cov.copy()
    _open_thrust(mean, cov, np.array([0, 1]), motion)
    assert mean[:, boost, THRUST] == pytest.approx([LATE_THRUST_MPS2, 90.0])
    assert cov[0, boost, THRUST, THRUST] == LATE_THRUST_SIGMA_MPS2**2
    assert np.count_nonzero(cov[0, boost, THRUST]) == np.count_nonzero(cov[0, boost, :, THRUST]) == 1
    assert cov[1] == pytest.approx(kept[1])
