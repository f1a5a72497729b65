"""Whatever a store said it had kept is there after its process was killed, and nothing is there in part."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.doors.node.stores import KINDS, fresh_address, opener_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_said_to_be_kept_is_lost_when_the_process_is_killed(kind, tmp_path, request):
    rng = random.Random(7)
    address = fresh_address(kind, tmp_path, request)
    said = 0
    opener_of(address)().close()
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.doors.node.writer_process", address],
            cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        said = int(child.stdout.readline())  # it is at work
        time.sleep(rng.uniform(0.0, 0.1))
        child.kill()
        for line in child.stdout:
            said = int(line) if line.endswith("\n") else said
        child.wait()
        child.stdout.close()
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
    assert said > 20
