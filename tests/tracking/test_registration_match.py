"""Detections are matched to known objects only where there is no doubt which is which."""

import gzip

import numpy as np
import pytest
from tests.data import real_data
from tests.tracking.registration_scene import (
    GOOD_M,
    PUBLIC_M,
    RADAR,
    T0,
    drawn_errors,
    radar_looks,
    references,
    satellites,
    three_sigma,
    truth_of,
)

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError, NotFoundError
from vedette.frames import geodetic_from_itrf
from vedette.time import tai_ns_from_utc_text
from vedette.tracking.registration.estimator import Registration
from vedette.tracking.registration.files import parse_references, read_references
from vedette.tracking.registration.match import Registrar
from vedette.tracking.registration.references import ElementSetReference, TabulatedReference

TOML = """
[references.one]
t_utc = "2031-04-01T12:00:00Z"
position_itrf_km = [7000.0, 0.0, 0.0]
velocity_itrf_kmps = [0.0, 5.0, 5.4]
sigma_m = { radial = 5.0, along = 7.5, cross = 5.0 }
"""


class Counting(Registration):
    """Remembers what it was told, to be compared with the truth."""

    def __init__(self, sensors):
        super().__init__(sensors)
        self.told = []

    def absorb(self, scan, matches, reference):
        self.told.append((scan, list(matches)))
        super().absorb(scan, matches, reference)


@pytest.mark.parametrize("sigmas_m", [GOOD_M, PUBLIC_M], ids=["good orbits", "public orbits"])
def test_matches_are_right_though_the_sensor_is_three_sigma_off(sigmas_m):
    rng = np.random.default_rng(7)
    states = satellites(rng, 20)
    errors = three_sigma(rng, RADAR)
    registrar = Registrar(Counting([RADAR]), references(rng, states, sigmas_m))
    looks = radar_looks(rng, RADAR, states, errors, np.arange(0.0, 600.0, 10.0))
    for _, scan, _ in looks:
        registrar.absorb(scan)
    pairs = {id(scan): dict(truth) for _, scan, truth in looks}
    told = [(pairs[id(scan)][row], name) for scan, made in registrar.registration.told for row, name in made]
    assert len(told) > 0.6 * sum(len(truth) for _, _, truth in looks)
    wrong = sum(truth != name for truth, name in told)
    assert wrong == 0
    if sigmas_m is GOOD_M:
        found = registrar.registration.estimate(RADAR.name)
        assert np.all(np.abs(found.biases / truth_of(errors) - 1.0) < 0.10)


def test_two_objects_close_together_are_left_alone():
    rng = np.random.default_rng(8)
    state = satellites(rng, 1, seconds=60.0)[0]
    pair = np.array([state, state + np.array([300.0, 0.0, 0.0, 0.0, 0.0, 0.0])])
    registrar = Registrar(Counting([RADAR]), references(rng, pair, PUBLIC_M))
    for _, scan, _ in radar_looks(rng, RADAR, pair, drawn_errors(rng, RADAR), np.arange(0.0, 60.0, 10.0)):
        registrar.absorb(scan)
    assert not any(made for _, made in registrar.registration.told)


def test_toml_references_are_read():
    reference = parse_references(TOML)
    assert reference.names() == ("one",)
    one = reference.reference_at("one", T0)
    assert np.allclose(one.state_itrf, [7e6, 0.0, 0.0, 0.0, 5e3, 5.4e3])
    assert np.sqrt(one.state_cov_itrf[0, 0]) == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no \\[references"),
        ("1 25544U 98067A", "whole line 2"),
        ("[references.a]\nt_utc = 1", "exactly"),
        (TOML.replace("7000.0", "1.0"), "no orbit"),
        (TOML.replace("radial = 5.0", "radial = -5.0"), "not positive"),
        (TOML.replace("2031-04-01T12:00:00Z", "yesterday"), "t_utc"),
        (TOML.replace("[0.0, 5.0, 5.4]", "[nan, 5.0, 5.4]"), "finite"),
        ("= = =", "neither element sets nor TOML"),
    ],
)
def test_bad_references_are_refused_in_a_sentence(text, words):
    with pytest.raises(BadInputError, match=words):
        parse_references(text)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(NotFoundError, match="no such file"):
        read_references(tmp_path / "none.tle")


def test_element_sets_stand_where_the_sgp4_oracle_puts_them():
    """Vallado's verification case 00005 at epoch, teme, km (AIAA 2006-6753, tcppver.out): the same distance."""
    lines = (
        "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
        "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
    )
    reference = ElementSetReference({"5": lines})
    t = tai_ns_from_utc_text("2000-06-27T18:50:19.733568Z")  # day 179.78495062
    state = reference.reference_at("5", t)
    r_km = np.linalg.norm([7022.46529266, -1400.08296755, 0.03995155])
    one_metre_km = 1e-3  # the epoch is printed to 0.9 ms
    assert abs(np.linalg.norm(state.state_itrf[:3]) / 1e3 - r_km) < one_metre_km
    along = state.state_itrf[3:] / np.linalg.norm(state.state_itrf[3:])
    assert np.sqrt(along @ state.state_cov_itrf[:3, :3] @ along) > 900.0


def test_a_table_is_interpolated_to_a_millimetre():
    """Ten-point Lagrange on a circular orbit tabulated each minute, against the circle itself."""
    one_millimetre, radius, rate = 1e-3, 12_270e3, 4.6e-4
    t_s = np.arange(-900.0, 901.0, 60.0)

    def circle(t):
        return radius * np.stack([np.cos(rate * t), np.sin(rate * t), 0.0 * t], axis=-1)

    reference = TabulatedReference("L", T0 + (t_s * 1e9).astype(np.int64), circle(t_s), (0.1, 0.3, 0.1))
    for off_s in (0.0, 17.3, -411.0):
        state = reference.reference_at("L", T0 + round(off_s * 1e9)).state_itrf
        assert np.linalg.norm(state[:3] - circle(np.array(off_s))) < one_millimetre
        velocity = radius * rate * np.array([-np.sin(rate * off_s), np.cos(rate * off_s), 0.0])
        assert np.linalg.norm(state[3:] - velocity) < 1e-3 * one_millimetre * 10
    assert reference.reference_at("L", T0 + round(1e13)) is None
    assert reference.reference_at("M", T0) is None


def test_the_public_catalogue_is_read():
    path = real_data("catalogue", "snapshots")
    newest = sorted(path.glob("*.tle.gz"))[-1]
    lines = gzip.decompress(newest.read_bytes()).decode("ascii", "replace").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("1 "))
    reference = parse_references("\n".join(lines[first - 1 : first + 29]), newest.name)
    assert len(reference.names()) >= 5
    placed = [reference.reference_at(name, T0 - 5 * 365 * 86_400 * NS_PER_S) for name in reference.names()]
    heights = [float(geodetic_from_itrf(one.state_itrf[:3])[2]) for one in placed if one is not None]
    assert all(height > 100e3 for height in heights)
