"""A jammed radar is shown degraded while it lasts, in the picture, in JSON and on the screen, and restored after."""

from dataclasses import replace

from tests.tracking.strobe_scene import JAMMING, story_text
from tests.tracking.test_groups import RADAR as GROUP_RADAR
from tests.tracking.test_groups import looks_at_group

from vedette.doors.live import sensor_row
from vedette.doors.wire import document
from vedette.engine import Session, advance, emitters, open_picture, sensor_health
from vedette.reports import Condition, FindingKind, Mode
from vedette.scenario import make_scenario
from vedette.scenario.story import parse_story
from vedette.sensing import format_sensors
from vedette.tracking.groups import GroupWatch


def test_a_jammed_radar_is_degraded_and_restored():
    made = make_scenario(parse_story(story_text(JAMMING)), 1)
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors))
    picture = open_picture(session)
    seen, places, shown = set(), [], {}
    for scan in made.scans:
        picture = advance(picture, scan)
        health = sensor_health(picture)
        seen |= {(one.sensor_id, one.condition) for one in health}
        places += emitters(picture)
        if not shown and any(one.causes.get("interference", 0.0) > 0.9 for one in health):
            shown = document(picture)
    assert {("ra", Condition.DEGRADED), ("rb", Condition.DEGRADED), ("rc", Condition.DEGRADED)} <= seen
    assert all(one.condition is Condition.OK for one in sensor_health(picture))
    assert any(abs(place.lat_deg - 42.0) < 0.05 and place.probability > 0.9 for place in places)
    bad = next(one for one in shown["sensors"] if one["condition"] == "degraded")
    assert bad["strobes"][0]["noise_rise_db"] > 10.0 and bad["since_utc"].startswith("2031-06-01T10:00:")
    kinds = [finding.kind for finding in picture.timeline]
    assert FindingKind.INTERFERENCE in kinds and FindingKind.SENSOR_RESTORED in kinds


def test_a_sensor_that_falls_silent_is_said_to_be():
    made = make_scenario(parse_story(story_text("")), 1)
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=format_sensors(made.sensors)))
    start = made.story.t_start_tai_ns
    for scan in made.scans:
        if scan.sensor_id == "rb" and scan.t_received_tai_ns > start + 60_000_000_000:
            continue
        picture = advance(picture, replace(scan))
    health = {one.sensor_id: one for one in sensor_health(picture)}
    assert health["rb"].condition is Condition.SILENT and health["ra"].condition is Condition.OK
    assert "rb" in sensor_row(health["rb"]).plain and "nothing has come" in sensor_row(health["rb"]).plain


def test_a_group_is_in_the_document():
    scans, _ = looks_at_group(12, 3)
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=format_sensors({"r": GROUP_RADAR})))
    picture.is_epoch_known = True
    picture.groups = GroupWatch(picture.sensors.values())
    kinds = [finding.kind for scan in scans[:5] for finding in picture.groups.absorb(scan)]
    (shown,) = document(picture)["groups"]
    assert shown["count_90"][0] <= shown["count"] <= shown["count_90"][1]
    assert FindingKind.GROUP in kinds
