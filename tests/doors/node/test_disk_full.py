"""A disk that is full: nothing is acknowledged, people see it, and all of it comes once there is room again."""

import nats.aio.client
import pytest
from tests.doors.node.ends import End, grant_everything, wait_for
from tests.doors.node.nodes import broker_program, make_partners, node
from tests.doors.node.small_disk import fill

from vedette.doors.node.link_status import status_of
from vedette.doors.node.showing import status_document, status_text
from vedette.doors.node.store import RECEIVED, NotRecordedError

MOST_AHEAD = 100  # warnings offered and not heard: an end forgets what is long over


def _note_refusals(there: End, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many warnings had been kept each time that not even a warning could be."""
    refused: list[int] = []
    write = there.store.write

    def noting(*args, is_urgent=False, **named):
        try:
            return write(*args, is_urgent=is_urgent, **named)
        except NotRecordedError:
            if is_urgent:
                refused.append(len(_kept(there)))
            raise

    monkeypatch.setattr(there.store, "write", noting)
    return refused


def _kept(there: End) -> list[int]:
    return [one.number for one in there.store.log(limit=100_000, direction=RECEIVED) if one.lane == "warn"]


def _drop_the_line(end: End, clients: list) -> None:
    """Cut every line of this end to its own broker, as a machine that is too busy to answer a ping does."""
    port = int(end.node.settings.client_listen.rpartition(":")[2])
    for client in clients:
        if client.is_connected and client.connected_url.port == port:
            client._transport.close()


def test_nothing_is_acknowledged_while_the_disk_is_full(tmp_path, small_disk, monkeypatch):
    broker_program()
    north, south = node(tmp_path, "NORTH"), node(small_disk, "SOUTH")
    make_partners(north, south)
    for one in (south, north):
        grant_everything(one)
        one.start_broker()
    clients = []
    begin = nats.aio.client.Client.__init__
    monkeypatch.setattr(
        nats.aio.client.Client, "__init__", lambda self, *a, **k: (begin(self, *a, **k), clients.append(self))[0]
    )
    try:
        with End(north) as here, End(south) as there:
            here.warn(1)
            wait_for(lambda: there.warnings == [1], "the first")
            refused = _note_refusals(there, monkeypatch)
            fill(small_disk)
            _drop_the_line(there, clients)  # its broker can make nothing anew now: hearing needs none of that

            def tell_more() -> None:
                if len(here.offered) - len(there.warnings) < MOST_AHEAD:
                    here.warn(len(here.offered) + 1)

            def is_reserve_used() -> bool:
                tell_more()
                return len(there.warnings) > 1 and not there.store.recording.is_reserve_held

            wait_for(is_reserve_used, "warnings kept out of the reserve")

            def is_full() -> bool:
                fill(small_disk)
                tell_more()
                return bool(refused)

            wait_for(is_full, "a disk so full that even the reserve is used")
            assert not there.store.recording.is_on
            assert not there.store.recording.is_reserve_held  # nor can it be made again
            before = len(refused)

            def is_refused_again() -> bool:
                fill(small_disk)
                tell_more()
                return len(refused) >= before + 2

            wait_for(is_refused_again, "what is not answered, brought again")
            heard = len(there.warnings)
            assert heard <= len(_kept(there))  # nothing is handed to the watch that is not kept
            wait_for(lambda: here.gateway.links["SOUTH-A"].broker.waiting.get("warn", 0) >= 1, "unanswered warnings")
            assert here.gateway.links["SOUTH-A"].broker.taken["warn"] <= len(_kept(there))  # and nothing is answered
            assert status_of(there.gateway)["recording"] is False
            document = {**status_document(south.folder, south.settings, south.peers), "recording": False}
            assert "NOT RECORDED" in status_text(document)
            for filler in small_disk.glob("filler-*"):
                filler.unlink()
            wait_for(lambda: len(there.warnings) >= len(here.offered), "everything, once there is room")
            assert there.warnings == here.offered
            wait_for(lambda: there.store.recording.is_on, "recording again")
    finally:
        for one in (south, north):
            one.stop_broker()
