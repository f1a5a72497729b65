"""The best pairs, against trying everything."""

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.core.assignment import best_pairs, clusters_of


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Gains between up to four and five things; some pairs are impossible and some lose."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    cell = st.one_of(st.just(-np.inf), st.floats(-3.0, 9.0))
    return np.array(draw(st.lists(cell, min_size=n * m, max_size=n * m))).reshape(n, m)


@settings(max_examples=80, deadline=None)
@given(tables())
def test_the_chosen_pairs_gain_as_much_as_the_best_of_all_choices(gain: np.ndarray) -> None:
    n, m = gain.shape
    wide = np.hstack([np.maximum(gain, 0.0), np.zeros((n, n))])  # anybody may stay alone
    best = max(sum(wide[i, j] for i, j in enumerate(choice)) for choice in permutations(range(m + n), n))
    first, second = (index.ravel() for index in np.indices(gain.shape))
    chosen = best_pairs(first, second, gain.ravel())
    assert abs(gain.ravel()[chosen].sum() - best) < 1e-9
    assert len(set(first[chosen])) == len(set(second[chosen])) == len(chosen)


def test_pairs_that_share_nothing_are_clusters_of_their_own() -> None:
    label = clusters_of(np.array([0, 0, 1, 2]), np.array([0, 1, 2, 1]), 3, 3)
    assert label[0] == label[1] == label[3] != label[2]
