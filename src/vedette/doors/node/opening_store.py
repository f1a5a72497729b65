"""A node's store by its address: a path is SQLite, `postgresql://USER@HOST/DATABASE?schema=NODE` is PostgreSQL."""

from pathlib import Path

from vedette.doors.node.reserve import RESERVE_BYTES
from vedette.doors.node.sql_store import SqlNodeStore
from vedette.doors.node.sqlite_store import open_sqlite_store
from vedette.doors.node.store_tables import STORE_FORM, TABLES


def open_store(address: str | Path, reserve_bytes: int = RESERVE_BYTES) -> SqlNodeStore:
    """The store at an address, made if it is not there; one schema for each node where several share a server.

    UnreachableError when the server does not answer or refuses; the errors of `open_sqlite_store` for a path.
    """
    from vedette.doors.node.postgresql import PostgresSql, is_postgresql

    if is_postgresql(address):
        return SqlNodeStore(PostgresSql(str(address), TABLES, "node store", STORE_FORM))
    return open_sqlite_store(address, reserve_bytes)
