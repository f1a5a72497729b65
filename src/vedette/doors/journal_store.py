"""The journal on disk: one SQLite file, append-only, each entry chained to all before it by SHA-256.

`commit` returns only when the disk has everything appended (WAL, `synchronous=FULL`), so nothing need be said of an
event before it can be replayed. A process killed at any instant leaves a file that opens with every committed entry and
none in part; what a killed machine leaves is the disk's affair.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.doors.journal_file import (
    APPLICATION_ID,
    DAMAGED,
    ELSEWHERE_VERSION,
    FORMAT_VERSION,
    SCHEMA,
    Connection,
    InWords,
    JournalFullError,
    are_bytes,
    broken,
    check_identity,
    connect,
    connect_for_reading,
    connect_to_server,
    existing,
    first_chain,
    next_chain,
    sync_directory,
    write_head,
)

__all__ = [
    "APPLICATION_ID", "ELSEWHERE_VERSION", "FORMAT_VERSION", "Connection", "JournalEntry", "JournalFullError",
    "JournalStore", "Seals", "Verification",
]  # fmt: skip
_AT_ONCE = 2000  # entries read in one question


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One event as it was kept."""

    seq: int  # from 1, without gaps
    t_received_tai_ns: int
    kind: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading a journal from end to end found."""

    entry_count: int  # good entries from the start
    broken_seq: int | None = None  # the first entry that is not as it was written
    what: str = ""

    @property
    def is_whole(self) -> bool:
        """True when every entry is as it was written."""
        return self.broken_seq is None


class Seals(Protocol):
    """Is told of what is on the disk, and signs it now and then."""

    def committed(self, entry_count: int, chain: bytes) -> None:
        """So many entries are durable, and the chain has come to this."""
        ...

    def seal(self, entry_count: int, chain: bytes) -> None:
        """The journal is closed: sign now."""
        ...


class JournalStore:
    """A journal file, open for appending (`create`, `resume`) or for reading (`open`)."""

    def __init__(self, path: Path, connection: Connection, is_writable: bool) -> None:
        self.path = path
        self.is_writable = is_writable
        self.seals: Seals | None = None
        self.guard: Callable[[], None] | None = None  # raises when this process may write no more
        self._connection = connection
        self._seq = self._committed_seq = 0
        self._chain = self._committed_chain = b""
        with self._said("opened"):
            row = connection.execute("SELECT session, chain FROM header WHERE id = 1").fetchone()
            last = connection.execute("SELECT seq, chain FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        if row is None or not are_bytes(*row) or row[1] != first_chain(row[0]):
            raise BadInputError("the journal's header is missing or was changed", str(path), DAMAGED)
        if last is not None and not (isinstance(last[0], int) and are_bytes(last[1])):
            raise BadInputError("the journal's last entry was changed", str(path), DAMAGED)
        self.session_bytes: bytes = row[0]
        self._first: bytes = row[1]
        self._seq, self._chain = last if last is not None else (0, self._first)
        self._committed_seq, self._committed_chain = self._seq, self._chain

    @classmethod
    def create(cls, path: str | Path, session_bytes: bytes) -> "JournalStore":
        """A new journal; UsageError when something lies there already or it cannot be made."""
        path = Path(path)
        if path.exists():
            raise UsageError(f"{path} exists already; a journal is never overwritten, so give another name")
        connection: sqlite3.Connection | None = None
        try:
            connection = connect(path, "rwc")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")  # a journal is born whole or not at all
            for statement in SCHEMA:
                connection.execute(statement)
            connection.execute("INSERT INTO header VALUES (1, ?, ?)", (session_bytes, first_chain(session_bytes)))
            connection.execute("COMMIT")
        except sqlite3.Error as trouble:
            if connection is not None:
                connection.close()
            raise UsageError(f"{path}: no journal can be made there ({trouble}); give another --data-dir") from None
        sync_directory(path.parent)
        return cls(path, connection, is_writable=True)

    @classmethod
    def create_elsewhere(cls, path: str | Path, session_bytes: bytes, address: str) -> "JournalStore":
        """A new journal whose entries lie in the PostgreSQL server at this address, in a schema of their own.

        The file at `path` holds the journal's head and says where its entries are, without any password: the server's
        own ways (PGPASSWORD, a password file) bring that. UsageError and UnreachableError as elsewhere.
        """
        from vedette.doors.node.server_entries import create_in_server

        path = Path(path)
        if path.exists():
            raise UsageError(f"{path} exists already; a journal is never overwritten, so give another name")
        head = (session_bytes, first_chain(session_bytes))
        connection = create_in_server(address, path.stem, head)
        try:
            write_head(path, head, connection.address)
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, is_writable=True)

    @classmethod
    def attach(cls, path: str | Path, address: str) -> "JournalStore":
        """A journal that another machine writes into a server, to be read here through a file at `path`."""
        from vedette.doors.node.server_entries import ServerEntries

        path = Path(path)
        if path.exists():
            raise UsageError(f"{path} exists already; give another name")
        server = ServerEntries(address, is_writable=False)
        found = server.execute("SELECT session, chain FROM header WHERE id = 1").fetchone()
        if found is None:
            server.close()
            raise NotFoundError(f"{server.address}: there is no journal")
        write_head(path, (found[0], found[1]), server.address)
        return cls(path, server, is_writable=False)

    @classmethod
    def resume(cls, path: str | Path) -> "JournalStore":
        """An existing journal, to append to; the errors of `open`."""
        path = existing(path)
        with InWords(path, "opened"):
            return cls._made(path, connect(path, "rw"), "PRAGMA synchronous = FULL", is_writable=True)

    @classmethod
    def open(cls, path: str | Path) -> "JournalStore":
        """An existing journal, to read, also while another process appends to it.

        NotFoundError when there is none; BadInputError when the file is no journal, is damaged, or is of a newer form.
        """
        path = existing(path)
        with InWords(path, "opened"):
            return cls._made(path, connect_for_reading(path), "PRAGMA query_only = ON", is_writable=False)

    @classmethod
    def _made(cls, path: Path, connection: sqlite3.Connection, setting: str, is_writable: bool) -> "JournalStore":
        try:
            if check_identity(connection, path) == ELSEWHERE_VERSION:
                address = connection.execute("SELECT address FROM elsewhere").fetchone()[0]
                head = connection.execute("SELECT session, chain FROM header WHERE id = 1").fetchone()
                connection.close()
                return cls(path, connect_to_server(address, head, path, is_writable), is_writable)
            connection.execute(setting)
            return cls(path, connection, is_writable)
        except BaseException:
            connection.close()
            raise

    @property
    def server_address(self) -> str | None:
        """Where its entries lie, if not in its file; without a password."""
        return getattr(self._connection, "address", None)

    @property
    def entry_count(self) -> int:
        """How many entries are durable."""
        return self._committed_seq

    @property
    def appended_count(self) -> int:
        """The number of the newest entry, durable or not."""
        return self._seq

    def append(self, kind: str, t_received_tai_ns: int, payload: bytes) -> int:
        """Take an entry and return its number; durable only after `commit`."""
        if not self.is_writable:
            raise UsageError(f"{self.path} was opened to be read")
        seq = self._seq + 1
        chain = next_chain(self._chain, seq, t_received_tai_ns, kind, payload)
        with self._said("appended to"):
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?)", (seq, t_received_tai_ns, kind, payload, chain)
            )
        self._seq, self._chain = seq, chain
        return seq

    def commit(self) -> int:
        """Return when everything appended is on the disk; the number of the last durable entry."""
        if self._connection.in_transaction:
            if self.guard is not None:
                self.guard()
            with self._said("written"):
                self._connection.execute("COMMIT")
        self._committed_seq, self._committed_chain = self._seq, self._chain
        if self.seals is not None:
            self.seals.committed(self._committed_seq, self._committed_chain)
        return self._committed_seq

    def newest_entry(self) -> int:
        """The number of the last durable entry now: also where another process goes on writing."""
        with self._said("read"):
            row = self._connection.execute("SELECT max(seq) FROM entries").fetchone()
        return int(row[0] or 0)

    def received_span_tai_ns(self, without: tuple[str, ...] = ()) -> tuple[int | None, int | None]:
        """When the first and the newest entry were received, those of some kinds left out; None where none says."""
        ask = "SELECT t_received_tai_ns FROM entries WHERE t_received_tai_ns != 0" + " AND kind != ?" * len(without)
        with self._said("read"):
            asked = [f"{ask} ORDER BY seq {way} LIMIT 1" for way in ("ASC", "DESC")]
            rows = [self._connection.execute(one, without).fetchone() for one in asked]
        first, last = (None if row is None else int(row[0]) for row in rows)
        return first, last

    @property
    def first_link(self) -> bytes:
        """The link before the first entry: it names this journal among all others."""
        return self._first

    def chain_after(self, entry_count: int) -> bytes | None:
        """The link after so many entries; None when there are fewer."""
        if entry_count == 0:
            return self._first
        with self._said("read"):
            row = self._connection.execute("SELECT chain FROM entries WHERE seq = ?", (entry_count,)).fetchone()
        return None if row is None else bytes(row[0])

    def read(self, from_seq: int = 1) -> Iterator[JournalEntry]:
        """Entries from a number on, each checked against its chain; BadInputError at the first that was changed."""
        chain = self._first if from_seq <= 1 else self._chain_of(from_seq - 1)
        expected = max(from_seq, 1)
        while True:
            with self._said("read"):
                rows = self._connection.execute(
                    "SELECT seq, t_received_tai_ns, kind, payload, chain FROM entries WHERE seq >= ? ORDER BY seq "
                    "LIMIT ?",
                    (expected, _AT_ONCE),
                ).fetchall()
            for row in rows:
                trouble = broken(row, expected, chain)
                if trouble:
                    raise BadInputError(trouble, f"{self.path} entry {expected}", DAMAGED)
                chain, expected = row[4], expected + 1
                yield JournalEntry(row[0], row[1], row[2], row[3])
            if len(rows) < _AT_ONCE:
                return

    def read_kind(self, kind: str, from_seq: int, to_seq: int) -> Iterator[JournalEntry]:
        """Entries of one kind between two numbers; their chain is not looked at."""
        with self._said("read"):
            rows = self._connection.execute(
                "SELECT seq, t_received_tai_ns, kind, payload FROM entries WHERE seq BETWEEN ? AND ? AND kind = ? "
                "ORDER BY seq",
                (from_seq, to_seq, kind),
            )
            for row in rows.fetchall():
                yield JournalEntry(*row)

    def verify(self) -> Verification:
        """Read everything and recompute every link of the chain."""
        count = 0
        try:
            for entry in self.read():
                count = entry.seq
        except BadInputError as trouble:
            return Verification(count, count + 1, trouble.what)
        return Verification(count)

    def close(self) -> None:
        """Commit and close; a journal closed so is one file again."""
        try:
            if self.is_writable:
                self.commit()
                if self.seals is not None:
                    self.seals.seal(self._committed_seq, self._committed_chain)
        finally:
            self._connection.close()

    def __enter__(self) -> "JournalStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def forget_uncommitted(self) -> None:
        """Go back to the last commit, after a write that failed."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._seq, self._chain = self._committed_seq, self._committed_chain

    def _chain_of(self, seq: int) -> bytes:
        with self._said("read"):
            row = self._connection.execute("SELECT chain FROM entries WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise NotFoundError(f"{self.path} has no entry {seq}; it ends at {self._seq}")
        return bytes(row[0])

    def _said(self, verb: str) -> "InWords":
        return InWords(self.path, verb, self)
