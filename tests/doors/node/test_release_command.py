"""A policy is tried on a journal: what would leave, what would not and why, and what a partner could make of it."""

import json
from pathlib import Path

import pytest
from tests.tidy.repository import ROOT

from vedette.doors.cli import main
from vedette.sharing.release import example_policy_text

EXAMPLES = ROOT / "docs" / "examples"
LINES = 8


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first minutes of a recorded night."""
    folder = tmp_path_factory.mktemp("night")
    lines = (EXAMPLES / "night.jsonl").read_text(encoding="utf-8").splitlines()[:LINES]
    feed = folder / "night.jsonl"
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sensors = str(EXAMPLES / "night.toml")
    main(["watch", str(feed), "--sensors", sensors, "--json", "-q", "--data-dir", str(folder / "night")])
    (path,) = (folder / "night" / "journals").glob("*.sqlite")
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """The example, for every mode and everywhere."""
    text = example_policy_text().replace('areas = ["middle-sea"]', 'areas = ["everywhere"]')
    path = tmp_path / "SOUTH-A.toml"
    path.write_text(text.replace('modes = ["EXERCISE"]', 'modes = ["REAL", "EXERCISE", "TEST", "SIMULATED"]'))
    return path


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["node", "release", *words]) == code
    return capsys.readouterr().out


def test_the_example_is_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "--example") == example_policy_text()


def test_a_dry_run_tells_what_would_leave_under_which_name(
    journal: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(answer(capsys, str(journal), "--policy", str(policy), "--dry-run", "--json"))
    tracks = [one for one in told["released"] if one["class"] == "track"]
    assert tracks and all(one["told_as"].startswith("HERE-") for one in tracks)
    assert all(one["fields"]["sensors"] == "withheld: not granted" for one in tracks)
    lines = answer(capsys, str(journal), "--policy", str(policy), "--dry-run", "--jsonl").splitlines()
    messages = [json.loads(line) for line in lines]
    assert all(one["t_tai_ns"] % 1_000_000_000 == 0 for one in messages)
    content = json.dumps([one["content"] for one in messages])
    assert "HERE-" in content and '"radar"' not in content and "O1" not in content


def test_one_track_is_explained_field_by_field(
    journal: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(answer(capsys, str(journal), "--policy", str(policy), "--explain", "O1", "--json"))
    (track,) = [one for one in told["offers"] if one["own"] == "O1"]
    fields = {row["field"]: row for row in track["fields"]}
    assert track["is_released"] and track["grant"] == 2
    assert fields["sensors"]["own"] == ["radar"] and fields["sensors"]["told"] is None
    assert fields["sensors"]["how"] == "withheld: not granted"
    assert fields["position"]["own"] != fields["position"]["told"]
    assert "in steps of" in fields["position"]["how"]
    text = answer(capsys, str(journal), "--policy", str(policy), "--explain", "O1")
    assert "withheld: not granted" in text and "told as HERE-" in text


def test_where_nothing_is_granted_the_reason_is_told(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quiet.toml"
    path.write_text('version = 1\npeer = "SOUTH"\n')
    text = answer(capsys, str(journal), "--policy", str(path), "--dry-run")
    assert "released  nothing" in text and "released is no mode at all" in text


def test_what_is_not_there_is_said(journal: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["node", "release", str(journal), "--policy", str(policy), "--explain", "O99"]) == 4
    assert "tells of no 'O99'; there are" in capsys.readouterr().err
    assert main(["node", "release"]) == 2
    assert main(["node", "release", "nowhere.sqlite", "--policy", str(policy), "--dry-run"]) == 4


def test_a_careless_policy_is_warned_of_and_the_radar_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedette.doors.node.release_check._SATELLITES", 60)
    path = tmp_path / "careless.toml"
    path.write_text(
        'version = 1\npeer = "SOUTH"\nmodes = ["EXERCISE"]\n[[grant]]\nclass = "track"\nareas = ["everywhere"]\n'
        'cadence_s = 20\nposition_km = 0\nvelocity_mps = 0\ncovariance = "full"\n'
    )
    told = json.loads(answer(capsys, "--check", str(path), "--json", code=1))
    (attempt,) = told["attempts"]
    assert attempt["sensor"] == "radar-north" and attempt["distance_km"] < 50.0
    assert any("was placed within" in text for text in told["warnings"])
    assert any("short axes point at the sensor" in text for text in told["warnings"])


def test_the_example_draws_no_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedette.doors.node.release_check._SATELLITES", 60)
    path = tmp_path / "example.toml"
    path.write_text(example_policy_text())
    text = answer(capsys, "--check", str(path))
    assert "WARNING" not in text and "radar-north: placed" in text
