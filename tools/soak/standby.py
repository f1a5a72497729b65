"""How long a node is without one who acts when its watch is killed, stopped, ended, or asked to hand over.

`./run soak standby [COUNT]`: each way so many times, once unless told.
"""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

WHAT = "the acting watch killed, stopped, ended or asked to yield while another follows: seconds, and no alert twice"


def run(options: list[str]) -> int:
    """0 when the same journal went on each time, with no alert twice."""
    from tests.rehearsals.taking_over import HOWS, take_over

    from tools.local_postgres import find_postgres, running_postgres

    wrong = 0
    for number in range(int(options[0]) if options else 1):
        for how in (*HOWS, "killed, another machine"):
            with tempfile.TemporaryDirectory(prefix="vedette-standby-") as folder:
                if how in HOWS:
                    found = take_over(Path(folder), how)
                else:
                    try:
                        find_postgres()
                    except LookupError:
                        continue
                    with running_postgres() as server:
                        found = take_over(Path(folder), "killed", f"{server.address}&schema=north")
            row = asdict(found)
            row.pop("status")
            sys.stdout.write(json.dumps({"soak": "standby", "run": number + 1, "how": how, **row}) + "\n")
            sys.stdout.flush()
            wrong += not (found.is_same_journal and found.is_journal_whole) or found.repeated or found.wrote_after
    return int(wrong > 0)
