"""The branchless angles against the library's own."""

import numpy as np

from vedette.tracking.kernels.lane_functions import angle_of, folded_angle, sine_cosine_of


def test_the_branchless_angle_is_atan2():
    rng = np.random.default_rng(2)
    y, x = rng.normal(size=(2, 500)) * 10.0 ** rng.integers(-9, 9, (2, 500))
    y[:4], x[:4] = [0.0, 1.0, -1.0, 0.0], [1.0, 0.0, 0.0, -1.0]
    three_ulp = 7e-16
    for a, b in zip(y, x, strict=True):
        assert abs(angle_of(a, b) - np.arctan2(a, b)) <= three_ulp * abs(np.arctan2(a, b))


def test_the_branchless_sine_and_cosine():
    rng = np.random.default_rng(3)
    angles = np.concatenate([rng.uniform(-8.0, 8.0, 500), rng.uniform(-1e4, 1e4, 200), np.arange(-8, 9) * np.pi / 4])
    three_ulp_of_one = 7e-16
    found = np.array([sine_cosine_of(a) for a in angles])
    assert np.abs(found - np.stack([np.sin(angles), np.cos(angles)], -1)).max() <= three_ulp_of_one
    plain = np.array([sine_cosine_of.py_func(a) for a in angles])
    assert np.abs(found - plain).max() <= three_ulp_of_one


def test_the_fold():
    angles = np.array([0.0, 3.0, 3.3, -3.3, 6.2, -6.2, np.pi, 100.0])
    np.testing.assert_allclose([folded_angle(a) for a in angles], (angles + np.pi) % (2 * np.pi) - np.pi, atol=1e-13)
