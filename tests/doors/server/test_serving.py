"""The server with its watch worker, as processes: what dies is begun again, what is asked to end ends in order.

The story is played fast and only to before its first launch: what is tried here is the processes, not the engine.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import websockets
from tests.doors.feeds.loopback import free_port, scan_line

from vedette.doors.data_dir import journals_dir_of
from vedette.doors.server.frames import fold
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import FeedEnded
from vedette.reports import Scan
from vedette.sensing import format_sensors, packaged_sensors

PATIENCE_S = 90.0  # for whatever must come; a busy machine compiles and reads for long
BEATS = 3  # of the server's heart, one a second, before a dead worker is told of


@contextmanager
def serving(folder: Path, *what: str):
    """`vedette serve`, of a story when nothing else is named, in a process of its own; the process and its address."""
    words = ["serve", *(what or ("--scenario", "two-launches", "--speed", "10")), "--no-token", "--port", "0"]
    command = "import sys; from vedette.doors.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", command, *words, "--data-dir", str(folder)], stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        for line in process.stderr:
            if line.startswith("http://"):
                break
        yield process, line.split("/ ")[0].split("   ")[0].rstrip("/")
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


def opened(address):
    stream = address.replace("http", "ws") + "/api/v1/stream"
    return websockets.connect(stream, origin=address, max_size=None, open_timeout=PATIENCE_S)


class Page:
    """A page that folds what it is told."""

    def __init__(self, socket):
        self.socket, self.picture, self.seq, self.journal, self.entry = socket, None, None, None, 0

    async def hello(self, **more):
        await self.socket.send(json.dumps({"type": "hello", "resume": None, "journal": None, **more}))

    async def take(self):
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_S))
        if frame["type"] == "snapshot":
            self.picture, self.journal = frame["picture"], frame["journal"]
        elif frame["type"] == "update":
            assert frame["seq"] > self.seq
            self.picture = fold(self.picture, frame)
        if "entry" in frame:
            self.seq, self.entry = frame["seq"], frame["entry"]
        return frame

    async def until(self, what):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            frame = await self.take()
            if what(frame):
                return frame
        raise TimeoutError


def worker_of(process):
    """The watch worker's number: the child of the server that runs its module."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        if b"vedette.doors.server.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise LookupError(children)


def scans(frame):
    return frame.get("counts", frame.get("picture", {}).get("counts", {})).get("scans", 0)


def test_a_worker_that_dies_is_told_of_and_begun_again_and_so_is_a_server(tmp_path):
    async def first(process, address):
        async with opened(address) as socket:
            page = Page(socket)
            await page.hello()
            await page.until(lambda frame: scans(frame) >= 4)
            with urllib.request.urlopen(address + "/api/v1/picture") as answer:
                entry, whole = int(answer.headers["x-vedette-entry"]), json.load(answer)
            while page.entry < entry:
                await page.take()
            if page.entry == entry:
                assert page.picture == whole
            os.kill(worker_of(process), signal.SIGKILL)
            beats = 0
            while True:
                frame = await page.take()
                if frame["type"] == "heartbeat":
                    if frame["worker"]["state"] in ("dead", "starting"):
                        break
                    beats += 1
            assert beats <= BEATS
            before = page.picture["counts"]["scans"]
            journal = page.journal
            await page.until(lambda frame: frame["type"] == "snapshot")
            assert page.journal == journal and page.picture["counts"]["scans"] >= before
            await page.until(lambda frame: frame["type"] == "update" and scans(frame) > before)
            return page

    async def second(address, held):
        async with opened(address) as socket:
            page = Page(socket)
            await page.hello(resume=held.seq, journal=held.journal)
            frame = await page.until(lambda frame: frame["type"] in ("snapshot", "update"))
            assert frame["type"] == "snapshot" and page.seq > held.seq
            assert page.journal == held.journal, "the same watch goes on"
            assert page.picture["counts"]["scans"] >= held.picture["counts"]["scans"], "nothing told is lost"
            await page.until(lambda frame: frame["type"] == "update" and scans(frame) > 0)

    with serving(tmp_path) as (process, address):
        held = asyncio.run(first(process, address))
        process.kill()  # as by the power, or an administrator in a hurry
        process.wait()
    with serving(tmp_path) as (process, address):
        asyncio.run(second(address, held))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
    journals = list(journals_dir_of(tmp_path).glob("*.sqlite"))
    assert [one.name for one in journals] == [held.journal]
    with SqliteJournal.open(journals[0]) as journal:
        assert journal.verify().is_whole
        events = list(journal.events())
        assert isinstance(events[-1], FeedEnded) and not any(isinstance(one, FeedEnded) for one in events[:-1])
    assert not (tmp_path / "serving.json").exists()


def is_gone(number: int) -> bool:
    """Whether a process has ended; its parent may still have to look."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


class Teller:
    """Tells scans of a sensor of its own, one line each, and how many so far."""

    def __init__(self, sensor_id):
        self.sensor_id, self.count, self.port = sensor_id, 0, free_port(self.kind)

    def tell(self, count):
        with self.opened() as out:
            for _ in range(count):
                self.say(out, scan_line(self.count, sensor_id=self.sensor_id))
                self.count += 1

    def ranges_m(self):
        return [812_250.0 + number for number in range(self.count)]


class Datagrams(Teller):
    kind = socket.SOCK_DGRAM

    def opened(self):
        return socket.socket(socket.AF_INET, self.kind)

    def say(self, out, line):
        out.sendto(line, ("127.0.0.1", self.port))


class Connection(Teller):
    """One connection over all that it tells; once the other side has let go of it, it connects again."""

    kind, held, connections = socket.SOCK_STREAM, None, 0

    def opened(self):
        if self.held is None:
            self.held = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
            self.connections += 1
        return nullcontext(self.held)

    def say(self, out, line):
        out.sendall(line)

    def is_cut(self):
        """Wait until the other side has let go; what is written before that goes with it."""
        with suppress(ConnectionError):
            assert self.held.recv(1) == b""
        self.held.close()
        self.held = None


def test_what_live_feeds_say_while_a_worker_is_dead_or_reads_its_journal_again_is_kept(tmp_path):
    """Two workers are killed, and reports come while none listens, as datagrams and over a connection that each death
    cuts: every one stands in the journal, once, in order."""
    tellers = [Datagrams("radar-north"), Connection("radar-south")]

    def send(count):
        for one in tellers:
            one.tell(count)

    def is_all_there(frame):
        return scans(frame) == sum(one.count for one in tellers)

    async def two_deaths(process, address):
        async with opened(address) as page_socket:
            page = Page(page_socket)
            await page.hello()
            await page.until(lambda frame: frame["type"] == "heartbeat" and frame["worker"]["state"] == "running")
            send(10)
            await page.until(is_all_there)
            for _ in range(2):
                killed = worker_of(process)
                os.kill(killed, signal.SIGKILL)
                while not is_gone(killed):
                    await asyncio.sleep(0.01)
                tellers[1].is_cut()
                send(20)  # nobody listens
                await page.until(lambda frame: frame["type"] == "heartbeat" and frame["worker"]["state"] != "running")
                send(20)  # the next one reads its journal, or is about to
                await page.until(is_all_there)

    radar, sensors = packaged_sensors()["radar-north"], tmp_path / "sensors.toml"
    both = {one.sensor_id: replace(radar, name=one.sensor_id) for one in tellers}
    sensors.write_text(format_sensors(both), encoding="utf-8")
    where = [f"{kind}://127.0.0.1:{one.port}" for kind, one in zip(("udp", "tcp"), tellers, strict=True)]
    words = ["--listen", where[0], "--listen", where[1], "--mode", "TEST", "--sensors", str(sensors)]
    with serving(tmp_path, *words) as (process, address):
        asyncio.run(two_deaths(process, address))
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)
    tellers[1].held.close()
    assert tellers[1].connections == 3, "each death cut it"
    (path,) = journals_dir_of(tmp_path).glob("*.sqlite")
    with SqliteJournal.open(path) as journal:
        kept = [scan for scan in journal.events() if isinstance(scan, Scan)]
    for one in tellers:
        assert [float(scan.values[0, 2]) for scan in kept if scan.sensor_id == one.sensor_id] == one.ranges_m()
