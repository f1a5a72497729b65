"""schemathesis against a server that really watches: does anything crash, and does the watch notice?

    python -m benchmarks._soak_door [EXAMPLES] [SEED]

Starts `vedette serve` on a story with accounts of its own in a scratch directory, listens to the stream the whole time,
and asks every operation of the OpenAPI document with EXAMPLES good and EXAMPLES bad requests as a releasing officer, an
administrator and nobody. Prints one JSON line: requests, statuses, troubles, and the longest time between two
heartbeats of the stream while it went on (they come once a second).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from tests.doors.server.door import ACCOUNTS, SAYS, SECRET
from tests.doors.server.fuzzing import Fuzzed, fuzz
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from vedette.doors.account_keeping import make_account

WITHOUT = ("/api/v1/session/logout", "/api/v1/alerts/stream")  # the latter never ends
_SLOW = (  # each good one is a minute's work of its own; asked here by nobody only
    "/api/v1/report", "/api/v1/export", "/api/v1/whatif", "/api/v1/objects/{name}/evidence",
)  # fmt: skip


def main() -> int:
    """The run."""
    examples, start = (int(word) for word in (sys.argv[1:] + ["50", "20311"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        for name, role in ACCOUNTS.items():
            make_account(Path(folder), name, (role,), SECRET, "" if name == "office" else "office")
        words = ["serve", "--scenario", "two-launches", "--port", "0", "--data-dir", folder]
        errors = Path(folder) / "errors.txt"
        with errors.open("w") as log:
            server = subprocess.Popen([sys.executable, "-m", "vedette", *words], stderr=log, stdout=subprocess.DEVNULL)
        try:
            port = _port(errors)
            told = _soak(f"http://127.0.0.1:{port}", examples, start)
        finally:
            server.terminate()
            server.wait(30.0)
        told["tracebacks"] = errors.read_text().count("Traceback")
        if told["tracebacks"]:
            sys.stderr.write(errors.read_text()[-5000:])
    print(json.dumps(told))
    return 1 if told["troubles"] or told["tracebacks"] else 0


def _port(errors: Path) -> int:
    until = time.monotonic() + 120.0
    while time.monotonic() < until:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", errors.read_text())
        if found:
            return int(found[1])
        time.sleep(0.2)
    raise TimeoutError(f"no server: {errors.read_text()}")


def _soak(base: str, examples: int, start: int) -> dict[str, Any]:
    cookies = {"nobody": ""}
    with httpx.Client(base_url=base, timeout=60.0) as client:
        for _ in range(600):
            try:
                if client.get("/readyz").status_code == 200:
                    break
            except httpx.ConnectError:
                pass
            time.sleep(0.2)
        for who in ("releasing-1", "office", "looker"):
            found = client.post("/api/v1/session/login", json={"account": who, "credential": SECRET}, headers=SAYS)
            cookies[who] = found.headers["set-cookie"].partition(";")[0]
        ear = _Ear(base, cookies.pop("looker"))
        document = client.get("/api/openapi.json", headers={"cookie": cookies["releasing-1"]}).json()
        all_found: list[Fuzzed] = []
        t_began = time.monotonic()
        for number, (who, cookie) in enumerate(cookies.items()):

            def ask(said: dict[str, Any], cookie: str = cookie) -> httpx.Response:
                url = urlsplit(said["url"])
                headers = {**({"cookie": cookie} if cookie else {}), **(SAYS if said["method"] != "GET" else {})}
                content: dict[str, Any] = {}
                if said["method"] != "GET":
                    content = {"json": said["json"]} if "json" in said else {"content": said.get("data") or b""}
                return client.request(said["method"], url.path, params=said.get("params"), headers=headers, **content)

            without = WITHOUT + (() if who == "nobody" else _SLOW)
            all_found.append(fuzz(document, ask, examples, start + number, without))
        seconds = time.monotonic() - t_began
        watch = client.get("/readyz").text.strip()
    gap_s, beats = ear.end()
    statuses: dict[str, int] = {}
    for one in all_found:
        for status, count in one.statuses.items():
            statuses[str(status)] = statuses.get(str(status), 0) + count
    return {
        "requests": sum(one.requests for one in all_found), "seconds": round(seconds, 1), "statuses": statuses,
        "operations": len(all_found[0].by_operation), "troubles": [t for one in all_found for t in one.troubles][:20],
        "watch": watch, "heartbeats": beats, "longest_gap_s": round(gap_s, 2), "load": os.getloadavg()[0],
    }  # fmt: skip


class _Ear:
    """Listens to the stream and keeps the longest silence between heartbeats."""

    def __init__(self, base: str, cookie: str) -> None:
        self.gap_s, self.beats = 0.0, 0
        headers = {"cookie": cookie}
        address = base.replace("http", "ws") + "/api/v1/stream"
        self._line = connect(address, additional_headers=headers, proxy=None).__enter__()
        self._line.send('{"type":"hello"}')
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        t_last = time.monotonic()
        try:
            for said in self._line:
                if isinstance(said, str) and '"type":"heartbeat"' in said[:40]:
                    now = time.monotonic()
                    self.gap_s, t_last, self.beats = max(self.gap_s, now - t_last), now, self.beats + 1
        except ConnectionClosed:
            pass

    def end(self) -> tuple[float, int]:
        self._line.close()
        self._thread.join(10.0)
        return self.gap_s, self.beats


if __name__ == "__main__":
    sys.exit(main())
