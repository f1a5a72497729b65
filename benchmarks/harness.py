"""What every comparison with peers uses: one core, the same data, one JSON line for each figure.

Peers run in an environment of their own, `.peers/` beside `.venv/`, made when it is first needed from
`requirements/peers.lock`, hashes checked. Without a network and without that environment the lines still come, with no
figure for the peer.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PEERS = Path(os.environ.get("VEDETTE_PEERS") or ROOT / ".peers")  # several checkouts may share one
LOCK = ROOT / "requirements" / "peers.lock"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}
QUICK = "VEDETTE_BENCH_QUICK"
LONGEST_S = 1800.0  # a peer that takes longer is stopped, and its figure is missing


def is_quick() -> bool:
    """Whether `--quick` was given: small sizes, to see that everything runs."""
    return os.environ.get(QUICK) == "1"


def use_one_core() -> None:
    """Keep this process, and those it starts, on one core and one thread.

    Called when a benchmark runs, never when one is imported: a test that borrows a drawn sky would stay on that core.
    """
    os.environ.update(ONE_THREAD)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds_of(work: Callable[[], object], repeats: int = 5) -> float:
    """Shortest processor time of a few runs, s; the first run compiles and is not counted."""
    work()
    taken_s = []
    for _ in range(1 if is_quick() else repeats):
        start_s = time.process_time()
        work()
        taken_s.append(time.process_time() - start_s)
    return min(taken_s)


def line(
    bench: str,
    unit: str,
    ours: float | None,
    *,
    goal: float | tuple[float, float] | None = None,
    better: str = "more",
    peer: str | None = None,
    peer_value: float | None = None,
    **sizes: Any,
) -> dict[str, Any]:
    """One figure beside a peer's.

    goal : a number to be reached ("more" or "less" is `better`), or a band (low, high)
    ratio : how many times better ours is than the peer's, in the sense of `better`
    """
    if better not in ("more", "less"):
        raise ValueError(f"better is {better!r}; it must be 'more' or 'less'")
    ratio = None
    if ours is not None and peer_value is not None:
        above, below = (ours, peer_value) if better == "more" else (peer_value, ours)
        ratio = above / below if below else None
    met = None
    if ours is not None and goal is not None:
        if isinstance(goal, tuple):
            met = bool(goal[0] <= ours <= goal[1])
        else:
            met = bool(ours >= goal) if better == "more" else bool(ours <= goal)
    return {
        "bench": bench, "unit": unit, "ours": _short(ours), "peer": peer, "peer_value": _short(peer_value),
        "ratio": _short(ratio), "goal": goal, "better": better, "met": met, **sizes,
    }  # fmt: skip


def _short(value: float | None) -> float | None:
    """Four figures are all that a timing has."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.4g}")


def peer_lines(script: str, data: dict[str, Any] | Path | None = None) -> list[dict[str, Any]]:
    """JSON lines that `benchmarks/peers/<script>.py` prints when it is given data, run by the peers' own Python.

    Parameters
    ----------
    script : name of the adapter, without folder and ending; its first argument is the path of the data
    data : arrays by name (saved as .npz), or the path of a file

    Returns
    -------
    what it printed; empty, with a sentence on stderr, when the peers cannot be had or the script failed
    """
    python = peer_python()
    if python is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.npz"
        if isinstance(data, Path):
            path = data
        else:
            np.savez(path, **(data or {}))
        command = [str(python), str(ROOT / "benchmarks" / "peers" / f"{script}.py"), str(path)]
        environment = {**os.environ, **ONE_THREAD}
        for name in ("PYTHONPATH", "PYTHONHOME"):
            environment.pop(name, None)
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"bench: {script} was stopped after {LONGEST_S:g} s\n")
            return []
    if done.returncode != 0:
        sys.stderr.write(f"bench: {script} failed:\n{done.stderr[-2000:]}\n")
    found = []
    for text in done.stdout.splitlines():
        if text.startswith("{"):
            found.append(json.loads(text))
    return found


def find_line(found: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    """The first of some peers' lines that has these values; empty when there is none."""
    return next((row for row in found if all(row.get(k) == v for k, v in wanted.items())), {})


@lru_cache(maxsize=1)
def peer_python() -> Path | None:
    """The peers' Python; their environment is made when it is missing or its lock has changed."""
    python = PEERS / "bin" / "python"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = PEERS / "stamp"
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    sys.stderr.write("bench: making an environment for the peers in .peers (once; some 100 MB to fetch)\n")
    shutil.rmtree(PEERS, ignore_errors=True)
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    for command in _ways_to_make(python):
        done = subprocess.run(command, env={**clean, **_mirrors()}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.stderr.write(f"bench: the peers could not be installed, so their figures are missing:\n{done.stderr}\n")
            shutil.rmtree(PEERS, ignore_errors=True)
            return None
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _ways_to_make(python: Path) -> list[list[str]]:
    """Commands that make the environment: by the front door's uv where it is, otherwise by venv and pip."""
    uv = ROOT / ".tool" / "bin" / "uv"
    hashed = ["--require-hashes", "--only-binary", ":all:"]
    if uv.exists():
        make = [str(uv), "venv", "-q", "--python", sys.executable, str(PEERS)]
        return [make, [str(uv), "pip", "sync", "-q", "--python", str(python), *hashed, str(LOCK)]]
    make = [sys.executable, "-m", "venv", str(PEERS)]
    return [make, [str(python), "-m", "pip", "install", "-q", "--no-deps", *hashed, "-r", str(LOCK)]]


def _mirrors() -> dict[str, str]:
    """pip's own mirror, in the words that uv understands."""
    found: dict[str, str] = {}
    for theirs, ours in (
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
        ("PIP_FIND_LINKS", "UV_FIND_LINKS"), ("PIP_CERT", "SSL_CERT_FILE"),
    ):  # fmt: skip
        if os.environ.get(theirs) and not os.environ.get(ours):
            found[ours] = os.environ[theirs]
    return found
