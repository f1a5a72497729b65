"""A fresh store of each kind, for tests that must hold for both."""

from collections.abc import Callable
from pathlib import Path

from vedette.doors.node.sql_store import SqlNodeStore
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.node.store import Received, ToPost

Opener = Callable[[], SqlNodeStore]


def sqlite_opener(folder: Path) -> Opener:
    """Opens the same store every time."""
    return lambda: open_sqlite_store(folder / "node.sqlite", reserve_bytes=0)


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


def opener_of(kind: str, folder: Path) -> Opener:
    """By name, for another process."""
    return {"sqlite": sqlite_opener}[kind](folder)
