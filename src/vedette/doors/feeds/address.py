"""Addresses of live feeds: `udp://127.0.0.1:8600`, `tcp://radar.example:8601`, `nats://127.0.0.1:4222?subject=scans.>`.

What opens a socket here (`--listen`, and any udp) stays on this machine unless it is asked plainly to be reachable.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from vedette.core.errors import RefusedError, UsageError

_EXAMPLES = "udp://127.0.0.1:8600, tcp://127.0.0.1:8601, nats://127.0.0.1:4222?subject=scans.>"
_LOCAL_NAMES = ("localhost", "localhost.")


class Transport(StrEnum):
    """How a feed comes."""

    UDP = "udp"
    TCP = "tcp"
    NATS = "nats"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a live feed comes from; `is_listening` when it comes to us, and not we to it."""

    transport: Transport
    host: str
    port: int
    is_listening: bool = False
    subject: str = ""  # of NATS
    user: str = ""
    password: str = ""

    @property
    def name(self) -> str:
        """The address as it is shown and journaled: without its password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        subject = f"?subject={self.subject}" if self.subject else ""
        return f"{self.transport.value}://{host}:{self.port}{subject}"

    @property
    def is_group(self) -> bool:
        """Whether the host is a multicast group."""
        ip = _ip_of(self.host)
        return ip is not None and ip.is_multicast

    @property
    def is_local(self) -> bool:
        """Whether nothing beyond this machine can reach it."""
        ip = _ip_of(self.host)
        return ip.is_loopback if ip is not None else self.host.lower() in _LOCAL_NAMES


def is_address(word: str) -> bool:
    """Whether a word on the command line names an address and not a file."""
    return "://" in word


def parse_address(text: str, *, is_listening: bool = False, is_open: bool = False) -> Address:
    """An address from its text.

    Errors: `UsageError` when it is none; `RefusedError` when it would open a socket to other machines and `is_open`
    does not say that it may.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as trouble:
        raise UsageError(f"{text}: no address ({trouble}); write one like {_EXAMPLES}") from None
    if parts.scheme not in tuple(Transport):
        raise UsageError(f"{text}: feeds come by udp, tcp or nats; write one like {_EXAMPLES}")
    transport = Transport(parts.scheme)
    options = parse_qs(parts.query, keep_blank_values=True)
    unknown = set(options) - ({"subject"} if transport is Transport.NATS else set())
    if unknown or parts.fragment or parts.path.strip("/"):
        what = ", ".join(sorted(unknown)) or parts.path or parts.fragment
        raise UsageError(f"{text}: {what} is not understood; write it like {_EXAMPLES}")
    if transport is Transport.NATS:
        if is_listening:
            raise UsageError(f"{text}: a NATS server is called, not listened for; give it without --listen")
        subject = options.get("subject", [""])[0]
        if not subject or any(character.isspace() for character in subject):
            raise UsageError(f"{text}: name the subject, like nats://127.0.0.1:4222?subject=scans.>")
        return Address(
            transport,
            parts.hostname or "127.0.0.1",
            port or 4222,
            False,
            subject,
            *_user_of(parts.username, parts.password),
        )
    if port is None:
        raise UsageError(f"{text}: name the port, like {_EXAMPLES}")
    address = Address(transport, parts.hostname or "127.0.0.1", port, is_listening or transport is Transport.UDP)
    if address.is_listening and not address.is_local and not is_open:
        raise RefusedError(
            f"{text}: this would let other machines send reports; say --open-to-network if they may, "
            f"or listen on 127.0.0.1"
        )
    return address


def _ip_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _user_of(user: str | None, password: str | None) -> tuple[str, str]:
    return unquote(user or ""), unquote(password or "")
