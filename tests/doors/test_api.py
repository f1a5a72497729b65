"""`vd.watch`, as a user would guess it."""

import pytest
from tests.rehearsals.telemetry_feed import write_two_stage_telemetry

import vedette as vd
from vedette.core.errors import NotFoundError


def test_a_feed_gives_pictures_that_grow_and_alerts_that_print(tmp_path):
    feed = write_two_stage_telemetry(tmp_path / "two-stage.json")
    scans, said = [], []
    for picture in vd.watch(feed):
        scans.append(picture.scan_count)
        said += [str(alert) for alert in picture.new_alerts]
    assert scans == sorted(scans) and scans[-1] == 300
    assert any(line.startswith("LAUNCH  O1  [correlated]") for line in said)
    assert [summary.id for summary in picture.objects] == ["O1"]


def test_a_name_that_is_neither_story_nor_feed_says_so():
    with pytest.raises(NotFoundError, match="three-launches"):
        next(vd.watch("three-launches"))


def test_a_story_starts_at_once():
    picture = next(vd.watch("two-launches", seed=5))
    assert picture.scan_count == 1
    assert picture.session.mode.value == "SIMULATED"
