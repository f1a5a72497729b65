"""Instants as people type them."""

import pytest

from vedette.core.errors import UsageError
from vedette.engine.session import when
from vedette.time import tai_ns_from_utc_text

LIFTOFF = tai_ns_from_utc_text("2017-06-23T19:10:00Z")


@pytest.mark.parametrize(
    ("text", "after_s"), [("T+183", 183.0), ("T-5", -5.0), ("183", 183.0), ("t+0.25", 0.25), (" T+1e2 ", 100.0)]
)
def test_seconds_count_from_lift_off(text, after_s):
    assert when(text, LIFTOFF) - LIFTOFF == round(after_s * 1e9)
    assert when(text, None) == round(after_s * 1e9)


def test_utc_is_understood():
    assert when("2017-06-23T19:13:03Z", LIFTOFF) - LIFTOFF == 183 * 10**9


@pytest.mark.parametrize("text", ["soon", "", "T+", "25:99", "T+nan", "T+inf"])
def test_anything_else_is_refused_with_the_cure(text):
    with pytest.raises(UsageError, match=r"T\+183"):
        when(text, LIFTOFF)
