"""Positions in the sky as visual observers report them: the IOD format, a line of 80 columns, and lists of sites.

Columns as at satobs.org/position/IODformat.html: object, station, sky, time, time's uncertainty, how the angles are
told, angles, their uncertainty, light. Texts of many lines, and other forms: `observer_reports`.
"""

import re
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from vedette.core.errors import BadInputError
from vedette.time import tai_ns_from_utc_text

_ARCSEC = radians(1.0 / 3600.0)
_UNIT_RAD = {1: _ARCSEC, 2: 60.0 * _ARCSEC, 3: radians(1.0), 4: _ARCSEC, 5: 60.0 * _ARCSEC, 6: radians(1.0), 7: radians(1.0)}  # fmt: skip # noqa: E501
_YEARS = {1: 1855.0, 2: 1875.0, 3: 1900.0, 4: 1950.0, 5: 2000.0, 6: 2050.0}
_SIGMA_RAD = radians(0.01)


@dataclass(frozen=True, slots=True)
class OpticalLook:
    """One report: right ascension and declination on axes of J2000, or azimuth and elevation, in degrees."""

    catalogue_number: int
    station: str
    t_tai_ns: int
    time_sigma_s: float
    kind: str  # RA_DEC or AZ_EL
    values_deg: tuple[float, float]
    sigma_rad: float
    line: int
    designator: str = ""  # such as 1996-010A, where the form names objects so
    is_refracted: bool = True  # False: an elevation from which refraction was taken out

    @property
    def has_place(self) -> bool:
        """False for reports of light and time alone."""
        return all(np.isfinite(self.values_deg))


def parse_iod(text: str, where: str = "IOD") -> OpticalLook:
    """One line. BadInputError says what is wrong with it."""
    line = text.rstrip("\r\n")
    padded = line.ljust(80)
    found = _fields(padded)
    if found is None:
        raise BadInputError(f"no IOD report: {line[:60]!r}", where, "see satobs.org/position/IODformat.html")
    digits = found["time"].strip()
    stamp = digits + "0" * (17 - len(digits))
    clock = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}.{stamp[14:17]}Z"
    try:
        t_tai_ns = tai_ns_from_utc_text(clock)
    except BadInputError as trouble:
        raise BadInputError(trouble.what, where, trouble.cure) from None
    code = int(found["code"]) if found["code"].strip() else 0
    epoch = int(found["epoch"]) if found["epoch"].strip() else 0
    values = (float("nan"), float("nan"))
    if code and found["first"].strip() and found["second"].strip():
        values = angles_of(code, found["first"].strip(), found["sign"], found["second"].strip(), where)
        if code in (1, 2, 3, 7):
            values = on_j2000_of_epoch(values, epoch, t_tai_ns)
    spread = found["spread"].strip()
    sigma = _unsure(spread) * _UNIT_RAD.get(code, 1.0) if spread else _SIGMA_RAD
    return OpticalLook(
        int(found["number"]) if found["number"].strip() else 0, found["station"], t_tai_ns,
        _unsure(found["unsure"].strip()) if found["unsure"].strip() else 0.0,
        "AZ_EL" if code in (4, 5, 6) else "RA_DEC", values, sigma, 0,
    )  # fmt: skip


def read_sites(text: str, where: str = "sites") -> tuple[tuple[str, float, float, float], ...]:
    """Code, latitude (deg), longitude (deg) and height (m) from lines `4171 CB 52.8344 6.3785 10 Name`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        try:
            found.append((words[0], float(words[2]), float(words[3]), float(words[4])))
        except (IndexError, ValueError):
            what, cure = f"no site: {line.strip()[:60]!r}", "write: code, initials, latitude, longitude, height"
            raise BadInputError(what, f"{where}:{number}", cure) from None
    if not found:
        raise BadInputError("no sites are in it", where)
    return tuple(found)


def _fields(line: str) -> dict[str, str] | None:
    """The fields of a padded line, or None where a column holds what it cannot."""
    cut = {
        "number": line[0:5], "launch": line[6:12], "piece": line[12:15], "station": line[16:20], "sky": line[21],
        "time": line[23:40], "unsure": line[41:43], "code": line[44], "epoch": line[45], "first": line[47:54],
        "sign": line[54], "second": line[55:61], "spread": line[62:64], "light": line[65], "magnitude": line[66:70],
        "magnitude_spread": line[71:73], "flash": line[73:80],
    }  # fmt: skip
    rules = {
        "number": r"\d{5}| {5}", "launch": r"\d\d \d{3}| {6}", "piece": r"[A-Z]{1,3} *| {3}",
        "station": r"[0-9A-HJ-NP-Z]{4}", "sky": r"[EGFPBTCO ]", "time": r"\d{8,17} *", "unsure": r"\d\d|  ",
        "code": r"[1-7 ]", "epoch": r"[0-6 ]", "first": r"\d{2,7} *| {7}", "sign": r"[+\- ]",
        "second": r"\d{2,6} *| {6}", "spread": r"\d\d|  ", "light": r"[A-Z ]", "magnitude": r"[+-]\d{2,3} ?| {4}",
        "magnitude_spread": r"\d\d|[1-9] | [1-9]|  ",
        "flash": r" *\d* *",
    }  # fmt: skip
    if any(line[k] != " " for k in (5, 15, 20, 22, 40, 43, 46, 61, 64, 70)):
        return None
    if any(re.fullmatch(rules[name], value) is None for name, value in cut.items()):
        return None
    if cut["second"].strip() and cut["sign"] == " " and cut["code"] not in "456":
        return None
    return cut if cut["light"] in "EFIRSUVBXPQ " else None


def _unsure(two: str) -> float:
    """A mantissa and an exponent: 18 is 1 times ten to the power of 8 - 8."""
    return int(two[0]) * 10.0 ** (int(two[1]) - 8) if int(two[0]) else 10.0 ** (int(two[1]) - 8)


def _sexagesimal(digits: str, whole: int, has_seconds: bool, decimal_whole: bool) -> float:
    """`1100114` with whole=2: hours 11, minutes 00, and seconds 11.4 or a decimal part of the minute."""
    first, rest = float(digits[:whole]), digits[whole:]
    if decimal_whole:
        return first + (float(f"0.{rest}") if rest else 0.0)
    minutes = float(rest[:2].ljust(2, "0")) if rest else 0.0
    tail = rest[2:]
    if minutes >= 60.0:
        raise ValueError
    if not tail:
        return first + minutes / 60.0
    if not has_seconds:
        return first + (minutes + float(f"0.{tail}")) / 60.0
    seconds = float(f"{tail[:2].ljust(2, '0')}.{tail[2:] or '0'}")
    if seconds >= 60.0:
        raise ValueError
    return first + minutes / 60.0 + seconds / 3600.0


def angles_of(code: int, first: str, sign: str, second: str, where: str) -> tuple[float, float]:
    """Both angles (deg) from their digits, by the code of their form (1 to 7 as in IOD); BadInputError where none."""
    try:
        if code in (1, 2, 3, 7):
            level = 15.0 * _sexagesimal(first, 2, code in (1, 7), False)
        else:
            level = _sexagesimal(first.ljust(3, "0"), 3, code == 4, code == 6)
        upright = _sexagesimal(second, 2, code in (1, 4), code in (3, 6, 7))
    except ValueError:
        raise BadInputError(f"angles {first} {sign}{second} that cannot be", where, "correct the line") from None
    if not (0.0 <= level <= 360.0 and upright <= 90.0):
        raise BadInputError(f"angles {level:.4f}, {upright:.4f} degrees", where, "correct the line")
    return level, -upright if sign == "-" else upright


def on_j2000_of_epoch(values: tuple[float, float], epoch: int, t_tai_ns: int) -> tuple[float, float]:
    """Right ascension and declination (deg) carried to J2000 from the star chart of a code; 0 is the date itself."""
    return values if epoch == 5 else _on_j2000(values, _YEARS.get(epoch, 2000.0 + t_tai_ns / 3.15576e16))


def _on_j2000(values: tuple[float, float], year: float) -> tuple[float, float]:
    """Right ascension and declination (deg) carried from the equinox of a year to J2000 by precession (IAU 1976)."""
    import erfa

    ra, dec = radians(values[0]), radians(values[1])
    turn = erfa.pmat76(2_451_545.0, (year - 2000.0) * 365.25)
    x = turn.T @ np.array([cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec)])
    return float(np.degrees(np.arctan2(x[1], x[0]))) % 360.0, float(np.degrees(np.arcsin(np.clip(x[2], -1.0, 1.0))))
