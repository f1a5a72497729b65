"""Three whole watches of one owner (engine, journal, broker): objects handed round, one killed with all its processes.

`./run soak services-whole [--objects=60] [--seconds=180] [--revisit=20] [--hand-over=30] [--beat=0.5] [--lease=2.5]
[--seed=1]`: the watch of AIR is killed after four tenths of the time and begun again after six.
"""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

WHAT = "3 whole node runs with engine, journal and broker as services of one owner, one killed and back"


def run(options: list[str]) -> int:
    """0 when no track was ever reported by two or left to nobody."""
    from tests.doors.node.services_whole import Plan, run_whole

    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    seconds = float(told.get("seconds") or 180.0)
    plan = Plan(
        objects=int(told.get("objects") or 60), seconds=seconds, hand_over_s=float(told.get("hand-over") or 30.0),
        revisit_s=float(told.get("revisit") or 20.0), beat_s=float(told.get("beat") or 0.5),
        lease_s=float(told.get("lease") or 2.5), kill_s=0.4 * seconds, back_s=0.6 * seconds,
        begin_s=float(told.get("begin") or 300.0), seed=int(told.get("seed") or 1),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="vedette-whole-") as folder:
        place = Path(told["keep"]) if "keep" in told else Path(folder)
        place.mkdir(exist_ok=True)
        found = run_whole(place, plan, lambda words: print(words, file=sys.stderr, flush=True))
    line = {"soak": "services-whole", "seed": plan.seed, "seconds": seconds, "revisit_s": plan.revisit_s,
            "hand_over_s": plan.hand_over_s, "lease_s": plan.lease_s, **asdict(found)}  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    return int(found.duplicates + found.orphans + found.doubled + found.reused > 0)
