"""Positions in the sky in the U.K. format (80 columns, no points) and in R. D. Eberst's shorter form of it.

Columns as at satobs.org/position/UKformat.html and RDEformat.html, after "The Reporting of Satellite Observations"
(Radio and Space Research Station, Slough, 1973). Objects are named by launch and piece, not by a catalogue number.

```text
9701201201803101520195542  01   12172038  +15585   1  5             +6 +8   190R
```

An RDE report has a line for all (station, year and month, accuracies, epoch), a line with the day, then the looks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import radians

from vedette.core.errors import BadInputError
from vedette.formats.optical_reports import OpticalLook, angles_of, on_j2000_of_epoch
from vedette.time import tai_ns_from_utc_text

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # neither I nor O
_FIRST_YEAR = 57  # of the two digits: what is less is of this century
_CURE = "see satobs.org/position/UKformat.html"
_RDE_CURE = "see satobs.org/position/RDEformat.html"
_FORM = {7: 4, 8: 5, 9: 6}  # the same digits, elevation not corrected for refraction
_UNIT_RAD = (radians(1.0 / 3600.0), radians(1.0 / 60.0), radians(1.0))
_WHOLE = (3, 2, 1)  # digits of an accuracy before the point: SSSs, MMmm, Dddd
_RULES = (
    ("object", 0, 7, r"\d{7}"), ("station", 7, 11, r"[0-9A-HJ-NP-Z]{4}"), ("date", 11, 17, r"\d{6}"),
    ("time", 17, 27, r"\d{4,10} *"), ("time's accuracy", 27, 32, r"\d{1,5} *"), ("time's standard", 32, 33, r"[1-9 ]"),
    ("form of angles", 33, 34, r"[1-9]"), ("first angle", 34, 42, r"\d{2,8} *"),
    ("second angle", 42, 50, r"[+\- ]\d{2,7} *"), ("accuracy", 50, 54, r"\d{1,4} *| \d{1,3} *|  \d[\d ]|   \d| {4}"),
    ("epoch", 54, 55, r"[0-6 ]"), ("range", 55, 63, r" *\d* *"), ("range's accuracy", 63, 68, r" *\d* *"),
    ("brightest", 68, 71, r"[+-]?\d{1,3} *| {3}"), ("faintest", 71, 74, r"[+-]?\d{1,3} *|INV| {3}"),
    ("period", 74, 79, r" *\d*[1-9]\d* *| {5}"), ("look", 79, 80, r"[SIRFXE ]"),
)  # fmt: skip
_RDE_HEAD = re.compile(r"([0-9A-HJ-NP-Z]{4}) (\d\d)(\d\d) (\d\.\d)(\d)(\d) ?(\d{1,3})([0-6])", re.ASCII)
LIKE_UK = re.compile(r"\W{0,3}\d{6}[\dA-Z ]{5}\d{6}", re.ASCII)
_RDE_LOOK = re.compile(
    r"(\d{7}) (\d{6}(?:\.\d{1,4})?) (\d{6})([+-]\d{6})"
    r"(?: [+-]?\d{1,2}(?:\.\d)?| INV){0,2}(?: \d+(?:\.\d+)?)?(?: [A-Z])?",
    re.ASCII,
)  # fmt: skip


def parse_uk(text: str, where: str = "UK") -> OpticalLook:
    """One line; what stands after column 80 is passed over. BadInputError names the field that cannot be."""
    line = text.rstrip("\r\n").ljust(80)[:80]
    cut = {}
    for name, a, b, rule in _RULES:
        if re.fullmatch(rule, line[a:b], re.ASCII) is None:
            raise BadInputError(f"no UK report: its {name} is {line[a:b]!r}", where, _CURE)
        cut[name] = line[a:b].strip()
    code, accuracy = int(cut["form of angles"]), line[50:54]
    form = (code - 1) % 3  # seconds, minutes or degrees
    if form and re.fullmatch(r"  \d ", accuracy):
        raise BadInputError(f"no UK report: its accuracy is {accuracy!r}", where, _CURE)
    if code < 4 and line[42] == " ":
        raise BadInputError("no UK report: its declination has no sign", where, _CURE)
    clock = cut["time"].ljust(6, "0")
    t_tai_ns = _instant(line[11:13], line[13:17], f"{clock[:6]}.{clock[6:] or '0'}", where)
    sign, second = line[42].strip(), line[43:50].strip()
    values = angles_of(_FORM.get(code, code), cut["first angle"], sign, second, where)
    if code < 4:
        values = on_j2000_of_epoch(values, int(cut["epoch"] or 5), t_tai_ns)
    spread = f"{accuracy[: _WHOLE[form]].strip() or '0'}.{accuracy[_WHOLE[form] :].strip() or '0'}"
    sigma = float(spread) * _UNIT_RAD[form] if accuracy.strip() else 0.0
    seconds = cut["time's accuracy"]
    return OpticalLook(
        0, cut["station"], t_tai_ns, float(f"{seconds[0]}.{seconds[1:] or '0'}"), "AZ_EL" if code > 3 else "RA_DEC",
        values, sigma or radians(0.01), 0, designator_of(cut["object"], where), not 4 <= code <= 6,
    )  # fmt: skip


def designator_of(seven: str, where: str = "") -> str:
    """`9610304` as `1996-103D`. BadInputError for a piece of number 0."""
    piece = int(seven[5:7])
    if piece == 0:
        raise BadInputError(f"{seven} names piece 00 of a launch", where, "pieces count from 01")
    first, last = divmod(piece - 1, len(_LETTERS))
    return f"{_year(seven[:2])}-{seven[2:5]}{_LETTERS[first - 1] if first else ''}{_LETTERS[last]}"


@dataclass(frozen=True, slots=True)
class RdeHead:
    """What the first two lines say for all looks of an RDE report."""

    station: str
    year: str  # two digits
    month: str
    time_sigma_s: float
    sigma_rad: float
    epoch: int
    day: str = ""


def parse_rde_head(text: str, where: str = "RDE") -> RdeHead:
    """The first line, `2420 1909 0.211 1204`. BadInputError where it is none, or has angles of another form than 1."""
    found = _RDE_HEAD.fullmatch(text.strip())
    if found is None:
        raise BadInputError(f"no first line of an RDE report: {text.strip()[:60]!r}", where, _RDE_CURE)
    if found[6] != "1":
        raise BadInputError(f"angles of form {found[6]}, where RDE reports have form 1", where, _RDE_CURE)
    arcsec = float(found[7])
    if not 1 <= int(found[3]) <= 12:
        raise BadInputError(f"month {found[3]}", where, "correct the line")
    return RdeHead(found[1], found[2], found[3], float(found[4]), arcsec * _UNIT_RAD[0], int(found[8]))


def parse_rde(text: str, head: RdeHead, where: str = "RDE") -> OpticalLook:
    """One look of a report, `0502402 184758.93 193923+452358 3.1 3.1 0 S`. BadInputError says what is wrong."""
    found = _RDE_LOOK.fullmatch(text.strip())
    if found is None:
        raise BadInputError(f"no RDE report: {text.strip()[:60]!r}", where, _RDE_CURE)
    if not head.day:
        raise BadInputError("a look before the line with the day", where, _RDE_CURE)
    whole, _, part = found[2].partition(".")
    t_tai_ns = _instant(head.year, head.month + head.day, f"{whole}.{part or '0'}", where)
    values = angles_of(1, found[3], found[4][0], found[4][1:], where)
    values = on_j2000_of_epoch(values, head.epoch, t_tai_ns)
    return OpticalLook(
        0, head.station, t_tai_ns, head.time_sigma_s, "RA_DEC", values, head.sigma_rad or radians(0.01), 0,
        designator_of(found[1], where),
    )  # fmt: skip


def rde_looks(
    lines: Iterable[tuple[int, str]], where: str = "RDE"
) -> tuple[list[OpticalLook], list[BadInputError], set[int]]:
    """Looks of every RDE report among some numbered lines, what was refused, and the lines that were of such reports.

    A report goes from its first line to `999`, the next first line, or a line in the U.K. format.
    """
    found: list[OpticalLook] = []
    refused: list[BadInputError] = []
    taken: set[int] = set()
    head: RdeHead | None = None
    for number, line in lines:
        at, words = f"{where}:{number}", line.strip()
        if _RDE_HEAD.fullmatch(words):
            taken.add(number)
            try:
                head = parse_rde_head(words, at)
            except BadInputError as trouble:
                head = None
                refused.append(trouble)
        elif head is not None and words == "999":
            taken.add(number)
            head = None
        elif head is not None and re.fullmatch(r"\d\d", words, re.ASCII):
            taken.add(number)
            head = replace(head, day=words)
        elif LIKE_UK.match(words):
            head = None
        elif head is not None and words and not words.startswith("#"):
            taken.add(number)
            try:
                found.append(replace(parse_rde(words, head, at), line=number))
            except BadInputError as trouble:
                refused.append(trouble)
    return found, refused, taken


def _instant(year: str, month_day: str, clock: str, where: str) -> int:
    whole = clock.partition(".")
    stamp = f"{_year(year)}-{month_day[:2]}-{month_day[2:]}T{clock[:2]}:{clock[2:4]}:{clock[4:6]}.{whole[2]}Z"
    try:
        return tai_ns_from_utc_text(stamp)
    except BadInputError as trouble:
        raise BadInputError(trouble.what, where, trouble.cure) from None


def _year(two: str) -> int:
    return int(two) + (1900 if int(two) >= _FIRST_YEAR else 2000)
