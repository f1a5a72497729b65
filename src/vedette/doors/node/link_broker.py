"""One partner at our broker: the account in which we meet, the streams kept there, the outbox handed over, lanes drawn.

The broker may be away, or come back with nothing; a link may be cut in the middle of a word. Whatever happens is tried
again from what the store holds, and nothing here is waited for by the watch. Hearing needs our broker to pass things
on and not to keep them: while its disk is full what we tell waits, and what a partner tells is heard.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from vedette.core.errors import UnreachableError
from vedette.doors.node.broker_line import PAUSE_S, BrokerLine, until_one_ends
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.link_draw import Drawn, LaneDraw
from vedette.doors.node.link_out import Posted
from vedette.doors.node.link_outbox import LaneOutbox
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.store import NodeStore, StoreWriting
from vedette.doors.node.subjects import KEPT_COUNT, KEPT_S, LANES, kept_of, stream_of, subject_of

GIVE_WAY_S = 0.25  # what tracks wait at most for warnings, before each message
SETTLE_S = 0.2  # between two times at which what the broker has leaves the outbox
ROUND_TRIP_EVERY_S = 2.0

TakeIn = Callable[[str, list[Drawn]], Awaitable[bool]]


class BrokerLink(BrokerLine):
    """Everything of one partner that passes our broker; lives on the gateway's loop."""

    NAME = "vedette gateway"

    def __init__(
        self, folder: NodeFolder, settings: NodeSettings, peer: Peer, store: NodeStore, take: TakeIn
    ) -> None:
        super().__init__(folder, settings, peer)
        self.store, self._take = store, take
        self.told: dict[str, int] = {}  # by lane: newest number in our stream
        self.taken: dict[str, int] = {}  # by lane: up to where the partner has answered
        self.waiting: dict[str, int] = {}  # by lane: told, and not yet taken
        self.round_trip_s: float | None = None
        self._outboxes = {lane: LaneOutbox(store, settings, peer, lane, self.told) for lane in LANES}
        self._draws: list[LaneDraw] = []

    def posted(self, posted: Posted | None = None) -> None:
        """There is something in the outbox: these, or what somebody else has put there."""
        if posted is None:
            for box in self._outboxes.values():
                box.read_again()
            return
        if posted.is_signed_again:
            for box in self._outboxes.values():
                box.read_again()
        for one in posted.rows:
            self._outboxes[one.lane].add(one)

    @property
    def has_warnings(self) -> bool:
        """Whether a warning is on its way to the broker."""
        return self.is_broker_up and self._outboxes["warn"].is_busy

    async def let_warnings_pass(self, until_s: float) -> None:
        """Wait while a warning is on its way to the broker, though not for ever: tracks go on, if slowly."""
        while self.has_warnings and time.monotonic() < until_s:
            await asyncio.sleep(0.004)

    @property
    def incoming(self) -> dict[str, int]:
        """By lane: what still waits at the partner's broker, by its account."""
        return {one.lane: one.waiting for one in self._draws}

    async def _live(self, client: Any, streams: Any) -> None:
        self._draws = [
            LaneDraw(client, self.settings.name, self.peer, lane, self._take, self._heard, lambda: self.round_trip_s)
            for lane in LANES
        ]
        for draw in self._draws:
            if draw.lane in ("track", "bulk"):
                draw.gives_way_to = next(one for one in self._draws if one.lane == "warn")
        await self._together(
            client, self._tell(client, streams), *(draw.run() for draw in self._draws), self._ask_how_far(client)
        )

    async def _tell(self, client: Any, streams: Any) -> None:
        """The way out, begun again by itself: a broker that can keep nothing never ends the way in."""
        while client.is_connected:
            try:
                for lane in LANES:
                    await self._make_stream(streams, lane)
                self.trouble = ""
                await until_one_ends(
                    *(box.run(client, streams) for box in self._outboxes.values()), self._settle(),
                    self._look_after(streams),
                )  # fmt: skip
            except Exception as trouble:
                self._said(trouble)
            await asyncio.sleep(PAUSE_S)

    async def _make_stream(self, streams: Any, lane: str) -> None:
        from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RePublish, StreamConfig
        from nats.js.errors import BadRequestError

        settings, peer = self.settings, self.peer
        name = stream_of(settings.name, peer.name, lane)
        is_kept = KEPT_S[lane] == 0
        wanted = StreamConfig(
            name=name, subjects=[kept_of(peer.name, lane)],
            republish=RePublish(
                src=kept_of(peer.name, lane), dest=subject_of(settings.owner, settings.node, peer.name, lane)
            ),
            max_age=KEPT_S[lane], max_msgs=KEPT_COUNT[lane], allow_atomic=True,
            discard=DiscardPolicy.NEW if is_kept else DiscardPolicy.OLD, duplicate_window=120,
        )  # fmt: skip
        try:
            made = await streams.add_stream(wanted)
        except BadRequestError:  # made by an older version of ours
            made = await streams.update_stream(wanted)
        await streams.add_consumer(name, ConsumerConfig(
            durable_name=peer.name, ack_policy=AckPolicy.EXPLICIT, ack_wait=peer.ack_wait_s, max_ack_pending=4096,
        ))  # fmt: skip
        self._outboxes[lane].is_atomic = bool(made.config.allow_atomic)

    async def _settle(self) -> None:
        """What the broker has leaves the outbox, many at a time: each time costs a flush of the disk."""
        while True:
            await asyncio.sleep(SETTLE_S)
            done = [number for box in self._outboxes.values() for number in box.take_done()]
            if not done:
                continue
            try:
                await asyncio.to_thread(self.store.write, _acknowledging(done))
            except UnreachableError:  # a full disk: settled when there is room
                self._outboxes[LANES[0]].done += done
            except BaseException:
                self._outboxes[LANES[0]].done += done
                raise

    async def _look_after(self, streams: Any) -> None:
        """How far the partner has come, and room made of what it has long taken."""
        while True:
            for lane in LANES:
                name = stream_of(self.settings.name, self.peer.name, lane)
                about = await streams.consumer_info(name, self.peer.name)
                floor = about.ack_floor.stream_seq if about.ack_floor else 0
                self.taken[lane] = floor
                self.waiting[lane] = (about.num_pending or 0) + (about.num_ack_pending or 0)
                if KEPT_S[lane] == 0 and floor > KEPT_COUNT[lane] // 2 and floor % 1000 < 100:
                    await streams.purge_stream(name, seq=floor - KEPT_COUNT[lane] // 4)
            await asyncio.sleep(ROUND_TRIP_EVERY_S)

    async def _ask_how_far(self, client: Any) -> None:
        """How far away the partner is."""
        while True:
            begun = time.monotonic()
            with contextlib.suppress(Exception):
                stream = stream_of(self.peer.name, self.settings.name, "warn")
                await client.request(
                    f"$JS.{self.peer.name}.API.CONSUMER.INFO.{stream}.{self.settings.name}", b"", timeout=6.0
                )
                self.round_trip_s = time.monotonic() - begun
                self._heard()
            await asyncio.sleep(ROUND_TRIP_EVERY_S)

    def _heard(self) -> None:
        self.t_heard_s = time.monotonic()


def _acknowledging(numbers: list[int]) -> Callable[[StoreWriting], None]:
    def work(writing: StoreWriting) -> None:
        writing.acknowledged(numbers)

    return work
