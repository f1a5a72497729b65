"""A link over a wire of drawn bad luck, between network namespaces (root): cut, loss, delay, reordering, flapping.

`./run soak link [SEED] [CUT_SECONDS]`: a cut of 600 s in the middle of a raid by default. A JSON line for each piece of
bad luck: warnings told and heard, in order or not, the seconds from the wire's return until all were there, and the
most that the teller's own thread spent on handing one in.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WHAT = "a link cut for ten minutes in mid-raid, 5 % loss, 2 s delay, reordering, flapping every 5 s"


def run(options: list[str]) -> int:
    """Exit code 1 when a warning was lost, doubled or out of order."""
    from tests.doors.node.joined import joined
    from tests.doors.node.tun_wire import TunWire

    seed = int(options[0]) if options else 1
    cut_s = float(options[1]) if len(options) > 1 else 600.0
    is_good = True
    with (
        tempfile.TemporaryDirectory(prefix="vedette-link-") as folder,
        TunWire(seed, "s") as wire,
        joined(Path(folder), wire) as (north, south),
    ):
        north.warn(0)
        _wait(north, south, 60.0)
        for name, seconds in (
            ("cut", cut_s), ("loss 5 %", 30.0), ("reordering", 30.0), ("flapping every 5 s", 60.0),
            ("delay 2 s each way", 60.0),
        ):  # fmt: skip
            line = _piece(name, seconds, wire, north, south)
            is_good &= bool(line["in_order"]) and line["told"] == line["heard"] and not line["troubles"]
            sys.stdout.write(json.dumps({"soak": "link", "seed": seed, **line}) + "\n")
            sys.stdout.flush()
    return 0 if is_good else 1


def _piece(name: str, seconds: float, wire: Any, north: Any, south: Any) -> dict[str, Any]:
    """One piece of bad luck, in which five warnings a second are told; then the wire is good again."""
    first, most_s, longest_s = len(north.offered), 0.0, 0.0
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        wire.is_cut = name == "cut" or (name.startswith("flapping") and int(passed / 5.0) % 2 == 0)
        wire.loss = 0.05 if name.startswith("loss") else 0.0
        wire.jitter_s = 0.2 if name == "reordering" else 0.0
        wire.delay_s = 2.0 if name.startswith("delay") else 0.0
        t, cpu = time.monotonic(), time.thread_time()
        north.warn(len(north.offered))
        longest_s, most_s = max(longest_s, time.monotonic() - t), max(most_s, time.thread_time() - cpu)
        south.look()
        time.sleep(0.2)
    wire.is_cut, wire.loss, wire.jitter_s = False, 0.0, 0.0
    if not name.startswith("delay"):
        wire.delay_s = 0.0
    back_s = _wait(north, south, 120.0)
    wire.delay_s = 0.0
    heard = [number for number in south.warnings if number >= first]
    told = list(range(first, len(north.offered)))
    return {
        "what": name, "seconds": seconds, "told": len(told), "heard": len(heard), "in_order": heard == told,
        "all_there_after_s": round(back_s, 2), "handing_in_most_ms": round(1e3 * longest_s, 2),
        "handing_in_cpu_most_ms": round(1e3 * most_s, 2), "troubles": sorted(set(south.troubles + north.troubles)),
        "packets_passed": wire.passed, "packets_lost": wire.lost,
    }  # fmt: skip


def _wait(north: Any, south: Any, most_s: float) -> float:
    begun = time.monotonic()
    while len(south.warnings) < len(north.offered) and time.monotonic() - begun < most_s:
        time.sleep(0.02)
    return time.monotonic() - begun
