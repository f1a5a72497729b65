"""A desk's audit log in a PostgreSQL server, asked in the words of the SQLite file: two machines have one desk.

The local file stays, as a journal's does: it holds the log's head and says where its records lie. One writes at a time,
by the lock of the schema; what is appended, its outbox and its record are one transaction there as they are in a file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vedette.core.errors import UnreachableError
from vedette.doors.node.postgresql import PostgresSql, is_postgresql, shown
from vedette.doors.node.server_entries import with_schema_after
from vedette.doors.node.sql import DiskFullError, LostConnectionError, Row

FORM = 1
TABLES = (
    "CREATE TABLE header (id {NUMBER} PRIMARY KEY CHECK (id = 1), kind TEXT NOT NULL, key_id TEXT NOT NULL, "
    "nonce {BYTES} NOT NULL, chain {BYTES} NOT NULL)",
    "CREATE TABLE audit (seq {NUMBER} PRIMARY KEY, payload {BYTES} NOT NULL, chain {BYTES} NOT NULL, "
    "signature {BYTES} NOT NULL)",
    "CREATE TABLE outbox (sequence {NUMBER} PRIMARY KEY, audit_seq {NUMBER} NOT NULL, alert_id TEXT NOT NULL, "
    "t_tai_ns {NUMBER} NOT NULL, event {BYTES} NOT NULL)",
    "CREATE TABLE fence (id {NUMBER} PRIMARY KEY CHECK (id = 1), token {NUMBER} NOT NULL)",
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'an audit log is append-only'; END$$",
    *(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
        for table in ("header", "audit", "outbox")
    ),
)
_HAS_FENCE = "SELECT 1 FROM sqlite_master WHERE name = 'fence'"


class ServerDesk:
    """As much of `sqlite3.Connection` as an audit log needs."""

    def __init__(self, address: str, is_writable: bool) -> None:
        self.address = shown(address)
        self._sql = PostgresSql(address, TABLES, "desk", FORM, is_reader=not is_writable)
        self.in_transaction = False

    def execute(self, statement: str, values: Any = (), /) -> "DeskRows":
        """A question, a row to be appended, or what begins and ends a transaction."""
        try:
            return DeskRows(self._done(statement, tuple(values)))
        except LostConnectionError as trouble:
            self.in_transaction = False
            raise UnreachableError(f"{self.address}: the desk's server went away ({trouble}); try again") from trouble
        except DiskFullError as trouble:
            raise UnreachableError(f"{self.address}: the disk of the desk's server is full") from trouble

    def close(self) -> None:
        """What was not committed is forgotten."""
        self._sql.close()

    def _done(self, statement: str, values: Row) -> list[Row]:
        if statement.startswith("PRAGMA"):
            return []
        if statement == _HAS_FENCE:
            return [(1,)]
        if statement.startswith("BEGIN"):
            self._begin()
        elif statement == "COMMIT":
            self.in_transaction = False
            self._sql.commit()
        elif statement == "ROLLBACK":
            self.in_transaction = False
            self._sql.roll_back()
        elif self.in_transaction or not statement.startswith("SELECT"):
            return self._sql.run(statement, *values)
        else:
            try:
                return self._sql.run(statement, *values)
            except LostConnectionError:  # once more, over a new connection
                return self._sql.run(statement, *values)
        return []

    def _begin(self) -> None:
        try:
            self._sql.begin()
        except LostConnectionError:
            self._sql.begin()
        self.in_transaction = True


class DeskRows:
    """What a question gave, as a cursor gives it."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def fetchone(self) -> Row | None:
        """The first."""
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Row]:
        """All."""
        return self._rows


def desk_address(data_dir: Path, kind: str) -> str | None:
    """Where a desk of this data directory lies in a server; None where it is a file, as it is unless node.toml says
    `desk_in_store = true`."""
    from vedette.doors.node.folder import is_node, read_node

    if not is_node(data_dir):
        return None
    _, settings = read_node(data_dir)
    if not settings.desk_in_store or not is_postgresql(settings.store):
        return None
    return with_schema_after(settings.store, f"desk_{kind}")
