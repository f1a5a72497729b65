"""Three services of one owner as processes with brokers: objects handed round, one killed and back.

`./run soak services-broker [OBJECTS] [SECONDS] [SEEDS]`: 1,000 objects for two minutes and one seed, unless told.
"""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

WHAT = "3 service processes with brokers, 1,000 objects, hand-over every 30 s, one killed and back"


def run(options: list[str]) -> int:
    """0 when no track was ever reported by two or left to nobody."""
    from tests.doors.node.services_over_brokers import run_over_brokers

    objects = int(options[0]) if options else 1000
    seconds = float(options[1]) if len(options) > 1 else 120.0
    wrong = 0
    for seed in range(1, 1 + (int(options[2]) if len(options) > 2 else 1)):
        with tempfile.TemporaryDirectory(prefix="vedette-services-") as folder:
            found = run_over_brokers(
                Path(folder), objects=objects, seconds=seconds, hand_over_s=30.0, kill_s=0.4 * seconds,
                back_s=0.7 * seconds, seed=seed,
            )  # fmt: skip
        line = {"soak": "services-broker", "seed": seed, "objects": objects, "seconds": seconds, **asdict(found)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        wrong += found.duplicates + found.orphans + found.doubled + found.reused
    return int(wrong > 0)
