"""One end as a process that may be killed at any instant: `python -m tests.doors.node.one_end FOLDER COUNT`.

It offers warnings 1 to COUNT, a few at a time by the clock of the wall, and appends to FOLDER/heard each warning that
it takes for the watch, before it says that its journal has it: a watch in small.
"""

import os
import sys
import time
from pathlib import Path

from tests.doors.node import ends
from tests.doors.node.ends import End
from tests.doors.node.nodes import Node

from vedette.doors.node.folder import read_node
from vedette.reports import PartnerNews, PartnerReport, SharedEvent


def main(path: Path, count: int, t_begin_s: float, rate: float) -> None:
    """Until killed."""
    ends.MOST_OFFERED = count  # a kill may keep this process away for long
    folder, settings = read_node(path)
    journal = path / "heard"
    held = set(journal.read_text().split()) if journal.exists() else set()
    with End(Node(folder, settings)) as end, journal.open("a") as file:
        offered = 0
        while True:
            due = min(count, int((time.time() - t_begin_s) * rate))
            if due > offered:
                end.warn(*range(offered + 1, due + 1))
                offered = due
            for came in end.gateway.taken():
                if isinstance(came.event, PartnerNews):
                    with (path / "news").open("a") as said:
                        said.write(f"{time.time():.2f} {came.event.state} {came.event.trouble} {came.event.text}\n")
                if isinstance(came.event, PartnerReport) and came.event.digest not in held:
                    held.add(came.event.digest)
                    numbers = [str(one.count) for one in came.event.content if isinstance(one, SharedEvent)]
                    file.write("".join(f"{came.event.digest} {number}\n" for number in numbers or ["-"]))
                    file.flush()
                    os.fsync(file.fileno())
                end.gateway.journaled("heard", {came.number: came.number})
            time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
