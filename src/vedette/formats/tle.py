"""Two-line element sets, with or without a line for the name; catalogue numbers with a letter (Alpha-5).

Columns are fixed (Kelso, "Frequently Asked Questions: Two-Line Element Set Format", 1998). A set that breaks them is
refused by itself with a sentence; a lost digit moves every column after it, so nothing is read from a line that is
not whole. Only the checksum may be missing; a wrong one refuses the set, since nobody knows which digit it speaks of.
"""

import re
from collections.abc import Iterable

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Scalar
from vedette.reports.elements import ElementSets
from vedette.time import tai_ns_from_mjd_utc
from vedette.time.leap import HALF_DAY_NS, MJD_1960, MJD_1972, MJD_J2000, NS_PER_DAY, leap_table, mjd_of_date

_NUMBER = r"([ 0-9A-HJ-NP-Z][ 0-9]{3}[0-9])"
_LINE_1 = re.compile(
    _NUMBER + r"([A-Z ]) (.{8}) ([ 0-9][0-9])([ 0-9]{2}[0-9]\.[0-9]{8}) ([ +-]\.[0-9]{8}) "
    r"([ +-][ 0-9][0-9]{4}[+-][0-9]) ([ +-][ 0-9][0-9]{4}[+-][0-9]) ([ 0-9]) ([ 0-9]{4})([0-9])?",
    re.ASCII,
)
_ANGLE = r"([ 0-9]{2}[0-9]\.[0-9]{4})"
_LINE_2 = re.compile(
    f"{_NUMBER} {_ANGLE} {_ANGLE} ([ 0-9]{{6}}[0-9]) {_ANGLE} {_ANGLE} ([ 0-9][0-9]\\.[0-9]{{8}})([ 0-9]{{5}})([0-9])?",
    re.ASCII,
)
_LETTERS = {letter: 10 + i for i, letter in enumerate("ABCDEFGHJKLMNPQRSTUVWXYZ")}
_WIDTH = 69
_FIRST_YEAR = 57  # of the last century; smaller ones are of this
_MOST_SENTENCES = 1000


def read_tle(
    text: str, where: str = "element sets", *, has_checksums: bool = True
) -> tuple[ElementSets, tuple[BadInputError, ...]]:
    """Every element set of a text, and a sentence for each that was refused.

    `where` is named in the sentences and becomes the source. `has_checksums=False` takes the last digits for anything.
    Never raises.
    """
    names: list[str] = []
    rows: list[tuple[str, ...]] = []
    refused: list[BadInputError] = []
    lines = text.splitlines()
    sums = _checksums(lines) if has_checksums else {}
    name, i = "", 0
    while i < len(lines):
        line = lines[i]
        if line[:2] == "1 " and len(line.rstrip()) > 24:
            second = lines[i + 1] if i + 1 < len(lines) else ""
            if second[:2] != "2 ":
                _refuse(refused, where, i, f"line 1 of {_named(line, name)} has no line 2 after it")
                i, name = i + 1, ""
                continue
            row = _row(line, second, sums.get(i), sums.get(i + 1))
            if isinstance(row, str):
                _refuse(refused, where, i, f"{_named(line, name)}: {row}")
            else:
                rows.append(row)
                names.append(name)
            i, name = i + 2, ""
        elif line[:2] == "2 " and len(line.rstrip()) > 24:
            _refuse(refused, where, i, f"line 2 of {_named(line, name)} has no line 1 before it")
            i, name = i + 1, ""
        else:
            if line.strip() and not line.startswith("#"):
                name = line[2:].strip() if line.startswith("0 ") else line.strip()
            i += 1
    sets = _sets(rows, names, where)
    early = sets.t_epoch_tai_ns == np.iinfo(np.int64).min
    for k in np.flatnonzero(early).tolist():
        _refuse(refused, where, None, f"{sets.number[k]} {names[k]}: its epoch lies before 1960, when there was no UTC")
    return (sets.take(np.flatnonzero(~early)) if early.any() else sets), tuple(refused)


def _row(first: str, second: str, sum_1: int | None, sum_2: int | None) -> tuple[str, ...] | str:
    """The columns of both lines, or what is wrong with them; a sum that is None is not checked."""
    one, two = _LINE_1.fullmatch(first, 2, _end(first)), _LINE_2.fullmatch(second, 2, _end(second))
    if one is None or two is None:
        bad, number = (first, 1) if one is None else (second, 2)
        length = len(bad.rstrip())
        if length < _WIDTH - 1:
            return f"line {number} has {length} characters instead of {_WIDTH}"
        return f"line {number} does not keep its columns: {bad.rstrip()[:_WIDTH]!r}"
    if one[1] != two[1]:
        return f"its lines are of {one[1].strip()} and {two[1].strip()}"
    for number, found, digit in ((1, sum_1, one[11]), (2, sum_2, two[9])):
        if digit is not None and found is not None and found != int(digit):
            return f"the checksum of line {number} is {found} and the line says {digit}"
    if one[9] not in " 0":
        return f"it is of ephemeris type {one[9]}, which is not SGP4's"
    if not 1 <= int(one[5][:3]) <= (366 if int(one[4]) % 4 == 0 else 365):
        return f"its epoch is day {one[5][:3]} of the year"
    if not any(c in "123456789" for c in two[7]):
        return "its mean motion is zero"
    return (*one.groups()[:8], *two.groups()[1:8])


def _end(line: str) -> int:
    """Where the columns end: some files write more after a space."""
    return _WIDTH if len(line) > _WIDTH and line[_WIDTH].isspace() else len(line.rstrip())


def _checksums(lines: list[str]) -> dict[int, int]:
    """By line number, for lines of full length: digits count themselves, minus signs one; modulo ten."""
    which = [i for i, line in enumerate(lines) if line[:2] in ("1 ", "2 ") and len(line) >= _WIDTH]
    if not which:
        return {}
    codes = np.array([lines[i][: _WIDTH - 1] for i in which], dtype=f"U{_WIDTH - 1}").view(np.uint32)
    codes = codes.reshape(len(which), -1)
    digits = np.where((codes >= ord("0")) & (codes <= ord("9")), codes - ord("0"), codes == ord("-"))
    return dict(zip(which, (digits.sum(axis=1) % 10).tolist(), strict=True))


def _sets(rows: list[tuple[str, ...]], names: list[str], where: str) -> ElementSets:
    columns: Iterable[tuple[str, ...]] = zip(*rows, strict=True) if rows else [()] * 15
    number, _, designator, year, day, dot, ddot, bstar, incl, node, ecc, perigee, anomaly, motion, rev = columns
    turn = 2.0 * np.pi
    return ElementSets(
        number=_numbers(number),
        name=tuple(names),
        designator=tuple(map(_designator, designator)),
        t_epoch_tai_ns=_epochs(year, day),
        mean_motion_radpmin=_floats(motion) * (turn / 1440.0),
        eccentricity=np.array([int(e) for e in ecc], dtype=float) / 1e7,
        inclination_rad=np.radians(_floats(incl)),
        node_teme_rad=np.radians(_floats(node)),
        perigee_argument_rad=np.radians(_floats(perigee)),
        mean_anomaly_rad=np.radians(_floats(anomaly)),
        bstar_per_er=_powers(bstar),
        mean_motion_dot_radpmin2=_floats(dot) * (turn / 1440.0**2),
        mean_motion_ddot_radpmin3=_powers(ddot) * (turn / 1440.0**3),
        revolution=np.array([int(r) if r.strip() else 0 for r in rev], dtype=np.int64),
        source=np.zeros(len(rows), dtype=np.int64),
        sources=(where,),
    )


def _numbers(words: tuple[str, ...]) -> Ints:
    """Catalogue numbers; a letter in front stands for 10 to 33 (Alpha-5, Space-Track)."""
    return np.array(
        [10_000 * _LETTERS[w[0]] + int(w[1:]) if w[0] in _LETTERS else int(w) for w in words], dtype=np.int64
    )


def _designator(word: str) -> str:
    """"98067A  " as "1998-067A"; what is no launch number stays as it is."""
    word = word.strip()
    if len(word) < 6 or not word[:5].isdigit():
        return word
    year = int(word[:2])
    return f"{1900 + year if year >= _FIRST_YEAR else 2000 + year}-{word[2:]}"


def _epochs(years: tuple[str, ...], days: tuple[str, ...]) -> Ints:
    """(n,) TAI ns; the least integer where the epoch lies before 1960."""
    year = np.array([int(y) for y in years], dtype=np.int64)
    year += np.where(year >= _FIRST_YEAR, 1900, 2000)
    of_year = {int(y): mjd_of_date(int(y), 1, 1) for y in np.unique(year)}
    whole = np.array([int(d[:3]) for d in days], dtype=np.int64)
    mjd = np.array([of_year[y] for y in year.tolist()], dtype=np.int64) + whole - 1
    ns = np.array([int(d[4:]) for d in days], dtype=np.int64) * (NS_PER_DAY // 10**8)
    out = np.full(len(years), np.iinfo(np.int64).min)
    old = (mjd >= MJD_1960) & (mjd < MJD_1972)
    for k in np.flatnonzero(old).tolist():
        out[k] = tai_ns_from_mjd_utc(int(mjd[k]), int(ns[k]))
    table, new = leap_table(), mjd >= MJD_1972
    leap_s = table.second_array[np.searchsorted(table.mjd_array, mjd[new], side="right") - 1]
    out[new] = (mjd[new] - MJD_J2000) * NS_PER_DAY - HALF_DAY_NS + ns[new] + leap_s * NS_PER_S
    return out


def _floats(words: tuple[str, ...]) -> Scalar:
    return np.array([float(w) for w in words], dtype=float)


def _powers(words: tuple[str, ...]) -> Scalar:
    """`-12345-3` is -0.12345e-3."""
    return np.array([float(f"{w[0]}.{w[1:6].replace(' ', '0')}e{w[6:]}".replace(" ", "")) for w in words], dtype=float)


def _named(line: str, name: str) -> str:
    return f"{line[2:7].strip()} {name}".strip()


def _refuse(refused: list[BadInputError], where: str, line: int | None, what: str) -> None:
    if len(refused) < _MOST_SENTENCES:
        place = where if line is None else f"{where}:{line + 1}"
        refused.append(BadInputError(what, place, "fetch the set again"))
