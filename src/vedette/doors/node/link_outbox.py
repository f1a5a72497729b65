"""The outbox of one lane, handed to our broker in order: each message on its disk before the next is taken.

A flush of the disk for every message would be all that a disk can do at some hundred warnings a second. So what waits
goes as one batch, which the broker keeps whole or not at all [NATS ADR-50, atomic batch publish, nats-server >= 2.12],
and each message in it stays a message of its own. An older broker is given them one by one.

What this process has just posted is handed over in memory; after a start, or when too much waits, it is read from the
store. What the broker has already of a life before is known by its newest message.
"""

import asyncio
import uuid
from collections import deque
from typing import Any

import msgspec

from vedette.doors.node.broker_line import PUBLISH_S
from vedette.doors.node.folder import NodeSettings
from vedette.doors.node.link_out import Fresh
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.store import SENT, NodeStore
from vedette.doors.node.subjects import kept_of, stream_of

IDLE_S = 2.0  # the store is looked at, even when nobody says that there is something
MOST_FRESH = 4_000  # messages handed over in memory
READ_AT_ONCE = 200
BYTES_AT_ONCE = 1 << 20  # of a batch, at least one message
COUNT_AT_ONCE = {"warn": 200}  # of a batch; 16 otherwise
SINGLY_AT_ONCE = 64  # on their way to a broker that takes no batches


class LaneOutbox:
    """One lane; lives on the gateway's loop."""

    def __init__(self, store: NodeStore, settings: NodeSettings, peer: Peer, lane: str, told: dict[str, int]) -> None:
        self.store, self.settings, self.peer, self.lane, self._told = store, settings, peer, lane, told
        self.is_atomic = False
        self.done: list[int] = []  # numbers that the broker has
        self._queue: deque[Fresh] = deque()
        self._is_whole = False  # the queue holds all that waits behind `_up_to`
        self._up_to = 0
        self._is_putting = False
        self._wake = asyncio.Event()

    def add(self, one: Fresh) -> None:
        """It has just been posted."""
        if len(self._queue) >= MOST_FRESH:
            self.read_again()
        elif self._is_whole:
            self._queue.append(one)
        self._wake.set()

    def read_again(self) -> None:
        """What waits is not as it was handed over: read it."""
        self._queue.clear()
        self._is_whole = False
        self._wake.set()

    @property
    def is_busy(self) -> bool:
        """Whether something that is known of is not at the broker yet."""
        return self._is_putting or bool(self._queue)

    def take_done(self) -> list[int]:
        """What may leave the store's outbox."""
        done, self.done = self.done, []
        return done

    async def run(self, client: Any, streams: Any) -> None:
        """Until cancelled, or until the broker is away."""
        self.read_again()
        self._up_to = await self._had_before(streams)
        while True:
            self._wake.clear()
            rows = await self._next()
            if not rows:
                try:
                    await asyncio.wait_for(self._wake.wait(), IDLE_S)
                except TimeoutError:
                    self.read_again()
                continue
            self._is_putting = True
            try:
                self._told[self.lane] = await self._put(client, streams, rows)
            finally:
                self._is_putting = False
            self._up_to = rows[-1].number
            self.done += [one.number for one in rows]

    async def _had_before(self, streams: Any) -> int:
        """Up to which number of the outbox the broker has this lane; the rest of it is settled."""
        from nats.js.errors import NotFoundError

        try:
            newest = await streams.get_last_msg(
                stream_of(self.settings.name, self.peer.name, self.lane), kept_of(self.peer.name, self.lane)
            )
        except NotFoundError:
            return 0
        digest = (newest.headers or {}).get("Nats-Msg-Id", "")
        found = await asyncio.to_thread(self.store.find, digest) if len(digest) == 64 else []
        numbers = [one.number for one in found if one.direction == SENT and one.link == self.peer.name]
        if not numbers:
            return 0
        waiting = await asyncio.to_thread(self.store.pending, self.peer.name, (self.lane,), 0, 100_000)
        self.done += [one.number for one in waiting if one.number <= numbers[0]]
        return numbers[0]

    async def _next(self) -> list[Fresh]:
        """What is to be handed over now, in order; empty when nothing waits."""
        while not self._queue and not self._is_whole:
            self._is_whole = True  # what is posted from here on joins the queue
            kept = await asyncio.to_thread(
                self.store.pending, self.peer.name, (self.lane,), self._up_to, READ_AT_ONCE
            )  # fmt: skip
            if not self._is_whole:
                continue
            read = [Fresh(one.number, one.lane, one.digest, one.message) for one in kept]
            self._is_whole = len(read) < READ_AT_ONCE
            newest = read[-1].number if read else self._up_to
            later = [one for one in self._queue if one.number > newest] if self._is_whole else []
            self._queue = deque([*read, *later])
        some: list[Fresh] = []
        size, most = 0, COUNT_AT_ONCE.get(self.lane, 16)
        while self._queue and len(some) < most and (not some or size + len(self._queue[0].message) <= BYTES_AT_ONCE):
            some.append(self._queue.popleft())
            size += len(some[-1].message)
        return some

    async def _put(self, client: Any, streams: Any, rows: list[Fresh]) -> int:
        """On the broker's disk; the number of the last there."""
        subject = kept_of(self.peer.name, self.lane)
        if self.is_atomic and len(rows) > 1:
            number = await self._put_whole(client, subject, rows)
            if number is not None:
                return number
        number = 0
        for at in range(0, len(rows), SINGLY_AT_ONCE):
            part = rows[at : at + SINGLY_AT_ONCE]
            before = ["", *(row.digest for row in part)]
            numbers = await asyncio.gather(
                *(_put_one(streams, subject, row, after) for row, after in zip(part, before, strict=False))
            )
            number = numbers[-1]
        return number

    async def _put_whole(self, client: Any, subject: str, rows: list[Fresh]) -> int | None:
        """As one batch; None when the broker will not have it so, as when it has some of it already."""
        name = uuid.uuid4().hex
        for i, row in enumerate(rows[:-1], 1):
            await client.publish(subject, row.message, headers=_in_batch(name, i, row))
        last = {**_in_batch(name, len(rows), rows[-1]), "Nats-Batch-Commit": "1"}
        answer = await client.request(subject, rows[-1].message, timeout=PUBLISH_S, headers=last)
        said = msgspec.json.decode(answer.data)
        return None if "error" in said else int(said["seq"])


async def _put_one(streams: Any, subject: str, row: Fresh, after: str) -> int:
    """One message, behind the one before it or not at all; its number."""
    headers = {"Nats-Msg-Id": row.digest}
    if after:
        headers["Nats-Expected-Last-Msg-Id"] = after
    return int((await streams.publish(subject, row.message, timeout=PUBLISH_S, headers=headers)).seq)


def _in_batch(name: str, number: int, row: Fresh) -> dict[str, str]:
    return {"Nats-Batch-Id": name, "Nats-Batch-Sequence": str(number), "Nats-Msg-Id": row.digest}
