"""`vedette catalogue fit`, as typed: made tracking whose truth is known, and real files, whole and damaged."""

import json
from functools import cache

import numpy as np
import pytest
from tests.data import real_data

from vedette.catalogue.orbits.measurement import measurement_model
from vedette.catalogue.orbits.observations import RECEIVED, Kind, Signal, observations
from vedette.catalogue.orbits.stations import fixed_station
from vedette.core.constants import NS_PER_S
from vedette.doors.cli.main import main
from vedette.formats.oem import read_oem
from vedette.frames import EarthOrientation, itrf_from_geodetic
from vedette.motion.kepler import state_from_elements
from vedette.motion.orbit import OrbitForces, propagate_orbit
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

T0 = tai_ns_from_utc_text("2020-03-01T00:00:00Z")
TRUTH = state_from_elements(np.array([9.2e6, 0.06, 1.0, 0.4, 0.9, 0.2]))
PLACES = [
    {"name": "east", "lat_deg": 35.0, "lon_deg": 20.0, "height_m": 100.0, "range_sigma_m": 10.0},
    {"name": "north", "lat_deg": 60.0, "lon_deg": -10.0, "height_m": 300.0, "range_sigma_m": 10.0},
    {"name": "south", "lat_deg": -30.0, "lon_deg": 40.0, "height_m": 900.0, "range_sigma_m": 10.0},
]


@cache
def looks():
    """Station, instant, azimuth and elevation (deg), range (km), of a made orbit; `north` reads 240 m too much."""
    rng = np.random.default_rng(1)
    times = T0 + (np.arange(0.0, 5 * 3600.0, 120.0) * NS_PER_S).astype(np.int64)
    states = np.repeat(propagate_orbit(TRUTH, T0, times, OrbitForces(radiation_m2_kg=0.02)), 3, axis=0)
    told = []
    for place in PLACES:
        where = itrf_from_geodetic(np.radians(place["lat_deg"]), np.radians(place["lon_deg"]), place["height_m"])
        rows = observations(
            [place["name"]], np.repeat(times, 3), np.tile([Kind.AZIMUTH, Kind.ELEVATION, Kind.RANGE], len(times)), 0,
            np.zeros(3 * len(times)), 1.0, event=RECEIVED, signal=Signal.RADIO,
        )  # fmt: skip
        model = measurement_model(rows, (fixed_station(place["name"], where),), EarthOrientation.packaged())
        read = model.predict(states)
        value = read.value.reshape(-1, 3) + rng.normal(size=(len(times), 3)) * [3e-4, 3e-4, 10.0]
        value[:, 2] += 240.0 * (place["name"] == "north")
        for i in np.flatnonzero(read.elevation_rad[::3] > np.radians(10.0)):
            told.append((place["name"], int(times[i]), *np.degrees(value[i, :2]), value[i, 2] / 1e3))
    return sorted(told, key=lambda row: row[1])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "stations.json").write_text(json.dumps(PLACES))
    lines = [
        f"{utc_text_from_tai_ns(t, 9)} AZ_EL_RANGE {name} {az:.6f} {el:.6f} {km:.6f}" for name, t, az, el, km in looks()
    ]
    (tmp_path / "tracking.txt").write_text("# made\n" + "\n".join(lines) + "\n")
    return tmp_path


def run(capsys, *words):
    code = main(["catalogue", "fit", *map(str, words)])
    out = capsys.readouterr()
    return code, out.out, out.err


def fitted(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert code == 0, err
    return json.loads(out)


def apart_m(said):
    return np.linalg.norm(np.array(said["position_gcrf_m"]) - TRUTH[:3])


def test_radar_looks_become_the_orbit_that_they_were_made_of(folder, capsys):
    said = fitted(
        capsys, folder / "tracking.txt", "--stations", folder / "stations.json", "--estimate", "biases",
        "--epoch", "2020-03-01T00:00:00Z", "--plot", folder / "residuals.svg",
    )  # fmt: skip
    assert "radar looks" in said["first_orbit"] and said["has_converged"]
    assert apart_m(said) < 3.0 * np.linalg.norm(said["sigma_radial_along_across_m"]) < 300.0
    (bias,) = [row for row in said["biases"] if row["station"] == "north" and row["kind"] == "range"]
    assert abs(bias["value"] - 240.0) < 4.0 * bias["sigma"] and bias["unit"] == "m"
    ranges = [row for row in said["residuals"] if row["kind"] == "range"]
    assert len(ranges) == 3  # of 23 to 36 looks each: the scatter is 10 m within three of its own sigmas
    assert all(10.0 - 4.5 < row["rms"] < 10.0 + 4.5 for row in ranges)
    assert np.array(said["covariance_gcrf"]).shape == (6, 6)
    assert (folder / "residuals.svg").read_text().lstrip().startswith("<?xml")


def test_a_filter_ends_near_the_batch(folder, capsys):
    said = fitted(
        capsys, folder / "tracking.txt", "--stations", folder / "stations.json", "--estimate", "biases",
        "--method", "filter",
    )  # fmt: skip
    assert "smoothed" in said["sentence"] and said["used"] > 0.98 * said["values"]
    assert np.linalg.norm(said["sigma_radial_along_across_m"]) < 100.0


def test_directions_alone_are_enough(folder, capsys):
    lines = (folder / "tracking.txt").read_text().replace("AZ_EL_RANGE", "AZ_EL").splitlines()
    (folder / "angles.txt").write_text("\n".join(" ".join(line.split()[:5]) for line in lines if "AZ_EL" in line))
    said = fitted(
        capsys, folder / "angles.txt", "--stations", folder / "stations.json", "--epoch", "2020-03-01T00:00:00Z"
    )  # fmt: skip
    assert "three directions" in said["first_orbit"]
    assert apart_m(said) < 4.0 * np.linalg.norm(said["sigma_radial_along_across_m"]) < 4000.0


def test_a_tdm_holds_the_same_looks(folder, capsys):
    head = "CCSDS_TDM_VERS = 2.0\nCREATION_DATE = 2020-03-02T00:00:00\nORIGINATOR = MADE\n"
    segments = []
    for place in PLACES:
        rows = []
        for name, t, az, el, km in looks():
            if name == place["name"]:
                stamp = utc_text_from_tai_ns(t, 9).rstrip("Z")
                rows += [f"RANGE = {stamp} {km:.6f}", f"ANGLE_1 = {stamp} {az:.6f}", f"ANGLE_2 = {stamp} {el:.6f}"]
        segments.append(
            "META_START\nTIME_SYSTEM = UTC\n"
            f"PARTICIPANT_1 = {place['name']}\nPARTICIPANT_2 = OBJECT\nMODE = SEQUENTIAL\nPATH = 1,2,1\n"
            "TIMETAG_REF = RECEIVE\nANGLE_TYPE = AZEL\nRANGE_UNITS = km\nMETA_STOP\n"
            "DATA_START\n" + "\n".join(rows) + "\nDATA_STOP\n"
        )
    (folder / "pass.tdm").write_text(head + "".join(segments))
    one = fitted(capsys, folder / "pass.tdm", "--stations", folder / "stations.json", "--estimate", "biases")
    two = fitted(capsys, folder / "tracking.txt", "--stations", folder / "stations.json", "--estimate", "biases")
    assert one["used"] == two["used"]
    assert np.linalg.norm(np.subtract(one["position_gcrf_m"], two["position_gcrf_m"])) < 0.5
    code, _, err = run(capsys, folder / "pass.tdm")
    assert code == 3 and "no station is known for east" in err


def test_precise_positions_are_fitted_to_their_own_accuracy(capsys):
    """Laser orbits of 2021-12-30 that another centre computed: a numerical orbit goes through them to decimetres."""
    sp3 = real_data("tracking", "sp3", "jcet_slr_20211230.sp3")
    said = fitted(capsys, sp3, "--srp-m2-kg", 7.8e-4, "--position-sigma-m", 0.1)
    assert said["first_orbit"].startswith("positions")
    (x, y, z) = said["residuals"]
    assert all(row["rms"] < 1.0 for row in (x, y, z))


def test_positions_of_another_centre_are_met_to_millimetres(capsys):
    """LAGEOS-1 over three hours of 2016-07-06: two programs' forces for a laser satellite, side by side."""
    sp3 = real_data("tracking", "sp3", "asi_slr_20160706.sp3")
    said = fitted(capsys, sp3, "--srp-m2-kg", 7.8e-4, "--position-sigma-m", 0.01)
    one_centimetre = 0.01  # met: 4 mm
    assert all(row["rms"] < one_centimetre for row in said["residuals"])


@pytest.mark.parametrize(
    "name",
    [
        "slr/crd_invalid_format.v2C", "slr/crd_invalid_range_type.v2C", "slr/crd_corrupted_data.v2C",
        "slr/crd_unexpected_end_of_file.v2C", "slr/cpf_invalid_format.csg", "slr/cpf_corrupted_data.csg",
        "slr/cpf_unexpected_end_of_file.csg", "sp3/format_missing-eof.sp3", "sp3/format_truncated-line.sp3",
        "sp3/format_wrong-line-identifier.sp3", "sp3/format_unsupported-version.sp3",
        "optical/IOD_data_noncompliant_answers.txt", "optical/UK_data_noncompliant.txt",
    ],
)  # fmt: skip
def test_damaged_files_are_refused_by_name(name, capsys):
    code, out, err = run(capsys, real_data("tracking", *name.split("/")))
    assert code == 3 and not out
    assert name.split("/")[1] in err


def test_what_is_missing_is_said(folder, capsys):
    code, _, err = run(capsys, folder / "tracking.txt")
    assert code == 4 and "east has no coordinates" in err
    code, _, err = run(capsys, folder / "nothing.txt")
    assert code == 4 and "nothing.txt" in err
    code, _, err = run(capsys, folder / "tracking.txt", "--stations", folder / "stations.json", "--estimate", "wind")
    assert code == 2 and "'wind' cannot be estimated" in err
    (folder / "bad.json").write_text('[{"name": "east"}]')
    code, _, err = run(capsys, folder / "tracking.txt", "--stations", folder / "bad.json")
    assert code == 3 and "bad.json" in err


def test_an_owners_ephemeris_is_fitted_and_names_its_object(folder, capsys):
    times = T0 + np.arange(0, 3600, 120) * NS_PER_S
    rows = [
        f"{utc_text_from_tai_ns(int(t), 6).rstrip('Z')} " + " ".join(f"{x / 1e3:.9f}" for x in state)
        for t, state in zip(times, propagate_orbit(TRUTH, T0, times, OrbitForces(radiation_m2_kg=0.02)), strict=True)
    ]
    (folder / "own.oem").write_text(
        "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2020-03-01T00:00:00\nORIGINATOR = MADE\nMETA_START\n"
        "OBJECT_NAME = OWN\nOBJECT_ID = 2020-001A\nCENTER_NAME = EARTH\nREF_FRAME = GCRF\nTIME_SYSTEM = UTC\n"
        f"START_TIME = {rows[0].split()[0]}\nSTOP_TIME = {rows[-1].split()[0]}\nMETA_STOP\n" + "\n".join(rows) + "\n"
    )
    said = fitted(capsys, folder / "own.oem", "--epoch", "2020-03-01T00:00:00Z")
    a_centimetre = 0.01
    assert said["object"] == "OWN" and apart_m(said) < a_centimetre


def _two_files(folder):
    text = (folder / "tracking.txt").read_text()
    (folder / "again.txt").write_text(text.replace("# made", "# made once more"))
    (folder / "bad.txt").write_text("# made\n2020-03-01T00:00:00.000000000Z AZ_EL_RANGE east 1 2\n")
    return [str(folder / name) for name in ("tracking.txt", "bad.txt", "again.txt")]


def test_all_fits_every_file_on_its_own_and_one_bad_file_holds_up_nobody(folder, capsys):
    files = _two_files(folder)
    common = ["--stations", str(folder / "stations.json"), "--degree", "4", "--json"]
    assert main(["catalogue", "fit", *files, "--all", *common]) == 1
    first, bad, again = json.loads(capsys.readouterr().out)
    assert "bad.txt" in bad["trouble"]
    assert main(["catalogue", "fit", files[0], *common]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert {**alone, "file": "tracking.txt"} == first
    assert {**first, "file": "again.txt"} == again


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "2"], "--all"),
        (["--all", "--plot", "x.svg"], "--plot and --oem are of one fit"),
        (["--all", "--object", "L51"], "leave out --object"),
    ],
)
def test_what_fits_of_many_do_not_take_is_said(words, said, folder, capsys):
    assert main(["catalogue", "fit", str(folder / "tracking.txt"), *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's own, of sockets and processes that a killed worker leaves
def test_fits_on_two_workers_give_the_same_bits_and_a_killed_one_is_survived():
    pytest.importorskip("distributed")
    import os
    import signal

    from vedette.doors.orbit_fit_run import FitJob, fit_all, fit_words_of, jobs_of
    from vedette.doors.screen_run import dask_run

    jobs = jobs_of(FitJob(files=(real_data("tracking/sp3/gnss136_20240220.sp3"),), degree=8))[:12]
    here = fit_all(jobs)
    killed = []
    with dask_run(2) as run:

        def told(share):
            if not killed:
                killed.append(1)
                os.kill(run.worker_pids()[0], signal.SIGKILL)

        spread = run.each(fit_words_of, jobs, told)
    assert killed and spread == here and len(here) == 12


def test_the_orbit_goes_out_as_an_ephemeris_that_holds_the_truth_and_comes_back(folder, capsys):
    files = [str(folder / "tracking.txt"), "--stations", str(folder / "stations.json"), "--degree", "4"]
    out = folder / "orbit.oem"
    assert main(["catalogue", "fit", *files, "--estimate", "biases", "--oem", str(out), "--oem-hours", "2"]) == 0
    assert "wrote" not in capsys.readouterr().out
    (segment,) = read_oem(out.read_bytes(), out.name)
    assert segment.frame == "GCRF"
    last = max(t for _, t, *_ in looks())
    assert segment.t_tai_ns[-1] >= last + 119 * 60 * NS_PER_S
    true = propagate_orbit(TRUTH, T0, segment.t_tai_ns, OrbitForces(radiation_m2_kg=0.02))
    off = np.linalg.norm(segment.states_m_mps[:, :3] - true[:, :3], axis=1)
    assert off.max() < 200.0  # degree 4 for degree 20, seven hours
    assert main(["catalogue", "fit", *files, "--oem", str(out), "--oem-hours", "0"]) == 2
