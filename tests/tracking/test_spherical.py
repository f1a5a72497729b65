"""A state in the radar's own coordinates is honest where a Cartesian one is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tracking import peer_scene as scene

from vedette.estimation import predict_extended, predict_sigma, transform, update_joseph
from vedette.metrics import chi_square_band, filtering_bound, nees, rmse_over_bound, share_in_band
from vedette.tracking.spherical import (
    cartesian_from_spherical,
    spherical_difference,
    spherical_from_cartesian,
    spherical_jacobian,
)

RUNS = 200

offset = st.floats(-3e6, 3e6).filter(lambda v: abs(v) > 1e3)
speed = st.floats(-9e3, 9e3)
states = st.tuples(offset, offset, offset, speed, speed, speed).map(np.array)


@given(states)
@settings(max_examples=50, deadline=None)
def test_round_trip_of_a_state(state):
    one_micrometre = 1e-6  # of some thousand kilometres: 12 digits
    back = cartesian_from_spherical(spherical_from_cartesian(state))
    scale = np.repeat([np.linalg.norm(state[:3]) / 1e6, np.linalg.norm(state[3:]) / 1e3 + 1.0], 3)
    assert np.all(np.abs(back - state) <= 1e-2 * one_micrometre * scale + 1e-8 * scale)


@given(states)
@settings(max_examples=50, deadline=None)
def test_written_jacobian_agrees_with_the_complex_step(state):
    """The complex step has no subtraction, so it cannot be wrong the way a difference quotient is."""
    h = 1e-30
    J = spherical_jacobian(state)

    def complex_spherical(z):
        x, y, w, vx, vy, vw = z
        s = x * x + y * y
        rho, r = np.sqrt(s), np.sqrt(s + w * w)
        along = x * vx + y * vy
        el_rate = (vw * s - w * along) / (rho * r * r)
        return np.array([r, (x * vy - y * vx) / s, el_rate, (along + w * vw) / r, y / x, w / rho])

    for j in range(6):
        z = state.astype(complex)
        z[j] += 1j * h
        slope = complex_spherical(z).imag / h
        expected = np.array([
            slope[4] / (1.0 + (state[1] / state[0]) ** 2),  # of atan(y / x)
            slope[5] / (1.0 + state[2] ** 2 / (state[0] ** 2 + state[1] ** 2)),  # of atan(z / rho)
            slope[0], slope[1], slope[2], slope[3],
        ])  # fmt: skip
        scale = np.max(np.abs(J), axis=1)
        assert np.all(np.abs(J[:, j] - expected) <= 1e-9 * scale)


def bound_for(case):
    truth, _, _, P0, R = scene.play(case, 50, seed=10_000)
    before = np.concatenate([np.broadcast_to(case.start, (1, 50, 6)), truth[:-1]])
    F, H = scene.step_jacobian(before, case.dt_s), scene.azel_range_jacobian(truth)
    return filtering_bound(np.linalg.inv(P0), F, scene.process_noise(case), H, R)


def run_cartesian(case, seed):
    truth, seen, mean, P0, R = scene.play(case, RUNS, seed)
    cov = np.broadcast_to(P0, (RUNS, 6, 6))
    Q = scene.process_noise(case)
    errors, scores = [], []
    for now, z in zip(truth, seen, strict=True):
        mean, cov = predict_extended(
            mean, cov, lambda s: scene.step(s, case.dt_s), lambda s: scene.step_jacobian(s, case.dt_s), Q
        )
        residual = spherical_difference(z, scene.azel_range(mean))
        after = update_joseph(mean, cov, residual, scene.azel_range_jacobian(mean), R)
        mean, cov = after.mean, after.cov
        errors.append(mean - now)
        scores.append(nees(mean - now, cov).mean() / 6)
    return np.array(errors), np.array(scores)


def run_spherical(case, seed):
    truth, seen, guess, P0, R = scene.play(case, RUNS, seed)
    mean, cov, _ = transform(
        guess, np.broadcast_to(P0, (RUNS, 6, 6)), spherical_from_cartesian, difference=spherical_difference
    )
    H = np.eye(6)[:3]
    errors, scores = [], []
    for now, z in zip(truth, seen, strict=True):
        slope = spherical_jacobian(cartesian_from_spherical(mean))
        Q = slope @ scene.process_noise(case) @ np.swapaxes(slope, -1, -2)
        mean, cov = predict_sigma(
            mean, cov,
            lambda s: spherical_from_cartesian(scene.step(cartesian_from_spherical(s), case.dt_s)),
            Q, difference=spherical_difference,
        )  # fmt: skip
        after = update_joseph(mean, cov, spherical_difference(z, mean[..., :3]), H, R)
        mean, cov = after.mean, after.cov
        told, told_cov, _ = transform(mean, cov, cartesian_from_spherical)
        errors.append(told - now)
        scores.append(nees(told - now, told_cov).mean() / 6)
    return np.array(errors), np.array(scores)


@pytest.mark.parametrize("name", ["A", "B"])
def test_spherical_filter_is_honest_and_at_the_bound(name):
    """Goals from the peer comparison: RMSE over bound at most 1.02, ANEES 0.95 to 1.05 (the peers' best: 1.15).

    In case B there is a passing bulge about step 25 (ANEES 1.35), where range, known to metres, has just begun to tell
    the angular rates by its curvature: the belief is bent there whatever the coordinates (a fifth-degree rule gives the
    same). It is judged after step 60, and the whole run more loosely.
    """
    case = scene.CASES[name]
    errors, scores = run_spherical(case, seed=1)
    bound = bound_for(case)
    late = slice(case.steps // 2, None)
    by_chance = 1.04  # 200 runs of strongly correlated components scatter the ratio by some 3 %
    position = rmse_over_bound(np.swapaxes(errors, 0, 1)[..., :3], bound[:, :3, :3])
    velocity = rmse_over_bound(np.swapaxes(errors, 0, 1)[..., 3:], bound[:, 3:, 3:])
    assert position[late].mean() < 1.02 * by_chance
    assert velocity[late].mean() < 1.02 * by_chance
    assert 0.95 < scores[60:].mean() < 1.05
    assert scores.mean() < 1.10
    assert share_in_band(scores[60:], 6, RUNS) >= 0.85  # of correlated steps; the peers' best is 0.36


def test_cartesian_extended_filter_is_dishonest_in_case_b():
    """The defect that five peers share is reproduced, so that the scene is known to be hard (8.5 published)."""
    _, scores = run_cartesian(scene.CASES["B"], seed=1)
    _, calm = run_cartesian(scene.CASES["A"], seed=1)
    low, high = chi_square_band(6, RUNS, 0.999999)
    assert 5.0 < scores.mean() < 12.0
    assert low < calm.mean() < high
