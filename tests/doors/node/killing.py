"""Two ends in processes of their own, killed at random: what comes out must be as if nobody had been."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.doors.node.ends import grant_everything
from tests.doors.node.nodes import Node, make_partners, node

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Killed:
    """What was found."""

    kills: int
    offered: int
    heard: list[int]  # warnings in the order in which the other's journal has them
    restart_s: list[float]  # from a kill to the next sign of life of what was killed
    seconds: float


def kill_at_random(path: Path, kills: int, seed: int, rate: float = 10.0, pause_s: float = 1.5) -> Killed:
    """`kills` times one of both ends or both brokers is killed; then everything is let finish."""
    rng = random.Random(seed)
    nodes = [node(path, owner) for owner in ("NORTH", "SOUTH")]
    make_partners(*nodes)
    for one in nodes:
        grant_everything(one)
    for one in reversed(nodes):
        one.start_broker()
    count = int(rate * (kills + 2) * pause_s)
    t_begin_s = time.time()
    ends = [_begin(one, count if one is nodes[0] else 0, t_begin_s, rate) for one in nodes]
    begun, restart_s = time.monotonic(), []
    try:
        for _ in range(kills):
            time.sleep(pause_s * (0.2 + 1.6 * rng.random()))
            which = rng.randrange(4)
            if which < 2:
                ends[which].kill()
                ends[which].wait()
                t_killed = time.time()
                ends[which] = _begin(nodes[which], count if which == 0 else 0, t_begin_s, rate)
                restart_s.append(_until_alive(nodes[which], t_killed))
            else:
                process = nodes[which - 2].broker.process
                process.send_signal(signal.SIGKILL)
                process.wait()
        end = time.monotonic() + 60.0
        while len(set(_heard(nodes[1]))) < count and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.5)
        return Killed(kills, count, _heard(nodes[1]), restart_s, time.monotonic() - begun)
    finally:
        for process in ends:
            process.kill()
            process.wait()
        for one in nodes:
            one.stop_broker()


def _begin(one: Node, count: int, t_begin_s: float, rate: float) -> "subprocess.Popen[bytes]":
    told = (str(one.folder.path), str(count), str(t_begin_s), str(rate))
    words = [sys.executable, "-m", "tests.doors.node.one_end", *told]
    with (one.folder.path / "end.log").open("ab") as log:
        return subprocess.Popen(words, cwd=ROOT, env=_environment(), stdout=log, stderr=log)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def _until_alive(one: Node, t_killed: float) -> float:
    """Until its gateway writes its status again."""
    path = one.folder.path / "link-status.json"
    while time.time() - t_killed < 30.0:
        if path.exists() and path.stat().st_mtime > t_killed + 0.001:
            return time.time() - t_killed
        time.sleep(0.02)
    return 30.0


def _heard(one: Node) -> list[int]:
    try:
        rows = (one.folder.path / "heard").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [int(row.split()[1]) for row in rows if len(row.split()) == 2 and row.split()[1].isdigit()]
