"""The formats there are, and what HTTP calls them."""

MEDIA_TYPES = {
    "czml": "application/json",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}
FORMATS = tuple(MEDIA_TYPES)
TABLES = ("tracks", "objects", "areas", "events", "alerts", "sensors")
