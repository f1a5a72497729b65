"""A picture or a journal as a file that other programs open: CZML, GeoJSON, KML, CSV, Parquet.

Everything is first made a `Scene`, in metres, degrees and UTC; each format is a function from a scene to bytes.
"""

from vedette.doors.export.exporting import FORMATS, TABLES, export, export_picture, media_type

__all__ = ["FORMATS", "TABLES", "export", "export_picture", "media_type"]
