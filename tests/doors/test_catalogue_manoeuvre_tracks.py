"""`vedette catalogue manoeuvres --tracks`, as typed: an ephemeris with a burn in its gap, one without, and misuse."""

import json

import numpy as np
import pytest

from vedette.core.constants import NS_PER_S
from vedette.doors.cli.main import main
from vedette.motion.kepler import state_from_elements
from vedette.motion.orbit import OrbitForces, propagate_orbit
from vedette.time import tai_ns_from_utc_text, utc_text_from_tai_ns

T0 = tai_ns_from_utc_text("2020-03-01T00:00:00Z")
T_BURN = T0 + 4 * 3600 * NS_PER_S
START = state_from_elements(np.array([7.9e6, 0.01, 1.1, 0.4, 0.9, 0.2]))
FORCES = OrbitForces(radiation_m2_kg=0.02)
BURN_MPS, NOISE_M = 0.3, 2.0


def oem_of(folder, burn_mps):
    """Two arcs of two hours with four hours between, in whose middle the object burns ahead."""
    first = T0 + np.arange(0, 7200, 120) * NS_PER_S
    there = propagate_orbit(START, T0, np.array([T_BURN]), FORCES)[0]
    there[3:] *= 1.0 + burn_mps / np.linalg.norm(there[3:])
    second = first + 6 * 3600 * NS_PER_S
    states = np.concatenate([
        propagate_orbit(START, T0, first, FORCES), propagate_orbit(there, T_BURN, second, FORCES),
    ])  # fmt: skip
    states[:, :3] += NOISE_M * np.random.default_rng(3).standard_normal((len(states), 3))
    rows = [
        f"{utc_text_from_tai_ns(int(t), 6).rstrip('Z')} " + " ".join(f"{x / 1e3:.9f}" for x in state)
        for t, state in zip(np.concatenate([first, second]), states, strict=True)
    ]
    path = folder / f"own{burn_mps:g}.oem"
    path.write_text(
        "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2020-03-01T00:00:00\nORIGINATOR = MADE\nMETA_START\n"
        "OBJECT_NAME = OWN\nOBJECT_ID = 2020-001A\nCENTER_NAME = EARTH\nREF_FRAME = GCRF\nTIME_SYSTEM = UTC\n"
        f"START_TIME = {rows[0].split()[0]}\nSTOP_TIME = {rows[-1].split()[0]}\nMETA_STOP\n" + "\n".join(rows) + "\n"
    )
    return path


def run(capsys, *words):
    code = main(["catalogue", "manoeuvres", "--tracks", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_burn_between_two_arcs_is_told_and_in_words_too(tmp_path, capsys):
    path = oem_of(tmp_path, BURN_MPS)
    code, out, _ = run(capsys, path, "--position-sigma-m", NOISE_M, "--json")
    (row,) = json.loads(out)
    assert code == 0 and row["probability"] > 0.99 and row["axis"] == "along"
    assert row["before"][1] < utc_text_from_tai_ns(T_BURN) < row["after"][0]
    off = np.array(row["radial_along_across_mps"]) - [0.0, BURN_MPS, 0.0]
    ninety_nine_point_nine = 16.3  # chi squared of three numbers
    assert off @ np.linalg.solve(np.array(row["cov_radial_along_across_m2ps2"]), off) < ninety_nine_point_nine
    off_s = (tai_ns_from_utc_text(row["t_utc"]) - T_BURN) / NS_PER_S
    assert abs(off_s) < max(4.0 * row["t_sigma_s"], 120.0)
    code, out, _ = run(capsys, path, "--position-sigma-m", NOISE_M)
    assert code == 0 and "a burn with" in out and "mm/s along" in out


def test_an_object_that_did_not_burn_did_not(tmp_path, capsys):
    code, out, _ = run(capsys, oem_of(tmp_path, 0.0), "--position-sigma-m", NOISE_M, "--json")
    (row,) = json.loads(out)
    assert code == 0 and row["probability"] < 0.05


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [((), 2, "needs files of tracking"), (("nothing.oem",), 4, "nothing.oem"), (("OWN", "--pattern"), 2, "no pattern"),
     (("OWN", "--gap-hours", "0"), 2, "gaps"), (("OWN", "--gap-hours", "9"), 0, "fewer than two arcs")],
)  # fmt: skip
def test_what_cannot_be_is_said(words, code, said, tmp_path, capsys):
    path = str(oem_of(tmp_path, 0.0))
    told = run(capsys, *(path if word == "OWN" else word for word in words))
    assert told[0] == code and said in told[2]
