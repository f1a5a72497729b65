"""UTC as text, and TAI nanoseconds as what is meant: exact both ways, leap seconds included.

UTC is a spelling, not a clock. Inside Vedette an instant is an int64 count of TAI nanoseconds since
2000-01-01T12:00:00 TAI; it never repeats, never jumps, and differences are durations.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints
from vedette.time.leap import (
    HALF_DAY_NS,
    MJD_1960,
    MJD_1972,
    MJD_J2000,
    NS_PER_DAY,
    drift_tai_minus_utc_ns,
    leap_table,
    mjd_of_date,
)

_ISO = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d{2})-(?P<day>\d{2})|(?P<yearday>\d{3}))[Tt ]"
    r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_CURE = "write it like 2031-04-01T12:00:00.000Z or 2031-091T12:00:00Z"
LAST_YEAR = 2261  # int64 nanoseconds end in 2292; a round figure below keeps sums of instants and spans safe


def tai_ns_from_utc_text(text: str) -> int:
    """The instant that an ISO 8601 UTC text names, in TAI nanoseconds since 2000-01-01T12:00:00 TAI.

    Takes calendar dates (`2007-03-21T12:00:00.5Z`) and the day-of-year form of the CCSDS standards
    (`2007-080T12:00:00.5`); the `Z` may be missing, seconds may be missing, fractions are read to the nanosecond
    (further digits are rounded). `23:59:60` is accepted on the days that had a leap second and nowhere else.

    Errors
    ------
    BadInputError when the text is not such a date, names a day or second that does not exist, carries another time
    zone, or lies outside 1960..2261.
    """
    found = _ISO.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        shown = text if isinstance(text, str) and len(text) <= 40 else f"{str(text)[:40]}..."
        raise BadInputError(f"{shown!r} is not a UTC time", cure=_CURE)
    if (found["zone"] or "Z").upper() not in ("Z", "+00:00", "-00:00", "+0000", "-0000"):
        raise BadInputError(f"{text!r} is in another time zone", cure="give it in UTC, ending in Z or in nothing")
    mjd = _mjd(found, text)
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 60:
        raise BadInputError(f"{text!r} names a time of day that does not exist", cure=_CURE)
    if second == 60 and not (hour == 23 and minute == 59 and _has_leap_second(mjd)):
        raise BadInputError(f"{text!r} is a leap second that never was", cure="seconds run from 00 to 59")
    ns_of_day = (hour * 3600 + minute * 60 + second) * NS_PER_S + _fraction_ns(found["fraction"])
    return tai_ns_from_mjd_utc(mjd, ns_of_day)


def tai_ns_from_utc_texts(texts: Iterable[str]) -> Ints:
    """Many UTC texts at once: int64 TAI nanoseconds, one per text; raises at the first that cannot be read."""
    return np.fromiter((tai_ns_from_utc_text(text) for text in texts), dtype=np.int64)


def tai_ns_from_mjd_utc(mjd: int, ns_of_day: int) -> int:
    """The instant of a UTC day (Modified Julian Day) and the nanoseconds elapsed in it (leap second included)."""
    if mjd < MJD_1972:
        offset_ns = drift_tai_minus_utc_ns(mjd, ns_of_day)
    else:
        table = leap_table()
        offset_ns = table.seconds[bisect_right(table.mjds, mjd) - 1] * NS_PER_S
    return (mjd - MJD_J2000) * NS_PER_DAY - HALF_DAY_NS + ns_of_day + offset_ns


def mjd_utc_from_tai_ns(t_tai_ns: int) -> tuple[int, int]:
    """UTC day (Modified Julian Day) and nanoseconds elapsed in it; 86,400 s and more inside a leap second."""
    table = leap_table()
    index = bisect_right(table.starts_tai_ns, t_tai_ns) - 1
    if index < 0:
        return _mjd_utc_before_1972(t_tai_ns)
    utc_ns = t_tai_ns - table.seconds[index] * NS_PER_S + HALF_DAY_NS
    days, ns_of_day = divmod(utc_ns, NS_PER_DAY)
    mjd = days + MJD_J2000
    if index + 1 < len(table.mjds) and mjd >= table.mjds[index + 1]:  # the next table row has not begun: 23:59:60
        return mjd - 1, ns_of_day + NS_PER_DAY
    return mjd, ns_of_day


def utc_text_from_tai_ns(t_tai_ns: int, digits: int = 3) -> str:
    """An instant spelled in UTC, `2031-04-01T12:00:00.000Z`, rounded to `digits` decimals of a second (0 to 9)."""
    unit_ns = 10 ** (9 - digits)
    rounded_ns = (int(t_tai_ns) + unit_ns // 2) // unit_ns * unit_ns
    mjd, ns_of_day = mjd_utc_from_tai_ns(rounded_ns)
    second_of_day, ns = divmod(ns_of_day, NS_PER_S)
    minute_of_day, second = divmod(min(second_of_day, 86_399), 60)
    second += max(second_of_day - 86_399, 0)
    hour, minute = divmod(minute_of_day, 60)
    fraction = f".{ns:09d}"[: digits + 1] if digits else ""
    day = date.fromordinal(mjd + 678_576)
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:{second:02d}{fraction}Z"


def utc_texts_from_tai_ns(t_tai_ns: Iterable[int], digits: int = 3) -> list[str]:
    """Many instants spelled in UTC."""
    return [utc_text_from_tai_ns(int(t), digits) for t in t_tai_ns]


def _mjd(found: "re.Match[str]", text: str) -> int:
    year = int(found["year"])
    try:
        if found["yearday"] is None:
            mjd = mjd_of_date(year, int(found["month"]), 1) + int(found["day"]) - 1
            date(year, int(found["month"]), int(found["day"]))
        else:
            mjd = mjd_of_date(year, 1, int(found["yearday"]))
            if not mjd_of_date(year, 1, 1) <= mjd <= mjd_of_date(year, 12, 31):
                raise ValueError
    except ValueError:
        raise BadInputError(f"{text!r} names a day that does not exist", cure=_CURE) from None
    if mjd < MJD_1960 or year > LAST_YEAR:
        raise BadInputError(f"{text!r} lies outside 1960 to {LAST_YEAR}, where UTC is known", cure="check the year")
    return mjd


def _has_leap_second(mjd: int) -> bool:
    return mjd + 1 in leap_table().mjds[1:]


def _fraction_ns(fraction: str | None) -> int:
    if not fraction:
        return 0
    digits = (fraction + "0" * 10)[:10]
    return (int(digits) + 5) // 10


def _mjd_utc_before_1972(t_tai_ns: int) -> tuple[int, int]:
    utc_ns = t_tai_ns + HALF_DAY_NS - 10 * NS_PER_S
    for _ in range(3):  # the drift is 3e-8: each pass gains seven digits
        days, ns_of_day = divmod(utc_ns, NS_PER_DAY)
        if days + MJD_J2000 < MJD_1960:
            raise BadInputError("an instant before 1960 has no UTC", cure="check the time")
        utc_ns = t_tai_ns + HALF_DAY_NS - drift_tai_minus_utc_ns(days + MJD_J2000, ns_of_day)
    days, ns_of_day = divmod(utc_ns, NS_PER_DAY)
    return days + MJD_J2000, ns_of_day
