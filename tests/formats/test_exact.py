"""Degrees and kilometres outside, radians and metres inside, and not one bit lost."""

from decimal import Decimal
from math import copysign, inf, isnan, nan, pi, radians

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.formats.exact import degrees_text, kilometres_text, metres, number_text
from vedette.formats.exact import radians as radians_of

any_number = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@given(any_number)
def test_an_angle_comes_back_bit_for_bit(angle_rad):
    assert radians_of(degrees_text(angle_rad)) == angle_rad


@given(any_number)
def test_a_length_comes_back_bit_for_bit(length_m):
    assert metres(kilometres_text(length_m)) == length_m


@given(any_number)
def test_a_plain_number_comes_back_bit_for_bit(number):
    assert float(number_text(number)) == number


def test_a_negative_zero_stays_negative():
    for text in (degrees_text(-0.0), kilometres_text(-0.0), number_text(-0.0)):
        assert copysign(1.0, metres(msgspec.json.decode(str(text), type=Decimal))) == -1.0


@given(st.floats(-1e6, 1e6))
def test_degrees_agree_with_the_standard_library(angle_deg):
    two_roundings = 2.3e-16  # math.radians rounds the factor and the product; ours rounds once
    assert radians_of(Decimal(angle_deg)) == pytest.approx(radians(angle_deg), rel=two_roundings)


def test_the_usual_angles_are_written_as_people_write_them():
    assert [str(degrees_text(angle)) for angle in (0.0, pi / 2, pi, -pi / 4)] == ["0", "90", "180", "-45"]
    assert str(kilometres_text(2047502.0)) == "2047.502"
    assert str(kilometres_text(300_000.0)) == "300"


def test_what_was_not_measured_stays_so():
    assert degrees_text(nan) is None and kilometres_text(nan) is None and number_text(nan) is None


@pytest.mark.parametrize("text", ["NaN", "sNaN", "-NaN"])
def test_a_stated_nan_is_seen(text):
    assert isnan(radians_of(Decimal(text))) and isnan(metres(Decimal(text)))


@pytest.mark.parametrize("text", ["1E+999999", "Infinity", "1E+999999999"])
def test_numbers_beyond_all_measure_become_infinite_and_do_not_raise(text):
    assert metres(Decimal(text)) == inf and radians_of(Decimal(text)) == inf
