"""Space weather in CelesTrak's two formats: fixed columns (`SpaceWeather-All`, CSSI) and commas (`SW-All.csv`).

Both are described at celestrak.org/SpaceData/SpaceWx-format.php. Observed days, days predicted and monthly predictions
are read; the 81-day mean is the one centred on the day, of observed (not adjusted) flux.
"""

import csv
from datetime import date

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.space_weather import SpaceWeather

_MJD_OF_ORDINAL = 678_576
_CURE = "fetch SpaceWeather-All or SW-All from celestrak.org again"
_Row = tuple[int, list[float], float, float, bool]


def read_space_weather(text: str, where: str = "space weather") -> SpaceWeather:
    """Days of geomagnetic and solar activity from either format.

    BadInputError names the line that cannot be read, or says that it is neither format.
    """
    lines = text.splitlines()
    if lines and lines[0].lstrip("\ufeff").upper().startswith("DATE,"):
        rows = _csv_rows(lines, where)
    elif any(line.startswith(("DATATYPE", "BEGIN OBSERVED")) for line in lines[:40]):
        rows = _fixed_rows(lines, where)
    else:
        what = f"neither of the two known formats: {lines[0][:40]!r}" if lines else "it is empty"
        raise BadInputError(what, where, _CURE)
    if not rows:
        raise BadInputError("no day in it", where, _CURE)
    days = {row[0]: row for row in rows}  # a day said twice: the later line stands
    kept = [days[mjd] for mjd in sorted(days)]
    measured = [mjd for mjd, *_, is_measured in kept if is_measured]
    return SpaceWeather(
        np.array([row[0] for row in kept], dtype=np.int64),
        np.array([row[1] for row in kept]),
        np.array([row[2] for row in kept]),
        np.array([row[3] for row in kept]),
        max(measured) if measured else kept[0][0] - 1,
        where,
    )


def _fixed_rows(lines: list[str], where: str) -> list[_Row]:
    rows: list[_Row] = []
    section = ""
    for number, line in enumerate(lines, 1):
        if line.startswith("BEGIN "):
            section = line[6:].strip()
        elif line.startswith("END "):
            section = ""
        elif section in ("OBSERVED", "DAILY_PREDICTED", "MONTHLY_PREDICTED") and line.strip():
            try:
                day = date(int(line[0:4]), int(line[4:7]), int(line[7:10]))
                ap = [float(line[i : i + 4]) for i in range(46, 78, 4)]
                flux, mean = float(line[113:119]), float(line[119:125])
            except ValueError:
                raise BadInputError(f"a damaged day: {line[:60]!r}", f"{where}:{number}", _CURE) from None
            rows.append(_checked(day, ap, flux, mean, section == "OBSERVED", f"{where}:{number}"))
    return rows


def _csv_rows(lines: list[str], where: str) -> list[_Row]:
    rows: list[_Row] = []
    ap: list[float] | None = None
    for number, row in enumerate(csv.DictReader([lines[0].lstrip("\ufeff"), *lines[1:]]), 2):
        kind = (row.get("F10.7_DATA_TYPE") or "").strip()
        try:
            year, month, day = (int(part) for part in (row["DATE"] or "").split("-"))
            told = [(row.get(f"AP{i}") or "").strip() for i in range(1, 9)]
            ap = [float(value) for value in told] if all(told) else ap  # monthly rows tell none: the last stands
            flux, mean = float(row["F10.7_OBS"]), float(row["F10.7_OBS_CENTER81"])
            found = date(year, month, day)
        except (KeyError, ValueError, TypeError):
            raise BadInputError(f"a damaged day: {str(row.get('DATE'))[:40]!r}", f"{where}:{number}", _CURE) from None
        if ap is None:
            raise BadInputError("a day without Ap, and none before it", f"{where}:{number}", _CURE)
        rows.append(_checked(found, ap, flux, mean, kind in ("OBS", "INT", ""), f"{where}:{number}"))
    return rows


def _checked(day: date, ap: list[float], flux: float, mean: float, is_measured: bool, at: str) -> _Row:
    if not all(0.0 <= value <= 400.0 for value in ap):
        raise BadInputError(f"Ap of {ap} on {day}; it runs from 0 to 400", at, _CURE)
    if not (0.0 <= flux < 1_000.0 and 0.0 < mean < 1_000.0):
        raise BadInputError(f"F10.7 of {flux} with a mean of {mean} on {day}", at, _CURE)
    if flux == 0.0:  # before 1957-10 and in gaps no flux was told: the mean stands for it
        flux = mean
    return day.toordinal() - _MJD_OF_ORDINAL, ap, flux, mean, is_measured
