"""Hard-body radii by catalogue number from a table of two columns, ObjectID and HBR (metres), packed or not."""

import csv
from pathlib import Path

from vedette.core.errors import BadInputError
from vedette.doors.catalogue_files import read_bytes


def read_radii(path: Path) -> dict[int, float]:
    """Radius by number; rows without one are left out."""
    rows = csv.DictReader(read_bytes(path).decode("utf-8-sig", "replace").splitlines())
    if rows.fieldnames is None or not {"ObjectID", "HBR"} <= set(rows.fieldnames):
        raise BadInputError("no columns ObjectID and HBR", str(path), "give a table of catalogue number and metres")
    out: dict[int, float] = {}
    for row in rows:
        try:
            number, radius = int(row["ObjectID"]), float(row["HBR"])
        except (TypeError, ValueError):
            continue
        if 0.0 < radius < 1000.0:
            out[number] = radius
    return out
