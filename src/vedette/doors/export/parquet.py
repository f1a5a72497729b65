"""Tables as Parquet, written by DuckDB: an extra, since it is larger than everything else together."""

import tempfile
from importlib.util import find_spec
from pathlib import Path

from vedette.core.errors import UsageError
from vedette.doors.export.scene import Scene
from vedette.doors.export.tables import COLUMNS, csv_bytes

_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "count": "BIGINT", "truth": "BOOLEAN"}


def need_duckdb() -> None:
    """UsageError, with the cure, where it is not installed."""
    if find_spec("duckdb") is None:
        raise UsageError("Parquet needs DuckDB, which is not installed; `pip install 'vedette[analytics]'`, or use csv")


def parquet_bytes(scene: Scene, table: str) -> bytes:
    """The same rows as CSV, typed: text, doubles, 64-bit whole numbers, truth; what is not known is NULL."""
    need_duckdb()
    import duckdb

    types = {"mode": "VARCHAR", **{column.name: _TYPES[column.kind] for column in COLUMNS[table]}}
    with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
        source, target = Path(folder) / "table.csv", Path(folder) / "table.parquet"
        source.write_bytes(csv_bytes(scene, table))
        with duckdb.connect(":memory:", config={"threads": 1}) as base:
            rows = base.read_csv(str(source), header=True, dtype=types, delimiter=",", quotechar='"', escapechar='"')
            rows.write_parquet(str(target), compression="zstd")
        return target.read_bytes()
