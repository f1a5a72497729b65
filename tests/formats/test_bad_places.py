"""Windows that run backwards, outlines that cross themselves, azimuth 400, areas over the pole and the date line.

The same trouble by every way in: JSON, spreadsheet, sailors' text, GeoJSON. One clear sentence each, what stands beside
it is kept, and what is right on the globe is right here.
"""

import json

import numpy as np
import pytest

from vedette.assessment.shelter import concerned
from vedette.core.errors import BadInputError
from vedette.formats.geojson import read_places
from vedette.formats.hazard_text import read_hazard_text
from vedette.formats.notice_csv import read_notice_rows
from vedette.formats.notice_json import notice_from_document, read_notices
from vedette.frames import geodesic_direct, geodesic_inverse, polygon_contains
from vedette.reports import Notice
from vedette.reports.place import Place

OVER_THE_POLE = [[80.0, 0.0], [80.0, 120.0], [80.0, -120.0]]
OVER_THE_DATE_LINE = [[-10.0, 170.0], [-10.0, -170.0], [10.0, 180.0]]
BOW_TIE = [[0.0, 0.0], [10.0, 10.0], [0.0, 10.0], [10.0, 0.0]]
NOTICE = {
    "id": "N1", "kind": "pre-launch", "party": "Northland", "mode": "TEST", "issued_utc": "2031-03-31T06:00:00Z",
    "windows": [{"from_utc": "2031-04-01T12:00:00Z", "to_utc": "2031-04-01T14:00:00Z"}],
}  # fmt: skip
BACKWARDS = [{"from_utc": "2031-04-01T14:00:00Z", "to_utc": "2031-04-01T12:00:00Z"}]
COLUMNS = "id,kind,party,mode,issued_utc,from_utc,to_utc,hazard_polygon_deg\n"
ROW = "{},pre-launch,Northland,TEST,2031-03-31T06:00:00Z,2031-04-01T{}:00:00Z,2031-04-01T14:00:00Z,{}\n"


def geojson(*outlines: list[list[float]]) -> str:
    features = [
        {
            "type": "Feature", "properties": {"name": f"area {number}", "name:ja": "海", "time_zone": "Asia/Tokyo"},
            "geometry": {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in [*outline, outline[0]]]]},
        }
        for number, outline in enumerate(outlines, 1)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"windows": BACKWARDS}, "the window ends at 2031-04-01T12:00:00Z, before it begins at 2031-04-01T14:00:00Z"),
        ({"hazard_areas": [{"polygon_deg": BOW_TIE}]}, "edge 1 crosses edge 3; list the corners in order"),
        ({"azimuth_deg": [400.0, 10.0]}, "azimuth 400 is outside 0 to 360; degrees clockwise from north"),
    ],
)  # fmt: skip
def test_a_notice_with_one_of_them_is_refused_alone(change: dict[str, object], sentence: str) -> None:
    text = "\n".join(json.dumps(one) for one in (NOTICE, NOTICE | {"id": "N2"} | change, NOTICE | {"id": "N3"}))
    first, second, third = read_notices(text, "inbox", 0)
    assert isinstance(first, Notice) and isinstance(third, Notice)
    assert isinstance(second, BadInputError) and sentence in str(second) and "inbox: line 2" in str(second)


def test_a_row_of_a_spreadsheet_with_one_of_them_is_refused_alone() -> None:
    bow_tie = '"' + ", ".join(f"{lat:g} {lon:g}" for lat, lon in BOW_TIE) + '"'
    rows = COLUMNS + ROW.format("N1", 12, "") + ROW.format("N2", 16, "") + ROW.format("N3", 12, bow_tie)
    first, second, third = read_notice_rows(rows, "sheet", 0)
    assert isinstance(first, Notice)
    assert "sheet: line 3" in str(second) and "before it begins" in str(second)
    assert "sheet: line 4" in str(third) and "crosses" in str(third)


def test_a_sailors_warning_with_one_of_them_becomes_no_notice() -> None:
    for text, words in (
        ("2031-04-01T16:00Z TO 2031-04-01T12:00Z WITHIN 5 NM OF 30-00N 100-00W", "before it begins"),
        ("B) 3104011600 C) 3104011200 WITHIN 5 NM OF 30-00N 100-00W", "before it begins"),
        ("BOUND BY 00-00N 000-00E, 10-00N 010-00E, 00-00N 010-00E, 10-00N 000-00E", "crosses"),
    ):
        found = read_hazard_text(text)
        with pytest.raises(BadInputError, match=words):
            notice_from_document(NOTICE | {"hazard_areas": found.areas, "windows": found.windows}, "text", 0)


def test_an_area_of_geojson_with_one_of_them_is_refused_alone() -> None:
    first, second, third = read_places(geojson(OVER_THE_POLE, BOW_TIE, OVER_THE_DATE_LINE), "areas")
    assert isinstance(first, Place) and isinstance(third, Place)
    assert "areas: feature 2 (area 2)" in str(second) and "crosses" in str(second)
    assert first.names == (("ja", "海"),) and first.time_zone == "Asia/Tokyo"


def corners_of(way: str, outline: list[list[float]]) -> np.ndarray:
    """The corners of an outline as a way in reads them."""
    if way == "geojson":
        (place,) = read_places(geojson(outline))
        assert isinstance(place, Place)
        return np.array(place.polygons[0][0])
    if way == "sheet":
        words = '"' + ", ".join(f"{lat:g} {lon:g}" for lat, lon in outline) + '"'
        (notice,) = read_notice_rows(COLUMNS + ROW.format("N1", 12, words), "sheet", 0)
    else:
        document = NOTICE | {"hazard_areas": [{"polygon_deg": outline}]}
        (notice,) = read_notices(json.dumps(document), "inbox", 0)
    assert isinstance(notice, Notice)
    return np.array(notice.hazard_areas[0].corners_rad)


@pytest.mark.parametrize("way", ["json", "sheet", "geojson"])
@pytest.mark.parametrize(
    ("outline", "inside", "outside"),
    [
        (OVER_THE_POLE, [(90.0, 0.0), (85.0, 60.0), (80.5, -1.0)], [(75.0, 0.0), (80.5, 60.0), (-90.0, 0.0)]),
        (OVER_THE_DATE_LINE, [(0.0, 180.0), (-9.0, -172.0), (-9.0, 172.0)], [(0.0, 0.0), (9.0, 172.0), (0.0, 168.0)]),
    ],
)
def test_areas_over_the_pole_and_the_date_line_hold_what_they_hold_on_the_globe(
    way: str, outline: list[list[float]], inside: list[tuple[float, float]], outside: list[tuple[float, float]]
) -> None:
    corners = corners_of(way, outline)
    places = np.radians(np.array([*inside, *outside]))
    assert polygon_contains(corners, *places.T).tolist() == [True] * len(inside) + [False] * len(outside)


def lane(*places: tuple[float, float], **properties: object) -> str:
    line = [[lon, lat] for lat, lon in places]
    geometry = {"type": "LineString", "coordinates": line}
    return json.dumps({"type": "Feature", "id": "R1", "properties": properties, "geometry": geometry})


def test_an_air_route_is_a_lane_of_its_width_over_the_date_line_and_near_the_pole() -> None:
    for places in (((50.0, 160.0), (60.0, -150.0)), ((85.0, 10.0), (86.0, -170.0)), ((0.0, 0.0), (0.0, 1.0))):
        (route,) = read_places(lane(*places, width_km=30.0))
        assert isinstance(route, Place)
        (lat_1, lon_1), (lat_2, lon_2) = np.radians(places)
        length_m, bearing, _ = geodesic_inverse(lat_1, lon_1, lat_2, lon_2)
        along = np.linspace(0.0, float(length_m), 41)
        lat, lon, onward = geodesic_direct(lat_1, lon_1, float(bearing), along)
        for off_m, is_in in ((0.0, True), (14e3, True), (-14e3, True), (17e3, False), (-17e3, False)):
            side = geodesic_direct(lat, lon, onward + np.pi / 2, off_m)
            assert concerned(route, side[0], side[1], 0.0).all() == is_in, (places, off_m)
            assert concerned(route, side[0], side[1], 0.0).any() == is_in, (places, off_m)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lane((0.0, 0.0)), "needs two places"),
        (lane((0.0, 0.0), (1.0, 1.0), width_km=-3), "width_km is -3"),
        (lane((0.0, 0.0), (1.0, 1.0)).replace("LineString", "Point"), "it is a Point"),
        (lane((0.0, 0.0), (100.0, 1.0)), "latitude 100"),
    ],
)
def test_a_lane_that_makes_no_sense_is_refused(text: str, words: str) -> None:
    (found,) = read_places(text)
    assert isinstance(found, BadInputError) and words in str(found)
