"""`./run joint-demo`: what it makes, and what a stranger reads."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.doors.node.nodes import broker_program

from vedette.doors.node.demo import POLICY, TRACKS, make_stands
from vedette.doors.node.exercise_file import exercise_of
from vedette.doors.node.peer_file import peers_of
from vedette.reports import Mode
from vedette.sharing.release import parse_policy

ROOT = Path(__file__).resolve().parents[3]


def test_two_stands_know_each_other_and_play_one_exercise(tmp_path):
    north, south = make_stands(tmp_path)
    assert [peer.name for peer in peers_of(north.folder)] == ["SOUTH-A"]
    assert [peer.name for peer in peers_of(south.folder)] == ["NORTH-A"]
    here, there = (exercise_of(stand.folder, Mode.EXERCISE) for stand in (north, south))
    assert here == there and here is not None and set(here.owners) == {"NORTH", "SOUTH"}
    assert parse_policy(POLICY.format(owner="NORTH", peer="SOUTH-A") + TRACKS).modes == frozenset({Mode.EXERCISE})
    assert (south.folder.path / "personas.txt").stat().st_mode & 0o077 == 0
    assert "releasing-1" in (south.folder.path / "personas.txt").read_text()


@pytest.mark.slow
def test_a_stranger_sees_a_joint_confirmation(tmp_path):
    broker_program()
    words = [sys.executable, "-m", "vedette", "node", "demo", "--no-browser", "--seconds", "230"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    made = subprocess.run(
        [*words, "--data-dir", str(tmp_path)], capture_output=True, text=True, timeout=600, env=env, check=False
    )
    assert made.returncode == 0, made.stderr
    assert len(re.findall(r"http://127\.0\.0\.1:\d+/#token=\S+", made.stdout)) == 2
    assert re.search(r"SOUTH hears: NORTH tells of a launch, .* seen by infrared", made.stdout)
    assert re.search(r"NORTH == JOINT ==  J\d+: confirmed by infrared and radar \(SOUTH\)", made.stdout)
