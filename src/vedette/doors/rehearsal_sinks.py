"""Receivers on this machine for rehearsals: a webhook, a mail server, and a gate that takes calls and never answers."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HERE = "127.0.0.1"


@dataclass(slots=True)
class Received:
    """What a receiver got: headers and bodies, in order."""

    port: int
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def webhook(port: int = 0) -> Iterator[Received]:
    """A webhook that takes every message; `port` 0 finds a free one."""
    got = Received(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            got.messages.append((dict(self.headers.items()), body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"taken")

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer((HERE, port), Handler)
    server.daemon_threads = True
    with _running(server):
        got.port = server.server_address[1]
        yield got


@contextmanager
def mail() -> Iterator[Received]:
    """A mail server that takes every letter [RFC 5321, the smallest that works]."""
    got = Received(0)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 rehearsal")
            while line := self.rfile.readline(2000):
                verb = line[:4].upper().strip()
                if verb == b"DATA":
                    self._say("354 go on")
                    body = b""
                    while (part := self.rfile.readline(2000)) not in (b".\r\n", b""):
                        body += part
                    got.messages.append(({}, body))
                    self._say("250 taken")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 rehearsal")

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    server = socketserver.ThreadingTCPServer((HERE, 0), Handler)
    server.daemon_threads = True
    with _running(server):
        got.port = server.server_address[1]
        yield got


@contextmanager
def hanging() -> Iterator[int]:
    """A port where calls are taken and nothing is ever answered."""
    with socket.create_server((HERE, 0)) as gate:
        yield gate.getsockname()[1]


def free_port() -> int:
    """A port where nobody listens now."""
    with socket.create_server((HERE, 0)) as gate:
        return int(gate.getsockname()[1])


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5.0)
