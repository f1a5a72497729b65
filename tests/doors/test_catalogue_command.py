"""`vedette catalogue`: load, show, where and identify, as typed."""

import json

import numpy as np
import pytest

from vedette.doors.cli.main import main
from vedette.formats.tle import read_tle
from vedette.motion.sgp4 import Sgp4
from vedette.time import tai_ns_from_utc_text

STATION = """ISS (ZARYA)
1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537
"""
AT = "2008-09-20T13:00:00.000Z"


@pytest.fixture
def kept(tmp_path):
    (tmp_path / "sets.tle").write_text(STATION + STATION.replace("2927", "2928"))
    return tmp_path


def run(capsys, *words):
    code = main(["catalogue", *map(str, words)])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_loading_keeps_what_is_good_names_what_is_not_and_twice_changes_nothing(kept, capsys):
    code, out, err = run(capsys, "load", kept / "sets.tle", "--data-dir", kept, "--json")
    said = json.loads(out)
    assert code == 3 and said["objects"] == 1 and said["files"][0]["new"] == 1 and "checksum" in err
    code, out, _ = run(capsys, "load", kept / "sets.tle", "--data-dir", kept, "--json")
    assert json.loads(out)["files"][0]["new"] == 0
    code, out, _ = run(capsys, "show", "--id", 25544, "--data-dir", kept, "--json")
    assert code == 0 and json.loads(out)[0]["name"] == "ISS (ZARYA)"
    assert json.loads(out)[0]["perigee_km"] == pytest.approx(345, abs=10)  # the station's height in 2008


def test_where_it_is_agrees_with_sgp4_and_grows_unsure(kept, capsys):
    run(capsys, "load", kept / "sets.tle", "--data-dir", kept)
    later = "2008-10-20T13:00:00Z"
    code, out, _ = run(capsys, "where", "--id", 25544, "--at", AT, "--at", later, "--data-dir", kept, "--json")
    rows = json.loads(out)
    state, _ = Sgp4.of(read_tle(STATION)[0]).states_teme(np.array([tai_ns_from_utc_text(AT)]))
    away_m = np.linalg.norm(state[0, 0, :3])
    assert code == 0 and np.linalg.norm(rows[0]["position_itrf_m"]) == pytest.approx(away_m, abs=0.01)
    assert np.linalg.norm(rows[0]["position_gcrf_m"]) == pytest.approx(away_m, abs=0.01)
    assert rows[1]["sigma_m"] > 10 * rows[0]["sigma_m"] and rows[1]["age_days"] == pytest.approx(30.02, abs=0.01)


def test_a_position_is_named_and_another_is_not(kept, capsys):
    run(capsys, "load", kept / "sets.tle", "--data-dir", kept)
    told = run(capsys, "where", "--id", 25544, "--at", AT, "--data-dir", kept, "--json")[1]
    place = json.loads(told)[0]["position_itrf_m"]
    asked = [{"name": "A", "t_utc": AT, "position_itrf_m": place},
             {"name": "B", "t_utc": AT, "position_itrf_m": [2e7, 1e7, 1e7]}]  # fmt: skip
    (kept / "unknown.json").write_text(json.dumps(asked))
    code, out, _ = run(capsys, "identify", kept / "unknown.json", "--elements", kept / "sets.tle", "--json")
    rows = json.loads(out)
    assert code == 0 and rows[0]["match"] == "ISS (ZARYA)" and rows[0]["distance_km"] < 0.001
    assert rows[1]["distance_km"] > 10_000


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["show", "--id", "1"], 4),
        (["where", "--id", "1"], 2),
        (["identify"], 2),
        (["load"], 2),
        (["load", "missing.tle"], 4),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, capsys, words, code):
    assert run(capsys, *words, "--data-dir", tmp_path)[0] == code


def test_files_of_something_else_are_refused_in_words(tmp_path, capsys):
    (tmp_path / "note.txt").write_text("no elements here\n")
    (tmp_path / "bad.json").write_text('[{"name": 1}]')
    code, _, err = run(capsys, "load", tmp_path / "note.txt", "--data-dir", tmp_path)
    assert code == 3 and "no element sets" in err
    code, _, err = run(capsys, "identify", tmp_path / "bad.json", "--elements", tmp_path / "note.txt")
    assert code == 3 and "bad.json" in err
