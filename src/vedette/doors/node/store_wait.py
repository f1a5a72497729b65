"""Waiting for a node's store that does not answer: asked again and again, and said to whoever looks."""

import time
from contextlib import suppress
from pathlib import Path

import msgspec

from vedette.core.errors import VedetteError
from vedette.doors.node.folder import read_node
from vedette.doors.node.opening_store import open_node_store

PAUSES_S = (0.25, 0.5, 1.0, 2.0, 5.0)  # between two tries; the last for all that follow
WAITING_FILE = "store-waited-for.json"
FRESH_S = 30.0  # a server that nobody reaches takes ten seconds to say so, and there may be two tries in one


class Waiting(msgspec.Struct, frozen=True):
    """What a process that waits says of it."""

    t_posix_s: float
    sentence: str


def trouble_of(path: Path) -> str:
    """Why the store of the node in a directory does not answer; "" when it does."""
    try:
        _, settings = read_node(path)
        with open_node_store(path, settings, 0) as store:
            store.lease("watch")
    except (VedetteError, OSError) as trouble:
        return str(trouble)
    return ""


def say_waiting(path: Path, sentence: str) -> None:
    """For `node status`; "" when nobody waits any more. A directory that is away hears nothing."""
    file = path / WAITING_FILE
    with suppress(OSError):
        if not sentence:
            file.unlink(missing_ok=True)
            return
        aside = file.with_suffix(".new")
        aside.write_bytes(msgspec.json.encode(Waiting(time.time(), sentence)))
        aside.replace(file)


def waiting_at(path: Path) -> str:
    """What a watch of this node that waits for the store says; "" when none does."""
    with suppress(OSError, msgspec.DecodeError):
        told = msgspec.json.decode((path / WAITING_FILE).read_bytes(), type=Waiting)
        if abs(time.time() - told.t_posix_s) < FRESH_S:
            return told.sentence
    return ""
