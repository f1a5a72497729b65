"""One-row kernels against the rows of `vedette.estimation`, numeric slopes and their own plain twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.estimation import log_density, predict_extended, update_joseph
from vedette.frames import azel_range_rate_from_itrf, enu_from_itrf_matrix, itrf_from_geodetic
from vedette.motion.gravity import acceleration_itrf, gradient_itrf
from vedette.motion.propagate import propagate_coast
from vedette.tracking.kernels import batch as bk
from vedette.tracking.kernels import row as rk
from vedette.tracking.kernels.step_arithmetic import fall, gradient

SITE_ITRF_M = itrf_from_geodetic(np.radians(57.6), np.radians(-7.4), 80.0)
ENU = np.ascontiguousarray(enu_from_itrf_matrix(np.radians(57.6), np.radians(-7.4)))
KERNELS = [lambda f: f, lambda f: f.py_func]
seeds = st.integers(0, 2**32 - 1)


def drawn(seed):
    """A state 300 to 3,000 km from the site and a covariance of kilometres and hundred metres a second."""
    rng = np.random.default_rng(seed)
    direction = rng.normal(size=3) + SITE_ITRF_M / np.linalg.norm(SITE_ITRF_M) * 2.5
    place = SITE_ITRF_M + rng.uniform(3e5, 3e6) * direction / np.linalg.norm(direction)
    mean = np.concatenate([place, rng.normal(0.0, 4000.0, 3)])
    root = np.diag(np.repeat([3e3, 100.0], 3)) @ (np.eye(6) + 0.3 * rng.normal(size=(6, 6)))
    return mean, root @ root.T, rng


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_force_and_gradient_are_those_of_the_motion_floor(seed):
    mean, _, _ = drawn(seed)
    rounding = 1e-13  # of 10 m/s2: the same series, summed in another order
    np.testing.assert_allclose(fall(tuple(mean), rk.EARTH), acceleration_itrf(mean), atol=10 * rounding)
    np.testing.assert_allclose(
        np.reshape(gradient(*mean[:3], rk.EARTH), (3, 3)), gradient_itrf(mean[:3]), atol=1e-6 * 10 * rounding
    )


@pytest.mark.parametrize("dt_s", [0.25, 5.0, 10.0, 60.0, -7.0])
def test_a_row_flies_as_the_propagator_does(dt_s):
    mean, cov, _ = drawn(3)
    one_centimetre = 0.01  # six Runge-Kutta steps of 10 s against an adaptive integrator
    here, wide = mean.copy(), cov.copy()
    rk.ekf_predict_row(here, wide, dt_s, 0.0, rk.EARTH)
    assert np.linalg.norm((here - propagate_coast(mean, dt_s))[:3]) < one_centimetre
    # the linear spread is that of states flown from a little to each side
    step = np.repeat([10.0, 0.1], 3)
    sides = np.array([[propagate_coast(mean + s * d, dt_s) for s in (1, -1)] for d in np.diag(step)])
    F = ((sides[:, 0] - sides[:, 1]) / (2.0 * step[:, None])).T
    expected = F @ cov @ F.T
    scale = np.sqrt(np.diag(expected))
    third_order = 1e-5  # of the exponential over 10 s, and J3, J4 that the gradient leaves out
    assert np.abs((wide - expected) / np.outer(scale, scale)).max() < third_order


@pytest.mark.parametrize("kernel", KERNELS, ids=["compiled", "plain"])
def test_prediction_is_the_extended_filter_of_the_estimation_floor(kernel):
    mean, cov, _ = drawn(5)
    q, dt_s = 0.3, 8.0
    here, wide = mean.copy(), cov.copy()
    kernel(rk.ekf_predict_row)(here, wide, dt_s, q, rk.EARTH)

    def transition_matrix(state):
        """exp(A dt) in full, at the middle of the step."""
        from scipy.linalg import expm

        middle = propagate_coast(state, 0.5 * dt_s)
        A = np.zeros((6, 6))
        A[:3, 3:] = np.eye(3)
        A[3:, :3] = gradient_itrf(middle[:3])
        A[3, 4], A[4, 3] = 2 * rk.EARTH[5], -2 * rk.EARTH[5]
        return expm(A * dt_s)

    eye = np.eye(3)
    Q = q * np.block([[eye * dt_s**3 / 3, eye * dt_s**2 / 2], [eye * dt_s**2 / 2, eye * dt_s]])
    expected_mean, expected = predict_extended(mean, cov, lambda x: propagate_coast(x, dt_s), transition_matrix, Q)
    np.testing.assert_allclose(here, expected_mean, rtol=1e-9)
    scale = np.sqrt(np.diag(expected))
    fourth_order = 1e-7  # (8 s · 1.2e-3 /s)⁴ / 24, and the middle of the step from Runge-Kutta
    assert np.abs((wide - expected) / np.outer(scale, scale)).max() < fourth_order


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_radar_row_sees_what_the_frames_floor_says_and_slopes_as_it_does(seed):
    mean, _, _ = drawn(seed)
    seen, H = np.empty(4), np.empty((4, 6))
    rk.radar_row(mean, SITE_ITRF_M, ENU, seen, H)
    np.testing.assert_allclose(seen, azel_range_rate_from_itrf(mean, SITE_ITRF_M), rtol=1e-10)
    other = np.empty(4)
    steps = np.repeat([100.0, 0.1], 3)
    scale = np.abs(H).reshape(4, 2, 3).max(axis=2).repeat(3, axis=1) + 1e-15  # a row's largest slope, by m and by m/s
    for i, d in enumerate(np.diag(steps)):
        sides = []
        for sign in (1.0, -1.0):
            rk.radar_row(mean + sign * d, SITE_ITRF_M, ENU, other, np.empty((4, 6)))
            sides.append(other.copy())
        rk.radar_residual_row(sides[0], sides[1], other)
        curvature = (100.0 / (seen[2] * np.cos(seen[1]))) ** 2 + 1e-7  # of the third order, and rounding
        assert np.abs((H[:, i] - other / (2.0 * d[i])) / scale[:, i]).max() < curvature


def test_los_row_slopes_as_it_sees():
    mean, _, rng = drawn(9)
    origin = SITE_ITRF_M * 6.6
    basis = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    basis[0] = (mean[:3] - origin) / np.linalg.norm(mean[:3] - origin) + 0.01 * rng.normal(size=3)
    basis = np.ascontiguousarray(np.linalg.qr(basis.T)[0].T * np.sign(np.linalg.qr(basis.T)[1].diagonal())[:, None])
    seen, H, up, down = np.empty(2), np.empty((2, 6)), np.empty(2), np.empty(2)
    rk.los_row(mean, origin, basis, seen, H)
    for i in range(3):
        d = np.zeros(6)
        d[i] = 10.0
        rk.los_row(mean + d, origin, basis, up, np.empty((2, 6)))
        rk.los_row(mean - d, origin, basis, down, np.empty((2, 6)))
        np.testing.assert_allclose(H[:, i], (up - down) / 20.0, rtol=1e-6, atol=1e-14)
    assert np.abs(H[:, 3:]).max() == 0.0
    rk.los_row(np.concatenate([2 * origin, np.zeros(3)]), origin, basis, seen, H)
    assert np.isnan(seen).all()  # behind the sensor


@pytest.mark.parametrize("kernel", KERNELS, ids=["compiled", "plain"])
@pytest.mark.parametrize("unmeasured", [[], [3], [1, 3], [0, 1, 2, 3]])
def test_one_number_after_another_is_the_joseph_update_with_all(kernel, unmeasured):
    mean, cov, rng = drawn(11)
    seen, H, residual = np.empty(4), np.empty((4, 6)), np.empty(4)
    kernel(rk.radar_row)(mean, SITE_ITRF_M, ENU, seen, H)
    variance = np.array([1e-3, 1e-3, 20.0, 2.0]) ** 2
    measured = seen + rng.normal(size=4) * np.sqrt(np.diag(H @ cov @ H.T) + variance)
    measured[unmeasured] = np.nan
    kernel(rk.radar_residual_row)(measured, seen, residual)
    after = update_joseph(mean, cov, np.nan_to_num(residual), H, np.diag(variance), np.isfinite(measured))
    # the pair's likelihood without correcting anything
    spread = np.empty((4, 4))
    kernel(rk.innovation_row)(H, cov, spread)
    np.testing.assert_allclose(spread, H @ cov @ H.T, rtol=1e-9, atol=1e-12)
    logl, nis, count = kernel(rk.gauss_row)(residual, spread, variance, np.empty((4, 5)))
    here, wide = mean.copy(), cov.copy()
    same = kernel(rk.diagonal_update_row)(here, wide, residual, variance, H, np.empty(12))
    rounding = 1e-9  # of a standard deviation
    scale = np.sqrt(np.diag(cov))
    assert np.abs((here - after.mean) / scale).max() < rounding
    assert np.abs((wide - after.cov) / np.outer(scale, scale)).max() < rounding
    for one in ((logl, nis, count), same):
        np.testing.assert_allclose(one, (after.log_likelihood, after.nis, after.dimension), rtol=1e-8, atol=1e-12)


def test_position_row_and_a_published_density():
    mean, cov, _ = drawn(13)
    seen, H = np.empty(3), np.empty((3, 6))
    rk.position_row(mean, seen, H)
    np.testing.assert_array_equal(H @ mean, mean[:3])
    residual, spread = np.array([100.0, -50.0, 20.0]), np.empty((3, 3))
    rk.innovation_row(H, cov, spread)
    logl, _, _ = rk.gauss_row(residual, spread, np.full(3, 1e4), np.empty((3, 4)))
    np.testing.assert_allclose(logl, log_density(residual, cov[:3, :3] + 1e4 * np.eye(3)), rtol=1e-10)


def test_the_fold_of_angles():
    angles = np.array([0.0, 3.0, 3.3, -3.3, 6.2, -6.2, np.pi])
    np.testing.assert_allclose([rk.folded(a) for a in angles], (angles + np.pi) % (2 * np.pi) - np.pi, atol=1e-15)


@pytest.mark.parametrize("kernel", KERNELS, ids=["compiled", "plain"])
def test_many_rows_at_once_are_the_rows_one_by_one(kernel):
    """37 rows: two full tiles and a part of one, unequal times, some numbers unmeasured."""
    drawn_rows = [drawn(seed) for seed in range(37)]
    rng = drawn_rows[0][2]
    means, covs = np.array([d[0] for d in drawn_rows]), np.array([d[1] for d in drawn_rows])
    dt_s = rng.uniform(-15.0, 25.0, len(means))
    variances = np.tile(np.array([1e-3, 1e-3, 20.0, 2.0]) ** 2, (len(means), 1))
    later, wider, measured = means.copy(), covs.copy(), np.empty((len(means), 4))
    H, residual, logl, nis = np.empty((4, 6)), np.empty(4), np.empty(len(means)), np.empty(len(means))
    for i in range(len(means)):
        rk.ekf_predict_row(later[i], wider[i], dt_s[i], 0.1, rk.EARTH)
        rk.radar_row(later[i], SITE_ITRF_M, ENU, measured[i], H)
        spread = np.sqrt(np.diag(H @ wider[i] @ H.T) + variances[i])
        seen, measured[i] = measured[i].copy(), (measured[i] + spread * rng.normal(size=4)) % [2 * np.pi, 9, 1e9, 1e9]
        measured[i, [3] if i % 3 else [0, 3]] = np.nan
        rk.radar_residual_row(measured[i], seen, residual)
        logl[i], nis[i], _ = rk.diagonal_update_row(later[i], wider[i], residual, variances[i], H, np.empty(12))
    out_logl, out_nis = np.empty(len(means)), np.empty(len(means))
    kernel(bk.ekf_radar_rows)(
        means, covs, dt_s, 0.1, measured, variances, SITE_ITRF_M, ENU, rk.EARTH, out_logl, out_nis,
        np.empty(bk.SCRATCH_SIZE),
    )  # fmt: skip
    rounding = 1e-9  # of a standard deviation
    sigma = np.sqrt(np.diagonal(wider, axis1=1, axis2=2))
    assert np.abs((means - later) / sigma).max() < rounding
    assert np.abs((covs - wider) / (sigma[:, :, None] * sigma[:, None, :])).max() < rounding
    np.testing.assert_allclose([out_logl, out_nis], [logl, nis], rtol=1e-8, atol=1e-9)
