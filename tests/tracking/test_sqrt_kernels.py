"""The root filter's kernels against the estimation floor's array form, and where a covariance would lose its digits."""

import numpy as np
import pytest
from tests.tracking.test_row_kernels import ENU, SITE_ITRF_M, drawn

from vedette.estimation import sqrt_predicted, sqrt_updated
from vedette.tracking.kernels import row as rk
from vedette.tracking.kernels import sqrt as sk
from vedette.tracking.kernels.step_arithmetic import flown, transition

KERNELS = [lambda f: f, lambda f: f.py_func]


@pytest.mark.parametrize("kernel", KERNELS, ids=["compiled", "plain"])
@pytest.mark.parametrize("dt_s", [6.0, -4.0])
def test_the_root_goes_as_the_array_form_says(kernel, dt_s):
    mean, cov, _ = drawn(21)
    root, q = np.linalg.cholesky(cov), 0.5
    _, middle = flown(tuple(mean), dt_s, rk.EARTH)
    blocks = np.reshape(transition(middle, dt_s, rk.EARTH), (2, 2, 3, 3))
    F = np.block([[blocks[0, 0], blocks[0, 1]], [blocks[1, 0], blocks[1, 1]]])
    span = abs(dt_s)
    two = np.linalg.cholesky(q * np.array([[span**3 / 3, dt_s * span / 2], [dt_s * span / 2, span]]))
    expected = sqrt_predicted(root, F, np.kron(two, np.eye(3)))
    here, found = mean.copy(), root.copy()
    kernel(sk.sqrt_predict_row)(here, found, dt_s, q, rk.EARTH, np.empty(sk.SQRT_SCRATCH))
    rounding = 1e-9
    np.testing.assert_allclose(found, expected, atol=rounding * np.abs(expected).max())
    later, wide = mean.copy(), cov.copy()
    rk.ekf_predict_row(later, wide, dt_s, q, rk.EARTH)
    np.testing.assert_array_equal(later, here)
    scale = np.sqrt(np.diag(wide))
    assert np.abs((found @ found.T - wide) / np.outer(scale, scale)).max() < rounding


@pytest.mark.parametrize("kernel", KERNELS, ids=["compiled", "plain"])
def test_a_look_changes_the_root_as_the_array_form_says(kernel):
    mean, cov, rng = drawn(22)
    root, seen, H = np.linalg.cholesky(cov), np.empty(4), np.empty((4, 6))
    rk.radar_row(mean, SITE_ITRF_M, ENU, seen, H)
    variance = np.array([1e-3, 1e-3, 20.0, 2.0]) ** 2
    residual = np.sqrt(np.diag(H @ cov @ H.T) + variance) * rng.normal(size=4)
    expected_mean, expected, nis = sqrt_updated(mean, root, residual, H, np.diag(np.sqrt(variance)))
    here, found = mean.copy(), root.copy()
    _, found_nis, count = kernel(sk.sqrt_diagonal_update_row)(here, found, residual, variance, H, np.empty(12))
    rounding = 1e-9
    np.testing.assert_allclose(found, expected, atol=rounding * np.abs(root).max())
    np.testing.assert_allclose(here, expected_mean, atol=rounding * np.abs(root).max())
    np.testing.assert_allclose((found_nis, count), (nis, 4), rtol=1e-8)


def test_the_root_keeps_digits_that_the_covariance_loses():
    """Two looks along all but one direction, each 1e9 times sharper than what was known: the exact answer is known."""
    known, sharp, tilt = 1e6, 1e-3, 1e-4
    H = np.zeros((2, 6))
    H[0, 0], H[1, 0], H[1, 1] = 1.0, 1.0, tilt
    root, cov, mean = known * np.eye(6), known**2 * np.eye(6), np.zeros(6)
    variance = np.full(2, sharp**2)
    sk.sqrt_diagonal_update_row(mean.copy(), root, np.zeros(2), variance, H, np.empty(12))
    rk.diagonal_update_row(mean, cov, np.zeros(2), variance, H, np.empty(12))
    exact = sharp * np.sqrt(2.0) / tilt  # of the second coordinate: the difference of two looks over the tilt
    one_in_a_thousand = 1e-3
    assert abs(np.linalg.norm(root[1]) / exact - 1.0) < one_in_a_thousand
    assert not abs(np.sqrt(max(cov[1, 1], 0.0)) / exact - 1.0) < one_in_a_thousand
