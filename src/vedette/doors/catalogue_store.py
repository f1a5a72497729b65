"""Where element sets are kept: one SQLite file in the data directory, history and provenance included.

A set is known by its catalogue number (and its name, where it has no number), epoch and source; loading a file twice
changes nothing. What is asked of every object is one search in its own history, so that ten years of elements cost no
more than one; rows go in and out in pieces, so that a million objects fit in memory as columns of numbers.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from vedette.core.errors import BadInputError, NotFoundError
from vedette.reports.elements import ElementSets

_NUMBERS = (
    "mean_motion_radpmin", "eccentricity", "inclination_rad", "node_teme_rad", "perigee_argument_rad",
    "mean_anomaly_rad", "bstar_per_er", "mean_motion_dot_radpmin2", "mean_motion_ddot_radpmin3",
)  # fmt: skip
_COLUMNS = ("number", "t_epoch_tai_ns", "source", "name", "designator", *_NUMBERS, "revolution")
# `alias` tells apart what has no number; empty for what has one
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS objects (
  number INTEGER NOT NULL, alias TEXT NOT NULL, PRIMARY KEY (number, alias)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS element_sets (
  number INTEGER NOT NULL, alias TEXT NOT NULL, t_epoch_tai_ns INTEGER NOT NULL,
  source INTEGER NOT NULL REFERENCES sources(id), name TEXT NOT NULL, designator TEXT NOT NULL,
  {", ".join(f"{name} REAL NOT NULL" for name in _NUMBERS)}, revolution INTEGER NOT NULL,
  PRIMARY KEY (number, alias, t_epoch_tai_ns, source)) WITHOUT ROWID;
"""
_STORED = ("number", "alias", *_COLUMNS[1:])
_PIECE = 20_000  # rows held as Python objects at once
_NOTHING = "the catalogue is empty; load some with `vedette catalogue load FILE`"


class CatalogueStore:
    """The element sets of one data directory."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "catalogue.sqlite"

    def add(self, sets: ElementSets) -> int:
        """Keep those that are new, all or none; how many were."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        marks = ", ".join("?" * len(_STORED))
        with self._open() as db:
            db.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA}")
            _take_over(db)
            with db:
                db.executemany("INSERT OR IGNORE INTO sources (name) VALUES (?)", [(name,) for name in sets.sources])
                ids = dict(db.execute("SELECT name, id FROM sources"))
                of = np.array([ids[name] for name in sets.sources] or [0], dtype=np.int64)
                new = 0
                # in the order in which they lie in the file, so that a million go in without jumping about
                order = np.lexsort((sets.t_epoch_tai_ns, sets.number))
                for start in range(0, len(sets), _PIECE):
                    part = sets.take(order[start : start + _PIECE])
                    alias = ["" if n else name for n, name in zip(part.number.tolist(), part.name, strict=True)]
                    columns = [
                        part.number.tolist(), alias, part.t_epoch_tai_ns.tolist(), of[part.source].tolist(), part.name,
                        part.designator, *(getattr(part, name).tolist() for name in _NUMBERS), part.revolution.tolist(),
                    ]  # fmt: skip
                    told = db.total_changes
                    db.executemany(
                        f"INSERT OR IGNORE INTO element_sets VALUES ({marks})", zip(*columns, strict=True)
                    )
                    new += db.total_changes - told
                    objects = zip(columns[0], alias, strict=True)
                    db.executemany("INSERT OR IGNORE INTO objects VALUES (?, ?)", objects)
                return new

    def newest(self, t_tai_ns: int | None = None, number: int | None = None) -> ElementSets:
        """For every object (or one) the newest set of any source; with an instant, the one nearest to it in time.

        NotFoundError when nothing was ever loaded.
        """
        here = "FROM element_sets WHERE number = o.number AND alias = o.alias"
        if t_tai_ns is None:
            epoch = f"(SELECT max(t_epoch_tai_ns) {here})"
        else:
            t = int(t_tai_ns)
            earlier = f"(SELECT max(t_epoch_tai_ns) {here} AND t_epoch_tai_ns <= {t})"
            later = f"(SELECT min(t_epoch_tai_ns) {here} AND t_epoch_tai_ns > {t})"
            epoch = (
                f"(SELECT CASE WHEN a IS NULL THEN b WHEN b IS NULL OR {t} - a <= b - {t} THEN a ELSE b END "
                f"FROM (SELECT {earlier} AS a, {later} AS b))"
            )
        which = "" if number is None else f"WHERE o.number = {int(number)}"
        names = ", ".join(f"s.{name}" for name in _COLUMNS)
        query = (
            f"SELECT {names} FROM (SELECT o.number, o.alias, {epoch} AS epoch FROM objects o {which}) w "
            "JOIN element_sets s ON s.number = w.number AND s.alias = w.alias AND s.t_epoch_tai_ns = w.epoch "
            f"AND s.source = (SELECT min(source) FROM element_sets WHERE number = w.number AND alias = w.alias "
            "AND t_epoch_tai_ns = w.epoch) ORDER BY w.number, w.alias"
        )
        with self._kept() as db:
            return _sets(db, query, ())

    def history(self, number: int) -> ElementSets:
        """Every set of one object, oldest first."""
        query = f"SELECT {', '.join(_COLUMNS)} FROM element_sets WHERE number = ? ORDER BY t_epoch_tai_ns, source"
        with self._kept() as db:
            return _sets(db, query, (number,))

    def counts(self) -> dict[str, int]:
        """Objects, sets and sources kept."""
        if not self.path.is_file():
            return {"objects": 0, "sets": 0, "sources": 0}
        with self._kept() as db:
            return {
                "objects": db.execute("SELECT count(*) FROM objects").fetchone()[0],
                "sets": db.execute("SELECT count(*) FROM element_sets").fetchone()[0],
                "sources": db.execute("SELECT count(*) FROM sources").fetchone()[0],
            }

    @contextmanager
    def _kept(self) -> Iterator[sqlite3.Connection]:
        """The file to read from; NotFoundError when nothing was ever loaded."""
        if not self.path.is_file():
            raise NotFoundError(_NOTHING)
        with self._open() as db:
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sets'").fetchone():
                db.executescript(_SCHEMA)
                _take_over(db)
            yield db

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=30.0)) as db:
                yield db
        except sqlite3.Error as trouble:
            cure = "restore it from a copy, or delete it and load again"
            raise BadInputError(f"the catalogue cannot be used ({trouble})", str(self.path), cure) from None


def _take_over(db: sqlite3.Connection) -> None:
    """A file of the first days kept its sets in a table `sets`: they are moved, once."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sets'").fetchone() is None:
        return
    alias = "CASE number WHEN 0 THEN name ELSE '' END"
    rest = ", ".join(_COLUMNS[1:])
    with db:
        db.execute(f"INSERT OR IGNORE INTO element_sets SELECT number, {alias}, {rest} FROM sets")
        db.execute(f"INSERT OR IGNORE INTO objects SELECT DISTINCT number, {alias} FROM sets")
        db.execute("DROP TABLE sets")


def _sets(db: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> ElementSets:
    """The rows of a query as columns, read in pieces."""
    sources = dict(db.execute("SELECT id, name FROM sources"))
    cursor = db.execute(query, values)
    whole: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    names: list[str] = []
    designators: list[str] = []
    while rows := cursor.fetchmany(_PIECE):
        columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
        names += columns["name"]
        designators += columns["designator"]
        for name in _COLUMNS:
            if name not in ("name", "designator"):
                whole[name].append(np.array(columns[name], dtype=float if name in _NUMBERS else np.int64))
    joined = {
        name: np.concatenate(parts or [np.empty(0, dtype=float if name in _NUMBERS else np.int64)])
        for name, parts in whole.items()
        if name not in ("name", "designator")
    }
    ids, place = np.unique(joined["source"], return_inverse=True)
    return ElementSets(
        number=joined["number"],
        name=tuple(names),
        designator=tuple(designators),
        t_epoch_tai_ns=joined["t_epoch_tai_ns"],
        revolution=joined["revolution"],
        source=place.astype(np.int64),
        sources=tuple(sources[source] for source in ids.tolist()),
        **{name: joined[name] for name in _NUMBERS},
    )
