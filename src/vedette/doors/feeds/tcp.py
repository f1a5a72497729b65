"""Scan lines over TCP: called (we connect, and connect again) or listened for (they connect, a few at a time).

A sender that is faster than we are has to wait, which TCP tells it; one that stops in the middle of a line, or vanishes
without a word, is let go after a while, so that nobody can hold a place for nothing.
"""

import socket
import threading
from contextlib import suppress
from itertools import count

from vedette.core.errors import UnreachableError
from vedette.doors.feeds.address import Address
from vedette.doors.feeds.clock import now_tai_ns
from vedette.doors.feeds.inbox import Arrival, Happened, Inbox
from vedette.formats.lines import LineGatherer

MOST_CONNECTIONS = 32
HALF_LINE_S = 30.0  # a line that was begun must be ended within this
CONNECT_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 10.0  # between attempts to connect


class TcpFeed:
    """What both ways share: reading one connection to its end."""

    def __init__(self, address: Address, inbox: Inbox) -> None:
        self.address, self.inbox = address, inbox
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=address.name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more, and close."""
        self._is_stopping.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        raise NotImplementedError

    def _read(self, connection: socket.socket, source: str) -> str:
        """Hand in the lines of a connection; why it ended."""
        lines = LineGatherer()
        silent_s = 0.0
        connection.settimeout(0.2)
        why = ""
        while not self._is_stopping.is_set():
            try:
                piece = connection.recv(262_144)
            except TimeoutError:
                silent_s += 0.2
                if lines.is_in_a_line and silent_s >= HALF_LINE_S:
                    why = f"it stopped in the middle of a line for {HALF_LINE_S:.0f} s"
                    break
                continue
            except OSError as trouble:
                why = trouble.strerror or type(trouble).__name__
                break
            silent_s = 0.0
            if not piece:
                why = "the other side closed it"
                break
            t = now_tai_ns()
            for line in lines.take(piece):
                self.inbox.put(Arrival(source, Happened.LINE, t, line=line), waits=True)
        for line in lines.rest():
            self.inbox.put(Arrival(source, Happened.LINE, now_tai_ns(), line=line), waits=True)
        return why

    def _say(self, source: str, words: str, cure: str = "", is_bad: bool = False) -> None:
        arrival = Arrival(source, Happened.SAID, now_tai_ns(), said=words, cure=cure, is_bad=is_bad)
        self.inbox.put(arrival, waits=False)


class TcpCaller(TcpFeed):
    """Connects to a sender, and again whenever the connection is lost."""

    def _run(self) -> None:
        pause_s, was_up, is_told = FIRST_PAUSE_S, False, False
        name = self.address.name
        while not self._is_stopping.is_set():
            try:
                connection = socket.create_connection((self.address.host, self.address.port), CONNECT_S)
            except OSError as trouble:
                if not is_told:
                    is_told = True
                    self._say(name, f"cannot be reached ({trouble.strerror or trouble})", "it is tried again and again")
                self._is_stopping.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                continue
            if is_told or was_up:
                self._say(name, "connected again" if was_up else "connected", "what was sent meanwhile is missing")
            pause_s, was_up, is_told = FIRST_PAUSE_S, True, False
            with connection:
                _keep_alive(connection)
                why = self._read(connection, name)
            if not self._is_stopping.is_set():
                is_told = True
                self._say(name, f"the connection is lost: {why}", "it is tried again and again")
                self._is_stopping.wait(pause_s)


class TcpListener(TcpFeed):
    """Lets senders connect, at most `MOST_CONNECTIONS` at a time, a thread each."""

    def __init__(self, address: Address, inbox: Inbox, held: socket.socket | None = None) -> None:
        super().__init__(address, inbox)
        self._socket = open_tcp(address) if held is None else held
        self._socket.settimeout(0.2)
        self.port = int(self._socket.getsockname()[1])
        self._readers: set[threading.Thread] = set()

    def stop(self) -> None:
        """Let nobody else in, read no more, and close everything."""
        super().stop()
        for reader in list(self._readers):
            reader.join(2.0)
        self._socket.close()

    def _run(self) -> None:
        for number in count(1):
            connection = self._accept()
            if connection is None:
                return
            source = f"{self.address.name} connection {number}"
            self._readers = {reader for reader in self._readers if reader.is_alive()}
            if len(self._readers) >= MOST_CONNECTIONS:
                with suppress(OSError):
                    connection.close()
                cure = "close those that are not needed"
                self._say(
                    self.address.name, f"a connection was refused: {MOST_CONNECTIONS} are open", cure, is_bad=True
                )
                continue
            reader = threading.Thread(target=self._serve, args=(connection, source), name=source, daemon=True)
            self._readers.add(reader)
            reader.start()

    def _accept(self) -> socket.socket | None:
        while not self._is_stopping.is_set():
            try:
                return self._socket.accept()[0]
            except TimeoutError:
                continue
            except OSError:
                self._is_stopping.wait(0.2)  # out of handles, or a sender that left at once
        return None

    def _serve(self, connection: socket.socket, source: str) -> None:
        with connection:
            _keep_alive(connection)
            why = self._read(connection, source)
        if why and why != "the other side closed it":
            self._say(source, f"the connection is lost: {why}", "the sender may connect again")
        self.inbox.put(Arrival(source, Happened.ENDED, now_tai_ns()), waits=True)


def open_tcp(address: Address) -> socket.socket:
    """A socket that senders can connect to; UnreachableError when it cannot be listened at."""
    try:
        family, _, _, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family, backlog=MOST_CONNECTIONS)
    except OSError as trouble:
        cure = "is another watch listening there? give another port"
        raise UnreachableError(f"{address.name}: cannot listen ({trouble.strerror or trouble}); {cure}") from None


def _keep_alive(connection: socket.socket) -> None:
    """Find out within a minute or so when the other side has vanished without a word."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024 * 1024)
