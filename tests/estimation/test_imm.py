"""Interacting models: probabilities stay probabilities, and the right model wins."""

import numpy as np

from vedette.estimation import merged, mix, transition_from_mean_stay, update_joseph, weigh


def test_transition_rows_sum_to_one_and_stay_as_long_as_asked():
    stay = np.array([[np.inf, 60.0, np.inf], [200.0, np.inf, 50.0], [np.inf, np.inf, np.inf]])
    P = transition_from_mean_stay(stay, np.array([1.0, 10.0]))
    np.testing.assert_allclose(P.sum(axis=-1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(P[0, 0], [np.exp(-1 / 60), 1 - np.exp(-1 / 60), 0.0], atol=1e-12)
    leave = 1 / 200 + 1 / 50
    np.testing.assert_allclose(P[1, 1, 1], np.exp(-10 * leave), rtol=1e-12)
    np.testing.assert_allclose(P[1, 1, 2] / P[1, 1, 0], 4.0, rtol=1e-12)
    np.testing.assert_allclose(P[:, 2], [[0, 0, 1], [0, 0, 1]], atol=1e-15)


def test_mixing_keeps_the_overall_mean_and_covariance():
    """Total probability: merging before and after the mixing step gives the same Gaussian."""
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(3), 5)
    means = rng.standard_normal((5, 3, 4))
    root = rng.standard_normal((5, 3, 4, 4))
    covs = root @ np.swapaxes(root, -1, -2)
    P = rng.dirichlet(np.ones(3), 3)
    predicted, mixed, mixed_cov = mix(weights, means, covs, P)
    np.testing.assert_allclose(predicted, weights @ P, rtol=1e-12)
    before, after = merged(weights, means, covs), merged(predicted, mixed, mixed_cov)
    np.testing.assert_allclose(after[0], before[0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(after[1], before[1], rtol=1e-10, atol=1e-12)


def test_weighing_is_bayes_rule_even_with_tiny_likelihoods():
    prior = np.array([[0.2, 0.8], [0.5, 0.5]])
    log_likelihood = np.array([[-1000.0, -1001.0], [-3.0, -3.0]])
    posterior, total = weigh(prior, log_likelihood)
    share = 0.2 / (0.2 + 0.8 * np.exp(-1.0))
    np.testing.assert_allclose(posterior[0], [share, 1 - share], rtol=1e-9)
    np.testing.assert_allclose(total, [-1000.0 + np.log(0.2 + 0.8 * np.exp(-1.0)), -3.0], rtol=1e-12)
    assert np.all(weigh(prior, np.array([[0.0, -1e5], [0.0, -1e5]]))[0] > 0.0)  # never ruled out for ever


def test_a_manoeuvre_is_noticed_within_three_looks():
    """Two models of a scalar, still and jumpy (Q 0.01 and 25): the jumpy one takes over when it jumps."""
    rng = np.random.default_rng(4)
    Q = np.array([0.01, 25.0])
    P = np.array([[0.95, 0.05], [0.10, 0.90]])
    runs, H, R = 100, np.eye(1), np.eye(1)
    mean, cov, mu = np.zeros((runs, 2, 1)), np.ones((runs, 2, 1, 1)), np.full((runs, 2), 0.5)
    truth, history = np.zeros(runs), []
    for k in range(60):
        truth = truth + (5.0 * rng.standard_normal(runs) if 30 <= k < 40 else 0.0)
        mu, mean, cov = mix(mu, mean, cov, P)
        cov = cov + Q[:, None, None]
        z = truth + rng.standard_normal(runs)
        after = update_joseph(mean, cov, z[:, None, None] - mean, H, R)
        mean, cov = after.mean, after.cov
        mu, _ = weigh(mu, after.log_likelihood)
        history.append(mu[:, 1].mean())
    assert history[28] < 0.15
    assert max(history[30:33]) > 0.6
    assert history[-1] < 0.15
