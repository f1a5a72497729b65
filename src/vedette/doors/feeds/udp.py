"""Datagrams: one thread that does nothing but take them from the kernel, with the time at which the kernel had them."""

import socket
import struct
import sys
import threading
import time
from contextlib import suppress

from vedette.core.errors import UnreachableError
from vedette.doors.feeds.address import Address
from vedette.doors.feeds.clock import tai_ns_from_posix_ns
from vedette.doors.feeds.inbox import Arrival, Happened, Inbox

_BUFFER_BYTES = 8 * 1024 * 1024  # asked for; the kernel may give less
_SO_RCVBUFFORCE, _SO_TIMESTAMPNS, _SO_RXQ_OVFL = 33, 35, 40  # Linux, asm-generic/socket.h
_TIMESPEC, _COUNT = struct.Struct("@ll"), struct.Struct("@I")


class UdpFeed:
    """Listens for datagrams at an address; a multicast group is joined."""

    def __init__(self, address: Address, inbox: Inbox, held: socket.socket | None = None) -> None:
        self.address, self.inbox = address, inbox
        self._is_stopping = threading.Event()
        self._lost_count = 0
        self._socket = open_udp(address) if held is None else held
        self._socket.settimeout(0.2)
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._run, name=address.name, daemon=True)

    def start(self) -> None:
        """Begin to take datagrams."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more, and close the socket."""
        self._is_stopping.set()
        self._thread.join(2.0)
        self._socket.close()

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            try:
                data, notes, _, _ = self._socket.recvmsg(65_535, 128)
            except TimeoutError:
                continue
            except OSError as trouble:
                if not self._is_stopping.is_set():
                    self._say(f"the socket cannot be read ({trouble.strerror or trouble})", "see what closed it")
                    self._is_stopping.wait(1.0)
                continue
            posix_ns = time.time_ns()
            for level, kind, content in notes:
                if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(content) >= _TIMESPEC.size:
                    seconds, ns = _TIMESPEC.unpack_from(content)
                    posix_ns = seconds * 10**9 + ns
                elif level == socket.SOL_SOCKET and kind == _SO_RXQ_OVFL and len(content) >= _COUNT.size:
                    self._count_lost(_COUNT.unpack_from(content)[0])
            arrival = Arrival(self.address.name, Happened.DATAGRAM, tai_ns_from_posix_ns(posix_ns), bytes(data))
            self.inbox.put(arrival, waits=False)

    def _count_lost(self, total: int) -> None:
        fresh, self._lost_count = total - self._lost_count, total
        if fresh > 0:
            self._say(f"{fresh:,} datagrams were lost before they could be taken", "slow the sender")

    def _say(self, words: str, cure: str) -> None:
        t = tai_ns_from_posix_ns(time.time_ns())
        self.inbox.put(Arrival(self.address.name, Happened.SAID, t, said=words, cure=cure, is_bad=True), waits=False)


def open_udp(address: Address) -> socket.socket:
    """A bound socket; a multicast group is joined. UnreachableError when it cannot be listened at."""
    try:
        family, _, _, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as trouble:
        raise UnreachableError(f"{address.name}: no such place ({trouble.strerror or trouble}); check it") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        if sys.platform == "linux":
            with suppress(OSError):  # beyond the system's bound, where this process may
                made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
        for option in (_SO_TIMESTAMPNS, _SO_RXQ_OVFL):
            try:
                made.setsockopt(socket.SOL_SOCKET, option, 1)
            except OSError:  # another system: its own clock is read instead
                continue
        if address.is_group and family == socket.AF_INET:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(place)
            member = socket.inet_aton(address.host) + socket.inet_aton("0.0.0.0")
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        else:
            made.bind(place)
    except OSError as trouble:
        made.close()
        cure = "is another watch listening there? give another port"
        raise UnreachableError(f"{address.name}: cannot listen ({trouble.strerror or trouble}); {cure}") from None
    return made
