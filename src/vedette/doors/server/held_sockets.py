"""Sockets that outlive a watch worker: the server opens them and each worker reads from them.

Between the death of one worker and the first look of the next the system holds the datagrams that arrive (as much as
its buffer of the socket takes) and the senders that connect, with what they send (they wait when it is more than the
system's buffer). While the next worker reads its journal again it takes them already, with the times at which they
came. A connection that a worker had open ends with it: its sender connects again, and says again what it wrote into the
old one and cannot know to be read (TCP tells nobody what was). A server that is killed lets go of
all of them; its worker leaves with it.
"""

import socket
import sys
from collections.abc import Sequence

from vedette.core.errors import UnreachableError, UsageError
from vedette.doors.feeds.address import Transport, parse_address
from vedette.doors.feeds.tcp import open_tcp
from vedette.doors.feeds.udp import open_udp
from vedette.doors.server.pipe import WatchPlan


class HeldSockets:
    """Opened when a first worker is begun."""

    def __init__(self, plan: WatchPlan) -> None:
        self._plan = plan
        self._sockets: dict[str, socket.socket] | None = None

    @property
    def numbers(self) -> dict[str, int]:
        """File descriptors by the name of their address, to be handed down under these numbers."""
        if self._sockets is None:
            self._sockets = {} if self._plan.is_standby else dict(_opened(self._plan))
        return {name: one.fileno() for name, one in self._sockets.items()}

    def close(self) -> None:
        """Let go of them."""
        for one in (self._sockets or {}).values():
            one.close()
        self._sockets = {}


def _opened(plan: WatchPlan) -> Sequence[tuple[str, socket.socket]]:
    found: list[tuple[str, socket.socket]] = []
    if sys.platform == "win32":  # no descriptors are handed down there: each worker opens its own
        return found
    for words, is_listening in ((plan.listen, True), (plan.feeds, False)):
        for word in words:
            try:
                address = parse_address(word, is_listening=is_listening, is_open=plan.is_open)
                if address.transport is Transport.UDP:
                    found.append((address.name, open_udp(address)))
                elif address.transport is Transport.TCP and is_listening:
                    found.append((address.name, open_tcp(address)))
            except (UsageError, UnreachableError):
                continue  # a file, or what the worker will say in its own words
    return found
