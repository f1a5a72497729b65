"""How many objects a group holds: against enumeration, against drawn scenes, and over a radar's looks."""

import numpy as np
import pytest
from tests.tracking.small_scene import T0_TAI_NS, coast_start, coasting

from vedette.reports import FindingKind, Mode, Scan, SensorKind
from vedette.sensing import Radar, Site
from vedette.tracking.group_count import COUNT_MAX, _moments_of, count_posterior, resolved_places
from vedette.tracking.groups import GroupWatch, cell_of


def test_mean_and_variances_are_those_of_drawing_it():
    """Reports of 30 objects over a few cells, drawn 4,000 times: how they lie, and which are found."""
    rng = np.random.default_rng(1)
    count, spread, chance = 30, np.array([1.5, 1.0, 2.0]), 0.8
    lie, find = [], []
    for _ in range(800):
        places = rng.standard_normal((count, 3)) * spread
        looks = [len(resolved_places(places, rng.random(count) < chance)) for _ in range(5)]
        lie.append(np.mean(looks))
        find.append(np.var(looks, ddof=1))
    wide = []
    for _ in range(200):
        places = rng.standard_normal((count, 3)) * spread
        wide.append(np.floor(np.unique(np.floor(places + 0.5), axis=0)).std(axis=0))
    mean, by_lie, by_find = _moments_of(float(count), np.mean(wide, axis=0), chance)
    assert mean == pytest.approx(np.mean(lie), rel=0.03)  # the spread itself is found again to some percent
    assert by_find == pytest.approx(np.mean(find), rel=0.15)
    assert by_lie + by_find / 5 == pytest.approx(np.var(lie), rel=0.25)


def test_what_is_all_resolved_is_counted():
    posterior = count_posterior([12] * 8, np.array([30.0, 30.0, 30.0]), 12, 0.98)
    assert posterior.interval() == (12, 12) or posterior.interval()[1] <= 13
    assert posterior.words.startswith("about 12")


def test_full_cells_give_a_lower_bound_and_not_a_number():
    posterior = count_posterior([3, 3, 3, 3], np.array([0.4, 0.4, 0.4]), 3, 0.95)
    low, high = posterior.interval()
    assert low >= 3 and high - low > 5  # many more could hide in those cells


def scene(rng):
    """A drawn group and what some looks report of it; counts by the posterior's own prior."""
    count = int(np.exp(rng.uniform(np.log(2.0), np.log(COUNT_MAX))))
    places = rng.standard_normal((count, 3)) * np.exp(rng.uniform(np.log(0.6), np.log(6.0), 3)) + rng.random(3)
    chance, clutter = rng.uniform(0.6, 0.95), rng.uniform(0.0, 0.5)
    rows, reports = [], []
    for _ in range(rng.integers(2, 12)):
        found = rng.random(count) < chance
        row = resolved_places(places, found) if found.any() else np.empty((0, 3))
        rows.append(row)
        reports.append(len(row) + rng.poisson(clutter))
    mean = max(np.mean([len(row) for row in rows]), 1.0)
    spread = np.concatenate(rows).std(axis=0) * np.sqrt(mean / max(mean - 1.0, 0.7))
    return count, count_posterior(reports, spread, round(mean), chance, clutter)


def test_nine_in_ten_intervals_hold_the_truth():
    """60 drawn scenes: 90 % stated; a perfect count fails below 47 or above 59 but once in three hundred."""
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(60):
        count, posterior = scene(rng)
        total = np.cumsum(posterior.probability)
        rank = total[count - 1] - posterior.probability[count - 1] * rng.random()  # counts are whole: broken evenly
        inside += 0.05 < rank < 0.95
    assert 47 <= inside <= 59


RADAR = Radar(
    Site(40.0, 0.0), 30.0, 0.05, range_rate_sigma_mps=2.0, revisit_s=5.0, elevation_min_deg=1.0,
    range_1m2_km=3000.0, detection_probability=0.95, name="r",
)  # fmt: skip


def looks_at_group(count, seed, looks=10):
    """Scans of a radar that merges what lies in one cell; the middle's truth."""
    rng = np.random.default_rng(seed)
    times = np.arange(looks) * 5.0
    middle = coasting(coast_start(46.0, 1.0, 300e3, 3500.0, 190.0, 15.0), times)
    offset = rng.standard_normal((count, 4)) * np.array([*(np.array([1.2, 1.0, 3.0]) * cell_of(RADAR)), 5.0])
    out = []
    for t, state in zip(times, middle, strict=True):
        values = RADAR.measure(np.tile(state, (count, 1))) + offset
        found = rng.random(count) < RADAR.detection_probability_of(values[:, 2], 0.5)
        cells = np.floor(values[:, :3] / cell_of(RADAR)).astype(int)[found]
        _, inverse = np.unique(cells, axis=0, return_inverse=True)
        inverse = inverse.ravel()
        rows = np.stack([np.bincount(inverse, values[found][:, k]) / np.bincount(inverse) for k in range(4)], axis=-1)
        rows += RADAR.sigmas * rng.standard_normal(rows.shape)
        at = T0_TAI_NS + round(float(t) * 1e9)
        out.append(
            Scan(
                sensor_id="r", kind=SensorKind.RADAR, mode=Mode.SIMULATED, t_received_tai_ns=at + 500_000_000,
                t_measured_tai_ns=np.full(len(rows), at), values=rows, sigmas=np.tile(RADAR.sigmas, (len(rows), 1)),
            )
        )  # fmt: skip
    return out, middle[-1]


@pytest.mark.parametrize(("count", "seed"), [(12, 1), (60, 2)])
def test_a_group_is_found_followed_and_counted(count, seed):
    scans, middle = looks_at_group(count, seed)
    watch = GroupWatch([RADAR])
    findings = [finding for scan in scans for finding in watch.absorb(scan)]
    assert findings and all(finding.kind is FindingKind.GROUP for finding in findings)
    (group,) = watch.groups
    reports = np.mean([len(scan) for scan in scans])
    assert group.count > reports  # more than are ever reported at once
    low, high = count_interval_99(group)
    assert low <= count <= high
    off = np.linalg.norm(np.array(group.position_itrf_m) - middle[:3])
    assert off < 4.0 * group.middle_sigma_m + group.spread_m[0]


def count_interval_99(group):
    """Wider than stated: two scenes are no calibration."""
    return group.count - 3.0 * group.count_sigma - 1.0, group.count + 3.0 * group.count_sigma + 1.0


def test_objects_far_apart_are_no_group():
    scans, _ = looks_at_group(3, 5)
    watch = GroupWatch([RADAR])
    assert not [finding for scan in scans for finding in watch.absorb(scan)] and not watch.groups
