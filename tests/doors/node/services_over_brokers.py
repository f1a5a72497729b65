"""Services of one owner as processes, each with broker, store and line: objects handed round, one killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
from tests.doors.node.nodes import Node, make_partners, node

from vedette.core.constants import NS_PER_S
from vedette.doors.node.service_status import SERVICES_FILE

NAMES = ("AIR", "SPACE", "NAVY")
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
BEGIN_S = 90.0  # that processes on a loaded machine may take to find each other; nothing is judged by it


@dataclass(slots=True, kw_only=True)
class Found:
    """What came of it."""

    duplicates: int = 0  # times that two services would report one number at one instant
    orphans: int = 0  # objects without a reporter for longer than `bound_s`, or at the end
    doubled: int = 0  # objects with two numbers reported at the end
    reused: int = 0  # numbers of two objects
    hand_overs: int = 0
    bound_s: float = 0.0
    gaps_s: dict[str, float] = field(default_factory=dict)  # without a reporter, of objects of services that live
    back_after_kill_s: dict[str, float] = field(default_factory=dict)
    lapses: int = 0  # times that a live service was not sure of its duties for a moment
    cpu_s: float = 0.0


def run_over_brokers(
    folder: Path, *, objects: int, seconds: float, hand_over_s: float, kill_s: float | None,
    back_s: float | None = None, seed: int = 1, tell: Callable[[str], None] = lambda words: None,
) -> Found:  # fmt: skip
    """Play it; times are from when every object has a reporter."""
    nodes = [node(folder, "NORTH", name=name, services=NAMES) for name in NAMES]
    for one, other in combinations(nodes, 2):
        make_partners(one, other)
    (folder / "numbers").touch()
    plan = {"objects": objects, "hand_over_s": hand_over_s, "t_begin_s": time.time() + 1e9, "seed": seed}
    running = {one.settings.node: _begin(one, plan) for one in nodes}
    t_killed_ns: dict[str, list[int]] = {}
    victim = NAMES[0]
    try:
        _until(lambda: _reported(folder) == objects, "every object a reporter")
        plan["t_begin_s"] = time.time()
        for one in running.values():  # they learn when hand-overs begin
            one.stdin.write(json.dumps(plan).encode() + b"\n")  # type: ignore[union-attr]
            one.stdin.flush()  # type: ignore[union-attr]
        t_begin_ns = time.monotonic_ns()
        steps = sorted(
            [(kill_s, "kill")] * (kill_s is not None) + [(back_s, "back")] * (back_s is not None) + [(seconds, "end")]
        )  # type: ignore[list-item]
        for t_s, what in steps:
            assert t_s is not None
            while (now_s := (time.monotonic_ns() - t_begin_ns) / NS_PER_S) < t_s:
                time.sleep(min(5.0, t_s - now_s))
                tell(f"{now_s:.0f} s of {seconds:.0f}")
            if what == "kill":
                running[victim].send_signal(signal.SIGKILL)
                _ended(running[victim])
                t_killed_ns.setdefault(victim, []).append(time.monotonic_ns())
            elif what == "back":
                running[victim] = _begin(nodes[0], plan)
        t_end_ns = time.monotonic_ns()
        cpu_s = sum(_cpu_s(one.pid) for one in running.values())
    finally:
        for one in running.values():
            one.kill()
            _ended(one)
    return _judged(folder, objects, t_begin_ns, t_end_ns, t_killed_ns, cpu_s)


def _begin(one: Node, plan: dict[str, float]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.doors.node.one_service", str(one.folder.path), json.dumps(plan)]
    with (one.folder.path / "log").open("ab") as log:
        return subprocess.Popen(words, env=ENV, stdin=subprocess.PIPE, stderr=log)


def _ended(one: subprocess.Popen[bytes]) -> None:
    one.wait()
    with suppress(OSError):  # what was still in the pipe is nobody's now
        one.stdin.close()  # type: ignore[union-attr]


def _until(what: Callable[[], bool], words: str) -> None:
    t_end = time.monotonic() + BEGIN_S
    while time.monotonic() < t_end:
        if what():
            return
        time.sleep(0.2)
    raise AssertionError(f"never came: {words}")


def _reported(folder: Path) -> int:
    told = []
    for name in NAMES:
        try:
            told.append(json.loads((folder / name.lower() / SERVICES_FILE).read_bytes()))
        except (OSError, ValueError):
            return 0
    if not all(one["has_lease"] and all(m["is_member"] for m in one["members"]) for one in told):
        return 0
    numbers = len({row.split()[0] for row in (folder / "numbers").read_text().splitlines()})
    return numbers if {one["track_count"] for one in told} == {numbers} else 0


def _cpu_s(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def _judged(
    folder: Path, objects: int, t_begin_ns: int, t_end_ns: int, t_killed_ns: dict[str, list[int]], cpu_s: float
) -> Found:  # fmt: skip
    found = Found(bound_s=2.5 * 2.5 + 20 * 0.5, cpu_s=round(cpu_s, 1))
    object_of: dict[str, int] = {}
    for row in (folder / "numbers").read_text().splitlines():
        o, number = row.split()
        found.reused += object_of.setdefault(number, int(o)) != int(o)
    runs: dict[str, list[tuple[int, int, str]]] = {number: [] for number in object_of}
    for name in NAMES:
        _read_runs(folder / name.lower() / "reports", name, runs, t_end_ns, t_killed_ns.get(name, []), found)
    gaps, after_kill = [], []
    ends: dict[int, list[str]] = {o: [] for o in range(objects)}
    t_kill_ns = min((t for one in t_killed_ns.values() for t in one), default=None)
    for number, rows in runs.items():
        rows.sort()
        t_covered, whose = t_begin_ns, ""
        for t_from, t_until, name in rows:
            if t_until < t_begin_ns:
                continue
            if t_from < t_covered and whose not in ("", name):
                found.duplicates += 1
            gap_s = (t_from - t_covered) / NS_PER_S
            if gap_s > 0.0:
                is_near = t_kill_ns is not None and abs(t_covered - t_kill_ns) < 0.3 * NS_PER_S
                is_killed = whose in t_killed_ns and is_near
                (after_kill if is_killed else gaps).append(gap_s)
                found.orphans += gap_s > found.bound_s
            found.hand_overs += whose not in ("", name)
            t_covered, whose = max(t_covered, t_until), name
        if t_end_ns - t_covered < 0.5 * NS_PER_S:
            ends[object_of[number]].append(whose)
        elif (t_end_ns - t_covered) / NS_PER_S < found.bound_s:
            ends[object_of[number]].append("")  # just between two
    found.orphans += sum(not one for one in ends.values())
    found.doubled = sum(len(one) > 1 for one in ends.values())
    found.gaps_s, found.back_after_kill_s = _quantiles(gaps), _quantiles(after_kill)
    return found


def _read_runs(
    path: Path, name: str, runs: dict[str, list[tuple[int, int, str]]], t_end_ns: int, t_killed_ns: list[int],
    found: Found,
) -> None:  # fmt: skip
    open_since: dict[str, int] = {}
    t_until, kills = 0, sorted(t_killed_ns)
    lapsed: set[int] = set()

    def close(number: str, t_ns: int) -> None:
        since = open_since.pop(number, None)
        if since is not None and number in runs:
            runs[number].append((since, t_ns, name))

    for row in path.read_text().splitlines():
        words = row.split()
        if len(words) != 3:
            continue  # cut off by the kill
        sign, number, t_ns = words[0], words[1], int(words[2])
        while kills and t_ns > kills[0] + NS_PER_S:  # another life: what the one before told ended with it
            for one in tuple(open_since):
                close(one, min(kills[0], t_until))
            kills.pop(0)
        if sign == "~":
            t_until = t_ns
        elif sign == "+":
            open_since[number] = t_ns
        else:
            if t_ns == t_until:
                lapsed.add(t_ns)
            close(number, t_ns)
    t_last = min(kills[0] if kills else t_end_ns, t_until)
    for one in tuple(open_since):
        close(one, t_last)
    found.lapses += len(lapsed)


def _quantiles(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    return {
        "count": len(seconds), "p50": round(float(np.median(seconds)), 3),
        "p99": round(float(np.quantile(seconds, 0.99)), 3), "most": round(max(seconds), 3),
    }  # fmt: skip
