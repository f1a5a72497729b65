"""The audit log on disk: every record chained to all before it and signed, in one SQLite file with the outbox.

A file belongs to one desk, live or drill, says so in its head, and names the record key that signs it. An act, what it
puts in the outbox and its record are one transaction: all three are on the disk (WAL, `synchronous=FULL`) or none is.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from vedette.assessment.alerts import DeskKind, Record, decode_record, encode_record
from vedette.core.errors import BadInputError, NotFoundError, RefusedError, UnreachableError
from vedette.sharing import PublicKey, RecordKey

APPLICATION_ID = 0x5645_4441  # "VEDA"
FORMAT_VERSION = 1
ELSEWHERE_VERSION = 2  # the file holds the head alone, and a PostgreSQL server the records
PATIENCE_S = 1.0  # how long an act waits for another process to finish writing
_CONTEXT = b"vedette audit 1\n"

_SCHEMA = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT_VERSION}",
    "CREATE TABLE header (id INTEGER PRIMARY KEY CHECK (id = 1), kind TEXT NOT NULL, key_id TEXT NOT NULL, "
    "nonce BLOB NOT NULL, chain BLOB NOT NULL)",
    "CREATE TABLE audit (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL, chain BLOB NOT NULL, signature BLOB NOT NULL)",
    "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, audit_seq INTEGER NOT NULL, alert_id TEXT NOT NULL, "
    "t_tai_ns INTEGER NOT NULL, event BLOB NOT NULL)",
    *(
        f"CREATE TRIGGER {table}_{change} BEFORE {change} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'an audit log is append-only'); END"
        for table in ("header", "audit", "outbox")
        for change in ("UPDATE", "DELETE")
    ),
)


class AuditLog:
    """One desk's file, open for reading, and for writing when its key is at hand."""

    def __init__(self, path: Path, connection: Any, key: RecordKey | None) -> None:
        self.path, self.connection, self.key = path, connection, key
        with self.in_words("opened"):
            row = connection.execute("SELECT kind, key_id, nonce, chain FROM header WHERE id = 1").fetchone()
        if row is None or not _is_head(row) or _first_link(row[0], row[1], row[2]) != row[3]:
            raise BadInputError("the audit log's head is missing or was changed", str(path), _DAMAGED)
        self.kind, self.key_id, self.first_link = DeskKind(row[0]), str(row[1]), bytes(row[3])
        if key is not None and key.key_id != self.key_id:
            raise RefusedError(f"{path} is signed by {self.key_id}; the record key here is {key.key_id}")

    @classmethod
    def create(cls, path: Path, kind: DeskKind, key: RecordKey) -> "AuditLog":
        """A new file; when another process made it first, that one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        nonce = os.urandom(16)
        try:
            connection = _connect(path, "rwc")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'header'").fetchone() is None:
                for statement in _SCHEMA:
                    connection.execute(statement)
                link = _first_link(kind.value, key.key_id, nonce)
                connection.execute(
                    "INSERT INTO header VALUES (1, ?, ?, ?, ?)", (kind.value, key.key_id, nonce, link)
                )
            connection.execute("COMMIT")
            connection.close()
        except sqlite3.Error as trouble:
            raise UnreachableError(f"{path}: no desk can be kept there ({trouble}); check the disk") from trouble
        return cls.open(path, key)

    @classmethod
    def create_elsewhere(cls, path: Path, kind: DeskKind, key: RecordKey, address: str) -> "AuditLog":
        """The log in a PostgreSQL server, made if it is not there, with a file here that says where it lies."""
        from vedette.doors.node.server_desk import ServerDesk

        server = ServerDesk(address, is_writable=True)
        try:
            server.execute("BEGIN IMMEDIATE")
            head = server.execute(_HEAD).fetchone()
            if head is None:
                nonce = os.urandom(16)
                head = (kind.value, key.key_id, nonce, _first_link(kind.value, key.key_id, nonce))
                server.execute("INSERT INTO header VALUES (1, ?, ?, ?, ?)", head)
            server.execute("COMMIT")
            _write_head(path, tuple(head), server.address)
            return cls(path, server, key)
        except BaseException:
            server.close()
            raise

    @classmethod
    def open(cls, path: Path, key: RecordKey | None = None) -> "AuditLog":
        """An existing file; NotFoundError or BadInputError when it is none."""
        if not path.is_file():
            raise NotFoundError(f"no alerts are kept at {path}; `vedette watch` proposes them")
        try:
            connection = _connect(path, "rw" if os.access(path, os.W_OK) else "ro")
            found = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if found != APPLICATION_ID:
                connection.close()
                raise BadInputError("a database of another program", str(path), "give a file that Vedette wrote")
            if version == ELSEWHERE_VERSION:
                return cls._opened_elsewhere(path, connection, key)
            if version != FORMAT_VERSION:
                connection.close()
                raise BadInputError(f"an audit log of form {version}", str(path), f"this one reads {FORMAT_VERSION}")
            connection.execute("PRAGMA synchronous = FULL")
        except _DAMAGE as trouble:
            raise BadInputError(f"an audit log that cannot be opened ({trouble})", str(path), _DAMAGED) from trouble
        return cls(path, connection, key)

    @classmethod
    def _opened_elsewhere(cls, path: Path, connection: sqlite3.Connection, key: RecordKey | None) -> "AuditLog":
        from vedette.doors.node.server_desk import ServerDesk

        head = connection.execute(_HEAD).fetchone()
        address = str(connection.execute("SELECT address FROM elsewhere").fetchone()[0])
        connection.close()
        server = ServerDesk(address, is_writable=key is not None)
        try:
            if server.execute(_HEAD).fetchone() != head:
                raise BadInputError(f"the desk at {server.address} is another", str(path), "move the file away")
            return cls(path, server, key)
        except BaseException:
            server.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: everything inside is on the disk after it, or nothing is."""
        with self.in_words("written"):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    def raise_fence(self, token: int) -> None:
        """From now on nothing is written by a machine whose token is lower; RefusedError when ours is."""
        with self.writing():
            self.connection.execute(_FENCE)
            self.check_fence(token)
            self.connection.execute(
                "INSERT INTO fence VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET token = excluded.token", (token,)
            )

    def check_fence(self, token: int) -> None:
        """RefusedError when another machine has acted here with a higher token: inside a transaction, it holds."""
        if self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'fence'").fetchone() is None:
            return
        row = self.connection.execute("SELECT token FROM fence WHERE id = 1").fetchone()
        if row is not None and row[0] > token:
            raise RefusedError(f"{self.path}: another acts for this desk (token {row[0]}; ours is {token})")

    def tail(self) -> tuple[int, bytes]:
        """Number and link of the newest record."""
        with self.in_words("read"):
            row = self.connection.execute("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        return (0, self.first_link) if row is None else (int(row[0]), bytes(row[1]))

    def append(self, record: Record) -> int:
        """Add a record inside `writing`; its number."""
        assert self.key is not None and self.connection.in_transaction
        seq, chain = self.tail()
        payload = encode_record(record)
        link = next_link(chain, seq + 1, payload)
        row = (seq + 1, payload, link, self.key.sign(_CONTEXT + link))
        self.connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", row)
        return seq + 1

    def read(self, from_seq: int = 1) -> Iterator[tuple[int, Record]]:
        """Records from a number on, each checked against its chain; BadInputError at the first that was changed."""
        chain, expected = self.chain_after(from_seq - 1), from_seq
        if chain is None:
            raise BadInputError(f"it ends before record {from_seq}", str(self.path), _DAMAGED)
        with self.in_words("read"):
            rows = self.connection.execute(
                "SELECT seq, payload, chain FROM audit WHERE seq >= ? ORDER BY seq", (from_seq,)
            )
            for seq, payload, link in rows:
                where = f"{self.path} record {expected}"
                if seq != expected:
                    raise BadInputError(f"records {expected} to {seq - 1} are missing", where, _DAMAGED)
                if not isinstance(payload, bytes) or next_link(chain, seq, payload) != link:
                    raise BadInputError("the record is not as it was written: the chain is broken", where, _DAMAGED)
                try:
                    record = decode_record(payload)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
                    raise BadInputError(f"a record that cannot be read ({trouble})", where, _DAMAGED) from None
                yield seq, record
                chain, expected = link, expected + 1

    def check_signature(self, seq: int, key: PublicKey) -> bool:
        """True when this key signed the record of this number, and with it all before it."""
        with self.in_words("read"):
            row = self.connection.execute("SELECT chain, signature FROM audit WHERE seq = ?", (seq,)).fetchone()
        return row is not None and isinstance(row[1], bytes) and key.check(_CONTEXT + bytes(row[0]), row[1])

    def chain_after(self, count: int) -> bytes | None:
        """The link after so many records; None when there are fewer."""
        if count == 0:
            return self.first_link
        with self.in_words("read"):
            row = self.connection.execute("SELECT chain FROM audit WHERE seq = ?", (count,)).fetchone()
        return None if row is None or not isinstance(row[0], bytes) else row[0]

    @contextmanager
    def in_words(self, verb: str) -> Iterator[None]:
        """SQLite's troubles as sentences, with the exit code of their kind."""
        try:
            yield
        except _DAMAGE as trouble:
            code = (getattr(trouble, "sqlite_errorcode", None) or 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise UnreachableError(f"{self.path}: another process is writing; try again") from trouble
            if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                cure = "check the disk and your permission"
                raise UnreachableError(f"{self.path}: cannot be {verb} ({trouble}); {cure}") from trouble
            what = f"an audit log that cannot be {verb} ({trouble})"
            raise BadInputError(what, str(self.path), _DAMAGED) from trouble

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


_HEAD = "SELECT kind, key_id, nonce, chain FROM header WHERE id = 1"
_FENCE = "CREATE TABLE IF NOT EXISTS fence (id INTEGER PRIMARY KEY CHECK (id = 1), token INTEGER NOT NULL)"
_DAMAGE = (sqlite3.Error, UnicodeDecodeError, OverflowError)  # the last two: damaged pages
_DAMAGED = "the file was changed or damaged after it was written; restore it from a copy"


def next_link(chain: bytes, seq: int, payload: bytes) -> bytes:
    """The chain after one more record."""
    return hashlib.sha256(chain + seq.to_bytes(8, "big") + payload).digest()


def _first_link(kind: str, key_id: str, nonce: bytes) -> bytes:
    return hashlib.sha256(b"vedette audit 1\n" + kind.encode() + b"\n" + key_id.encode() + b"\n" + nonce).digest()


def _write_head(path: Path, head: tuple[Any, ...], address: str) -> None:
    """A file that says where a desk lies, whole or not at all; the same again when another process was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    aside.unlink(missing_ok=True)
    try:
        connection = _connect(aside, "rwc")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {ELSEWHERE_VERSION}")
        connection.execute(_SCHEMA[2])
        connection.execute("CREATE TABLE elsewhere (address TEXT NOT NULL)")
        connection.execute("INSERT INTO header VALUES (1, ?, ?, ?, ?)", head)
        connection.execute("INSERT INTO elsewhere VALUES (?)", (address,))
        connection.close()
        os.replace(aside, path)
    except (sqlite3.Error, OSError) as trouble:
        raise UnreachableError(f"{path}: no desk can be kept there ({trouble}); check the disk") from trouble


def _is_head(row: tuple[object, ...]) -> bool:
    kind, key_id, nonce, chain = row
    is_typed = isinstance(key_id, str) and isinstance(nonce, bytes) and isinstance(chain, bytes)
    return is_typed and kind in tuple(DeskKind)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE_S, check_same_thread=False)
