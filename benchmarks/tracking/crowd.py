"""The whole tracker in a crowd: seconds a look, how that grows, memory, and what is confirmed that is not there.

Stone Soup's global nearest neighbour with a k-d tree, three-of-a-row initiation and deletion runs on the same
positions. Ours begins and ends tracks by existence probability. Processor seconds on one core, the median of the
looks of the second half, when all tracks stand.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import ROOT, find_line, is_quick, line, peer_lines
from benchmarks.tracking._crowd_field import MIDDLE_M, POLICY, Field, field, matched, place_looks, radar_scans
from vedette.tracking import CrowdTracker
from vedette.tracking.crowd.starts import Crowd
from vedette.tracking.crowd.step import absorb

GOAL_S = {1_000: 0.01, 100_000: 1.0}
LOOKS = 12


def lines() -> Iterator[dict[str, Any]]:
    """Sizes first, then growth, memory, and what was confirmed."""
    sizes = (100, 1_000) if is_quick() else (100, 1_000, 10_000, 100_000)
    played(field(100, 4))  # compiles
    peers = peer_lines("stonesoup_crowd", _for_peer((100,) if is_quick() else (100, 1_000)))
    taken = {}
    for n in sizes:
        scene = field(n, LOOKS)
        taken[n], counts, by_five = played(scene)
        theirs = find_line(peers, objects=n)
        what = {"objects": n, "false_per_object": 1.0}
        yield line(
            "gnn whole tracker, positions", "s/look", taken[n], goal=GOAL_S.get(n), better="less",
            peer=theirs.get("peer", "Stone Soup"), peer_value=theirs.get("s_per_look"), **what,
        )  # fmt: skip
        yield line(
            "confirmed over true after ten looks", "1", counts[9] / n, goal=(0.98, 1.02),
            peer=theirs.get("peer", "Stone Soup"), peer_value=theirs.get("confirmed_over_true"), **what,
        )  # fmt: skip
        if n >= 1_000:  # chance alone moves a hundred by two percent
            yield line("confirmed within five looks of being seen", "share", by_five, goal=0.95, **what)
    for n in sizes[1:2]:
        seconds, count = played_by_radar(field(n, LOOKS))
        yield line(
            "gnn whole tracker, a radar's angles and range", "s/look", seconds, goal=GOAL_S.get(n), better="less",
            objects=n, false_per_object=1.0,
        )  # fmt: skip
        yield line("confirmed over true after twelve looks of a radar", "1", count / n, goal=(0.98, 1.02), objects=n)
    few, many = sizes[1], sizes[-1]
    if many > few:
        growth = float(np.log(taken[many] / taken[few]) / np.log(many / few))
        yield line(f"growth with the number, {few} to {many}", "exponent", growth, goal=1.1, better="less")
    held, largest = memory_mib(many)
    yield line("memory of the whole process, tracks standing", "MiB", held, goal=300.0, better="less", objects=many)
    yield line("memory at its largest, all of them begun in one look", "MiB", largest, better="less", objects=many)


def played(scene: Field) -> tuple[float, list[int], float]:
    """Seconds a look, confirmed tracks after each, share of objects confirmed within five looks."""
    crowd, taken, counts = Crowd(), [], []
    first = np.full(scene.objects, 99)
    sure = np.full(scene.objects, 99)
    for k, look in enumerate(place_looks(scene)):
        start = time.process_time()
        absorb(crowd, look, POLICY, "field")
        taken.append(time.process_time() - start)
        rows = crowd.rows.used
        late_s = (look.t_tai_ns - rows.t_tai_ns)[:, None] * 1e-9
        place = (rows.mean[:, :3] + late_s * rows.mean[:, 3:])[rows.is_confirmed] - MIDDLE_M
        counts.append(len(place))
        found = scene.origin[k][scene.origin[k] >= 0]
        first[found] = np.minimum(first[found], k)
        if k < 10:
            sure[matched(place, scene.truth_m[k])] = np.minimum(sure[matched(place, scene.truth_m[k])], k)
    return float(np.median(taken[len(taken) // 2 :])), counts, float(np.mean((sure - first <= 4) & (sure < 99)))


def played_by_radar(scene: Field) -> tuple[float, int]:
    """Seconds a look through `CrowdTracker.step`, and confirmed tracks at the end."""
    radar, scans, _ = radar_scans(scene)
    tracker, taken = CrowdTracker([radar], policy=POLICY, lateness_s=0.0), []
    for scan in scans:
        start = time.process_time()
        tracker.step(scan)
        taken.append(time.process_time() - start)
    return float(np.median(taken[len(taken) // 2 :])), len(tracker.tracks)


def memory_mib(objects: int) -> tuple[float | None, float | None]:
    """Resident memory of a process that does nothing but follow so many objects, imports included; and largest."""
    command = [sys.executable, "-m", "benchmarks.tracking._crowd_memory", str(objects)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None, None
    _, held, largest = done.stdout.split()
    return float(held), float(largest)


def _for_peer(sizes: tuple[int, ...]) -> dict[str, np.ndarray]:
    """The same looks, as arrays by number of objects and look."""
    data: dict[str, np.ndarray] = {"sizes": np.array(sizes)}
    for n in sizes:
        for k, look in enumerate(place_looks(field(n, LOOKS))):
            data[f"{n}_{k}"] = look.values[:, :3]
    return data
