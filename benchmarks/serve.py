"""From a radar's report to an open page: `vedette serve` under load, with what limits it.

A radar reports 1,000 objects and a raid of 200 more in six sectors a second over TCP, thirty thousand catalogued
objects fly beside them, and a page reads the stream. Time is counted from the last byte of a report to the frame that
holds it. The share of each process is its own processor time, which other programs on the machine do not lengthen.

`bench serve [--quick] [--seconds=N] [--readers=N]`
"""

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

TRACKS, RAID, OBJECTS = 1_000, 200, 30_000
SECTORS = 6  # reports a second
COHORTS = 12  # of objects that come and go together
WARM_S, LONGEST_WARM_S = 5, 120
GOAL_MS = 200.0


class Heard(NamedTuple):
    """What a page was told: counts of reports, and when, s."""

    scans: list[int]
    at: list[float]


def run(options: list[str]) -> int:
    """One line for the time from report to page, one for each process's share."""
    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    seconds = int(told.get("seconds") or (10 if "quick" in told else 60))
    objects = 2_000 if "quick" in told else OBJECTS
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        figures = asyncio.run(measured(Path(folder), seconds, int(told.get("readers") or 1), objects))
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


async def measured(folder: Path, seconds: int, readers: int, objects: int) -> dict[str, Any]:
    """Begin the server, feed it, read it."""
    radar, states, t_zero = prepared(folder, objects)
    port = free_port()
    process = begun(folder, port)
    try:
        address = await asyncio.to_thread(address_of, process)
        await until_ready(address)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        sent: list[float] = []
        heard: list[Heard] = [Heard([], []) for _ in range(readers)]
        pages = [asyncio.create_task(read(address, one)) for one in heard]
        before: dict[str, float] = {}
        first = None  # report from which on it is measured: kernels are made, and nothing lags
        t_start = time.monotonic()
        for number, line in lines(radar, states, t_zero, LONGEST_WARM_S + seconds):
            due = t_start + number / SECTORS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if first is None and number >= WARM_S * SECTORS and heard[0].scans[-1:] >= [number - 1]:
                first, before = number, await asyncio.to_thread(metrics, address)
            if first is not None and number >= first + seconds * SECTORS:
                break
            if first is None and number == LONGEST_WARM_S * SECTORS // 2:  # it may never catch up: shares still count
                before = await asyncio.to_thread(metrics, address)
            writer.write(line)
            await writer.drain()
            sent.append(time.monotonic())
        await asyncio.sleep(2.0)
        after = await asyncio.to_thread(metrics, address)
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
        writer.close()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    return figures_of(sent, first, heard, before, after, objects)


def figures_of(
    sent: list[float], first: int | None, heard: list[Heard], before: dict[str, float], after: dict[str, float],
    objects: int,
) -> dict[str, Any]:  # fmt: skip
    """The line."""
    waits = np.array([
        1e3 * (page.at[np.searchsorted(page.scans, number + 1)] - t)
        for page in heard for number, t in enumerate(sent)
        if first is not None and number >= first and page.scans[-1] > number
    ])  # fmt: skip
    reports, readers = round(after["scans"] - before["scans"]), len(heard)
    spent = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in after}
    worker = spent['vedette_worker_cpu_seconds_total{part="all"}']
    frames = spent['vedette_worker_cpu_seconds_total{part="frames"}']
    server, passed_s = spent["vedette_server_cpu_seconds_total"], spent["vedette_uptime_seconds"]
    return {
        "benchmark": "serve", "what": "milliseconds from a radar's report to an open page",
        "p50_ms": part(waits, 50.0), "p99_ms": part(waits, 99.0), "worst_ms": part(waits, 100.0), "goal_ms": GOAL_MS,
        "keeps_up": first is not None, "reports": reports, "told": len(waits),
        "objects": objects, "tracks": TRACKS, "raid": RAID, "readers": readers, "rows": int(after["rows"]),
        "cpu_ms_per_report": {
            "engine_and_journal": round(1e3 * (worker - frames) / reports, 1),
            "frames": round(1e3 * frames / reports, 1), "server": round(1e3 * server / reports, 1),
        },
        "busy_share": {"worker": round(worker / passed_s, 3), "server": round(server / passed_s, 3)},
        "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip


def part(waits: np.ndarray, percent: float) -> float | None:
    """A quantile, ms; null when the page never caught up."""
    return round(float(np.percentile(waits, percent)), 1) if len(waits) else None


def prepared(folder: Path, objects: int) -> tuple[Any, np.ndarray, int]:
    """A radar's description, a sky in the store, and where everything is that the radar sees."""
    from vedette.doors.catalogue_store import CatalogueStore
    from vedette.doors.seal_file import now_tai_ns
    from vedette.exercise.made_up_sky import population
    from vedette.sensing import Radar, Site, format_sensors

    radar = Radar(
        Site(45.0, 10.0, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.02, revisit_s=1.0, false_alarms_per_look=5.0,
        detection_probability=0.95, range_max_km=4500.0, name="dome",
    )  # fmt: skip
    (folder / "sensors.toml").write_text(format_sensors({"dome": radar}), encoding="utf-8")
    now = now_tai_ns()
    CatalogueStore(folder).add(population(objects, 1, now))
    return radar, drawn_states(radar, TRACKS + RAID, TRACKS, np.random.default_rng(3)), now


def drawn_states(radar: Any, n: int, slow_from: int, rng: np.random.Generator) -> np.ndarray:
    """(n, 6) over the radar: in orbit, and from `slow_from` on at half of that speed, as a raid is."""
    is_raid = np.arange(n) >= slow_from
    azimuth, elevation = rng.uniform(0.0, 2.0 * np.pi, n), rng.uniform(0.15, 1.5, n)
    height = np.concatenate([
        rng.uniform(400e3, 1500e3, np.sum(~is_raid)), rng.uniform(150e3, 400e3, np.sum(is_raid))
    ])  # fmt: skip
    up = np.stack([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], -1)
    sine, earth = np.sin(elevation), 6.371e6
    reach = -earth * sine + np.sqrt((earth * sine) ** 2 + (earth + height) ** 2 - earth**2)
    place = radar.site.position_itrf_m + (reach[:, None] * up) @ radar.site.enu_from_itrf
    radius = np.linalg.norm(place, axis=1)
    along = rng.normal(size=(n, 3))
    along -= (np.sum(along * place, 1) / radius**2)[:, None] * place
    along /= np.linalg.norm(along, axis=1)[:, None]
    speed = np.sqrt(3.986e14 / radius) * np.where(is_raid, 0.5, 1.0)
    velocity = along * speed[:, None] - np.cross([0.0, 0.0, 7.292115e-5], place)
    return np.concatenate([place, velocity], 1)


def lines(radar: Any, states: np.ndarray, t_zero: int, seconds: int, renewed_s: int = 0) -> Any:
    """(number, line) of every report, in order; made as it is asked for.

    With `renewed_s` every object gives way to another within that time, a share of them at once.
    """
    from vedette.doors.seal_file import now_tai_ns
    from vedette.formats.scan_file import write_header, write_scan
    from vedette.motion import propagate_coast
    from vedette.reports import Mode, Region, Scan, SensorKind

    rng, width = np.random.default_rng(4), 2.0 * np.pi / SECTORS
    for number in range(seconds * SECTORS):
        t = now_tai_ns()
        now = propagate_coast(states, (t - t_zero) / 1e9)
        if renewed_s and number % (renewed_s * SECTORS // COHORTS) == 0 and number:
            mine = np.arange(len(states)) % COHORTS == number // (renewed_s * SECTORS // COHORTS) % COHORTS
            fresh = drawn_states(radar, len(states), TRACKS, rng)[mine]
            now[mine] = fresh
            states, t_zero = now, t
        values = radar.measure(now) + np.nan_to_num(radar.sigmas) * rng.standard_normal((len(now), 4))
        values[:, 3] = np.nan
        low = number % SECTORS * width
        inside = (values[:, 0] >= low) & (values[:, 0] < low + width) & (values[:, 1] > 0.05)
        inside &= rng.random(len(now)) < 0.95
        values = values[inside]
        region = Region(low, low + width, 0.05, np.pi / 2, 0.0, 4.5e6)
        times = np.full(len(values), t)
        sigmas = np.tile(radar.sigmas, (len(values), 1))
        scan = Scan("dome", SensorKind.RADAR, Mode.EXERCISE, t, times, values, sigmas, region)
        out = io.BytesIO()
        if not number:
            write_header(out, Mode.EXERCISE, "bench", ("dome",), None, True)
        write_scan(out, scan, number)
        yield number, out.getvalue()


def begun(folder: Path, port: int) -> "subprocess.Popen[str]":
    """The server, listening to the radar."""
    words = [
        "serve", "--listen", f"tcp://127.0.0.1:{port}", "--sky", "--mode", "EXERCISE", "--no-token", "--port", "0",
        "--sensors", str(folder / "sensors.toml"), "--catalogue", "store", "--data-dir", str(folder),
    ]  # fmt: skip
    command = "import sys; from vedette.doors.cli import main; sys.exit(main())"
    return subprocess.Popen([sys.executable, "-c", command, *words], stderr=subprocess.PIPE, text=True)


def address_of(process: "subprocess.Popen[str]") -> str:
    """Where it serves, as it says itself."""
    assert process.stderr is not None
    for line in process.stderr:
        found = re.match(r"http://[\d.]+:\d+", line)
        if found:
            return found[0]
        sys.stderr.write(line)
    raise SystemExit("the server did not begin")


async def until_ready(address: str) -> None:
    """Until the worker watches."""
    for _ in range(1200):
        try:
            await asyncio.to_thread(lambda: urllib.request.urlopen(address + "/readyz").close())
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("the server was never ready")


async def read(address: str, heard: Heard) -> None:
    """A page: which counts of scans it is told, and when."""
    import websockets

    page = websockets.connect(address.replace("http", "ws") + "/api/v1/stream", origin=address, max_size=None)
    async with page as stream:
        await stream.send(json.dumps({"type": "hello", "resume": None, "journal": None, "catalogue_period_s": 10}))
        async for message in stream:
            if isinstance(message, str) and message.startswith('{"type":"update"'):
                heard.scans.append(int(message.split('"scans":', 1)[1].split(",", 1)[0]))
                heard.at.append(time.monotonic())


def metrics(address: str) -> dict[str, float]:
    """What `/metrics` says, and how many objects the picture holds."""
    with urllib.request.urlopen(address + "/metrics") as answer:
        rows = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#")]
    found = {name: float(value) for name, value in rows}
    found["scans"] = found.get("vedette_scans_total", 0.0)
    return {**found, "rows": found.get('vedette_picture_rows{section="objects"}', 0.0)}


def free_port() -> int:
    """A port that nobody uses just now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
