"""How far every channel has got with every message, in a file of its own beside the desk's.

Couriers write here at every try. Standing apart from the audit log, a receipt never waits for somebody who is busy at
the desk, and no act at the desk waits for a courier. Nothing here is signed: it says what was tried, not what was
decided, and whoever loses it tells every channel once more (a receiver knows a message by its id).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vedette.core.errors import BadInputError, UnreachableError

PATIENCE_S = 10.0  # for another courier to finish its line
_TABLE = (
    "CREATE TABLE IF NOT EXISTS deliveries (sequence INTEGER NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, "
    "tries INTEGER NOT NULL, t_next_tai_ns INTEGER, t_done_tai_ns INTEGER, receipt TEXT, trouble TEXT, "
    "PRIMARY KEY (sequence, channel)) WITHOUT ROWID"
)
_COLUMNS = "sequence, channel, state, tries, t_next_tai_ns, t_done_tai_ns, receipt, trouble"

Row = tuple[int, str, str, int, int | None, int | None, str | None, str | None]


class DeliveryBook:
    """The file of one desk: made when first needed, with what an older desk kept in its own file."""

    def __init__(self, desk: Path) -> None:
        self.path = desk.with_suffix(".deliveries.sqlite")
        self._desk = desk
        self._connection: sqlite3.Connection | None = None

    def rows(self, sequence: int | None = None) -> list[Row]:
        """Every line, or those of one message, by message and channel."""
        where, words = ("", ()) if sequence is None else (" WHERE sequence = ?", (sequence,))
        with self._in_words("read"):
            if not self.path.is_file():
                return [row for row in self._before() if sequence is None or row[0] == sequence]
            order = f"SELECT {_COLUMNS} FROM deliveries{where} ORDER BY sequence, channel"
            return self._opened().execute(order, words).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: on the disk after it, or nothing is."""
        with self._in_words("written"):
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        before = [] if self.path.is_file() else self._before()
        is_writable = os.access(self.path if self.path.is_file() else self.path.parent, os.W_OK)
        address = f"{self.path.absolute().as_uri()}?mode={'rwc' if is_writable else 'ro'}"
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, timeout=PATIENCE_S, check_same_thread=False
        )
        try:
            if is_writable:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_TABLE)
                connection.executemany(f"INSERT OR IGNORE INTO deliveries VALUES ({'?, ' * 7}?)", before)
                connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _before(self) -> list[Row]:
        """What an older version kept in the desk's own file; nothing in a newer one."""
        connection = sqlite3.connect(f"{self._desk.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)
        try:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'deliveries'").fetchone() is None:
                return []
            return connection.execute(f"SELECT {_COLUMNS} FROM deliveries ORDER BY sequence, channel").fetchall()
        finally:
            connection.close()

    @contextmanager
    def _in_words(self, verb: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as trouble:
            code = (getattr(trouble, "sqlite_errorcode", None) or 0) & 0xFF
            if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
                cure = "move it away: every channel is then told once more"
                raise BadInputError(f"deliveries that cannot be {verb} ({trouble})", str(self.path), cure) from trouble
            cure = "check the disk and your permission"
            raise UnreachableError(f"{self.path}: cannot be {verb} ({trouble}); {cure}") from trouble
