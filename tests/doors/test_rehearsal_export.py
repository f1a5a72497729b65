"""The pack as a data set: it is read by the ordinary door, holds no truth where answers are made, and is scored."""

import json
import shutil

import pytest

from vedette.doors import rehearsal_export
from vedette.doors.cli.main import main
from vedette.exercise.rehearse_stories import Pack, read_pack
from vedette.formats import read_scans
from vedette.reports import Claim
from vedette.scenario import make_scenario, read_story
from vedette.sensing import parse_sensors


@pytest.fixture
def small_pack(monkeypatch, tmp_path):
    """The two cheapest stories: one of claims, one of outages."""
    whole = read_pack("false-alarms")
    folder = tmp_path / "pack"
    folder.mkdir()
    for name in ("FA-02.toml", "FA-09.toml", "expected.toml"):
        shutil.copy(whole.folder / name, folder / name)
    expected = {key: whole.expected[key] for key in ("FA-02", "FA-09")}
    monkeypatch.setattr(rehearsal_export, "read_pack", lambda name: Pack(name, folder, expected))
    return folder


def test_what_is_exported_is_what_came_in_and_is_scored(small_pack, tmp_path, capsys):
    out = tmp_path / "set"
    assert main(["rehearse", "export", str(out), "--seeds", "2", "--quiet"]) == 0
    reports = out / "reports" / "FA-09" / "seed-1" / "reports.jsonl"
    made = make_scenario(read_story(small_pack / "FA-09.toml"), 1)
    assert [scan.values.tobytes() for scan in read_scans(reports)] == [scan.values.tobytes() for scan in made.scans]
    said = [json.loads(line) for line in reports.read_text(encoding="utf-8").splitlines() if '"claim"' in line]
    assert [row.get("count") for row in said] == [one.count for one in made.events if isinstance(one, Claim)]
    assert set(parse_sensors((reports.parent / "sensors.toml").read_text(encoding="utf-8"), "x")) == set(made.sensors)
    apart = "".join(path.name for path in (out / "reports").rglob("*"))
    assert "truth" not in apart and "expected" not in apart and (out / "truth" / "FA-02" / "seed-2.json").is_file()
    rows = [
        {"id": "FA-02", "seed": seed, "outcome": "DEGRADED", "hypotheses": [{"name": "common-fault", "probability": 1}]}
        for seed in (1, 2)
    ]
    rows.append({"id": "FA-09", "seed": 1, "outcome": "CAUTION", "hypotheses": []})
    answers = tmp_path / "answers.jsonl"
    answers.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    capsys.readouterr()
    assert main(["rehearse", "score", str(out), str(answers), "--json"]) == 1
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert (totals["asked"], totals["answered"], totals["passed"], totals["outcomes_as_expected"]) == (4, 3, 2, 2)


def test_a_folder_in_use_a_folder_without_truth_and_a_strange_answer_are_refused(small_pack, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x", encoding="utf-8")
    assert main(["rehearse", "export", str(tmp_path / "full")]) == 2
    assert main(["rehearse", "score", str(tmp_path / "full"), str(tmp_path / "a.jsonl")]) == 4
    assert main(["rehearse", "export"]) == 2 and main(["rehearse", "score"]) == 2
    said = capsys.readouterr().err
    assert "not empty" in said and "no exported pack" in said
