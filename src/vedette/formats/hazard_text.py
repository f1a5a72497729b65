"""Warnings to sailors and pilots, read for what they say about place and time.

NAVAREA and NOTAM texts have no grammar; they have habits. Read are coordinates in the usual spellings (12-34.5N
045-12.3W, 1234N04512W, 123456N 0451234W), circles ("WITHIN 30 MILES OF", "RADIUS 30NM"), lettered areas (A. B. C.), and
windows ("011200Z TO 011600Z APR 31", "B) 3104011200 C) 3104011600", "2031-04-01T12:00Z"). What is left over is kept as
words: the text itself always travels with the notice.
"""

import re
from dataclasses import dataclass
from typing import Any

from vedette.core.errors import BadInputError
from vedette.formats.notice_area import NM_M

_LAT = r"(\d{2})(?:(?:[-° ]?(\d{2})(?:[-' .]?(\d{2}(?!\d))(?:\.(\d+))?|\.(\d+))?)?)[\"'° ]*([NS])"
_LON = r"(\d{3})(?:(?:[-° ]?(\d{2})(?:[-' .]?(\d{2}(?!\d))(?:\.(\d+))?|\.(\d+))?)?)[\"'° ]*([EW])"
_PLACE = re.compile(_LAT + r"[\s,/]*" + _LON)
_RADIUS = re.compile(
    r"(?:RADIUS(?:\s+OF)?|WITHIN)\s+(\d+(?:\.\d+)?)\s*(NM|NAUTICAL MILES|MILES|KM)\b"
    r"|(\d+(?:\.\d+)?)\s*(NM|NAUTICAL MILES|MILES|KM)\s+RADIUS"
)
_LETTER = re.compile(r"(?:^|\s)([A-Z])\.\s")
_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"  # whatever language this machine speaks
_MONTHS = {_NAMES[4 * i : 4 * i + 3]: i + 1 for i in range(12)}
_SAILORS = re.compile(
    r"(\d{2})(\d{2})(\d{2})Z?(?:\s+([A-Z]{3})(?:\s+(\d{2,4}))?)?\s*(?:TO|-|UNTIL)\s*"
    r"(\d{2})(\d{2})(\d{2})Z?\s+([A-Z]{3})\s+(\d{4}|\d{2})\b"
)
_PILOTS = re.compile(r"B\)\s*(\d{10})\s*C\)\s*(\d{10})")
_MOMENT = r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)Z?"
_ISO = re.compile(_MOMENT + r"\s*(?:TO|UNTIL|/|-)\s*" + _MOMENT)


@dataclass(frozen=True, slots=True)
class HazardText:
    """What a warning says, as the JSON of notices writes it."""

    areas: list[dict[str, Any]]
    windows: list[dict[str, str]]


def read_hazard_text(text: str, where: str = "text") -> HazardText:
    """Areas and windows of a warning; BadInputError when it names no place, or a place that is none."""
    upper = " ".join(text.upper().split())
    areas = [area for part in _lettered(upper) for area in _areas(part, where)]
    if not areas:
        raise BadInputError("no coordinates were found", where, "write them like 12-34.5N 045-12.3W or 1234N04512W")
    return HazardText(areas, _windows(upper, where))


def _lettered(text: str) -> list[str]:
    """The lettered parts of a text, or the whole."""
    marks = [found for found in _LETTER.finditer(text) if _PLACE.search(text, found.end())]
    if len(marks) < 2 or [found[1] for found in marks] != [chr(ord("A") + i) for i in range(len(marks))]:
        return [text]
    ends = [*(found.start() for found in marks[1:]), len(text)]
    return [text[found.end() : end] for found, end in zip(marks, ends, strict=True)]


def _areas(text: str, where: str) -> list[dict[str, Any]]:
    places = [_place(found, where) for found in _PLACE.finditer(text)]
    radius = _RADIUS.search(text)
    if radius and len(places) == 1:
        size, unit = float(radius[1] or radius[3]), radius[2] or radius[4]
        km = size if unit == "KM" else size * NM_M / 1e3
        return [{"lat_deg": places[0][0], "lon_deg": places[0][1], "radius_km": round(km, 6)}]
    if len(places) > 3 and places[0] == places[-1]:
        places = places[:-1]
    if len(places) >= 3:
        return [{"polygon_deg": [list(place) for place in places]}]
    if len(places) == 2:
        raise BadInputError("two places make neither a circle nor an area", where, "give three corners, or a radius")
    return [{"lat_deg": lat, "lon_deg": lon} for lat, lon in places]


def _place(found: re.Match[str], where: str) -> tuple[float, float]:
    lat = _angle(found.groups()[:6], found[0], where)
    lon = _angle(found.groups()[6:], found[0], where)
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise BadInputError(f"{found[0]!r} is not a place", where)
    return round(lat, 8), round(lon, 8)


def _angle(groups: tuple[str | None, ...], text: str, where: str) -> float:
    whole, minutes, seconds, of_second, of_minute, side = groups
    m, s = int(minutes or 0), float(f"{seconds or 0}.{of_second or 0}")
    if of_minute:
        m += float(f"0.{of_minute}")  # type: ignore[assignment]
    if m >= 60 or s >= 60:
        raise BadInputError(f"{text!r} has sixty minutes or seconds or more", where, "decimal degrees are not read")
    value = int(whole or 0) + m / 60.0 + s / 3600.0
    return -value if side in ("S", "W") else value


def _windows(text: str, where: str) -> list[dict[str, str]]:
    windows = []
    for found in _PILOTS.finditer(text):
        windows.append((_pilot(found[1]), _pilot(found[2])))
    for found in _ISO.finditer(text):
        windows.append((found[1], found[2]))
    for found in _SAILORS.finditer(text):
        d1, h1, m1, month1, year1, d2, h2, m2, month2, year2 = found.groups()
        if month2 not in _MONTHS or (month1 and month1 not in _MONTHS):
            continue
        end = (_year(year2), _MONTHS[month2])
        start = (_year(year1) if year1 else end[0], _MONTHS[month1] if month1 else end[1])
        if not month1 and int(d1) > int(d2):  # it began in the month before
            start = (end[0] - (end[1] == 1), 12 if end[1] == 1 else end[1] - 1)
        windows.append((_stamp(*start, d1, h1, m1), _stamp(*end, d2, h2, m2)))
    return [{"from_utc": _full(a), "to_utc": _full(b)} for a, b in windows]


def _pilot(digits: str) -> str:
    return f"20{digits[:2]}-{digits[2:4]}-{digits[4:6]}T{digits[6:8]}:{digits[8:10]}"


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _stamp(year: int, month: int, day: str, hour: str, minute: str) -> str:
    return f"{year}-{month:02d}-{day}T{hour}:{minute}"


def _full(stamp: str) -> str:
    return f"{stamp}{':00' if len(stamp) == 16 else ''}Z"
