"""Short sessions on this machine's own sockets: run live feeds in a thread, send, and see what came out."""

import io
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from vedette.doors.feeds import LiveFeeds, parse_address
from vedette.doors.feeds.clock import now_tai_ns
from vedette.formats import FeedRecord, FeedSensor, write_scan
from vedette.reports import Mode, Scan, SensorKind

DEADLINE_S = 90.0  # against hanging; what is waited for usually takes milliseconds
T0 = now_tai_ns() - 10**9
SENSORS = {
    "radar-north": FeedSensor(
        "radar-north",
        azimuth_sigma_rad=1e-3,
        elevation_sigma_rad=1e-3,
        range_sigma_m=30.0,
        position_itrf_m=(4_510_731.0, 0.0, 4_510_731.0),
        asterix=(25, 13),
    )
}


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of the loopback that nobody uses just now, and that the system gives to nobody who asks for any.

    A server that is away for a moment finds it free again.
    """
    for _ in range(100):
        port = secrets.choice(range(15_000, 30_000))  # below where Linux, macOS and Windows take them from
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def radar_scan(index: int = 0, sensor_id: str = "radar-north", mode: Mode = Mode.TEST) -> Scan:
    t = T0 + index * 10**6
    return Scan(
        sensor_id=sensor_id,
        kind=SensorKind.RADAR,
        mode=mode,
        t_received_tai_ns=t + 500_000_000,
        t_measured_tai_ns=np.array([t]),
        values=np.array([[0.2, 0.1, 812_250.0 + index, np.nan]]),
        sigmas=np.array([[9e-4, 9e-4, 30.0, np.nan]]),
    )


def scan_line(index: int = 0, **more) -> bytes:
    """One line of a scan file."""
    stream = io.BytesIO()
    write_scan(stream, radar_scan(index, **more), index)
    return stream.getvalue()


class Session:
    """Live feeds read in a thread, with what came out so far."""

    def __init__(self, *addresses: str, mode: Mode = Mode.TEST, listen: bool = False, **more) -> None:
        parsed = [parse_address(word, is_listening=listen) for word in addresses]
        self.live = LiveFeeds(parsed, mode, SENSORS, **more)
        self.records: list[FeedRecord] = []
        self.pauses = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Session":
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.end()

    def end(self) -> list[FeedRecord]:
        """Stop, and give everything that came."""
        self.live.stop()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), "the feeds did not end"
        return self.records

    def _run(self) -> None:
        for record in self.live.records():
            if record is None:
                self.pauses += 1
            else:
                self.records.append(record)

    def of(self, kind: type) -> list:
        """What came of one kind."""
        return [record for record in list(self.records) if isinstance(record, kind)]

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Wait until something is so; AssertionError when it never is."""
        t_end = time.monotonic() + DEADLINE_S
        while not what():
            assert time.monotonic() < t_end, f"it never happened; so far: {self.records}"
            time.sleep(0.005)
