"""The front door itself: it teaches, and it says when it does not understand."""

import os
import shutil
import subprocess

import pytest
from tests.tidy.repository import ROOT

VERBS = ["demo", "vedette", "test", "docs", "lock", "bench", "accuracy", "calibrate"]
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


def knock(shell: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    command = [shell, str(ROOT / "run"), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("shell", SHELLS)
def test_alone_it_teaches(shell):
    done = knock(shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"./run {verb}" in done.stdout for verb in VERBS)


@pytest.mark.parametrize("shell", SHELLS)
def test_an_unknown_verb_is_a_usage_error(shell):
    done = knock(shell, "dmeo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'dmeo'" in done.stderr


def test_continuous_integration_runs_what_people_run():
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("exec ./run test </dev/null")
