"""Sigma-point kernels against the rows of `vedette.estimation` and the tracker's own plain prediction."""

import numpy as np
import pytest

from vedette.estimation import mix, predict_sigma, transform, update_sigma, weigh
from vedette.frames import enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.atmosphere import standard_air
from vedette.sensing.measure import radar_from_itrf
from vedette.tracking.anchors import axes_along, itrf_from_local, local_from_itrf
from vedette.tracking.kernels import bank as bk
from vedette.tracking.kernels.flight_kernel import BOOST, COAST, ENTRY, LEVEL, STEADY, TURN, fly_points
from vedette.tracking.kernels.sigma import CARTESIAN, SPHERICAL
from vedette.tracking.kernels.step_arithmetic import EARTH
from vedette.tracking.motions import PARAMETER_MEAN, PARAMETER_SIGMA, AirAndSea, BoostCoastEntry
from vedette.tracking.spherical import spherical_difference

SITE_ITRF_M = itrf_from_geodetic(np.radians(57.6), np.radians(-7.4), 80.0)
ENU = np.ascontiguousarray(enu_from_itrf_matrix(np.radians(57.6), np.radians(-7.4)))
PRIOR = np.concatenate([PARAMETER_MEAN, PARAMETER_SIGMA**2])
KERNELS = [lambda f: f, lambda f: f.py_func]


def drawn_bank(n, modes, biases=0, seed=1):
    """n tracks 150 to 2,000 km away in spherical coordinates, m modes, 8 + b components, full covariances."""
    rng = np.random.default_rng(seed)
    away = rng.normal(size=(n, 3)) + 1.5 * SITE_ITRF_M / np.linalg.norm(SITE_ITRF_M)
    away *= (rng.uniform(1.5e5, 2e6, n) / np.linalg.norm(away, axis=1))[:, None]
    axes = np.ascontiguousarray(axes_along((away + 0.1 * np.linalg.norm(away, axis=1)[:, None]) / 1.0))
    axes = np.ascontiguousarray(np.swapaxes(np.linalg.qr(np.swapaxes(axes, 1, 2))[0], 1, 2))
    thrust, ln_beta = rng.uniform(-10, 60, (n, 1)), rng.uniform(5, 9, (n, 1))
    full = np.concatenate([SITE_ITRF_M + away, rng.normal(0, 3e3, (n, 3)), thrust, ln_beta], axis=1)
    origin = np.tile(SITE_ITRF_M, (n, 1))
    sigma = np.concatenate([[1e-3, 1e-3, 100, 1e-4, 1e-4, 20, 10, 0.7], np.full(biases, 1e-3)])
    mean = np.concatenate([local_from_itrf(full, origin, axes), rng.normal(0, 1e-3, (n, biases))], axis=1)
    means = mean[:, None] + 0.3 * sigma * rng.normal(size=(n, modes, len(sigma)))
    roots = sigma[:, None] * (np.eye(len(sigma)) + 0.2 * rng.normal(size=(n, modes, len(sigma), len(sigma))))
    return means, roots @ np.swapaxes(roots, -1, -2), origin, axes, rng


def apart(means, covs, expected_means, expected_covs):
    """Largest differences in standard deviations; azimuth folded."""
    sigma = np.sqrt(np.diagonal(expected_covs, axis1=-2, axis2=-1))
    off = np.abs(spherical_difference(means, expected_means) / sigma).max()
    return max(off, np.abs((covs - expected_covs) / (sigma[..., :, None] * sigma[..., None, :])).max())


@pytest.mark.parametrize("mode", [COAST, BOOST, ENTRY, STEADY, LEVEL, TURN])
@pytest.mark.parametrize("dt_s", [5.0, -2.5])
def test_a_row_is_carried_along_as_the_plain_prediction_carries_it(mode, dt_s):
    from vedette.tracking.prediction import _fly

    means, covs, origin, axes, _ = drawn_bank(6, 1, biases=5)
    noise = (AirAndSea() if mode in (LEVEL, TURN) else BoostCoastEntry()).noise(mode)
    expected = _fly(means[:, 0], covs[:, 0], origin, axes, dt_s, mode, noise)
    rounding = 1e-9  # of a standard deviation
    for kernel in KERNELS:
        mean, cov, is_fine = means.copy(), covs.copy(), np.zeros((6, 1), dtype=bool)
        kernel(bk.sigma_predict_bank)(
            mean, cov, np.full(6, SPHERICAL), origin, axes, dt_s, np.array([mode]), np.array([noise]), PRIOR, EARTH,
            standard_air(), is_fine,
        )  # fmt: skip
        assert is_fine.all()
        assert apart(mean[:, 0], cov[:, 0], *expected) < rounding


@pytest.mark.parametrize("kappa", [0.0, 1.5], ids=["cubature", "unscented"])
def test_one_mode_is_the_sigma_point_filter_of_the_estimation_floor(kappa):
    means, covs, origin, axes, rng = drawn_bank(8, 1)
    dt_s, q = 4.0, 0.2
    mean, cov = means[:, 0, :6], covs[:, 0, :6, :6]
    covs[:, 0, 6:, :6], covs[:, 0, :6, 6:] = 0.0, 0.0
    flat = itrf_from_local(means[:, 0], origin, axes)
    flat[:, 6:] = PARAMETER_MEAN
    root = np.repeat([500.0, 30.0], 3)[:, None] * (np.eye(6) + 0.2 * rng.normal(size=(8, 6, 6)))
    cov = root @ np.swapaxes(root, 1, 2)
    wide = np.zeros((8, 8, 8))
    wide[:, :6, :6], wide[:, 6, 6], wide[:, 7, 7] = cov, *PARAMETER_SIGMA**2
    mean = flat[:, :6]

    def motion(points):
        padded = np.concatenate([points, np.tile(PARAMETER_MEAN, (*points.shape[:-1], 1))], axis=-1).reshape(-1, 8)
        out = np.empty_like(padded)
        fly_points(padded, dt_s, COAST, standard_air(), out)
        return out[:, :6].reshape(points.shape)

    def difference(a, b):
        out = np.subtract(a, b)
        out[..., 0] = (out[..., 0] + np.pi) % (2 * np.pi) - np.pi
        return out

    eye = np.eye(3)
    Q = q * np.block([[eye * dt_s**3 / 3, eye * dt_s**2 / 2], [eye * dt_s**2 / 2, eye * dt_s]])
    later, later_cov = predict_sigma(mean, cov, motion, Q, kappa=kappa)
    variances = np.tile(np.array([1e-3, 1e-3, 30.0, 3.0]) ** 2, (8, 1))
    measured = radar_from_itrf(later, SITE_ITRF_M, ENU) + 2.0 * np.sqrt(variances) * rng.normal(size=(8, 4))
    measured[::2, 3], measured[1::4, 0] = np.nan, np.nan
    after = update_sigma(
        later, later_cov, lambda x: radar_from_itrf(x, SITE_ITRF_M, ENU), measured, np.diag(variances[0]),
        difference=difference, kappa=kappa,
    )  # fmt: skip
    for kernel in KERNELS:
        p, m, c = np.ones((8, 1)), flat[:, None].copy(), wide[:, None].copy()
        logl, nis = np.empty(8), np.empty((8, 1))
        kernel(bk.bank_radar_rows)(
            p, m, c, CARTESIAN, np.zeros((8, 3)), np.tile(eye, (8, 1, 1)), dt_s, np.ones((1, 1)), np.array([COAST]),
            np.array([[q, 0.0, 0.0]]), PRIOR, kappa, EARTH, standard_air(), measured, variances, SITE_ITRF_M, ENU,
            logl, nis,
        )  # fmt: skip
        rounding = 1e-8  # the residual, of 1e-9 of a range of 2,000 km, over 30 m
        assert apart(m[:, 0, :6], c[:, 0, :6, :6], after.mean, after.cov) < rounding
        np.testing.assert_allclose(logl, after.log_likelihood, rtol=1e-8)
        np.testing.assert_allclose(nis[:, 0], after.nis, rtol=1e-6)


def test_a_bank_mixes_and_weighs_as_the_estimation_floor_does():
    means, covs, *_, rng = drawn_bank(5, 3)
    probability = rng.dirichlet(np.ones(3), 5)
    transition = rng.dirichlet(np.ones(3), 3)
    predicted, mixed, spread = mix(probability, means, covs, transition)
    log_likelihood = rng.normal(0.0, 5.0, (5, 3))
    posterior, log_mixture = weigh(predicted, log_likelihood)
    p, m, c = np.empty(3), np.empty((3, 8)), np.empty((3, 8, 8))
    for kernel in KERNELS:
        for row in range(5):
            kernel(bk.mix_row)(probability[row], means[row], covs[row], transition, p, m, c)
            rounding = 1e-12
            np.testing.assert_allclose(p, predicted[row], rtol=rounding)
            assert apart(m, c, mixed[row], spread[row]) < 1e3 * rounding
            found = kernel(bk.weigh_row)(p, log_likelihood[row])
            np.testing.assert_allclose(found, log_mixture[row], rtol=1e-10)
            np.testing.assert_allclose(p, posterior[row], rtol=1e-10)


def test_a_bank_finds_the_mode_that_is_true():
    """Thirty looks at a body that coasts, one of the bank's three ways: it is believed in the end, and followed."""
    means, covs, origin, axes, rng = drawn_bank(4, 3, seed=5)
    truth = itrf_from_local(means[:, 0], origin, axes)
    truth[:, 6:] = PARAMETER_MEAN
    means[:] = means[:, :1]
    means[..., 6:] = PARAMETER_MEAN
    p, logl, nis = np.full((4, 3), 1 / 3), np.empty(4), np.empty((4, 3))
    covs[:] = np.diag(np.concatenate([np.array([1e-3, 1e-3, 100, 1e-4, 1e-4, 20]) ** 2, PARAMETER_SIGMA**2]))
    variances = np.tile(np.array([1e-4, 1e-4, 30.0, 1.0]) ** 2, (4, 1))
    noise = np.array([BoostCoastEntry().noise(k) for k in (COAST, BOOST, ENTRY)])
    change = np.array([[0.96, 0.02, 0.02], [0.05, 0.9, 0.05], [0.02, 0.02, 0.96]])
    for _ in range(30):
        fly_points(truth.copy(), 2.0, COAST, standard_air(), truth)
        measured = radar_from_itrf(truth[:, :6], SITE_ITRF_M, ENU) + np.sqrt(variances) * rng.normal(size=(4, 4))
        bk.bank_radar_rows(
            p, means, covs, SPHERICAL, origin, axes, 2.0, change, np.array([COAST, BOOST, ENTRY]), noise, PRIOR, 0.0,
            EARTH, standard_air(), measured, variances, SITE_ITRF_M, ENU, logl, nis,
        )  # fmt: skip
    assert (p[:, BOOST] < 0.05).all()
    found = itrf_from_local(means[:, COAST], origin, axes)
    sigma = np.sqrt(np.diagonal(covs[:, COAST, :6, :6], axis1=1, axis2=2))
    error = spherical_difference(*(local_from_itrf(at, origin, axes)[:, :6] for at in (truth, found)))
    assert np.sqrt(np.mean((error / sigma) ** 2)) < 2.0


def test_a_covariance_without_a_root_leaves_its_row_alone():
    means, covs, origin, axes, _ = drawn_bank(2, 1)
    covs[0, 0, 2, 2] = -1.0
    mean, cov, is_fine = means.copy(), covs.copy(), np.ones((2, 1), dtype=bool)
    bk.sigma_predict_bank(
        mean, cov, np.full(2, SPHERICAL), origin, axes, 1.0, np.array([COAST]), np.zeros((1, 3)), PRIOR, EARTH,
        standard_air(), is_fine,
    )  # fmt: skip
    assert is_fine.ravel().tolist() == [False, True]
    np.testing.assert_array_equal(mean[0], means[0])
    np.testing.assert_array_equal(cov[0], covs[0])


def test_what_is_told_in_x_y_z_is_what_the_estimation_floor_tells():
    means, covs, origin, axes, _ = drawn_bank(4, 2, biases=3)
    told, told_cov, is_fine = np.empty((4, 2, 6)), np.empty((4, 2, 6, 6)), np.zeros((4, 2), dtype=bool)
    expected, expected_cov, _ = transform(
        means[..., :6], covs[..., :6, :6],
        lambda x: itrf_from_local(x.reshape(4, -1, 6), origin, axes).reshape(x.shape),
    )  # fmt: skip
    for kernel in KERNELS:
        kernel(bk.tell_bank)(means, covs, np.full(4, SPHERICAL), origin, axes, told, told_cov, is_fine)
        assert is_fine.all()
        sigma = np.sqrt(np.diagonal(expected_cov, axis1=-2, axis2=-1))
        rounding = 1e-9
        assert np.abs((told - expected) / sigma).max() < rounding
        assert np.abs((told_cov - expected_cov) / (sigma[..., None] * sigma[..., None, :])).max() < rounding
