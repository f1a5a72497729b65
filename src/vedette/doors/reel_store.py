"""The reel: frames of a journal kept beside it, so that any instant can be shown at once. A cache, never a record.

One SQLite file `JOURNAL.reel`. Frames lie in chunks, each begun by a snapshot and followed by updates, so that one
chunk is all that must be read for an instant. Each chunk carries the journal's own chain after its last entry: whatever
no longer follows from the journal as it stands, or was made by another engine, is thrown away when the reel is opened.
"""

import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from vedette.core.errors import NotFoundError, UnreachableError
from vedette.doors.engine_mark import engine_mark
from vedette.doors.journal_store import JournalStore

FORM = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (first_entry INTEGER PRIMARY KEY, last_entry INTEGER NOT NULL,
    t_first_tai_ns INTEGER NOT NULL, t_last_tai_ns INTEGER NOT NULL, chain BLOB NOT NULL, frames BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunk_times ON chunks (t_first_tai_ns);
CREATE TABLE IF NOT EXISTS checkpoints (entry INTEGER PRIMARY KEY, t_tai_ns INTEGER NOT NULL, chain BLOB NOT NULL,
    picture BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS apart (digest TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS lives (entry INTEGER NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS lives_of ON lives (name, entry);
CREATE TABLE IF NOT EXISTS looks (entry INTEGER NOT NULL, t_tai_ns INTEGER NOT NULL, sensor_id TEXT NOT NULL,
    object_id TEXT NOT NULL, nis REAL NOT NULL, dof INTEGER NOT NULL, is_known INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS looks_of ON looks (object_id, t_tai_ns);
CREATE INDEX IF NOT EXISTS looks_at ON looks (entry);
"""


class KeptFrame(msgspec.Struct, frozen=True, array_like=True):
    """A frame, which entry it stands after, and when that was heard."""

    entry: int
    t_tai_ns: int
    frame: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptLook:
    """How far one look lay from where its object was expected."""

    entry: int
    t_tai_ns: int
    sensor_id: str
    object_id: str
    nis: float
    dof: int
    is_known: bool  # the object was in the catalogue: what was expected rests on elements, not on our own looks


_decode_chunk = msgspec.json.Decoder(list[KeptFrame]).decode


def reel_path_of(journal: Path) -> Path:
    """Where the reel of a journal lies: beside it, or in the user's cache when nothing may be written there."""
    beside = journal.with_name(journal.name + ".reel")
    if (beside.exists() and os.access(beside, os.W_OK)) or os.access(journal.parent, os.W_OK):
        return beside
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vedette" / "reels"
    cache.mkdir(parents=True, exist_ok=True)
    return cache / f"{zlib.crc32(str(journal.absolute()).encode()):08x}-{journal.name}.reel"


class ReelStore:
    """The file of a reel, held against its journal when it is opened."""

    def __init__(self, journal: JournalStore, path: Path | None = None, is_writable: bool = True) -> None:
        self.path = path or reel_path_of(journal.path)
        self.journal = journal
        self.is_writable = is_writable
        try:
            self._open()
        except sqlite3.DatabaseError:
            if not is_writable:
                raise NotFoundError(f"{self.path}: no reel that can be read") from None
            self.path.unlink(missing_ok=True)  # a cache that cannot be read is no loss
            self._open()
        if is_writable:
            self._trim()
        elif not self.is_mine:
            self.close()
            raise NotFoundError(f"{self.path}: no reel of this journal by this engine yet")

    def _open(self) -> None:
        if not self.is_writable and not self.path.exists():
            raise NotFoundError(f"{self.path}: no reel is there yet")
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=5.0, check_same_thread=False)
        except sqlite3.OperationalError as trouble:
            raise UnreachableError(f"{self.path}: no reel can be kept there ({trouble})") from None
        if self.is_writable:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")  # what is lost can be made again
            self._db.executescript(_SCHEMA)
        self._db.execute("SELECT count(*) FROM meta").fetchone()

    # ---- is it still of this journal

    def _trim(self) -> None:
        """Throw away what was made by another engine, of another journal, or of entries that are not there now."""
        mine = {"form": str(FORM), "engine": engine_mark(), "journal": self.journal.first_link.hex()}
        if any(self.meta(name) != value for name, value in mine.items()):
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                for table in ("meta", "chunks", "checkpoints", "apart", "lives", "looks"):
                    self._db.execute(f"DELETE FROM {table}")
                for name, value in mine.items():
                    self.set_meta(name, value)
                self._db.execute("COMMIT")
            return
        self.cut_after(self._good_entry())

    def _good_entry(self) -> int:
        rows = self._db.execute("SELECT last_entry, chain FROM chunks ORDER BY first_entry DESC")
        return next((entry for entry, chain in rows if self.journal.chain_after(entry) == chain), 0)

    @property
    def is_mine(self) -> bool:
        """True when what lies here was made of this journal by this engine."""
        return self.meta("engine") == engine_mark() and self.meta("journal") == self.journal.first_link.hex()

    def cut_after(self, entry: int) -> None:
        """Forget everything after an entry; a chunk that reaches over it goes whole."""
        for table in ("chunks", "checkpoints", "lives", "looks"):
            column = "last_entry" if table == "chunks" else "entry"
            self._db.execute(f"DELETE FROM {table} WHERE {column} > ?", (entry,))

    # ---- writing

    def meta(self, name: str) -> str | None:
        """A word kept by name."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word by name."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def keep_chunk(self, frames: list[KeptFrame], last_entry: int) -> None:
        """Write a chunk, whole or so far; one that began with the same entry is replaced."""
        chain = self.journal.chain_after(last_entry)
        assert chain is not None, f"the journal has no entry {last_entry}"
        packed = zlib.compress(msgspec.json.encode(frames), 3)
        self._db.execute(
            "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?)",
            (frames[0].entry, last_entry, frames[0].t_tai_ns, frames[-1].t_tai_ns, chain, packed),
        )

    def keep_checkpoint(
        self, entry: int, t_tai_ns: int, picture: bytes, apart: dict[str, bytes], lives: dict[str, bytes]
    ) -> None:
        """Keep the engine as it stood after an entry, and what was heard of each track since the checkpoint before."""
        with self._db:
            self._db.execute("BEGIN")
            for digest, body in apart.items():
                if self._db.execute("SELECT 1 FROM apart WHERE digest = ?", (digest,)).fetchone() is None:
                    self._db.execute("INSERT INTO apart VALUES (?, ?)", (digest, zlib.compress(body, 1)))
            self._db.executemany(
                "INSERT INTO lives VALUES (?, ?, ?)",
                [(entry, name, zlib.compress(body, 1)) for name, body in lives.items()],
            )
            self._db.execute(
                "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)",
                (entry, t_tai_ns, self.journal.chain_after(entry), zlib.compress(picture, 1)),
            )
            self._db.execute("COMMIT")

    def keep_looks(self, looks: list[KeptLook]) -> None:
        """Keep how looks lay on their objects."""
        with self._db:
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(o.entry, o.t_tai_ns, o.sensor_id, o.object_id, o.nis, o.dof, o.is_known) for o in looks],
            )
            self._db.execute("COMMIT")

    # ---- reading

    @property
    def last_entry(self) -> int:
        """The entry that the reel reaches to; 0 when it holds nothing."""
        return int(self._db.execute("SELECT coalesce(max(last_entry), 0) FROM chunks").fetchone()[0])

    @property
    def span_tai_ns(self) -> tuple[int, int] | None:
        """Received times of the first and the last frame; None when there is none."""
        row = self._db.execute("SELECT min(t_first_tai_ns), max(t_last_tai_ns) FROM chunks").fetchone()
        return None if row[0] is None else (int(row[0]), int(row[1]))

    @property
    def counts(self) -> dict[str, int]:
        """How many chunks, checkpoints and looks there are, and the bytes on disk."""
        ask = "SELECT (SELECT count(*) FROM chunks), (SELECT count(*) FROM checkpoints), (SELECT count(*) FROM looks)"
        chunks, checkpoints, looks = self._db.execute(ask).fetchone()
        return {"chunks": chunks, "checkpoints": checkpoints, "looks": looks, "bytes": self.path.stat().st_size}

    def chunk_at(self, t_tai_ns: int) -> list[KeptFrame]:
        """The chunk in which the newest frame at or before an instant lies; the first one for an instant before all."""
        order = "ORDER BY t_first_tai_ns DESC, first_entry DESC LIMIT 1"
        row = self._db.execute(f"SELECT frames FROM chunks WHERE t_first_tai_ns <= ? {order}", (t_tai_ns,)).fetchone()
        return self._unpacked(row)

    def chunk_of(self, entry: int) -> list[KeptFrame]:
        """The chunk in which the newest frame at or before an entry lies."""
        row = self._db.execute(
            "SELECT frames FROM chunks WHERE first_entry <= ? ORDER BY first_entry DESC LIMIT 1", (entry,)
        ).fetchone()
        return self._unpacked(row)

    def frames(self, t_from_tai_ns: int, t_to_tai_ns: int) -> Iterator[list[KeptFrame]]:
        """The chunks that reach into a span of time, in order."""
        begin = self._db.execute(
            "SELECT coalesce(max(first_entry), 0) FROM chunks WHERE t_first_tai_ns <= ?", (t_from_tai_ns,)
        ).fetchone()[0]
        rows = self._db.execute(
            "SELECT frames FROM chunks WHERE first_entry >= ? AND t_first_tai_ns <= ? ORDER BY first_entry",
            (begin, t_to_tai_ns),
        )
        for row in rows:
            yield _decode_chunk(zlib.decompress(row[0]))

    def checkpoint(self, entry: int) -> tuple[int, bytes, Callable[[str], bytes]] | None:
        """The newest engine state at or before an entry, and what gives the parts of it that stand apart."""
        row = self._db.execute(
            "SELECT entry, picture FROM checkpoints WHERE entry <= ? ORDER BY entry DESC LIMIT 1", (entry,)
        ).fetchone()
        return None if row is None else (int(row[0]), zlib.decompress(row[1]), self._part)

    def _part(self, digest: str) -> bytes:
        row = self._db.execute("SELECT body FROM apart WHERE digest = ?", (digest,)).fetchone()
        return b"" if row is None else zlib.decompress(row[0])

    def lives(self, name: str, to_entry: int) -> list[bytes]:
        """What was heard of a track or object up to an entry, piece by piece."""
        rows = self._db.execute(
            "SELECT body FROM lives WHERE name = ? AND entry <= ? ORDER BY entry", (name, to_entry)
        ).fetchall()
        return [zlib.decompress(body) for (body,) in rows]

    def looks(self, object_id: str | None = None, t_to_tai_ns: int = 2**62, t_from: int = -(2**62)) -> list[KeptLook]:
        """Looks kept in a span of time, of one object or of all."""
        ask = "SELECT * FROM looks WHERE t_tai_ns <= ? AND t_tai_ns >= ?"
        values: tuple[Any, ...] = (t_to_tai_ns, t_from)
        if object_id is not None:
            ask, values = f"{ask} AND object_id = ?", (*values, object_id)
        rows = self._db.execute(f"{ask} ORDER BY entry", values)
        return [KeptLook(e, t, sensor, name, nis, dof, bool(known)) for e, t, sensor, name, nis, dof, known in rows]

    def _unpacked(self, row: tuple[bytes] | None) -> list[KeptFrame]:
        if row is None:
            row = self._db.execute("SELECT frames FROM chunks ORDER BY first_entry LIMIT 1").fetchone()
        if row is None:
            raise NotFoundError(f"{self.path}: the reel holds nothing yet")
        return _decode_chunk(zlib.decompress(row[0]))

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._db.close()

    def __enter__(self) -> "ReelStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
