"""Both ends of a link and both brokers killed at random: no acknowledged warning is lost, doubled or out of order.

`./run soak kills [COUNT] [SEED]`: 200 kills by default, some ten minutes.
"""

import json
import sys
import tempfile
from pathlib import Path

WHAT = "200 random kills of nodes and brokers in the middle of a raid: nothing lost, doubled, or out of order"


def run(options: list[str]) -> int:
    """Exit code 1 when anything was."""
    from tests.doors.node.killing import kill_at_random

    kills = int(options[0]) if options else 200
    seed = int(options[1]) if len(options) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="vedette-kills-") as folder:
        found = kill_at_random(Path(folder), kills, seed, rate=20.0, pause_s=0.8)
    wanted = list(range(1, found.offered + 1))
    restart_s = sorted(found.restart_s)
    line = {
        "soak": "kills", "kills": kills, "seed": seed, "warnings": found.offered, "heard": len(found.heard),
        "lost": len(set(wanted) - set(found.heard)), "doubled": len(found.heard) - len(set(found.heard)),
        "in_order": found.heard == sorted(found.heard), "seconds": round(found.seconds, 1),
        "gateway_back_s": {"median": round(restart_s[len(restart_s) // 2], 2), "most": round(restart_s[-1], 2)},
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if found.heard == wanted else 1
