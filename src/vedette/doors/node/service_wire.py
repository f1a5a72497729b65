"""What two services of one owner say to each other over their brokers: a stream each way, beside the link's lanes.

The link is the one that nodes of two owners have: the same card, the same keys, the same account in which both brokers
meet. The stream is short, since a service says again whatever the other has not said to have: it carries what was said
over a broken link or a restart of a broker, and no more. While our broker can keep nothing (its disk is full), what we
say passes it without being kept, and what another says is heard: neither rests on our broker's disk.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from vedette.doors.node.broker_line import PAUSE_S, BrokerLine
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.subjects import DUTY, kept_of, stream_of, subject_of

KEPT_S, KEPT_COUNT = 60.0, 20_000
MOST_WAITING = 2_000  # messages that the broker does not take: the oldest go, what they told is told again
AT_ONCE = 32
KEEP_S = 1.0  # that the broker may take to keep what is said; after that it passes without
BATCH, EXPIRES_S, SIGN_S, SILENT_S, AGAIN_S = 256, 20.0, 0.5, 1.6, 0.5

Take = Callable[[bytes], None]


class ServiceWire(BrokerLine):
    """One other service; lives on the line's loop."""

    NAME = "vedette services"

    def __init__(self, folder: NodeFolder, settings: NodeSettings, peer: Peer, take: Take) -> None:
        super().__init__(folder, settings, peer)
        self._take = take
        self.said_count = self.heard_count = 0
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._posted, self._wake = asyncio.Event(), asyncio.Event()
        self._is_kept = False  # our broker keeps what is said
        self._left = 0
        self._acks: list[str] = []
        self._t_sign_s = self._t_asked_s = float("-inf")

    def say(self, data: bytes) -> None:
        """To be sent, in order."""
        self._waiting.append(data)
        self._posted.set()

    async def _live(self, client: Any, streams: Any) -> None:
        self._is_kept = False
        await self._together(client, self._keep_stream(streams), self._publish(client, streams), self._draw(client))

    async def _keep_stream(self, streams: Any) -> None:
        """Our stream is there, or made anew when the broker can keep things again."""
        while True:
            if not self._is_kept:
                try:
                    await self._make_stream(streams)
                    self._is_kept, self.trouble = True, ""
                except Exception as trouble:
                    self._said(trouble)
            await asyncio.sleep(PAUSE_S)

    async def _make_stream(self, streams: Any) -> None:
        from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

        name = stream_of(self.settings.name, self.peer.name, DUTY)
        await streams.add_stream(StreamConfig(
            name=name, subjects=[kept_of(self.peer.name, DUTY)], max_age=KEPT_S, max_msgs=KEPT_COUNT,
            duplicate_window=KEPT_S,
        ))  # fmt: skip
        await streams.add_consumer(name, ConsumerConfig(
            durable_name=self.peer.name, ack_policy=AckPolicy.ALL, ack_wait=self.peer.ack_wait_s,
            max_ack_pending=4096,
        ))  # fmt: skip

    async def _publish(self, client: Any, streams: Any) -> None:
        kept = kept_of(self.peer.name, DUTY)
        passing = subject_of(self.settings.owner, self.settings.node, self.peer.name, DUTY)
        while True:
            self._posted.clear()
            if not self._waiting:
                await self._posted.wait()
            part = left = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            if self._is_kept:
                answers = await asyncio.gather(
                    *(streams.publish(kept, data, timeout=KEEP_S) for data in part), return_exceptions=True
                )
                left = [data for data, one in zip(part, answers, strict=True) if isinstance(one, Exception)]
                if left:
                    self._is_kept = False
                    self._said(next(one for one in answers if isinstance(one, Exception)))
            for data in left:
                await client.publish(passing, data)
            self.said_count += len(part)

    async def _draw(self, client: Any) -> None:
        inbox = client.new_inbox()
        self._left, self._acks = 0, []
        await client.subscribe(inbox, cb=self._came)
        peer, passing = self.peer, self._passing
        await client.subscribe(subject_of(peer.owner, peer.node, self.settings.name, DUTY), cb=passing)
        stream = stream_of(self.peer.name, self.settings.name, DUTY)
        subject = f"$JS.{self.peer.name}.API.CONSUMER.MSG.NEXT.{stream}.{self.settings.name}"
        request = {"batch": BATCH, "expires": round(EXPIRES_S * 1e9), "idle_heartbeat": round(SIGN_S * 1e9)}
        while True:
            now = time.monotonic()
            is_silent = now - self._t_sign_s > SILENT_S
            if (self._left <= BATCH // 2 or is_silent) and now - self._t_asked_s > (AGAIN_S if is_silent else 0.02):
                self._t_asked_s = now
                await client.publish(subject, msgspec.json.encode(request), reply=inbox)
                self._left = BATCH if is_silent else self._left + BATCH
            if self._acks:  # of the newest, for all before it
                self._acks, last = [], self._acks[-1]
                await client.publish(last, b"+ACK")
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 0.25)

    async def _came(self, message: Any) -> None:
        status = (message.headers or {}).get("Status")
        if status == "503":  # our own broker: nobody is there
            self._left = 0
            return
        self._t_sign_s = self.t_heard_s = time.monotonic()
        if status is not None:
            if status != "100":
                self._left = 0
                self._wake.set()
            return
        self._left -= 1
        self.heard_count += 1
        self._take(bytes(message.data))
        if message.reply:
            self._acks.append(message.reply)
        self._wake.set()

    async def _passing(self, message: Any) -> None:
        """Said past a broker that keeps nothing: heard now, or never."""
        self.t_heard_s = time.monotonic()
        self.heard_count += 1
        self._take(bytes(message.data))
