"""A live watch in a process of its own: fed over sockets, ended by Ctrl-C, and replayed to the same bytes."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.doors.feeds.loopback import free_port, scan_line
from tests.formats.test_asterix_scans import record048, sector034

from vedette.core.errors import RefusedError, UsageError
from vedette.doors.cli import main
from vedette.doors.cli.exit_codes import ExitCode

COMPILING_S = 400.0  # kernels may have to be compiled first, beside other work; only against hanging
SENSORS = """
[sensors.radar-north]
kind = "radar"
site = { lat_deg = 45.0, lon_deg = 16.0, height_m = 300.0 }
range_sigma_m = 50.0
angle_sigma_deg = 0.06
asterix = "25/13"
"""


def vedette(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "vedette", *map(str, words)], capture_output=True, check=False)


def started(*words: str | Path) -> subprocess.Popen[bytes]:
    """A watch that has said on stderr that it is watching."""
    child = subprocess.Popen(
        [sys.executable, "-m", "vedette", "watch", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stderr is not None
    first = child.stderr.readline()
    assert first.startswith(b"watching"), first + child.stderr.read()
    return child


def entries_of(data_dir: Path) -> int:
    """How many entries the only journal holds by now."""
    (path,) = (data_dir / "journals").glob("*.sqlite")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5.0)) as connection:
        return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])


def test_a_live_watch_ends_in_order_and_replays_to_the_same_bytes(tmp_path):
    sensors = tmp_path / "sites.toml"
    sensors.write_text(SENSORS)
    udp, tcp = free_port(socket.SOCK_DGRAM), free_port()
    where = ("--listen", f"udp://127.0.0.1:{udp}", "--listen", f"tcp://127.0.0.1:{tcp}")
    child = started(*where, "--sensors", sensors, "--mode", "TEST", "--json", "--data-dir", tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out, socket.create_connection(("127.0.0.1", tcp)) as line:
        second = time.time() % 86_400
        out.sendto(sector034(second - 1.0, 0, com=0x02), ("127.0.0.1", udp))
        out.sendto(record048(second - 0.7, theta=512) + sector034(second - 0.5, 8), ("127.0.0.1", udp))
        out.sendto(b"noise", ("127.0.0.1", udp))
        line.sendall(scan_line(0))
        t_end = time.monotonic() + COMPILING_S
        while entries_of(tmp_path) < 6:  # two headers, health, two scans, one sentence
            assert time.monotonic() < t_end, f"only {entries_of(tmp_path)} entries"
            time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    out_bytes, err_bytes = child.communicate(timeout=COMPILING_S)
    assert child.returncode == ExitCode.BAD_INPUT, err_bytes.decode()  # the noise
    document = json.loads(out_bytes)
    assert document["mode"] == "TEST" and document["counts"]["scans"] == 2 and document["counts"]["quarantined"] == 1
    (source,) = document["sources"]
    assert source["sensor_id"] == "radar-north" and source["is_clock_valid"] is False
    assert source["delay_s"] is not None and "not synchronised" in source["doubts"]
    assert any("not synchronised" in event["text"] for event in document["events"])
    (journal,) = (tmp_path / "journals").glob("*.sqlite")
    assert not journal.with_name(journal.name + "-wal").exists(), "the journal was not closed"
    replayed = vedette("replay", journal, "--json")
    assert replayed.stdout == out_bytes and replayed.returncode == child.returncode
    assert vedette("journal", "verify", journal).returncode == 0


def test_what_would_open_a_socket_to_others_is_refused(tmp_path, capsys):
    words = ["watch", "--listen", "udp://0.0.0.0:8600", "--data-dir", str(tmp_path)]
    assert main(words) == RefusedError.exit_code
    assert "--open-to-network" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.sqlite"))


@pytest.mark.parametrize("more", [("--speed", "2"), ("--until", "T+30")])
def test_options_of_recorded_feeds_are_refused(more, capsys):
    assert main(["watch", "udp://127.0.0.1:8600", *more]) == UsageError.exit_code
    assert more[0] in capsys.readouterr().err


def test_an_instant_ends_a_live_watch(tmp_path, capsys):
    port = free_port(socket.SOCK_DGRAM)
    words = [
        "watch",
        f"udp://127.0.0.1:{port}",
        "--until",
        "2020-01-01T00:00:00Z",
        "--json",
        "--data-dir",
        str(tmp_path),
    ]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["mode"] == "REAL"


def test_whoever_ends_the_process_politely_ends_the_watch_in_order(tmp_path):
    port = free_port(socket.SOCK_DGRAM)
    child = started(f"udp://127.0.0.1:{port}", "--json", "--data-dir", tmp_path)
    child.send_signal(signal.SIGTERM)
    out_bytes, err_bytes = child.communicate(timeout=COMPILING_S)
    assert child.returncode == 0, err_bytes.decode()
    assert json.loads(out_bytes)["counts"]["scans"] == 0
    (journal,) = (tmp_path / "journals").glob("*.sqlite")
    assert not journal.with_name(journal.name + "-wal").exists(), "the journal was not closed"
