"""The best line through a transformed Gaussian, when one row of many has no line."""

import numpy as np
import pytest

from vedette.estimation import regression


def test_a_singular_row_is_nan_and_touches_no_other() -> None:
    good = np.array([[2.0, 0.3], [0.3, 1.0]])
    line = np.array([[1.0, -2.0], [0.5, 4.0]])
    cov = np.stack([good, np.ones((2, 2)), good])  # the middle one knows one thing and not two
    A, left_over = regression(cov, line @ cov @ line.T, cov @ line.T)
    assert np.isnan(A[1]).all() and np.isnan(left_over[1]).all()
    for row in (0, 2):
        assert A[row] == pytest.approx(line)
        assert left_over[row] == pytest.approx(np.zeros((2, 2)), abs=1e-12)
