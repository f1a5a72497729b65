"""One end of the link of `bench link`, a process: `python -m benchmarks._link_end NAME FOLDER TRACKS WARNINGS SECONDS`.

The telling end offers new warnings every 50 ms and all tracks anew every second, as a watch would; the hearing end
takes what comes. A warning says when it was offered, a message when it was sealed, by the clock that both share.
"""

import gc
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

TRACKS_PER_S, WARNINGS_PER_S = 10_000, 500
STEP_S = 0.05
KEPT_STEPS = 40  # for which a warning goes on being offered: until it was surely told


def track_of(number: int, t_tai_ns: int) -> Any:
    """One of many things in the sky."""
    from vedette.reports import SharedTrack

    cov = [0.5] * 21
    for at in (0, 2, 5):
        cov[at] = 1e4 + number
    for at in (9, 14, 20):
        cov[at] = 1e2 + number
    return SharedTrack(
        number=f"NORTH-{number:06d}", t_tai_ns=t_tai_ns, position_itrf_m=(5.2e6 + number, -2.1e6, 3.6e6 - number),
        velocity_itrf_mps=(1e3, 2e3 + 0.1 * number, 1e2), covariance=tuple(cov), phase="coast", phenomena=("radar",),
        provenance=("NORTH",),
    )  # fmt: skip


def warning_of(number: int, t_tai_ns: int) -> Any:
    """A warning that says which it is and when it was offered."""
    from vedette.reports import Evidence, SharedEvent

    return SharedEvent(
        event_id=f"W{number}", revision=1, kind="launch", evidence=Evidence.CORRELATED, phenomena=("infrared",),
        t_said_tai_ns=t_tai_ns, count=number, text=str(t_tai_ns),
    )  # fmt: skip


def prepare_nodes(folder: Path) -> None:
    """Two nodes that are partners, on free ports, each granting the other everything."""
    from vedette.doors.node.adding import add_partner
    from vedette.doors.node.card import card_of, fingerprint_lines
    from vedette.doors.node.folder import NodeSettings, make_node
    from vedette.sharing.release.open_policy import open_policy_text

    made = []
    for owner in ("NORTH", "SOUTH"):
        link = f"127.0.0.1:{_free_port()}"
        settings = NodeSettings(
            owner=owner, node="A", link_listen=link, link_addresses=(link,), client_listen=f"127.0.0.1:{_free_port()}"
        )
        made.append((make_node(folder / owner, settings), settings))
    for (here, ours), (there, theirs) in ((made[0], made[1]), (made[1], made[0])):
        card = card_of(there, theirs)
        peer = add_partner(here, ours, card, fingerprint_lines(card)[0])
        (here.release / f"{peer.name}.toml").write_text(open_policy_text(peer.name), encoding="utf-8")


def main(name: str, folder: Path, tracks: int, warnings: int, seconds: int) -> None:
    """Begin the broker and the gateway, tell or hear, and say how it went."""
    from vedette.doors.node.broker import Broker
    from vedette.doors.node.broker_program import find_broker
    from vedette.doors.node.folder import read_node
    from vedette.doors.node.gateway import Gateway
    from vedette.doors.node.opening_store import open_store
    from vedette.doors.node.peer_file import peers_of
    from vedette.doors.seal_file import now_tai_ns
    from vedette.doors.server.serving import CALM
    from vedette.reports import LinkState, Mode

    gc.set_threshold(*CALM)  # as in the process of a watch, in which a gateway lives
    place, settings = read_node(folder / name)
    broker = Broker(place, settings, find_broker(settings.nats_server))
    broker.start(peers_of(place))
    store = open_store(place.path / "node.sqlite", reserve_bytes=0)
    gateway = Gateway(place, settings, store, Mode.SIMULATED, now_tai_ns)
    gateway.start()
    try:
        end_s = time.monotonic() + 60.0
        while not any(link.state is LinkState.UP for link in gateway.links.values()):
            if time.monotonic() > end_s:
                raise SystemExit("the link never came up")
            time.sleep(0.05)
        gateway.offer((track_of(0, now_tai_ns()),))
        time.sleep(3.0)  # a link that has been up for a moment, as links have
        work = _tell if name == "NORTH" else _hear
        assert broker.process is not None
        before = time.monotonic(), time.process_time(), _cpu_s(broker.process.pid)
        found = work(gateway, tracks, warnings, seconds, now_tai_ns)
        passed_s = time.monotonic() - before[0]
        found["cpu_share"] = round((time.process_time() - before[1]) / passed_s, 3)
        found["broker_share"] = round((_cpu_s(broker.process.pid) - before[2]) / passed_s, 3)
        sys.stdout.write(json.dumps(found))
        sys.stdout.flush()
        if name == "NORTH":
            time.sleep(10.0)  # what is still under way
    finally:
        gateway.stop()
        broker.stop()
        store.close()


def _tell(gateway: Any, tracks: int, warnings: int, seconds: int, now: Any) -> dict[str, Any]:
    each, said, steps = max(1, round(warnings * STEP_S)), 0, int(seconds / STEP_S)
    recent: list[tuple[Any, ...]] = []
    held: tuple[Any, ...] = ()
    track_count = 0
    begun_s = time.monotonic()
    for step in range(steps):
        t = now()
        if step % round(1.0 / STEP_S) == 0:
            held = tuple(track_of(n, t) for n in range(tracks))
            track_count += tracks
        recent = [*recent, tuple(warning_of(said + k, t) for k in range(each))][-KEPT_STEPS:]
        said += each
        gateway.offer((*(one for row in recent for one in row), *held))
        time.sleep(max(0.0, begun_s + (step + 1) * STEP_S - time.monotonic()))
    time.sleep(1.0)
    return {"warnings": said, "tracks_per_s": round(track_count / seconds, 1)}


def _hear(gateway: Any, tracks: int, warnings: int, seconds: int, now: Any) -> dict[str, Any]:
    import numpy as np

    from vedette.reports import PartnerReport, SharedEvent, SharedTrack

    waits: list[float] = []
    under_way: list[float] = []
    seen: set[str] = set()
    twice = track_count = 0
    first_s = last_s = 0.0
    end_s = time.monotonic() + seconds + 12.0
    while time.monotonic() < end_s:
        came = gateway.taken()
        t = now()
        for one in came:
            if not isinstance(one.event, PartnerReport):
                continue
            for thing in one.event.content:
                if isinstance(thing, SharedTrack):
                    track_count += 1
                elif isinstance(thing, SharedEvent):
                    twice += thing.event_id in seen
                    seen.add(thing.event_id)
                    under_way.append((t - one.event.t_sent_tai_ns) / 1e6)
                    waits.append((t - thing.t_said_tai_ns) / 1e6)
                    last_s = time.monotonic()
                    first_s = first_s or last_s
        time.sleep(0.002)
    if not waits:
        return {"warnings": 0, "tracks_per_s": 0.0}
    part = np.percentile(under_way, [50.0, 99.0, 100.0])
    offered = np.percentile(waits, [50.0, 99.0])
    return {
        "warnings": len(seen), "twice": twice, "p50_ms": round(part[0], 1), "p99_ms": round(part[1], 1),
        "worst_ms": round(part[2], 1), "from_offer_ms": [round(offered[0], 1), round(offered[1], 1)],
        "tracks_per_s": round(track_count / seconds, 1),
        "warnings_per_s": round(len(seen) / max(last_s - first_s, 1e-9), 1),
    }  # fmt: skip


def _cpu_s(pid: int) -> float:
    """Processor time of a process so far, s; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:6]))
