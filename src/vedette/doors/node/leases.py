"""Leases prolonged past whoever else writes the store: in a small file beside SQLite, by a line of its own to a server.

The token stands in the store, where the transaction that writes checks it. In SQLite, until when a lease runs stands in
a small file as well, `node.sqlite-lease`: a store has one writer at a time, and prolonging would wait for a long
transaction of another. Who takes a lease writes both, the small file first: the one before cannot prolong from then on.
"""

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from vedette.core.errors import RefusedError, UnreachableError
from vedette.doors.node.sql import DiskFullError
from vedette.doors.node.store import Lease

PATIENCE_S = 0.25  # for another process at the small file: less than what a lease is not believed in for at its end


class Leases(Protocol):
    """How leases of one store are taken and prolonged."""

    def newest(self, held: Lease | None, name: str) -> Lease | None:
        """A lease as it stands, given the row of the store."""
        ...

    def claim(self, held: Lease | None, name: str, holder: str, t_tai_ns: int, t_until_tai_ns: int) -> Lease:
        """Taken or prolonged inside a transaction of the store; RefusedError while another holds it."""
        ...

    def renew(self, lease: Lease, t_tai_ns: int, t_until_tai_ns: int) -> bool:
        """Prolonged, waiting for no other writer; False when it does not run any more, or has passed to another."""
        ...

    def end(self, lease: Lease) -> None:
        """Over from now on."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


def claimed(held: Lease | None, name: str, holder: str, t_tai_ns: int, t_until_tai_ns: int) -> Lease:
    """A token one higher than any before; one's own lease that still runs keeps its token; RefusedError when held."""
    token, runs = (0, False) if held is None else (held.token, held.t_until_tai_ns > t_tai_ns)
    if held is not None and runs and held.holder != holder:
        raise RefusedError(f"{name} is held by {held.holder}; wait until it lets go or its time is over")
    return Lease(name, holder, token if runs else token + 1, t_until_tai_ns)


class LeaseFile:
    """The small file: made by the first that takes a lease."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + "-lease")
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def newest(self, held: Lease | None, name: str) -> Lease | None:
        """The newer of the row of the store and what stands here."""
        if not self.path.is_file():
            return held
        with self._lock, _InWords(self.path):
            return _newer(held, self._row(self._opened(), name))

    def claim(self, held: Lease | None, name: str, holder: str, t_tai_ns: int, t_until_tai_ns: int) -> Lease:
        """Written here before the store has it."""
        with self._lock, _InWords(self.path):
            db = self._opened()
            db.execute("BEGIN IMMEDIATE")
            try:
                lease = claimed(_newer(held, self._row(db, name)), name, holder, t_tai_ns, t_until_tai_ns)
                row = (name, holder, lease.token, t_until_tai_ns)
                db.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", row)
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
            return lease

    def renew(self, lease: Lease, t_tai_ns: int, t_until_tai_ns: int) -> bool:
        """One statement, not flushed."""
        with self._lock, _InWords(self.path):
            return bool(self._opened().execute(
                "UPDATE leases SET t_until_tai_ns = ? WHERE name = ? AND holder = ? AND token = ? "
                "AND t_until_tai_ns > ? RETURNING token",
                (t_until_tai_ns, lease.name, lease.holder, lease.token, t_tai_ns),
            ).fetchall())  # fmt: skip

    def end(self, lease: Lease) -> None:
        """Over here; its token stays used."""
        with self._lock, _InWords(self.path):
            where = (lease.name, lease.token)
            self._opened().execute("UPDATE leases SET t_until_tai_ns = 0 WHERE name = ? AND token = ?", where)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            db = sqlite3.connect(self.path, isolation_level=None, timeout=PATIENCE_S, check_same_thread=False)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = NORMAL")  # in order, and not flushed at each commit
                db.execute(
                    "CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, "
                    "token INTEGER NOT NULL, t_until_tai_ns INTEGER NOT NULL)"
                )
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    @staticmethod
    def _row(db: sqlite3.Connection, name: str) -> Lease | None:
        row = db.execute("SELECT name, holder, token, t_until_tai_ns FROM leases WHERE name = ?", (name,)).fetchone()
        return None if row is None else Lease(*row)


def _newer(held: Lease | None, beside: Lease | None) -> Lease | None:
    """What stands beside the store is the newer, unless the store has had a higher token since."""
    if held is None or beside is None:
        return beside or held
    return beside if beside.token >= held.token else held


class _InWords:
    """Turns the file's troubles into ours."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, sqlite3.Error):
            return
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise DiskFullError(str(error)) from error
        raise UnreachableError(f"{self._path}: {error}; check the disk and your permission") from error
