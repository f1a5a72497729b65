"""The README is true: its commands run and its Python runs."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "CONTRIBUTING.md"]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# Commands that are run elsewhere, or that this run is part of
ELSEWHERE = {
    "./run test": "this test is part of it",
    "./run docs": "tests/tidy/test_reference.py compares what it would write",
    "./run calibrate": "minutes long",
}


def blocks(kind: str) -> list[tuple[str, str]]:
    return [
        (page, text)
        for page in PAGES
        for language, text in FENCE.findall((ROOT / page).read_text(encoding="utf-8"))
        if language == kind
    ]


def commands() -> list[str]:
    lines = [line for _, text in blocks("console") for line in text.splitlines() if line.startswith("$ ")]
    return [line[2:].split("  #")[0].strip() for line in lines]


def as_words(command: str) -> list[str]:
    """The same command in the environment that runs this test, as fast as it goes."""
    words = shlex.split(command)
    if words[0] == "./run":
        words = words[1:]
        if words[:1] == ["vedette"]:
            words = words[1:]
    elif words[0] == "vedette":
        words = words[1:]
    else:
        pytest.fail(f"the README shows a command that no test can run: {command}")
    if words[:1] == ["demo"]:
        words += ["--no-browser", "--port", "0", "--objects", "500"]
    return [sys.executable, "-m", "vedette", *words]


def run_here(words: list[str], tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Runs beside the folders a reader of the README has, and leaves nothing behind in the repository."""
    for name in ("scenarios", "docs", "examples"):
        if (ROOT / name).exists():
            (tmp_path / name).symlink_to(ROOT / name)
    return subprocess.run(
        words, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=800, check=False
    )


def environment(tmp_path: Path) -> dict[str, str]:
    source = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": source, "MPLBACKEND": "Agg", "NO_COLOR": "1", "XDG_DATA_HOME": str(tmp_path)}


@pytest.mark.parametrize("command", commands())
def test_the_commands_run(command, tmp_path):
    for start, reason in ELSEWHERE.items():
        if command == start or command.startswith(f"{start} "):
            pytest.skip(reason)
    words = as_words(command)
    if words[3:4] == ["demo"]:
        serves_and_ends_in_order(words, tmp_path)
        return
    done = run_here(words, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]


def serves_and_ends_in_order(words: list[str], tmp_path: Path) -> None:
    """It says where the console is, the page is there and the watch runs behind it; Ctrl-C ends both."""
    said = tmp_path / "said.txt"
    with said.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(words, cwd=tmp_path, env=environment(tmp_path), stdout=out, stderr=subprocess.STDOUT)
    try:
        address = ""
        for _ in range(1200):
            assert child.poll() is None, said.read_text(encoding="utf-8")[-3000:]
            if found := re.search(r"(http://127\.0\.0\.1:\d+)/#token=", said.read_text(encoding="utf-8")):
                address = found[1]
                break
            time.sleep(0.1)
        assert address, said.read_text(encoding="utf-8")[-3000:]
        assert "<html" in answered(address + "/")
        for _ in range(600):  # kernels may have to be compiled before the watch looks at anything
            if answered(address + "/readyz").startswith("ready"):
                break
            time.sleep(0.2)
        else:
            pytest.fail(answered(address + "/readyz"))
    finally:
        child.send_signal(signal.SIGINT)
        code = child.wait(60)
    assert code == 0, said.read_text(encoding="utf-8")[-3000:]


def answered(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.read().decode().lower()
    except urllib.error.HTTPError as refusal:
        return f"{refusal.code} {refusal.read().decode()}".lower()


@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_the_python_runs(page, text, tmp_path):
    done = run_here([sys.executable, "-c", text], tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip(), "it has nothing to say"


def test_the_readme_shows_a_command_a_picture_and_python():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "$ ./run demo" in readme
    assert re.search(r"!\[[^\]]+\]\(docs/\S+\.(svg|png)\)", readme)
    assert blocks("python")
