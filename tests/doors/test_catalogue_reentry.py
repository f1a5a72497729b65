"""`vedette catalogue reentry`, typed as a user would."""

import json

import pytest
from tests.catalogue.decay.test_forecast import DELTA
from tests.data import real_data
from tests.reality.falls import FLUX

from vedette.doors.cli import main
from vedette.time import tai_ns_from_utc_text


@pytest.fixture
def stage(tmp_path):
    path = tmp_path / "stage.tle"
    path.write_text(DELTA, encoding="utf-8")
    return path


def test_json_picture_and_message(stage, tmp_path, capsys):
    picture, message = tmp_path / "track.svg", tmp_path / "fall.rdm"
    words = ["catalogue", "reentry", str(stage), "--flux", str(real_data(*FLUX)), "--draws", "40", "--json"]
    assert main([*words, "--plot", str(picture), "--rdm", str(message), "--fell", "2019-06-10"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["window"][0] < told["t_utc"] < told["window"][1]
    assert told["fall"]["verdict"] == "natural"
    assert all(abs(point["lat_deg"]) < 24.6 for point in told["ground_track"]) and len(told["ground_track"]) > 100
    assert "<svg" in picture.read_text(encoding="utf-8")
    rows = dict(line.split(" = ", 1) for line in message.read_text(encoding="utf-8").splitlines() if " = " in line)
    rows = {key.strip(): value.strip() for key, value in rows.items()}
    assert rows["CCSDS_RDM_VERS"] == "1.0" and rows["INTERNATIONAL_DESIGNATOR"] == "1977-018B"
    assert tai_ns_from_utc_text(rows["NOMINAL_REENTRY_EPOCH"] + "Z") == tai_ns_from_utc_text(told["t_utc"])


def test_a_message_uses_only_the_keywords_of_the_blue_book(stage, tmp_path):
    figure = next(real_data("messages", "ccsds", "ccsds-ndm").rglob("508x1b1_figc_2_rdm.kvn"))
    sample = figure.read_text(encoding="utf-8")
    known = {line.split("=")[0].strip() for line in sample.splitlines() if "=" in line}
    known |= {  # CCSDS 508.1-B-1, tables 3-3 and 3-4; not in that figure
        "SOLAR_FLUX_PREDICTION", "REENTRY_UNCERTAINTY_METHOD", "ORBIT_LIFETIME_WINDOW_START",
        "ORBIT_LIFETIME_WINDOW_END", "ORBIT_LIFETIME_CONFIDENCE_LEVEL",
    }  # fmt: skip
    message = tmp_path / "fall.rdm"
    assert main(["catalogue", "reentry", str(stage), "--draws", "10", "--rdm", str(message)]) == 0
    said = {line.split("=")[0].strip() for line in message.read_text(encoding="utf-8").splitlines() if "=" in line}
    assert said <= known


def test_words_without_a_flux_file_say_so(stage, capsys):
    assert main(["catalogue", "reentry", str(stage), "--draws", "10"]) == 0
    assert "no file: constant F10.7 150" in capsys.readouterr().out


def test_what_is_missing_is_said(stage, tmp_path, capsys):
    assert main(["catalogue", "reentry"]) == 2
    assert main(["catalogue", "reentry", str(stage), "--id", "5"]) == 4
    bad = tmp_path / "flux.txt"
    bad.write_text("not a flux file\n", encoding="utf-8")
    assert main(["catalogue", "reentry", str(stage), "--flux", str(bad)]) == 3
    assert "neither of the two known formats" in capsys.readouterr().err
