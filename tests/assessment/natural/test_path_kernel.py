"""The filter's sum of innovations against the whole covariance written out, its noise against Van Loan's integral."""

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import multivariate_normal

from vedette.assessment.natural.path_kernel import log_density, log_level_density, singer


def _van_loan(dt_s: float, sigma: float, memory_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Transition and noise by the matrix exponential (Van Loan 1978)."""
    drift = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, -1.0 / memory_s]])
    spread = np.zeros((3, 3))
    spread[2, 2] = 2.0 * sigma**2 / memory_s
    big = expm(np.block([[-drift, spread], [np.zeros((3, 3)), drift.T]]) * dt_s)
    move = big[3:, 3:].T
    return move, move @ big[:3, 3:]


@pytest.mark.parametrize("dt_s", [0.1, 0.39, 0.41, 1.0, 10.0, 60.0])  # both sides of the short form's edge
def test_singers_transition_and_noise_are_van_loans(dt_s: float) -> None:
    move, noise = np.empty((3, 3)), np.empty((3, 3))
    singer(dt_s, 7.0, 20.0, move, noise)
    true_move, true_noise = _van_loan(dt_s, 7.0, 20.0)
    sizes = np.sqrt(np.outer(np.diag(true_noise), np.diag(true_noise)))
    short_form = 0.03  # below dt = memory / 50 the acceleration is taken not to forget
    assert np.allclose(move, true_move, rtol=0.02, atol=1e-9)
    assert np.all(np.abs(noise - true_noise) <= short_form * sizes)


def test_the_sum_of_innovations_is_the_density_of_all_looks_at_once() -> None:
    rng = np.random.default_rng(3)
    n, sensors, sigma, memory = 6, 2, 5.0, 20.0
    t = np.array([0.0, 3.0, 3.0, 9.0, 40.0, 41.0])
    sensor = np.array([0, 1, 0, 0, 1, 0])
    slope, bias_slope = rng.normal(size=(n, 4, 6)), rng.normal(size=(n, 4, 4))
    known = rng.random((n, 4)) < 0.7
    value = rng.normal(size=(n, 4)) * 30.0
    m = 9 + 4 * sensors
    root = rng.normal(size=(m, m))
    mean, cov = rng.normal(size=m), root @ root.T
    # the whole thing, dense: states at all times, then all scalars
    states_mean, states_cov = [mean], np.zeros((n, n, m, m))
    states_cov[0, 0] = cov
    for i in range(1, n):
        move, noise = _van_loan(t[i] - t[i - 1], sigma, memory)
        if t[i] == t[i - 1]:
            move, noise = np.eye(3), np.zeros((3, 3))
        whole, gained = np.eye(m), np.zeros((m, m))
        for axis in range(3):
            places = np.ix_([axis, axis + 3, axis + 6], [axis, axis + 3, axis + 6])
            whole[places], gained[places] = move, noise
        states_mean.append(whole @ states_mean[-1])
        for j in range(i):
            states_cov[i, j] = whole @ states_cov[i - 1, j]
            states_cov[j, i] = states_cov[i, j].T
        states_cov[i, i] = whole @ states_cov[i - 1, i - 1] @ whole.T + gained
    rows = [(i, k) for i in range(n) for k in range(4) if known[i, k]]
    h = np.zeros((len(rows), m))
    for r, (i, k) in enumerate(rows):
        h[r, :6] = slope[i, k]
        h[r, 9 + 4 * sensor[i] : 13 + 4 * sensor[i]] = bias_slope[i, k]
    middle = np.array([h[r] @ states_mean[i] for r, (i, _) in enumerate(rows)])
    spread = np.empty((len(rows), len(rows)))
    for r, (i, _) in enumerate(rows):
        for s, (j, _) in enumerate(rows):
            spread[r, s] = h[r] @ states_cov[i, j] @ h[s]
    seen = np.array([value[i, k] for i, k in rows])
    expected = multivariate_normal(middle, spread + np.eye(len(rows)), allow_singular=False).logpdf(seen)
    got = log_density(t, sensor, slope, bias_slope, value, known, mean.copy(), cov.copy(), sigma, memory)
    assert got == pytest.approx(expected, rel=1e-8)


def test_a_walking_level_is_the_density_of_all_readings_at_once() -> None:
    t = np.array([0.0, 1.0, 4.0, 9.0])
    sigma = np.array([0.1, 0.2, 0.1, 0.3])
    value = np.array([1.0, 1.3, 0.8, 2.0])
    cov = 0.5**2 + 0.2**2 * np.minimum(t[:, None], t[None]) + np.diag(sigma**2)
    expected = multivariate_normal(np.full(4, 0.9), cov).logpdf(value)
    assert log_level_density(t, value, sigma, 0.9, 0.5, 0.2) == pytest.approx(expected, rel=1e-12)
