"""Station coordinates in SINEX (Solution Independent Exchange Format 2.02, IERS): places, drifts, eccentricities."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Rows
from vedette.time import tai_ns_from_utc_text

_YEAR_S = 365.25 * 86_400.0
_FOREVER_NS = (-(2**62), 2**62)
_AXES = ("X", "Y", "Z")


@dataclass(frozen=True, slots=True, eq=False)
class MarkerSolution:
    """One marker over one span of time: where it was at the reference epoch, and how it drifts."""

    code: str  # four letters or digits, the ILRS pad for laser stations
    point: str
    name: str
    t_from_tai_ns: int
    t_to_tai_ns: int
    t_epoch_tai_ns: int
    position_itrf_m: Rows  # (3,)
    drift_itrf_mps: Rows  # (3,)

    def at(self, t_tai_ns: Ints | int) -> Rows:
        """Positions (..., 3) at instants (...)."""
        seconds = (np.asarray(t_tai_ns) - self.t_epoch_tai_ns) / NS_PER_S
        return self.position_itrf_m + np.multiply.outer(seconds, self.drift_itrf_mps)


@dataclass(frozen=True, slots=True)
class Eccentricity:
    """From a marker to the axes' crossing of the instrument that stood there, up, north and east."""

    code: str
    occupancy: str  # the eight digits of a laser station's data number: pad, system, occupancy
    t_from_tai_ns: int
    t_to_tai_ns: int
    up_m: float
    north_m: float
    east_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Sinex:
    """What a SINEX file says of stations."""

    markers: tuple[MarkerSolution, ...]
    eccentricities: tuple[Eccentricity, ...]


def read_sinex(text: str, where: str = "SINEX") -> Sinex:
    """Markers and eccentricities; other blocks are passed over. BadInputError names the line that is damaged."""
    lines = text.splitlines()
    if not lines or not lines[0].startswith("%=SNX"):
        raise BadInputError("the first line does not begin with %=SNX", f"{where}:1", "give a SINEX file")
    blocks: dict[str, list[tuple[int, str]]] = {}
    block = ""
    for number, line in enumerate(lines, 1):
        if line.startswith("+"):
            block = line[1:].strip()
        elif line.startswith("-"):
            block = ""
        elif block and line.startswith(" "):
            blocks.setdefault(block, []).append((number, line.rstrip()))
    names = {(row[1:5], row[6:8].strip()): row[21:43].strip() for _, row in blocks.get("SITE/ID", [])}
    spans = _spans(blocks.get("SOLUTION/EPOCHS", []), where)
    return Sinex(
        tuple(_markers(blocks.get("SOLUTION/ESTIMATE", []), names, spans, where)),
        tuple(_eccentricities(blocks.get("SITE/ECCENTRICITY", []), where)),
    )


def _instant(text: str, at: str, open_end: int) -> int:
    """`16:045:03600` is year, day of year and second; zeros mean an open end."""
    found = re.fullmatch(r"(\d\d):(\d{3}):(\d{5})", text)
    if found is None:
        raise BadInputError(f"{text!r} is no SINEX time", at, "fetch the file again")
    year, day, second = (int(part) for part in found.groups())
    if day == 0:
        return open_end
    first = date(1900 + year if year > 50 else 2000 + year, 1, 1) + timedelta(days=day - 1)
    return tai_ns_from_utc_text(f"{first.isoformat()}T00:00:00Z") + second * NS_PER_S


def _spans(rows: list[tuple[int, str]], where: str) -> dict[tuple[str, str, str], tuple[int, int]]:
    spans = {}
    for number, row in rows:
        words = row.split()
        if len(words) < 6:
            raise BadInputError(f"a damaged span: {row[:60]!r}", f"{where}:{number}", "fetch the file again")
        at = f"{where}:{number}"
        spans[words[0], words[1], words[2]] = (
            _instant(words[4], at, _FOREVER_NS[0]), _instant(words[5], at, _FOREVER_NS[1])
        )  # fmt: skip
    return spans


def _markers(
    rows: list[tuple[int, str]],
    names: dict[tuple[str, str], str],
    spans: dict[tuple[str, str, str], tuple[int, int]],
    where: str,
) -> list[MarkerSolution]:
    found: dict[tuple[str, str, str], dict[str, tuple[float, int]]] = {}
    for number, row in rows:
        words = row.split()
        try:
            kind, key, value = words[1], (words[2], words[3], words[4]), float(words[8].replace("D", "E"))
            if not np.isfinite(value):
                raise ValueError
        except (IndexError, ValueError):
            raise BadInputError(f"a damaged estimate: {row[:70]!r}", f"{where}:{number}", "fetch the file again") from None  # fmt: skip # noqa: E501
        found.setdefault(key, {})[kind] = (value, _instant(words[5], f"{where}:{number}", 0))
    markers = []
    for key, values in found.items():
        if not all(f"STA{axis}" in values for axis in _AXES):
            continue
        start, end = spans.get(key, _FOREVER_NS)
        markers.append(MarkerSolution(
            key[0], key[1], names.get((key[0], key[1]), ""), start, end, values["STAX"][1],
            np.array([values[f"STA{axis}"][0] for axis in _AXES]),
            np.array([values.get(f"VEL{axis}", (0.0, 0))[0] / _YEAR_S for axis in _AXES]),
        ))  # fmt: skip
    return markers


def _eccentricities(rows: list[tuple[int, str]], where: str) -> list[Eccentricity]:
    found = []
    for number, row in rows:
        at, words = f"{where}:{number}", row.split()
        try:
            if words[6] != "UNE":
                continue
            up, north, east = (float(row[k : k + 9]) for k in (45, 54, 63))
        except (IndexError, ValueError):
            raise BadInputError(f"a damaged eccentricity: {row[:70]!r}", at, "fetch the file again") from None
        start, end = _instant(words[4], at, _FOREVER_NS[0]), _instant(words[5], at, _FOREVER_NS[1])
        found.append(Eccentricity(words[0], row[72:].strip(), start, end, up, north, east))
    return found
