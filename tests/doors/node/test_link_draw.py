"""A lane drawn from a partner's broker: what comes while something else is heard is not slept over."""

import asyncio
from types import SimpleNamespace
from typing import Any

import msgspec

from vedette.doors.node import link_draw
from vedette.doors.node.link_draw import Drawn, LaneDraw

PATIENCE_S = 20.0


class _Client:
    """The client of a broker that has no gaps and says what the test says."""

    def __init__(self) -> None:
        self.came: Any = None
        self.acknowledged: list[str] = []

    def new_inbox(self) -> str:
        return "inbox"

    async def subscribe(self, _: str, cb: Any) -> Any:
        self.came = cb
        return SimpleNamespace(unsubscribe=lambda: asyncio.sleep(0.0))

    async def request(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(data=msgspec.json.encode({"ack_floor": {"stream_seq": 0}}))

    async def publish(self, subject: str, data: bytes, reply: str = "") -> None:
        if data == b"+ACK":
            self.acknowledged.append(subject)

    async def bring(self, number: int) -> None:
        about = SimpleNamespace(num_pending=0, sequence=SimpleNamespace(stream=number), num_delivered=1)
        await self.came(SimpleNamespace(headers={}, metadata=about, data=b"", reply=f"reply {number}"))


def test_what_comes_while_another_is_heard_is_heard_next(monkeypatch) -> None:
    monkeypatch.setattr(link_draw, "LOOK_S", 1e6)  # nothing but what comes wakes it

    async def story() -> list[int]:
        client, heard, both = _Client(), [], asyncio.Event()

        async def take(_: str, drawn: list[Drawn]) -> bool:
            heard.extend(one.number for one in drawn)
            if heard == [1]:
                await client.bring(2)  # while the first is being heard
            else:
                both.set()
            return True

        peer: Any = SimpleNamespace(name="SOUTH-A", ack_wait_s=2.0)
        running = asyncio.create_task(LaneDraw(client, "NORTH-A", peer, "warn", take, lambda: None).run())
        while client.came is None:
            await asyncio.sleep(0.0)
        await client.bring(1)
        try:
            await asyncio.wait_for(both.wait(), PATIENCE_S)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert client.acknowledged[0] == "reply 1"
        return heard

    assert asyncio.run(story()) == [1, 2]
