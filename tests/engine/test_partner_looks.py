"""A partner's measurements inside the fold: as good as all sensors in one hand, and nothing of ours depends on them."""

from dataclasses import replace

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.doors.wire import document, json_bytes
from vedette.engine import Session, advance, open_picture
from vedette.formats import decode_record, encode_record
from vedette.formats.scan_codec import encode_scan
from vedette.reports import Mode, PartnerReport, Scan, SharedLook
from vedette.scenario import make_scenario, read_story
from vedette.sensing import format_sensors
from vedette.tracking import Tracker

OURS, THEIRS = "radar-north", ("ir-east", "ir-west")


@pytest.fixture(scope="module")
def night():
    made = make_scenario(read_story("two-launches"), 1)
    end = made.story.t_start_tai_ns + 130 * NS_PER_S
    return made, [s for s in made.scans if s.t_received_tai_ns < end and s.sensor_id in (OURS, *THEIRS)]


def opened(made):
    toml = format_sensors({OURS: made.sensors[OURS]})
    return open_picture(Session(mode=Mode.SIMULATED, feeds=("played",), sensors_toml=toml, owner="NORTH"))


def told(scan: Scan, sequence: int, toml: str = "", mode: Mode = Mode.SIMULATED) -> PartnerReport:
    t = scan.t_received_tai_ns
    return PartnerReport(
        owner="SOUTH", node="A", link="SOUTH-A", lane="bulk", sequence=sequence, mode=mode, t_sent_tai_ns=t,
        t_received_tai_ns=t, digest=f"{sequence:064x}", content=(SharedLook(scan=encode_scan(scan), sensor_toml=toml),),
    )  # fmt: skip


def events_of(made, scans):
    toml = format_sensors({name: made.sensors[name] for name in THEIRS})
    return [s if s.sensor_id == OURS else told(s, i + 1, toml if i < 5 else "") for i, s in enumerate(scans)]


def played(made, events):
    picture, said = opened(made), []
    for one in events:
        picture = advance(picture, one)
        said += picture.new_findings
    return picture, said


def test_looks_shared_come_to_what_one_tracker_with_all_sensors_comes_to(night):
    made, scans = night
    central = Tracker([made.sensors[name] for name in (OURS, *THEIRS)])
    for scan in scans:
        central.step(scan)
    events = events_of(made, scans)
    picture, said = played(made, events)
    mine, whole = picture.tracks_of_all_looks, central.tracks
    assert mine is not None and len(mine) == len(whole) >= 2
    size = np.linalg.slogdet(mine.state_covs_itrf)[1] - np.linalg.slogdet(whole.state_covs_itrf)[1]
    assert np.all(np.exp(np.sort(size) / 12.0) < 1.15)  # the bar of issue 7
    assert [f.text for f in said if f.data.get("mark") == "partner"] == [
        "partner SOUTH: its looks are tracked together with ours"
    ]
    again, _ = played(made, [decode_record(*encode_record(one)) for one in events])
    assert again.tracks_of_all_looks.state_covs_itrf.tobytes() == mine.state_covs_itrf.tobytes()
    alone, _ = played(made, [scan for scan in scans if scan.sensor_id == OURS])
    for part in ("objects", "alerts", "candidates", "raids"):
        assert json_bytes(document(alone)[part]) == json_bytes(document(picture)[part])
    assert alone.tracks_of_all_looks is None


def test_looks_that_cannot_be_used_are_said_once_and_change_nothing(night):
    made, scans = night
    seen = next(scan for scan in scans if scan.sensor_id == "ir-east" and len(scan))
    toml = format_sensors({"ir-east": made.sensors["ir-east"]})
    early = replace(seen, t_received_tai_ns=seen.t_received_tai_ns - 60 * NS_PER_S)
    reports = [told(seen, 1), told(seen, 2), told(early, 3, toml), told(seen, 4, toml, Mode.EXERCISE)]
    reports.append(PartnerReport(**{f: getattr(reports[0], f) for f in reports[0].__struct_fields__} | {
        "sequence": 5, "content": (SharedLook(scan=b"garbage"),)}))  # fmt: skip
    picture, said = played(made, reports)
    words = [f.text for f in said if f.data.get("trouble") == "looks"]
    assert len(words) == 3 and picture.tracks_of_all_looks is None
    assert "was not described" in words[0] and "not come yet" in words[1] and "not a scan payload" in words[2]
