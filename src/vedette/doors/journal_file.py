"""How the file of a journal is made, opened and named, and how each entry is chained to those before it.

The file is SQLite. Form 1 holds the entries; form 2 holds the head alone, and says in which PostgreSQL server the
entries lie.
"""

import hashlib
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from vedette.core.errors import BadInputError, NotFoundError, UnreachableError, UsageError
from vedette.doors.node.sql import DiskFullError, LostConnectionError

APPLICATION_ID = 0x5645_4454  # "VEDT", in the file's own header
FORMAT_VERSION = 1
ELSEWHERE_VERSION = 2  # the same journal; the file holds its head, and a PostgreSQL server its entries

SCHEMA = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT_VERSION}",
    "CREATE TABLE header (id INTEGER PRIMARY KEY CHECK (id = 1), session BLOB NOT NULL, chain BLOB NOT NULL)",
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY, t_received_tai_ns INTEGER NOT NULL, kind TEXT NOT NULL, "
    "payload BLOB NOT NULL, chain BLOB NOT NULL)",
    *(
        f"CREATE TRIGGER {table}_{change} BEFORE {change} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a journal is append-only'); END"
        for table in ("header", "entries")
        for change in ("UPDATE", "DELETE")
    ),
)
DAMAGED = "the file was changed or damaged after it was written; restore it from a copy"


class JournalFullError(UnreachableError):
    """There is no room for more."""


class Connection(Protocol):
    """As much of `sqlite3.Connection` as a journal needs; entries in a server are asked in the same words."""

    @property
    def in_transaction(self) -> bool:
        """True when something is written and not yet durable."""
        ...

    def execute(self, statement: str, values: Any = (), /) -> Any:
        """One statement; what it gives has `fetchone` and `fetchall`."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Undoing(Protocol):
    """What a journal does when a write has failed."""

    is_writable: bool

    @property
    def entry_count(self) -> int:
        """How many entries are durable."""
        ...

    def forget_uncommitted(self) -> None:
        """Go back to the last commit."""
        ...


class InWords:
    """Turns SQLite's troubles into sentences with the exit code of their kind."""

    def __init__(self, path: Path, verb: str, store: "Undoing | None" = None) -> None:
        self.path, self.verb, self.store = path, verb, store

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, DiskFullError | LostConnectionError):
            self._server_trouble(error)
        if isinstance(error, UnreachableError) and self.store is not None:  # the server's own words
            self.store.forget_uncommitted()
        if not isinstance(error, sqlite3.Error | UnicodeDecodeError | OverflowError):  # the last two: damaged pages
            return
        if self.store is not None and self.store.is_writable:
            with suppress(sqlite3.Error):
                self.store.forget_uncommitted()
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        kept = f"; {self.store.entry_count} entries are safe" if self.store is not None else ""
        if code == sqlite3.SQLITE_FULL:
            raise JournalFullError(f"{self.path}: the disk is full{kept}; make room and start again") from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise UnreachableError(f"{self.path}: another process is writing this journal; wait for it") from error
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            cure = "check the disk and your permission"
            raise UnreachableError(f"{self.path}: cannot be {self.verb} ({error}){kept}; {cure}") from error
        if code == sqlite3.SQLITE_NOTADB:
            raise BadInputError("not a journal", str(self.path), "give a file that vedette watch wrote") from error
        if code == sqlite3.SQLITE_CONSTRAINT:
            raise UnreachableError(f"{self.path}: another process has appended to this journal{kept}") from error
        raise BadInputError(f"a journal that cannot be {self.verb} ({error})", str(self.path), DAMAGED) from error

    def _server_trouble(self, error: Exception) -> None:
        kept = ""
        if self.store is not None:
            self.store.forget_uncommitted()
            kept = f"; {self.store.entry_count} entries are safe"
        if isinstance(error, DiskFullError):
            raise JournalFullError(f"{self.path}: the server's disk is full{kept}; make room") from error
        raise UnreachableError(f"{self.path}: its server does not answer ({error}){kept}") from error


def write_head(path: Path, head: tuple[bytes, bytes], address: str) -> None:
    """The file of a journal whose entries lie elsewhere."""
    own, other = f"user_version = {FORMAT_VERSION}", f"user_version = {ELSEWHERE_VERSION}"
    schema = [statement.replace(own, other) for statement in SCHEMA]
    try:
        connection = connect(path, "rwc")
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in schema:
                connection.execute(statement)
            connection.execute("CREATE TABLE elsewhere (address TEXT NOT NULL)")
            connection.execute("INSERT INTO elsewhere VALUES (?)", (address,))
            connection.execute("INSERT INTO header VALUES (1, ?, ?)", head)
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as trouble:
        raise UsageError(f"{path}: no journal can be made there ({trouble}); give another --data-dir") from None
    sync_directory(path.parent)


def connect_to_server(address: str, head: tuple[bytes, bytes], path: Path, is_writable: bool) -> Connection:
    """The connection to a journal's server, whose head must be the file's own."""
    from vedette.doors.node.server_entries import ServerEntries

    server = ServerEntries(address, is_writable)
    found = server.execute("SELECT session, chain FROM header WHERE id = 1").fetchone()
    if found is None or tuple(map(bytes, found)) != tuple(head):
        server.close()
        raise BadInputError("the journal in the server is another than this file's", str(path), DAMAGED)
    return server


def existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.exists():
        raise NotFoundError(f"no journal at {path}; `vedette journal list` shows the ones there are")
    if not path.is_file() or path.stat().st_size == 0:
        raise BadInputError("not a journal", str(path), "give a file that vedette watch wrote")
    return path


def connect(path: Path, mode: str) -> sqlite3.Connection:
    query = "immutable=1" if mode == "immutable" else f"mode={mode}"
    address = f"{path.absolute().as_uri()}?{query}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=2.0, check_same_thread=False)


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """Read and write first (to take up what a killed writer left in its log), else as a file that cannot change."""
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return connect(path, "rw")
    connection = connect(path, "ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        return connect(path, "immutable")
    return connection


def check_identity(connection: sqlite3.Connection, path: Path) -> int:
    """The form of the journal: 1, or 2 when its entries lie in a server."""
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application_id != APPLICATION_ID:
        raise BadInputError("a database of another program", str(path), "give a file that vedette watch wrote")
    if version not in (FORMAT_VERSION, ELSEWHERE_VERSION):
        known = f"this program reads forms {FORMAT_VERSION} and {ELSEWHERE_VERSION}"
        raise BadInputError(f"a journal of form {version}", str(path), known)
    return version


def first_chain(session_bytes: bytes) -> bytes:
    return hashlib.sha256(b"vedette journal 1\n" + session_bytes).digest()


def next_chain(chain: bytes, seq: int, t_received_tai_ns: int, kind: str, payload: bytes) -> bytes:
    name = kind.encode()
    fixed = seq.to_bytes(8, "big") + t_received_tai_ns.to_bytes(8, "big", signed=True) + len(name).to_bytes(2, "big")
    return hashlib.sha256(chain + fixed + name + payload).digest()


def broken(row: tuple[int, int, str, bytes, bytes], expected: int, chain: bytes) -> str:
    """What is wrong with a row, or nothing."""
    seq, t_received_tai_ns, kind, payload, stated = row
    if seq != expected:
        return f"entries {expected} to {seq - 1} are missing"
    is_typed = isinstance(t_received_tai_ns, int) and isinstance(kind, str) and isinstance(payload, bytes)
    if not is_typed or next_chain(chain, seq, t_received_tai_ns, kind, payload) != stated:
        return "the entry is not as it was written: the chain is broken"
    return ""


def are_bytes(*values: object) -> bool:
    return all(isinstance(value, bytes) for value in values)


def sync_directory(folder: Path) -> None:
    """Make a new file's name durable too, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)
