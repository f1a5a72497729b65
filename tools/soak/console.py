"""Half an hour of `vedette serve` under its benchmark's load, a page open: is memory flat, do reports come in time?

`./run soak console [--minutes=30] [--objects=30000] [--page]`: 1,000 objects and a raid of 200 in six sectors a second,
every one of them gone and another come within five minutes. A line a minute with what each process holds, and one at
the end; exit code 1 when the last third of the time holds a tenth more than the third before it. With `--page` Chromium
shows the flat map, and what its script holds after a collection is told as well.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

WHAT = "30 minutes of serve with 30,000 objects and 1,200 tracks, a page open: memory of every process, times to a page"
RENEWED_S = 300
MORE = 1.1  # of memory, and it grows
WARM_SHARE = 1.0 / 3.0  # of the time, in which caches fill


def run(options: list[str]) -> int:
    """0 when memory is flat."""
    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    minutes, objects = float(told.get("minutes") or 30), int(told.get("objects") or 30_000)
    with tempfile.TemporaryDirectory(prefix="vedette-soak-") as folder:
        line = asyncio.run(_soak(Path(folder), minutes, objects, "page" in told))
    sys.stdout.write(json.dumps(line) + "\n")
    return int(not line["is_flat"])


async def _soak(folder: Path, minutes: float, objects: int, with_page: bool) -> dict[str, Any]:
    from benchmarks import serve

    radar, states, t_zero = serve.prepared(folder, objects)
    port = serve.free_port()
    process = serve.begun(folder, port)
    rows: list[dict[str, float]] = []
    try:
        address = await asyncio.to_thread(serve.address_of, process)
        await serve.until_ready(address)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        heard = serve.Heard([], [])
        reader = asyncio.create_task(serve.read(address, heard))
        with ExitStack() as stack:
            page = await asyncio.to_thread(_Page, address) if with_page else None
            if page is not None:
                stack.callback(page.close)
            sent: list[float] = []
            t_start, seconds = time.monotonic(), round(60 * minutes)
            t_told = t_start
            for number, line in serve.lines(radar, states, t_zero, seconds, RENEWED_S):
                due = t_start + number / serve.SECTORS
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                writer.write(line)
                await writer.drain()
                sent.append(time.monotonic())
                if time.monotonic() - t_told >= min(60.0, 6.0 * minutes):
                    t_told = time.monotonic()
                    row = await asyncio.to_thread(_row, process.pid, page)
                    rows.append({"minute": round((t_told - t_start) / 60.0, 1), **row})
                    sys.stderr.write(json.dumps(rows[-1]) + "\n")
            await asyncio.sleep(2.0)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        writer.close()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
    return _line(rows, sent, heard, minutes, objects)


def _line(rows: list[dict[str, float]], sent: list[float], heard: Any, minutes: float, objects: int) -> dict[str, Any]:
    names = [name for name in rows[-1] if name != "minute"]
    third = max(len(rows) // 3, 1)
    growth = {
        name: round(float(np.median([one[name] for one in rows[-third:]]))
                    / float(np.median([one[name] for one in rows[-2 * third : -third]] or [rows[0][name]])), 3)
        for name in names
    }  # fmt: skip
    first = round(len(sent) * WARM_SHARE)
    scans = np.maximum.accumulate(heard.scans) if heard.scans else np.empty(0)
    waits = [
        1e3 * (heard.at[at] - t)
        for number, t in enumerate(sent[first:], start=first)
        if (at := int(np.searchsorted(scans, number + 1))) < len(scans)
    ]
    return {
        "soak": "console", "minutes": minutes, "objects": objects, "reports": len(sent),
        "told": len(waits), "p50_ms": _part(waits, 50), "p99_ms": _part(waits, 99), "worst_ms": _part(waits, 100),
        "growth": growth, "is_flat": all(one <= MORE for one in growth.values()),
        "mib": {name: [round(one[name]) for one in rows] for name in names},
        "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip


def _part(waits: list[float], percent: float) -> float | None:
    return round(float(np.percentile(waits, percent)), 1) if waits else None


def _row(server: int, page: "_Page | None") -> dict[str, float]:
    """MiB that the server, its children by their modules, and the page's script hold."""
    held = {"server": _resident_mib(server)}
    for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        name = next((word.decode().rpartition(".")[2] for word in words if word.startswith(b"vedette.")), "other")
        held[name] = _resident_mib(int(child))
    if page is not None:
        held["page"] = page.held_mib()
    return held


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class _Page:
    """The flat map in Chromium, in a thread of its own as Playwright wants it."""

    def __init__(self, address: str) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._open, address).result()

    def _open(self, address: str) -> None:
        from playwright.sync_api import sync_playwright
        from tests.console.conftest import FLAGS, chromium

        self._play = sync_playwright().start()
        self._browser = self._play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = self._browser.new_page()
        page.goto(f"{address}/?view=map")
        self._tools = page.context.new_cdp_session(page)

    def held_mib(self) -> float:
        """What its script holds, after a collection."""
        return self._thread.submit(self._held_mib).result()

    def _held_mib(self) -> float:
        self._tools.send("HeapProfiler.collectGarbage")
        return float(self._tools.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    def close(self) -> None:
        """End it."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._play.stop).result()
        self._thread.shutdown()
