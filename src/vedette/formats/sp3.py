"""Precise orbits in SP3 (versions a to d; Hilla, "The Extended Standard Product 3 Orbit Format", 2016).

Positions are Earth-fixed, told in kilometres; a row of zeros or of 999999.999999 means that none is known. What is
damaged is refused with its line: half a table of positions is not believed.
"""

import re
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Rows
from vedette.formats.instants import tai_ns_from_epoch

# TAI minus the scale's reading, ns; GLONASS time is UTC here, as SP3 has it
_GPS_LIKE = {"GPS", "GAL", "QZS", "IRN"}
_BDT_MINUS_GPS_NS = -14 * NS_PER_S
_POSITION = re.compile(r"P([A-Z ][ 0-9]{2})(.{14})(.{14})(.{14})")


@dataclass(frozen=True, slots=True, eq=False)
class Sp3:
    """n objects at m instants; NaN where no position is known.

    names : as the file has them ("G02", "L51")
    time_system : in which the file's own times are told
    """

    names: tuple[str, ...]
    t_tai_ns: Ints
    positions_itrf_m: Rows  # (n, m, 3)
    time_system: str


def read_sp3(text: str, where: str = "SP3", time_scale: str | None = None) -> Sp3:
    """Everything an SP3 file says of positions; `time_scale` overrules the file ("GPS", "UTC", "TAI", ...).

    BadInputError names the line that is damaged.
    """
    lines = text.splitlines()
    if not lines or not re.match(r"#[abcd][PV]\d{4} ", lines[0]):
        what = f"the first line is {lines[0][:40]!r}" if lines else "it is empty"
        raise BadInputError(what, f"{where}:1", "give an SP3 file of version a, b, c or d")
    names, system = _header(lines, where)
    told = time_scale or system
    index = {name: i for i, name in enumerate(names)}
    times: list[int] = []
    rows: list[Rows] = []
    is_whole = False
    for number, line in enumerate(lines, 1):
        at = f"{where}:{number}"
        if line.startswith("*"):
            times.append(_epoch(line, told, at))
            rows.append(np.full((len(names), 3), np.nan))
        elif line.startswith("P"):
            found = _POSITION.match(line)
            name = _name(found[1]) if found else ""
            if found is None or not rows:
                raise BadInputError(f"a damaged position: {line[:60]!r}", at, "fetch the file again")
            try:
                place_km = [float(found[k]) for k in (2, 3, 4)]
            except ValueError:
                raise BadInputError(f"a damaged position: {line[:60]!r}", at, "fetch the file again") from None
            if name not in index:  # the standard's own first example has one that its header does not list
                index[name] = len(names)
                names.append(name)
                rows = [np.vstack([row, np.full((1, 3), np.nan)]) for row in rows]
            if any(place_km) and max(map(abs, place_km)) < 999_999.0:
                rows[-1][index[name]] = 1e3 * np.array(place_km)
        elif line.startswith("EOF"):
            is_whole = True
            break
        elif rows and line.strip() and not line.startswith(("V", "EP", "EV")):
            raise BadInputError(f"a line that is none of SP3: {line[:60]!r}", at, "fetch the file again")
    if not is_whole:
        raise BadInputError("the file ends without EOF", f"{where}:{len(lines)}", "it was cut off; fetch it again")
    return Sp3(tuple(names), np.array(times, dtype=np.int64), np.stack(rows, axis=1), system)


def _header(lines: list[str], where: str) -> tuple[list[str], str]:
    names: list[str] = []
    count, system = None, "GPS"
    for number, line in enumerate(lines, 1):
        if line.startswith("*"):
            break
        if line.startswith("+ "):
            if count is None:
                try:
                    count = int(line[3:6])
                except ValueError:
                    raise BadInputError(f"no count of objects in {line[:20]!r}", f"{where}:{number}") from None
            words = [line[k : k + 3] for k in range(9, 60, 3)]
            names += [_name(word) for word in words if len(word) == 3]
        elif line.startswith("%c"):
            system = line[9:12] if line[9:12].strip() not in ("", "ccc") else system
        elif not line.startswith(("#", "++", "%", "/*")):
            what = f"a line that is none of SP3: {line[:60]!r}"
            raise BadInputError(what, f"{where}:{number}", "fetch the file again")
    names = names[: count or 0]
    if not names:
        raise BadInputError("it names no objects", where, "fetch the file again")
    return names, system


def _name(word: str) -> str:
    """`G01`; version a knows GPS alone and leaves the letter out."""
    return ("G" if word[0] == " " else word[0]) + word[1:].replace(" ", "0")


def _epoch(line: str, system: str, at: str) -> int:
    """The instant of a `*` line. Some writers count past the ends: day 0, minute 60; those are carried over."""
    words = line[1:].split()
    try:
        year, month, day, hour, minute = (int(word) for word in words[:5])
        seconds = round(float(words[5]) * NS_PER_S)
        if not (1 <= month <= 12 and 0 <= day <= 31 and 0 <= hour <= 24 and 0 <= minute <= 60):
            raise ValueError
    except (ValueError, IndexError):
        raise BadInputError(f"a damaged time: {line[:40]!r}", at, "fetch the file again") from None
    scale = "GPS" if system in _GPS_LIKE or system == "BDT" else "UTC" if system == "GLO" else system
    more_ns = (((day - 1) * 24 + hour) * 60 + minute) * 60 * NS_PER_S + seconds
    try:
        first = tai_ns_from_epoch(f"{year:04d}-{month:02d}-01T00:00:00.0", scale)
    except BadInputError as trouble:
        raise BadInputError(trouble.what, at, trouble.cure) from None
    return first + more_ns + (-_BDT_MINUS_GPS_NS if system == "BDT" else 0)
