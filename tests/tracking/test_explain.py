"""What a track might have been seen as: losers included, in both trackers and for every association."""

from dataclasses import replace

import numpy as np
import pytest

from vedette.core.errors import NotFoundError
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking import Tracker
from vedette.tracking.crowd.policy import STILL, CrowdPolicy
from vedette.tracking.crowd.tracker import CrowdTracker
from vedette.tracking.motions import Coasting
from vedette.tracking.tracks import name_of, number_of

T0_TAI_NS = 10**18


def radar():
    return Radar(
        Site(45.0, 10.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.02, revisit_s=1.0, false_alarms_per_look=2.0,
        range_max_km=1000.0, name="radar",
    )  # fmt: skip


def scans(looks=8, ghost_at=5):
    """One object that stands in the air, and in one look a second detection a sigma away."""
    rng = np.random.default_rng(3)
    for k in range(looks):
        t = T0_TAI_NS + k * 10**9
        place = np.array([0.8, 0.4, 300e3]) + np.array([3e-4, 3e-4, 50.0]) * rng.standard_normal(3)
        values = [[*place, np.nan]]
        if k == ghost_at:
            values.append([0.8 - 4e-4, 0.4, 300e3 + 40.0, np.nan])
        values = np.array(values)
        sigmas = np.tile([3e-4, 3e-4, 50.0, np.nan], (len(values), 1))
        yield Scan("radar", SensorKind.RADAR, Mode.SIMULATED, t, np.full(len(values), t), values, sigmas)


def crowd(association):
    policy = CrowdPolicy(noise_m2_s3=1.0, earth=STILL, speed_sigma_mps=100.0)
    return CrowdTracker([radar()], policy, association=association)


@pytest.mark.parametrize("association", ["gnn", "jpda", "lmb", "mht", "tracker"])
def test_the_detection_that_lost_is_told_with_its_probability(association):
    tracker = Tracker([radar()], motion=Coasting()) if association == "tracker" else crowd(association)
    for scan in scans():
        tracks = tracker.step(scan)
    first = min(range(len(tracks)), key=lambda i: tracks.t_start_tai_ns[i])
    told = tracker.explain(tracks.ids[first])
    contested = told.t_tai_ns == T0_TAI_NS + 5 * 10**9
    rows = set(told.scan_row[contested].tolist())
    assert {0, 1} <= rows
    assert np.all((told.probability >= 0.0) & (told.probability <= 1.0 + 1e-9))
    assert told.probability[contested].sum() == pytest.approx(1.0, abs=0.03)  # below a hundredth is left out
    assert np.count_nonzero(told.is_taken[contested]) <= 1
    clear = told.t_tai_ns == T0_TAI_NS + 4 * 10**9
    assert told.scan_row[clear][0] == 0 and told.is_taken[clear][0]
    assert np.all(told.sigma_after_m[clear] < told.sigma_before_m[clear])
    assert np.all(np.diff(told.t_tai_ns) >= 0)


@pytest.mark.parametrize("association", ["gnn", "lmb", "mht", "tracker"])
def test_of_a_look_of_which_some_was_taken_out_the_rows_are_those_of_the_whole(association):
    tracker = Tracker([radar()], motion=Coasting()) if association == "tracker" else crowd(association)
    for scan in scans():
        tracks = tracker.step(replace(scan, rows_of_look=np.array([4, 7])[: len(scan)]))
    first = min(range(len(tracks)), key=lambda i: tracks.t_start_tai_ns[i])
    told = tracker.explain(tracks.ids[first])
    contested = told.t_tai_ns == T0_TAI_NS + 5 * 10**9
    assert set(told.scan_row.tolist()) <= {-1, 4, 7} and {4, 7} <= set(told.scan_row[contested].tolist())
    looks = tracker.looks(tracks.ids[first])
    assert np.isfinite(looks.values[looks.is_detection, :3]).all()  # and what was seen is found by its own rows


def test_a_track_that_nobody_knows_is_refused_by_name():
    with pytest.raises(NotFoundError):
        crowd("mht").explain("Tnobody")


def test_a_name_gives_back_the_bits_of_its_number():
    for key in (0, 1, 2**60 - 1, 123456789123456789):
        assert number_of(name_of(key, 60)) == key & (2**60 - 1)
    assert number_of("X12") is None
