"""The store of a node over one SQL connection: transactions, a full disk, a lost server, and all that is read."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import TypeVar

from vedette.core.errors import UnreachableError
from vedette.doors.node.reserve import Reserve
from vedette.doors.node.sql import DiskFullError, LostConnectionError, Row, Sql
from vedette.doors.node.sql_writing import SqlWriting
from vedette.doors.node.store import (
    Kept,
    Lease,
    NotRecordedError,
    Recording,
    StoreWriting,
    Trimmed,
)
from vedette.doors.seal_file import now_tai_ns

T = TypeVar("T")

TRIM_AT_ONCE = 5000  # rows, so that nobody waits long for a trim
_COLUMNS = ", ".join(
    f"log.{name}"
    for name in ("number", "direction", "link", "lane", "sequence", "kind", "digest", "t_tai_ns", "message", "event",
                 "note", "event_ids")
)  # fmt: skip


class SqlNodeStore:
    """A `NodeStore`; the connection says whether it is SQLite or PostgreSQL."""

    def __init__(self, sql: Sql, reserve: Reserve | None = None) -> None:
        self._sql = sql
        self._lock = threading.RLock()
        self._reserve = reserve
        self._off: tuple[int, str] | None = None  # since when nothing is recorded, and why
        if reserve is not None and not reserve.hold():
            self._off = (now_tai_ns(), f"{sql.where}: the disk is too full to keep a reserve for warnings")

    @property
    def where(self) -> str:
        """Where it is, in words."""
        return self._sql.where

    @property
    def recording(self) -> Recording:
        """Whether what happens is being kept."""
        off, reserve = self._off, self._reserve
        is_held = reserve is None or reserve.is_held
        return Recording(True, is_reserve_held=is_held) if off is None else Recording(False, *off, is_held)

    def write(self, work: Callable[[StoreWriting], T], *, is_urgent: bool = False, fence: Lease | None = None) -> T:
        """Do this in one transaction, durable on return; what `work` gave."""
        with self._lock:
            if not is_urgent and self._off is not None:
                self._take_up_again()
            try:
                try:
                    given = self._transaction(work, fence)
                except DiskFullError as trouble:
                    self._note_off(trouble)
                    if not (is_urgent and self._reserve is not None and self._reserve.give_up()):
                        raise
                    given = self._transaction(work, fence)
                except LostConnectionError:  # once more: whatever was kept of it is known again by its digest
                    given = self._transaction(work, fence)
            except DiskFullError as trouble:
                raise NotRecordedError(f"NOT RECORDED: {self.where}: the disk is full; make room") from trouble
            except LostConnectionError as trouble:
                raise UnreachableError(f"{self.where}: the store does not answer ({trouble})") from trouble
            if self._off is not None and self._is_whole():
                self._off = None
            return given

    def _transaction(self, work: Callable[[StoreWriting], T], fence: Lease | None) -> T:
        self._sql.begin()
        try:
            writing = SqlWriting(self._sql)
            if fence is not None:
                writing.check_fence(fence)
            given = work(writing)
            self._sql.commit()
        except BaseException:
            self._sql.roll_back()
            raise
        return given

    def _note_off(self, trouble: Exception) -> None:
        if self._off is None:
            self._off = (now_tai_ns(), f"{self.where}: the disk is full ({trouble})")

    def _is_whole(self) -> bool:
        return self._reserve is None or self._reserve.hold()

    def _take_up_again(self) -> None:
        """Nothing but warnings is kept until there is room for the reserve again: it must not be eaten by the rest."""
        if not self._is_whole():
            assert self._off is not None
            raise NotRecordedError(f"NOT RECORDED: {self._off[1]}; make room")

    @contextmanager
    def _reading(self) -> Iterator[Sql]:
        with self._lock, self._in_words():
            yield self._sql

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except LostConnectionError as trouble:
            raise UnreachableError(f"{self.where}: the store does not answer ({trouble})") from trouble
        except DiskFullError as trouble:
            raise NotRecordedError(f"{self.where}: the disk is full; make room") from trouble

    def _rows(self, statement: str, *values: object) -> list[Row]:
        try:
            with self._reading() as sql:
                return sql.run(statement, *values)
        except UnreachableError as trouble:
            if not isinstance(trouble.__cause__, LostConnectionError):
                raise
        with self._reading() as sql:  # a server that was started again answers the second time
            return sql.run(statement, *values)

    def state(self, link: str, side: str) -> bytes | None:
        """The newest state of a link's side."""
        return _one_bytes(self._rows("SELECT state FROM states WHERE link = ? AND side = ?", link, side))

    def pending(self, link: str, lanes: Sequence[str] = (), after: int = 0, limit: int = 500) -> list[Kept]:
        """The outbox of a link, oldest first."""
        which = f" AND outbox.lane IN ({_marks(lanes)})" if lanes else ""
        return self._kept(
            f"FROM outbox JOIN log ON log.number = outbox.number WHERE outbox.link = ? AND outbox.number > ?{which} "
            "ORDER BY outbox.number LIMIT ?",
            link, after, *lanes, limit,
        )  # fmt: skip

    def pending_count(self, link: str | None = None) -> int:
        """How many wait in the outbox."""
        if link is None:
            return int(self._rows("SELECT count(*) FROM outbox")[0][0])
        return int(self._rows("SELECT count(*) FROM outbox WHERE link = ?", link)[0][0])

    def waiting(self, after: int = 0, limit: int = 500) -> list[Kept]:
        """What the journal does not have yet, in the order in which it came."""
        return self._kept(
            "FROM inbox JOIN log ON log.number = inbox.number WHERE inbox.number > ? ORDER BY inbox.number LIMIT ?",
            after, limit,
        )  # fmt: skip

    def last_journaled(self, journal: str) -> int:
        """The highest entry of a journal that was named to `journaled`."""
        rows = self._rows("SELECT entry FROM journals WHERE name = ?", journal)
        return int(rows[0][0]) if rows else 0

    def undelivered(self, desk: str, lanes: Sequence[str] = ("warn",), limit: int = 500) -> list[Kept]:
        """Reports that a desk has not had, in the order in which they came."""
        newest = self._rows("SELECT max(number) FROM deliveries WHERE desk = ?", desk)[0][0] or 0
        return self._kept(
            "FROM received JOIN log ON log.number = received.number "
            f"WHERE received.lane IN ({_marks(lanes)}) AND received.number > ? ORDER BY received.number LIMIT ?",
            *lanes, newest, limit,
        )  # fmt: skip

    def history(self, event_id: str, limit: int = 1000) -> list[Kept]:
        """Every message sent or received about an event, oldest first."""
        return self._kept(
            "FROM log_events JOIN log ON log.number = log_events.number WHERE log_events.event_id = ? "
            "ORDER BY log_events.number LIMIT ?",
            event_id, limit,
        )  # fmt: skip

    def find(self, digest: str) -> list[Kept]:
        """The messages of this digest: sent, received, or both."""
        # the kind must be said as it stands in the index, else the index is not looked at
        return self._kept("FROM log WHERE digest = ? AND kind = 'report' ORDER BY number", bytes.fromhex(digest))

    def log(
        self, after: int = 0, limit: int = 500, direction: str | None = None, link: str | None = None
    ) -> list[Kept]:
        """The log, oldest first."""
        words = {"direction": direction, "link": link}
        asked = {name: value for name, value in words.items() if value is not None}
        which = "".join(f" AND {name} = ?" for name in asked)
        return self._kept(f"FROM log WHERE number > ?{which} ORDER BY number LIMIT ?", after, *asked.values(), limit)

    def leaf_count(self, tree: str) -> int:
        """How many leaves a transparency log has."""
        return int(self._rows("SELECT coalesce(max(leaf) + 1, 0) FROM leaves WHERE tree = ?", tree)[0][0])

    def leaves(self, tree: str, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Leaves by index."""
        stop = 1 << 62 if stop is None else stop
        rows = self._rows(
            "SELECT body FROM leaves WHERE tree = ? AND leaf >= ? AND leaf < ? ORDER BY leaf", tree, start, stop
        )
        return [bytes(row[0]) for row in rows]

    def document(self, room: str, key: str) -> bytes | None:
        """A document by room and key."""
        return _one_bytes(self._rows("SELECT body FROM documents WHERE room = ? AND name = ?", room, key))

    def documents(self, room: str) -> dict[str, bytes]:
        """All of a room, by key."""
        rows = self._rows("SELECT name, body FROM documents WHERE room = ?", room)
        return {name: bytes(body) for name, body in sorted(rows, key=lambda row: str(row[0]))}

    def lease(self, name: str) -> Lease | None:
        """Who holds it, or held it last."""
        rows = self._rows("SELECT name, holder, token, t_until_tai_ns FROM leases WHERE name = ?", name)
        with self._in_words():
            return self._sql.leases.newest(Lease(*rows[0]) if rows else None, name)

    def renew_lease(self, lease: Lease, t_tai_ns: int, t_until_tai_ns: int) -> Lease | None:
        """Prolong one's own lease that still runs; None when it does not, or has passed to another."""
        try:
            with self._in_words():  # past the lock of this store: whoever writes here waits for others
                runs = self._sql.leases.renew(lease, t_tai_ns, t_until_tai_ns)
        except UnreachableError as trouble:
            if isinstance(trouble.__cause__, LostConnectionError):
                return None  # a server that was started again answers the second time
            raise
        return Lease(lease.name, lease.holder, lease.token, t_until_tai_ns) if runs else None

    def trim(self, bodies_before_tai_ns: int, rows_before_tai_ns: int) -> Trimmed:
        """Let old messages go, some at a time."""
        return self.write(lambda writing: trim_some(self._sql, bodies_before_tai_ns, rows_before_tai_ns))

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._sql.close()

    def __enter__(self) -> "SqlNodeStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _kept(self, rest: str, *values: object) -> list[Kept]:
        return [_kept_of(row) for row in self._rows(f"SELECT {_COLUMNS} {rest}", *values)]


def trim_some(sql: Sql, bodies_before_tai_ns: int, rows_before_tai_ns: int) -> Trimmed:
    """One piece of trimming inside an open transaction, from the oldest on, up to the first that is too new."""
    counters = sql.run("SELECT name, value FROM counters WHERE name IN ('bodies', 'rows')")
    place: dict[str, int] = {row[0]: row[1] for row in counters}
    counts = {}
    is_done = True
    for what, before in (("rows", rows_before_tai_ns), ("bodies", bodies_before_tai_ns)):
        found = sql.run(
            "SELECT number, t_tai_ns, event_ids FROM log WHERE number > ? ORDER BY number LIMIT ?",
            place.get(what, 0), TRIM_AT_ONCE,
        )  # fmt: skip
        old = list(takewhile(lambda row, before=before: row[1] < before, found))  # type: ignore[misc]
        counts[what] = len(old)
        if not old:
            continue
        is_done = is_done and len(old) < TRIM_AT_ONCE
        up_to = old[-1][0]
        if what == "rows":
            events = [(event_id, row[0]) for row in old for event_id in row[2].split("\n") if event_id]
            sql.run_many("DELETE FROM log_events WHERE event_id = ? AND number = ?", events)
            for statement in _DELETE_ROW:
                sql.run_many(statement, [(row[0],) for row in old])
            # the newest receipt of a desk says how far it has come, and stays
            sql.run(
                "DELETE FROM deliveries WHERE number <= ? AND number < "
                "(SELECT max(number) FROM deliveries newest WHERE newest.desk = deliveries.desk)",
                up_to,
            )
        else:
            sql.run(
                "UPDATE log SET message = ?, event = ? WHERE number > ? AND number <= ? "
                "AND number NOT IN (SELECT number FROM outbox) AND number NOT IN (SELECT number FROM inbox)",
                b"", b"", place.get(what, 0), up_to,
            )  # fmt: skip
        sql.run(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", what, up_to
        )
    return Trimmed(counts["bodies"], counts["rows"], is_done)


_DELETE_ROW = tuple(f"DELETE FROM {table} WHERE number = ?" for table in ("log", "outbox", "inbox", "received"))


def _kept_of(row: Row) -> Kept:
    return Kept(
        number=row[0], direction=row[1], link=row[2], lane=row[3], sequence=row[4], kind=row[5],
        digest=bytes(row[6]).hex(), t_tai_ns=row[7], message=bytes(row[8]), event=bytes(row[9]), note=row[10],
        event_ids=tuple(row[11].split("\n")) if row[11] else (),
    )  # fmt: skip


def _one_bytes(rows: list[Row]) -> bytes | None:
    return bytes(rows[0][0]) if rows else None


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
