"""Exports: held against the documented structure of each format, and against the picture they were made from."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.doors.after_action.journals import drill, two_launches

from vedette.core.errors import UsageError
from vedette.doors.after_action.gathering import Stand, gather
from vedette.doors.cli.main import main
from vedette.doors.export import FORMATS, TABLES, export, export_picture, media_type
from vedette.doors.export.czml import czml_bytes, ellipsoid_90
from vedette.doors.export.exporting import _bytes
from vedette.doors.export.geojson import geojson_bytes, lines, polygons, polygons_of
from vedette.doors.export.kml import NAMESPACE, kml_bytes
from vedette.doors.export.scene import path_of, scene_of_journal, scene_of_picture
from vedette.doors.export.tables import COLUMNS, csv_bytes
from vedette.frames import itrf_from_geodetic, polygon_contains
from vedette.reports import Area
from vedette.time import tai_ns_from_utc_text

ONE_MILLIMETRE = 1e-3  # places are written to the millimetre
ONE_MILLISECOND_NS = 1_000_000  # instants too


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    return gather(two_launches(tmp_path_factory.mktemp("story"), cut_after_s=74.0), with_histories=False)


@pytest.fixture(scope="module")
def scene(gathered):
    return scene_of_journal(gathered)


def signed_area(ring):
    x, y = np.array(ring)[:, :2].T
    return 0.5 * float(x[:-1] @ y[1:] - y[:-1] @ x[1:])


def all_rings(geometry):
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [polygon for polygon in polygons]


# ---- GeoJSON


def test_geojson_is_longitude_first_and_right_handed(scene):
    told = json.loads(geojson_bytes(scene))
    assert told["type"] == "FeatureCollection" and len(told["features"]) >= 10
    ids = [one["id"] for one in told["features"]]
    assert len(ids) == len(set(ids))
    for one in told["features"]:
        assert one["type"] == "Feature" and one["properties"]["mode"] == "SIMULATED"
        geometry = one["geometry"]
        if geometry and geometry["type"] in ("Polygon", "MultiPolygon"):
            for outer, *holes in all_rings(geometry):
                assert outer[0] == outer[-1] and len(outer) >= 4 and signed_area(outer) > 0.0
                assert all(signed_area(hole) < 0.0 for hole in holes)
    (launch,) = (one for one in told["features"] if one["id"] == "O1/launch")
    said = scene.picture["objects"][0]["launch"]
    assert launch["geometry"]["coordinates"] == [said["lon_deg"], said["lat_deg"]]
    assert -40.0 < launch["geometry"]["coordinates"][0] < -20.0 < 25.0 < launch["geometry"]["coordinates"][1] < 40.0


def test_an_area_over_the_date_line_becomes_two_that_touch_it():
    found = polygons([10.0, 10.0, 12.0, 12.0], [179.0, -179.0, -179.0, 179.0])
    assert len(found) == 2
    for (ring,) in found:
        lons = [lon for lon, _ in ring]
        assert signed_area(ring) > 0.0 and max(lons) - min(lons) <= 1.0 and max(map(abs, lons)) == 180.0


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_an_area_round_a_pole_reaches_it(pole):
    side = 1.0 if pole > 0 else -1.0
    rings = [ring for (ring,) in polygons([side * 80.0] * 4, [0.0, 90.0, 180.0, -90.0])]
    assert all(signed_area(ring) > 0.0 and any(lat == pole for _, lat in ring) for ring in rings)
    lons = [lon for ring in rings for lon, _ in ring]
    assert min(lons) == -180.0 and max(lons) == 180.0


def circle(lat_deg, lon_deg, radius_deg, count=24):
    """Corners round a place, by turning vectors: right at the poles and the date line."""
    up = np.array([np.cos(np.radians(lat_deg)) * np.cos(np.radians(lon_deg)),
                   np.cos(np.radians(lat_deg)) * np.sin(np.radians(lon_deg)), np.sin(np.radians(lat_deg))])  # fmt: skip
    east = np.array([-np.sin(np.radians(lon_deg)), np.cos(np.radians(lon_deg)), 0.0])
    north = np.cross(up, east)
    turn = 2 * np.pi * np.arange(count) / count
    r = np.radians(radius_deg)
    vectors = np.cos(r) * up + np.sin(r) * (np.sin(turn)[:, None] * east + np.cos(turn)[:, None] * north)
    return (
        tuple(np.degrees(np.arcsin(np.clip(vectors[:, 2], -1, 1)))),
        tuple(np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))),
    )


def covers(found, lon, lat):
    """Even-odd on the flat map, as a reader of GeoJSON would."""
    count = 0
    for polygon in found:
        for ring in polygon:
            x, y = np.array(ring)[:, :2].T
            crosses = (y[:-1] > lat) != (y[1:] > lat)
            with np.errstate(divide="ignore", invalid="ignore"):
                at = x[:-1] + (lat - y[:-1]) / (y[1:] - y[:-1]) * (x[1:] - x[:-1])
            count += int(np.count_nonzero(crosses & (at > lon)))
    return count % 2 == 1


@given(
    lat=st.floats(-85, 85), lon=st.floats(-180, 180), radius=st.floats(0.5, 12),
    bearing=st.floats(0, 2 * np.pi), share=st.floats(0.05, 1.6),
)  # fmt: skip
@settings(max_examples=60)
def test_the_flat_map_covers_what_the_globe_does(lat, lon, radius, bearing, share):
    """A place well inside (or outside) the area on the globe is so on the flat map, wherever it was cut."""
    if 0.85 < share < 1.15:
        return  # too near the edge: chords and arcs differ
    lats, lons = circle(lat, lon, radius)
    place_lat, place_lon = circle(lat, lon, radius * share, count=360)
    index = int(np.degrees(bearing)) % 360
    place = place_lat[index], place_lon[index]
    if abs(abs(place[1]) - 180.0) < 1e-3 or abs(place[0]) > 89.9:
        return
    corners = np.radians(np.column_stack([lats, lons]))
    on_globe = bool(polygon_contains(corners, np.radians(place[0]), np.radians(place[1])))
    assert covers(polygons(lats, lons), place[1], place[0]) == on_globe == (share < 1.0)


@pytest.mark.parametrize(("lat", "lon"), [(30.0, 20.0), (30.0, 179.0), (86.0, 10.0), (84.0, 40.0), (-87.0, -130.0)])
def test_a_ring_leaves_out_its_middle_wherever_it_lies(lat, lon):
    far, near = circle(lat, lon, 8.0, 36), circle(lat, lon, 3.0, 36)
    ring = Area(probability=0.9, shape="ring", lat_deg=far[0] + near[0], lon_deg=far[1] + near[1], area_km2=1.0)
    found = polygons_of(ring)
    between, inside = circle(lat, lon, 5.5, 8), circle(lat, lon, 1.0, 8)
    for at, is_in in ((between, True), (inside, False)):
        for place_lat, place_lon in zip(*at, strict=True):
            assert covers(found, place_lon + 0.01, place_lat + 0.01) == is_in


LONS = (178.0, 179.5, -179.0)


def test_a_trail_over_the_date_line_is_cut_at_it():
    places = [itrf_from_geodetic(np.radians(10.0 + i), np.radians(lon), 1e5) for i, lon in enumerate(LONS)]
    path = path_of([Stand(i * 10**9, tuple(p), (0.0, 0.0, 0.0), None) for i, p in enumerate(places)])
    (first, second), (times, later) = lines(path)
    assert first[-1][0] == 180.0 and second[0][0] == -180.0 and first[-1][1:] == second[0][1:]
    assert first[-1][1] == pytest.approx(11.0 + 0.5 / 1.5)
    assert times[-1] == later[0] == pytest.approx(4e9 / 3.0)
    assert times == sorted(times) and [round(lon, 6) for lon, _, _ in first[:2]] == [178.0, 179.5]


# ---- CZML: names and shapes of the CZML Guide


def test_czml_begins_with_the_document_and_its_clock(scene):
    packets = json.loads(czml_bytes(scene))
    head = packets[0]
    assert head["id"] == "document" and head["version"] == "1.0" and head["name"].startswith("SIMULATED")
    start, end = head["clock"]["interval"].split("/")
    assert start == head["clock"]["currentTime"] < end
    ids = [one["id"] for one in packets]
    assert len(ids) == len(set(ids)) and {"object/O1", "sensor/radar-north"} <= set(ids)


def test_czml_places_are_those_of_the_tracks(scene):
    (one,) = (p for p in json.loads(czml_bytes(scene)) if p["id"] == "object/O1")
    place, path = one["position"], scene.paths["O1"]
    assert place["referenceFrame"] == "FIXED"
    rows = np.array(place["cartesian"]).reshape(-1, 4)
    assert np.all(np.diff(rows[:, 0]) > 0.0) and len(rows) == len(path) > 1
    assert np.abs(rows[:, 1:] - path.positions_itrf_m).max() <= ONE_MILLIMETRE
    epoch = tai_ns_from_utc_text(place["epoch"])
    times = [epoch + round(t * 1e9) for t in rows[:, 0]]
    assert max(abs(a - b) for a, b in zip(times, path.t_tai_ns, strict=True)) <= 2 * ONE_MILLISECOND_NS
    first, last = one["availability"].split("/")
    assert abs(tai_ns_from_utc_text(first) - path.t_tai_ns[0]) <= ONE_MILLISECOND_NS
    for key, inside in (("radii", one["ellipsoid"]["radii"]), ("turns", one["orientation"])):
        spans = [row["interval"].split("/") for row in inside]
        assert all(a < b for a, b in spans), key
        assert [b for _, b in spans[:-1]] == [a for a, _ in spans[1:]], key
        assert spans[-1][1] <= max(last, spans[-1][1])


def test_czml_holds_nothing_from_outside_and_colours_of_four(scene):
    text = czml_bytes(scene).decode()
    assert "http" not in text and "uri" not in text

    def colours(value):
        if isinstance(value, dict):
            if "rgba" in value:
                yield value["rgba"]
            for one in value.values():
                yield from colours(one)
        elif isinstance(value, list):
            for one in value:
                yield from colours(one)

    found = list(colours(json.loads(text)))
    assert found and all(len(one) == 4 and all(0 <= x <= 255 for x in one) for one in found)


@given(st.lists(st.floats(-3, 3), min_size=9, max_size=9), st.floats(0.1, 1e4))
@settings(max_examples=40)
def test_the_ellipsoid_is_that_of_the_covariance(entries, size):
    """Radii and turn give the covariance back, by the rotation matrix of a quaternion written out again here."""
    root = np.array(entries).reshape(3, 3) + 4.0 * np.eye(3)
    cov = size**2 * root @ root.T
    radii, (x, y, z, w) = ellipsoid_90(cov)
    assert x * x + y * y + z * z + w * w == pytest.approx(1.0, abs=1e-7)
    turn = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    chi_square_3_90 = 6.251388631170325  # tables of the chi-square distribution, three degrees of freedom
    back = turn @ np.diag(np.square(radii)) @ turn.T / chi_square_3_90
    if min(radii) > 1.0:  # smaller ones are drawn as a metre
        assert np.abs(back - cov).max() <= 1e-2 * np.abs(cov).max()  # radii are written to the centimetre


# ---- KML


def test_kml_keeps_the_order_of_elements_of_its_schema(scene):
    """Placemark: name, description, time, style, geometry [OGC 07-147r2, 9.11]; longitude, latitude, metres."""
    root = etree.fromstring(kml_bytes(scene))
    assert root.tag == f"{{{NAMESPACE}}}kml"
    order = ["name", "description", "TimeSpan", "styleUrl", "Point", "LineString", "Polygon", "MultiGeometry"]
    marks = root.iter(f"{{{NAMESPACE}}}Placemark")
    styles = {f"#{one.get('id')}" for one in root.iter(f"{{{NAMESPACE}}}Style")}
    count = 0
    for mark in marks:
        count += 1
        names = [etree.QName(child).localname for child in mark]
        assert names == sorted(names, key=order.index)
        assert mark.findtext(f"{{{NAMESPACE}}}name").startswith("SIMULATED ")
        assert mark.findtext(f"{{{NAMESPACE}}}styleUrl") in styles
        for one in mark.iter(f"{{{NAMESPACE}}}coordinates"):
            for place in one.text.split():
                lon, lat, _ = map(float, place.split(","))
                assert -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0
    assert count >= 6


def test_kml_is_valid_by_the_schema(scene):
    fastkml = pytest.importorskip("fastkml", reason="the schema of KML 2.2 comes with fastkml")
    folder = Path(fastkml.__file__).parent / "schema"
    schema = etree.XMLSchema(etree.parse(str(folder / "ogckml22.xsd")))
    assert schema.validate(etree.fromstring(kml_bytes(scene))), schema.error_log


# ---- tables


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_units_in_their_headings_and_a_mode_in_every_row(scene, table):
    rows = list(csv.DictReader(io.StringIO(csv_bytes(scene, table).decode(), newline="")))
    assert rows and all(None not in row and row["mode"] == "SIMULATED" for row in rows)
    units = ("_deg", "_m", "_mps", "_m2", "_km", "_km2", "_s", "_ns", "_db", "probability", "corner", "reports")
    numbers = [column.name for column in COLUMNS[table] if column.kind in ("number", "count")]
    assert all(name.endswith(units) for name in numbers)
    for row in rows:
        for name in numbers:
            assert row[name] == "" or np.isfinite(float(row[name]))


def test_the_table_of_objects_is_the_picture(scene):
    (row,) = csv.DictReader(io.StringIO(csv_bytes(scene, "objects").decode(), newline=""))
    one = scene.picture["objects"][0]
    assert (row["object_id"], row["class"]) == (one["id"], one["class"])
    assert float(row["launch_lat_deg"]) == one["launch"]["lat_deg"]
    assert float(row["probability"]) == max(one["probabilities"].values())


def test_a_spreadsheet_runs_nothing_that_others_wrote(scene):
    picture = {**scene.picture, "events": [{**scene.picture["events"][0], "text": '=HYPERLINK("http://x")'}]}
    (row,) = csv.DictReader(io.StringIO(csv_bytes(replace(scene, picture=picture), "events").decode(), newline=""))
    assert row["text"].startswith("'=")


@pytest.mark.parametrize("table", TABLES)
def test_parquet_holds_the_same_rows(scene, table, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="Parquet needs the analytics extra")
    path = tmp_path / "table.parquet"
    path.write_bytes(_bytes(scene, "parquet", table))
    with duckdb.connect() as base:
        found = base.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in found.description]
        rows = found.fetchall()
    told = list(csv.reader(io.StringIO(csv_bytes(scene, table).decode(), newline="")))
    assert names == told[0] and len(rows) == len(told) - 1
    for row, cells in zip(rows, told[1:], strict=True):
        for value, cell in zip(row, cells, strict=True):
            if isinstance(value, bool) or value is None or isinstance(value, str):
                assert (cell or None) == (str(value).lower() if isinstance(value, bool) else value)
            else:
                assert float(cell) == value


def test_without_duckdb_parquet_is_refused_with_the_cure(scene, monkeypatch, tmp_path):
    monkeypatch.setattr("vedette.doors.export.parquet.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"vedette\[analytics\]"):
        export(tmp_path / "never-opened.sqlite", "parquet")


# ---- all of them


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_scene_gives_the_same_bytes(scene, format):
    if format == "parquet":
        pytest.importorskip("duckdb")
    assert _bytes(scene, format, "objects") == _bytes(scene, format, "objects")
    assert "/" in media_type(format)


def test_one_picture_can_be_exported_too(gathered):
    told = json.loads(export_picture(gathered.picture, "geojson"))
    assert {one["id"] for one in told["features"]} >= {"O1/launch", "O1/track", "sensor/radar-north"}
    scene = scene_of_picture(gathered.picture)
    assert json.loads(czml_bytes(scene))[0]["id"] == "document"
    etree.fromstring(kml_bytes(scene))


def test_the_command_takes_the_format_from_the_name(tmp_path, capsys):
    journal = drill(tmp_path)
    out = tmp_path / "launch.geojson"
    assert main(["export", str(journal), "-o", str(out), "-q"]) == 0
    assert json.loads(out.read_bytes())["vedette"]["mode"] == "EXERCISE"
    capsys.readouterr()  # what making the journal said
    assert main(["export", str(journal), "--format", "csv", "--table", "alerts", "--at", "T+60", "-q"]) == 0
    assert capsys.readouterr().out.startswith("mode,alert_id,")
    assert main(["export", str(journal), "-o", str(tmp_path / "launch.doc")]) == 2
    assert "--format czml" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "none.sqlite"), "--format", "kml"]) == 4
