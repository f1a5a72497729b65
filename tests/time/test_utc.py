"""UTC text and TAI nanoseconds, judged by ERFA and by the published leap seconds."""

import erfa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.errors import BadInputError
from vedette.time import (
    jd_tai_from_tai_ns,
    jd_tt_from_tai_ns,
    jd_utc_from_tai_ns,
    tai_minus_utc_s,
    tai_ns_from_jd_tt,
    tai_ns_from_utc_text,
    tai_ns_from_utc_texts,
    utc_text_from_tai_ns,
)

ONE_SECOND_NS = 1_000_000_000


def test_the_origin_is_noon_tai():
    assert tai_ns_from_utc_text("2000-01-01T11:59:28Z") == 0  # TAI-UTC was 32 s


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2007-03-21T12:34:56.789Z", "2007-080T12:34:56.789"),
        ("2008-12-31T00:00:00Z", "2008-366T00:00Z"),
        ("2016-12-31T23:59:60.25Z", "2016-366T23:59:60,250"),
        ("2020-01-01 00:00:00", "2020-01-01T00:00:00+00:00"),
        ("2020-01-01T00:00:00.0000000005", "2020-01-01T00:00:00.000000001"),
    ],
)
def test_two_spellings_of_one_instant(text, same):
    assert tai_ns_from_utc_text(text) == tai_ns_from_utc_text(same)


def test_the_leap_second_of_2016_takes_a_second():
    before, leap, after = tai_ns_from_utc_texts(
        ["2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"]
    ).tolist()
    assert (leap - before, after - leap) == (ONE_SECOND_NS, ONE_SECOND_NS)
    assert utc_text_from_tai_ns(leap + 999_000_000) == "2016-12-31T23:59:60.999Z"
    assert utc_text_from_tai_ns(leap + 999_600_000) == "2017-01-01T00:00:00.000Z"
    assert tai_minus_utc_s([before, leap, after]).tolist() == [36, 36, 37]


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2020-02-30T00:00:00Z", "2019-366T00:00:00Z", "2020-13-01T00:00:00Z", "2020-01-01T24:00:00Z",
        "2020-01-01T00:60:00Z", "2015-01-01T23:59:60Z", "2016-12-31T12:00:60Z", "2020-01-01T00:00:00+02:00",
        "1959-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2020-000T00:00:00Z", "2020-01-00T00:00:00Z", "20" * 5000,
        "2020-01-01T00:00:00.Z", "２020-01-01T00:00:00Z", "2020-01-01", None,
    ],
)  # fmt: skip
def test_what_is_not_a_time_is_refused_in_one_short_sentence(text):
    with pytest.raises(BadInputError) as caught:
        tai_ns_from_utc_text(text)
    assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)


@given(st.integers(min_value=-1_262_000_000_000_000_000, max_value=8_000_000_000_000_000_000))
@settings(max_examples=200)
def test_round_trip_is_exact_to_the_nanosecond(t_tai_ns):
    """From 1960 (with its drifting UTC, where a nanosecond is rounded) to 2253."""
    slack_ns = 1 if t_tai_ns < -883_655_990_000_000_000 else 0
    assert abs(tai_ns_from_utc_text(utc_text_from_tai_ns(t_tai_ns, 9)) - t_tai_ns) <= slack_ns


@given(st.integers(min_value=1972, max_value=2024), st.integers(1, 12), st.integers(1, 28), st.integers(0, 86_399))
@settings(max_examples=100)
def test_utc_agrees_with_erfa(year, month, day, second):
    hour, minute, sec = second // 3600, second // 60 % 60, second % 60
    t = tai_ns_from_utc_text(f"{year}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{sec:02d}Z")
    tai_1, tai_2 = erfa.utctai(*erfa.dtf2d("UTC", year, month, day, hour, minute, sec))
    one_nanosecond = 1e-9  # a day fraction in a double carries 0.01 ns
    tt_1, tt_2 = erfa.taitt(tai_1, tai_2)
    jd = jd_tt_from_tai_ns(t)
    assert abs(((tt_1 - jd[0]) + (tt_2 - jd[1])) * 86400.0) < one_nanosecond
    assert tai_ns_from_jd_tt(*jd) == t


def test_utc_julian_date_is_that_of_the_calendar():
    day, fraction = jd_utc_from_tai_ns(np.array([tai_ns_from_utc_text("2004-04-06T07:51:28.386009Z")]))
    assert day[0] == 2453101.5
    assert abs(fraction[0] - 28288.386009 / 86400) < 1e-15


def test_drifting_utc_of_1965_agrees_with_erfa():
    t = tai_ns_from_utc_text("1965-06-01T06:00:00Z")
    tai_1, tai_2 = erfa.utctai(*erfa.dtf2d("UTC", 1965, 6, 1, 6, 0, 0.0))
    one_microsecond = 1e-6  # ERFA spreads the drift over the UTC day; ours is the value at the instant
    jd = jd_tai_from_tai_ns(t)
    assert abs(((tai_1 - jd[0]) + (tai_2 - jd[1])) * 86400.0) < one_microsecond


def test_importing_time_does_not_import_erfa():
    import subprocess
    import sys

    code = "import vedette.time, sys; sys.exit('erfa' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
