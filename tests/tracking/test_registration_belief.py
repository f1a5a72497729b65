"""The joint belief against a batch solution that shares no code with it; the step test against its own promise."""

import numpy as np
from scipy.stats import kstest

from vedette.tracking.registration.belief import ORBIT_SIZE, JointBelief

BIASES = 3


def drawn_problem(rng, readings=40):
    """Slopes by biases and by one pass's orbit error, and readings of drawn unknowns."""
    prior = np.array([1.0, 2.0, 0.5])
    orbit_cov = np.diag([4.0, 1.0, 9.0, 0.1, 0.2, 0.3])
    H = rng.standard_normal((readings, 2, BIASES + ORBIT_SIZE))
    x = np.concatenate([prior * rng.standard_normal(BIASES), np.sqrt(np.diag(orbit_cov)) * rng.standard_normal(6)])
    R = np.diag([0.3, 0.7])
    z = H @ x + rng.standard_normal((readings, 2)) @ np.sqrt(R)
    return prior, orbit_cov, H, R, z


def absorbed(belief, H, R, z, index):
    for h, one in zip(H, z, strict=True):
        belief.absorb(index, h, R, one - h @ belief.mean[index])


def test_sequential_equals_batch_least_squares_with_the_pass_marginalised():
    rounding = 1e-9
    prior, orbit_cov, H, R, z = drawn_problem(np.random.default_rng(0))
    belief = JointBelief(prior)
    other = belief.open_block(np.eye(6))
    start = belief.open_block(orbit_cov)
    belief.close_block(other)  # the later block moves up
    index = np.concatenate([np.arange(BIASES), start - ORBIT_SIZE + np.arange(ORBIT_SIZE)])
    absorbed(belief, H, R, z, index)
    belief.close_block(start - ORBIT_SIZE)
    rows, weights = H.reshape(-1, BIASES + ORBIT_SIZE), np.tile(1.0 / np.diag(R), len(H))
    prior_information = np.linalg.inv(np.block([[np.diag(prior**2), np.zeros((3, 6))], [np.zeros((6, 3)), orbit_cov]]))
    information = rows.T @ (weights[:, None] * rows) + prior_information
    cov = np.linalg.inv(information)
    mean = cov @ (rows.T @ (weights * z.reshape(-1)))
    assert np.allclose(belief.mean, mean[:BIASES], atol=rounding)
    assert np.allclose(belief.cov, cov[:BIASES, :BIASES], atol=rounding)


def test_the_step_test_is_standard_normal_when_nothing_steps():
    """Kolmogorov and Smirnov against the normal distribution: one chance in a thousand to fail, seed fixed."""
    rng = np.random.default_rng(1)
    scores = []
    for _ in range(300):
        prior, orbit_cov, H, R, z = drawn_problem(rng, readings=12)
        belief = JointBelief(prior)
        start = belief.open_block(orbit_cov)
        index = np.concatenate([np.arange(BIASES), start + np.arange(ORBIT_SIZE)])
        absorbed(belief, H[:6], R, z[:6], index)
        belief.suppose_steps(6, 3)
        absorbed(belief, H[6:], R, z[6:], index)
        _, _, size, sigma = belief.step_tests()
        scores.append(size / sigma)
    scores = np.array(scores)
    assert scores.shape == (300, BIASES)
    for column in scores.T:
        assert kstest(column, "norm").pvalue > 1e-3


def test_a_step_is_found_at_its_size_and_onset_and_corrected_for():
    rng = np.random.default_rng(2)
    prior, _, H, R, z = drawn_problem(rng, readings=200)
    H[:, :, BIASES:] = 0.0
    truth = np.array([0.5, -1.0, 0.2])
    stepped = truth + np.array([0.0, 3.0, 0.0])
    noise = rng.standard_normal((200, 2)) @ np.sqrt(R)
    z = np.array([h[:, :BIASES] @ (truth if k < 100 else stepped) for k, h in enumerate(H)]) + noise
    belief = JointBelief(prior)
    index = np.arange(BIASES)
    for first in range(0, 200, 20):
        belief.suppose_steps(first, 5)
        absorbed(belief, H[first : first + 20, :, :BIASES], R, z[first : first + 20], index)
        bias, onset, size, sigma = belief.step_tests()
        best = int(np.argmax(np.abs(size) / sigma))
        if abs(size[best]) / sigma[best] > 6.0:
            break
    assert (bias[best], onset[best]) == (1, 100)
    assert abs(size[best] - 3.0) < 5.0 * sigma[best]
    belief.believe_step(1, 100)
    assert np.all(np.abs(belief.mean - stepped) < 5.0 * np.sqrt(np.diag(belief.cov)))
