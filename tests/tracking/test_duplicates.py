"""Two tracks on one object are joined under the older name; two objects close together are not."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting, radar_scan

from vedette.sensing import Radar, Site
from vedette.tracking import Tracker
from vedette.tracking.duplicates import merge_duplicates
from vedette.tracking.look_log import LookChunk
from vedette.tracking.motions import Coasting

RADAR = Radar(Site(40.0, 0.0), 30.0, 0.05, revisit_s=5.0, detection_probability=0.97, name="r")


@pytest.fixture(scope="module")
def tracked():
    """A tracker after some looks at one object."""
    rng = np.random.default_rng(5)
    times = np.arange(0.0, 60.0, 5.0)
    states = coasting(coast_start(43.0, 1.0, 200e3, 3000.0, 200.0, 30.0), times)
    tracker = Tracker([RADAR], motion=Coasting())
    for t, state in zip(times, states, strict=True):
        tracker.step(radar_scan(RADAR, state, t, rng, clutter=False, pd=1.0)[0])
    return tracker


def twin_rows(tracker, aside_sigmas):
    """The track and a younger twin, moved aside by some of its own sigmas in range."""
    rows = tracker._rows
    mean = rows.mean.copy()
    mean[:, :, 2] += aside_sigmas * np.sqrt(rows.cov[:, :, 2, 2])
    later = rows.t_start_tai_ns + 20_000_000_000
    return rows.joined(replace(rows, key=rows.key + 1, mean=mean, t_start_tai_ns=later))


def chunk(t_s, key, hits):
    """One look that concerned tracks, and which it saw."""
    n = len(key)
    return LookChunk(
        np.array(key), np.zeros(n, int), np.zeros(n, int), np.full(n, T0_TAI_NS + round(t_s * 1e9)),
        np.full((n, 4), np.nan), np.full((n, 4), np.nan), np.zeros((n, 3)), np.where(hits, 0, -1),
    )  # fmt: skip


def test_a_twin_that_starves_is_the_same_object_and_the_older_name_stays(tracked):
    rows = twin_rows(tracked, 0.5)
    old, young = int(rows.key[0]), int(rows.key[1])
    alternating = [chunk(t, [old, young], [i % 2 == 0, i % 2 == 1]) for i, t in enumerate((40.0, 45.0, 50.0, 55.0))]
    joined, merged = merge_duplicates(rows, alternating)
    assert len(joined) == 1 and [(m.stays, m.goes) for m in merged] == [(old, young)]
    assert int(joined.key[0]) == old and joined.t_start_tai_ns[0] == rows.t_start_tai_ns[0]


def test_two_that_one_look_saw_are_two_objects(tracked):
    rows = twin_rows(tracked, 0.5)
    old, young = int(rows.key[0]), int(rows.key[1])
    looks = [chunk(t, [old, young], [True, False]) for t in (40.0, 45.0, 50.0)]
    both = chunk(55.0, [old, young], [True, True])
    assert len(merge_duplicates(rows, [*looks, both])[0]) == 2
    assert len(merge_duplicates(rows, looks)[0]) == 1


def test_two_apart_are_two_objects_however_seldom_they_are_seen_together(tracked):
    rows = twin_rows(tracked, 30.0)
    old, young = int(rows.key[0]), int(rows.key[1])
    looks = [chunk(t, [old, young], [True, False]) for t in (40.0, 45.0, 50.0, 55.0)]
    joined, merged = merge_duplicates(rows, looks)
    assert len(joined) == 2 and merged == ()


def test_what_a_merged_track_was_seen_as_is_found_under_the_older_name(tracked):
    name = tracked.tracks.ids[0]
    before = len(tracked.looks(name))
    tracked._same_as[12345] = int(tracked._rows.key[0])
    assert len(tracked.looks(name)) == before  # an alias without looks adds none
