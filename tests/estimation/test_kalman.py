"""Kalman filters against closed forms, against each other, and against batch algebra."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.estimation import (
    cholesky_scaled,
    ellipse_from_cov,
    ellipse_points,
    log_density,
    mahalanobis_sq,
    merged,
    predict_linear,
    predict_sigma,
    sigma_points,
    smooth_fixed_lag,
    smooth_rts,
    sqrt_predicted,
    sqrt_updated,
    transform,
    update_joseph,
    update_sigma,
)

rounding = 1e-9  # relative, some hundred operations on well-scaled numbers


def random_cov(rng, n, batch=()):
    root = rng.standard_normal((*batch, n, n))
    return root @ np.swapaxes(root, -1, -2) + 0.1 * np.eye(n)


def test_steady_gain_is_the_alpha_beta_filter_of_bar_shalom():
    """Bar-Shalom, Li, Kirubarajan 2001, 6.5.3: closed-form gains of a piecewise constant acceleration model."""
    T, sigma_v, sigma_z = 0.7, 3.0, 10.0
    index = sigma_v * T**2 / sigma_z
    root = np.sqrt(index**2 + 8.0 * index)
    alpha = -(index**2 + 8.0 * index - (index + 4.0) * root) / 8.0
    beta = (index**2 + 4.0 * index - index * root) / 4.0
    F = np.array([[1.0, T], [0.0, 1.0]])
    push = np.array([T**2 / 2.0, T])
    Q, H, R = sigma_v**2 * np.outer(push, push), np.array([[1.0, 0.0]]), np.array([[sigma_z**2]])
    mean, cov = np.zeros(2), np.eye(2) * 1e4
    for _ in range(400):
        mean, cov = predict_linear(mean, cov, F, Q)
        before = mean
        after = update_joseph(mean, cov, np.array([1.0]), H, R)
        mean, cov = after.mean, after.cov
    gain = mean - before
    assert abs(gain[0] - alpha) < rounding
    assert abs(gain[1] - beta / T) < rounding


@given(st.integers(0, 2**31), st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_joseph_square_root_and_sigma_points_agree_on_a_linear_problem(seed, n):
    rng = np.random.default_rng(seed)
    m = rng.integers(1, n + 1)
    batch = (3,)
    mean, cov = rng.standard_normal((*batch, n)), random_cov(rng, n, batch)
    F, H = rng.standard_normal((n, n)), rng.standard_normal((m, n))
    Q, R = random_cov(rng, n), random_cov(rng, m)
    z = rng.standard_normal((*batch, m))

    mean1, cov1 = predict_linear(mean, cov, F, Q)
    joseph = update_joseph(mean1, cov1, z - mean1 @ H.T, H, R)
    mean2, cov2 = predict_sigma(mean, cov, lambda x: x @ F.T, Q)
    sigma = update_sigma(mean2, cov2, lambda x: x @ H.T, z, R, kappa=1.0)
    root = sqrt_predicted(np.linalg.cholesky(cov), F, np.linalg.cholesky(Q))
    mean3, root3, nis3 = sqrt_updated(mean1, root, z - mean1 @ H.T, H, np.linalg.cholesky(R))

    np.testing.assert_allclose(sigma.mean, joseph.mean, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(sigma.cov, joseph.cov, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(mean3, joseph.mean, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(root3 @ np.swapaxes(root3, -1, -2), joseph.cov, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(nis3, joseph.nis, rtol=1e-6)
    np.testing.assert_allclose(joseph.log_likelihood, log_density(z - mean1 @ H.T, joseph.residual_cov), rtol=1e-6)


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_an_unmeasured_component_is_the_same_as_no_row_for_it(seed):
    rng = np.random.default_rng(seed)
    mean, cov, H, R = rng.standard_normal(4), random_cov(rng, 4), rng.standard_normal((3, 4)), random_cov(rng, 3)
    residual = rng.standard_normal(3)
    masked = update_joseph(mean, cov, residual, H, R, np.array([True, False, True]))
    kept = [0, 2]
    short = update_joseph(mean, cov, residual[kept], H[kept], R[np.ix_(kept, kept)])
    np.testing.assert_allclose(masked.mean, short.mean, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(masked.cov, short.cov, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose([masked.nis, masked.log_likelihood], [short.nis, short.log_likelihood], rtol=1e-8)


def test_information_never_falls_when_something_is_measured():
    rng = np.random.default_rng(5)
    mean, cov = np.zeros((50, 6)), random_cov(rng, 6, (50,))
    after = update_joseph(mean, cov, rng.standard_normal((50, 2)), rng.standard_normal((50, 2, 6)), random_cov(rng, 2))
    assert np.all(np.linalg.eigvalsh(cov - after.cov)[:, 0] > -1e-9)
    assert np.all(np.linalg.eigvalsh(after.cov)[:, 0] > 0.0)


def test_a_filter_told_the_truth_is_consistent():
    """NIS and NEES over 1,000 runs inside chi-square bands at one in a million."""
    from vedette.metrics import chi_square_band, nees

    rng = np.random.default_rng(11)
    runs, F, H = 1000, np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    Q, R, P0 = np.array([[0.3, 0.1], [0.1, 0.2]]), np.array([[4.0]]), np.diag([100.0, 9.0])
    mean = np.zeros((runs, 2))
    truth = rng.multivariate_normal(np.zeros(2), P0, runs)
    cov = np.broadcast_to(P0, (runs, 2, 2))
    for _ in range(30):
        truth = truth @ F.T + rng.multivariate_normal(np.zeros(2), Q, runs)
        mean, cov = predict_linear(mean, cov, F, Q)
        z = truth[:, :1] + 2.0 * rng.standard_normal((runs, 1))
        after = update_joseph(mean, cov, z - mean[:, :1], H, R)
        mean, cov = after.mean, after.cov
    low, high = chi_square_band(2, runs, 1.0 - 1e-6)
    assert low < nees(truth - mean, cov).mean() / 2 < high
    low, high = chi_square_band(1, runs, 1.0 - 1e-6)
    assert low < after.nis.mean() < high


def test_smoother_is_the_batch_solution_of_all_the_data():
    rng = np.random.default_rng(3)
    count, F, H = 12, np.array([[1.0, 0.5], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    Q, R, P0 = np.array([[0.2, 0.05], [0.05, 0.1]]), np.array([[1.5]]), np.diag([10.0, 4.0])
    z = rng.standard_normal((count, 1)) * 3.0
    mean, cov = np.zeros(2), P0
    means, covs, pm, pc, cross = [], [], [], [], []
    for i in range(count):
        if i:
            cross.append(cov @ F.T)
            mean, cov = predict_linear(mean, cov, F, Q)
            pm.append(mean)
            pc.append(cov)
        after = update_joseph(mean, cov, z[i] - H @ mean, H, R)
        mean, cov = after.mean, after.cov
        means.append(mean)
        covs.append(cov)
    history = tuple(np.array(part) for part in (means, covs, pm, pc, cross))
    smooth_mean, smooth_cov = smooth_rts(*history)

    info, right = np.zeros((2 * count, 2 * count)), np.zeros(2 * count)
    info[:2, :2] += np.linalg.inv(P0)
    link = np.hstack([-F, np.eye(2)])
    for i in range(count):
        here = slice(2 * i, 2 * i + 2)
        info[here, here] += H.T @ H / R[0, 0]
        right[here] += H[0] * z[i, 0] / R[0, 0]
        if i:
            both = slice(2 * i - 2, 2 * i + 2)
            info[both, both] += link.T @ np.linalg.inv(Q) @ link
    batch_cov = np.linalg.inv(info)
    np.testing.assert_allclose(smooth_mean.ravel(), batch_cov @ right, rtol=1e-9, atol=1e-9)
    for i in range(count):
        np.testing.assert_allclose(smooth_cov[i], batch_cov[2 * i : 2 * i + 2, 2 * i : 2 * i + 2], rtol=1e-9)
    lagged_mean, lagged_cov = smooth_fixed_lag(*history, lag=count)
    np.testing.assert_allclose(lagged_mean, smooth_mean, rtol=1e-12, atol=1e-12)
    none_mean, _ = smooth_fixed_lag(*history, lag=0)
    np.testing.assert_allclose(none_mean, means)
    assert np.all(np.trace(lagged_cov, axis1=1, axis2=2) <= np.trace(np.array(covs), axis1=1, axis2=2) + 1e-12)


@given(st.integers(0, 2**31), st.floats(0.0, 3.0))
@settings(max_examples=20, deadline=None)
def test_sigma_points_have_the_moments_asked_for(seed, kappa):
    rng = np.random.default_rng(seed)
    scale = np.array([1e6, 1.0, 1e-6])
    mean, cov = rng.standard_normal(3) * scale, random_cov(rng, 3) * np.outer(scale, scale)
    points, weights = sigma_points(mean, cov, kappa)
    got = weights @ points
    np.testing.assert_allclose(got / scale, mean / scale, rtol=1e-9, atol=1e-9)
    away = (points - got) / scale
    np.testing.assert_allclose((weights[:, None] * away).T @ away, cov / np.outer(scale, scale), rtol=1e-8, atol=1e-9)


def test_transform_of_a_square_has_the_mean_of_chi_square():
    mean, _, _ = transform(np.zeros(3), np.eye(3), lambda x: np.sum(x**2, axis=-1, keepdims=True))
    assert abs(mean[0] - 3.0) < rounding  # E |x|² of three unit normals


def test_cholesky_survives_units_and_rounding_and_names_the_broken_row():
    scale = np.array([1e7, 1e-7, 1.0])
    cov = (np.ones((3, 3)) * 0.999 + 0.001 * np.eye(3)) * np.outer(scale, scale)
    singular = np.outer(scale, scale) * (1.0 - 1e-16)
    broken = cov.copy()
    broken[1, 1] = -1.0
    root = cholesky_scaled(np.stack([cov, singular, broken]))
    for i, expected in enumerate((cov, singular)):
        np.testing.assert_allclose(
            (root[i] @ root[i].T) / np.outer(scale, scale), expected / np.outer(scale, scale), atol=1e-6
        )
    assert np.isnan(root[2]).all()


def test_ninety_percent_ellipse_holds_ninety_percent():
    rng = np.random.default_rng(9)
    cov = np.array([[9.0, 5.0], [5.0, 4.0]])
    draws = rng.multivariate_normal(np.zeros(2), cov, 40_000)
    for probability in (0.5, 0.9, 0.99):
        ellipse = ellipse_from_cov(cov, probability)
        c, s = np.cos(ellipse.orientation_rad), np.sin(ellipse.orientation_rad)
        along, across = draws @ [c, s], draws @ [-s, c]
        inside = (along / ellipse.semi_major) ** 2 + (across / ellipse.semi_minor) ** 2 <= 1.0
        five_sigma = 5.0 * np.sqrt(probability * (1.0 - probability) / len(draws))
        assert abs(inside.mean() - probability) < five_sigma
        edge = mahalanobis_sq(ellipse_points(np.zeros(2), cov, probability, 7), cov)
        np.testing.assert_allclose(edge, edge[0], rtol=1e-9)


def test_merging_keeps_the_moments_of_the_mixture():
    rng = np.random.default_rng(2)
    weights, means, covs = np.array([0.3, 0.7]), rng.standard_normal((2, 2)) * 3.0, random_cov(rng, 2, (2,))
    which = rng.random(200_000) < 0.3
    draws = np.where(
        which[:, None],
        rng.multivariate_normal(means[0], covs[0], 200_000),
        rng.multivariate_normal(means[1], covs[1], 200_000),
    )
    mean, cov = merged(weights, means, covs)
    np.testing.assert_allclose(draws.mean(0), mean, atol=0.06)  # six sigma of 200,000 draws
    np.testing.assert_allclose(np.cov(draws.T), cov, rtol=0.05, atol=0.1)
