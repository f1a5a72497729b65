"""Servers on this machine that take what channels send: a web server and a mail server, each small and real."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Taken:
    """What a server was given."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.mails: list[tuple[list[str], bytes]] = []
        self.answers: list[int] = []  # statuses to answer with first; then 200


@contextmanager
def web_server(context: ssl.SSLContext | None = None) -> Iterator[tuple[Taken, int]]:
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            taken.requests.append((dict(self.headers.items()), body))
            self.send_response(taken.answers.pop(0) if taken.answers else 200)
            self.end_headers()
            self.wfile.write(b'{"receipt": "R-17"}')

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with _running(server):
        yield taken, server.server_address[1]


@contextmanager
def mail_server(
    refuses: str = "", context: ssl.SSLContext | None = None, is_tls_first: bool = False
) -> Iterator[tuple[Taken, int]]:
    """RFC 5321 as far as one client needs it; recipients that hold `refuses` are turned away.

    With a context it offers STARTTLS, or speaks TLS from the start, and asks for the password "secret".
    """
    taken = Taken()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def to_tls(self) -> None:
            assert context is not None
            self.safe = context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
            self.rfile.close()
            self.wfile.close()
            self.rfile, self.wfile = self.safe.makefile("rb"), self.safe.makefile("wb", 0)
            self.safe.do_handshake()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            if context is not None and hasattr(self, "safe"):
                self.safe.close()

        def handle(self) -> None:
            with suppress(ssl.SSLError, ConnectionError):  # a client that does not believe us goes away
                self.talk()

        def talk(self) -> None:
            to: list[str] = []
            is_safe = context is None
            if is_tls_first:
                self.to_tls()
                is_safe = True
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "DATA":
                    self.say("354 go on")
                    data = b""
                    while (row := self.rfile.readline()) not in (b".\r\n", b""):
                        data += row[1:] if row.startswith(b"..") else row
                    taken.mails.append((to, data))
                    to = []
                    self.say("250 queued as 42")
                elif verb == "EHLO":
                    self.say("250-here")
                    if not is_safe:
                        self.say("250-STARTTLS")
                    self.say("250 AUTH PLAIN" if context is not None else "250 8BITMIME")
                elif verb == "STAR":
                    self.say("220 go on")
                    self.to_tls()
                    is_safe = True
                elif verb == "AUTH":
                    told = base64.b64decode(line.split()[-1]).split(b"\0")[1:]
                    self.say("235 welcome" if is_safe and told == [b"watch", b"secret"] else "535 no")
                elif not is_safe:
                    self.say("530 encrypt first")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                elif verb == "RCPT" and refuses and refuses in line:
                    self.say("550 nobody here")
                else:
                    if verb == "RCPT":
                        to.append(line.partition(":")[2].strip(" <>"))
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    with _running(server):
        yield taken, server.server_address[1]


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Any) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1, for one test; the server's context and the file to trust."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, str(pem)
