"""Hunts for what leaves without a grant over real brokers: `./run soak release-broker [POLICIES] [FIRST_SEED]`."""

import json
import sys
import tempfile
import time
from pathlib import Path

WHAT = "the same over two real brokers, with somebody looking on at all subjects: [POLICIES=300] [FIRST_SEED=0]"
_AT_ONCE = 25


def run(options: list[str]) -> int:
    """A JSON line for every few; exit code 1 when anything was seen that was not granted."""
    from tests.doors.node.released_over_broker import hunt_over_broker

    count = int(options[0]) if options else 300
    first = int(options[1]) if len(options) > 1 else 0
    is_tight = True
    for seed in range(first, first + count, _AT_ONCE):
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="vedette-release-") as folder:
            found, seen = hunt_over_broker(Path(folder), seed, min(_AT_ONCE, first + count - seed))
        line = {
            "soak": "release-broker", "first_seed": seed, "policies": found.policies, "offers": found.events,
            "messages": found.messages, "seen": seen, "bytes": found.bytes, "marks": found.marks,
            "granted": found.granted, "leaks": len(found.leaks), "shown": found.leaks[:5],
            "seconds": round(time.monotonic() - began, 1),
        }  # fmt: skip
        is_tight &= not found.leaks
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0 if is_tight else 1
