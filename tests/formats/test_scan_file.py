"""Scan files: what is written is what is read, and the published schema says the same."""

import json
from dataclasses import astuple
from math import radians

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made import GOLDEN, assert_same_scan, headers_of, read, scans, scans_of

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.formats import FeedHeader, read_scans, scan_file_schema, write_scans
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.time import tai_ns_from_utc_text


@settings(max_examples=60)
@given(st.lists(scans(), max_size=4))
def test_scans_come_back_bit_for_bit(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("scans") / "night.jsonl"
    assert write_scans(path, made, mode=Mode.TEST) == len(made)
    back = list(read_scans(path))
    doubts = {"late", "clock-step", "out-of-sequence"}  # times are drawn at random, so the reader adds its marks
    assert len(back) == len(made)
    for one, other in zip(back, made, strict=True):
        kept = tuple(mark for mark in one.marks if mark in other.marks or mark not in doubts)
        assert_same_scan(Scan(**{**fields_of(one), "marks": kept}), other)


def fields_of(scan):
    return {name: getattr(scan, name) for name in Scan.__slots__}


@settings(max_examples=30)
@given(st.lists(scans(), max_size=3))
def test_what_is_written_fits_the_published_schema(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("scans") / "night.jsonl"
    write_scans(path, made, mode=Mode.TEST, sensors=["a", "b"], t_liftoff_tai_ns=10**17)
    validator = jsonschema.Draft202012Validator(scan_file_schema())
    for line in path.read_text(encoding="utf-8").splitlines():
        validator.validate(json.loads(line))


def test_the_golden_file_fits_the_published_schema():
    validator = jsonschema.Draft202012Validator(scan_file_schema())
    for line in (GOLDEN / "night.jsonl").read_text().splitlines():
        validator.validate(json.loads(line))


@pytest.mark.parametrize(
    "line",
    [
        {"vedette_scan_file": 1},
        {"vedette_scan_file": 1, "mode": "DRILL"},
        {"kind": "radar", "sensor_id": "r", "mode": "TEST", "detections": [{"azimuth_deg": 1}]},
        {"kind": "sonar", "sensor_id": "r", "mode": "TEST", "detections": []},
        {"kind": "radar", "sensor_id": "r", "mode": "TEST", "detections": [], "range_m": 3},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(line):
    assert not jsonschema.Draft202012Validator(scan_file_schema()).is_valid(line)
    header = '{"vedette_scan_file": 1, "mode": "TEST"}\n'
    records = read((header if "kind" in line else "") + json.dumps(line) + "\n")
    assert scans_of(records) == [] and any(not isinstance(record, FeedHeader) for record in records)


def test_the_golden_file_means_what_it_says():
    header, radar, infrared, empty = read(GOLDEN / "night.jsonl")
    assert (header.mode, header.producer, header.sensors) == (Mode.TEST, "by hand", ("radar-north", "ir-east"))
    assert header.t_liftoff_tai_ns == tai_ns_from_utc_text("2031-04-01T12:00:00Z")
    assert radar.kind is SensorKind.RADAR and len(radar) == 2
    assert radar.values[0].tolist() == [radians(12.5), radians(4.25), 812_250.0, 1500.0]
    assert radar.sigmas[0].tolist() == [radians(0.05), radians(0.05), 30.0, 2.0]
    assert np.isnan(radar.values[1, 2:]).all() and np.isnan(radar.sigmas[1, 2:]).all()
    two_roundings = 2.3e-16  # math.radians rounds the factor and the product; the reader rounds once
    region = Region(radians(350), radians(80), radians(2), radians(60), 0.0, 3e6)
    assert astuple(radar.looked_at) == pytest.approx(astuple(region), rel=two_roundings)
    assert infrared.values[0].tolist() == [-0.8, 0.6, 0.0, 250_000.0]
    assert infrared.sigmas[0].tolist() == [radians(0.0015)] * 3 + [20_000.0]
    assert infrared.sensor_position_itrf_m.tolist() == [42_164_000.0, 0.0, 0.0]
    assert infrared.t_measured_tai_ns[0] % 1_000_000_000 == 123_456_789
    assert len(empty) == 0 and empty.looked_at is None and empty.t_received_tai_ns - radar.t_received_tai_ns == 10**10


def test_infrared_may_be_given_as_seen_at_the_sensor():
    """From 42,164 km above the Gulf of Guinea, straight down is along -x and north is along +z."""
    line = (
        '{"kind":"infrared","sensor_id":"i","mode":"TEST","sensor_position_itrf_km":[42164,0,0],"detections":['
        '{"t_measured_utc":"2031-04-01T12:00:00Z","azimuth_deg":0,"elevation_deg":%s,"los_sigma_deg":0.001}]}\n'
    )
    header = '{"vedette_scan_file":1,"mode":"TEST"}\n'
    down, level = scans_of(read(header + line % -90 + line % 0))
    rounding = 1e-8  # a unit vector from the difference of two positions 42,164 km out
    assert down.values[0, :3] == pytest.approx([-1, 0, 0], abs=rounding)
    assert level.values[0, :3] == pytest.approx([0, 0, 1], abs=rounding)


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    path = tmp_path / "night.jsonl"
    path.write_text("yesterday")

    def breaks():
        yield read(GOLDEN / "night.jsonl")[1]
        raise RuntimeError("the maker died")

    with pytest.raises(RuntimeError):
        write_scans(path, breaks(), mode=Mode.TEST)
    assert path.read_text() == "yesterday"


def test_a_drill_cannot_stand_in_a_real_file(tmp_path):
    with pytest.raises(UsageError, match="TEST scan of radar-north cannot stand in a REAL file"):
        write_scans(tmp_path / "night.jsonl", [read(GOLDEN / "night.jsonl")[1]], mode=Mode.REAL)


def test_read_scans_raises_or_tells_as_asked(tmp_path):
    path = tmp_path / "night.jsonl"
    lines = (GOLDEN / "night.jsonl").read_text().splitlines()
    path.write_text("\n".join([lines[0], "garbage", *lines[1:]]) + "\n")
    with pytest.raises(BadInputError, match=r"night.jsonl:2: a garbled line"):
        list(read_scans(path))
    told = []
    assert len(list(read_scans(path, told.append))) == 3
    assert len(told) == 1
    with pytest.raises(NotFoundError):
        read_scans(tmp_path / "gone.jsonl")


def test_a_scan_without_its_header_still_has_its_own_mode():
    lines = (GOLDEN / "night.jsonl").read_text().splitlines()
    records = read("\n".join(lines[1:]) + "\n")
    assert [scan.mode for scan in scans_of(records)] == [Mode.TEST] * 3
    assert headers_of(records) == [] and "without its header" in records[0].what and records[0].is_kept


def test_files_that_were_joined_are_read_as_one():
    text = (GOLDEN / "night.jsonl").read_text()
    other = text.replace("radar-north", "radar-south").replace("T12:", "T13:")
    records = read(text + other)
    assert len(headers_of(records)) == 2 and len(scans_of(records)) == 6
    assert len(records) == 8 and records[-1].sensor_id == "radar-south"


@pytest.mark.parametrize("kind", list(SensorKind))
@settings(max_examples=10)
@given(data=st.data())
def test_every_kind_comes_back_bit_for_bit(tmp_path_factory, kind, data):
    made = data.draw(scans(kind=kind))
    path = tmp_path_factory.mktemp("scans") / "one.jsonl"
    write_scans(path, [made], mode=Mode.TEST)
    (back,) = read_scans(path)
    assert back.kind is kind
    assert_same_scan(Scan(**{**fields_of(back), "marks": made.marks}), made)


@pytest.mark.parametrize(
    ("kind", "detection", "said"),
    [
        (
            "optical",
            {"los_itrf": [0, 0, 1], "los_sigma_deg": 1, "magnitude": 99, "magnitude_sigma": 1},
            "magnitude 99",
        ),
        ("thermal", {"los_itrf": [0, 1, 1], "los_sigma_deg": 0.001}, "line of sight of length"),
        (
            "time-difference",
            {"range_difference_km": 5e6, "range_difference_sigma_km": 0.1},
            "difference 5000000 km",
        ),
        (
            "strobe",
            {"azimuth_deg": 10, "azimuth_sigma_deg": 1, "noise_rise_db": -3, "noise_rise_sigma_db": 1},
            "noise rise",
        ),
        ("laser", {"range_km": 900, "range_sigma_km": 0}, "range with a sigma of 0 km"),
    ],
)
def test_what_a_newer_kind_cannot_have_measured_is_set_aside_in_words(tmp_path, kind, detection, said):
    path = tmp_path / "one.jsonl"
    detection = {"t_measured_utc": "2031-04-01T12:00:00Z", **detection}
    line = {"kind": kind, "sensor_id": "a", "mode": "TEST", "detections": [detection]}
    path.write_text('{"vedette_scan_file": 1, "mode": "TEST"}\n' + json.dumps(line) + "\n")
    troubles = []
    assert list(read_scans(path, troubles.append)) == []
    assert len(troubles) == 1 and said in troubles[0].what
