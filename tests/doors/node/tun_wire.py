"""Two network namespaces joined by a wire of our own, whose bad luck is drawn from a seed.

The kernel of a test machine has no netem; a TUN device needs only root. Every packet between the two passes this
process, which loses, delays, holds or swaps it as it is told. What passed is counted, and kept when asked for.
"""

import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
ADDRESSES = ("10.77.0.1", "10.77.0.2")


def need_namespaces() -> None:
    """A skip, with the reason, where namespaces or TUN cannot be had."""
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        pytest.skip("network namespaces and TUN devices need root and /dev/net/tun")
    probe = f"vedette-probe-{os.getpid()}"
    try:
        made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no `ip` here; on Debian: apt install iproute2")
    if made.returncode != 0:
        pytest.skip(f"no network namespaces here: {made.stderr.decode().strip()}")
    subprocess.run(["ip", "netns", "delete", probe], check=False)


def enter(namespace: str) -> None:
    """This thread, and no other, lives in that namespace from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}") as file:
        if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def inside(namespace: str, work: Callable[[], Any]) -> Any:
    """What `work` gives when it is done in a namespace."""
    found: list[Any] = []

    def run() -> None:
        try:
            enter(namespace)
            found.append(work())
        except BaseException as trouble:
            found.append(trouble)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


class TunWire:
    """The wire. Its luck may be changed at any time: `loss`, `delay_s`, `jitter_s` (which swaps packets), `is_cut`."""

    def __init__(self, seed: int, name: str = "v") -> None:
        self._rng = random.Random(seed)
        self.namespaces = tuple(f"{name}{os.getpid()}-{side}" for side in "ab")
        self.loss, self.delay_s, self.jitter_s = 0.0, 0.0, 0.0
        self.is_cut = False
        self.passed = self.lost = 0
        self.kept: list[bytes] | None = None  # packets, once it is a list
        self._tuns: list[int] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    def __enter__(self) -> "TunWire":
        for side, namespace in enumerate(self.namespaces):
            _ip("netns", "add", namespace)
            self._tuns.append(inside(namespace, _open_tun))
            at = ("-n", namespace)
            _ip(*at, "link", "set", "lo", "up")
            _ip(*at, "addr", "add", ADDRESSES[side], "peer", ADDRESSES[1 - side], "dev", "wire0")
            _ip(*at, "link", "set", "wire0", "mtu", "1400", "up")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(3.0)
        for tun in self._tuns:
            os.close(tun)
        for namespace in self.namespaces:
            subprocess.run(["ip", "netns", "delete", namespace], check=False)

    def _run(self) -> None:
        waiting: list[tuple[float, int, int, bytes]] = []
        count = 0
        while not self._is_over.is_set():
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, out, packet = heapq.heappop(waiting)
                if not self.is_cut:
                    with contextlib.suppress(OSError):
                        os.write(out, packet)
                        self.passed += 1
            pause_s = min(0.05, max(0.0, waiting[0][0] - now)) if waiting else 0.05
            ready, _, _ = select.select(self._tuns, [], [], pause_s)
            for tun in ready:
                packet = os.read(tun, 65536)
                if packet[0] >> 4 != 4:
                    continue  # the kernel's own IPv6 greetings
                if self.kept is not None:
                    self.kept.append(packet)
                if self.is_cut or self._rng.random() < self.loss:
                    self.lost += 1
                    continue
                count += 1
                due = time.monotonic() + self.delay_s + self._rng.random() * self.jitter_s
                heapq.heappush(waiting, (due, count, self._tuns[1 - self._tuns.index(tun)], packet))


def _open_tun() -> int:
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", b"wire0", _IFF_TUN | _IFF_NO_PI))
    return tun


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
