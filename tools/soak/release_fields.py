"""Hunts for fields that leave without a grant, over random policies and offers: `./run soak release-fields`."""

import json
import sys
import time

WHAT = "no field that is not granted ever leaves: [POLICIES=10000] [FIRST_SEED=0]"
_AT_ONCE = 250


def run(options: list[str]) -> int:
    """Print what was tried; exit code 1 when anything left that was not granted."""
    from vedette.exercise.release_hunt import hunt

    count = int(options[0]) if options else 10_000
    first = int(options[1]) if len(options) > 1 else 0
    began = time.process_time()
    total = {"policies": 0, "events": 0, "messages": 0, "bytes": 0, "marks": 0, "granted": 0}
    leaks: list[str] = []
    for seed in range(first, first + count, _AT_ONCE):
        found = hunt(seed, min(_AT_ONCE, first + count - seed))
        total = {name: value + getattr(found, name) for name, value in total.items()}
        leaks += found.leaks
        sys.stderr.write(f"\r{total['policies']} policies, {len(leaks)} leaks")
    sys.stderr.write("\n")
    row = {"soak": "release-fields", "first_seed": first, **total, "leaks": len(leaks), "shown": leaks[:5]}
    sys.stdout.write(json.dumps({**row, "cpu_s": round(time.process_time() - began, 1)}) + "\n")
    return 1 if leaks else 0
