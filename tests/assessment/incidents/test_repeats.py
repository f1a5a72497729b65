"""Noise never repeats: looks that came before are a recording, and are kept from the trackers."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assessment.incidents.made_watch import at, radars, told, watched

from vedette.assessment.incidents import IncidentWatch, RepeatWatch, fingerprints
from vedette.core.constants import NS_PER_S
from vedette.reports import Cause, Mode, Scan, SensorKind
from vedette.sensing import format_sensors


def drawn_looks(count, step_rad=0.0, name="north", seed=1):
    """Looks at one thing that goes by, with noise; `step_rad` is the smallest step of a coarse feed's angles."""
    rng = np.random.default_rng(seed)
    out = []
    for i in range(count):
        value = np.array([[1.0 + 0.002 * i, 0.4, 900e3 + 1e3 * i, np.nan]]) + rng.normal(0, [[3e-3, 3e-3, 50.0, 0]])
        if step_rad:
            value[:, :2] = np.round(value[:, :2] / step_rad) * step_rad
            value[:, 2] = np.round(value[:, 2] / 500.0) * 500.0
        t = at(5.0 * i)
        out.append(
            Scan(
                sensor_id=name, kind=SensorKind.RADAR, mode=Mode.REAL, t_received_tai_ns=t + NS_PER_S,
                t_measured_tai_ns=np.array([t]), values=value, sigmas=np.array([[3e-3, 3e-3, 50.0, np.nan]]),
            )
        )  # fmt: skip
    return out


def later(scan, shift_s):
    ns = round(shift_s * NS_PER_S)
    return replace(scan, t_received_tai_ns=scan.t_received_tai_ns + ns, t_measured_tai_ns=scan.t_measured_tai_ns + ns)


def test_a_recording_played_again_is_found_within_a_few_looks_and_begins_no_track():
    live = drawn_looks(12)
    watch = IncidentWatch(radars())
    assert not any(watch.absorb(scan)[1] for scan in live)
    again = [watch.absorb(later(scan, 600.0)) for scan in live]
    is_aside = [found[1] for found in again]
    assert is_aside.index(True) <= 2 and all(is_aside[2:])
    (one,) = watch.candidates()
    assert one.leading is Cause.TEST_DATA and one.sensors == ("north",) and "set-aside" in one.marks
    said = [finding.text for found in again for finding in found[0]]
    assert len(said) == 1 and "600 s before" in said[0]


def test_looks_set_aside_do_not_reach_the_trackers():
    live = drawn_looks(2)
    plain = watched([*live, later(live[0], 40.0), later(live[1], 40.0)])
    tape = {"drill": tuple(mark.hex() for mark in fingerprints(live))}
    taped = watched([*live, later(live[0], 40.0), later(live[1], 40.0)], tapes=tape)
    assert told(plain, "message") == [] and told(taped, "message")
    assert taped.scan_count == plain.scan_count == 4


def test_fresh_noise_never_counts_as_repeated_nor_does_the_same_report_twice():
    watch = RepeatWatch()
    assert all(watch.absorb(scan) is None for scan in drawn_looks(300))
    assert all(watch.absorb(scan) is None for scan in drawn_looks(300))  # the very reports again, at their own times


def test_a_coarse_feed_repeats_by_chance_and_pays_for_it():
    watch = RepeatWatch()
    exact = RepeatWatch()
    for scan in drawn_looks(40, step_rad=5e-3):
        watch.absorb(scan)
    for scan in drawn_looks(40):
        exact.absorb(scan)
    coarse = watch.absorb(later(drawn_looks(40, step_rad=5e-3)[7], 900.0))
    fine = exact.absorb(later(drawn_looks(40)[7], 900.0))
    assert coarse is not None and fine is not None
    assert coarse.log_odds < 5.0 < 10.0 < fine.log_odds


def test_a_known_tape_is_recognised_at_its_third_look_whatever_the_sensor():
    tape = drawn_looks(5, seed=9)
    marks = {mark.hex() for mark in fingerprints(tape)}
    picture = watched(tape, tapes={"autumn-exercise": tuple(sorted(marks))})
    (one,) = told(picture, "message")
    assert one.leading is Cause.TEST_DATA and any("autumn-exercise" in why for why in one.explanations[0].reasons_for)


@pytest.mark.parametrize("count", [3])
def test_a_stuck_sensor_is_a_sensor_fault(count):
    live = drawn_looks(30)
    stuck = [later(live[-1], 5.0 * (i + 1)) for i in range(count)]
    watch = IncidentWatch(radars())
    for scan in [*live, *stuck]:
        watch.absorb(scan)
    (one,) = watch.candidates()
    assert one.leading is Cause.SENSOR_FAULT


def test_a_tape_given_on_the_command_line_is_known_again(tmp_path, capsys):
    from vedette.doors.cli.main import main
    from vedette.formats import write_scans

    live = [replace(scan, mode=Mode.TEST) for scan in drawn_looks(5)]
    write_scans(tmp_path / "autumn.jsonl", live, mode=Mode.TEST)
    sensors = tmp_path / "sites.toml"
    sensors.write_text(format_sensors(radars()))
    words = ["watch", str(tmp_path / "autumn.jsonl"), "--sensors", str(sensors), "--data-dir", str(tmp_path), "--json"]
    assert main([*words, "--tape", str(tmp_path / "autumn.jsonl"), "-q"]) == 0
    assert "those of the recording autumn" in capsys.readouterr().out
