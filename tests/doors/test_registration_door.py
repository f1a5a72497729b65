"""A watch with reference orbits says what its sensors read too much, tracks with it, and replays to the same bytes."""

import json

import numpy as np
import pytest
from tests.tracking.registration_scene import GOOD_M, RADAR, T0, Errors, radar_looks, satellites

from vedette.core.errors import BadInputError
from vedette.doors.cli.main import main
from vedette.engine import Session, advance, open_picture
from vedette.formats.scan_file import write_scans
from vedette.reports import FindingKind, Mode
from vedette.sensing import format_sensors
from vedette.time import utc_text_from_tai_ns

ERRORS = Errors((np.radians(0.08), np.radians(-0.06)), 190.0, 0.25)


@pytest.fixture(scope="module")
def night():
    """Four minutes of satellites over one radar that is off, and the text of their orbits."""
    rng = np.random.default_rng(3)
    states = satellites(rng, 4, seconds=200.0)
    looks = radar_looks(rng, RADAR, states, ERRORS, np.arange(0.0, 260.0, 10.0))
    radial, along, cross = GOOD_M
    tables = []
    for i, state in enumerate(states):
        tables += [
            f"[references.S{i}]",
            f't_utc = "{utc_text_from_tai_ns(T0)}"',
            f"position_itrf_km = {(state[:3] / 1e3).tolist()}",
            f"velocity_itrf_kmps = {(state[3:] / 1e3).tolist()}",
            f"sigma_m = {{ radial = {radial}, along = {along}, cross = {cross} }}",
        ]
    return [scan for _, scan, _ in looks], "\n".join(tables)


def test_a_watch_with_references_registers_its_radar(night):
    scans, references = night
    session = Session(mode=Mode.SIMULATED, sensors_toml=format_sensors({RADAR.name: RADAR}), references=references)
    picture = open_picture(session)
    for scan in scans:
        picture = advance(picture, scan)
    said = [finding for finding in picture.timeline if finding.kind is FindingKind.REGISTRATION]
    assert any("its clock ahead" in finding.text for finding in said)
    (one,) = picture.registration
    found = {bias.term: bias for bias in one.biases}
    assert one.state == "established"
    for term, truth in zip(("azimuth_rad", "elevation_rad", "range_m", "clock_s"), truth_of_errors(), strict=True):
        assert abs(found[term].value - truth) < 5.0 * found[term].sigma
        assert found[term].sigma < 0.3 * found[term].prior_sigma


def truth_of_errors():
    return [*ERRORS.angles_rad, ERRORS.range_m, ERRORS.clock_s]


def test_the_command_says_it_and_a_replay_is_the_same(night, tmp_path, capsysbinary):
    scans, references = night
    feed, orbits, sensors = tmp_path / "night.jsonl", tmp_path / "orbits.toml", tmp_path / "sensors.toml"
    write_scans(feed, scans, mode=Mode.SIMULATED)
    orbits.write_text(references)
    sensors.write_text(format_sensors({RADAR.name: RADAR}))
    words = [str(feed), "--references", str(orbits), "--sensors", str(sensors), "--data-dir", str(tmp_path), "-q"]
    assert main(["registration", *words]) == 0
    assert b"radar-east reads" in capsysbinary.readouterr().out
    (journal, *_) = sorted((tmp_path / "journals").glob("*.sqlite"))
    assert main(["watch", *words, "--json"]) == 0
    live = capsysbinary.readouterr().out
    assert json.loads(live)["registration"][0]["sensor_id"] == RADAR.name
    assert main(["replay", str(journal), "--json"]) == 0
    assert capsysbinary.readouterr().out == live


def test_bad_references_stop_the_watch_in_a_sentence(night):
    scans, _ = night
    sensors = format_sensors({RADAR.name: RADAR})
    picture = open_picture(Session(mode=Mode.SIMULATED, sensors_toml=sensors, references="= ="))
    with pytest.raises(BadInputError, match="references"):
        advance(picture, scans[0])
