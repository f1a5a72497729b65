"""A node's store in one SQLite file: write-ahead log, `synchronous=FULL`, one writer."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, UnreachableError
from vedette.doors.node.leases import LeaseFile
from vedette.doors.node.reserve import RESERVE_BYTES, Reserve
from vedette.doors.node.sql import DiskFullError, Row
from vedette.doors.node.sql_store import SqlNodeStore
from vedette.doors.node.store_tables import STORE_FORM, TABLES
from vedette.doors.node.wal_clearing import LATEST_PAGES, WalClearing

APPLICATION_ID = 0x5645_4E44  # "VEND", in the file's own header
PATIENCE_S = 10.0  # for another process to finish its transaction
_WORDS = {"NUMBER": "INTEGER", "BYTES": "BLOB", "COMPACT": " WITHOUT ROWID"}


def open_sqlite_store(path: str | Path, reserve_bytes: int = RESERVE_BYTES) -> SqlNodeStore:
    """The store at this path, made if it is not there, with a reserve of so many bytes beside it (0: none).

    BadInputError when another program's file, or a damaged or newer one, lies there; UnreachableError when it cannot be
    made.
    """
    path = Path(path)
    sql = SqliteSql(path)
    return SqlNodeStore(sql, Reserve(path.with_name(path.name + ".reserve"), reserve_bytes))


class SqliteSql:
    """The connection."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self.reserve_place: str | None = str(path.parent)
        self._path = path
        self.leases = LeaseFile(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_S, check_same_thread=False)
        except (sqlite3.Error, OSError) as trouble:
            cure = "check the folder and your permission"
            raise UnreachableError(f"{path}: no store can be opened there ({trouble}); {cure}") from trouble
        self._clearing = WalClearing(path)
        self._unsaid = 0  # bytes of the open transaction
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with _InWords(self):
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {LATEST_PAGES}")
            self._db.execute("PRAGMA cache_size = -32768")  # KiB: a year of digests is looked up at random
            if self._form() == (0, 0):
                self._db.execute("BEGIN IMMEDIATE")
                if self._form() == (0, 0) and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
                    for statement in TABLES:
                        self._db.execute(statement.format(**_WORDS))
                    self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    self._db.execute(f"PRAGMA user_version = {STORE_FORM}")
                self._db.execute("COMMIT")
                _sync_directory(self._path.parent)
            found = self._form()
        if found[0] != APPLICATION_ID:
            raise BadInputError("a database of another program", self.where, "give another place for the store")
        if found[1] != STORE_FORM:
            cure = f"this program reads form {STORE_FORM}: use the Vedette that wrote it"
            raise BadInputError(f"a store of form {found[1]}", self.where, cure)

    def _form(self) -> tuple[int, int]:
        ask = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        return next(ask), next(ask)

    def run(self, statement: str, *values: Any) -> list[Row]:
        """One statement; its rows."""
        with _InWords(self):
            return self._db.execute(statement, values).fetchall()

    def run_many(self, statement: str, rows: Iterable[Row]) -> None:
        """One statement for each row of values."""
        rows = list(rows)
        self._unsaid += sum(len(value) for row in rows for value in row if isinstance(value, bytes))
        with _InWords(self):
            self._db.executemany(statement, rows)

    def begin(self) -> None:
        """Alone among all processes that write this file."""
        with _InWords(self):
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """On the disk when it returns."""
        with _InWords(self):
            self._db.execute("COMMIT")
        self._clearing.wrote(self._unsaid)
        self._unsaid = 0

    def roll_back(self) -> None:
        """Undo; a transaction that SQLite itself has undone is no trouble."""
        self._unsaid = 0
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        """The write-ahead log goes into the file."""
        self._clearing.stop()
        self.leases.close()
        self._db.close()


class _InWords:
    """Turns SQLite's troubles into ours."""

    def __init__(self, sql: SqliteSql) -> None:
        self._sql = sql

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, sqlite3.Error):
            return
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        where = self._sql.where
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not _has_room(self._sql)):
            raise DiskFullError(str(error)) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise UnreachableError(f"{where}: another process is writing this store; wait for it") from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            cure = "it was damaged after it was written: restore it from a copy"
            raise BadInputError(f"no store of a node ({error})", where, cure) from error
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise UnreachableError(f"{where}: {error}; check the disk and your permission") from error


def _has_room(sql: SqliteSql) -> bool:
    """Some file systems say "input/output error" when they mean that they are full."""
    try:
        found = os.statvfs(sql.reserve_place or ".")
    except OSError:
        return True
    return found.f_bavail * found.f_frsize > 1 << 16


def _sync_directory(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
