"""`vedette export JOURNAL`: what other programs open."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter


def export(
    journal: Path,
    *,
    format: Literal["czml", "geojson", "kml", "csv", "parquet"] | None = None,
    out: Annotated[str, Parameter(name=["--out", "-o"])] = "-",
    at: str | None = None,
    table: Literal["tracks", "objects", "areas", "events", "alerts", "sensors"] = "tracks",
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False,
) -> int:
    """Write what a journal tells as CZML, GeoJSON, KML, CSV or Parquet.

    CZML moves in any Cesium viewer: tracks with their 90 % ellipsoids, areas as they were believed, sensors, a clock.
    GeoJSON and KML hold the tracks, areas and sensors for maps. CSV and Parquet hold one table, units in the headings.
    The journal is played again and not changed; everything says its mode.

    Parameters
    ----------
    journal
        A journal that `vedette watch`, `serve` or `demo` wrote.
    format
        czml, geojson, kml, csv or parquet; by the ending of OUT when left out.
    out
        The file to write; - for standard output.
    at
        Only what was received by this instant: 2031-04-01T12:05:00Z, or T+120 after lift-off.
    table
        Of csv and parquet: tracks, objects, areas, events, alerts or sensors.
    quiet
        No progress.
    """
    from vedette.core.errors import UsageError
    from vedette.doors.after_action.files import check_out, write_out
    from vedette.doors.after_action.progress import progress
    from vedette.doors.export import FORMATS
    from vedette.doors.export import export as made

    named = format or Path(out).suffix.lower().removeprefix(".")
    if named not in FORMATS:
        raise UsageError(f"which format? --format {' | '.join(FORMATS)}, or a file name that ends so")
    check_out(out)
    return write_out(made(journal, named, at, table=table, tell=progress(quiet, "playing the journal")), out, quiet)
