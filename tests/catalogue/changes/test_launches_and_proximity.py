"""Launch groups and neighbours against what is publicly known of a catalogue, and against the sphere."""

from functools import cache

import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue.changes.launches import (
    LaunchGroup,
    find_launches,
    launch_ties,
    launch_times,
    plane_distance_rad,
    tie,
)
from vedette.catalogue.changes.proximity import find_neighbours
from vedette.doors.catalogue_files import read_elements
from vedette.frames import itrf_from_geodetic
from vedette.reports.elements import ElementSets
from vedette.time import tai_ns_from_utc_text

_DAY_NS = 86_400 * 10**9


@cache
def _group() -> LaunchGroup:
    return LaunchGroup(np.arange(3), 10**17, np.radians(53.2), 1.0, np.radians(-4.6), 6.7e6, 6.7e6)


def test_a_site_meets_a_plane_twice_a_day_and_the_plane_holds_it_then() -> None:
    """The steady turn of the Earth against its full orientation: they part by nutation, hundredths of a degree."""
    one_tenth_degree = np.radians(0.1)
    site = itrf_from_geodetic(np.radians(28.5), np.radians(-80.6), 0.0)
    group = _group()
    times = launch_times(group, site, group.t_tai_ns, group.t_tai_ns + _DAY_NS)
    assert len(times) == 2
    for t in times:
        assert plane_distance_rad(group, t, site) < one_tenth_degree
        assert tie(group, t, site) > 0.99
    between = (times[0] + times[1]) // 2
    assert tie(group, between, site) < 0.01


def test_a_plane_never_comes_to_a_site_nearer_the_pole() -> None:
    site = itrf_from_geodetic(np.radians(62.9), np.radians(40.6), 0.0)
    group = _group()
    assert launch_times(group, site, group.t_tai_ns, group.t_tai_ns + _DAY_NS) == ()


def _some(sets: ElementSets, names: tuple[str, ...]) -> ElementSets:
    return sets.take(np.array([i for i, name in enumerate(sets.name) if name in names]))


def test_docked_and_formation_flying_satellites_stay_near_and_others_do_not() -> None:
    folder = real_data("catalogue/snapshots")
    names = ("INTELSAT 1002", "MEV-2", "TERRA SAR X", "TANDEM X", "COSMOS 1408", "HST", "AQUA")
    now, _ = read_elements(folder / "20220118.tle.gz")
    before, _ = read_elements(folder / "20211109.tle.gz")
    sets, older = _some(now, names), _some(before, names)
    t = int(np.median(sets.t_epoch_tai_ns))
    found = find_neighbours(sets, t, t + _DAY_NS, 20e3, older)
    pairs = {frozenset((sets.name[one.first], sets.name[one.second])) for one in found}
    assert pairs == {frozenset(("INTELSAT 1002", "MEV-2")), frozenset(("TERRA SAR X", "TANDEM X"))}
    assert all(one.was_near for one in found)
    assert all(one.nearest_m <= one.farthest_m <= 20e3 for one in found)


# J. McDowell, Launch Log (planet4589.org): lift-off, and the pad
_LAUNCHES = {
    "2021-104": ("2021-11-13T12:19:30Z", 28.562, -80.577),
    "2021-115": ("2021-12-02T23:12:15Z", 28.562, -80.577),
    "2021-125": ("2021-12-18T12:41:40Z", 34.632, -120.611),
    "2022-001": ("2022-01-06T21:49:10Z", 28.608, -80.604),
}


def launched(name: str) -> tuple[int, np.ndarray]:
    t_utc, lat_deg, lon_deg = _LAUNCHES[name]
    return tai_ns_from_utc_text(t_utc), itrf_from_geodetic(np.radians(lat_deg), np.radians(lon_deg), 0.0)


@pytest.mark.parametrize("pair", [("2021-115", "2022-001"), ("2021-125", "2022-001"), ("2021-104", "2021-115")])
def test_new_objects_are_given_to_the_launch_they_came_from(pair: tuple[str, str]) -> None:
    """All go into one shell: only planes and times tell them apart, weeks later, as their orbits are raised."""
    new, _ = read_elements(real_data("catalogue/snapshots") / "20220118.tle.gz")
    launch = np.array([word[:8] for word in new.designator])
    old = new.take(np.flatnonzero(~np.isin(launch, pair)))
    groups = find_launches(old, new)
    first = np.array([new.t_epoch_tai_ns[group.objects].min() for group in groups])
    ties = launch_ties(groups, [launched(name) for name in pair], first)
    assert sorted(pair[one.launch] for one in ties) == sorted(pair)
    for one in ties:
        assert set(launch[one.objects]) == {pair[one.launch]} and len(one.objects) > 40
        assert one.probability > 0.7 and np.degrees(one.off_rad) < 6.0


def test_a_launch_has_made_nothing_that_was_up_before_it() -> None:
    site = itrf_from_geodetic(np.radians(28.5), np.radians(-80.6), 0.0)
    group = _group()
    t = launch_times(group, site, group.t_tai_ns, group.t_tai_ns + _DAY_NS)[0]
    assert launch_ties([group], [(t, site)], np.array([t + _DAY_NS]))[0].probability > 0.9
    assert launch_ties([group], [(t, site)], np.array([t - _DAY_NS])) == ()
    assert launch_ties([], [(t, site)], np.empty(0, np.int64)) == ()
