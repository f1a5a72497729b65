"""Links over a wire with drawn bad luck, between network namespaces: own work goes on, and nothing is lost or doubled.

These are the short forms; `./run soak link` plays the long ones and measures.
"""

import time

import pytest
from tests.doors.node.ends import DEADLINE_S, wait_for
from tests.doors.node.joined import joined
from tests.doors.node.nodes import broker_program
from tests.doors.node.tun_wire import TunWire, need_namespaces


@pytest.fixture(scope="module")
def over_the_wire(tmp_path_factory):
    broker_program()
    need_namespaces()
    with TunWire(7, "b") as wire, joined(tmp_path_factory.mktemp("wire"), wire) as (north, south):
        north.warn(0)
        wait_for(lambda: south.warnings == [0], "the first warning")
        yield wire, north, south


@pytest.fixture(autouse=True)
def good_again(over_the_wire):
    """What went wrong in one test is not the next one's luck."""
    yield
    wire, _, _ = over_the_wire
    wire.is_cut, wire.loss, wire.jitter_s, wire.delay_s = False, 0.0, 0.0, 0.0


def _told(over_the_wire, seconds: float) -> None:
    """Warnings offered for a while, each at once whatever the wire does."""
    _, north, _ = over_the_wire
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.thread_time()
        north.warn(len(north.offered))
        assert time.thread_time() - begun < 0.1  # a deque and a tuple: nothing of a link is waited for
        time.sleep(0.2)


def _all_are_there(over_the_wire) -> None:
    _, north, south = over_the_wire
    wait_for(lambda: len(south.warnings) >= len(north.offered), "every warning", 2 * DEADLINE_S)
    assert south.warnings == list(range(len(north.offered)))
    assert not set(south.troubles), south.troubles


def test_a_cut_in_the_middle_of_a_raid(over_the_wire):
    wire, north, _ = over_the_wire
    wire.is_cut = True
    _told(over_the_wire, 4.0)
    wait_for(lambda: north.store.pending_count() == 0, "our own broker has them all, cut or not")
    wire.is_cut = False
    _all_are_there(over_the_wire)


def test_one_packet_in_twenty_lost(over_the_wire):
    wire, _, _ = over_the_wire
    wire.loss = 0.05
    _told(over_the_wire, 2.0)
    _all_are_there(over_the_wire)
    wire.loss = 0.0


def test_packets_in_another_order(over_the_wire):
    wire, _, _ = over_the_wire
    wire.jitter_s = 0.1
    _told(over_the_wire, 2.0)
    _all_are_there(over_the_wire)
    wire.jitter_s = 0.0


def test_only_tls_passes_the_wire(over_the_wire):
    wire, north, _ = over_the_wire
    wire.kept = []
    _told(over_the_wire, 1.0)
    _all_are_there(over_the_wire)
    north.node.broker.process.kill()  # so that a link is begun while we look
    north.node.broker.process.wait()
    _told(over_the_wire, 1.0)
    _all_are_there(over_the_wire)
    packets, wire.kept = wire.kept, None
    payloads = [_tcp_payload(packet) for packet in packets]
    assert sum(map(len, payloads)) > 10_000
    for word in (b"NORTH", b"warn", b"MSG", b"PUB", b"INFO", b"CONNECT", b"SOUTH-A", b"nats"):
        assert not any(word in payload for payload in payloads), word
    streams = {packet[12:24]: b"" for packet, payload in zip(packets, payloads, strict=True) if payload}
    for packet, payload in zip(packets, payloads, strict=True):
        if payload and not streams[packet[12:24]]:
            streams[packet[12:24]] = payload
    begun = [first for first in streams.values() if first[0] == 0x16]  # a TLS handshake record
    assert begun and all(first[0] in (0x14, 0x15, 0x16, 0x17) and first[1] == 3 for first in begun)


def _tcp_payload(packet: bytes) -> bytes:
    head = (packet[0] & 15) * 4
    return packet[head + (packet[head + 12] >> 4) * 4 : int.from_bytes(packet[2:4], "big")]


@pytest.mark.slow
def test_two_seconds_each_way(over_the_wire):
    wire, _, _ = over_the_wire
    wire.delay_s = 2.0
    _told(over_the_wire, 10.0)
    _all_are_there(over_the_wire)
    wire.delay_s = 0.0


@pytest.mark.slow
def test_flapping_every_five_seconds(over_the_wire):
    wire, _, _ = over_the_wire
    for _ in range(3):
        wire.is_cut = not wire.is_cut
        _told(over_the_wire, 5.0)
    wire.is_cut = False
    _all_are_there(over_the_wire)
