"""Notices from JSON, CSV and the words of warnings; what is wrong is refused by itself, with its place and cure."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import BadInputError
from vedette.formats.hazard_text import read_hazard_text
from vedette.formats.notice_csv import read_notice_rows
from vedette.formats.notice_json import document_from_notice, notice_from_document, read_notices
from vedette.reports import Notice

PLAIN = {
    "id": "N1", "kind": "pre-launch", "party": "Northland", "mode": "SIMULATED", "issued_utc": "2031-03-31T06:00:00Z",
}  # fmt: skip
FULL = PLAIN | {
    "instrument": "launch-1988", "version": 3, "class_name": "intercontinental-ballistic", "count": 2,
    "grouping": "simultaneous", "windows": [{"from_utc": "2031-04-01T12:00:00Z", "to_utc": "2031-04-01T14:00:00Z"}],
    "planned_utc": "2031-04-01T12:30:00Z", "launch_areas": [{"lat_deg": 62.5, "lon_deg": -40.0, "radius_km": 30.0}],
    "hazard_areas": [
        {"polygon_deg": [[85.0, 0.0], [85.0, 120.0], [85.0, -120.0]], "role": "stage 1"},
        {"quadrant": "Pacific NW"},
    ],
    "azimuth_deg": [350.0, 10.0], "orbit": {"inclination_deg": 51.6}, "links": ["NAVAREA IV 123/31"],
    "releasable_to": ["Southland"], "question": "", "anomaly": True, "launched": False,
}  # fmt: skip


def one(document: object) -> Notice:
    return notice_from_document(document, "test", 0)


def test_a_notice_comes_back_as_it_was_written() -> None:
    notice = one(FULL)
    again = one(document_from_notice(notice))
    assert document_from_notice(again) == document_from_notice(notice)
    assert again.azimuth_rad == pytest.approx(np.radians([350.0, 10.0]))
    assert again.hazard_areas[0].corners_rad[1] == pytest.approx(np.radians([85.0, 120.0]))
    assert again.hazard_areas[1].name == "Pacific NW"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"windows": [{"from_utc": "2031-04-01T14:00:00Z", "to_utc": "2031-04-01T12:00:00Z"}]}, "before it begins"),
        ({"hazard_areas": [{"polygon_deg": [[0, 0], [1, 1], [0, 1], [1, 0]]}]}, "edge 1 crosses edge 3"),
        ({"azimuth_deg": [400.0, 10.0]}, "azimuth 400 is outside 0 to 360"),
        ({"launch_areas": [{"lat_deg": 200.0, "lon_deg": 0.0}]}, "latitude comes first"),
        ({"launch_areas": [{"quadrant": "Caspian NE"}]}, "no ocean quadrant"),
        ({"launch_areas": [{"lat_deg": 1.0, "lon_deg": 0.0, "radius_km": -2.0}]}, "not a radius"),
        ({"direction": "up"}, "no compass direction"),
        ({"direction": "N", "azimuth_deg": [0.0, 10.0]}, "give one of them"),
        ({"kind": "party"}, "Invalid enum value"),
        ({"issued_utc": "yesterday"}, "issued_utc"),
        ({"count": 0}, "not a number of launches"),
        ({"coutn": 1}, "unknown field"),
        ({"id": " "}, "must not be empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(change: dict[str, object], words: str) -> None:
    with pytest.raises(BadInputError, match="test") as trouble:
        one(PLAIN | change)
    assert words in str(trouble.value)


def test_one_bad_notice_loses_no_other() -> None:
    second, third = PLAIN | {"id": "N2", "count": -1}, PLAIN | {"id": "N3"}
    lines = [json.dumps(PLAIN), "{", json.dumps(second), json.dumps(third)]
    found = list(read_notices("\n".join(lines), "inbox", 0))
    assert [getattr(n, "notice_id", "refused") for n in found] == ["N1", "refused", "refused", "N3"]
    assert "inbox: line 2" in str(found[1])
    listed = list(read_notices(json.dumps([PLAIN, 7]), "inbox", 0))
    assert isinstance(listed[0], Notice)
    assert "inbox: notice 2" in str(listed[1])


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8), lambda x: st.lists(x, max_size=3)
                    | st.dictionaries(st.sampled_from([*FULL, "x"]), x, max_size=4), max_leaves=8))  # fmt: skip
def test_no_document_crashes_the_reader(document: object) -> None:
    if isinstance(document, dict):
        document = FULL | document
    for found in read_notices(json.dumps(document), "fuzz", 0):
        assert isinstance(found, Notice | BadInputError)


def test_a_spreadsheet_gives_the_same_notices() -> None:
    rows = (
        "id,kind,party,mode,issued_utc,from_utc,to_utc,launch_lat_deg,launch_lon_deg,launch_radius_km,direction,"
        "hazard_polygon_deg,launched\n"
        'N1,pre-launch,Northland,SIMULATED,2031-03-31T06:00:00Z,2031-04-01T12:00:00Z,2031-04-01T14:00:00Z,31,-29,20,SW,'
        '"28 -31, 28 -32, 29 -32",\n'
        "N2,post-launch,Northland,SIMULATED,2031-04-02T06:00:00Z,,,,,,,,yes\n"
        "N3,pre-launch,Northland,SIMULATED,2031-04-02T06:00:00Z,,,,,,,,perhaps\n"
    )
    first, second, third = read_notice_rows(rows, "sheet", 0)
    assert isinstance(first, Notice) and isinstance(second, Notice)
    assert first.azimuth_rad == pytest.approx(np.radians([202.5, 247.5]))
    assert first.launch_areas[0].radius_m == 20e3
    assert len(first.hazard_areas[0].corners_rad) == 3
    assert second.is_launched is True
    assert "line 4" in str(third) and "yes or no" in str(third)
    assert "unknown column 'speed'" in str(next(iter(read_notice_rows("id,speed\n", "sheet", 0))))


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("WITHIN 30 MILES OF 12-34.5N 045-12.3W", [{"lat_deg": 12.575, "lon_deg": -45.205, "radius_km": 55.56}]),
        ("1234N04512E RADIUS 10KM", [{"lat_deg": 12.56666667, "lon_deg": 45.2, "radius_km": 10.0}]),
        ("123456S 1234512W", [{"lat_deg": -12.58222222, "lon_deg": -123.75333333}]),
        (
            "BOUNDED BY 10-00N 020-00E, 10-00N 021-00E, 11-00N 021-00E, 10-00N 020-00E",
            [{"polygon_deg": [[10.0, 20.0], [10.0, 21.0], [11.0, 21.0]]}],
        ),
        (
            "A. 10-00N 020-00E, 10-00N 021-00E, 11-00N 021-00E. B. WITHIN 5 NM OF 30-00N 100-00W",
            [
                {"polygon_deg": [[10.0, 20.0], [10.0, 21.0], [11.0, 21.0]]},
                {"lat_deg": 30.0, "lon_deg": -100.0, "radius_km": 9.26},
            ],
        ),
    ],
)  # fmt: skip
def test_places_are_read_as_sailors_and_pilots_write_them(text: str, areas: list[dict[str, object]]) -> None:
    assert read_hazard_text(text).areas == areas


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("011200Z TO 011600Z APR 31", ("2031-04-01T12:00:00Z", "2031-04-01T16:00:00Z")),
        ("302200Z APR TO 010200Z MAY 2031", ("2031-04-30T22:00:00Z", "2031-05-01T02:00:00Z")),
        ("312200Z TO 010200Z JAN 31", ("2030-12-31T22:00:00Z", "2031-01-01T02:00:00Z")),
        ("B) 3104011200 C) 3104011600", ("2031-04-01T12:00:00Z", "2031-04-01T16:00:00Z")),
        ("2031-04-01T12:00Z TO 2031-04-01T16:00Z", ("2031-04-01T12:00:00Z", "2031-04-01T16:00:00Z")),
    ],
)
def test_times_are_read_as_sailors_and_pilots_write_them(text: str, window: tuple[str, str]) -> None:
    found = read_hazard_text(f"HAZARDOUS OPERATIONS {text} WITHIN 5 NM OF 30-00N 100-00W")
    assert found.windows == [{"from_utc": window[0], "to_utc": window[1]}]


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="0123456789NSEW-. ABCTOZRADIUSMILES'°\n", max_size=80))
def test_no_words_crash_the_reader(text: str) -> None:
    try:
        found = read_hazard_text(text)
    except BadInputError:
        return
    assert found.areas
