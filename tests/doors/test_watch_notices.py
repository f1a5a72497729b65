"""Notices come among the reports at the time they were received."""

import json

import numpy as np

from vedette.doors.watch_notices import notices_of, with_notices
from vedette.reports import Mode, Notice, Scan, SensorKind
from vedette.time import tai_ns_from_utc_text


def row(name, **more):
    return {
        "id": name, "kind": "pre-launch", "party": "Northland", "mode": "SIMULATED",
        "issued_utc": "2031-04-01T06:00:00Z", "class_name": "space-launch",
        "windows": [{"from_utc": "2031-04-01T12:00:00Z", "to_utc": "2031-04-01T14:00:00Z"}],
        "launch_areas": [{"lat_deg": 31.4, "lon_deg": -29.8, "radius_km": 20}],
    } | more  # fmt: skip


def scan(t_utc):
    t = tai_ns_from_utc_text(t_utc)
    return Scan(
        sensor_id="radar-north", kind=SensorKind.RADAR, mode=Mode.SIMULATED, t_received_tai_ns=t,
        t_measured_tai_ns=np.empty(0, np.int64), values=np.empty((0, 4)), sigmas=np.empty((0, 4)), looked_at=None,
    )  # fmt: skip


def test_a_notice_comes_before_the_first_report_received_after_it_and_none_is_left_out(tmp_path, capsys):
    late, past = row("late", received_utc="2031-04-01T11:00:00Z"), row("past", received_utc="2031-04-02T00:00:00Z")
    told = [late, row("at-issue"), past]
    (tmp_path / "notices.jsonl").write_text("\n".join(json.dumps(one) for one in told) + "\nnot a notice\n")
    events = [scan("2031-04-01T10:00:00Z"), scan("2031-04-01T12:00:00Z")]
    mixed = list(with_notices(events, tmp_path))
    assert [one.notice_id if isinstance(one, Notice) else "scan" for one in mixed] == [
        "at-issue", "scan", "late", "scan", "past",
    ]  # fmt: skip
    assert "set aside" in capsys.readouterr().err
    (at_issue, *_) = notices_of(tmp_path / "notices.jsonl")
    assert at_issue.t_received_tai_ns == at_issue.t_issued_tai_ns


def test_without_notices_the_events_are_as_they_were():
    events = [scan("2031-04-01T10:00:00Z")]
    assert list(with_notices(events, None)) == events
