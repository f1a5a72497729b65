"""Numbers as people read them."""

import pytest

from vedette.reports.words import percent_words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "under 0.01 %"), (6.8e-55, "under 0.01 %"), (0.000101, "0.01 %"), (0.0031, "0.31 %"), (0.0449, "4.5 %"),
        (0.0995, "10 %"), (0.354, "35 %"), (0.98949, "99 %"), (0.9909, "99.1 %"), (0.999, "99.9 %"),
        (0.99951, "over 99.9 %"), (1.0, "over 99.9 %"),
    ],
)  # fmt: skip
def test_percents_are_told_with_two_figures_and_no_powers_of_ten(probability, words):
    assert percent_words(probability) == words
