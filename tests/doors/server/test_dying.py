"""A process that crashes in compiled code says where it was, and its server why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vedette.doors.server.dying import death_in_words

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def crash(folder: Path, how: str) -> subprocess.Popen[bytes]:
    words = (
        "import os, pathlib, signal, sys\nfrom vedette.doors.server.dying import frames_kept\n"
        f"def deep():\n    {how}\n"
        "with frames_kept(pathlib.Path(sys.argv[1])):\n    deep()\n"
    )
    one = subprocess.Popen([sys.executable, "-c", words, str(folder)], env=ENV, stderr=subprocess.PIPE)
    one.communicate()
    return one


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_the_frames_of_a_crash_are_kept_and_found(tmp_path: Path) -> None:
    one = crash(tmp_path, "os.kill(os.getpid(), signal.SIGSEGV)")
    said = death_in_words(one.returncode, one.pid, tmp_path)
    assert said.startswith("SIGSEGV: compiled code touched memory") and str(tmp_path) in said
    text = Path(said.rpartition(": ")[2]).read_text()
    assert "Segmentation fault" in text and "in deep" in text


@pytest.mark.parametrize(("how", "words"), [
    ("pass", ""), ("sys.exit(3)", "exit code 3"),
    ("os.kill(os.getpid(), 9)", "SIGKILL: somebody ended it, or the system had no memory left (`dmesg` says so)"),
])  # fmt: skip
def test_whoever_did_not_crash_leaves_no_file(tmp_path: Path, how: str, words: str) -> None:
    if os.name == "nt" and "kill" in how:
        pytest.skip("no signals")
    one = crash(tmp_path, how)
    assert death_in_words(one.returncode, one.pid, tmp_path) == words
    assert not list((tmp_path / "crashes").iterdir())


def test_signals_of_other_numbers_have_a_name_or_a_number() -> None:
    assert death_in_words(-15, 1, None) == "SIGTERM" and death_in_words(-99, 1, None) == "signal 99"
    assert death_in_words(None, 1, None) == ""
