"""A line of our own to our broker, for what passes to one partner: connect, live on it, begin again."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any

from vedette.doors.node.broker_config import KEEPER
from vedette.doors.node.folder import NodeFolder, NodeSettings
from vedette.doors.node.peer_file import Peer

PAUSE_S = 0.3  # between tries
PUBLISH_S = 10.0  # to put messages on the broker's disk


class BrokerLine(ABC):
    """Comes back by itself; whatever goes wrong is its `trouble`, and nobody waits for it."""

    NAME: str  # as the broker shows it

    def __init__(self, folder: NodeFolder, settings: NodeSettings, peer: Peer) -> None:
        self.folder, self.settings, self.peer = folder, settings, peer
        self.t_heard_s = float("-inf")  # steady clock: the partner's broker, or anything it brought
        self.is_broker_up = False
        self.trouble = ""

    async def run(self) -> None:
        """Until cancelled: connect, keep going, begin again."""
        while True:
            client = None
            try:
                client = await self._connect()
                await self._live(client, client.jetstream(timeout=PUBLISH_S))
            except asyncio.CancelledError:
                raise
            except Exception as trouble:
                self._said(trouble)
            finally:
                self.is_broker_up = False
                if client is not None:
                    with contextlib.suppress(BaseException):
                        await asyncio.wait_for(client.close(), 1.0)
            await asyncio.sleep(PAUSE_S)

    def _said(self, trouble: Exception) -> None:
        said = " ".join(str(trouble).split()) or type(trouble).__name__
        self.trouble = f"our broker: {said}"[:300]

    @abstractmethod
    async def _live(self, client: Any, streams: Any) -> None:
        """Make what is needed at the broker, then do everything together."""

    async def _together(self, client: Any, *works: Coroutine[Any, Any, None]) -> None:
        """Do all of it until one ends or the broker is away; then nothing of it goes on."""
        self.is_broker_up, self.trouble = True, ""
        await until_one_ends(*works, _until_closed(client))

    async def _connect(self) -> Any:
        import nats

        return await nats.connect(
            f"nats://{self.settings.client_listen}", user=f"{KEEPER}.{self.peer.name}",
            password=self.folder.local_secret(), name=self.NAME, connect_timeout=2, allow_reconnect=False,
            ping_interval=2, max_outstanding_pings=2, error_cb=_ignore, pending_size=8 << 20,
        )  # fmt: skip


async def until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """All of it together until one ends, or fails: then nothing of it goes on."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # raises what ended it
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_closed(client: Any) -> None:
    while client.is_connected:
        await asyncio.sleep(0.05)
    raise ConnectionError("the broker is away")


async def _ignore(trouble: Exception) -> None:
    """What goes wrong is seen where it is waited for."""
