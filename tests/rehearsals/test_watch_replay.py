"""The same feed gives the same bytes: twice live, and again from the journal, also after kill -9 in mid-run."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.rehearsals.telemetry_feed import write_two_stage_telemetry

PAD = ("--pad", "28.6,-80.6")


def vedette(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "vedette", *map(str, words)], capture_output=True, timeout=240, check=False
    )


def only_journal(data_dir: Path) -> Path:
    """The one journal of a data directory."""
    (path,) = (data_dir / "journals").glob("*.sqlite")
    return path


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A telemetry file."""
    return write_two_stage_telemetry(tmp_path_factory.mktemp("feed") / "two-stage.json")


@pytest.mark.parametrize("shape", ["--json", "--jsonl"])
def test_two_live_runs_and_a_replay_give_the_same_bytes(feed, tmp_path, shape):
    first = vedette("watch", feed, *PAD, shape, "--predict-to", "T+290", "--data-dir", tmp_path / "one")
    second = vedette("watch", feed, *PAD, shape, "--predict-to", "T+290", "--data-dir", tmp_path / "two")
    replayed = vedette("replay", only_journal(tmp_path / "one"), shape)
    assert first.returncode == 0, first.stderr.decode()
    assert b"burnout" in first.stdout and b"ignition" in first.stdout
    assert first.stdout == second.stdout
    assert first.stdout == replayed.stdout


def test_until_is_replayed_as_it_was_watched(feed, tmp_path):
    words = ("--until", "T+158", "--predict-to", "T+200", "--json")
    live = vedette("watch", feed, *PAD, *words, "--data-dir", tmp_path)
    replayed = vedette("replay", only_journal(tmp_path), "--json")
    assert live.stdout == replayed.stdout
    document = json.loads(live.stdout)
    assert document["t_now_plus_s"] == 158.0
    assert document["predictions"] and document["predictions"][0]["t_plus_s"] == 200.0
    assert all(event["t_declared_plus_s"] <= 158.0 for event in document["events"])


def test_a_replay_can_be_cut_at_both_ends(feed, tmp_path):
    whole = json.loads(vedette("watch", feed, *PAD, "--json", "--data-dir", tmp_path).stdout)
    cut = vedette("replay", only_journal(tmp_path), "--from", "T+100", "--to", "T+165", "--json")
    events = json.loads(cut.stdout)["events"]
    expected = [e for e in whole["events"] if 100.0 <= e["t_declared_plus_s"] <= 165.0]
    assert events == expected and events


def test_what_was_on_the_screen_at_kill_9_is_what_a_replay_shows(feed, tmp_path):
    words = ["watch", str(feed), *PAD, "--jsonl", "--speed", "40", "--data-dir", str(tmp_path)]
    child = subprocess.Popen([sys.executable, "-m", "vedette", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None and child.stderr is not None
    seen = []
    try:
        for line in child.stdout:  # lift-off, class, and on to the first burnout
            seen.append(line)
            if b'"burnout"' in line:
                break
    finally:
        child.send_signal(signal.SIGKILL)
        seen += child.stdout.readlines()
        child.stdout.close()
        child.stderr.close()
        child.wait()
    assert any(b'"burnout"' in line for line in seen)
    assert not any(b'"picture"' in line for line in seen), "the run ended before it could be killed"
    replayed = vedette("replay", only_journal(tmp_path), "--jsonl")
    assert replayed.returncode == 0, replayed.stderr.decode()
    assert replayed.stdout.startswith(b"".join(seen))
    assert vedette("journal", "verify", only_journal(tmp_path)).returncode == 0
