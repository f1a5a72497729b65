"""The built console in a real browser, with answers of our own in the server's place: drawing alone is measured.

A folder is served as `vedette serve` serves it, content policy and all; the stream and the API are answered inside the
browser's own process by Playwright, so that nothing else works on the machine.
"""

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2, EARTH_SPIN_RADPS

CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'"
)
T_UTC = "2031-04-01T12:00:00.000Z"
T_UTC_S = 1_932_811_200.0
MAGIC = 0x54444556


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


def batch(count: int, t_utc_s: float, seed: int = 1) -> bytes:
    """A binary frame of kind 1: objects on round orbits, low ones for the most part, as in the catalogue."""
    rng = np.random.default_rng(seed)
    share = rng.random(count)
    radius_m = 6.378e6 + np.where(
        share < 0.85, rng.uniform(4e5, 1.4e6, count), np.where(share < 0.92, 2.02e7, 3.5786e7)
    )
    tilt = np.radians(rng.choice([28.0, 51.6, 53.0, 63.4, 74.0, 82.0, 97.6], count)) * (share < 0.92)
    node, along = rng.uniform(0, 2 * np.pi, (2, count))
    speed = np.sqrt(EARTH_MU_M3_S2 / radius_m)

    def turned(x: Any, y: Any) -> Any:
        flat = y * np.cos(tilt)
        return np.stack(
            [np.cos(node) * x - np.sin(node) * flat, np.sin(node) * x + np.cos(node) * flat, y * np.sin(tilt)], axis=-1
        )

    position = turned(radius_m * np.cos(along), radius_m * np.sin(along))
    velocity = turned(-speed * np.sin(along), speed * np.cos(along))
    velocity[:, 0] += EARTH_SPIN_RADPS * position[:, 1]
    velocity[:, 1] -= EARTH_SPIN_RADPS * position[:, 0]
    head = struct.pack("<IHHIIdd", MAGIC, 1, 1, count, 0, t_utc_s + 37.0, t_utc_s)
    return head + b"".join(
        a.tobytes() for a in (np.arange(count, dtype="<u4"), position.astype("<f4"), velocity.astype("<f4"))
    )


def picture(count: int, tracks: int) -> dict[str, Any]:
    """A picture with that many tracks in orbit and a catalogue of that many objects."""
    state = np.frombuffer(batch(tracks, T_UTC_S, seed=2)[32 + 4 * tracks :], "<f4").reshape(2, tracks, 3)
    objects: list[dict[str, Any]] = [
        {
            "id": f"T{i}", "class": "satellite", "probabilities": {"satellite": 0.9}, "phase": "orbit",
            "apogee_km": None, "apogee_90_km": None, "launch": None, "burnout": None, "impact": None,
            "impact_areas": [],
            "state": {
                "t_utc": T_UTC, "t_plus_s": None,
                "lat_deg": float(np.degrees(np.arctan2(p[2], np.hypot(p[0], p[1])))),
                "lon_deg": float(np.degrees(np.arctan2(p[1], p[0]))),
                "altitude_km": float(np.linalg.norm(p) / 1e3 - 6371),
                "position_itrf_m": p.tolist(), "velocity_itrf_mps": v.tolist(),
                "covariance_itrf": (np.eye(6) * 1e4).tolist(),
            },
            "sensors": [], "quality": [], "reasons_for": [], "reasons_against": [],
        }
        for i, (p, v) in enumerate(zip(*state, strict=True))
    ]  # fmt: skip
    empty: dict[str, Any] = {
        name: []
        for name in ("events", "alerts", "candidates", "raids", "sensors", "groups", "noise_sources", "sources")
    }
    catalogue = {"source": "drawn", "sha256": "", "objects": count, "detections_named": 0, "detections_new": 0}
    return {
        "mode": "SIMULATED", "engine_version": "0", "t_now_utc": T_UTC, "t_now_plus_s": None,
        "counts": {"scans": 0, "detections": 0, "quarantined": 0}, "no_launch": None, **empty, "predictions": [],
        "registration": [], "objects": objects, "catalogue": {**catalogue, "met": []},
    }  # fmt: skip


@contextmanager
def console(dist: Path, query: str, count: int, tracks: int = 0, size: tuple[int, int] = (800, 500)) -> Iterator[Any]:
    """A page of the console and a function that plays one second: `page, second`."""
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(dist)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shown = picture(count, tracks)
    session = {"account": "bench", "roles": ["viewer"], "rights": [], "mode": "SIMULATED", "needs_login": False}
    sockets: list[Any] = []
    seconds = 0

    def answer(route: Any) -> None:
        path = route.request.url.split("/api/v1/")[1]
        if path.startswith("session"):
            route.fulfill(json=session)
        elif path.startswith("catalogue/objects"):
            route.fulfill(json={"sha256": "", "count": 0, "objects": [], "next": None})
        else:
            route.fulfill(status=404, json={"status": 404, "title": "not here"})

    def opened(socket: Any) -> None:
        def heard(_: Any) -> None:
            frame = {"type": "snapshot", "seq": 1, "journal": "bench", "entry": 1, "picture": shown, "desk": []}
            socket.send(json.dumps(frame))
            socket.send(batch(count, T_UTC_S))
            sockets.append(socket)

        socket.on_message(heard)

    def second() -> None:
        """A second passes: a heartbeat, a new instant, and every tenth second a new batch."""
        nonlocal seconds
        seconds += 1
        t_utc = f"2031-04-01T12:{seconds // 60:02d}:{seconds % 60:02d}.000Z"
        worker = {"state": "running", "last_frame_age_s": 0.1, "backlog_s": 0}
        beat = {"type": "heartbeat", "t_server_utc": t_utc, "worker": worker, "readers": 1, "recording": True}
        for socket in sockets:
            socket.send(json.dumps(beat))
            update = {"type": "update", "seq": 1 + seconds, "entry": 1 + seconds, "t_now_utc": t_utc}
            socket.send(json.dumps(update))
            if seconds % 10 == 0:
                socket.send(batch(count, T_UTC_S + seconds))
        page.wait_for_timeout(1000)

    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.route("**/api/v1/**", answer)
            page.route_web_socket("**/api/v1/stream", opened)
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/{query}")
            yield page, second
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
