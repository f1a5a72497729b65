"""`vedette cue` and `vedette coverage`: answers for people and programs, and a sentence for each mistake."""

import json

import pytest
from tests.tidy.repository import ROOT

from vedette.doors.cli.main import main

NIGHT = ROOT / "docs" / "examples" / "night.jsonl"
SITES = ROOT / "docs" / "examples" / "night.toml"
FEW = ("--draws", "32", "--within-s", "90")


def run(capsys, *words):
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_coverage_gives_every_area_and_class_to_programs(capsys):
    code, out, _ = run(capsys, "coverage", "--region", "20,-30", "--minutes", "2", "--lost", "ir-east", *FEW, "--json")
    found = json.loads(out)
    assert code == 0 and found["within_s"] == 90.0 and found["sensors_lost"] == ["ir-east"]
    assert len(found["figures"]) == 2 * 6
    assert {figure["t_utc"][11:16] for figure in found["figures"]} == {"12:00", "12:01"}
    assert all(0.0 <= figure["probability"] <= 1.0 and figure["sigma"] > 0.0 for figure in found["figures"])


def test_coverage_draws_a_map_of_a_box_for_people(capsys):
    box = ("--region", "10,-40,30,0", "--cell-deg", "10", "--class", "medium-range")
    code, out, _ = run(capsys, "coverage", *box, "--noise-rise-db", "radar-north=6", *FEW)
    assert code == 0 and "radar-north: noise up by 6 dB" in out
    assert "worst class of each cell" in out and out.count("°N") == 8


def test_coverage_reads_areas_from_geojson(capsys, tmp_path):
    ring = [[-30.0, 20.0], [-20.0, 20.0], [-20.0, 30.0], [-30.0, 30.0], [-30.0, 20.0]]
    square = {"type": "Polygon", "coordinates": [ring]}
    place = {"type": "Point", "coordinates": [-25.0, 10.0]}
    features = [
        {"type": "Feature", "properties": {"name": "the square"}, "geometry": square},
        {"type": "Feature", "properties": {}, "geometry": place},
    ]
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    code, out, _ = run(capsys, "coverage", "--region", path, "--class", "space-launch", *FEW, "--json")
    assert code == 0
    assert [figure["area"] for figure in json.loads(out)["figures"]] == ["the square", "area 2"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--region", "95,0"), 2, "no place"),
        (("--region", "1,2,3,4,5"), 2, "LAT,LON"),
        (("--region", "missing.geojson"), 4, "no such GeoJSON"),
        (("--class", "enormous"), 4, "no launch class"),
        (("--lost", "nobody"), 4, "no sensor"),
        (("--noise-rise-db", "ir-east=loud"), 2, "NAME=DB"),
        (("--cloud-top-km", "9"), 2, "LOW,HIGH"),
        (("--minutes", "0"), 2, "at least one minute"),
    ],
)
def test_coverage_says_what_is_wrong(capsys, words, code, sentence):
    found, _, said = run(capsys, "coverage", *words)
    assert found == code and sentence in said and "Traceback" not in said


def test_a_garbled_geojson_is_a_sentence(capsys, tmp_path):
    for text in ("{", '{"type": "Polygon"}', '{"type": "LineString", "coordinates": []}', "[1]"):
        path = tmp_path / "bad.geojson"
        path.write_text(text)
        code, _, said = run(capsys, "coverage", "--region", path)
        assert code == 3 and "bad.geojson" in said


def test_cue_gives_volumes_and_beams_to_programs_and_a_table_to_people(capsys):
    words = ("cue", NIGHT, "O2", "--sensors", SITES, "--horizon-s", "200", "--step-s", "50")
    code, out, _ = run(capsys, *words, "--json")
    (one,) = json.loads(out)["cues"]
    assert code == 0 and one["object_id"] == "O2" and one["sensor_id"] == "radar"
    assert one["rise_utc"] <= one["best_utc"] <= one["set_utc"]
    best = one["at_best"]
    assert best["range_km"][0] < best["range_km"][1] and len(best["beams"]) == best["beam_count"] > 0
    assert sorted(best["ellipsoid"]["semi_axes_km"], reverse=True) == best["ellipsoid"]["semi_axes_km"]
    code, out, _ = run(capsys, *words)
    assert code == 0 and "rise" in out and "covers in" in out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("nothing.jsonl",), 4, "no such journal or feed"),
        ((NIGHT, "O9", "--sensors", SITES), 4, "no track O9"),
        ((NIGHT, "--sensors", SITES, "--sensor", "nobody"), 4, "no sensor"),
        ((NIGHT, "--sensors", "missing.toml"), 4, "no such sensors file"),
    ],
)
def test_cue_says_what_is_wrong(capsys, words, code, sentence):
    found, _, said = run(capsys, "cue", *words)
    assert found == code and sentence in said and "Traceback" not in said
