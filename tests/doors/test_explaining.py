"""What a track rests on: every look of it, held against what was expected; what lost; the same bytes each time."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.tidy.repository import ROOT

from vedette.assessment.residuals import residuals_of
from vedette.doors.cli import main
from vedette.doors.reel import ensure_reel
from vedette.doors.seeking import Reading
from vedette.doors.sparkline import sparkline
from vedette.reports import Mode, Scan, SensorKind
from vedette.sensing import Infrared, Radar, Site
from vedette.sensing.orbits import Geostationary
from vedette.time import utc_text_from_tai_ns

EXAMPLES = ROOT / "docs" / "examples"
LINES = 26


@pytest.fixture(scope="module")
def journal(tmp_path_factory) -> Path:
    """Four minutes of a recorded night, with a line that comes twice and an echo beside the first object's."""
    return watched(tmp_path_factory.mktemp("night"))


def watched(folder: Path, biases: str = "") -> Path:
    """The journal of that night, by a radar with constant errors that it is said to have."""
    lines = (EXAMPLES / "night.jsonl").read_text(encoding="utf-8").splitlines()[:LINES]
    scan = json.loads(lines[20])
    echo = dict(min(scan["detections"], key=lambda one: abs(one["azimuth_deg"] - 165.0)))  # of the first object
    echo["azimuth_deg"] = round(echo["azimuth_deg"] + 0.12, 6)
    scan["detections"].append(echo)
    lines[20] = json.dumps(scan)
    lines.insert(16, lines[15])
    feed = folder / "night.jsonl"
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sensors = folder / "night.toml"
    told = (EXAMPLES / "night.toml").read_text(encoding="utf-8")
    sensors.write_text(told + biases, encoding="utf-8")
    main(["watch", str(feed), "--sensors", str(sensors), "--json", "-q", "--data-dir", str(folder / "night")])
    (path,) = (folder / "night" / "journals").glob("*.sqlite")
    return path


def explained(journal: Path, capsys, *words: str) -> dict:
    capsys.readouterr()
    assert main(["explain", str(journal), *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_track_tells_its_looks_its_losers_and_its_doubts(journal, capsys):
    told = explained(journal, capsys, "O1")
    found = [look for look in told["looks"] if look["found"]]
    assert len(found) >= 20 and {look["sensor_id"] for look in found} == {"radar"}
    judged = [look for look in found if look["nis"] is not None]
    assert len(judged) >= len(found) - 4  # all but those it began with
    assert all(set(look["residual_sigmas"]) == {"azimuth", "elevation", "range"} for look in judged)
    assert 0.2 < told["nis"]["mean_per_dof"] < 2.0
    assert all(look["delay_s"] == pytest.approx(0.5, abs=1e-3) for look in judged)
    assert any("twice" in doubt["text"] for doubt in told["doubts"])
    echoes = [one for one in told["lost"] if one["nis"] < 50]
    assert echoes and all(one["sensor_id"] == "radar" for one in echoes)
    assert any(not one["taken"] for one in told["alternatives"])
    sigma = [moment["position_sigma_km"] for moment in told["belief"]]
    assert sigma[-1] < 0.2 * sigma[0]
    assert told["belief"][-1]["existence"] > 0.99 and told["classes"][-1]["probabilities"]["satellite"] > 0.9


def test_the_same_journal_gives_the_same_explanation_and_an_earlier_instant_less(journal, capsys):
    whole, again = (explained(journal, capsys, "O1") for _ in range(2))
    assert whole == again
    middle = whole["looks"][len(whole["looks"]) // 2]["t_utc"]
    part = explained(journal, capsys, "O1", "--at", middle)
    assert 0 < len(part["looks"]) < len(whole["looks"])
    assert whole["looks"][:4] == part["looks"][:4]


def test_a_track_may_be_asked_for_by_its_own_name(journal, capsys):
    by_object = explained(journal, capsys, "O1")
    by_track = explained(journal, capsys, by_object["track_id"])
    assert by_track["object_id"] == "O1" and by_track["looks"] == by_object["looks"]


def test_looks_are_judged_as_the_honesty_meter_judges_them(tmp_path, capsys):
    """By the filter's own doubt, biases and all: two listeners of the same replay, one figure for each look."""
    journal = watched(tmp_path, "range_bias_sigma_m = 60.0\nangle_bias_sigma_deg = 0.1\n")
    judged = {one["t_utc"]: one["nis"] for one in explained(journal, capsys, "O1")["looks"] if one["nis"] is not None}
    ensure_reel(journal)
    reading = Reading.open(journal)
    try:
        kept = {utc_text_from_tai_ns(one.t_tai_ns): one.nis for one in reading.reel.looks("O1")}
    finally:
        reading.close()
    assert len(kept.keys() & judged.keys()) >= 18
    for t_utc in kept.keys() & judged.keys():
        assert judged[t_utc] == pytest.approx(kept[t_utc], rel=1e-4), t_utc  # told in five figures


def test_people_are_told_in_words_and_little_plots(journal, capsys):
    capsys.readouterr()
    assert main(["explain", str(journal), "O1"]) == 0
    text = capsys.readouterr().out
    for words in ("What it rests on", "it exists", "NIS / dof", "Detections near it", "twice"):
        assert words in text


def test_the_guides_python_runs(journal, monkeypatch):
    monkeypatch.chdir(journal.parents[2])
    guide = (ROOT / "docs" / "guides" / "explain.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    exec(compile(block, "explain.md", "exec"), {})


def test_what_is_not_there_is_said(journal, capsys):
    assert main(["explain", str(journal), "O99"]) == 4
    assert "O1" in capsys.readouterr().err
    assert main(["explain", str(journal.with_name("none.sqlite")), "O1"]) == 4


@pytest.mark.parametrize(
    ("sensor", "kind"),
    [
        (Radar(Site(40.0, 0.0), range_sigma_m=50.0, angle_sigma_deg=0.05, range_rate_sigma_mps=5.0), SensorKind.RADAR),
        (Infrared(Geostationary(10.0), los_sigma_urad=30.0), SensorKind.INFRARED),
    ],
)
def test_residuals_of_what_was_drawn_from_the_belief_are_chi_square(sensor, kind):
    rng = np.random.default_rng(3)
    middle = np.array([5.0e6, 3.0e5, 4.6e6, -2000.0, 5500.0, 1000.0])
    half = rng.normal(size=(6, 6)) * np.array([300.0, 300.0, 300.0, 5.0, 5.0, 5.0])[:, None]
    cov = half @ half.T
    truth = rng.multivariate_normal(middle, cov, size=400)
    if kind is SensorKind.RADAR:
        values = sensor.measure(truth) + rng.normal(size=(400, 4)) * sensor.sigmas
        sigmas = np.tile(sensor.sigmas, (400, 1))
    else:
        sight = sensor.measure(truth, 0)
        sight = sight + rng.normal(size=sight.shape) * sensor.los_sigma_rad
        values = np.column_stack([sight / np.linalg.norm(sight, axis=1, keepdims=True), np.full(400, 1e5)])
        sigmas = np.tile([*[sensor.los_sigma_rad] * 3, 1e4], (400, 1))
    times = np.zeros(400, dtype=np.int64)
    found = residuals_of(sensor, Scan(sensor.name, kind, Mode.TEST, 0, times, values, sigmas), middle, cov)
    dof = 4 if kind is SensorKind.RADAR else 2
    assert set(found.dof.tolist()) == {dof}
    # the mean of 400 chi-squares of `dof` has a sigma of sqrt(2 dof / 400): five of them
    assert abs(found.nis.mean() - dof) < 5.0 * np.sqrt(2.0 * dof / 400)


def test_bars_rise_with_the_numbers():
    assert sparkline([0.0, 0.5, 1.0], low=0.0, high=1.0) == "▁▅█"
    assert sparkline([3.0, 3.0]) == "▅▅" and sparkline([]) == ""
    assert sparkline([float("nan"), 1.0, 2.0]) == "·▁█"
    assert len(sparkline(list(range(1000)), width=40)) == 40
