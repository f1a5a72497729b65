"""Drag straightened for draws, against a model that is bent in drag alone, where it is exact."""

import numpy as np
import pytest
from scipy.special import ndtr

from vedette.assessment.drag_draws import DragDraws

SCALE = np.log(9000.0 / 2000.0)


def _model(seed, seen, mode):
    """Residuals of looks that go with one over the coefficient and of a prior of each unknown; J at the mode."""
    rng = np.random.default_rng(seed)
    d, k = 5, int(rng.integers(5))
    looks = rng.standard_normal((12, d)) * seen
    middle = rng.standard_normal(d)
    middle[k] = mode

    def straight(theta):
        out = theta.copy()
        q, q0 = (np.exp(-SCALE * ndtr(one)) for one in (theta[..., k], middle[k]))
        slope = -SCALE * q0 * np.exp(-0.5 * middle[k] ** 2) / np.sqrt(2.0 * np.pi)
        out[..., k] = middle[k] + (q - q0) / slope
        return out

    jac = np.vstack([looks, np.eye(d)])
    cov = np.linalg.inv(jac.T @ jac)
    root = np.linalg.cholesky(cov)

    def rotated(theta):
        moved = np.concatenate([(straight(theta) - middle) @ looks.T, theta - middle], axis=-1)
        return moved @ jac @ root

    return DragDraws.of(middle, root, k, SCALE), middle, root, rotated, rng


@pytest.mark.parametrize("seen", [0.05, 0.3, 3.0])
@pytest.mark.parametrize("mode", [0.0, -1.5, 2.0])
def test_what_is_bent_in_drag_alone_is_solved_at_once(seen, mode):
    drag, middle, root, rotated, rng = _model(1, seen, mode)
    v = rng.standard_normal((40, 5))
    u, slopes, sizes = drag.solved(v)
    inside = np.abs((middle + u @ root.T)[:, drag.place]) < 7.0
    assert inside.mean() > 0.6
    np.testing.assert_allclose(rotated(middle + u @ root.T)[inside], v[inside], atol=1e-7)
    for i in np.flatnonzero(inside)[:8]:
        step = 1e-5 * np.eye(5)
        ahead, behind = (drag.solved(v[i] + sign * step)[0] for sign in (1.0, -1.0))
        np.testing.assert_allclose(slopes[i].T, (ahead - behind) / 2e-5, rtol=1e-4, atol=1e-4)
        assert sizes[i] == pytest.approx(-np.linalg.slogdet(slopes[i])[1], abs=1e-6)
    np.testing.assert_allclose(drag.log_size(middle + u @ root.T), sizes, atol=1e-9)


def test_nothing_is_bent_where_looks_tell_nothing_of_drag():
    drag, _, _, _, rng = _model(2, 0.0, 0.0)
    v = rng.standard_normal((10, 5))
    u, slopes, sizes = drag.solved(v)
    np.testing.assert_allclose(u, v, atol=1e-9)
    np.testing.assert_allclose(slopes, np.broadcast_to(np.eye(5), slopes.shape), atol=1e-9)
    np.testing.assert_allclose(sizes, 0.0, atol=1e-9)
