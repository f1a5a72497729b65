"""Draws that a first guess does not reach are reached from their neighbours."""

import numpy as np

from vedette.assessment.draw_neighbours import is_solved, solve_all

BENT, REACH = np.array([1.0, 0.0, 0.0]), 0.5


def _solver(reach=REACH):
    """u + 0.3 u0^3 e1 = noise, solved by Newton's method from guesses that are near enough only."""
    asked = []

    def solve(noises, guesses, inverses):
        asked.append(len(noises))
        u, weights = guesses.copy(), np.full(len(noises), -1e30)
        right = _bent(noises)
        ok = np.abs(guesses - right).max(axis=1) < reach
        u[ok], weights[ok] = right[ok], -1.0
        slopes = np.broadcast_to(np.eye(3), inverses.shape).copy()
        slopes[:, 1, 0] = 0.9 * right[:, 0] ** 2
        inverses[ok] = np.linalg.inv(slopes[ok])
        return u, weights

    return solve, asked


def _bent(noises):
    u = noises.copy()
    u[:, 1] -= 0.3 * noises[:, 0] ** 3
    return u


def _drawn(reach=REACH):
    noises = np.random.default_rng(1).standard_normal((300, 3))
    solve, asked = _solver(reach)
    inverses = np.broadcast_to(np.eye(3), (300, 3, 3)).copy()
    first = is_solved(solve(noises, noises.copy(), inverses.copy())[1])
    asked.clear()
    thetas, weights = solve_all(solve, lambda rows: rows, BENT, noises, noises.copy(), inverses)
    return noises, first, thetas, is_solved(weights), asked


def test_a_tail_that_straight_guesses_miss_is_drawn_from_its_neighbours():
    noises, first, thetas, solved, _ = _drawn()
    assert 0.7 < first.mean() < 0.8  # without its neighbours
    assert np.abs(noises[~first, 0]).min() > 1.18  # all of them far out
    assert solved.mean() > 0.95
    np.testing.assert_allclose(thetas[solved], _bent(noises)[solved])


def test_where_hardly_anything_is_solved_nobody_is_asked_again():
    _, first, _, solved, asked = _drawn(reach=0.01)
    assert first.mean() < 0.4
    assert np.array_equal(first, solved)
    assert len(asked) == 1
