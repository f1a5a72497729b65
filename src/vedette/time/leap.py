"""Leap seconds: what UTC had to give up to stay with the Earth, as a table of instants.

The table is ERFA's (IERS Bulletin C). Whole seconds since 1972-01-01; before that, from 1960, UTC ran at a slightly
different rate and the difference is a drift. ERFA is imported when the table is first needed, not before.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints

MJD_J2000 = 51544  # the day whose noon is the origin of our nanoseconds
MJD_1960 = 36934
MJD_1972 = 41317
NS_PER_DAY = 86_400 * NS_PER_S
HALF_DAY_NS = NS_PER_DAY // 2


@dataclass(frozen=True, slots=True)
class LeapTable:
    """Days (MJD) from which TAI-UTC has a given whole number of seconds, 1972 onwards, as tuples and as arrays."""

    mjds: tuple[int, ...]
    seconds: tuple[int, ...]
    starts_tai_ns: tuple[int, ...]
    mjd_array: Ints
    second_array: Ints
    start_array_tai_ns: Ints


def mjd_of_date(year: int, month: int, day: int) -> int:
    """Modified Julian Day of a Gregorian date (day may run past the month's end; the date of day 1 must exist)."""
    from datetime import date

    return date(year, month, 1).toordinal() - 678_576 + day - 1


@lru_cache(maxsize=1)
def leap_table() -> LeapTable:
    """The table of leap seconds since 1972-01-01, from ERFA."""
    import erfa

    rows = [row for row in erfa.leap_seconds.get() if int(row["year"]) >= 1972]
    mjds = tuple(mjd_of_date(int(row["year"]), int(row["month"]), 1) for row in rows)
    seconds = tuple(round(float(row["tai_utc"])) for row in rows)
    starts = tuple(
        (mjd - MJD_J2000) * NS_PER_DAY - HALF_DAY_NS + second * NS_PER_S
        for mjd, second in zip(mjds, seconds, strict=True)
    )
    return LeapTable(mjds, seconds, starts, *(np.array(x, dtype=np.int64) for x in (mjds, seconds, starts)))


def drift_tai_minus_utc_ns(mjd: int, ns_of_day: int) -> int:
    """TAI-UTC between 1960 and 1972, when UTC ran at its own rate; nearest nanosecond."""
    from datetime import date

    import erfa

    day = date.fromordinal(mjd + 678_576)
    return round(float(erfa.dat(day.year, day.month, day.day, ns_of_day / NS_PER_DAY)) * NS_PER_S)


def tai_minus_utc_s(t_tai_ns: Ints | int) -> Ints:
    """Whole leap seconds in force at an instant, 1972 onwards; inside a leap second, the value before it.

    Parameters
    ----------
    t_tai_ns : (...) TAI nanoseconds since 2000-01-01T12:00:00 TAI

    Instants before 1972 are given the value of 1972 (10 s), off by less than 8.6 s; `utc_text_from_tai_ns` is exact.
    """
    table = leap_table()
    index = np.searchsorted(table.start_array_tai_ns, np.asarray(t_tai_ns, dtype=np.int64), side="right") - 1
    return table.second_array[np.maximum(index, 0)]
