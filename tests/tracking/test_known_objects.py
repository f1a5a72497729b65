"""What is known to be up there begins no track, and hides nobody who flies beside it."""

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, radar_scan

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.sensing import Radar, Site
from vedette.tracking import Coasting, CrowdTracker, FixedObjects, Tracker
from vedette.tracking.known_objects import key_of_known

RADAR = Radar(
    Site(57.6, -7.4, 80.0), range_sigma_m=30.0, angle_sigma_deg=0.05, revisit_s=5.0, detection_probability=0.9,
    false_alarms_per_look=1.0,
)  # fmt: skip
SATELLITE = coast_start(54.0, -14.0, 700e3, 7400.0, 30.0, 0.0)
NEAR_IT = SATELLITE + np.array([40e3, -30e3, 20e3, 60.0, -50.0, 30.0])  # the same orbit, some fifty kilometres away
TIMES_S = np.arange(0.0, 100.0, 5.0)


def sure_to(sigma_m, sigma_mps):
    return np.diag(np.repeat([sigma_m**2, sigma_mps**2], 3))[None]


def known(off_m=0.0, sigma_m=100.0):
    """One satellite, as a list of one that is some way off, along its path."""
    along = SATELLITE[3:] / np.linalg.norm(SATELLITE[3:])
    state = SATELLITE + np.concatenate([off_m * along, np.zeros(3)])
    return FixedObjects(("NORAD-1",), T0_TAI_NS, state[None], sure_to(sigma_m, sigma_m * 1e-3))


def watch(make, objects, known_objects, seed=3):
    rng = np.random.default_rng(seed)
    tracker = make(known_objects)
    flown = [coasting(start, TIMES_S) for start in objects]
    ever = set()
    for k, t in enumerate(TIMES_S):
        scan, _ = radar_scan(RADAR, np.array([path[k] for path in flown]), t, rng)
        ever.update(tracker.step(scan).ids)
    return tracker, ever, np.array([path[-1] for path in flown])


MAKERS = {
    "crowd jpda": lambda known_objects: CrowdTracker([RADAR], known_objects=known_objects, association="jpda"),
    "full": lambda known_objects: Tracker([RADAR], motion=Coasting(), known_objects=known_objects),
    "crowd": lambda known_objects: CrowdTracker([RADAR], known_objects=known_objects),

}
makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())


@makers
def test_a_satellite_begins_a_track_when_nobody_knows_it_and_none_when_somebody_does(make):
    _, ever, _ = watch(make, [SATELLITE], None)
    assert len(ever) == 1
    tracker, ever, _ = watch(make, [SATELLITE], known())
    assert not ever
    looks = tracker.looks("NORAD-1")
    assert looks.is_detection.sum() > 0.75 * len(TIMES_S)  # of 0.9 of them, seen
    assert tracker.known_seen_tai_ns["NORAD-1"] > T0_TAI_NS + 80 * NS_PER_S


@makers
def test_an_unknown_beside_a_known_satellite_is_followed(make):
    tracker, ever, states = watch(make, [SATELLITE, NEAR_IT], known())
    assert len(ever) == 1
    assert np.linalg.norm(tracker.tracks.states_itrf[0, :3] - states[1, :3]) < 5.0 * tracker.tracks[0].position_sigma_m
    assert len(tracker.looks("NORAD-1")) > 0


@makers
def test_an_element_set_that_is_kilometres_off_still_explains_as_far_as_it_says(make):
    tracker, ever, _ = watch(make, [SATELLITE], known(off_m=4e3, sigma_m=5e3))
    assert not ever
    assert len(tracker.looks("NORAD-1")) > 10


@makers
def test_a_list_that_is_too_sure_of_itself_explains_nothing(make):
    """Thirty kilometres off with a sigma of a hundred metres: whatever is seen there is somebody else."""
    tracker, ever, _ = watch(make, [SATELLITE], known(off_m=30e3))
    assert len(ever) == 1
    assert not tracker.known_seen_tai_ns


def test_known_objects_coast_as_everything_does():
    times = np.array([0.0, 600.0])
    (_, there) = coasting(SATELLITE, times)
    rows = known().predicted(T0_TAI_NS + 600 * NS_PER_S, RADAR, None)
    one_metre = 1.0  # two integrators over ten minutes
    assert np.linalg.norm(rows.states_itrf[0, :3] - there[:3]) < one_metre
    assert np.sqrt(np.trace(rows.covs_itrf[0, :3, :3])) > np.sqrt(3.0) * 100.0  # doubt grows


def test_a_list_with_a_name_too_many_or_twice_is_refused():
    with pytest.raises(UsageError, match="2 known objects need states"):
        FixedObjects(("a", "b"), 0, SATELLITE[None], sure_to(1.0, 1.0))
    with pytest.raises(UsageError, match="share an id"):
        FixedObjects(("a", "a"), 0, np.tile(SATELLITE, (2, 1)), np.tile(sure_to(1.0, 1.0), (2, 1, 1)))
    assert key_of_known("a") != key_of_known("b")
