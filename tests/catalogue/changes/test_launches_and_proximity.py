"""Launch groups and neighbours against what is publicly known of a catalogue, and against the sphere."""

from functools import cache

import numpy as np
from tests.data import real_data

from vedette.catalogue.changes.launches import LaunchGroup, launch_times, plane_distance_rad, tie
from vedette.catalogue.changes.proximity import find_neighbours
from vedette.doors.catalogue_files import read_elements
from vedette.frames import itrf_from_geodetic
from vedette.reports.elements import ElementSets

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
