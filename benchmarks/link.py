"""A link between two owners under load: 10,000 tracks a second, signed by the batch, and 500 warnings a second singly.

Thrice: sealed and heard in one process, with the processor time of each part; the same with policy and both stores,
without brokers; and across two nodes with their gateways, stores and brokers on the loopback, each process's own
processor time, and how long a warning takes from being sealed to being handed to the partner's watch, with and without
the policy's own cadence of 0.1 s. Nothing on that way is left out: policy, signature, two disks, two brokers, TLS.

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
GOES = 5


def run(options: list[str]) -> int:
    """One line for the link alone, one for the whole way."""
    told = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    tracks, warnings = int(told.get("tracks") or TRACKS_PER_S), int(told.get("warnings") or WARNINGS_PER_S)
    seconds = int(told.get("seconds") or (4 if "quick" in told else 20))
    for measure in (
        lambda: sealed_and_heard(tracks, warnings),
        lambda: released_and_kept(tracks, warnings),
        lambda: across(tracks, warnings, seconds),
    ):
        line = measure()
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

    whole = part_ms(lambda: (seal(), hear()))  # together: only what is fresh is heard
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
    return {
        "benchmark": "link", "what": "processor ms for a second's traffic, sealed and heard in one process",
        "cpu_ms": round(whole, 1), "goal_ms": 1000.0, "met": whole < 1000.0, "tracks": tracks, "warnings": warnings,
        "messages": len(sealed), "bytes": sum(map(len, sealed)),
        "split_ms": {name: round(value, 1) for name, value in split.items()},
        "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip


def released_and_kept(tracks: int, warnings: int) -> dict[str, Any]:
    """A second's traffic through policy, signature and both stores, without the brokers: processor ms of each part.

    Ten rounds of the gateway: all tracks in one of them, a tenth of the warnings in each.
    """
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.link_in import LinkIn
    from vedette.doors.node.link_out import LinkOut
    from vedette.doors.node.opening_store import open_store
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.seal_file import now_tai_ns
    from vedette.reports import Mode

    spent: dict[str, float] = {}

    def timed(owner: Any, method: str, name: str) -> None:
        work = getattr(owner, method)

        def watched(*words: Any, **more: Any) -> Any:
            start_s = time.process_time()
            try:
                return work(*words, **more)
            finally:
                spent[name] = spent.get(name, 0.0) + 1e3 * (time.process_time() - start_s)

        setattr(owner, method, watched)

    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        prepare_nodes(Path(folder))
        (north, ours), (south, theirs) = read_node(Path(folder) / "NORTH"), read_node(Path(folder) / "SOUTH")
        stores = [open_store(one.path / "node.sqlite", reserve_bytes=0) for one in (north, south)]
        out = LinkOut(north, ours, peers_of(north)[0], Mode.SIMULATED, stores[0])
        way_in = LinkIn(south, theirs, peers_of(south)[0], Mode.SIMULATED, stores[1])
        out.heed(peers_of(north)[0])
        t, said, seconds = now_tai_ns(), 0, 2
        for method in ("release_quick", "begin_tracks", "next_tracks"):
            timed(out._releaser, method, "policy")
        timed(out.sender, "seal", "seal")
        timed(way_in.receiver, "hear", "hear")
        timed(stores[0], "write", "store_out")
        timed(stores[1], "write", "store_in")
        recent: list[Any] = []
        heard = 0
        start_s = time.process_time()
        for step in range(10 * seconds):
            if step == 10:  # the first second compiles and fills caches
                spent.clear()
                heard, start_s = 0, time.process_time()
            if step % 10 == 0:
                held = tuple(track_of(n, t) for n in range(tracks))
            recent = [*recent, *(warning_of(said + k, t) for k in range(warnings // 10))][-warnings:]
            said += warnings // 10
            out.release((*recent, *held), (), t, {})
            for lane in ("warn", "track"):
                rows = stores[0].pending("SOUTH-A", (lane,), limit=10_000)
                if rows:
                    heard += len(way_in.hear(lane, [(row.message, False) for row in rows], t, lambda _: ""))
                    numbers = [row.number for row in rows]
                    stores[0].write(lambda writing, numbers=numbers: writing.acknowledged(numbers))
            t += 100_000_000
        whole = 1e3 * (time.process_time() - start_s) / (seconds - 1)
        for store in stores:
            store.close()
    split = {name: round(value / (seconds - 1), 1) for name, value in spent.items()}
    return {
        "benchmark": "link", "what": "processor ms for a second's traffic through policy, signature and both stores",
        "cpu_ms": round(whole, 1), "goal_ms": 2000.0, "met": whole < 2000.0, "tracks": tracks, "warnings": warnings,
        "messages_heard_per_s": round(heard / (seconds - 1), 1), "split_ms": split,
        "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip


def part_ms(work: Callable[[], object]) -> float:
    """Shortest processor time of a few goes, ms."""
    taken_s = []
    for _ in range(GOES):
        start_s = time.process_time()
        work()
        taken_s.append(time.process_time() - start_s)
    return 1e3 * min(taken_s)


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
