"""A feed is known by its content, and several are merged by time."""

import gzip
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.made import GOLDEN, SENSORS, headers_of, read, scans_of, sentences_of

from vedette.core.errors import NotFoundError
from vedette.formats import FeedHeader, merge_feeds, open_feed, open_feeds
from vedette.reports import Mode, Scan, SensorKind

GOLDENS = {
    "night.jsonl": "scan-file",
    "pass.tdm.kvn": "tdm-kvn",
    "pass.tdm.xml": "tdm-xml",
    "ascent.json": "telemetry-json",
}


@pytest.mark.parametrize(("name", "kind"), GOLDENS.items())
@pytest.mark.parametrize("before", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_the_content_decides_not_the_name(tmp_path, name, kind, before):
    path = tmp_path / "data.bin"
    path.write_bytes(before + (GOLDEN / name).read_bytes())
    sensors = SENSORS if "tdm" in name else None
    records = list(open_feed(path, sensors=sensors))
    (header,) = headers_of(records)
    assert header.format == kind and header.source == str(path)
    assert len(scans_of(records)) == len(scans_of(read(GOLDEN / name, sensors=sensors)))


def test_pretty_printed_telemetry_is_telemetry():
    text = json.dumps(json.loads((GOLDEN / "ascent.json").read_text()), indent=1)
    assert len(scans_of(read(text))) == 4


def test_a_scan_file_with_a_garbled_header_is_still_a_scan_file():
    lines = (GOLDEN / "night.jsonl").read_text().splitlines()
    for damaged in (lines[0][:20], lines[0].replace("vedette", "vendetta"), "@@@@"):
        records = read("\n".join([damaged, *lines[1:]]) + "\n")
        assert len(scans_of(records)) == 3 and len(sentences_of(records)) == 1


def test_a_journal_given_as_a_feed_is_named_with_what_opens_it():
    (trouble,) = read(b"SQLite format 3\x00\x10\x00\x02" + bytes(90))
    assert "journal" in trouble.what and "vedette replay" in trouble.cure and trouble.exit_code == 3


def test_compressed_and_foreign_feeds_are_named():
    (trouble,) = read(gzip.compress(b"x" * 100))
    assert "gunzip" in trouble.cure
    (trouble,) = read("name,time\na,1\n")
    assert "not a feed" in trouble.what and "TDM" in trouble.cure


def test_line_numbers_survive_blank_lines():
    raw = (GOLDEN / "pass.tdm.kvn").read_bytes().replace(b"META_START", b"\n\n\nMETA_START")
    raw = raw.replace(b"1984.67700", b"oops")
    (number,) = [number for number, line in enumerate(raw.splitlines(), start=1) if b"oops" in line]
    (trouble,) = sentences_of(read(raw, sensors=SENSORS))
    assert trouble.where == f"feed:{number}"


def test_what_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match="no feed at"):
        open_feed(tmp_path / "gone.jsonl")


def test_a_directory_is_its_files_merged_by_time(tmp_path):
    for name in GOLDENS:
        (tmp_path / name).write_bytes((GOLDEN / name).read_bytes().replace(b"TEST", b"REAL"))
    (tmp_path / ".hidden").write_text("no feed")
    records = list(open_feed(tmp_path))
    assert [header.source.rsplit("/")[-1] for header in headers_of(records)] == sorted(GOLDENS)
    times = [scan.t_received_tai_ns for scan in scans_of(records)]
    assert times == sorted(times) and len(times) == 7  # the two TDM want sensors
    assert len(sentences_of(records)) == 2


def test_an_empty_directory_says_so(tmp_path):
    (trouble,) = list(open_feed(tmp_path))
    assert "empty directory" in trouble.what


def test_standard_input_is_a_feed(monkeypatch):
    raw = (GOLDEN / "night.jsonl").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    records = list(open_feed("-"))
    assert records[0].source == "-" and len(scans_of(records)) == 3


def test_records_come_as_they_are_written():
    """A live pipe: the first scan is out before the second line exists."""
    lines = (GOLDEN / "night.jsonl").read_bytes().splitlines(keepends=True)
    out, inn = os.pipe()
    with os.fdopen(out, "rb") as reader, os.fdopen(inn, "wb", buffering=0) as writer:
        records = open_feed("live", stream=reader)
        writer.write(lines[0])
        assert isinstance(next(records), FeedHeader)
        writer.write(lines[1])
        assert isinstance(next(records), Scan)


@given(st.lists(st.lists(st.integers(0, 50), max_size=8), min_size=1, max_size=4))
def test_merging_loses_nothing_and_sorts_what_was_sorted(feeds):
    def scan(index, t):
        values = np.zeros((0, 4))
        return Scan(str(index), SensorKind.RADAR, Mode.TEST, t, np.zeros(0, dtype=np.int64), values, values)

    made = [[scan(index, t) for t in times] for index, times in enumerate(feeds)]
    merged = list(merge_feeds(iter(feed) for feed in made))
    assert [[one for one in merged if one.sensor_id == str(index)] for index in range(len(feeds))] == made
    if all(times == sorted(times) for times in feeds):
        assert [one.t_received_tai_ns for one in merged] == sorted(t for times in feeds for t in times)


def test_several_feeds_keep_their_order_at_ties(tmp_path):
    raw = (GOLDEN / "night.jsonl").read_bytes()
    paths = [tmp_path / name for name in ("b.jsonl", "a.jsonl")]
    for path in paths:
        path.write_bytes(raw)
    headers = headers_of(open_feeds(paths))
    assert [header.source for header in headers] == [str(path) for path in paths]


def test_a_directory_may_hold_more_files_than_a_process_may_open(tmp_path):
    header, radar, *_ = (GOLDEN / "night.jsonl").read_text().splitlines()
    for number in range(80):
        second = radar.replace("12:01:10", f"12:{number // 60:02d}:{number % 60:02d}")
        (tmp_path / f"{number:03d}.jsonl").write_text("\n".join([header, second]) + "\n")
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    records = open_feed(tmp_path)
    first = [next(records) for _ in range(81)]
    during = len(os.listdir("/proc/self/fd")) if before else 0
    assert during - before <= 1
    times = [scan.t_received_tai_ns for scan in scans_of([*first, *records])]
    assert len(times) == 80 and times == sorted(times)
