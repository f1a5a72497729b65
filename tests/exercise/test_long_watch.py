"""A long watch: the same words give the same reports, and the sky stands off its elements as elements do."""

import numpy as np
import pytest

from vedette.catalogue.known_objects import state_covs
from vedette.catalogue.sky_table import SkyTable
from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.engine import CatalogueGiven, FeedEnded
from vedette.exercise.long_watch import drawn_sky, long_watch
from vedette.metrics import chi_square_band, nees
from vedette.reports import Scan

T0 = 986_083_200 * NS_PER_S


@pytest.mark.parametrize("hours_later", [0, 20])
def test_the_sky_stands_off_its_elements_by_as_much_as_they_are_in_doubt(hours_later):
    sky = drawn_sky(400, 5, T0)
    t = T0 + hours_later * 3600 * NS_PER_S
    table = SkyTable(sky.sets)
    states = table.states_itrf(t)
    covs = state_covs(states, table.segment(t)[0].sigmas_m)[:, :3, :3]
    found = nees(sky.positions_itrf_m(table, t) - states[:, :3], covs)
    low, high = chi_square_band(3, 400, probability=0.999)
    assert low < np.mean(found) / 3 < high


def test_a_quiet_watch_is_the_same_each_time_in_order_and_as_long_as_asked():
    one, again = (long_watch(hours=0.1, seed=2, objects=30, launches=0) for _ in range(2))
    assert isinstance(one.events[0], CatalogueGiven) and isinstance(one.events[-1], FeedEnded)
    scans = [event for event in one.events if isinstance(event, Scan)]
    received = [scan.t_received_tai_ns for scan in scans]
    assert received == sorted(received) and 300 < (received[-1] - received[0]) / NS_PER_S < 370
    assert {scan.sensor_id for scan in scans} == {"ir-east", "ir-west", "ir-molniya", "radar-north"}
    for a, b in zip(one.events, again.events, strict=True):
        if isinstance(a, Scan):
            np.testing.assert_array_equal(a.values, b.values)
    other = long_watch(hours=0.1, seed=3, objects=30, launches=0)
    assert [len(scan) for scan in scans] != [len(event) for event in other.events if isinstance(event, Scan)]


def test_nights_that_do_not_fit_are_refused():
    for words in ({"hours": 0.1, "launches": 2}, {"hours": 500.0}, {"objects": -1}, {"quiet_s": 0.1}):
        with pytest.raises(UsageError):
            long_watch(**words)
