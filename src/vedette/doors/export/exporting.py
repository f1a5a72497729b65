"""From a journal or a picture to a file's bytes, by the name of its format."""

from collections.abc import Callable
from pathlib import Path

from vedette.core.errors import UsageError
from vedette.doors.after_action.gathering import gather
from vedette.doors.export.media import FORMATS, MEDIA_TYPES, TABLES
from vedette.doors.export.scene import Scene, scene_of_journal, scene_of_picture
from vedette.engine import Picture


def media_type(format: str) -> str:
    """What HTTP calls a format."""
    return MEDIA_TYPES[_known(format)]


def export(
    journal_path: str | Path,
    format: str,
    at: str | None = None,
    *,
    table: str = "tracks",
    tell: Callable[[int, int], None] | None = None,
) -> bytes:
    """A journal as the bytes of a file, the same for the same journal.

    Parameters
    ----------
    journal_path
        A journal that a watch wrote; it is played again and not changed.
    format
        czml, geojson, kml, csv or parquet.
    at
        Up to what was received by this instant (UTC, or T+120 after lift-off); whole when None.
    table
        Of csv and parquet: tracks, objects, areas, events, alerts or sensors.
    tell
        Called with (entries done, entries) now and then.

    Raises
    ------
    UsageError
        For a format, table or instant that is none, or for Parquet where its extra is not installed.
    """
    _check(format, table)
    return _bytes(scene_of_journal(gather(journal_path, at, with_histories=False, tell=tell)), format, table)


def export_picture(picture: Picture, format: str, *, table: str = "tracks", name: str = "picture") -> bytes:
    """One picture as it stands, as the bytes of a file; UsageError as `export` raises it."""
    _check(format, table)
    return _bytes(scene_of_picture(picture, name), format, table)


def _check(format: str, table: str) -> None:
    _known(format)
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}; there are {', '.join(TABLES)}")
    if format == "parquet":
        from vedette.doors.export.parquet import need_duckdb

        need_duckdb()  # before minutes are spent on playing the journal


def _known(format: str) -> str:
    if format not in MEDIA_TYPES:
        raise UsageError(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    return format


def _bytes(scene: Scene, format: str, table: str) -> bytes:
    match format:
        case "czml":
            from vedette.doors.export.czml import czml_bytes

            return czml_bytes(scene)
        case "geojson":
            from vedette.doors.export.geojson import geojson_bytes

            return geojson_bytes(scene)
        case "kml":
            from vedette.doors.export.kml import kml_bytes

            return kml_bytes(scene)
        case "parquet":
            from vedette.doors.export.parquet import parquet_bytes

            return parquet_bytes(scene, table)
    from vedette.doors.export.tables import csv_bytes

    return csv_bytes(scene, table)
