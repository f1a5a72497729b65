"""The stream over real sockets: hello, resume, what is malformed, readers that stall."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import msgspec
import pytest
import uvicorn
import websockets
from tests.doors.server.test_hub import EMPTY, alert, update

from vedette.doors.server.app import make_app
from vedette.doors.server.context import make_context
from vedette.doors.server.exposure import Exposure
from vedette.doors.server.frames import fold
from vedette.doors.server.gate import Gate
from vedette.doors.server.messages import HeartbeatFrame, ProblemFrame
from vedette.doors.server.pipe import WatchPlan
from vedette.doors.server.readers import MOST_BYTES
from vedette.doors.server.security import Guard
from vedette.doors.server.serving import listening_socket, server_config
from vedette.reports import Mode


@asynccontextmanager
async def served(folder):
    """A server without a watch worker: the test is its worker. Gives the context."""
    context = make_context(WatchPlan(scenario="two-launches", mode="EXERCISE", data_dir=str(folder)))
    context.worker.start = lambda: None
    context.worker.state = "running"
    bound = listening_socket("127.0.0.1", 0)
    context.port = bound.getsockname()[1]
    gate = Gate(folder, Exposure("127.0.0.1", Mode.EXERCISE, False, is_token_asked=False), context.port)
    context.gate = gate
    server = uvicorn.Server(server_config(Guard(make_app(context), gate)))
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started:
        await asyncio.sleep(0.01)
    context.hub.open_journal("one.sqlite")
    context.hub.take_snapshot(0, msgspec.json.encode({**EMPTY, "mode": "EXERCISE"}))
    try:
        yield context
    finally:
        server.should_exit = True
        await task
        bound.close()


def connected(context, **more):
    origin = f"http://127.0.0.1:{context.port}"
    return websockets.connect(f"ws://127.0.0.1:{context.port}/api/v1/stream", origin=origin, max_size=None, **more)


def hello(**more):
    return json.dumps({"type": "hello", "resume": None, "journal": None, "catalogue_period_s": None, **more})


async def said(socket_, *kinds):
    """The next frame of these kinds."""
    while True:
        frame = json.loads(await asyncio.wait_for(socket_.recv(), 20))
        if frame["type"] in kinds:
            return frame


def test_a_snapshot_then_updates_and_coming_back_by_number(tmp_path):
    async def story():
        async with served(tmp_path) as context:
            async with connected(context) as page:
                await page.send(hello())
                first = await said(page, "snapshot")
                update(context.hub, 1)
                second = await said(page, "update", "snapshot")
                assert (first["type"], second["type"]) == ("snapshot", "update")
                assert second["seq"] == first["seq"] + 1 and first["journal"] == "one.sqlite"
                picture = fold(first["picture"], second)
            update(context.hub, 2)
            alert(context.hub, 3)
            async with connected(context) as page:
                await page.send(hello(resume=second["seq"], journal="one.sqlite"))
                third, fourth = await said(page, "update", "snapshot"), await said(page, "desk", "snapshot")
                assert [third["seq"], fourth["seq"]] == [second["seq"] + 1, second["seq"] + 2]
                assert fold(picture, third) == context.hub.picture
                assert fourth["alerts"][0]["id"] == "A0"

    asyncio.run(story())


def test_a_heartbeat_comes_every_second_and_has_its_type(tmp_path):
    async def story():
        async with served(tmp_path) as context, connected(context) as page:
            await page.send(hello())
            for _ in range(2):
                beat = await said(page, "heartbeat")
                msgspec.convert(beat, HeartbeatFrame)
                assert beat["worker"]["state"] in ("running", "dead") and beat["readers"] == 1

    asyncio.run(story())


BAD = [
    "", "{", "[]", "7", b"\0\1",
    '{"type":"hullo"}', '{"type":"hello","resume":"x"}', '{"type":"hello","resume":1e400}',
]  # fmt: skip


def test_malformed_frames_are_answered_with_the_reason_and_the_stream_goes_on(tmp_path):
    async def story():
        async with served(tmp_path) as context, connected(context) as page:
            for bad in BAD:
                await page.send(bad)
                problem = await said(page, "problem")
                told = msgspec.convert(problem, ProblemFrame)
                assert told.status == 400 and told.detail
            await page.send(hello())
            assert (await said(page, "snapshot"))["picture"]["mode"] == "EXERCISE"

    asyncio.run(story())


def test_a_client_that_goes_on_sending_rubbish_is_let_go(tmp_path):
    async def story():
        async with served(tmp_path) as context, connected(context) as page:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                for _ in range(100):
                    await page.send("{")
                    await asyncio.wait_for(page.recv(), 20)
            assert closed.value.rcvd.code == 1008

    asyncio.run(story())


def test_twenty_stalled_readers_of_two_hundred_hold_nobody_up_and_all_hear_of_every_alert(tmp_path):
    readers, stalled, updates = 180, 20, 120

    async def live(context, heard):
        async with connected(context) as page:
            await page.send(hello())
            while len(heard) < 12:
                frame = json.loads(await asyncio.wait_for(page.recv(), 30))
                if frame["type"] == "desk":
                    heard.extend(one["revision"] for one in frame["alerts"])

    async def stall(context, pages):
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.setblocking(False)
        await asyncio.get_running_loop().sock_connect(small, ("127.0.0.1", context.port))
        page = await connected(context, sock=small, max_queue=1, ping_interval=None)
        await page.send(hello())
        pages.append(page)

    async def story():
        async with served(tmp_path) as context:
            heard, pages = [[] for _ in range(readers)], []
            tasks = [asyncio.create_task(live(context, one)) for one in heard]
            await asyncio.gather(*(stall(context, pages) for _ in range(stalled)))
            while len(context.hub.readers) < readers + stalled:
                await asyncio.sleep(0.02)
            for number in range(1, updates + 1):
                update(context.hub, number, padding="x" * 20_000)
                if number % 10 == 0:
                    alert(context.hub, number)
                await asyncio.sleep(0)
                assert all(one._bytes <= MOST_BYTES for one in context.hub.readers)
            await asyncio.gather(*tasks)
            # in order, to everybody who reads; those who fell behind are told the newest of each
            assert all(one == sorted(one, key=int) for one in heard)
            whole = [str(number) for number in range(10, updates + 1, 10)]
            assert all(set(whole) == set(one) for one in heard)
            for page in pages:  # and now they wake up
                told = set()
                while str(updates) not in told:
                    frame = json.loads(await asyncio.wait_for(page.recv(), 20))
                    told |= {one["revision"] for one in frame.get("alerts", ()) if frame["type"] == "desk"}
                await page.close()

    asyncio.run(story())
