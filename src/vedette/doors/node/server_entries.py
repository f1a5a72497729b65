"""The entries of a journal in a PostgreSQL server: a schema for each journal, asked in the words of the SQLite file.

What is appended is held until it is committed, and then goes over in one transaction, so that a server which goes away
in the midst of it leaves all or nothing; a commit whose answer was lost is asked for, and is not done twice.
"""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from vedette.core.errors import UnreachableError, UsageError
from vedette.doors.node.postgresql import PostgresSql, is_postgresql, shown, split_schema
from vedette.doors.node.sql import LostConnectionError, Row

FORM = 1
TABLES = (
    "CREATE TABLE header (id {NUMBER} PRIMARY KEY CHECK (id = 1), session {BYTES} NOT NULL, chain {BYTES} NOT NULL)",
    "CREATE TABLE entries (seq {NUMBER} PRIMARY KEY, t_received_tai_ns {NUMBER} NOT NULL, kind TEXT NOT NULL, "
    "payload {BYTES} NOT NULL, chain {BYTES} NOT NULL)",
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'a journal is append-only'; END$$",
    *(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
        for table in ("header", "entries")
    ),
)


class ServerEntries:
    """A `journal_store.Connection`."""

    def __init__(self, address: str, is_writable: bool, head: tuple[bytes, bytes] | None = None) -> None:
        self.address = shown(address)
        self._held: list[Row] = []
        self._sql = PostgresSql(address, TABLES, "journal", FORM, is_reader=not is_writable)
        if head is not None:
            self._sql.begin()
            if self._sql.run("SELECT 1 FROM header"):
                self._sql.roll_back()
                self._sql.close()
                raise UsageError(f"{self.address}: a journal lies there already, and none is ever overwritten")
            self._sql.run("INSERT INTO header VALUES (1, ?, ?)", *head)
            self._sql.commit()

    @property
    def in_transaction(self) -> bool:
        """True when something is appended and not yet in the server."""
        return bool(self._held)

    def execute(self, statement: str, values: Any = (), /) -> "_Rows":
        """A question, or an entry to be held, or what ends the transaction."""
        if statement.startswith("INSERT INTO entries"):
            self._held.append(tuple(values))
        elif statement == "COMMIT":
            self._commit()
        elif statement == "ROLLBACK":
            self._held.clear()
        elif not statement.startswith("BEGIN"):
            return _Rows(self._ask(statement, values))
        return _Rows([])

    def close(self) -> None:
        """What was not committed is forgotten."""
        self._sql.close()

    def _ask(self, statement: str, values: Any) -> list[Row]:
        try:
            return self._sql.run(statement, *values)
        except LostConnectionError:  # once more, over a new connection
            return self._sql.run(statement, *values)

    def _commit(self) -> None:
        try:
            self._send()
        except LostConnectionError:
            self._send()

    def _send(self) -> None:
        first = self._held[0][0]
        self._sql.begin()
        try:
            newest = self._sql.run("SELECT coalesce(max(seq), 0) FROM entries")[0][0]
            if newest != first - 1:
                raise UnreachableError(f"{self.address}: another process has appended to this journal")
            self._sql.run_many("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", self._held)
            self._sql.commit()
        except BaseException:
            self._sql.roll_back()
            raise
        self._held = []


class _Rows:
    """What a question gave, as a cursor gives it."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def fetchone(self) -> Row | None:
        """The first."""
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Row]:
        """All."""
        return self._rows


def create_in_server(address: str, name: str, head: tuple[bytes, bytes]) -> ServerEntries:
    """A new journal of this name: its schema is the address's own schema, and the name."""
    if not is_postgresql(address):
        raise UsageError(f"--store {address}: give postgresql://USER@HOST/DATABASE?schema=NODE")
    return ServerEntries(journal_address(address, name), True, head)


def journal_address(address: str, name: str) -> str:
    """Where the journal of this name lies in the server of a node's store."""
    return with_schema_after(address, f"j{name.lower()}")


def with_schema_after(address: str, more: str) -> str:
    """The same server, in the schema that is named after the address's own and `more`."""
    _, schema = split_schema(address)
    return _with_schema(address, re.sub(r"[^a-z0-9_]", "_", f"{schema}_{more}"))


def _with_schema(address: str, schema: str) -> str:
    rest, _ = split_schema(address)
    parts = urlsplit(rest)
    return urlunsplit(parts._replace(query="&".join(word for word in (parts.query, f"schema={schema}") if word)))
