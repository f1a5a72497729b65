"""A picture or a journal as a file that other programs open: CZML, GeoJSON, KML, CSV, Parquet.

Everything is first made a `Scene`, in metres, degrees and UTC; each format is a function from a scene to bytes.
"""

from typing import TYPE_CHECKING, Any

from vedette.doors.export.media import FORMATS, TABLES

if TYPE_CHECKING:
    from vedette.doors.export.exporting import export, export_picture, media_type

__all__ = ["FORMATS", "TABLES", "export", "export_picture", "media_type"]


def __getattr__(name: str) -> Any:
    """Load what needs the engine when it is asked for: a server names the formats and plays no journal."""
    if name not in ("export", "export_picture", "media_type"):
        raise AttributeError(name)
    from vedette.doors.export import exporting

    return getattr(exporting, name)
