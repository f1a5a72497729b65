"""Reports of another mode, or by a way that is not their sensor's, never enter the picture, whatever door they used."""

from dataclasses import replace
from itertools import product

import pytest
from tests.assessment.incidents.made_watch import PLACES, claim, empty_look, life_sign, looks, told, watched
from tests.assessment.incidents.test_repeats import drawn_looks

from vedette.reports import Cause, FindingKind, Mode
from vedette.sensing.links import Link, Links

LINKS = Links((Link("north", (("line-north", ()),)), Link("west", (("line-west", ()),))))


@pytest.mark.parametrize(("offered", "watch"), [(a, b) for a, b in product(Mode, Mode) if a is not b])
def test_a_report_of_another_mode_never_enters_the_picture(offered, watch):
    events = [empty_look("south", 0.0, mode=watch), *(replace(scan, mode=offered) for scan in drawn_looks(6))]
    events.append(claim(40.0, count=2, mode=offered))
    picture = watched(events, mode=watch)
    assert picture.scan_count == 1 and not picture.objects and picture.worst_exit_code == 6
    (one,) = told(picture, "message")
    assert one.leading is Cause.TEST_DATA and one.sensors == ("north", "command-post")
    said = [f for f in picture.timeline if f.kind is FindingKind.QUARANTINED]
    assert len(said) == 2 and all(offered.value in f.text for f in said)  # once a source


def test_a_look_by_another_sites_line_or_from_a_training_console_is_set_aside():
    own = replace(drawn_looks(1)[0], marks=("route:line-north",))
    others = replace(drawn_looks(1)[0], marks=("route:line-west",))
    drill = replace(drawn_looks(1, name="south")[0], marks=("route:training console",))
    nameless = replace(drawn_looks(1, name="south")[0], marks=("route:some cable",))
    assert told(watched([own], links=LINKS), "message") == []
    assert told(watched([nameless], links=LINKS), "message") == []
    for scan in (others, drill):
        (one,) = told(watched([scan], links=LINKS), "message")
        assert one.leading is Cause.TEST_DATA and one.explanations[0].probability > 0.8


def test_a_life_sign_has_no_mode_and_is_always_heard():
    picture = watched(looks(["north"], 0, 60) + looks(["west"], 0, 200) + [life_sign(100, "north", "telephone")])
    (one,) = told(picture, "silence")
    assert "alive" in one.marks and set(PLACES) > set(one.sensors)
