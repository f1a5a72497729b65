"""A link between two owners under load: 10,000 tracks a second, signed by the batch, and 500 warnings a second singly.

Twice: sealed and heard in one process, with the processor time of each part; and across two nodes with their gateways,
stores and brokers on the loopback, each process's own processor time, and how long a warning takes from being sealed
to being handed to the partner's watch, with and without the policy's own cadence of 0.1 s. Nothing on the way is left
out: policy, signature, two disks, two brokers, TLS.

`bench link [--quick] [--seconds=N] [--tracks=N] [--warnings=N]`
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._link_end import TRACKS_PER_S, WARNINGS_PER_S, prepare_nodes, track_of, warning_of

GOAL_MS = 100.0
BATCH = 1_000  # tracks in one message: ten messages a second
STATES_S = 3


def run(options: list[str]) -> int:
    """One line for the link alone, one for the whole way."""
    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    tracks, warnings = int(told.get("tracks") or TRACKS_PER_S), int(told.get("warnings") or WARNINGS_PER_S)
    seconds = int(told.get("seconds") or (4 if "quick" in told else 20))
    for line in (sealed_and_heard(tracks, warnings), across(tracks, warnings, seconds)):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0


def sealed_and_heard(tracks: int, warnings: int) -> dict[str, Any]:
    """A second's traffic through a sender and a receiver: processor milliseconds of each part."""
    from vedette.reports import Mode
    from vedette.sharing import LiveKey, make_key
    from vedette.sharing.key_life import KeyBook
    from vedette.sharing.link import LinkReceiver, LinkSender, ReceiverState, SenderState, encode_state, take_apart
    from vedette.sharing.link.content import read_content, write_content
    from vedette.sharing.link.message import check_signature, write_message

    key, t = make_key(LiveKey, "NORTH", bytes(32)), 10**18
    sender = LinkSender(SenderState(owner="NORTH", node="A", to="SOUTH", to_node="A", mode=Mode.REAL), key)
    book = KeyBook(owner="NORTH").with_key(key.public)
    state = ReceiverState(owner="NORTH", node="A", to="SOUTH", to_node="A", mode=Mode.REAL)
    receiver = LinkReceiver(state, book)
    contents = [("track", tuple(track_of(n, t) for n in range(at, at + BATCH))) for at in range(0, tracks, BATCH)]
    contents += [("warn", (warning_of(n, t),)) for n in range(warnings)]
    sealed: list[bytes] = []

    def seal() -> None:
        sealed[:] = [sender.seal(lane, content, t).data for lane, content in contents]

    def hear() -> None:
        assert all(receiver.hear(data, t).report is not None for data in sealed)

    both = [part_ms(lambda: (seal(), hear())) for _ in range(STATES_S)]  # hears only what is fresh: together
    parts = [take_apart(data) for data in sealed]
    bodies = [write_content(content) for _, content in contents]
    split = {
        "write_content": part_ms(lambda: [write_content(content) for _, content in contents]),
        "sign": part_ms(lambda: [write_message(key, one.header_bytes, b"") for one in parts]),
        "check_signature": part_ms(lambda: [check_signature(one, key.public) for one in parts]),
        "read_content": part_ms(lambda: [read_content(body, 1, 1) for body in bodies]),
        "states_to_keep": part_ms(
            lambda: [(encode_state(sender.state), encode_state(receiver.state)) for _ in contents]
        ),
    }
    whole = min(both)
    split["numbers_trees_and_rest"] = whole - sum(split.values()) + split["states_to_keep"]
    return {
        "benchmark": "link", "what": "processor ms for a second's traffic, sealed and heard in one process",
        "cpu_ms": round(whole, 1), "goal_ms": 1000.0, "met": whole < 1000.0, "tracks": tracks, "warnings": warnings,
        "messages": len(sealed), "bytes": sum(map(len, sealed)),
        "split_ms": {name: round(value, 1) for name, value in split.items()},
        "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip


def part_ms(work: Callable[[], object]) -> float:
    """Processor time of one go, ms."""
    start_s = time.process_time()
    work()
    return 1e3 * (time.process_time() - start_s)


def across(tracks: int, warnings: int, seconds: int) -> dict[str, Any]:
    """Two nodes, each in a process of its own with its broker; the figures of the one that hears."""
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        prepare_nodes(Path(folder))
        words = [folder, str(tracks), str(warnings), str(seconds)]
        command = [sys.executable, "-m", "benchmarks._link_end"]
        hearing = subprocess.Popen([*command, "SOUTH", *words], stdout=subprocess.PIPE, text=True)
        telling = subprocess.Popen([*command, "NORTH", *words], stdout=subprocess.PIPE, text=True)
        told = json.loads(telling.communicate(timeout=seconds + 180)[0] or "{}")
        heard = json.loads(hearing.communicate(timeout=60)[0] or "{}")
    p99 = heard.get("p99_ms")
    return {
        "benchmark": "link", "what": "ms from a warning being sealed to being handed to the partner's watch",
        "p50_ms": heard.get("p50_ms"), "p99_ms": p99, "worst_ms": heard.get("worst_ms"), "goal_ms": GOAL_MS,
        "p50_p99_from_offer_ms": heard.get("from_offer_ms"), "met": p99 is not None and p99 <= GOAL_MS,
        "warnings_offered": told.get("warnings"),
        "warnings_heard": heard.get("warnings"), "warnings_twice": heard.get("twice"),
        "tracks_offered_per_s": told.get("tracks_per_s"), "tracks_heard_per_s": heard.get("tracks_per_s"),
        "warnings_heard_per_s": heard.get("warnings_per_s"), "seconds": seconds,
        "cpu_share": {
            "telling": told.get("cpu_share"), "telling_broker": told.get("broker_share"),
            "hearing": heard.get("cpu_share"), "hearing_broker": heard.get("broker_share"),
        },
        "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip
