"""`vedette catalogue passes` and `inview`, and `vedette watch --catalogue`, as typed."""

import json

import pytest

from vedette.doors.cli.main import main

STATION = """ISS (ZARYA)
1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537
"""
FROM = "2008-09-20T13:00:00Z"


@pytest.fixture
def elements(tmp_path):
    path = tmp_path / "station.tle"
    path.write_text(STATION)
    return path


def run(capsys, *words):
    code = main([str(word) for word in words])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_passes_are_told_as_a_table_as_json_and_as_a_picture(elements, tmp_path, capsys):
    asked = ["catalogue", "passes", "radar-north", "--from", FROM, "--elements", elements]
    code, out, _ = run(capsys, *asked, "--id", 25544, "--json")
    rows = json.loads(out)
    assert code == 0 and rows
    for row in rows:
        assert row["rise"]["t_utc"] <= row["culmination"]["t_utc"] <= row["set"]["t_utc"]
        assert row["culmination"]["elevation_deg"] >= row["rise"]["elevation_deg"] - 1e-3
        assert row["sigma_s"] is None or 0.0 < row["sigma_s"] < 5.0
    code, out, _ = run(capsys, *asked, "--plot", tmp_path / "sky.svg")
    assert code == 0 and "25544 ISS (ZARYA)" in out and "<svg" in (tmp_path / "sky.svg").read_text()
    code, out, _ = run(capsys, "catalogue", "inview", "radar-north", "--elements", elements, "--from", FROM,
                       "--to", "2008-09-20T13:01:00Z")  # fmt: skip
    assert code == 0 and ("sees none" in out or "25544" in out)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["passes", "radar-nrth"], 4, "did you mean radar-north"),
        (["passes", "radar-north", "--id", "7"], 4, "not in the catalogue: 7"),
        (["passes", "radar-north", "--to", "2008-09-20T12:00:00Z"], 2, "not after"),
        (["passes", "radar-north", "--plot", "sky.gif"], 2, ".svg, .png or .pdf"),
    ],
)
def test_what_cannot_be_asked_is_said(words, code, said, elements, capsys):
    found, _, err = run(capsys, "catalogue", *words, "--elements", elements, "--from", FROM)
    assert found == code and said in err


def test_a_watch_is_given_a_catalogue_and_its_replay_says_the_same(elements, tmp_path, capsys):
    rows = json.loads(
        run(capsys, "catalogue", "passes", "radar-north", "--elements", elements, "--from", FROM, "--json")[1]
    )
    top = max(rows, key=lambda row: row["duration_s"])["culmination"]
    head = {"vedette_scan_file": 1, "mode": "SIMULATED", "producer": "test", "sensors": ["radar-north"]}
    seen = {
        "t_measured_utc": top["t_utc"], "azimuth_deg": top["azimuth_deg"], "elevation_deg": top["elevation_deg"],
        "range_km": top["range_km"], "azimuth_sigma_deg": 0.05, "elevation_sigma_deg": 0.05, "range_sigma_km": 0.03,
    }  # fmt: skip
    scan = {
        "sensor_id": "radar-north", "kind": "radar", "mode": "SIMULATED", "sequence": 0,
        "t_received_utc": top["t_utc"], "detections": [seen],
    }  # fmt: skip
    (tmp_path / "night.jsonl").write_text(json.dumps(head) + "\n" + json.dumps(scan) + "\n")
    asked = ["watch", tmp_path / "night.jsonl", "--data-dir", tmp_path, "--json"]
    code, out, err = run(capsys, *asked, "--catalogue", elements)
    said = json.loads(out)
    assert said["counts"]["scans"] == 1
    (met,) = said["catalogue"]["met"]
    assert met["id"] == 25544 and met["looks"] == 1 and said["catalogue"]["objects"] == 1
    assert code == 0 and "catalogue: 1 objects" in err
    found, named, _ = run(capsys, "catalogue", "identify", tmp_path / "night.jsonl", "--elements", elements, "--json")
    (row,) = json.loads(named)
    assert found == 0 and row["match"] == "ISS (ZARYA)" and row["probability"] > 0.9 and row["distance_km"] < 5.0
    assert sum(row["explanations"].values()) == pytest.approx(1.0, abs=1e-5)
    (journal,) = (tmp_path / "journals").glob("*.sqlite")
    elements.unlink()  # a replay needs no file
    assert run(capsys, "replay", journal, "--json")[1] == out
    code, _, err = run(capsys, *asked, "--catalogue", tmp_path / "none.tle")
    assert code == 4 and "no such file" in err


def test_two_passes_of_a_stranger_are_told_as_each_other(elements, tmp_path, capsys):
    """The station flown by SGP4 past a radar twice, and a catalogue that holds something else only."""
    import numpy as np

    from vedette.catalogue import find_passes
    from vedette.formats.tle import read_tle
    from vedette.frames import EarthOrientation, state_itrf_from_teme
    from vedette.motion.sgp4 import Sgp4
    from vedette.sensing import packaged_sensors
    from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

    sets, radar, t0 = read_tle(STATION)[0], packaged_sensors()["radar-north"], tai_ns_from_utc_text(FROM)
    long_ones = [one for one in find_passes(sets, radar, t0, t0 + 2 * 86_400 * 10**9) if one.duration_s > 150.0]
    rng, rows = np.random.default_rng(3), []
    for one in (long_ones[0], long_ones[-1]):
        times = one.rise.t_tai_ns + 10**9 + 8 * 10**9 * np.arange(17, dtype=np.int64)
        states = state_itrf_from_teme(times, Sgp4.of(sets).states_teme(times)[0][0], EarthOrientation.packaged())
        values = radar.measure(states) + np.nan_to_num(radar.sigmas) * rng.standard_normal((17, 4))
        for t, (azimuth, elevation, far, _) in zip(times.tolist(), values, strict=True):
            when = utc_text_from_tai_ns(t)
            rows.append({
                "sensor_id": "radar-north", "kind": "radar", "mode": "SIMULATED", "sequence": len(rows),
                "t_received_utc": when, "detections": [{
                    "t_measured_utc": when, "azimuth_deg": float(np.degrees(azimuth)) % 360.0,
                    "elevation_deg": float(np.degrees(elevation)), "range_km": far / 1e3,
                    "azimuth_sigma_deg": float(np.degrees(radar.sigmas[0])),
                    "elevation_sigma_deg": float(np.degrees(radar.sigmas[1])), "range_sigma_km": radar.sigmas[2] / 1e3,
                }],
            })  # fmt: skip
    head = {"vedette_scan_file": 1, "mode": "SIMULATED", "producer": "test", "sensors": ["radar-north"]}
    feed = tmp_path / "strangers.jsonl"
    feed.write_text("\n".join(json.dumps(one) for one in (head, *rows)) + "\n")
    other = STATION.replace("325.0288", "145.0288").replace("2 25544", "2 25545").replace("1 25544", "1 25545")
    lines = other.splitlines()
    for k in (1, 2):  # the checksum of what was changed
        digits = sum(int(c) if c.isdigit() else c == "-" for c in lines[k][:68])
        lines[k] = lines[k][:68] + str(digits % 10)
    (tmp_path / "other.tle").write_text("\n".join(lines) + "\n")
    code, out, err = run(
        capsys, "catalogue", "identify", feed, "--elements", tmp_path / "other.tle", "--json"
    )
    first, second = json.loads(out)
    assert code == 0, err
    assert first["match"] is None and second["match"] is None and first["looks"] == second["looks"] == 17
    (same,) = first["same_as"]
    assert same["name"] == second["name"] and same["probability"] > 0.9


def test_two_nights_of_a_stranger_by_directions_alone_are_told_as_each_other(elements, tmp_path, capsys):
    """Something of the geostationary ring, five minutes of a telescope on two nights; another on the second night."""
    import numpy as np

    from vedette.frames import EarthOrientation, state_itrf_from_gcrf
    from vedette.motion.kepler import state_from_elements
    from vedette.motion.orbit import OrbitForces, propagate_orbit
    from vedette.sensing import Site, Telescope, format_sensors, tangent_basis
    from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

    scope = Telescope(Site(28.3, -16.5, 2000.0), los_sigma_urad=5.0, los_bias_sigma_urad=2.0, name="islands")
    (tmp_path / "sites.toml").write_text(format_sensors({"islands": scope}))
    t0, rng = tai_ns_from_utc_text(FROM) + 10 * 3600 * 10**9, np.random.default_rng(5)
    here = scope.position_itrf_m(t0)
    rows = []
    for hours, number in ((0.0, 0), (23.0, 0), (25.0, 1)):
        t = t0 + round(hours * 3600e9) + 30 * 10**9 * np.arange(11, dtype=np.int64)
        for anomaly in np.arange(0.0, 2.0 * np.pi, 0.2):  # whichever stands high there
            plane = (0.05 + 0.07 * number, 1.0 + 2.0 * number)
            start = state_from_elements(np.array([42.166e6, 3e-4, *plane, 0.3, anomaly]))
            states = state_itrf_from_gcrf(
                t, propagate_orbit(start, t0, t, OrbitForces.gravity_only(4)), EarthOrientation.packaged()
            )
            los = scope.measure(states, t)
            if np.all(los @ here / np.linalg.norm(here) > 0.7):
                break
        los = los + 5e-6 * np.einsum("nij,ni->nj", tangent_basis(los), rng.standard_normal((11, 2)))
        for when, sight in zip((utc_text_from_tai_ns(int(one)) for one in t), los.tolist(), strict=True):
            seen = {"t_measured_utc": when, "los_itrf": sight, "los_sigma_deg": float(np.degrees(5e-6))}
            rows.append({
                "sensor_id": "islands", "kind": "optical", "mode": "SIMULATED", "sequence": len(rows),
                "t_received_utc": when, "detections": [seen],
            })  # fmt: skip
    head = {"vedette_scan_file": 1, "mode": "SIMULATED", "producer": "test", "sensors": ["islands"]}
    feed = tmp_path / "nights.jsonl"
    feed.write_text("\n".join(json.dumps(one) for one in (head, *rows)) + "\n")
    asked = ["catalogue", "identify", feed, "--elements", elements, "--site-file", tmp_path / "sites.toml", "--json"]
    code, out, err = run(capsys, *asked)
    assert code == 0, err
    first, second, other = json.loads(out)
    assert [one["match"] for one in (first, second, other)] == [None] * 3
    assert [one["name"] for one in first["same_as"]] == [second["name"]]
    assert first["same_as"][0]["probability"] > 0.9 and other["same_as"] == []
