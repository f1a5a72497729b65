"""The radar pass of GEOS-3 through the front door: a TDM and a sensors file in, an orbit with its doubt out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2
from tests.tracking.geos3 import PUBLIC_STATE, tdm_kvn

ROOT = Path(__file__).resolve().parents[2]
KAENA_TOML = """
[sensors.kaena]
kind = "radar"
site = { lat_deg = 21.5748, lon_deg = -158.2706, height_m = 300.20 }
range_sigma_m = 92.5
azimuth_sigma_deg = 0.0224
elevation_sigma_deg = 0.0139
source = "figures that go with Vallado's GEOS-3 observations"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("geos3")
    (place / "geos3.tdm").write_text(tdm_kvn(), encoding="ascii")
    (place / "kaena.toml").write_text(KAENA_TOML, encoding="utf-8")
    return place


def watched(folder: Path, *options: str) -> dict:
    words = ["watch", "geos3.tdm", "--sensors", "kaena.toml", "--data-dir", "data", "--json", *options]
    source = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "vedette", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def squared_distance_in_teme(state: dict) -> float:
    away = np.array(state["position_teme_m"] + state["velocity_teme_mps"]) - PUBLIC_STATE
    return float(away @ np.linalg.solve(np.array(state["covariance_teme"]), away))


def test_after_the_looks_of_the_published_solution_our_99_percent_holds_it(folder):
    """It rests on the first ten looks, until 02:40:27 UTC, and is given in teme: decision 0021."""
    told = watched(folder, "--until", "1995-01-29T02:40:27Z")
    (one,) = told["objects"]
    assert one["class"] == "satellite" and one["phase"] == "orbit" and one["quality"] == []
    assert one["state"]["t_utc"] == "1995-01-29T02:38:37.000Z" and one["state"]["frame"] == "gcrf"
    assert squared_distance_in_teme(one["state"]) < chi2.ppf(0.99, 6)


def test_the_whole_pass_gives_orbit_biases_and_no_alert(folder):
    told = watched(folder)
    kinds = [event["kind"] for event in told["events"]]
    assert kinds[0] == "detected" and kinds[-1] == "lost" and "orbit" in kinds and "classified" in kinds
    assert not told["alerts"] and not {"launch", "impact-predicted", "burnout", "ignition"} & set(kinds)
    orbits = [event for event in told["events"] if event["kind"] == "orbit"]
    assert orbits[0]["t_utc"] <= "1995-01-29T02:39:30.000Z"  # a minute is enough
    last = orbits[-1]["data"]
    assert last["looks"] == 46 and last["looks_set_aside"] <= 1
    assert 114.9 < last["elements"]["inclination_deg"] < 115.05 and 820 < last["elements"]["perigee_km"] < 840
    bias = last["biases"]["kaena"]
    assert abs(bias["elevation_deg"]) < 3 * bias["elevation_sigma_deg"] < 0.04
    assert abs(bias["range_m"]) < 3 * bias["range_sigma_m"]
    (one,) = told["objects"]
    assert one["class"] == "satellite" and one["apogee_90_km"][0] < one["apogee_km"] < one["apogee_90_km"][1]
