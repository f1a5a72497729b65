"""`vedette doctor` says what is degraded, what has failed, and the cure; it needs no network and never crashes."""

import json
import os
import shutil
import sys
from collections import namedtuple

import pytest

from vedette.doors import machine
from vedette.doors.cli import main
from vedette.doors.machine import Health, check_clock, check_disk, check_earth_orientation, check_kernels, check_python
from vedette.frames import EarthOrientation

NS_PER_DAY = 86_400 * 10**9
MEASURED_UNTIL_NS = EarthOrientation.packaged().t_measured_until_tai_ns


def test_this_python_is_supported():
    assert check_python().health is Health.OK


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 15, 0)])
def test_another_python_is_a_failure(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    assert check_python().health is Health.FAILED


def test_sources_that_are_not_installed_are_no_failure(monkeypatch):
    def nobody(name):
        raise machine.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(machine.metadata, "requires", nobody)
    assert machine.check_packages().health is Health.DEGRADED


def test_kernels_that_are_not_compiled_are_a_degradation(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert check_kernels().health is Health.DEGRADED
    (tmp_path / "gravity.nbi").touch()
    assert check_kernels().health is Health.OK
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert "switched off" in check_kernels().says


def test_earth_orientation_ages():
    assert check_earth_orientation(MEASURED_UNTIL_NS + 5 * NS_PER_DAY).health is Health.OK
    assert check_earth_orientation(MEASURED_UNTIL_NS + 200 * NS_PER_DAY).health is Health.DEGRADED
    beyond = check_earth_orientation(MEASURED_UNTIL_NS + 3000 * NS_PER_DAY)
    assert "nothing for today" in beyond.says and beyond.cure


def test_a_clock_before_what_is_known_has_failed():
    assert check_clock(MEASURED_UNTIL_NS - NS_PER_DAY).health is Health.FAILED
    assert check_clock(MEASURED_UNTIL_NS + NS_PER_DAY).health is not Health.FAILED


def test_a_clock_that_is_stepped_is_a_degradation(monkeypatch):
    monkeypatch.setattr(machine, "_wall_against_monotonic_s", lambda: -2.0)
    found = check_clock(MEASURED_UNTIL_NS + NS_PER_DAY)
    assert found.health is Health.DEGRADED and "-2.000 s" in found.says


@pytest.mark.parametrize(
    ("bound_s", "health"), [(0.012, Health.OK), (None, Health.OK), (float("inf"), Health.DEGRADED)]
)
def test_what_the_kernel_says_of_its_clock(bound_s, health, monkeypatch):
    monkeypatch.setattr(machine, "_wall_against_monotonic_s", lambda: 0.0)
    monkeypatch.setattr(machine, "kernel_clock_bound_s", lambda: bound_s)
    assert check_clock(MEASURED_UNTIL_NS + NS_PER_DAY).health is health


@pytest.mark.parametrize(
    ("free_bytes", "health"),
    [(10 * 10**9, Health.OK), (500 * 10**6, Health.DEGRADED), (10**6, Health.FAILED)],
)
def test_a_full_disk_is_noticed(free_bytes, health, monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(10**12, 10**12 - free_bytes, free_bytes))
    assert check_disk(tmp_path / "journals" / "not" / "yet").health is health


def test_a_folder_that_cannot_be_written_has_failed(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    assert check_disk(tmp_path).health is Health.FAILED


def test_a_check_that_breaks_is_a_failure_and_not_a_crash(monkeypatch, tmp_path):
    def break_down():
        raise RuntimeError("no such register")

    monkeypatch.setattr(machine, "check_kernels", break_down)
    checks = machine.examine(tmp_path, MEASURED_UNTIL_NS + NS_PER_DAY)
    assert machine.worst(checks) is Health.FAILED
    assert next(check for check in checks if check.name == "kernels").says.endswith("RuntimeError no such register")


def test_the_command_answers_in_json_and_by_its_exit_code(monkeypatch, capsys, tmp_path):
    code = main(["doctor", "--json", "--data-dir", str(tmp_path)])
    answer = json.loads(capsys.readouterr().out)
    assert code == (1 if answer["health"] == "failed" else 0)
    names = [check["name"] for check in answer["checks"]]
    assert names == ["python", "packages", "kernels", "earth-orientation", "disk", "clock", "broker", "real-data"]
    assert all(check["cure"] for check in answer["checks"] if check["health"] != "ok")


def test_the_command_fails_when_something_has_failed(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    assert main(["doctor", "--data-dir", str(tmp_path)]) == 1
    assert "failed" in capsys.readouterr().out
