"""Kill a process that posts and receives as fast as it can, again and again, and look at what its store holds."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from tests.doors.node.stores import opener_of

ROOT = Path(__file__).parents[3]


def kill_writers(address: str, kills: int, seed: int) -> int:
    """How many messages were said to be kept; an AssertionError when one of them is not, or anything is in part."""
    rng = random.Random(seed)
    said = 0
    opener_of(address)().close()
    for _ in range(kills):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.doors.node.writer_process", address],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        said = int(child.stdout.readline())  # it is at work
        time.sleep(rng.uniform(0.0, 0.1))
        child.kill()
        for line in child.stdout:
            said = int(line) if line.endswith("\n") else said
        child.wait()
        child.stdout.close()
        check(address, said)
    return said


def check(address: str, said: int) -> None:
    """Everything that was said is there, in order, and what was done together stands together."""
    with opener_of(address)() as store:
        kept = int(store.state("south", "sender") or b"0")
        assert said <= kept <= said + 1  # killed between keeping and saying
        everything = list(range(1, kept + 1))
        limit = 10 * kept
        assert [k.sequence for k in store.pending("south", limit=limit)] == everything
        assert [k.sequence for k in store.pending("east", limit=limit)] == everything
        assert [k.sequence for k in store.waiting(limit=limit)] == everything
        assert [k.number for k in store.log(limit=limit)] == list(range(1, 3 * kept + 1))
        assert store.leaves("released") == [b"%d" % s for s in everything]
