"""Random policies over a real broker: whatever a wildcard subscriber sees, on either side, was granted.

A gateway of NORTH tells by a policy and offers drawn from a seed (`exercise.release_hunt`), with the clock put on by
hand; two brokers are joined, and at each somebody who may look on takes every subject, header and payload. What they
took is searched for every mark that no grant lets through.
"""

import asyncio
import contextlib
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from tests.doors.node.nodes import Node, make_partners, node

from vedette.doors.node.broker_config import KEEPER
from vedette.doors.node.gateway import Gateway
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.subjects import LANES, stream_of
from vedette.exercise.release_hunt import PEER, STEP_S, STEPS, T0_TAI_NS, Hunt, S, hunted, judged, steps_of
from vedette.reports import LinkState, Mode
from vedette.sharing.link import take_apart
from vedette.sharing.link.content import read_content

MODES = (Mode.TEST, Mode.SIMULATED)
WAIT_S = 60.0


class Onlooker:
    """Takes everything that passes an account, from a thread of its own."""

    def __init__(self, at: Node, name: str) -> None:
        self.seen: list[tuple[str, bytes, bytes]] = []  # subject, headers, payload
        self._at, self._name = at, name
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.is_up = threading.Event()
        self._ending: asyncio.Event | None = None

    def __enter__(self) -> "Onlooker":
        self._thread.start()
        assert self.is_up.wait(WAIT_S), "the onlooker never came up"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._ending is not None
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10.0)

    def taken(self) -> list[tuple[str, bytes, bytes]]:
        """What came since."""
        seen, self.seen = self.seen, []
        return seen

    def _run(self) -> None:
        self._loop.run_until_complete(self._live())

    async def _live(self) -> None:
        import nats

        client = await nats.connect(
            f"nats://{self._at.settings.client_listen}", user=f"reader.{self._name}",
            password=self._at.folder.reader_secret(), connect_timeout=5,
        )  # fmt: skip

        async def came(message: Any) -> None:
            self.seen.append((message.subject, repr(message.headers).encode(), bytes(message.data)))

        await client.subscribe(">", cb=came)
        await client.flush()
        self._ending = asyncio.Event()
        self.is_up.set()
        await self._ending.wait()
        await client.close()


def hunt_over_broker(path: Path, first_seed: int, count: int) -> tuple[Hunt, int]:
    """What was found, and how many things the onlookers took."""
    north, south = (node(path, owner) for owner in ("NORTH", PEER))
    make_partners(north, south)
    found, taken = Hunt(), 0
    try:
        for one in (south, north):
            one.start_broker()
        with Onlooker(north, south.name) as here, Onlooker(south, north.name) as there:
            for seed in range(first_seed, first_seed + count):
                taken += _one(found, seed, north, south, (here, there), path / f"store-{seed}.sqlite")
    finally:
        for one in (south, north):
            one.stop_broker()
    return found, taken


def _one(
    found: Hunt, seed: int, north: Node, south: Node, onlookers: tuple[Onlooker, Onlooker], place: Path
) -> int:
    rng = np.random.default_rng([335, seed])
    drawn = hunted(rng, MODES)
    (north.folder.release / f"{south.name}.toml").write_text(drawn.text, encoding="utf-8")
    asyncio.run(_forget_streams(north, south.name))
    clock = [T0_TAI_NS - S]
    store = open_store(place, reserve_bytes=0)
    gateway = Gateway(north.folder, north.settings, store, drawn.mode, lambda: clock[0])
    gateway.start()
    try:
        _until(lambda: bool(gateway.links), "a link")
        (link,) = gateway.links.values()
        _until(lambda: link.broker.is_broker_up, "the broker")
        for step, (steady, once) in enumerate(steps_of(drawn, rng)):
            found.events += len(steady) + len(once)
            gateway.offer(tuple(steady))
            for one in once:
                gateway.say(one)
            t = clock[0] = T0_TAI_NS + step * STEP_S * S
            _until(lambda t=t: _has_told(link, t), f"step {step} of seed {seed}")
        assert step == STEPS - 1
        _until(lambda: store.pending_count() == 0, f"the broker having all of seed {seed} ({link.broker.trouble})")
        found.messages += store.leaf_count(f"{link.out._name} warn") + store.leaf_count(f"{link.out._name} track")
        assert link.state is not LinkState.SUSPENDED
    finally:
        gateway.stop()
        store.close()
        place.unlink(missing_ok=True)
    time.sleep(0.1)  # what is still on its way to the onlookers
    seen = [one for onlooker in onlookers for one in onlooker.taken()]
    told: list[Any] = []
    for _, _, payload in seen:
        if payload.count(b"\n") == 2 and payload.startswith(b"{"):
            told += read_content(take_apart(payload).content_bytes, 1, 1)[0]
    sent = b"\n".join(b"%s %s %s" % (subject.encode(), headers, payload) for subject, headers, payload in seen)
    found.policies += 1
    found.bytes += len(sent)
    judged(found, seed, drawn, sent + msgspec.msgpack.encode(told), told)
    return len(seen)


async def _forget_streams(at: Node, peer: str) -> None:
    """Each seed begins anew at the same instant: an empty message of the one before would be known as its own."""
    import nats
    from nats.js.errors import NotFoundError

    client = await nats.connect(
        f"nats://{at.settings.client_listen}", user=f"{KEEPER}.{peer}", password=at.folder.local_secret()
    )
    for lane in LANES:
        with contextlib.suppress(NotFoundError):
            await client.jetstream().delete_stream(stream_of(at.name, peer, lane))
    await client.close()


def _has_told(link: Any, t_tai_ns: int) -> bool:
    """Whether all that is due at this instant has been judged, sealed and kept."""
    releaser = link.out._releaser
    if link.out.trouble:
        raise AssertionError(link.out.trouble)
    is_under_way = releaser.are_tracks_due(t_tai_ns) or releaser.is_quick_due(t_tai_ns)
    return not is_under_way and not link.once and not link.lock.locked()


def _until(is_so: Any, what: str) -> None:
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.01)
