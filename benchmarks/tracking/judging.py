"""How long it takes to score a run, and whether a peer's score is the same number.

Fifty tracks over fifty instants for both; then ours alone on a day: 40 objects, a state every two seconds, 43,200
instants, which is the size a user of the peer waited hours for.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.harness import find_line, is_quick, line, peer_lines, seconds_of
from vedette.metrics import History, gospa_series, siap, t_gospa

CUTOFF_M, SWITCH_M = 1000.0, 500.0


def lines() -> Iterator[dict[str, Any]]:
    """Microseconds for each track and instant, then seconds for a day."""
    tracks, truths = play(50, 50, seed=1)
    arrays = {
        f"{name}_{column}": getattr(history, column)
        for name, history in (("track", tracks), ("truth", truths))
        for column in ("step", "label", "state")
    }
    found = peer_lines("stonesoup_scores", {**arrays, "cutoff_m": np.array(CUTOFF_M)})
    theirs = find_line(found, what="gospa")
    apart = None
    if "values" in theirs:
        apart = float(np.max(np.abs(np.array(theirs["values"]) - gospa_series(tracks, truths, CUTOFF_M).value)))
    works: dict[str, Callable[[History, History], object]] = {
        "gospa": lambda a, b: gospa_series(a, b, CUTOFF_M),
        "siap": lambda a, b: siap(a, b, CUTOFF_M),
        "t-gospa": lambda a, b: t_gospa(a, b, CUTOFF_M, SWITCH_M),
    }
    count = len(truths)
    for what, work in works.items():
        peer = find_line(found, what=what)
        value = peer["seconds"] / count * 1e6 if peer else None
        yield line(
            f"scoring, {what}", "us/track-instant", seconds_of(lambda work=work: work(tracks, truths)) / count * 1e6,
            goal=10.0, better="less", peer=peer.get("peer"), peer_value=value, tracks=50, instants=50,
        )  # fmt: skip
    yield line("scoring, gospa: largest difference from the peer's", "m", apart, goal=1e-6, better="less")
    instants = 500 if is_quick() else 43_200
    tracks, truths = play(40, instants, seed=2)
    for what, work in works.items():
        taken_s = seconds_of(lambda work=work: work(tracks, truths), repeats=1)
        yield line(f"scoring a day, {what}", "s", taken_s, goal=10.0, better="less", tracks=40, instants=instants)


def play(objects: int, instants: int, seed: int) -> tuple[History, History]:
    """Tracks that begin late and are off by 50 m an axis, and their truths. (The peer's SIAP wants no gaps.)"""
    rng = np.random.default_rng(seed)
    step, label = np.repeat(np.arange(instants), objects), np.tile(np.arange(objects), instants)
    start, velocity = rng.uniform(-2e4, 2e4, (objects, 3)), rng.normal(0.0, 20.0, (objects, 3))
    state = np.hstack([start[label] + velocity[label] * step[:, None] % 1e5, velocity[label]])
    seen = step >= rng.integers(0, instants // 4, objects)[label]
    off = state + 50.0 * rng.standard_normal(state.shape)
    return History(step[seen], label[seen], off[seen]), History(step, label, state)
