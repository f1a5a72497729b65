"""Where element sets are kept: one SQLite file in the data directory, history and provenance included.

A set is known by its catalogue number, epoch and source; loading a file twice changes nothing.
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
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS sets (
  number INTEGER NOT NULL, t_epoch_tai_ns INTEGER NOT NULL, source INTEGER NOT NULL REFERENCES sources(id),
  name TEXT NOT NULL, designator TEXT NOT NULL, {", ".join(f"{name} REAL NOT NULL" for name in _NUMBERS)},
  revolution INTEGER NOT NULL, PRIMARY KEY (number, t_epoch_tai_ns, source)) WITHOUT ROWID;
"""
_COLUMNS = ("number", "t_epoch_tai_ns", "source", "name", "designator", *_NUMBERS, "revolution")


class CatalogueStore:
    """The element sets of one data directory."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "catalogue.sqlite"

    def add(self, sets: ElementSets) -> int:
        """Keep those that are new, all or none; how many were."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA}")
            with db:
                db.executemany("INSERT OR IGNORE INTO sources (name) VALUES (?)", [(name,) for name in sets.sources])
                ids = dict(db.execute("SELECT name, id FROM sources"))
                of = np.array([ids[name] for name in sets.sources] or [0])[sets.source] if len(sets) else sets.source
                columns = [
                    sets.number.tolist(), sets.t_epoch_tai_ns.tolist(), of.tolist(), sets.name, sets.designator,
                    *(getattr(sets, name).tolist() for name in _NUMBERS), sets.revolution.tolist(),
                ]  # fmt: skip
                marks = ", ".join("?" * len(_COLUMNS))
                before = db.total_changes
                db.executemany(f"INSERT OR IGNORE INTO sets VALUES ({marks})", zip(*columns, strict=True))
                return db.total_changes - before

    def newest(self, t_tai_ns: int | None = None, number: int | None = None) -> ElementSets:
        """For every object (or one) the newest set of any source; with an instant, the one nearest to it in time.

        NotFoundError when nothing was ever loaded.
        """
        if not self.path.is_file():
            raise NotFoundError("the catalogue is empty; load some with `vedette catalogue load FILE`")
        rank = "-t_epoch_tai_ns" if t_tai_ns is None else f"abs(t_epoch_tai_ns - {int(t_tai_ns)})"
        which = "" if number is None else f"WHERE number = {int(number)}"
        names = ", ".join(_COLUMNS)
        query = (
            f"SELECT {names} FROM (SELECT *, row_number() OVER (PARTITION BY number ORDER BY {rank}, source) AS k "
            f"FROM sets {which}) WHERE k = 1 ORDER BY number"
        )
        with self._open() as db:
            sources = dict(db.execute("SELECT id, name FROM sources"))
            return _sets(db.execute(query).fetchall(), sources)

    def history(self, number: int) -> ElementSets:
        """Every set of one object, oldest first."""
        if not self.path.is_file():
            raise NotFoundError("the catalogue is empty; load some with `vedette catalogue load FILE`")
        with self._open() as db:
            sources = dict(db.execute("SELECT id, name FROM sources"))
            query = f"SELECT {', '.join(_COLUMNS)} FROM sets WHERE number = ? ORDER BY t_epoch_tai_ns, source"
            return _sets(db.execute(query, (number,)).fetchall(), sources)

    def counts(self) -> dict[str, int]:
        """Objects, sets and sources kept."""
        if not self.path.is_file():
            return {"objects": 0, "sets": 0, "sources": 0}
        with self._open() as db:
            objects, sets = db.execute("SELECT count(DISTINCT number), count(*) FROM sets").fetchone()
            sources = db.execute("SELECT count(*) FROM sources").fetchone()[0]
            return {"objects": objects, "sets": sets, "sources": sources}

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=30.0)) as db:
                yield db
        except sqlite3.Error as trouble:
            cure = "restore it from a copy, or delete it and load again"
            raise BadInputError(f"the catalogue cannot be used ({trouble})", str(self.path), cure) from None


def _sets(rows: list[Any], sources: dict[int, str]) -> ElementSets:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
    ids = sorted(set(columns[2]))
    place = {source: i for i, source in enumerate(ids)}
    numbers = {name: np.array(columns[5 + i], dtype=float) for i, name in enumerate(_NUMBERS)}
    return ElementSets(
        number=np.array(columns[0], dtype=np.int64),
        name=tuple(columns[3]),
        designator=tuple(columns[4]),
        t_epoch_tai_ns=np.array(columns[1], dtype=np.int64),
        revolution=np.array(columns[-1], dtype=np.int64),
        source=np.array([place[source] for source in columns[2]], dtype=np.int64),
        sources=tuple(sources[source] for source in ids),
        **numbers,
    )
