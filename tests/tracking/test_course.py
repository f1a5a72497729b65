"""Course coordinates: a state comes back, slopes are right, and the filter in them is honest where others are not."""

import numpy as np
from benchmarks.tracking._coarse_radar import bound, followed, judged
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.tracking.test_bank_kernels import drawn_bank

from vedette.estimation import transform
from vedette.tracking.anchors import itrf_from_local
from vedette.tracking.course import (
    cartesian_from_course,
    course_difference,
    course_from_cartesian,
    course_from_spherical,
    has_course,
    spherical_from_course,
)
from vedette.tracking.kernels.sigma import (
    COURSE,
    SIGMA_SCRATCH,
    SPHERICAL,
    add_white,
    points_from_itrf,
    points_to_itrf,
    spread_points,
)
from vedette.tracking.kernels.tell import told_rows

offset = st.floats(-3e6, 3e6).filter(lambda v: abs(v) > 1e3)
speed = st.floats(-9e3, 9e3).filter(lambda v: abs(v) > 1.0)
states = st.tuples(offset, offset, offset, speed, speed, speed).map(np.array)


@given(states)
@settings(max_examples=50, deadline=None)
def test_round_trip_of_a_state(state):
    one_micrometre = 1e-6
    back = cartesian_from_course(course_from_cartesian(state))
    assert np.abs(back - state)[:3].max() < one_micrometre * np.linalg.norm(state[:3]) / 1e6 + 1e-8
    assert np.abs(back - state)[3:].max() < one_micrometre * (1.0 + np.linalg.norm(state[3:]) / 1e3)


@given(states)
@settings(max_examples=30, deadline=None)
def test_white_noise_in_course_coordinates_is_that_of_the_numeric_slope(state):
    found = np.zeros((8, 8))
    add_white(np.append(course_from_cartesian(state), [0.0, 0.0]), found, COURSE, 2.0, 0.5)
    # Steps of a ten-thousandth of what bends the course: the way to the pole, the speed across the line of sight, and
    # the way that turns the whole speed into it
    range_m, speed_mps = np.linalg.norm(state[:3]), np.linalg.norm(state[3:])
    across_mps = np.linalg.norm(np.cross(state[:3], state[3:])) / range_m
    assume(across_mps > 1.0)
    turn_m = min(np.hypot(*state[:2]), range_m * min(1.0, across_mps / speed_mps))
    steps = 1e-4 * np.repeat([turn_m, across_mps], 3)
    ahead, behind = (course_from_cartesian(state + sign * np.diag(steps)) for sign in (1.0, -1.0))
    J = (course_difference(ahead, behind) / (2.0 * steps[:, None])).T
    eye = np.eye(3)
    expected = J @ (0.5 * np.block([[eye * 8 / 3, eye * 2], [eye * 2, eye * 2]])) @ J.T
    sigma = np.sqrt(np.diag(expected))
    curvature = 1e-6  # of the quotient; 2.5e-8 was the worst of 6,000, some along the line of sight
    assert np.abs((found[:6, :6] - expected) / np.outer(sigma, sigma)).max() < curvature


def test_points_go_to_itrf_and_back():
    means, _, origin, axes, _ = drawn_bank(3, 1)
    for row in range(3):
        for coordinates in (SPHERICAL, COURSE):
            mean = means[row, 0] if coordinates == SPHERICAL else course_from_spherical(means[row, 0])
            cov = np.diag(np.array([1e-3, 1e-3, 50.0, 1e-4, 1e-4, 5.0, 3.0, 0.5]) ** 2)
            if coordinates == COURSE:
                cov[3, 3], cov[4, 4] = 30.0**2, 0.02**2
            w = np.zeros(SIGMA_SCRATCH)
            assert spread_points(mean, cov, -1, 0.0, w) == 12
            points = w[: 8 * 16].reshape(8, 16).T.copy()
            points_to_itrf(w, coordinates, origin[row], axes[row])
            spherical = points if coordinates == SPHERICAL else spherical_from_course(points)
            expected = itrf_from_local(spherical[None], origin[row : row + 1], axes[row : row + 1])[0]
            one_micrometre = 1e-6
            assert np.abs(w[8 * 16 : 16 * 16].reshape(8, 16).T - expected).max() < one_micrometre
            points_from_itrf(w, coordinates, origin[row], axes[row])
            back = w[16 * 16 : 24 * 16].reshape(8, 16).T
            assert np.abs(course_difference(back, points) / (np.abs(points) + 1e-3)).max() < 1e-9


def test_a_belief_is_told_in_x_y_z_as_drawn_points_say():
    """Against a million draws of a shell 30 km wide and 2 m thick, and the estimation floor's own fifth-degree rule."""
    mean = np.array([0.3, 0.2, 1.8e6, 4500.0, 0.8, -2700.0, 0.0, 0.0])
    cov = np.diag(np.array([1.5e-2, 1.5e-2, 2.0, 100.0, 0.05, 20.0, 1.0, 1.0]) ** 2)
    told, told_cov = np.empty((1, 1, 6)), np.empty((1, 1, 6, 6))
    origin, axes = np.array([[1e6, 2e6, 3e6]]), np.linalg.qr(np.random.default_rng(1).normal(size=(1, 3, 3)))[0]
    for kernel in (told_rows, told_rows.py_func):
        kernel(mean[None, None], cov[None, None], COURSE, origin, axes, told, told_cov)
        plain, plain_cov, _ = transform(mean[:6], cov[:6, :6], cartesian_from_course, degree=5)
        turn = np.kron(np.eye(2), axes[0].T)
        np.testing.assert_allclose(told[0, 0], turn @ plain + np.append(origin[0], np.zeros(3)), rtol=1e-10)
        scale = np.sqrt(np.diag(told_cov[0, 0]))
        rounding = 1e-8
        assert np.abs((told_cov[0, 0] - turn @ plain_cov @ turn.T) / np.outer(scale, scale)).max() < rounding
    rng = np.random.default_rng(3)
    drawn = cartesian_from_course(mean[:6] + np.sqrt(np.diag(cov)[:6]) * rng.standard_normal((1_000_000, 6)))
    thin = cartesian_from_course(mean[:6])[:3] / mean[2]
    found, least = thin @ plain_cov[:3, :3] @ thin, np.var(drawn[:, :3] @ thin)
    by_chance = 0.01  # five times the scatter of a variance from a million draws
    assert abs(found / least - 1.0) < by_chance
    _, third_cov, _ = transform(mean[:6], cov[:6, :6], cartesian_from_course)
    assert thin @ third_cov[:3, :3] @ thin > 1.5 * least  # what the third-degree rule makes of the bend


def test_the_coarse_radar_is_followed_honestly_and_at_the_bound():
    """The goals of the comparison on 600 runs; thousands stand on the page of accuracy."""
    found = judged(*followed("B", 600, seed=5, coordinates=COURSE), bound("B"))
    by_chance = 0.04  # 600 runs of strongly correlated components
    assert 0.95 < found["anees"] < 1.05
    assert found["anees_worst"] < 1.15  # 1.35 in spherical coordinates
    assert max(found["position_over_bound"], found["velocity_over_bound"]) < 1.02 + by_chance


def test_who_has_a_course():
    mean = np.array([0.1, 0.2, 1e6, 3e-3, 1e-3, -500.0])
    cov = np.diag(np.array([1e-3, 1e-3, 10.0, 1e-4, 1e-4, 5.0]) ** 2)
    assert has_course(mean, cov)
    assert not has_course(mean * [1, 1, 1, 0.01, 0.01, 1], cov)
