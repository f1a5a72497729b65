"""Break-ups against two that happened, names and designators taken away; and made ones, and launches."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue.changes.breakups import find_breakups
from vedette.doors.catalogue_files import read_elements
from vedette.reports.elements import ElementSets
from vedette.time import tai_ns_from_utc_text

_DAY_NS = 86_400 * 10**9
# NASA Orbital Debris Quarterly News 11-2 (2007) and 26-1 (2022): designator, number, minute
_EVENTS = {
    "fengyun-1c": ("20061117", "20070621", "1999-025", 25730, "2007-01-11T22:26:00Z"),
    "cosmos-1408": ("20211109", "20220118", "1982-092", 13552, "2021-11-15T02:47:00Z"),
}


def _nameless(sets: ElementSets) -> ElementSets:
    return replace(sets, name=("",) * len(sets), designator=("",) * len(sets))


@pytest.mark.parametrize("event", _EVENTS)
def test_a_break_up_is_found_from_nameless_catalogues(event: str) -> None:
    first, second, launch, parent, t_utc = _EVENTS[event]
    folder = real_data("catalogue/snapshots")
    old, _ = read_elements(folder / f"{first}.tle.gz")
    new, _ = read_elements(folder / f"{second}.tle.gz")
    found = find_breakups(_nameless(old), _nameless(new))
    assert len(found) == 1  # and nothing else is called one
    one = found[0]
    assert one.parent is not None and old.number[one.parent] == parent
    assert abs(one.t_tai_ns - tai_ns_from_utc_text(t_utc)) < _DAY_NS
    assert np.mean([new.designator[i].startswith(launch) for i in one.pieces]) > 0.98
    all_of_it = sum(word.startswith(launch) for word in new.designator) - sum(
        word.startswith(launch) for word in old.designator
    )
    assert len(one.pieces) > 0.8 * all_of_it
    assert one.probability > 0.99


def test_a_catalogue_against_itself_has_no_break_up() -> None:
    folder = real_data("catalogue/snapshots")
    sets, _ = read_elements(folder / "20061117.tle.gz")
    assert find_breakups(sets, sets) == ()
    numberless = replace(sets, number=np.zeros_like(sets.number))
    assert find_breakups(numberless, numberless) == ()


def test_a_year_of_launches_and_of_late_entries_raises_no_alarm() -> None:
    folder = real_data("catalogue/snapshots")
    old, _ = read_elements(folder / "20180319.tle.gz")
    new, _ = read_elements(folder / "20190603.tle.gz")
    assert find_breakups(old, new) == ()  # no piece of a break-up of an old object was entered in numbers
