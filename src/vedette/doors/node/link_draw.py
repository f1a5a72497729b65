"""One lane drawn from a partner's broker: asked for again and again, handed on in the order in which it was told.

The partner's stream of a lane has numbers without gaps, so whatever a broken link swallowed shows: what comes behind it
is held until the partner's broker, which was never answered, brings it again. Nothing is answered before it is safe
here. The broker's sign of life, once a second, says that the link stands even when nobody has anything to say.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from vedette.doors.node.peer_file import Peer
from vedette.doors.node.subjects import stream_of

BATCH = {"warn": 512, "words": 64, "track": 64, "bulk": 16}
NEAR_BATCH = {"warn": 512, "words": 64, "track": 8, "bulk": 4}  # what is on its way lies before a warning
NEAR_S = 0.05  # a round trip as short as that is near
HEAR_AT_ONCE = {"warn": 256, "words": 64, "track": 1, "bulk": 1}  # in one go, for which a warning may have to wait
EXPIRES_S, SIGN_S = 20.0, 0.5  # a request lasts so long; its broker says it lives so often
GIVE_WAY_S = 0.25  # what tracks wait at most for warnings, before each message or two
LOOK_S = 0.2  # between two looks at whether to ask
SILENT_S = 1.6  # without a sign: ask again
AGAIN_S = 0.2  # from asking to asking again, while nobody is there
QUESTION_S = 0.5  # while an answer may be on its way
FRESH_S = 60.0  # since we began: what comes may have come to the life before
HELD_MOST = 20_000  # messages held behind a missing one


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as it came from the partner's broker."""

    message: Any  # of the client
    number: int  # in the partner's stream
    is_again: bool  # its broker brought it before

    @property
    def data(self) -> bytes:
        """What was sent."""
        return bytes(self.message.data)


Take = Callable[[str, list[Drawn]], Awaitable[bool]]  # True: safe, answer them


class LaneDraw:
    """Keeps one lane coming. `take` is handed messages in order, and says whether they are safe."""

    def __init__(
        self, client: Any, own: str, peer: Peer, lane: str, take: Take, heard: Callable[[], None],
        round_trip_s: Callable[[], float | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._round_trip_s = round_trip_s
        self._client, self._take, self._heard = client, take, heard
        self.lane, self.own, self.peer = lane, own, peer
        self.stream = stream_of(peer.name, own, lane)
        self._api = f"$JS.{peer.name}.API.CONSUMER"
        self._next: int | None = None  # number that comes next; None: to be asked for
        self._held: dict[int, Drawn] = {}
        self._t_held_s = 0.0
        self._left = 0  # of the request that is out
        self._highest = 0  # number handed on: a broker that was killed may have forgotten our answers
        self._t_began_s = time.monotonic()
        self._t_sign_s = self._t_asked_s = self._t_back_s = float("-inf")
        self._wake = asyncio.Event()
        self._inbox = ""
        self.gives_way_to: LaneDraw | None = None
        self._is_taking = False
        self._asking: set[asyncio.Task[int | None]] = set()
        self.waiting = 0  # at the partner's, by its own account

    async def run(self) -> None:
        """Until cancelled."""
        inbox = self._inbox = self._client.new_inbox()
        listening = await self._client.subscribe(inbox, cb=self._came)
        try:
            while True:
                now = time.monotonic()
                is_silent = now - self._t_sign_s > SILENT_S
                if is_silent and self._next is not None and now - self._t_sign_s > 3 * SILENT_S:
                    self._next = None  # the link was away: what was answered may not have arrived
                is_low = self._left <= self._batch() // 2  # asked for ahead: a backlog never waits for us
                if (is_low or is_silent) and now - self._t_asked_s > (AGAIN_S if is_silent else 0.02):
                    if is_silent:
                        self._left = 0  # what was asked before went nowhere
                    await self._ask(inbox, now)
                self._wake.clear()  # before, so that what comes while this is handed on is not slept over
                if self._held:
                    await self._hand_on()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LOOK_S)
        finally:
            self._forget_questions()
            with contextlib.suppress(Exception):
                await listening.unsubscribe()

    async def _ask(self, inbox: str, now: float) -> None:
        self._t_asked_s = now
        if self._next is None and not await self._find_place():
            return
        batch = self._batch()
        request = {"batch": batch, "expires": round(EXPIRES_S * 1e9), "idle_heartbeat": round(SIGN_S * 1e9)}
        await self._client.publish(
            f"{self._api}.MSG.NEXT.{self.stream}.{self.own}", msgspec.json.encode(request), reply=inbox
        )
        self._left = max(self._left, 0) + batch

    async def _give_way(self) -> None:
        """Let what is more urgent be heard first, though not for ever."""
        end = time.monotonic() + GIVE_WAY_S
        while (other := self.gives_way_to) is not None and other.is_busy and time.monotonic() < end:
            await asyncio.sleep(0.004)

    @property
    def is_busy(self) -> bool:
        """Whether something that came, in its turn, has not been heard yet."""
        return self._is_taking or self._next in self._held

    def _batch(self) -> int:
        away_s = self._round_trip_s()
        return (NEAR_BATCH if away_s is not None and away_s < NEAR_S else BATCH)[self.lane]

    async def _find_place(self) -> bool:
        """Where the partner's broker believes us to be: asked anew every half second, and the first answer counts.

        A question may be swallowed with the link, or be on its way for seconds.
        """
        asking = set(self._asking)
        asking.add(asyncio.create_task(self._asked_place()))
        done, self._asking = await asyncio.wait(asking, timeout=QUESTION_S, return_when=asyncio.FIRST_COMPLETED)
        places = [place for one in done if (place := one.result()) is not None]
        if not places:
            return False
        self._forget_questions()
        place = max(places)
        self._sign()
        self._next = place
        self._held = {number: one for number, one in self._held.items() if number >= place}
        return True

    async def _asked_place(self) -> int | None:
        try:
            answer = await self._client.request(f"{self._api}.INFO.{self.stream}.{self.own}", b"", timeout=6.0)
            return int(msgspec.json.decode(answer.data)["ack_floor"]["stream_seq"]) + 1
        except Exception:  # nobody there, no such stream yet, no answer in time: asked again
            return None

    def _forget_questions(self) -> None:
        for one in self._asking:
            one.cancel()
        self._asking = set()

    def _sign(self) -> None:
        now = time.monotonic()
        if now - self._t_sign_s > SILENT_S:
            self._t_back_s = now
        self._t_sign_s = now
        self._heard()

    async def _came(self, message: Any) -> None:
        status = (message.headers or {}).get("Status")
        if status == "503":  # our own broker: nobody is there
            self._left = 0
            return
        self._sign()
        if status is not None:
            if status != "100":  # the request is over: expired, or its broker began anew
                self._left = 0
                self._wake.set()
            return
        self._left -= 1
        try:
            about = message.metadata
        except Exception:
            return  # not out of a stream: nothing we asked for
        self.waiting = about.num_pending
        number = about.sequence.stream
        if len(self._held) < HELD_MOST:
            if not self._held:
                self._t_held_s = time.monotonic()
            is_known = number <= self._highest or time.monotonic() - self._t_began_s < FRESH_S
            self._held[number] = Drawn(message, number, about.num_delivered > 1 or is_known)
        self._wake.set()

    async def _hand_on(self) -> None:
        if self._next is None:
            return
        early = [number for number in self._held if number < self._next]
        ready: list[Drawn] = [self._held.pop(number) for number in sorted(early)]  # answered before, unheard
        number = self._next
        while number in self._held:
            ready.append(self._held.pop(number))
            number += 1
        if not ready:
            patience_s = max(4.0 * self.peer.ack_wait_s, 8.0)
            now = time.monotonic()
            is_there = now - self._t_sign_s < SILENT_S
            if is_there and now - max(self._t_held_s, self._t_back_s) > patience_s:
                self._next = min(self._held)  # its broker has it no more: the receiver names the gap
            return
        most = HEAR_AT_ONCE[self.lane]
        for at in range(0, len(ready), most):
            some = ready[at : at + most]
            await self._give_way()
            self._is_taking = True
            try:
                is_safe = await self._take(self.lane, some)
            finally:
                self._is_taking = False
            if not is_safe:
                self._held.update({one.number: one for one in ready[at:]})
                await asyncio.sleep(1.0)
                return
            self._next = max(self._next, some[-1].number + 1)
            self._highest = max(self._highest, some[-1].number)
            self._t_held_s = time.monotonic()
            for one in some:
                await self._client.publish(one.message.reply, b"+ACK")
            if at + most < len(ready) and self._left <= self._batch() // 2:
                await self._ask(self._inbox, time.monotonic())
