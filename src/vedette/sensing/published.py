"""Sensors as published: sites and fields of regard from a table of facts, elements of warning satellites.

The table gives place, sector and reach, not accuracy: what it lacks comes from `bands` and is marked in `source`.
Ground stations that only speak to satellites, and receivers of a bistatic pair, are listed as direction finders: they
hear what emits.
"""

import csv
import re
from pathlib import Path
from typing import Any

from vedette.core.errors import BadInputError, NotFoundError, UsageError
from vedette.sensing.bands import BANDS, band_of
from vedette.sensing.files import Sensor
from vedette.sensing.infrared import Infrared
from vedette.sensing.orbits import TwoLine
from vedette.sensing.passive_radio import DirectionFinder
from vedette.sensing.radar import Radar
from vedette.sensing.site import Site
from vedette.sensing.telescope import Telescope

_COLUMNS = ("id", "name", "system", "type", "band", "lat", "lon", "alt_km", "az_min", "az_max", "el_min", "el_max")
_PLAIN = re.compile(r"[-+]?\d+(\.\d*)?")
_SUM = re.compile(r"\(?\s*([-+]?\d+(?:\.\d*)?)\s*([-+])\s*(\d+(?:\.\d*)?)\s*\)?")
BAND_WHEN_SILENT = "UHF"  # most long-range radars without a stated band


def published_sensors(path: str | Path) -> dict[str, Sensor]:
    """Sensors by id from a CSV table of published sites (degrees, km; one sensor a row).

    A sector with az_min > az_max passes north. Elevations beyond 90 degrees mean a fan through the zenith and are cut
    there; the sector then opens to the opposite side as well. Errors name file, line and column.
    """
    rows = _rows(path, _COLUMNS)
    found: dict[str, Sensor] = {}
    for number, row in rows:
        where = f"{path}:{number}"
        if row["id"] in found:
            raise BadInputError(f"two rows have the id {row['id']}", where, "give each its own")
        try:
            found[row["id"]] = _sensor(row, where)
        except UsageError as trouble:
            raise BadInputError(str(trouble), where) from None
    return found


def published_satellites(path: str | Path) -> dict[str, Sensor]:
    """Infrared satellites by name from a CSV table of two-line element sets (name, tle1, tle2).

    Elements are published, the sensors are not: figures are those of a generic scanner. Good near the epoch only.
    """
    found: dict[str, Sensor] = {}
    for number, row in _rows(path, ("name", "tle1", "tle2")):
        try:
            orbit = TwoLine(row["tle1"], row["tle2"])
        except UsageError as trouble:
            raise BadInputError(str(trouble), f"{path}:{number}") from None
        found[row["name"]] = Infrared(
            orbit, los_sigma_urad=50.0, los_bias_sigma_urad=20.0, name=row["name"],
            source=f"orbit: {Path(path).name}; figures: generic scanner, not published",
        )  # fmt: skip
    return found


def _rows(path: str | Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: no such table of sensors") from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInputError(f"not readable as text ({trouble})", str(path), "a table is UTF-8 CSV") from None
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in needed if column not in (reader.fieldnames or ())]
    if missing:
        raise BadInputError(f"no column {', '.join(missing)}", str(path), f"the first line names {', '.join(needed)}")
    rows = []
    for row in reader:
        if any(row.get(column) is None for column in needed):
            raise BadInputError("a line with too few columns", f"{path}:{reader.line_num}")
        rows.append((reader.line_num, {key: (value or "").strip() for key, value in row.items() if key is not None}))
    if not rows:
        raise BadInputError("no sensors in it", str(path), "one row a sensor below the line of column names")
    return rows


def _sensor(row: dict[str, str], where: str) -> Sensor:
    site = Site(_number(row, "lat", where), _number(row, "lon", where), 1e3 * _number(row, "alt_km", where))
    az_min, az_max = (_number(row, key, where) for key in ("az_min", "az_max"))
    el_min, el_max = (_number(row, key, where) for key in ("el_min", "el_max"))
    if el_max > 90.0:  # a fan through the zenith: 10 to 170 degrees is 10 to 90 on both sides
        if el_max > 91.0:
            az_min, az_max = 0.0, 360.0
        el_max = 90.0
    field: dict[str, Any] = {
        "azimuth_min_deg": az_min, "azimuth_max_deg": az_max,
        "elevation_min_deg": el_min, "elevation_max_deg": el_max,
        "range_min_km": _number(row, "rng_min_km", where), "range_max_km": _number(row, "rng_max_km", where),
    }  # fmt: skip
    facts = f"site and field: {row['system']}, {row['name']} (table of published sites)"
    kind = row["type"]
    if kind == "OPTICAL":
        return Telescope(
            site, los_sigma_urad=10.0, los_bias_sigma_urad=5.0, name=row["id"],
            source=f"{facts}; accuracy: usual for a survey telescope (2 arcseconds)", **field,
        )  # fmt: skip
    if kind in ("GROUND_SENSOR_STATION", "BISTATIC_RADIO_TELESCOPE"):
        return DirectionFinder(
            site, azimuth_sigma_deg=0.05, elevation_sigma_deg=0.05, name=row["id"],
            source=f"{facts}; accuracy: a tenth of a usual dish's beam", **field,
        )  # fmt: skip
    if kind in ("PHASED_ARRAY_RADAR", "MECHANICAL"):
        band = band_of(row["band"] or BAND_WHEN_SILENT)
        usual = BANDS[band]
        return Radar(
            site, usual.range_sigma_m, usual.angle_sigma_deg, range_rate_sigma_mps=usual.range_rate_sigma_mps,
            revisit_s=usual.revisit_s, range_bias_sigma_m=usual.range_sigma_m,
            angle_bias_sigma_deg=0.3 * usual.angle_sigma_deg, band=band, name=row["id"],
            source=f"{facts}; accuracy: generic {band} figures{'' if row['band'] else ', band not stated'}", **field,
        )  # fmt: skip
    raise BadInputError(f"type {kind!r} is not known", where, "PHASED_ARRAY_RADAR, MECHANICAL, OPTICAL, ...")


def _number(row: dict[str, str], key: str, where: str) -> float:
    text = row.get(key, "")
    if _PLAIN.fullmatch(text):
        return float(text)
    found = _SUM.fullmatch(text)  # the table writes "(-13 - 45)"
    if found is None:
        raise BadInputError(f"{key} = {text!r} is not a number", where)
    first, sign, second = float(found[1]), found[2], float(found[3])
    value = first + second if sign == "+" else first - second
    return value % 360.0 if key.startswith("az") else value
