"""A whole node killed again and again, every process at once: nothing lost, no alert doubled.

`./run soak node-kills [COUNT] [SEED]`: 20 kills by default, some ten minutes. One JSON line.
"""

import json
import sys
import tempfile
from pathlib import Path

WHAT = "a whole `vedette node run` killed at random instants: restarts, nothing lost, no alert doubled"


def run(options: list[str]) -> int:
    """Exit code 1 when anything was lost, doubled or out of order."""
    from tests.doors.node.node_killing import kill_nodes

    kills = int(options[0]) if options else 20
    seed = int(options[1]) if len(options) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="vedette-node-kills-") as folder:
        found = kill_nodes(Path(folder), kills, seed)
    wanted, back_s = set(range(1, found.told + 1)), sorted(found.back_s)
    line = {
        "soak": "node-kills", "kills": kills, "seed": seed, "told": found.told, "heard": len(found.heard),
        "lost": len(wanted - set(found.heard)), "doubled": len(found.heard) - len(set(found.heard)),
        "in_order": found.heard == sorted(found.heard), "journals": found.journals, "journal_whole": found.is_whole,
        "scans_doubled": found.scans_doubled, "scans_missing": found.scans_missing, "alerts": found.alerts,
        "proposals_doubled": found.proposals_doubled, "events_heard": found.events_heard,
        "events_doubled": found.events_doubled, "partner_troubles": found.partner_troubles,
        "back_s": {"median": round(back_s[len(back_s) // 2], 2), "most": round(back_s[-1], 2)} if back_s else None,
        "seconds": round(found.seconds, 1), "good": found.is_good,
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if found.is_good else 1
