"""The picture never says that no launch was seen without saying what that is worth."""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.doors.reporters import summary_lines
from vedette.doors.wire import document
from vedette.engine import Session, advance, open_picture
from vedette.reports import COLUMNS, Finding, FindingKind, Mode, Scan, SensorKind
from vedette.sensing import format_sensors, packaged_sensors
from vedette.time import tai_ns_from_utc_text

T0 = tai_ns_from_utc_text("2031-04-01T12:00:00Z")
SENSORS = {name: packaged_sensors()[name] for name in ("ir-east", "ir-west")}


def quiet(name, after_s):
    """A look that found nothing."""
    none = np.empty((0, len(COLUMNS[SensorKind.INFRARED])))
    t_tai_ns = T0 + round(after_s * NS_PER_S)
    return Scan(
        sensor_id=name, kind=SensorKind.INFRARED, mode=Mode.TEST, t_received_tai_ns=t_tai_ns,
        t_measured_tai_ns=np.empty(0, np.int64), values=none, sigmas=none,
        sensor_position_itrf_m=SENSORS[name].position_itrf_m(t_tai_ns),
    )  # fmt: skip


def watched(until_s, east_until_s):
    picture = open_picture(Session(mode=Mode.TEST, sensors_toml=format_sensors(SENSORS)))
    for after_s in range(0, until_s + 1, 5):
        if after_s <= east_until_s:
            picture = advance(picture, quiet("ir-east", after_s))
        if after_s % 10 == 0:
            picture = advance(picture, quiet("ir-west", after_s + 0.5))
    return picture


def test_a_quiet_watch_says_what_its_quiet_is_worth_and_a_silent_sensor_lowers_it():
    well, half_blind = watched(80, 80), watched(80, 20)
    said, less = well.no_launch(), half_blind.no_launch()
    assert said.lost == () and less.lost == ("ir-east",)
    assert sum(less.probabilities.values()) < sum(said.probabilities.values())
    assert said.text in summary_lines(well, None)
    found = document(half_blind)["no_launch"]
    assert found["sensors_lost"] == ["ir-east"] and found["text"] == less.text
    assert document(watched(80, 20))["no_launch"] == found  # the same reports, the same words


def test_nothing_is_claimed_at_once_nor_once_a_launch_was_seen():
    picture = watched(5, 5)
    assert "too short" in picture.no_launch().text and picture.no_launch().probabilities == {}
    launch = Finding(
        kind=FindingKind.LAUNCH, object_id="O1", t_tai_ns=T0, t_declared_tai_ns=T0, text="a launch", data={}
    )  # fmt: skip
    picture.timeline.append(launch)
    assert picture.no_launch() is None and document(picture)["no_launch"] is None


def test_without_sensors_that_look_for_launches_there_is_nothing_to_say():
    assert open_picture(Session(mode=Mode.TEST)).no_launch() is None
