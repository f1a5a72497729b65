"""A node's store by its address: a path is SQLite, `postgresql://USER@HOST/DATABASE?schema=NODE` is PostgreSQL."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.core.errors import UnreachableError
from vedette.doors.node.reserve import RESERVE_BYTES
from vedette.doors.node.sql_store import SqlNodeStore
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.node.store_tables import STORE_FORM, TABLES

if TYPE_CHECKING:
    from vedette.doors.node.folder import NodeSettings

MADE_FILE = "store-made"  # where this node's file was made: one that is gone is not made anew without a word


def open_store(address: str | Path, reserve_bytes: int = RESERVE_BYTES) -> SqlNodeStore:
    """The store at an address, made if it is not there; one schema for each node where several share a server.

    UnreachableError when the server does not answer, StoreRefusesError when it says no; for a path the errors of
    `open_sqlite_store`.
    """
    from vedette.doors.node.postgresql import PostgresSql, is_postgresql

    if is_postgresql(address):
        return SqlNodeStore(PostgresSql(str(address), TABLES, "node store", STORE_FORM))
    return open_sqlite_store(address, reserve_bytes)


def open_node_store(folder: Path, settings: "NodeSettings", reserve_bytes: int = RESERVE_BYTES) -> SqlNodeStore:
    """The store of the node in a folder; the errors of `open_store`.

    UnreachableError too when its file was there once and is not: its disk is away, and a store that began anew would
    give numbers a second time.
    """
    from vedette.doors.node.postgresql import is_postgresql

    if is_postgresql(settings.store):
        return open_store(settings.store, reserve_bytes)
    path, marker = folder / settings.store, folder / MADE_FILE
    place = str(path.absolute())
    if not path.is_file() and marker.is_file() and marker.read_text("utf-8").strip() == place:
        cure = f"is its disk mounted? To begin without what it kept, remove {marker}"
        raise UnreachableError(f"{path}: the node's store was there and is not; {cure}")
    store = open_store(path, reserve_bytes)
    with suppress(OSError):
        if not marker.is_file() or marker.read_text("utf-8").strip() != place:
            marker.write_text(place + "\n", "utf-8")
    return store
