"""Notices from a spreadsheet: one row each, the columns a person would write; the rest as in JSON."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from vedette.core.errors import BadInputError
from vedette.formats.notice_json import notice_from_document
from vedette.reports import Notice

_PLAIN = (
    "id", "kind", "party", "mode", "issued_utc", "received_utc", "instrument", "about", "class_name", "grouping",
    "planned_utc", "direction", "actual_utc", "question", "answer", "deadline_utc", "language", "text",
)  # fmt: skip
_OTHER = (
    "version", "count", "from_utc", "to_utc", "launch_lat_deg", "launch_lon_deg", "launch_radius_km", "launch_name",
    "hazard_polygon_deg", "hazard_role", "azimuth_from_deg", "azimuth_to_deg", "launched", "anomaly", "links",
)  # fmt: skip
COLUMNS = (*_PLAIN, *_OTHER)
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}


def read_notice_rows(text: str, where: str, t_received_tai_ns: int) -> Iterator[Notice | BadInputError]:
    """Every notice of a CSV text, or the sentence that says why a row is refused. An empty cell is not told."""
    reader = csv.DictReader(io.StringIO(text))
    unknown = [name for name in reader.fieldnames or [] if name not in COLUMNS]
    missing = [name for name in ("id", "kind", "party", "mode", "issued_utc") if name not in (reader.fieldnames or [])]
    if unknown or missing:
        what = f"unknown column {unknown[0]!r}" if unknown else f"column {missing[0]} is missing"
        yield BadInputError(what, where, f"the columns are {', '.join(COLUMNS)}")
        return
    try:
        for row in reader:
            place = f"{where}: line {reader.line_num}"
            try:
                yield notice_from_document(_document(row, place), place, t_received_tai_ns)
            except BadInputError as trouble:
                yield trouble
    except csv.Error as trouble:
        yield BadInputError(f"not CSV ({trouble})", f"{where}: line {reader.line_num}")


def _document(row: dict[str | Any, Any], where: str) -> dict[str, Any]:
    if None in row:
        raise BadInputError("more cells than columns", where, "quote cells that hold commas")
    cells = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
    out: dict[str, Any] = {name: cells[name] for name in _PLAIN if name in cells}
    for name in ("version", "count"):
        if name in cells:
            out[name] = _number(cells[name], name, where, whole=True)
    for name in ("launched", "anomaly"):
        if name in cells:
            if cells[name].lower() not in _YES_NO:
                raise BadInputError(f"{name} is {cells[name]!r}", where, "write yes or no")
            out[name] = _YES_NO[cells[name].lower()]
    if "from_utc" in cells or "to_utc" in cells:
        out["windows"] = [{"from_utc": cells.get("from_utc", ""), "to_utc": cells.get("to_utc", "")}]
    if "launch_lat_deg" in cells or "launch_lon_deg" in cells:
        out["launch_areas"] = [{
            "lat_deg": _number(cells.get("launch_lat_deg", ""), "launch_lat_deg", where),
            "lon_deg": _number(cells.get("launch_lon_deg", ""), "launch_lon_deg", where),
            "radius_km": _number(cells.get("launch_radius_km", "0"), "launch_radius_km", where),
            "name": cells.get("launch_name", ""),
        }]  # fmt: skip
    if "hazard_polygon_deg" in cells:
        corners = [part.split() for part in cells["hazard_polygon_deg"].replace(";", ",").split(",") if part.strip()]
        if any(len(corner) != 2 for corner in corners):
            raise BadInputError(
                f"hazard_polygon_deg is {cells['hazard_polygon_deg']!r}", where, "write lat lon, lat lon, lat lon"
            )
        polygon = [[_number(value, "hazard_polygon_deg", where) for value in corner] for corner in corners]
        out["hazard_areas"] = [{"polygon_deg": polygon, "role": cells.get("hazard_role", "impact")}]
    if "azimuth_from_deg" in cells or "azimuth_to_deg" in cells:
        out["azimuth_deg"] = [
            _number(cells.get(name, ""), name, where) for name in ("azimuth_from_deg", "azimuth_to_deg")
        ]
    if "links" in cells:
        out["links"] = cells["links"].split()
    return out


def _number(text: str, name: str, where: str, whole: bool = False) -> Any:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise BadInputError(f"{name} is {text!r}, not {kind}", where) from None
