"""CrowdTracker under each association: rows in any order, crossings, clutter, late looks, bad names."""

import numpy as np
import pytest
from tests.tracking.flat_world import field

from vedette.core.errors import UsageError
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking.crowd.look import place_look
from vedette.tracking.crowd.policy import STILL, CrowdPolicy
from vedette.tracking.crowd.tracker import CrowdTracker

NAMES = ("gnn", "jpda", "lmb", "mht")
MIDDLE_M = np.array([4.0e6, 3.0e6, 4.5e6])
POLICY = CrowdPolicy(noise_m2_s3=25.0, earth=STILL, speed_sigma_mps=120.0, births_per_hour=600.0)


def tracker(association, lateness_s=0.0):
    radar = Radar(
        Site(45.0, 10.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.02, revisit_s=1.0, false_alarms_per_look=3.0,
        range_max_km=2000.0, name="radar",
    )  # fmt: skip
    return CrowdTracker([radar], POLICY, association=association, lateness_s=lateness_s)


def look(k, places, clutter):
    return place_look((k + 1) * 10**9, MIDDLE_M + places, 100.0, 0.9, 1.0 / 2000.0**3, clutter)


@pytest.mark.parametrize("name", NAMES)
def test_confirmed_tracks_are_as_many_as_objects_at_one_clutter_point_each(name):
    truth, found = field(100, 22)
    mine = tracker(name)
    counts = []
    for k, z in enumerate(found):
        mine.absorb(look(k, z, 100.0))
        counts.append(len(mine.tracks))
    assert np.mean(counts[-6:]) == pytest.approx(100.0, abs=2.0)  # the stated two in a hundred
    off = np.linalg.norm(mine.tracks.states_itrf[:, None, :3] - MIDDLE_M - truth[-1][None], axis=-1).min(axis=1)
    assert np.count_nonzero(off > 600.0) <= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_detections_does_not_matter(name):
    _, found = field(25, 12, seed=3)
    a, b = tracker(name), tracker(name)
    rng = np.random.default_rng(1)
    for k, z in enumerate(found):
        a.absorb(look(k, z, 25.0))
        b.absorb(look(k, z[rng.permutation(len(z))], 25.0))
    assert a.tracks.ids == b.tracks.ids
    np.testing.assert_allclose(a.tracks.states_itrf, b.tracks.states_itrf, atol=1e-3)


def scans(seed, looks=14):
    """Two objects that cross in front of a radar, with three false detections a look."""
    rng = np.random.default_rng(seed)
    for k in range(looks):
        t = 10**18 + k * 10**9
        s = k - looks / 2.0
        place = np.array([[0.8 + 2e-4 * s, 0.4, 300e3, np.nan], [0.8 - 2e-4 * s, 0.4, 300e3, np.nan]])
        place += np.array([3e-4, 3e-4, 50.0, 0.0]) * rng.standard_normal((2, 4))
        false = rng.uniform([0.0, 0.1, 2e5, 0.0], [6.28, 1.4, 1.9e6, 1.0], (3, 4))
        values = np.vstack([place, false])
        values[:, 3] = np.nan
        sigmas = np.tile([3e-4, 3e-4, 50.0, np.nan], (5, 1))
        yield Scan("radar", SensorKind.RADAR, Mode.SIMULATED, t, np.full(5, t), values, sigmas)


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_late_look_is_fitted_in_as_if_it_had_come_in_time(name):
    all_scans = list(scans(1))
    a, b = tracker(name, lateness_s=3.0), tracker(name, lateness_s=3.0)
    for scan in all_scans:
        a.step(scan)
    for scan in [*all_scans[:8], all_scans[9], all_scans[8], *all_scans[10:]]:
        b.step(scan)
    assert a.tracks.ids == b.tracks.ids
    rounding_m = 1e-6  # NumPy sums in an order that depends on where arrays lie in memory
    np.testing.assert_allclose(a.tracks.states_itrf, b.tracks.states_itrf, rtol=0, atol=rounding_m)
    told, again = (t.explain(t.tracks.ids[0]) for t in (a, b))
    np.testing.assert_allclose(told.probability, again.probability, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_two_that_cross_are_two_before_and_after(name):
    mine = tracker(name)
    for scan in scans(2):
        mine.step(scan)
    assert len(mine.tracks) == 2
    apart = np.linalg.norm(np.diff(mine.tracks.states_itrf[:, :3], axis=0))
    assert apart == pytest.approx(2 * 2e-4 * 6 * 300e3 * np.cos(0.4), abs=350.0)  # their noise, filtered


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_look_is_evidence_and_not_an_error(name):
    mine = tracker(name)
    for k in range(3):
        mine.absorb(look(k, np.empty((0, 3)), 5.0))
    assert len(mine.tracks) == 0
    for k in range(3, 9):
        mine.absorb(look(k, np.array([[0.0, 0.0, 0.0]]), 0.01))
    assert len(mine.tracks) == 1
    for k in range(9, 20):
        mine.absorb(look(k, np.empty((0, 3)), 0.01))
    assert len(mine.tracks) == 0


def test_an_association_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match="gnn, jpda, lmb, mht"):
        tracker("nearest")
