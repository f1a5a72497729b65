"""From a report sent over a socket to the track that has it: 10,000 objects, one radar, a sector scan at a time.

A radar in a process of its own turns in 10 s and sends a scan of some 300 detections over TCP, as scan lines, when each
of 32 sectors is over. The watch is the one that `vedette watch --listen tcp://... --sky` runs, journal and all, on one
core. The latency of a scan runs from the first byte handed to the socket to the return of `advance`.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import ROOT, is_quick, line

WORDS = "report-to-track latency, socket to picture"


def lines() -> Iterator[dict[str, Any]]:
    """Median, 99th percentile and worst latency, ms; no peer has a live feed."""
    count, turns = (500, 6) if is_quick() else (10_000, 10)
    taken_ms, busy_ms, tracks, detections = measured(count, turns)
    sizes = {"tracks": tracks, "scans": len(taken_ms), "detections_a_scan": round(detections, 1)}
    low, high, worst = (float(np.quantile(taken_ms, q)) for q in (0.5, 0.99, 1.0))
    yield line(f"{WORDS}, median", "ms", low, better="less", **sizes)
    yield line(f"{WORDS}, p99", "ms", high, goal=50.0, better="less", **sizes)
    busy = float(np.quantile(busy_ms, 0.99))
    yield line("processor time of a report, line to picture, p99", "ms", busy, goal=50.0, better="less", **sizes)
    yield line(f"{WORDS}, worst", "ms", worst, better="less", **sizes)


def measured(count: int, turns: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray, int, float]:
    """Latencies and processor times (ms) of the scans after the warm turns, tracks at the end, mean detections.

    The processor time is the loop's own thread, from one picture to the next: what a busy machine cannot lengthen.
    """
    from benchmarks.tracking import _sky_feeder as sky
    from vedette.doors.feeds import LiveFeeds, parse_address
    from vedette.doors.sqlite_journal import SqliteJournal
    from vedette.doors.watch_feeds import feed_sensors
    from vedette.doors.watch_loop import watch_loop
    from vedette.engine import Picture, Session
    from vedette.reports import Mode, Scan
    from vedette.sensing import format_sensors

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    sensors = {sky.RADAR.name: sky.RADAR}
    session = Session(mode=Mode.TEST, sensors_toml=format_sensors(sensors), sky=True)
    live = LiveFeeds([parse_address(f"tcp://127.0.0.1:{port}", is_listening=True)], Mode.TEST, feed_sensors(sensors))
    words = [sys.executable, "-m", "benchmarks.tracking._sky_feeder", *map(str, (port, count, turns, seed))]
    feeder = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert feeder.stdin is not None and feeder.stdout is not None
    done_ns: list[int] = []
    busy_ns: list[int] = []
    sizes: list[int] = []
    warm = sky.WARM_TURNS * sky.SECTORS

    def tell() -> None:
        assert feeder.stdin is not None
        feeder.stdin.write("go on\n")
        feeder.stdin.flush()

    def hear(picture: Picture, event: object) -> None:
        if not isinstance(event, Scan):
            return
        done_ns.append(time.monotonic_ns())
        busy_ns.append(time.thread_time_ns())
        sizes.append(len(event))
        if len(done_ns) == warm:
            tell()
        elif len(done_ns) == turns * sky.SECTORS:
            live.stop()

    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            SqliteJournal.create(Path(folder) / "j.sqlite", session) as journal,
        ):
            tell()
            picture = watch_loop(live.records(), session, _Nobody(), journal, hear=hear)
        tell()
        sent_ns = [int(text.split()[1]) for text in feeder.stdout]
    finally:
        feeder.stdin.close()
        feeder.terminate()
        feeder.wait(10)
    taken_ms = (np.array(done_ns[warm:]) - np.array(sent_ns[warm : len(done_ns)])) / 1e6
    followed: Any = picture.followers["sky"]
    return taken_ms, np.diff(busy_ns)[warm:] / 1e6, len(followed), float(np.mean(sizes[warm:]))


class _Nobody:
    """A reporter that says nothing, so that the screen's time is not measured."""

    def said(self, picture: object) -> None:
        """Nothing."""

    def finish(self, picture: object, predict_to_tai_ns: int | None) -> None:
        """Nothing."""
