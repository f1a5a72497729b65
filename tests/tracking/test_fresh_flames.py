"""A first look by one infrared watcher may be of a flame just out of the cloud, or of anything higher and faster."""

from collections import Counter

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import los_from_itrf, packaged_sensors
from vedette.tracking import Tracker
from vedette.tracking.appearing import FEWEST, new_flames_per_sr
from vedette.tracking.initiation import range_to_height
from vedette.tracking.sensor_views import views_of

T0_TAI_NS = 1_000_000_000 * NS_PER_S
EAST, WEST = (packaged_sensors()[name] for name in ("ir-east", "ir-west"))
MIDDLE_RAD = np.radians([31.4, -30.0])
ENU = enu_from_itrf_matrix(*MIDDLE_RAD)


def look(sensor, places_itrf_m, t_s, noise=None, shine_w_sr=1e6):
    t = T0_TAI_NS + round(t_s * NS_PER_S)
    los = los_from_itrf(np.atleast_2d(places_itrf_m), sensor.position_itrf_m(t))
    if noise is not None:
        los = los + sensor.los_sigma_rad * noise.standard_normal(los.shape)
        los /= np.linalg.norm(los, axis=1, keepdims=True)
    n = len(los)
    return Scan(
        sensor_id=sensor.name, kind=SensorKind.INFRARED, mode=Mode.SIMULATED, t_received_tai_ns=t + 2 * NS_PER_S,
        t_measured_tai_ns=np.full(n, t), values=np.column_stack([los, np.full(n, shine_w_sr)]),
        sigmas=np.tile([*(sensor.los_sigma_rad,) * 3, sensor.noise_w_sr], (n, 1)),
    )  # fmt: skip


def owners_of(tracker, track_id, own):
    looks = tracker.looks(track_id)
    return [own[row.tobytes()] for row in looks.values[looks.is_detection]]


def beside(first_itrf_m, apart_m):
    """Where a second flame of the same height stands so that the west's line to it meets the east's to the first."""
    here, there = EAST.position_itrf_m(T0_TAI_NS), WEST.position_itrf_m(T0_TAI_NS)
    up = first_itrf_m / np.linalg.norm(first_itrf_m)
    low_m = float((first_itrf_m - itrf_from_geodetic(*MIDDLE_RAD, 0.0)) @ up)
    for step_m in np.arange(0.0, 60e3, 100.0):
        crossing = first_itrf_m + step_m * los_from_itrf(here, first_itrf_m)
        los = los_from_itrf(crossing, there)
        second = there + range_to_height(los[None], there, low_m)[0] * los
        if np.linalg.norm(second - first_itrf_m) >= apart_m:
            return second
    raise AssertionError("no such place")


@pytest.mark.parametrize("apart_m", [30e3, 45e3, 60e3])
def test_two_flames_along_one_line_of_sight_cross_rightly(apart_m):
    """The east sees one of them; the west sees both, and either may be the one on the east's line."""
    first = np.asarray(itrf_from_geodetic(*MIDDLE_RAD, 4e3))
    places = np.stack([first, beside(first, apart_m)])
    tracker, own = Tracker([EAST, WEST]), {}
    for sensor, t_s, seen in ((EAST, 0.0, [0]), (WEST, 1.0, [0, 1]), (EAST, 3.0, [0, 1]), (EAST, 6.0, [0, 1])):
        scan = look(sensor, places[seen] + (300.0 * t_s + 6.0 * t_s**2) * ENU[2], t_s)
        own.update({scan.values[k].tobytes(): seen[k] for k in range(len(seen))})
        tracks = tracker.step(scan)
    assert sorted(set(owners_of(tracker, one, own)) for one in tracks.ids) == [{0}, {1}]


@pytest.mark.parametrize("height_m", [25e3, 50e3, 80e3])
def test_what_is_first_found_high_and_fast_is_one_track_of_two_watchers(height_m):
    """A small bolide near its end; one that is brighter than any launcher begins another way (`test_blaze`)."""
    start = np.asarray(itrf_from_geodetic(*MIDDLE_RAD, height_m))
    way = 1500.0 * (0.9 * ENU[0] - 0.3 * ENU[2])
    tracker = Tracker([EAST, WEST])
    ever = set()
    for sensor, t_s in ((EAST, 0.0), (WEST, 1.0), (EAST, 3.0), (EAST, 6.0)):
        ever.update(tracker.step(look(sensor, start + t_s * way, t_s)).ids)
    tracks = tracker.tracks
    assert len(ever) == len(tracks) == 1
    assert tracks.hits[0] == 4 and tracks.tentative_count == 0  # no look began another
    away_m = np.linalg.norm(tracks.states_itrf[0, :3] - (start + 6.0 * way))
    assert away_m < 4.0 * np.sqrt(np.trace(tracks.state_covs_itrf[0, :3, :3]))


def test_of_a_hundred_flames_in_a_minute_most_keep_their_own_track():
    rng = np.random.default_rng(5)
    count, span_s, end_s = 100, 60.0, 110.0
    lat, lon = MIDDLE_RAD[:, None] + np.radians(rng.uniform(-0.9, 0.9, (2, count)))
    start_s, cloud_m, push_mps2 = (rng.uniform(*ends, count) for ends in ((0.0, span_s), (1e3, 10e3), (8.0, 16.0)))
    ground = np.asarray(itrf_from_geodetic(lat, lon, np.zeros(count)))
    lean = rng.uniform(0.0, 0.3, count)
    way = ENU[2] + lean[:, None] * ENU[0]
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    tracker, own, seen_times, ever = Tracker([EAST, WEST]), {}, Counter(), set()
    times = sorted((t, i) for i, one in enumerate((EAST, WEST)) for t in np.arange(i, end_s, one.revisit_s))
    for t_s, i in times:
        along_m = 0.5 * push_mps2 * np.maximum(t_s - start_s, 0.0) ** 2
        seen = np.flatnonzero((along_m > cloud_m) & (rng.random(count) < 0.9))
        if not len(seen):
            continue
        scan = look((EAST, WEST)[i], ground[seen] + along_m[seen, None] * way[seen], t_s, rng)
        own.update({scan.values[k].tobytes(): int(seen[k]) for k in range(len(seen))})
        seen_times.update(seen.tolist())
        ever.update(tracker.step(scan).ids)
    leads, kept = Counter(), set()
    for track_id in ever & set(tracker.tracks.ids):
        flame, looks = Counter(owners_of(tracker, track_id, own)).most_common(1)[0]
        leads[flame] += 1
        if looks >= 0.8 * seen_times[flame]:
            kept.add(flame)
    assert len(kept) >= 0.8 * count
    assert sum(leads.values()) - len(leads) <= 0.1 * count  # second tracks of a flame


def test_new_flames_are_looked_for_where_three_have_begun_lately():
    rng = np.random.default_rng(1)
    ground = np.asarray(
        itrf_from_geodetic(*(MIDDLE_RAD[:, None] + np.radians([[0.0, 0.2, 0.4], [0.1, 0.0, 0.3]])), 4e3)
    )
    far = np.asarray(itrf_from_geodetic(*(MIDDLE_RAD + 0.1), 4e3))
    east, _ = views_of([EAST, WEST])

    def densities(tracker, t_s):
        rows = tracker.tentative.rows
        here = np.asarray(EAST.position_itrf_m(T0_TAI_NS + round(t_s * NS_PER_S)))
        return new_flames_per_sr(rows, los_from_itrf(np.stack([ground[0], far]), here), east, here)

    for count in (FEWEST - 1, FEWEST):
        tracker = Tracker([EAST, WEST])
        tracker.step(look(EAST, ground[:count], 0.0, rng))
        near, away = densities(tracker, 0.0)
        assert away == 0.0 and (near > 0.0) == (count >= FEWEST)
    tracker.step(look(EAST, far, 40.0, rng))
    assert not densities(tracker, 40.0).any()
