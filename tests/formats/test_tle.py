"""Two-line element sets: columns by hand, corrupt ones refused by name, whole catalogues accounted for."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data import real_data

from vedette.formats.tle import read_tle
from vedette.reports.elements import ElementSets
from vedette.time import utc_text_from_tai_ns

# the station's first public set (Kelso's column example, checksums as printed)
FIRST = "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927"
SECOND = "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537"


def test_the_columns_of_a_set_read_by_hand():
    sets, refused = read_tle(f"ISS (ZARYA)\n{FIRST}\n{SECOND}\n", "note")
    assert not refused and len(sets) == 1
    assert sets.number[0] == 25544 and sets.name == ("ISS (ZARYA)",) and sets.designator == ("1998-067A",)
    assert utc_text_from_tai_ns(int(sets.t_epoch_tai_ns[0]), 6) == "2008-09-20T12:25:40.104192Z"
    assert sets.inclination_rad[0] == np.radians(51.6416) and sets.eccentricity[0] == 0.0006703
    assert sets.mean_motion_radpmin[0] == pytest.approx(15.72125391 * 2 * np.pi / 1440, rel=1e-15)
    assert sets.bstar_per_er[0] == -0.11606e-4 and sets.revolution[0] == 56353
    assert sets.mean_motion_dot_radpmin2[0] == pytest.approx(-0.00002182 * 2 * np.pi / 1440**2, rel=1e-15)


@pytest.mark.parametrize(
    ("line", "at", "to", "words"),
    [
        (0, 68, "8", "checksum of line 1 is 7 and the line says 8"),
        (0, 22, "O", "does not keep its columns"),
        (0, 20, "4", "checksum"),
        (1, 2, "3", "its lines are of 25544 and 35544"),
    ],
)
def test_one_wrong_character_refuses_the_set_and_nothing_else(line, at, to, words):
    lines = [FIRST, SECOND]
    lines[line] = lines[line][:at] + to + lines[line][at + 1 :]
    sets, refused = read_tle("\n".join([FIRST, SECOND, "BAD", *lines, "GOOD", FIRST, SECOND]), "f")
    assert len(sets) == 2 and len(refused) == 1
    assert words in str(refused[0]) and "BAD" in str(refused[0]) and "f:4" in str(refused[0])


def test_a_set_of_another_theory_is_refused():
    other = FIRST[:62] + "4" + FIRST[63:68] + "1"
    assert "ephemeris type 4" in str(read_tle(f"{other}\n{SECOND}")[1][0])


def test_a_missing_line_is_named_and_the_next_set_is_read():
    sets, refused = read_tle("\n".join([FIRST, "NEXT", FIRST, SECOND, SECOND]), "f")
    assert len(sets) == 1 and sets.name == ("NEXT",)
    assert ["no line 2" in str(refused[0]), "no line 1" in str(refused[1])] == [True, True]


def test_a_lost_digit_is_no_other_number():
    short = SECOND[:29] + SECOND[30:]
    sets, refused = read_tle(f"{FIRST}\n{short}")
    assert len(sets) == 0 and "columns" in str(refused[0])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 68), st.integers(0, 1), st.characters(codec="latin-1"))
def test_no_single_change_passes_for_another_orbit(at, which, char):
    """A checksum knows a changed digit; a letter for a digit breaks the columns; what passes changes no number."""
    lines = [FIRST, SECOND]
    lines[which] = lines[which][:at] + char + lines[which][at + 1 :]
    sets, refused = read_tle("\n".join(lines))
    if len(sets):
        good = read_tle(f"{FIRST}\n{SECOND}")[0]
        assert sets.mean_motion_radpmin[0] == good.mean_motion_radpmin[0]
        assert sets.mean_anomaly_rad[0] == good.mean_anomaly_rad[0]
    else:
        assert refused or not lines[which].startswith(("1 ", "2 ")) or char in "\r\n\x0b\x0c\x1c\x1d\x1e\x85"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text):
    read_tle(text)


def test_tables_are_joined_and_taken_from():
    one, two = read_tle(f"A\n{FIRST}\n{SECOND}", "a")[0], read_tle(f"B\n{FIRST}\n{SECOND}", "b")[0]
    both = ElementSets.joined([one, two, one])
    assert len(both) == 3 and both.sources == ("a", "b") and both.source.tolist() == [0, 1, 0]
    last = both.take(np.array([2, 1]))
    assert last.name == ("A", "B") and last.source.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("day", "objects"),
    [("20061117", 9085), ("20160208", 15435), ("20190603", 17986), ("20250901", 28488)],
)
def test_every_object_of_a_public_catalogue_is_read(day, objects):
    text = gzip.decompress(real_data(f"catalogue/snapshots/{day}.tle.gz").read_bytes()).decode()
    sets, refused = read_tle(text, day)
    assert (len(sets), len(refused)) == (objects, 0)


def test_catalogue_numbers_with_a_letter_are_as_published():
    vectors = json.loads(real_data("messages/gpconf/vectors/alpha5.json").read_text())
    for letter, tens in vectors["letter_table"].items():
        lines = [f"{line[:2]}{letter}0001{line[7:68]}" for line in (FIRST, SECOND)]
        sets, refused = read_tle("\n".join(lines))
        assert not refused and sets.number[0] == 10_000 * tens + 1
    for letter in vectors["letters_never_used"]:
        lines = [f"{line[:2]}{letter}0001{line[7:68]}" for line in (FIRST, SECOND)]
        assert len(read_tle("\n".join(lines))[0]) == 0


@pytest.mark.parametrize("name", ["c1-checksum-digit", "c2-line-2-short", "c3-letter-in-epoch", "c4-line-2-missing"])
def test_corrupt_sets_are_refused_between_good_ones(name):
    folder = real_data("messages/gpconf/derived/corrupt-input")
    sets, refused = read_tle((folder / f"{name}.tle").read_text(), name)
    whole = read_tle((folder / "unedited-sets.tle").read_text())[0]
    assert sets.number.tolist() == [25544, 20453] and len(refused) == 1
    assert np.array_equal(sets.mean_anomaly_rad, whole.take(np.array([0, 2])).mean_anomaly_rad)
