"""Three whole watches of one owner: `vedette node run` with engine, journal and broker, one of them killed and back.

Each has a radar of its own, which reports the same objects (in orbit, high enough to stay in view) as a live feed. What
each would report is written down by its own watch as its desk publishes it; which object a number is of is judged
afterwards by where the tracks with that number were. Objects are handed round as people do it, by asks in the store.
"""

import contextlib
import io
import os
import random
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from tests.doors.node.node_killing import _kill
from tests.doors.node.nodes import Node, free_port, make_partners, node

from vedette.core.constants import NS_PER_S
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.service_asks import ASKED, Ask
from vedette.doors.node.service_status import read_services
from vedette.doors.seal_file import now_tai_ns
from vedette.formats.scan_file import write_header, write_scan
from vedette.motion import propagate_coast
from vedette.reports import Mode, Region, Scan, SensorKind
from vedette.sensing import Radar, Site, format_sensors
from vedette.sharing.release.open_policy import open_policy_text

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("AIR", "SPACE", "NAVY")
PLACES = ((45.0, 10.0), (46.5, 12.0), (44.0, 13.0))  # of the radars, degrees
SECTORS = 20  # reports of one turn
NEAR_M = 60_000.0  # of a track from the object that it is of; its looks are good to 3 km
EARTH_M, MU = 6.371e6, 3.986e14
KINDS = (  # of processes, by what their command lines hold
    (b"server.worker", "watches"), (b"replay_worker", "replays"), (b"nats-server", "brokers"), (b"node", "servers"),
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Plan:
    """What is played; seconds."""

    objects: int
    seconds: float  # from when all have a reporter
    hand_over_s: float = 30.0
    kill_s: float | None = None
    back_s: float | None = None
    revisit_s: float = 20.0
    cadence_s: float = 5.0  # of the tracks that a service tells the others
    beat_s: float = 0.5
    lease_s: float = 2.5
    begin_s: float = 300.0  # that they may take until all have one reporter
    seed: int = 1


@dataclass(slots=True, kw_only=True)
class Whole:
    """What came of it."""

    objects: int
    seen: int = 0  # objects that had a number
    duplicates: int = 0  # times that two services would report one number at one instant
    orphans: int = 0  # objects without a reporter for longer than `bound_s`, or at the end
    doubled: int = 0  # objects with two numbers reported at the end
    reused: int = 0  # numbers of two objects
    strange: int = 0  # numbers reported that are of no object: false alarms
    hand_overs: int = 0
    asked: int = 0
    bound_s: float = 0.0
    begun_after_s: float = 0.0
    gaps_s: dict[str, float] = field(default_factory=dict)
    after_kill_s: dict[str, float] = field(default_factory=dict)
    lapses: int = 0
    cpu_s: dict[str, float] = field(default_factory=dict)  # of the processor, by what each process is
    resident_mib: float = 0.0
    load: float = 0.0


class Sky:
    """The objects, and the three radars that see them."""

    def __init__(self, plan: Plan) -> None:
        rng = np.random.default_rng(plan.seed)
        self.radars = [
            Radar(
                Site(lat, lon, 0.0), range_sigma_m=30.0, angle_sigma_deg=0.02, revisit_s=plan.revisit_s,
                false_alarms_per_look=0.01, detection_probability=0.98, range_max_km=12_000.0,
                name=f"dome-{name.lower()}",
            )
            for name, (lat, lon) in zip(NAMES, PLACES, strict=True)
        ]  # fmt: skip
        drawn = _drawn(self.radars[0], 6 * plan.objects + 60, rng)
        longest_s = plan.begin_s + plan.seconds + 120.0
        flown = [propagate_coast(drawn, share * longest_s) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
        is_seen = np.all([radar.measure(x)[:, 1] > 0.15 for radar in self.radars for x in flown], axis=0)
        self.states = drawn[is_seen][: plan.objects]
        assert len(self.states) == plan.objects, f"only {len(self.states)} objects stay in view"
        self.t_zero_tai_ns = now_tai_ns()

    def at(self, t_tai_ns: int) -> np.ndarray:
        """(n, 6) states."""
        return propagate_coast(self.states, (t_tai_ns - self.t_zero_tai_ns) / NS_PER_S)

    def nearest(self, t_tai_ns: int, positions_m: np.ndarray) -> np.ndarray:
        """(m,) which object each position is of; -1 for none."""
        apart_m = np.linalg.norm(self.at(t_tai_ns)[None, :, :3] - positions_m[:, None, :], axis=2)
        best = apart_m.argmin(axis=1)
        return np.where(apart_m[np.arange(len(best)), best] < NEAR_M, best, -1)


def _drawn(radar: Radar, n: int, rng: np.random.Generator) -> np.ndarray:
    """(n, 6) states of objects in round orbits 2,500 to 5,000 km up, over a radar."""
    azimuth, elevation = rng.uniform(0.0, 2.0 * np.pi, n), rng.uniform(0.35, 1.5, n)
    height = rng.uniform(2500e3, 5000e3, n)
    up = np.stack([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)], -1)
    sine = np.sin(elevation)
    reach = -EARTH_M * sine + np.sqrt((EARTH_M * sine) ** 2 + (EARTH_M + height) ** 2 - EARTH_M**2)
    place = radar.site.position_itrf_m + (reach[:, None] * up) @ radar.site.enu_from_itrf
    radius = np.linalg.norm(place, axis=1)
    along = rng.normal(size=(n, 3))
    along -= (np.sum(along * place, 1) / radius**2)[:, None] * place
    along /= np.linalg.norm(along, axis=1)[:, None]
    velocity = along * np.sqrt(MU / radius)[:, None] - np.cross([0.0, 0.0, 7.292115e-5], place)
    return np.concatenate([place, velocity], 1)


class Feed(threading.Thread):
    """One radar's reports, sent to whoever listens at its port; what nobody hears is lost, as in earnest."""

    def __init__(self, sky: Sky, which: int, port: int, plan: Plan) -> None:
        super().__init__(daemon=True)
        self._sky, self._radar, self._port, self._plan = sky, sky.radars[which], port, plan
        self._rng = np.random.default_rng([plan.seed, which])
        self._name = self._radar.name
        self.is_over = threading.Event()

    def run(self) -> None:
        """Until `is_over`."""
        line: socket.socket | None = None
        number = 0
        while not self.is_over.wait(self._plan.revisit_s / SECTORS):
            number += 1
            out = io.BytesIO()
            try:
                if line is None:
                    line = socket.create_connection(("127.0.0.1", self._port), timeout=1.0)
                    write_header(out, Mode.TEST, "soak", (self._name,), None, True)
                write_scan(out, self._scan(number), number)
                line.sendall(out.getvalue())
            except OSError:
                if line is not None:
                    line.close()
                line = None
        if line is not None:
            line.close()

    def _scan(self, number: int) -> Scan:
        t, width = now_tai_ns(), 2.0 * np.pi / SECTORS
        values = self._radar.measure(self._sky.at(t))
        values = values + np.nan_to_num(self._radar.sigmas) * self._rng.standard_normal(values.shape)
        values[:, 3] = np.nan
        low = number % SECTORS * width
        is_in = (values[:, 0] >= low) & (values[:, 0] < low + width) & (self._rng.random(len(values)) < 0.98)
        mine = values[is_in]
        region = Region(low, low + width, 0.05, np.pi / 2, 0.0, 1.2e7)
        sigmas = np.tile(self._radar.sigmas, (len(mine), 1))
        return Scan(self._name, SensorKind.RADAR, Mode.TEST, t, np.full(len(mine), t), mine, sigmas, region)


class Reports:
    """What one watch would report, read as it is written."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0
        self.now: set[str] = set()

    def look(self) -> set[str]:
        """Numbers that it reports now."""
        with contextlib.suppress(OSError), self._path.open() as file:
            file.seek(self._read)
            for row in iter(file.readline, ""):
                if not row.endswith("\n"):
                    break
                self._read += len(row)
                words = row.split()
                if len(words) == 3 and words[0] in "+-":
                    (self.now.add if words[0] == "+" else self.now.discard)(words[1])
        return self.now


def run_whole(folder: Path, plan: Plan, tell: Any = lambda words: None) -> Whole:
    """Play it."""
    from tests.doors.node.whole_judged import judged

    nodes = [_node(folder, name, plan) for name in NAMES]
    for one, other in combinations(nodes, 2):
        make_partners(one, other)
    for one in nodes:
        for peer in one.peers:
            text = open_policy_text(peer.name, track_cadence_s=plan.cadence_s)
            text = text.replace('numbers = "common"', 'numbers = "own"')  # as `node peer add` has it for a node of ours
            (one.folder.release / f"{peer.name}.toml").write_text(text)
    sky = Sky(plan)
    ports = [free_port() for _ in NAMES]
    feeds = [Feed(sky, which, port, plan) for which, port in enumerate(ports)]
    for one, radar in zip(nodes, sky.radars, strict=True):
        (one.folder.path / "sensors.toml").write_text(format_sensors({radar.name: radar}))
    running = [_begin(one, port, folder) for one, port in zip(nodes, ports, strict=True)]
    reports = [Reports(one.folder.path / "reports") for one in nodes]
    found = Whole(objects=plan.objects, bound_s=2.5 * plan.lease_s + 20.0 * plan.beat_s)
    killed_ns: list[int] = []
    for feed in feeds:
        feed.start()
    t_start = time.monotonic()
    stack = contextlib.ExitStack()
    try:
        _settled(nodes, reports, plan, t_start, tell)
        found.begun_after_s = round(time.monotonic() - t_start, 1)
        t_begin_ns = time.monotonic_ns()
        asking = stack.enter_context(contextlib.closing(Asking(nodes, reports, plan)))
        cpu_before = _cpu_s(running)
        is_killed = is_back = False
        while (now_s := (time.monotonic_ns() - t_begin_ns) / NS_PER_S) < plan.seconds:
            if plan.kill_s is not None and now_s > plan.kill_s and not is_killed:
                is_killed = True
                _kill(running[0])
                killed_ns.append(time.monotonic_ns())
                reports[0].now.clear()
                tell(f"{NAMES[0]} killed after {now_s:.0f} s")
            if plan.back_s is not None and now_s > plan.back_s and not is_back:
                is_back = True
                running[0] = _begin(nodes[0], ports[0], folder)
            asking.look(now_s, is_killed and not is_back)
            time.sleep(1.0)
        t_end_ns = time.monotonic_ns()
        found.asked = asking.count
        found.resident_mib = round(sum(_resident_mib(one.pid) for one in running))
        after = _cpu_s(running)
        found.cpu_s = {name: round(after[name] - cpu_before.get(name, 0.0), 1) for name in after}
        found.load = round(os.getloadavg()[0], 1)
    finally:
        stack.close()
        for feed in feeds:
            feed.is_over.set()
            feed.join()
        for process in running:
            _kill(process)
    return judged(folder, sky, found, (t_begin_ns, t_end_ns), killed_ns)


def _node(folder: Path, name: str, plan: Plan) -> Node:
    made = node(folder, "NORTH", name=name, services=NAMES)
    text = made.folder.settings_file.read_text()
    beats = f"[services]\nbeat_s = {plan.beat_s}\nlease_s = {plan.lease_s}\n"
    made.folder.settings_file.write_text(text.replace("[services]\n", beats, 1))
    return made


def _begin(one: Node, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    path = one.folder.path
    words = [sys.executable, "-m", "vedette", "node", "run", "--listen", f"tcp://127.0.0.1:{port}", "--mode", "TEST"]
    words += ["--sensors", str(path / "sensors.toml"), "--data-dir", str(path), "--port", "0", "--no-token", "--quiet"]
    paths = [ROOT / "tests/doors/node/told_by_worker", ROOT / "src", ROOT]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "VEDETTE_TOLD": str(folder)}
    with (path / "run.log").open("ab") as log:
        return subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)


class Asking:
    """Objects handed round: each is given to another service once in so many seconds, as people ask it."""

    def __init__(self, nodes: list[Node], reports: list[Reports], plan: Plan) -> None:
        self._nodes, self._reports, self._plan = nodes, reports, plan
        self._stores = [open_store(one.folder.path / "node.sqlite", 0) for one in nodes]
        self._luck = random.Random(plan.seed)
        self._last: dict[str, int] = {}
        self.count = 0

    def close(self) -> None:
        """Let go of their stores."""
        for store in self._stores:
            store.close()

    def look(self, now_s: float, is_first_away: bool) -> None:
        """Ask for what is due."""
        for which, (report, store) in enumerate(zip(self._reports, self._stores, strict=True)):
            if which == 0 and is_first_away:
                continue
            asks = []
            for number in report.look():
                phase = random.Random(number).random()
                due = int(now_s / self._plan.hand_over_s + phase)
                if due > self._last.setdefault(number, int(phase)):
                    self._last[number] = due
                    to = self._luck.choice([name for name in NAMES if name != NAMES[which]])
                    asks.append((f"{number}-{due}", Ask(do="give", track=number, to=to, t_posix_s=time.time())))
            if asks:
                self.count += len(asks)
                store.write(lambda writing, asks=asks: [  # type: ignore[misc]
                    writing.keep_document(ASKED, key, msgspec.json.encode(ask)) for key, ask in asks
                ])  # fmt: skip


def _settled(nodes: list[Node], reports: list[Reports], plan: Plan, t_start: float, tell: Any) -> None:
    """Wait until they are one view and report as many tracks as there are objects."""
    good = 0
    while time.monotonic() - t_start < plan.begin_s:
        held = [report.look() for report in reports]
        told = [read_services(one.folder.path) for one in nodes]
        is_one = all(one and one["has_lease"] and all(m["is_member"] for m in one["members"]) for one in told)
        counts = [one["track_count"] if one else 0 for one in told]
        total = sum(map(len, held))
        tell(f"{time.monotonic() - t_start:.0f} s: tracks {counts}, reported {total}, one view {is_one}")
        most = 1.02 * plan.objects + 1
        is_so = is_one and plan.objects <= total <= most and plan.objects <= min(counts) <= max(counts) <= most
        good = good + 1 if is_so else 0
        if good >= 4:
            return
        time.sleep(3.0)


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            found += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return found


def _cpu_s(running: list["subprocess.Popen[bytes]"]) -> dict[str, float]:
    spent: dict[str, float] = {}
    for pid in (pid for process in running for pid in _family(process.pid)):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            kind = next((name for mark, name in KINDS if mark in words), "other")
            ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            spent[kind] = spent.get(kind, 0.0) + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return spent


def _resident_mib(pid: int) -> float:
    total = 0.0
    for one in _family(pid):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return total
