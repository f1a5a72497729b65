"""Orbit Mean-elements Messages in four forms: the same numbers from each, wrong ones refused by name."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.formats.omm import read_omm
from vedette.formats.tle import read_tle
from vedette.reports.elements import ElementSets
from vedette.time import utc_text_from_tai_ns

KVN = """CCSDS_OMM_VERS = 2.0
CREATION_DATE = 2020-01-01T00:00:00
ORIGINATOR = TEST
COMMENT a comment
OBJECT_NAME = TEST
OBJECT_ID = 2020-001A
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP/SGP4
EPOCH = 2019-12-09T16:38:29.363424
MEAN_MOTION = 15.50103472 [rev/day]
ECCENTRICITY = 0.0007417
INCLINATION = 51.6439 [deg]
RA_OF_ASC_NODE = 211.2001
ARG_OF_PERICENTER = 17.6667
MEAN_ANOMALY = 85.6398
EPHEMERIS_TYPE = 0
NORAD_CAT_ID = 799501621
BSTAR = 3.8792e-05
MEAN_MOTION_DOT = 1.764e-05
MEAN_MOTION_DDOT = 0
"""
FEWER_DIGITS = 2e-5  # half a unit of seven decimals of an eccentricity of 0.002, five digits of a drag term
COLUMNS = ("mean_motion_radpmin", "eccentricity", "inclination_rad", "node_teme_rad", "perigee_argument_rad",
           "mean_anomaly_rad", "bstar_per_er", "mean_motion_dot_radpmin2")  # fmt: skip


def assert_same(one: ElementSets, other: ElementSets, tolerance: float = 0.0):
    assert one.number.tolist() == other.number.tolist()
    assert np.abs(one.t_epoch_tai_ns - other.t_epoch_tai_ns).max() <= (1000 if tolerance else 0)
    for column in COLUMNS:
        assert np.allclose(getattr(one, column), getattr(other, column), rtol=tolerance, atol=tolerance * 1e-3)


def test_a_message_read_by_hand():
    sets, refused = read_omm(KVN.encode())
    assert not refused and sets.number[0] == 799501621 and sets.designator == ("2020-001A",)
    assert utc_text_from_tai_ns(int(sets.t_epoch_tai_ns[0]), 6) == "2019-12-09T16:38:29.363424Z"
    assert sets.mean_motion_radpmin[0] == pytest.approx(15.50103472 * 2 * np.pi / 1440, rel=1e-15)
    assert sets.bstar_per_er[0] == 3.8792e-05 and sets.inclination_rad[0] == np.radians(51.6439)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= TEME", "= EME2000", "REF_FRAME is EME2000"),
        ("= UTC", "= GPS", "TIME_SYSTEM is GPS"),
        ("SGP/SGP4", "SGP4-XP", "SGP4-XP"),
        ("0.0007417", "1.2", "not in [0, 1)"),
        ("15.50103472 [rev/day]", "15.50103472 [rad/min]", "should be rev/day"),
        ("15.50103472", "fifteen", "no number"),
        ("799501621", "7995016210", "nine digits"),
        ("799501621", "A0000", "nine digits"),
        ("BSTAR", "BTERM", "SGP4-XP"),
        ("BSTAR", "BSTER", "BSTER is no keyword"),
        ("CCSDS_OMM_VERS = 2.0", "CCSDS_OMM_VERS = 4.0", "version '4.0'"),
        ("2019-12-09", "2019-13-09", "2019-13-09"),
        ("MEAN_ANOMALY = 85.6398\n", "", "MEAN_ANOMALY is missing"),
        ("EPHEMERIS_TYPE = 0", "EPHEMERIS_TYPE = 4", "ephemeris type 4"),
    ],
)
def test_what_sgp4_would_get_wrong_is_refused_and_the_next_message_is_read(old, new, words):
    sets, refused = read_omm((KVN.replace(old, new) + KVN).encode(), "f")
    assert len(sets) == 1 and len(refused) == 1 and words in str(refused[0]) and "f: line 1" in str(refused[0])


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: ("{" + t).encode()),
                 st.text(max_size=200).map(lambda t: ("<omm>" + t).encode())))  # fmt: skip
def test_no_bytes_break_the_reader(raw):
    read_omm(raw)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(KVN)))
def test_a_message_cut_anywhere_is_whole_or_refused(end):
    """What is told is told whole: a file that ends early lacks keywords, and says so."""
    sets, refused = read_omm(KVN[:end].encode())
    assert len(sets) == 0 or not refused
    if len(sets):
        assert sets.mean_anomaly_rad[0] == np.radians(85.6398)


def test_all_forms_of_one_catalogue_agree():
    folder = real_data("messages/gpconf/derived/corrupt-input")
    table = read_omm((folder / "unedited-rows.csv").read_bytes())[0]
    assert_same(table, read_omm((folder / "unedited-array.json").read_bytes())[0])
    lines = read_tle((folder / "unedited-sets.tle").read_text())[0]
    assert_same(table.take(np.argsort(table.number)), lines.take(np.argsort(lines.number)), FEWER_DIGITS)
    for path in sorted(real_data("messages/gpconf/derived/kvn-variants").glob("v0[123467]*.[kx]*")):
        if "provenance" not in path.name:
            assert_same(table.take(np.array([0])), read_omm(path.read_bytes())[0], 1e-12)


@pytest.mark.parametrize("name", ["c5-cut-last-row.csv", "c5-cut-closing-bracket.json"])
def test_a_cut_file_gives_its_whole_messages_and_says_that_it_is_cut(name):
    sets, refused = read_omm((real_data("messages/gpconf/derived/corrupt-input") / name).read_bytes(), name)
    assert len(refused) == 1 and len(sets) >= 2


def test_real_messages_of_two_catalogues_are_read_in_both_forms():
    folder = real_data("messages/omm-real/omm/samples/real")
    for path in sorted((folder / "kvn").glob("*.omm")):
        kvn, refused = read_omm(path.read_bytes())
        assert not refused
        other = folder / "xml" / f"{path.stem}.xml"
        if other.exists():
            assert_same(kvn, read_omm(other.read_bytes())[0])


def test_invalid_messages_are_refused_each_with_its_reason():
    paths = [*real_data("messages/omm-real/omm/samples").glob("v*/invalid/*")]
    orekit = real_data("messages/ccsds/orekit/odm/omm")
    paths += [orekit / "OMM-wrong-keyword.txt", orekit / "OMM-number-format-error.txt"]
    assert len(paths) >= 14
    for path in paths:
        sets, refused = read_omm(path.read_bytes(), path.name)
        assert len(sets) == 0 and len(refused) == 1, path


def test_catalogue_numbers_as_published():
    vectors = json.loads(real_data("messages/gpconf/vectors/norad-cat-id-text.json").read_text())
    for one in vectors["valid"]:
        sets, _ = read_omm(KVN.replace("799501621", one["text"]).encode())
        assert sets.number.tolist() == [one["value"]]
    for one in vectors["invalid_in_omm"]:
        assert len(read_omm(KVN.replace("799501621", one["text"]).encode())[0]) == 0, one
