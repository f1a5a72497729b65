"""A PostgreSQL connection for stores: asyncpg on a thread of its own, so that whoever calls may be any thread.

Every transaction takes the lock of its schema first, so that one writes at a time and numbers are given in the order of
commits. When the server is lost in the midst of a commit, the transaction's own number is asked for afterwards: it was
kept, or it was not.
"""

import asyncio
import hashlib
import re
import threading
import time
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from vedette.core.errors import BadInputError, NotFoundError, RefusedError, UnreachableError, UsageError
from vedette.doors.node.leases import claimed
from vedette.doors.node.sql import DiskFullError, LostConnectionError, Row
from vedette.doors.node.store import Lease, StoreRefusesError

PATIENCE_S = 10.0
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_LOST = ("08", "57P")  # classes of errors of the server: connection, shutdown and crash
_PASSING = ("40", "53", "55", "57", "58")  # one in another's way, a server short of something: may be well by itself
_REFUSALS = {  # the beginning of what SQLSTATE says: what that is, the likely cure, the exit code
    "28": (
        "the server refuses the login",
        "check the user's name and password (PGPASSWORD, or a password file), and the server's pg_hba.conf",
        RefusedError.exit_code,
    ),
    "3D000": ("there is no such database", "make it (createdb), or mend the address", NotFoundError.exit_code),
    "42501": (
        "the user may not do that there",
        "a node makes schemas of its own: GRANT CREATE ON DATABASE ... TO its user",
        RefusedError.exit_code,
    ),
}
T = TypeVar("T")


def is_postgresql(address: object) -> bool:
    """True for what is an address of a PostgreSQL server and no path."""
    return str(address).startswith(("postgresql://", "postgres://"))


def split_schema(address: str) -> tuple[str, str]:
    """The address without `schema=NAME`, and the schema: `vedette` where none is said. UsageError for a bad name."""
    parts = urlsplit(address)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    schema = dict(asked).get("schema", "vedette")
    if not _NAME.fullmatch(schema):
        raise UsageError(f"schema={schema}: small letters, digits and underscores, such as schema=north")
    rest = urlencode([pair for pair in asked if pair[0] != "schema"], quote_via=quote, safe="/:")
    return urlunsplit(parts._replace(query=rest)), schema


def shown(address: str) -> str:
    """The address as it may be shown: without its password."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or ""
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "password"]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host, query=urlencode(kept, safe="/:")))


class PostgresSql:
    """One connection, made again when it was lost; the schema is made when it is not there, unless it is only read."""

    reserve_place: str | None = None  # the server's disk is the server's

    def __init__(
        self, address: str, tables: Iterable[str], form_room: str, form: int, is_reader: bool = False,
        is_prepared: bool = False,
    ) -> None:
        try:
            import asyncpg
        except ImportError as missing:
            raise UsageError("a PostgreSQL store needs asyncpg: pip install asyncpg") from missing
        self._asyncpg = asyncpg
        self._address, self.schema = split_schema(address)
        self.where = shown(address)
        self._lock_key = int.from_bytes(hashlib.sha256(self.schema.encode()).digest()[:8], "big", signed=True)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgresql", daemon=True)
        self._thread.start()
        self._connection: Any = None
        self._is_reader = is_reader
        self.leases = ServerLeases(self, address)
        self._is_open = False  # a transaction is
        self._transaction: int | None = None
        self._statements: dict[str, str] = {}
        if is_prepared:
            return
        try:
            self._prepare([statement.format(**_WORDS) for statement in tables], form_room, form)
        except BaseException as trouble:
            self.close()
            if isinstance(trouble, LostConnectionError):
                cure = "is the server running, and the address right?"
                raise UnreachableError(f"{self.where}: no store can be opened there ({trouble}); {cure}") from trouble
            raise

    def _prepare(self, tables: list[str], form_room: str, form: int) -> None:
        if self._is_reader:
            if not self.run("SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = 'forms'", self.schema):
                raise NotFoundError(f"{self.where}: nothing is kept there")
            self._check_form(self.run("SELECT form FROM forms WHERE room = ?", form_room), form_room, form)
            return
        self.begin()
        self.run(f"CREATE SCHEMA IF NOT EXISTS {self.schema}")
        self.run("CREATE TABLE IF NOT EXISTS forms (room TEXT PRIMARY KEY, form BIGINT NOT NULL)")
        rows = self.run("SELECT form FROM forms WHERE room = ?", form_room)
        if not rows:
            for statement in tables:
                self.run(statement)
            self.run("INSERT INTO forms VALUES (?, ?)", form_room, form)
        self.commit()
        self._check_form(rows or [(form,)], form_room, form)

    def _check_form(self, rows: list[Row], form_room: str, form: int) -> None:
        if not rows:
            raise NotFoundError(f"{self.where}: there is no {form_room}")
        if rows[0][0] != form:
            cure = f"this program reads form {form}: use the Vedette that wrote it"
            raise BadInputError(f"a {form_room} of form {rows[0][0]}", self.where, cure)

    def run(self, statement: str, *values: Any) -> list[Row]:
        """One statement; its rows."""
        return self._on_loop(self._fetch(self._in_dollars(statement), values))

    def run_many(self, statement: str, rows: Iterable[Row]) -> None:
        """One statement for each row of values, in one journey."""
        rows = [tuple(row) for row in rows]
        if rows:
            self._on_loop(self._execute_many(self._in_dollars(statement), rows))

    def run_unflushed(self, statement: str, *values: Any) -> list[Row]:
        """One statement as a transaction of its own, past the lock of the schema and without a flush of the disk."""
        return self._on_loop(self._fetch_unflushed(self._in_dollars(statement), values))

    def begin(self) -> None:
        """Alone among all who write this schema."""
        try:
            rows = self._on_loop(self._begin())
        except BaseException:
            self._drop()  # it may stand in a transaction that was not begun in full
            raise
        self._is_open, self._transaction = True, int(rows[0][0])

    def commit(self) -> None:
        """On the server's disk when it returns."""
        transaction, self._transaction = self._transaction, None
        try:
            self._on_loop(self._fetch("COMMIT", ()))
        except LostConnectionError:
            self._is_open = False  # so that another connection may be made to ask
            if transaction is None or not self._was_committed(transaction):
                raise
        finally:
            self._is_open = False

    def roll_back(self) -> None:
        """Undo; a lost connection has undone it by itself."""
        was_open, self._is_open, self._transaction = self._is_open, False, None
        if was_open and self._connection is not None:
            try:
                self._on_loop(self._fetch("ROLLBACK", ()))
            except Exception:
                self._drop()

    def close(self) -> None:
        """Let go of the connection and its thread."""
        if self._loop.is_closed():
            return
        self.leases.close()
        self._drop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def _was_committed(self, transaction: int) -> bool:
        for _ in range(20):
            rows = self._on_loop(self._fetch("SELECT txid_status($1)", (transaction,)))
            if rows[0][0] != "in progress":
                return bool(rows[0][0] == "committed")
            time.sleep(0.1)
        return False

    def _in_dollars(self, statement: str) -> str:
        known = self._statements.get(statement)
        if known is None:
            parts = statement.split("?")
            known = parts[0] + "".join(f"${i}{part}" for i, part in enumerate(parts[1:], 1))
            self._statements[statement] = known
        return known

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        asyncpg = self._asyncpg
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
        except asyncpg.DiskFullError as trouble:
            raise DiskFullError(str(trouble)) from trouble
        except asyncpg.LockNotAvailableError as trouble:
            raise UnreachableError(f"{self.where}: another process is writing this store; wait for it") from trouble
        except (asyncpg.DataError, ValueError) as trouble:
            raise BadInputError(f"a value that PostgreSQL does not take ({trouble})", self.where) from trouble
        except asyncpg.PostgresError as trouble:
            if str(getattr(trouble, "sqlstate", "")).startswith(_LOST):
                self._drop()
                raise LostConnectionError(str(trouble)) from trouble
            raise self._refusal(trouble) from trouble
        except (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError) as trouble:
            # the driver's own state, too, is out of step when a server dies between two answers
            self._drop()
            raise LostConnectionError(str(trouble) or type(trouble).__name__) from trouble

    def _refusal(self, trouble: Exception) -> UnreachableError:
        state = str(getattr(trouble, "sqlstate", ""))
        for beginning, (what, cure, exit_code) in _REFUSALS.items():
            if state.startswith(beginning):
                refusal = StoreRefusesError(f"{self.where}: {what} ({trouble}); {cure}")
                refusal.exit_code = exit_code
                return refusal
        kind = UnreachableError if state.startswith(_PASSING) else StoreRefusesError
        return kind(f"{self.where}: the server refuses ({trouble})")

    async def _connected(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            if self._is_open:
                self._is_open = False
                raise ConnectionError("lost in the midst of a transaction")
            self._connection = await self._asyncpg.connect(
                self._address, timeout=PATIENCE_S,
                server_settings={
                    "search_path": self.schema, "synchronous_commit": "on", "application_name": "vedette",
                    "lock_timeout": f"{PATIENCE_S * 1000:.0f}", "client_min_messages": "warning",
                    "default_transaction_read_only": "on" if self._is_reader else "off",
                },
            )  # fmt: skip
        return self._connection

    async def _fetch(self, statement: str, values: tuple[Any, ...]) -> list[Row]:
        connection = await self._connected()
        return [tuple(row) for row in await connection.fetch(statement, *values)]

    async def _fetch_unflushed(self, statement: str, values: tuple[Any, ...]) -> list[Row]:
        connection = await self._connected()
        async with connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit TO off")
            return [tuple(row) for row in await connection.fetch(statement, *values)]

    async def _execute_many(self, statement: str, rows: list[Row]) -> None:
        await (await self._connected()).executemany(statement, rows)

    async def _begin(self) -> list[Row]:
        connection = await self._connected()
        await connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({self._lock_key})")
        return [tuple(row) for row in await connection.fetch("SELECT txid_current()")]

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            asyncio.run_coroutine_threadsafe(_hang_up(connection), self._loop).result()


class ServerLeases:
    """Leases of a schema: taken under its lock with all else, prolonged over a second line that waits for nobody."""

    def __init__(self, sql: PostgresSql, address: str) -> None:
        self._sql, self._address = sql, address
        self._lock = threading.Lock()
        self._line: PostgresSql | None = None

    def newest(self, held: Lease | None, name: str) -> Lease | None:
        """The row of the store."""
        return held

    def claim(self, held: Lease | None, name: str, holder: str, t_tai_ns: int, t_until_tai_ns: int) -> Lease:
        """By the row of the store, which the transaction then writes."""
        return claimed(held, name, holder, t_tai_ns, t_until_tai_ns)

    def renew(self, lease: Lease, t_tai_ns: int, t_until_tai_ns: int) -> bool:
        """One statement of the second line, not flushed."""
        with self._lock:
            if self._line is None:
                self._line = PostgresSql(self._address, (), "", 0, is_prepared=True)
            return bool(self._line.run_unflushed(
                "UPDATE leases SET t_until_tai_ns = ? WHERE name = ? AND holder = ? AND token = ? "
                "AND t_until_tai_ns > ? RETURNING token",
                t_until_tai_ns, lease.name, lease.holder, lease.token, t_tai_ns,
            ))  # fmt: skip

    def end(self, lease: Lease) -> None:
        """The row says so."""

    def close(self) -> None:
        """Let go of the second line."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None


async def _hang_up(connection: Any) -> None:
    """The server undoes what was open; the transport is closed by the loop in its next turns."""
    connection.terminate()
    for _ in range(3):
        await asyncio.sleep(0)


_WORDS = {"NUMBER": "BIGINT", "BYTES": "BYTEA", "COMPACT": ""}
