"""`vedette shelter`: what it reads, refuses and shows; the engine's part is told by a cloud thrown by hand."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from tests.assessment.clouds import T0, thrown

from vedette.assessment.launch_fit import Cloud
from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.doors import shelter_report
from vedette.doors.cli.main import main
from vedette.doors.shelter_report import ShelterOptions, run_shelter
from vedette.engine import Session
from vedette.reports import Mode


@dataclass
class Summary:
    id: str
    phase: str = "coast"


@dataclass
class Follower:
    cloud: Cloud

    def objects(self) -> tuple[Summary, ...]:
        return (Summary("O1"), Summary("O2"), Summary("O3", "down"))

    def cloud_of(self, object_id: str) -> Cloud | None:
        return self.cloud if object_id != "O2" else None


@dataclass
class Picture:
    followers: dict[str, Follower]
    t_now_tai_ns: int | None = T0
    session: Session = field(default_factory=lambda: Session(mode=Mode.SIMULATED, feeds=("x",)))


def areas(path: Path, cloud: Cloud, *more: object) -> Path:
    lat, lon = np.degrees([cloud.impact_lat_rad[0], cloud.impact_lon_rad[0]])
    ring = [[lon + e, lat + n] for e, n in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5))]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "Port"}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, *more]}), encoding="utf-8")
    return path


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    cloud = thrown(10.0, 179.0, 80.0)
    monkeypatch.setattr(shelter_report, "picture_at", lambda _: Picture({"f": Follower(cloud)}))
    return cloud


def test_a_table_a_map_and_the_same_in_json(
    seen: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # over the date line
    file = areas(tmp_path / "a.geojson", seen)
    assert run_shelter(ShelterOptions(feed=tmp_path, areas=file)) == 0
    shown = capsys.readouterr().out
    assert "SIMULATED  O1" in shown and "O2" not in shown and "O3" not in shown
    assert "Port" in shown and "take-shelter" in shown and "L launch, X end" in shown
    assert run_shelter(ShelterOptions(feed=tmp_path, areas=file, is_json=True, latency_s=30.0)) == 0
    document = json.loads(capsys.readouterr().out)
    (one,) = document["objects"]
    assert document["mode"] == "SIMULATED" and one["object_id"] == "O1" and one["added"] == ["Port"]
    (area,) = one["areas"]
    assert area["impact_probability"] > 0.9 and area["impact_seconds"] > 60.0 and len(one["corridor"]) == 41
    before = tmp_path / "before.json"
    one["told"].append({"name": "Gone", "level": "take-shelter", "probability": 0.5})
    before.write_text(json.dumps(document))
    run_shelter(ShelterOptions(feed=tmp_path, areas=file, since=before))
    shown = capsys.readouterr().out
    assert "since then: 0 added, 1 dropped" in shown and "Gone" in shown and "told before, and no more" in shown


def test_a_bad_area_is_said_and_costs_no_other(
    seen: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = areas(tmp_path / "a.geojson", seen, {"type": "Feature", "id": "bow", "geometry": {
        "type": "Polygon", "coordinates": [[[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]]]
    }})  # fmt: skip
    assert run_shelter(ShelterOptions(feed=tmp_path, areas=file)) == 3
    said = capsys.readouterr()
    assert "Port" in said.out and "feature 2 (bow)" in said.err and "crosses" in said.err


def test_over_the_pole_there_is_an_answer_and_no_map(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = thrown(84.0, 30.0, 0.0)
    monkeypatch.setattr(shelter_report, "picture_at", lambda _: Picture({"f": Follower(cloud)}))
    ring = [[lon, 84.5] for lon in range(-180, 180, 30)]
    cap = {"type": "Feature", "id": "cap", "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}
    file = tmp_path / "cap.geojson"
    file.write_text(json.dumps(cap))
    assert run_shelter(ShelterOptions(feed=tmp_path, areas=file)) == 0
    shown = capsys.readouterr().out
    assert "cap" in shown and "100.0 %" in shown and "no map" in shown


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"object_id": "O9"}, NotFoundError, "there are O1, O2, O3"),
        ({"object_id": "O2"}, NotFoundError, "no launch fits O2"),
        ({"latency_s": -1.0}, UsageError, "give seconds"),
        ({"areas": Path("/nowhere.geojson")}, NotFoundError, "no such file of areas"),
        ({"levels": Path("/nowhere.toml")}, NotFoundError, "no such file of levels"),
        ({"since": Path("/nowhere.json")}, NotFoundError, "no such file"),
    ],
)
def test_what_is_not_there_is_said(
    seen: Cloud, tmp_path: Path, change: dict[str, object], error: type[Exception], words: str
) -> None:
    options = {"feed": tmp_path, "areas": areas(tmp_path / "a.geojson", seen)} | change
    with pytest.raises(error, match=words):
        run_shelter(ShelterOptions(**options))


def test_files_of_something_else_are_bad_input(seen: Cloud, tmp_path: Path) -> None:
    file, wrong = areas(tmp_path / "a.geojson", seen), tmp_path / "wrong"
    wrong.write_text("[]")
    for name in ("levels", "since", "areas"):
        options = {"feed": tmp_path, "areas": file} | {name: wrong}
        with pytest.raises(BadInputError):
            run_shelter(ShelterOptions(**options))


def test_the_command_line_gives_the_exit_code_of_the_trouble(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["shelter", str(tmp_path / "none.jsonl"), "--areas", str(tmp_path / "none.geojson")]) == 4
    assert "no such file of areas" in capsys.readouterr().err
