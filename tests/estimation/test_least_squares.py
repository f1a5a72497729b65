"""Batch least squares against certified values, against batch algebra, and against its own promises."""

import numpy as np
import pytest

from vedette.core.errors import DidNotConvergeError
from vedette.estimation import fit, fit_rows, numeric_jacobian
from vedette.estimation.least_squares import CONVERGED, NOT_FINITE, UNOBSERVABLE
from vedette.metrics import binomial_band, chi_square_band, is_contained, nees

# NIST Statistical Reference Datasets, Misra1a (dental research, monomolecular adsorption), public domain:
# y = b1 (1 - exp(-b2 x)), certified to 11 digits
MISRA_Y = np.array([10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78])
MISRA_X = np.array([77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0])
MISRA_B = np.array([2.3894212918e02, 5.5015643181e-04])
MISRA_SD = np.array([2.7070075241e00, 7.2668688436e-06])
MISRA_RSS = 1.2455138894e-01


@pytest.mark.parametrize("start", [(500.0, 1e-4), (250.0, 5e-4)])  # NIST's far and near starts
@pytest.mark.parametrize("written", [True, False])
def test_nist_misra1a_is_met_to_eight_digits(start, written):
    sigma = np.sqrt(MISRA_RSS / (len(MISRA_X) - 2))

    def residual(b):
        return (MISRA_Y - b[0] * (1.0 - np.exp(-b[1] * MISRA_X))) / sigma

    def slope(b):
        e = np.exp(-b[1] * MISRA_X)
        return -np.column_stack([1.0 - e, b[0] * MISRA_X * e]) / sigma

    found = fit(
        residual, np.array(start), jacobian=slope if written else None,
        step=np.array([1e-2, 1e-8]), tolerance=1e-9, max_steps=200,
    ).or_raise()  # fmt: skip
    np.testing.assert_allclose(found.mean[0], MISRA_B, rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diagonal(found.cov[0])), MISRA_SD, rtol=1e-5)
    np.testing.assert_allclose(found.cost[0] * sigma**2, MISRA_RSS, rtol=1e-8)
    assert found.degrees_of_freedom[0] == 12


def exponential_rows(rng, rows, outliers=0):
    x = np.linspace(0.0, 3.0, 20)
    truth = np.column_stack([rng.normal(5.0, 0.5, rows), rng.normal(0.8, 0.1, rows)])
    sigma = 0.05
    y = truth[:, :1] * np.exp(-truth[:, 1:] * x) + sigma * rng.standard_normal((rows, 20))
    for i in range(rows):
        y[i, rng.choice(20, outliers, replace=False)] += 3.0
    return truth, lambda b: (y - b[:, :1] * np.exp(-b[:, 1:] * x)) / sigma


def test_covariance_of_many_fits_is_honest():
    rng = np.random.default_rng(0)
    truth, residual = exponential_rows(rng, 400)
    found = fit_rows(residual, np.full((400, 2), 2.0), step=np.array([1e-4, 1e-4])).or_raise()
    error = found.mean - truth
    low, high = chi_square_band(2, 400, 1.0 - 1e-6)
    assert low < nees(error, found.cov).mean() / 2 < high
    share = is_contained(error, found.cov, 0.9).mean()
    low, high = binomial_band(400, 0.9, 1.0 - 1e-6)
    assert low <= share <= high


def test_a_prior_is_a_measurement_like_any_other():
    """A linear problem with a prior has the textbook answer (A'A + L)^-1 (A'y + L m)."""
    rng = np.random.default_rng(6)
    A, y, m, L = rng.standard_normal((7, 3)), rng.standard_normal(7), rng.standard_normal(3), np.diag([4.0, 0.0, 1.0])
    found = fit(lambda x: y - A @ x, np.zeros(3), prior_mean=m, prior_information=L, tolerance=1e-10).or_raise()
    expected_cov = np.linalg.inv(A.T @ A + L)
    np.testing.assert_allclose(found.mean[0], expected_cov @ (A.T @ y + L @ m), rtol=1e-7)
    np.testing.assert_allclose(found.cov[0], expected_cov, rtol=1e-7)
    assert found.degrees_of_freedom[0] == 7 + 2 - 3


def test_outliers_are_set_aside_and_named():
    rng = np.random.default_rng(8)
    truth, residual = exponential_rows(rng, 60, outliers=2)
    plain = fit_rows(residual, np.full((60, 2), 2.0))
    edited = fit_rows(residual, np.full((60, 2), 2.0), edit_sigma=4.0).or_raise()
    rejected = (~edited.is_used).sum(axis=1)
    assert np.mean(rejected == 2) > 0.9  # sixty sigma off: always seen; now and then a fair point goes too
    assert nees(edited.mean - truth, edited.cov).mean() / 2 < 1.5
    assert nees(plain.mean - truth, plain.cov).mean() / 2 > 50.0


def test_components_of_one_detection_leave_together():
    y = np.array([0.1, -0.2, 0.0, 0.3, 30.0, 0.1])
    found = fit(lambda x: y - x[0], np.zeros(1), edit_sigma=5.0, group=np.array([0, 0, 1, 1, 2, 2]))
    assert found.is_used[0].tolist() == [True] * 4 + [False] * 2


def test_nan_means_not_measured():
    y = np.array([1.0, np.nan, 3.0])
    found = fit(lambda x: y - x[0], np.zeros(1)).or_raise()
    assert found.mean[0, 0] == pytest.approx(2.0)
    assert found.cov[0, 0, 0] == pytest.approx(0.5)


def test_each_row_says_how_it_ended():
    def residual(x):
        r = np.stack([x[:, 0] - 1.0, x[:, 0] + x[:, 1] - 3.0], axis=-1)
        r[1] = np.stack([x[1, 0] + x[1, 1], 2.0 * (x[1, 0] + x[1, 1])])  # only the sum is seen
        r[2] = np.nan
        return r

    found = fit_rows(residual, np.zeros((3, 2)))
    assert found.status.tolist() == [CONVERGED, UNOBSERVABLE, NOT_FINITE]
    np.testing.assert_allclose(found.mean[0], [1.0, 2.0], atol=1e-9)
    assert np.isnan(found.cov[1]).all()
    with pytest.raises(DidNotConvergeError, match="fit row 1 of 3: the measurements do not determine"):
        found.or_raise()


def test_numeric_jacobian_keeps_its_sign_for_negative_numbers():
    """A peer's step turns negative with the coordinate, and its slope is off by 14 %."""
    x = np.array([[-1.5e6, 9e5], [1.5e6, -9e5]])
    J = numeric_jacobian(lambda p: np.hypot(p[:, 0], p[:, 1])[:, None], x, np.array([1.0, 1.0]))
    np.testing.assert_allclose(J[:, 0], x / np.hypot(x[:, :1], x[:, 1:]), rtol=1e-7)
