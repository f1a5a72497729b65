"""Every kind of bad input: one clear sentence, the right exit code, and the rest of the feed processed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made import GOLDEN, SENSORS, read, scans_of, sentences_of

from vedette.formats import FeedHeader, FeedSensor, Quarantined, open_feed, open_feeds
from vedette.reports import Mode, Scan

HEADER = '{"vedette_scan_file":1,"mode":"TEST"}'
REAL_HEADER = '{"vedette_scan_file":1,"mode":"REAL"}'


def scan_line(second=0, detections=None, **changes):
    fields = {
        "kind": "radar",
        "sensor_id": "radar-north",
        "mode": "TEST",
        "detections": [detection(second)] if detections is None else detections,
    }
    return json.dumps({**fields, **changes})


def detection(second=0, **changes):
    fields = {
        "t_measured_utc": f"2031-04-01T12:00:{second:02d}Z",
        "azimuth_deg": 10.0,
        "elevation_deg": 20.0,
        "range_km": 900.0,
        "azimuth_sigma_deg": 0.05,
        "elevation_sigma_deg": 0.05,
        "range_sigma_km": 0.03,
    }
    return {key: value for key, value in {**fields, **changes}.items() if value is not None}


def feed(*lines, header=HEADER, end="\n"):
    return "\n".join([header, *lines]) + end


GOOD = scan_line(1)
LAST = scan_line(9)
INFRARED = {
    "kind": "infrared",
    "sensor_id": "ir",
    "mode": "TEST",
    "detections": [
        {"t_measured_utc": "2031-04-01T12:00:05Z", "los_itrf": [0.5, 0.5, 0.5], "los_sigma_deg": 0.001},
    ],
}


# name, bad line (between two good scans), words of the sentence, good scans left
BAD_LINES = [
    ("garbled", "\x00\x17{{{]", ["garbled line"], 2),
    ("not-utf8", b'{"kind":"radar","sensor_id":"\xff\xfe","mode":"TEST","detections":[]}', ["garbled", "UTF-8"], 2),
    ("a-list", "[1, 2, 3]", ["object"], 2),
    ("a-number", "42", ["object"], 2),
    ("nested", "[" * 100_000, [], 2),
    ("half-a-line", scan_line(5)[:60], ["garbled"], 2),
    ("nan", scan_line(5).replace("900.0", "NaN"), ["NaN", "not measured"], 2),
    ("infinity", scan_line(5).replace("900.0", "-Infinity"), ["range is NaN or infinite"], 2),
    ("nan-as-text", scan_line(5, [detection(5, range_km="NaN")]), ["range is NaN or infinite", "not measured"], 2),
    ("no-sigma", scan_line(5, [detection(5, range_sigma_km=None)]), ["range without a sigma"], 2),
    ("negative-sigma", scan_line(5, [detection(5, range_sigma_km=-0.03)]), ["sigma of -0.03 km", "positive"], 2),
    ("zero-sigma", scan_line(5, [detection(5, azimuth_sigma_deg=0)]), ["azimuth with a sigma of 0 deg"], 2),
    ("metres-for-km", scan_line(5, [detection(5, range_km=900_000.0)]), ["range 900000 km", "metres"], 2),
    ("negative-range", scan_line(5, [detection(5, range_km=-1)]), ["range -1 km", "positive"], 2),
    ("mps-for-kmps", scan_line(5, [detection(5, range_rate_kmps=7500, range_rate_sigma_kmps=1)]), ["7500 km/s"], 2),
    ("azimuth-400", scan_line(5, [detection(5, azimuth_deg=400)]), ["azimuth 400 deg", "360"], 2),
    ("elevation-95", scan_line(5, [detection(5, elevation_deg=95)]), ["elevation 95 deg", "90"], 2),
    ("text-for-number", scan_line(5, [detection(5, range_km="far")]), ["range_km"], 2),
    ("wrong-unit-name", scan_line(5, [detection(5, range_m=900_000)]), ["range_m", "scan-file.md"], 2),
    ("nothing-measured", scan_line(5, [{"t_measured_utc": "2031-04-01T12:00:05Z"}]), ["measures nothing"], 2),
    ("no-time", scan_line(5, [detection(5, t_measured_utc=None)]), ["t_measured_utc"], 2),
    ("bad-time", scan_line(5, [detection(5, t_measured_utc="yesterday")]), ["yesterday", "UTC"], 2),
    ("day-that-never-was", scan_line(5, [detection(5, t_measured_utc="2031-02-30T00:00:00Z")]), ["2031-02-30"], 2),
    ("year-9999", scan_line(5, [detection(5, t_measured_utc="9999-01-01T00:00:00Z")]), ["9999"], 2),
    ("other-zone", scan_line(5, [detection(5, t_measured_utc="2031-04-01T12:00:05+02:00")]), ["time zone"], 2),
    ("empty-look-without-time", scan_line(5, []), ["empty look"], 2),
    ("unknown-kind", scan_line(5, kind="sonar"), ["sonar"], 2),
    ("unknown-field", scan_line(5, colour="red"), ["colour"], 2),
    ("no-sensor", scan_line(5, sensor_id=""), ["length"], 2),
    ("not-a-unit-vector", json.dumps(INFRARED), ["length 0.866"], 2),
    ("azel-without-a-place", json.dumps({**INFRARED, "detections": [
        {"t_measured_utc": "2031-04-01T12:00:05Z", "azimuth_deg": 1, "elevation_deg": 2, "los_sigma_deg": 0.001}
    ]}), ["without a place"], 2),
    ("position-in-metres", json.dumps({**INFRARED, "sensor_position_itrf_km": [42_164_000, 0, 0]}), ["metres"], 2),
    ("region-upside-down", scan_line(5, looked_at={
        "azimuth_min_deg": 0, "azimuth_max_deg": 90, "elevation_min_deg": 60, "elevation_max_deg": 5
    }), ["no region of the sky"], 2),
    ("huge-number", scan_line(5).replace("900.0", "9" * 400), [], 2),
    ("huge-exponent", scan_line(5).replace("900.0", "1e999999999"), ["range is NaN or infinite"], 2),
    ("mode-in-the-middle", scan_line(5, mode="REAL"), ["REAL scan in a TEST feed"], 2),
    ("second-header-of-another-mode", REAL_HEADER, ["a REAL feed offered as TEST"], 2),
    ("second-header-damaged", HEADER[:-3], ["header that cannot be read"], 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "words", "good"), BAD_LINES, ids=[row[0] for row in BAD_LINES])
def test_one_bad_line_costs_one_sentence_and_nothing_else(name, line, words, good):
    raw = b"\n".join(part if isinstance(part, bytes) else part.encode() for part in [HEADER, GOOD, line, LAST, ""])
    records = read(raw)
    told = sentences_of(records)
    assert len(told) == 1, [trouble.sentence for trouble in told]
    assert len(scans_of(records)) == good
    sentence = told[0].sentence
    assert sentence.startswith("feed:3") and told[0].cure and "\n" not in sentence and len(sentence) < 400
    for word in words:
        assert word in sentence
    assert told[0].exit_code == (6 if "mode" in name else 3)
    assert told[0].sha256 and told[0].excerpt and not told[0].is_kept


def test_a_bad_detection_does_not_cost_its_neighbours():
    line = scan_line(5, [detection(5), detection(5, azimuth_deg=400), detection(6)])
    records = read(feed(line))
    (trouble,) = sentences_of(records)
    (scan,) = scans_of(records)
    assert trouble.where == "feed:2 detection 2"
    assert len(scan) == 2 and scan.marks == ("detections-set-aside",)


def test_a_nan_costs_only_its_own_detection():
    line = scan_line(5, [detection(4), detection(5, range_km="HERE"), detection(6)]).replace('"HERE"', "NaN")
    records = read(feed(line))
    (trouble,) = sentences_of(records)
    (scan,) = scans_of(records)
    assert trouble.where == "feed:2 detection 2" and "NaN" in trouble.what and len(scan) == 2


# ---- the whole feed


def test_an_empty_feed_says_so():
    for raw in (b"", b"\n\n  \n", b"\xef\xbb\xbf"):
        (trouble,) = read(raw)
        assert "empty feed" in trouble.what and trouble.exit_code == 3


def test_a_feed_cut_off_in_its_last_line_keeps_what_was_whole():
    records = read(feed(GOOD, scan_line(5), LAST, end="")[:-40])
    (trouble,) = sentences_of(records)
    assert "cut off" in trouble.what and trouble.where == "feed:4"
    assert len(scans_of(records)) == 2


def test_a_last_line_without_its_newline_is_no_trouble():
    records = read(feed(GOOD, LAST, end=""))
    assert sentences_of(records) == [] and len(scans_of(records)) == 2


def test_test_data_offered_as_real_is_refused():
    records = read(feed(GOOD, LAST), mode=Mode.REAL)
    assert scans_of(records) == []
    (trouble,) = records
    assert trouble.exit_code == 6
    assert trouble.sentence == "feed:1: a TEST feed offered as REAL; run with --mode TEST, or give a REAL feed"


def test_real_data_offered_to_a_drill_is_refused_too():
    (trouble,) = read(feed(GOOD, header=REAL_HEADER), mode=Mode.EXERCISE)
    assert trouble.exit_code == 6


def test_test_scans_behind_a_real_header_are_refused():
    records = read(feed(GOOD, LAST, header=REAL_HEADER), mode=Mode.REAL)
    assert scans_of(records) == [] and {trouble.exit_code for trouble in sentences_of(records)} == {6}


def test_an_unknown_sensor_is_set_aside_by_the_header_or_by_the_sensors_file():
    listed = '{"vedette_scan_file":1,"mode":"TEST","sensors":["radar-north"]}'
    for records in (
        read(feed(GOOD, scan_line(2, sensor_id="radar-x"), LAST, header=listed)),
        read(feed(GOOD, scan_line(2, sensor_id="radar-x"), LAST), sensors={"radar-north": FeedSensor("radar-north")}),
    ):
        (trouble,) = sentences_of(records)
        assert trouble.what == "sensor 'radar-x' is unknown" and "radar-north" in trouble.cure
        assert len(scans_of(records)) == 2


def test_unsorted_times_are_kept_marked_and_said_once():
    records = read(feed(scan_line(5), scan_line(3), scan_line(4), scan_line(6)))
    (doubt,) = sentences_of(records)
    assert doubt.is_kept and doubt.exit_code == 0 and "goes back 2.000 s" in doubt.what
    assert [scan.marks for scan in scans_of(records)] == [(), ("unsorted",), ("unsorted",), ()]


def test_a_clock_that_jumps_back_is_kept_marked_and_said_once():
    times = ["10", "11", "08", "09"]
    lines = [scan_line(8, t_received_utc=f"2031-04-01T12:00:{second}Z") for second in times]
    records = read(feed(*lines))
    doubts = sentences_of(records)
    assert [doubt.is_kept for doubt in doubts] == [True]
    assert "the receiving clock goes back 3.000 s" in doubts[0].what
    assert [scan.marks for scan in scans_of(records)] == [(), (), ("clock-step",), ()]


def test_late_reports_are_marked():
    lines = [
        scan_line(5, t_received_utc="2031-04-01T12:00:06Z"),
        scan_line(3, t_received_utc="2031-04-01T12:00:07Z"),
        scan_line(6, t_received_utc="2031-04-01T12:00:08Z"),
    ]
    assert [scan.marks for scan in scans_of(read(feed(*lines)))] == [(), ("late",), ()]


def test_a_sensor_ahead_of_its_receiver_is_marked():
    records = read(feed(scan_line(30, t_received_utc="2031-04-01T12:00:06Z")))
    assert scans_of(records)[0].marks == ("clock-ahead",) and "24.000 s after" in sentences_of(records)[0].what


def test_missing_and_repeated_scans_are_marked():
    lines = [scan_line(second, sequence=sequence) for second, sequence in [(1, 7), (2, 8), (3, 8), (4, 12)]]
    records = read(feed(*lines))
    assert [scan.marks for scan in scans_of(records)] == [(), (), ("out-of-sequence",), ("gap",)]
    assert ["8 after 8" in sentences_of(records)[0].what, "9 to 11" in sentences_of(records)[1].what] == [True, True]


def test_one_feed_being_bad_costs_the_others_nothing(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"\x80garbage")
    (tmp_path / "b.jsonl").write_text(feed(GOOD, LAST))
    (tmp_path / "c.jsonl").write_text(feed(GOOD, header=REAL_HEADER))
    (tmp_path / "d.jsonl").write_bytes(b"")
    records = list(open_feed(tmp_path))
    assert len(scans_of(records)) == 2
    told = {trouble.where.rsplit("/")[-1]: trouble.exit_code for trouble in sentences_of(records)}
    assert told == {"a.jsonl": 3, "c.jsonl": 6, "d.jsonl": 3}


def test_a_feed_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_text(feed(GOOD))

    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    (trouble,) = list(open_feed(path))
    assert "Permission denied" in trouble.what and trouble.exit_code == 3


def test_a_flood_of_noise_is_counted_not_told():
    records = read(feed(GOOD, *["@"] * 5000, LAST))
    told = sentences_of(records)
    assert len(told) == 1001 and len(scans_of(records)) == 2
    assert told[-1].what == "4,000 more records that could not be used" and told[-1].exit_code == 3


# ---- never a crash, whatever the bytes


def check_records(records):
    for record in records:
        assert isinstance(record, FeedHeader | Scan | Quarantined)
        if isinstance(record, Quarantined):
            assert record.what and record.where and "\n" not in record.sentence and len(record.sentence) < 1000
            assert record.exit_code in (0, 3, 6)


GOLDENS = [path for path in sorted(GOLDEN.iterdir()) if path.suffix != ".md"]


@settings(max_examples=60)
@given(st.sampled_from(GOLDENS), st.data())
def test_mutated_bytes_never_crash_any_reader(path, data):
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 6))
        raw[at : at + length] = data.draw(st.binary(max_size=6))
    raw = raw[data.draw(st.integers(0, 3)) : data.draw(st.integers(0, len(raw)))]
    check_records(read(bytes(raw), sensors=data.draw(st.sampled_from([None, SENSORS]))))


WORDS = [
    *rb"""
"time" "velocity" "altitude" [ ] { } , : 1e400 NaN null <tdm > </tdm> <segment> <metadata> <!DOCTYPE&x> &x;
META_START META_STOP DATA_START DATA_STOP = CCSDS_TDM_VERS 2.0 RANGE ANGLE_1 1995-029T02:38:49 -1 PATH 1,2,1
TIME_SYSTEM UTC PARTICIPANT_1 RADAR-W "sensor_id" "vedette_scan_file" "mode"
""".split(),
    *(b"\n", b" ", b"\xff", b"\x00"),
]


@settings(max_examples=80)
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_words_in_any_order_never_crash_any_reader(words):
    check_records(read(b"".join(words), sensors=SENSORS))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_noise_never_crashes_any_reader(raw):
    check_records(read(raw, sensors=SENSORS))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.fixed_dictionaries({key: st.lists(json_values, max_size=4) | json_values for key in
                              ("time", "velocity", "altitude")}))  # fmt: skip
def test_telemetry_of_any_json_never_crashes(document):
    check_records(read(json.dumps(document)))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["kind", "sensor_id", "mode", "detections", "sequence", "looked_at", "marks",
                                        "t_received_utc", "sensor_position_itrf_km"]), json_values))  # fmt: skip
def test_scans_of_any_json_never_crash(changes):
    line = json.dumps({**json.loads(GOOD), **changes})
    check_records(read(feed(GOOD, line, LAST)))


def test_feeds_of_different_modes_do_not_mix(tmp_path):
    (tmp_path / "a.jsonl").write_text(feed(GOOD))
    (tmp_path / "b.jsonl").write_text(feed(scan_line(2, mode="REAL"), header=REAL_HEADER))
    records = list(open_feeds([tmp_path / "a.jsonl", tmp_path / "b.jsonl"]))
    assert {scan.mode for scan in scans_of(records)} == {Mode.TEST}
    (trouble,) = sentences_of(records)
    assert trouble.exit_code == 6 and "a REAL feed beside a TEST feed" in trouble.what
