"""A fresh store of each kind, for tests that must hold for both."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from vedette.doors.node.opening_store import open_store
from vedette.doors.node.sql_store import SqlNodeStore
from vedette.doors.node.store import Received, ToPost

KINDS = ("sqlite", "postgresql")
Opener = Callable[[], SqlNodeStore]


_schemas = count(1)


def fresh_address(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """The address of a store that nobody has used yet; a skip where there is no such server."""
    if kind == "sqlite":
        return str(folder / "node.sqlite")
    server = request.getfixturevalue("postgres")
    return f"{server.address}&schema=test_{next(_schemas)}"


def opener_of(address: str) -> Opener:
    """Opens the same store every time, also in another process."""
    return lambda: open_store(address, reserve_bytes=0)


def digest_of(number: int) -> str:
    return f"{number:064x}"


def to_post(sequence: int, link: str = "south", lane: str = "warn", t_tai_ns: int = 0, **more: object) -> ToPost:
    words = {"message": b"message %d" % sequence, "event_ids": (f"NORTH/L{sequence}",), **more}
    return ToPost(
        link=link, lane=lane, sequence=sequence, digest=digest_of(sequence), t_tai_ns=t_tai_ns or sequence, **words
    )


def received(sequence: int, link: str = "south", lane: str = "warn", t_tai_ns: int = 0, **more: object) -> Received:
    words = {"message": b"message %d" % sequence, "event": b"event", "event_ids": (f"SOUTH/L{sequence}",), **more}
    words.setdefault("digest", digest_of(1000 + sequence))
    return Received(link=link, lane=lane, sequence=sequence, t_tai_ns=t_tai_ns or sequence, **words)
