"""`vedette watch` is killed in the middle of a flight: what it had said can be said again from its journal."""

import json
import os
import signal
import subprocess
import sys
from math import radians, sin
from pathlib import Path

import numpy as np

from vedette.doors.sqlite_journal import SqliteJournal, list_journals
from vedette.formats import write_scans
from vedette.reports import Mode, Scan, SensorKind

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
VEDETTE = [sys.executable, "-m", "vedette"]


def ascent(seconds: int) -> list[Scan]:
    """One reading a second of a two-stage ascent: 150 s of thrust, 10 s of coast, thrust again."""
    speed_mps, height_m, scans = 0.0, 0.0, []
    for t_s in range(seconds):
        climb = radians(90.0 - min(t_s, 150) * 0.4)
        scans.append(reading(t_s, round(speed_mps * 3.6) / 3.6, round(height_m, -2)))
        thrust_mps2 = 0.0 if 150 <= t_s < 160 else 13.0 + 0.12 * t_s if t_s < 150 else 11.0
        speed_mps = max(speed_mps + thrust_mps2 - 9.8 * sin(climb), 0.0)
        height_m += speed_mps * sin(climb)
    return scans


def reading(t_s: int, speed_mps: float, height_m: float) -> Scan:
    t_tai_ns = t_s * 10**9
    values = np.array([[speed_mps, height_m]])
    sigmas = np.array([[0.08, 29.0]])
    return Scan("stage", SensorKind.TELEMETRY, Mode.TEST, t_tai_ns, np.array([t_tai_ns]), values, sigmas)


def test_kill_9_in_mid_flight_loses_nothing_that_was_said(tmp_path: Path):
    feed = tmp_path / "ascent.jsonl"
    write_scans(feed, ascent(230), mode=Mode.TEST, is_epoch_known=False)
    lines = feed.read_bytes().splitlines(keepends=True)
    words = [*VEDETTE, "watch", "-", "--jsonl", "--mode", "TEST", "--pad", "28.6,-80.6", "--data-dir", str(tmp_path)]
    watch = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV)
    assert watch.stdin is not None and watch.stdout is not None
    said = []
    try:
        watch.stdin.write(b"".join(lines[:-20]))  # the feed goes on, but nobody will hear the rest
        watch.stdin.flush()
        while not any(b'"ignition"' in line for line in said):
            line = watch.stdout.readline()
            assert line, "it ended by itself"
            said.append(line)
    finally:
        os.kill(watch.pid, signal.SIGKILL)  # our own child, by its number
        watch.stdin.close()
        watch.wait()
    said += [line for line in watch.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    watch.stdout.close()
    assert len(said) >= 3 and all(json.loads(line) for line in said)

    (found,) = list_journals(tmp_path / "journals")
    with SqliteJournal.open(found.path) as journal:
        assert journal.verify().is_whole
    replays = [
        subprocess.run([*VEDETTE, "replay", str(found.path), "--jsonl"], capture_output=True, env=ENV, timeout=120)
        for _ in range(2)
    ]
    assert replays[0].returncode == 0, replays[0].stderr
    assert replays[0].stdout == replays[1].stdout
    assert replays[0].stdout.startswith(b"".join(said))
