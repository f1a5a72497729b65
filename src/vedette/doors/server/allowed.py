"""What a request must look like before anything else is asked of it: where it comes from, for whom, and how large.

A page of somebody else in the same browser can reach localhost. It cannot choose its Origin, and it reaches us by a
name of its own when it rebinds one in the DNS; so both are held against lists, on HTTP and WebSocket alike
[Jackson et al. 2007; RFC 6454; Fetch Metadata Request Headers, W3C]. Pure functions of a request's head.
"""

from dataclasses import dataclass
from typing import Any

BODY_MOST_BYTES = 256 * 1024  # the largest thing anybody has to say is a policy for `whatif`
ADDRESS_MOST_BYTES = 8 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a request goes no further."""

    status: int
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """The names this server answers to, as `host:port`, and whether it speaks TLS."""

    hosts: frozenset[str]
    is_tls: bool = False

    @classmethod
    def at(cls, bind: str, port: int, names: tuple[str, ...] = (), is_tls: bool = False) -> "Allowed":
        """What a server bound there answers to: itself, localhost on a loopback address, and further names."""
        own = {bind} if bind not in ("0.0.0.0", "::", "") else set()
        if is_loopback(bind):
            own |= {"localhost", "127.0.0.1", "::1"}
        standard = 443 if is_tls else 80
        found = set()
        for name in own | set(names):
            bare = f"[{name}]" if ":" in name and not name.startswith("[") else name.lower()
            found.add(f"{bare}:{port}")
            if port == standard:
                found.add(bare)
        return cls(frozenset(found), is_tls)

    @property
    def origins(self) -> frozenset[str]:
        """The origins of our own pages."""
        scheme = "https" if self.is_tls else "http"
        return frozenset(f"{scheme}://{host}" for host in self.hosts)


def is_loopback(bind: str) -> bool:
    """True of an address that only this machine reaches."""
    return bind in ("localhost", "::1") or bind.startswith("127.")


def trouble_with(scope: Any, allowed: Allowed) -> Trouble | None:
    """What is wrong with the head of a request or of a WebSocket's opening; None when nothing is."""
    headers = _headers(scope)
    path = str(scope.get("path", ""))
    is_socket = scope["type"] == "websocket"
    return (
        _wrong_host(headers, allowed)
        or _wrong_origin(headers, allowed)
        or _wrong_site(headers, path, is_socket)
        or _wrong_address(scope, path)
        or (None if is_socket else _wrong_body(headers, str(scope["method"])))
    )


def _headers(scope: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope.get("headers", ()):
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _wrong_host(headers: dict[str, list[str]], allowed: Allowed) -> Trouble | None:
    hosts = headers.get("host", [])
    if len(hosts) == 1 and hosts[0].strip().lower() in allowed.hosts:
        return None
    name = hosts[0][:100] if hosts else "(none)"
    return Trouble(421, "host", f"this server does not answer to the name {name}; `vedette serve --name` adds one")


def _wrong_origin(headers: dict[str, list[str]], allowed: Allowed) -> Trouble | None:
    origins = headers.get("origin", [])
    if not origins or (len(origins) == 1 and origins[0].strip().lower() in allowed.origins):
        return None
    return Trouble(403, "origin", f"pages of {origins[0][:100]} may neither read nor drive this server")


def _wrong_site(headers: dict[str, list[str]], path: str, is_socket: bool) -> Trouble | None:
    """What the browser itself says of who asks; other clients do not say it and need not."""
    site = headers.get("sec-fetch-site", ["none"])[0]
    if site in ("same-origin", "none"):
        return None
    mode, wanted = headers.get("sec-fetch-mode", [""])[0], headers.get("sec-fetch-dest", [""])[0]
    if mode == "navigate" and wanted == "document" and not path.startswith("/api/") and not is_socket:
        return None  # somebody followed a link to the console: without its cookie it shows nothing
    return Trouble(403, "site", "a page of another site asks; only pages of this server may")


def _wrong_address(scope: Any, path: str) -> Trouble | None:
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > ADDRESS_MOST_BYTES:
        return Trouble(414, "address-length", f"an address has {ADDRESS_MOST_BYTES} bytes at most")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return Trouble(400, "address", "an address holds no control characters")
    return None


def _wrong_body(headers: dict[str, list[str]], method: str) -> Trouble | None:
    lengths = headers.get("content-length", [])
    if lengths and (not (lengths[0].isascii() and lengths[0].isdigit()) or int(lengths[0][:20]) > BODY_MOST_BYTES):
        return Trouble(413, "body-size", f"a request holds {BODY_MOST_BYTES // 1024} KiB at most")
    if method in _SAFE:
        return None
    if headers.get("x-vedette") != ["1"]:
        return Trouble(403, "csrf", "what changes something says `X-Vedette: 1`; a form of another page cannot")
    kind = headers.get("content-type", [""])[0].partition(";")[0].strip().lower()
    if kind != "application/json":
        return Trouble(415, "content-type", "what changes something is sent as application/json")
    if "content-encoding" in headers:
        return Trouble(415, "content-encoding", "bodies are sent as they are, not compressed")
    return None
