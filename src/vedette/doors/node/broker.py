"""The broker as a process: started, watched, started again when it dies, ended in order."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from vedette.core.errors import UnreachableError
from vedette.doors.node.broker_config import write_config
from vedette.doors.node.broker_program import BrokerProgram
from vedette.doors.node.folder import NodeFolder, NodeSettings, host_and_port
from vedette.doors.node.peer_file import Peer
from vedette.doors.node.relay import Relay

RESTART_S = (0.1, 0.5, 1.0, 2.0)  # between a death and the next life
STEADY_S = 30.0
START_S = 10.0


class Broker:
    """One nats-server, kept alive from a thread; `configure` begins it again when partners have changed."""

    def __init__(self, folder: NodeFolder, settings: NodeSettings, program: BrokerProgram) -> None:
        self.folder, self.settings, self.program = folder, settings, program
        self.log = folder.broker / "broker.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.restart_count = 0
        self.prefix: tuple[str, ...] = ()  # words before the program: `ip netns exec NAME` in tests
        self.prepare: Callable[[], None] | None = None  # done by the threads of relays before they open anything
        self._relays: dict[tuple[str, ...], Relay] = {}  # by the partner's addresses
        self._is_stopping = threading.Event()
        self._is_changing = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, peers: tuple[Peer, ...]) -> None:
        """Begin; UnreachableError, with what it said, when it does not come up."""
        self._check_ports()
        self._write(peers)
        self._begin()
        self.wait_until_up()
        self._thread = threading.Thread(target=self._keep, name="broker", daemon=True)
        self._thread.start()

    def configure(self, peers: tuple[Peer, ...]) -> bool:
        """Take other partners; True when it had to be begun again, which takes well under a second."""
        before = self.config.read_bytes() if self.config.is_file() else b""
        pem = self.folder.broker / "tls" / "partners.pem"
        pem_before = pem.read_bytes() if pem.is_file() else b""
        self._write(peers)
        if self.config.read_bytes() == before and pem.read_bytes() == pem_before:
            return False
        with self._lock:
            self._is_changing = True
            self._end()
            self._begin()
            self._is_changing = False
        return True

    @property
    def config(self) -> Path:
        """The configuration it reads."""
        return self.folder.broker / "nats.conf"

    @property
    def is_alive(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def wait_until_up(self, timeout_s: float = START_S) -> None:
        """Return when it can be called; UnreachableError with its last words otherwise."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if not self.is_alive:
                break
            if self.prefix or self._answers():
                return
            time.sleep(0.02)
        raise UnreachableError(f"the broker did not come up: {self.last_words()}; its log is {self.log}")

    def has_jetstream(self) -> bool:
        """Whether it still keeps messages: a broker whose disk was full stops that for good, and must begin again."""
        host, port = host_and_port(self.settings.client_listen, "client_listen")
        who = msgspec.json.encode({"user": "own", "pass": self.folder.local_secret(), "verbose": False})
        ask = b"CONNECT " + who + b"\r\nSUB _INBOX.up 1\r\nPUB $JS.API.INFO _INBOX.up 0\r\n\r\nPING\r\n"
        said = b""
        with contextlib.suppress(OSError), socket.create_connection((host, port), 1.0) as one:
            one.settimeout(2.0)
            one.sendall(ask)
            while b"account_info_response" not in said and len(said) < 1 << 16 and (piece := one.recv(4096)):
                said += piece
        return b"account_info_response" in said and b'"error"' not in said

    def begin_again(self) -> None:
        """End it and start it."""
        with self._lock:
            self._is_changing = True
            self._end()
            self._begin()
            self._is_changing = False
            self.restart_count += 1

    def last_words(self) -> str:
        """The newest line of its log that tells of trouble."""
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()[-40:]
        except OSError:
            return "it said nothing"
        bad = [line for line in lines if "[ERR]" in line or "[FTL]" in line or "nats-server:" in line]
        return " ".join((bad or lines or ["it said nothing"])[-1].split())[-300:]

    def stop(self) -> None:
        """End it in order."""
        self._is_stopping.set()
        with self._lock:
            self._end()
        if self._thread is not None:
            self._thread.join(5.0)
        for relay in self._relays.values():
            relay.stop()
        self._relays.clear()

    def _write(self, peers: tuple[Peer, ...]) -> None:
        wanted = {peer.addresses for peer in peers if peer.calls and peer.addresses and not peer.is_suspended}
        for addresses in set(self._relays) - wanted:
            self._relays.pop(addresses).stop()
        for addresses in wanted - set(self._relays):
            self._relays[addresses] = Relay(addresses, self.prepare)
            self._relays[addresses].start()
        ports = {addresses: relay.port for addresses, relay in self._relays.items()}
        write_config(self.folder, self.settings, peers, self.program.is_syncing, ports)

    def _begin(self) -> None:
        words = [*self.prefix, self.program.path, "-c", str(self.config)]
        if self.log.is_file() and self.log.stat().st_size > 8 << 20:
            os.replace(self.log, self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_parent
            )

    def _end(self) -> None:
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(4.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _keep(self) -> None:
        deaths, t_began = 0, time.monotonic()
        while not self._is_stopping.wait(0.05):
            with self._lock:
                if self._is_changing or self.is_alive or self._is_stopping.is_set():
                    continue
            deaths = 1 if time.monotonic() - t_began > STEADY_S else deaths + 1
            pause_s = RESTART_S[min(deaths, len(RESTART_S)) - 1]
            sys.stderr.write(f"the broker died ({self.last_words()}); it is started again in {pause_s:g} s\n")
            if self._is_stopping.wait(pause_s):
                return
            with self._lock:
                if not self.is_alive and not self._is_stopping.is_set():
                    with contextlib.suppress(OSError):  # a full disk: tried again and again
                        self._begin()
                    t_began = time.monotonic()
                    self.restart_count += 1

    def _answers(self) -> bool:
        host, port = host_and_port(self.settings.client_listen, "client_listen")
        with contextlib.suppress(OSError), socket.create_connection((host, port), 0.5) as one:
            one.settimeout(1.0)
            return one.recv(5) == b"INFO "
        return False

    def _check_ports(self) -> None:
        listens = [self.settings.client_listen]
        if self.settings.link_addresses:
            listens.append(self.settings.link_listen)
        for listen in listens if not self.prefix else ():
            host, port = host_and_port(listen, "node.toml")
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    one.bind((host, port))
                except OSError as trouble:
                    raise UnreachableError(
                        f"the broker cannot listen at {listen} ({trouble.strerror}); another program may hold it: "
                        f"change it in {self.folder.settings_file}"
                    ) from None


def _die_with_parent() -> None:
    """On Linux the broker ends with whoever started it, however that ends; and Ctrl-C is not its affair."""
    os.setpgrp()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)
