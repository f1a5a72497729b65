"""Messages of a NATS subject. The client runs in a thread of its own and connects again by itself."""

import asyncio
import threading
from contextlib import suppress
from typing import Any

from vedette.doors.feeds.address import Address
from vedette.doors.feeds.clock import now_tai_ns
from vedette.doors.feeds.inbox import Arrival, Happened, Inbox

PENDING_MESSAGES, PENDING_BYTES = 20_000, 32 * 1024 * 1024  # in the client, before ours
PAUSE_S = 0.5  # between attempts to connect


class NatsFeed:
    """Subscribes to a subject; wildcards are those of NATS."""

    def __init__(self, address: Address, inbox: Inbox) -> None:
        self.address, self.inbox = address, inbox
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=address.name, daemon=True)
        self.is_subscribed = threading.Event()
        self._is_told = False  # that it cannot be reached

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Unsubscribe and close."""
        self._is_stopping.set()
        self._thread.join(3.0)

    def _run(self) -> None:
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        while not self._is_stopping.is_set():
            trying = asyncio.create_task(self._connect())  # it tries again and again by itself
            while not trying.done() and not self._is_stopping.is_set():
                await asyncio.sleep(0.05)
            if not trying.done():
                trying.cancel()
                with suppress(BaseException):
                    await trying
                return
            if (trouble := trying.exception()) is not None:
                self._say_unreachable(trouble)
                await asyncio.sleep(PAUSE_S)
                continue
            client = trying.result()
            if self._is_told:
                self._say("connected", "what was sent meanwhile is missing")
            self.is_subscribed.set()
            while not self._is_stopping.is_set() and not client.is_closed:
                await asyncio.sleep(0.05)
            with suppress(Exception):
                await asyncio.wait_for(client.close(), 1.0)
            self._is_told = True

    async def _connect(self) -> Any:
        import nats

        address = self.address
        host = f"[{address.host}]" if ":" in address.host else address.host
        who = {"user": address.user, "password": address.password} if address.password else {}
        if address.user and not address.password:
            who = {"token": address.user}
        client = await nats.connect(
            f"nats://{host}:{address.port}",
            name="vedette watch",
            connect_timeout=2,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=PAUSE_S,
            ping_interval=10,
            max_outstanding_pings=3,
            error_cb=self._on_error,
            disconnected_cb=self._on_lost,
            reconnected_cb=self._on_back,
            **who,
        )
        try:
            await client.subscribe(
                address.subject,
                cb=self._on_message,
                pending_msgs_limit=PENDING_MESSAGES,
                pending_bytes_limit=PENDING_BYTES,
            )
            await client.flush(2)
        except BaseException:
            with suppress(Exception):
                await client.close()
            raise
        return client

    async def _on_message(self, message: Any) -> None:
        arrival = Arrival(self.address.name, Happened.DATAGRAM, now_tai_ns(), bytes(message.data))
        self.inbox.put(arrival, waits=False)

    async def _on_lost(self) -> None:
        if not self._is_stopping.is_set():
            self._say("the connection is lost", "it is tried again and again")

    async def _on_back(self) -> None:
        self._say("connected again", "what was sent meanwhile is missing")

    async def _on_error(self, trouble: Exception) -> None:
        if not self.is_subscribed.is_set():
            self._say_unreachable(trouble)
        elif type(trouble).__name__ == "SlowConsumerError":
            self._say("messages came faster than they could be taken, and are lost", "slow the sender", is_bad=True)
        elif "permissions violation" in str(trouble).lower():
            self._say(f"the server refuses: {trouble}", "ask its keeper for the subject", is_bad=True)

    def _say_unreachable(self, trouble: BaseException) -> None:
        if not self._is_told:
            self._is_told = True
            why = " ".join(str(trouble).split()) or type(trouble).__name__
            self._say(f"cannot be reached ({why})", "it is tried again and again")

    def _say(self, words: str, cure: str, is_bad: bool = False) -> None:
        arrival = Arrival(self.address.name, Happened.SAID, now_tai_ns(), said=words, cure=cure, is_bad=is_bad)
        self.inbox.put(arrival, waits=False)
