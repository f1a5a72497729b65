"""Julian dates in two parts, for the astronomy below us; one double alone loses about 40 microseconds."""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Scalar
from vedette.time.leap import HALF_DAY_NS, MJD_J2000, NS_PER_DAY, tai_minus_utc_s

JD_J2000 = 2_451_545.0
TT_MINUS_TAI_NS = 32_184_000_000  # exact by definition, IAU 1991


def jd_tai_from_tai_ns(t_tai_ns: Ints | int) -> tuple[Scalar, Scalar]:
    """Two-part TAI Julian date (...), (...): a whole number of days after J2000's noon, and the fraction in [0, 1)."""
    return _two_part(np.asarray(t_tai_ns, dtype=np.int64))


def jd_tt_from_tai_ns(t_tai_ns: Ints | int) -> tuple[Scalar, Scalar]:
    """Two-part Terrestrial Time Julian date; good to 0.01 ns. TDB differs by less than 2 ms and may be given this."""
    return _two_part(np.asarray(t_tai_ns, dtype=np.int64) + TT_MINUS_TAI_NS)


def jd_ut1_from_tai_ns(t_tai_ns: Ints | int, ut1_minus_tai_s: Scalar | float) -> tuple[Scalar, Scalar]:
    """Two-part UT1 Julian date from UT1-TAI in seconds (continuous; UT1-UTC is not).

    The offset usually comes from `vedette.frames.EarthOrientation`.
    """
    day, fraction = _two_part(np.asarray(t_tai_ns, dtype=np.int64))
    return day, fraction + np.asarray(ut1_minus_tai_s, dtype=float) / 86_400.0


def jd_utc_from_tai_ns(t_tai_ns: Ints | int) -> tuple[Scalar, Scalar]:
    """Two-part UTC Julian date as SGP4 and almanacs use it; inside a leap second it runs into the next day.

    1972 onwards. First part ends in .5 (midnight), second is the fraction of an 86,400 s day.
    """
    t = np.asarray(t_tai_ns, dtype=np.int64)
    utc_ns = t - tai_minus_utc_s(t) * NS_PER_S + HALF_DAY_NS
    day = np.floor_divide(utc_ns, NS_PER_DAY)
    return 2_400_000.5 + MJD_J2000 + day.astype(float), (utc_ns - day * NS_PER_DAY) / float(NS_PER_DAY)


def tai_ns_from_jd_tt(jd_tt_1: Scalar | float, jd_tt_2: Scalar | float) -> Ints:
    """TAI nanoseconds of a two-part TT Julian date, nearest nanosecond that the doubles can carry."""
    first = np.asarray(jd_tt_1, dtype=float) - JD_J2000
    days = np.round(first)
    rest_days = (first - days) + np.asarray(jd_tt_2, dtype=float)
    return days.astype(np.int64) * NS_PER_DAY + np.rint(rest_days * NS_PER_DAY).astype(np.int64) - TT_MINUS_TAI_NS


def _two_part(ns: Ints) -> tuple[Scalar, Scalar]:
    day = np.floor_divide(ns, NS_PER_DAY)
    return JD_J2000 + day.astype(float), (ns - day * NS_PER_DAY) / float(NS_PER_DAY)
