"""`vedette scenario` and `vedette rehearse` from the command line."""

import json

from vedette.doors.cli import main
from vedette.formats import read_scans
from vedette.scenario import make_scenario, read_story
from vedette.sensing import read_sensors


def test_stories_are_listed_and_shown(capsys):
    assert main(["scenario", "list", "--json"]) == 0
    assert "two-launches" in [row["name"] for row in json.loads(capsys.readouterr().out)]
    assert main(["scenario", "show", "two-launches"]) == 0
    said = capsys.readouterr().out
    assert "L1: short-range-stretched" in said and "varied" in said
    assert main(["scenario", "show", "two-launches", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["launches"][0]["id"] == "L1"


def test_returns_alone_are_what_the_maker_made(tmp_path, capsys):
    assert main(["scenario", "run", "two-launches", "--seed", "3", "--out", str(tmp_path), "--returns-only"]) == 0
    made = make_scenario(read_story("two-launches"), 3)
    back = list(read_scans(tmp_path / "scans.jsonl"))
    assert [scan.values.tobytes() for scan in back] == [scan.values.tobytes() for scan in made.scans]
    assert read_sensors(tmp_path / "sensors.toml") == made.sensors
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert truth["seed"] == 3 and [one["id"] for one in truth["flights"]] == ["L1", "L2"]
    assert capsys.readouterr().out == ""


def test_trouble_has_its_exit_code_and_sentence(tmp_path, capsys):
    assert main(["scenario", "run", "no-such-story", "--out", str(tmp_path)]) == 4
    assert "two-launches" in capsys.readouterr().err
    assert main(["scenario", "run", "two-launches"]) == 2
    assert "--out" in capsys.readouterr().err
    assert main(["scenario", "run"]) == 2
    assert main(["scenario", "run", "two-launches", "--seed", "-1", "--out", str(tmp_path)]) == 2
    bad = tmp_path / "bad.toml"
    bad.write_text("title = 3\n")
    assert main(["scenario", "run", str(bad), "--out", str(tmp_path)]) == 3
    assert main(["rehearse", "--story", "no-such-night"]) == 4
