"""A process that writes to a node's store is killed at random, in SQLite and in PostgreSQL: nothing kept is lost.

`./run soak store [COUNT] [SEED]`: 200 kills of each by default, some minutes.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from tools.local_postgres import find_postgres, running_postgres

WHAT = "200 random kills of a writer to each database: nothing that was said to be kept is lost or there in part"


def run(options: list[str]) -> int:
    """AssertionError when anything was lost."""
    from tests.doors.node.killing_writers import kill_writers

    kills = int(options[0]) if options else 200
    seed = int(options[1]) if len(options) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="vedette-store-") as folder:
        begin_s = time.monotonic()
        _say("sqlite", kills, seed, kill_writers(str(Path(folder) / "node.sqlite"), kills, seed), begin_s)
    try:
        find_postgres()
    except LookupError as missing:
        sys.stderr.write(f"{missing}\n")
        return 0
    with running_postgres() as server:
        begin_s = time.monotonic()
        _say("postgresql", kills, seed, kill_writers(server.address, kills, seed), begin_s)
    return 0


def _say(store: str, kills: int, seed: int, kept: int, begin_s: float) -> None:
    line = {
        "soak": "store", "store": store, "kills": kills, "seed": seed, "transactions": kept, "lost": 0,
        "seconds": round(time.monotonic() - begin_s, 1),
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
