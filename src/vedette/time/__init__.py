"""When: int64 TAI nanoseconds since 2000-01-01T12:00:00 TAI, their spelling in UTC, and Julian dates for astronomy."""

from vedette.time.julian import (
    JD_J2000,
    jd_tai_from_tai_ns,
    jd_tt_from_tai_ns,
    jd_ut1_from_tai_ns,
    jd_utc_from_tai_ns,
    tai_ns_from_jd_tt,
)
from vedette.time.leap import tai_minus_utc_s
from vedette.time.utc import (
    mjd_utc_from_tai_ns,
    tai_ns_from_mjd_utc,
    tai_ns_from_utc_text,
    tai_ns_from_utc_texts,
    utc_text_from_tai_ns,
    utc_texts_from_tai_ns,
)

__all__ = [
    "JD_J2000",
    "jd_tai_from_tai_ns",
    "jd_tt_from_tai_ns",
    "jd_ut1_from_tai_ns",
    "jd_utc_from_tai_ns",
    "mjd_utc_from_tai_ns",
    "tai_minus_utc_s",
    "tai_ns_from_jd_tt",
    "tai_ns_from_mjd_utc",
    "tai_ns_from_utc_text",
    "tai_ns_from_utc_texts",
    "utc_text_from_tai_ns",
    "utc_texts_from_tai_ns",
]
