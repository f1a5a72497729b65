"""`... | head -1` is no failure, of a command or of a job of `./run`; a pipe that breaks elsewhere is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NIGHT = ["docs/examples/night.jsonl", "--sensors", "docs/examples/night.toml"]


def _into_a_closed_pipe(*words: str, both: bool = False) -> tuple[int, str]:
    reader, writer = os.pipe()
    os.close(reader)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    env.pop("PYTHONUNBUFFERED", None)
    done = subprocess.run(
        [sys.executable, *words],
        stdout=writer,
        stderr=writer if both else subprocess.PIPE,
        env=env,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    os.close(writer)
    return done.returncode, (done.stderr or b"").decode()


@pytest.mark.parametrize("job", ["benchmarks", "tools.calibrate", "tools.accuracy", "tools.soak", "tools.wheel"])
def test_a_job_of_run(job):
    assert _into_a_closed_pipe("-m", job, "--help") == (0, "")


@pytest.mark.parametrize("words", [["sensors"], ["watch", "--help"]])
def test_a_command(words):
    assert _into_a_closed_pipe("-m", "vedette", *words) == (0, "")


def test_a_watch_whose_lines_nobody_reads_any_more(tmp_path):
    code, said = _into_a_closed_pipe(
        "-m", "vedette", "watch", *NIGHT, "--jsonl", "--data-dir", str(tmp_path)
    )
    assert (code, "Traceback" in said, "our own mistake" in said) == (0, False, False)


def test_words_that_nobody_reads():
    code, _ = _into_a_closed_pipe("-m", "vedette", "sensors", both=True)
    assert code == 0


def test_a_pipe_of_our_own_that_breaks_is_still_told():
    """The output has a reader here: what broke is something else, and no success."""
    words = "from vedette.doors.closed_pipe import until_read_enough as u\n"
    words += "def work(): raise BrokenPipeError(32, 'ours')\nu(work)"
    done = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 1
    assert "BrokenPipeError" in done.stderr


def test_what_a_command_found_stays_found():
    """All was written, to a reader that had left before the last of it: the exit code still speaks."""
    words = "import sys\nfrom vedette.doors.closed_pipe import until_read_enough as u\n"
    words += "def work():\n    print('one row is wrong')\n    return 1\nsys.exit(u(work))"
    assert _into_a_closed_pipe("-c", words) == (1, "")
