"""docs/reference/ says what the code says."""

from tools.reference import stale_pages


def test_the_reference_is_what_the_code_says_now():
    assert stale_pages() == [], "./run docs"
