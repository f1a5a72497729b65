"""Senders that connect while no worker listens are read by the next, through a socket that outlives both."""

import os
import socket
import time

from tests.doors.feeds.loopback import free_port, scan_line

from vedette.doors.feeds.address import parse_address
from vedette.doors.feeds.inbox import Happened, Inbox
from vedette.doors.feeds.tcp import TcpListener
from vedette.doors.server.held_sockets import HeldSockets
from vedette.doors.server.pipe import WatchPlan

PATIENCE_S = 60.0


def read_by_a_worker(address, number, count):
    """What a listener on a handed-down socket takes, until it has so many lines."""
    inbox, lines = Inbox(), []
    listener = TcpListener(address, inbox, socket.socket(fileno=os.dup(number)))
    listener.start()
    t_end = time.monotonic() + PATIENCE_S
    while len(lines) < count and time.monotonic() < t_end:
        arrival = inbox.take(0.5)
        if arrival is not None and arrival.happened is Happened.LINE:
            lines.append(arrival.line.data)
    listener.stop()
    return lines


def test_what_is_sent_between_two_workers_is_read_by_the_second():
    port = free_port(socket.SOCK_STREAM)
    word = f"tcp://127.0.0.1:{port}"
    address = parse_address(word, is_listening=True)
    held = HeldSockets(WatchPlan(listen=(word,), mode="TEST"))
    number = held.numbers[address.name]

    def send(first, count):
        with socket.create_connection(("127.0.0.1", port)) as out:
            for n in range(first, first + count):
                out.sendall(scan_line(n))

    send(0, 10)
    assert [line.strip() for line in read_by_a_worker(address, number, 10)] == [scan_line(n).strip() for n in range(10)]
    send(10, 50)  # nobody listens
    later = [line.strip() for line in read_by_a_worker(address, number, 50)]
    assert later == [scan_line(n).strip() for n in range(10, 60)]
    held.close()
