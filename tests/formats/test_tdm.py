"""Tracking Data Messages: good ones are understood, bad ones are refused with a sentence that names the line."""

from math import nan, radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data
from tests.formats.made import GOLDEN, SENSORS, headers_of, read, scans_of, sentences_of

from vedette.core.constants import SPEED_OF_LIGHT_MPS
from vedette.core.errors import UsageError
from vedette.formats import FeedSensor, format_tdm_kvn, parse_tdm_message
from vedette.reports import Mode, Scan, SensorKind
from vedette.time import tai_ns_from_utc_text

ONE_ULP = 2.3e-16
ANY_SENSOR = {name: FeedSensor(name, 1e-3, 1e-3, 10.0, 1.0) for name in ("DSS-24", "DSS-25", "NORTH", "WHM1", "HBSTK")}


def tdm(data, meta="", participants="PARTICIPANT_1 = RADAR-W\nPARTICIPANT_2 = OBJECT", system="UTC"):
    return (
        f"CCSDS_TDM_VERS = 2.0\nCREATION_DATE = 2026-01-01T00:00:00\nORIGINATOR = TEST\nMETA_START\n{participants}\n"
        f"TIME_SYSTEM = {system}\nANGLE_TYPE = AZEL\n{meta}\nMETA_STOP\nDATA_START\n{data}\nDATA_STOP\n"
    )


@pytest.mark.parametrize("name", ["pass.tdm.kvn", "pass.tdm.xml"])
def test_the_golden_pass_means_what_it_says(name):
    records = read(GOLDEN / name, sensors=SENSORS)
    (header,) = headers_of(records)
    assert (header.format, header.producer, header.sensors) == (f"tdm-{name[-3:]}", "TEST", ("RADAR-W",))
    assert sentences_of(records) == []
    first, second, third = scans_of(records)
    times = [int(scan.t_measured_tai_ns[0]) for scan in (first, second, third)]
    texts = ["1995-01-29T02:38:37Z", "1995-01-29T02:38:49Z", "1995-01-29T02:39:02Z"]
    assert times == [tai_ns_from_utc_text(text) for text in texts]
    assert first.values[0] == pytest.approx([radians(60.4991), radians(16.1932), 2_047_502.0, -5235.4], rel=ONE_ULP)
    assert first.sigmas[0].tolist() == [4e-4, 2.4e-4, 92.5, 1.0]
    expected = [radians(62.1435), radians(17.2761), 1_984_677.0, nan]
    assert second.values[0] == pytest.approx(expected, rel=ONE_ULP, nan_ok=True)
    assert np.isnan(third.values[0, [1, 3]]).all() and np.isnan(third.sigmas[0, [1, 3]]).all()
    assert third.mode is Mode.REAL


def test_kvn_and_xml_of_the_same_message_agree():
    folder = real_data("messages", "ccsds", "orekit", "tdm")
    pairs = [(path, folder / "xml" / f"{path.stem}.xml") for path in sorted(folder.glob("kvn/TDMExample*.txt"))]
    compared = 0
    for kvn, xml in pairs:
        if not xml.exists():
            continue
        one, other = (parse_tdm_message(path.read_bytes(), path.name) for path in (kvn, xml))
        assert len(one.segments) == len(other.segments)
        for mine, theirs in zip(one.segments, other.segments, strict=True):
            assert [(o.keyword, o.value) for o in mine.observations] == [
                (o.keyword, o.value) for o in theirs.observations
            ]
        as_read = [scans_of(read(path, sensors=ANY_SENSOR)) for path in (kvn, xml)]
        assert len(as_read[0]) == len(as_read[1])
        for mine, theirs in zip(*as_read, strict=True):
            assert mine.t_measured_tai_ns.tolist() == theirs.t_measured_tai_ns.tolist()
            assert mine.values.tobytes() == theirs.values.tobytes()
        compared += 1
    assert compared >= 7


def good_messages():
    folder = real_data("messages", "ccsds")
    return sorted([*folder.glob("orekit/tdm/*/TDMExample*"), *folder.glob("ccsds-ndm/*/*tdm*")])


def test_good_messages_of_others_are_understood_without_a_complaint():
    paths = good_messages()
    assert len(paths) >= 18
    for path in paths:
        message = parse_tdm_message(path.read_bytes(), path.name)
        assert message.troubles == [] and all(segment.is_usable for segment in message.segments), path
        assert sum(len(segment.observations) for segment in message.segments) >= 7


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("kvn/TDM-data-inconsistent-line.txt", 25, "3 words"),
        ("kvn/TDM-issue963.txt", 25, "3 words"),
        ("kvn/TDM-data-number-format-error.txt", 26, "this-is-not-a-number"),
        ("kvn/TDM-data-wrong-keyword.txt", 26, "WRONG_KEYWORD"),
        ("kvn/TDM-inconsistent-time-systems.txt", 28, "TCG"),
        ("kvn/TDM-metadata-number-format-error.txt", 17, "TRANSMIT_DELAY_1"),
        ("kvn/TDM-metadata-timesystem-not-implemented.txt", 6, "WRONG-TIME-SYSTEM"),
        ("kvn/TDM-metadata-wrong-keyword.txt", 16, "WRONG_KEYWORD"),
        ("xml/TDM-data-inconsistent-block.xml", 32, "without an epoch"),
        ("xml/TDM-data-number-format-error.xml", 47, "this-is-not-a-number"),
        ("xml/TDM-data-wrong-keyword.xml", 47, "WRONG_KEYWORD"),
        ("xml/TDM-external-doctype.xml", 2, "document type"),
        ("xml/TDM-inconsistent-time-systems.xml", 56, "TCG"),
        ("xml/TDM-metadata-number-format-error.xml", 24, "TRANSMIT_DELAY_1"),
        ("xml/TDM-metadata-timesystem-not-implemented.xml", 13, "WRONG-TIME-SYSTEM"),
        ("xml/TDM-metadata-wrong-keyword.xml", 23, "WRONG_KEYWORD"),
        ("xml/TDM-missing-participants.xml", 11, "PARTICIPANT_1"),
        ("xml/TDM-missing-timesystem.xml", 16, "TIME_SYSTEM"),
    ],
)
def test_bad_messages_of_others_are_refused_at_their_line(name, line, words):
    path = real_data("messages", "ccsds", "orekit", "tdm", *name.split("/"))
    troubles = parse_tdm_message(path.read_bytes(), path.name).troubles
    assert troubles and troubles[0].where == f"{path.name}:{line}"
    assert words in troubles[0].what and troubles[0].cure


def test_other_ccsds_messages_are_named_and_refused():
    folder = real_data("messages", "ccsds", "orekit")
    for path in [*sorted(folder.glob("odm/*/*.txt"))[:20], *sorted(folder.glob("cdm/*.txt"))[:5]]:
        records = read(path, sensors=ANY_SENSOR)
        assert scans_of(records) == [] and "not a TDM" in sentences_of(records)[0].what, path


# ---- what the metadata mean


def test_range_in_seconds_is_light_time_along_the_path():
    epoch = "2026-01-01T00:00:00"
    two_way = scans_of(read(tdm(f"RANGE = {epoch} 0.01", "PATH = 1,2,1\nRANGE_UNITS = s"), sensors=SENSORS))[0]
    one_way = scans_of(read(tdm(f"RANGE = {epoch} 0.01", "PATH = 2,1\nRANGE_UNITS = s"), sensors=SENSORS))[0]
    assert two_way.values[0, 2] == pytest.approx(0.005 * SPEED_OF_LIGHT_MPS, rel=ONE_ULP)
    assert one_way.values[0, 2] == pytest.approx(0.01 * SPEED_OF_LIGHT_MPS, rel=ONE_ULP)


@pytest.mark.parametrize(("system", "offset_s"), [("UTC", 0.0), ("TAI", -37.0), ("TT", -69.184), ("GPS", -18.0)])
def test_time_systems_differ_by_what_the_standards_say(system, offset_s):
    """In 2026 TAI - UTC = 37 s (Bulletin C), TT = TAI + 32.184 s, GPS = TAI - 19 s."""
    utc_tai_ns = tai_ns_from_utc_text("2026-01-01T00:00:00Z")
    for epoch in ("2026-01-01T00:00:00.000", "2026-001T00:00:00"):
        scan = scans_of(read(tdm(f"RANGE = {epoch} 900", system=system), sensors=SENSORS))[0]
        assert scan.t_measured_tai_ns[0] - utc_tai_ns == round(offset_s * 1e9)


def test_the_time_tag_is_moved_to_the_reflection_when_it_says_what_it_is():
    light_ns = round(1_498_962.29 / SPEED_OF_LIGHT_MPS * 1e9)  # 5 ms
    epoch_tai_ns = tai_ns_from_utc_text("2026-01-01T00:00:00Z")
    for meta, shift_ns in [("", 0), ("TIMETAG_REF = RECEIVE", -light_ns), ("TIMETAG_REF = TRANSMIT", light_ns)]:
        data = "RANGE = 2026-01-01T00:00:00 1498.96229\nANGLE_1 = 2026-01-01T00:00:00 10"
        (scan,) = scans_of(read(tdm(data, meta), sensors=SENSORS))
        assert scan.t_measured_tai_ns[0] - epoch_tai_ns == shift_ns and len(scan) == 1


def test_integrated_doppler_belongs_to_the_middle_of_its_interval():
    data = "DOPPLER_INTEGRATED = 2026-01-01T00:00:00 1.5"
    epoch_tai_ns = tai_ns_from_utc_text("2026-01-01T00:00:00Z")
    for reference, shift_ns in [("START", 5 * 10**8), ("MIDDLE", 0), ("END", -5 * 10**8)]:
        meta = f"INTEGRATION_INTERVAL = 1.0\nINTEGRATION_REF = {reference}"
        (scan,) = scans_of(read(tdm(data, meta), sensors=SENSORS))
        assert scan.t_measured_tai_ns[0] - epoch_tai_ns == shift_ns and scan.values[0, 3] == 1500.0


def test_corrections_are_applied_once():
    data = "RANGE = 2026-01-01T00:00:00 900.0"
    for applied, range_m in [("YES", 900_000.0), ("NO", 900_046.0)]:
        meta = f"CORRECTION_RANGE = 0.046\nCORRECTIONS_APPLIED = {applied}"
        (scan,) = scans_of(read(tdm(data, meta), sensors=SENSORS))
        assert scan.values[0, 2] == pytest.approx(range_m, rel=ONE_ULP)
    records = read(tdm(data, "CORRECTION_RANGE = 0.046"), sensors=SENSORS)
    assert scans_of(records) == [] and "CORRECTIONS_APPLIED" in sentences_of(records)[0].sentence


def test_two_values_at_one_instant_are_two_detections():
    data = "\n".join(f"{word} 2026-01-01T00:00:00 {value}" for word, value in
                     [("RANGE =", 900), ("ANGLE_1 =", 10), ("RANGE =", 950), ("ANGLE_1 =", 12)])  # fmt: skip
    (scan,) = scans_of(read(tdm(data), sensors=SENSORS))
    assert scan.values[:, 2].tolist() == [900_000.0, 950_000.0]
    assert scan.values[:, 0] == pytest.approx([radians(10), radians(12)], rel=ONE_ULP)


def test_western_azimuths_may_be_negative():
    (scan,) = scans_of(read(tdm("ANGLE_1 = 2026-01-01T00:00:00 -90"), sensors=SENSORS))
    assert scan.values[0, 0] == pytest.approx(radians(270), rel=ONE_ULP)


def test_several_segments_come_sorted_by_time():
    one = tdm("RANGE = 2026-01-01T00:00:05 900\nRANGE = 2026-01-01T00:00:07 901")
    other = tdm("RANGE = 2026-01-01T00:00:04 800\nRANGE = 2026-01-01T00:00:06 801").split("TEST\n")[1]
    records = read(one + other, sensors=SENSORS)
    assert [scan.values[0, 2] for scan in scans_of(records)] == [800_000.0, 900_000.0, 801_000.0, 901_000.0]
    assert sentences_of(records) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (tdm("RANGE = 2026-01-01T00:00:00 900000"), ["range 900000 km", "metres"]),
        (tdm("ANGLE_1 = 2026-01-01T00:00:00 400"), ["azimuth 400 deg"]),
        (tdm("ANGLE_2 = 2026-01-01T00:00:00 91"), ["elevation 91 deg"]),
        (tdm("RANGE = 2026-01-01T00:00:00 NaN"), ["NaN is not a number"]),
        (tdm("RANGE = 2026-01-01T00:00:00 -5"), ["range -5 km"]),
        (tdm("RANGE = 2026-13-01T00:00:00 900"), ["2026-13-01"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", system="TAI").replace("2026-01-01T0", "2026-13-01T0", 2), ["2026-13"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", "RANGE_UNITS = RU"), ["range units"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", "RANGE_MODULUS = 1000"), ["modulo 1000"]),
        (tdm("ANGLE_1 = 2026-01-01T00:00:00 9").replace("AZEL", "RADEC"), ["RADEC"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", "PATH = 1,2,3"), ["PATH = 1,2,3"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", "MODE = SINGLE_DIFF"), ["SINGLE_DIFF"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", participants="PARTICIPANT_1 = NOBODY"), ["NOBODY", "RADAR-W"]),
        (tdm("RECEIVE_FREQ = 2026-01-01T00:00:00 900"), ["RECEIVE_FREQ only"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900").replace("VERS = 2.0", "VERS = 7.0"), ["'7.0'"]),
        (tdm("RANGE = 2026-01-01T00:00:00 900", system="UT1"), ["UT1"]),
        ("CCSDS_TDM_VERS = 2.0\n", ["without a segment"]),
        ("<tdm version='2.0'><body/></tdm>", ["without a segment"]),
        ("<opm version='2.0'></opm>", ["'opm', not a TDM"]),
        ("<!DOCTYPE tdm [<!ENTITY a 'aaaa'>]><tdm version='2.0'>&a;</tdm>", ["document type"]),
    ],
)
def test_what_cannot_be_used_is_one_sentence(text, words):
    records = read(text, sensors=SENSORS)
    assert scans_of(records) == []
    (trouble,) = sentences_of(records)
    for word in words:
        assert word in trouble.sentence
    assert trouble.exit_code == 3 and trouble.where.startswith("feed:")


def test_a_tdm_without_sensors_asks_for_them():
    (trouble,) = sentences_of(read(GOLDEN / "pass.tdm.kvn"))
    assert "--sensors" in trouble.cure and "RADAR-W" in trouble.what


def test_unsorted_observations_are_sorted_and_said():
    records = read(tdm("RANGE = 2026-01-01T00:00:05 900\nRANGE = 2026-01-01T00:00:03 899"), sensors=SENSORS)
    (doubt,) = sentences_of(records)
    assert doubt.is_kept and "goes back 2.000 s" in doubt.what
    assert [scan.values[0, 2] for scan in scans_of(records)] == [899_000.0, 900_000.0]


def test_a_message_cut_off_keeps_what_was_whole():
    for name in ("pass.tdm.kvn", "pass.tdm.xml"):
        raw = (GOLDEN / name).read_bytes()
        records = read(raw[: raw.index(b"1984.677")], sensors=SENSORS)
        assert len(scans_of(records)) == 2 and any("cut off" in trouble.sentence for trouble in sentences_of(records))


def test_entities_are_never_expanded():
    laughs = "".join(f"<!ENTITY l{n} '&l{n - 1};&l{n - 1};'>" for n in range(1, 40))
    text = f"<!DOCTYPE tdm [<!ENTITY l0 'ha'>{laughs}]><tdm version='2.0'>&l39;</tdm>"
    for encoding in ("utf-8", "utf-16"):
        assert scans_of(read(text.encode(encoding), sensors=SENSORS)) == []


# ---- writing


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**13),
            st.floats(0, 2 * np.pi, exclude_max=True),
            st.floats(-np.pi / 2, np.pi / 2),
            st.floats(1.0, 1e8),
            st.floats(-2e4, 2e4),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda row: row[0],
    )
)
def test_what_is_written_is_read_back(rows):
    sigmas = np.array([[4e-4, 2.4e-4, 92.5, 1.0]])
    scans = [
        Scan("RADAR-W", SensorKind.RADAR, Mode.REAL, t, np.array([t]), np.array([row]), sigmas)
        for t, *row in sorted(rows)
    ]
    text = format_tdm_kvn(scans, originator="TEST", t_created_tai_ns=0, comment="made\nby a test")
    records = read(text, sensors=SENSORS)
    assert sentences_of(records) == []
    for one, other in zip(scans_of(records), scans, strict=True):
        assert one.t_measured_tai_ns.tolist() == other.t_measured_tai_ns.tolist()
        assert one.values == pytest.approx(other.values, rel=2 * ONE_ULP, abs=1e-300)


def test_only_radar_scans_are_written():
    scan = Scan("t", SensorKind.TELEMETRY, Mode.REAL, 1, np.array([1]), np.ones((1, 2)), np.ones((1, 2)))
    with pytest.raises(UsageError, match="t is no radar"):
        format_tdm_kvn([scan], originator="TEST", t_created_tai_ns=0)
