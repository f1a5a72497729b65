"""Draws that were not solved start anew from their solved neighbours.

A draw is the flight whose rotated residuals are one row of noise; its first guess is a parabola about the best flight.
Where drag is near its limits that guess is too far off for some, and what is left out is all on one side of an impact
area: a tail of it. From a flight already solved for much the same noise the way is short, and halfway is shorter still.
"""

from collections.abc import Callable

import numpy as np

from vedette.core.shapes import Bools, Rows, Scalar

UNSOLVED = -1e29  # log weights below this
_HALFWAY = (1.0, 0.5, 1.0)  # how far towards its own noise each pass takes a draw
_BENT = 20.0  # a noise's part that moves drag counts so much more, squared, for who is near
_HOPELESS = 0.3  # with more unsolved than this the mode is no place to draw from, and nobody's neighbour helps

Solve = Callable[[Rows, Rows, Rows], tuple[Rows, Scalar]]


def is_solved(log_weights: Scalar) -> Bools:
    """(m,) which draws stand where they should."""
    return np.asarray(log_weights > UNSOLVED)


def solve_all(
    solve: Solve, units: Callable[[Rows], Rows], along: Scalar, noises: Rows, guesses: Rows, inverses: Rows
) -> tuple[Rows, Scalar]:
    """Draws (m, d) and their log weights (m,) for rows of noise.

    Parameters
    ----------
    solve : draws and log weights from rows of noise, guesses (m, d) and inverse Jacobians (m, d, d), bettered in place
    units : rows of guesses from rows of draws
    along : (d,) the direction of noise in which solutions bend most
    """
    thetas, log_weights = solve(noises, guesses, inverses)
    known = is_solved(log_weights)
    if known.all() or np.mean(~known) > _HOPELESS:
        return thetas, log_weights
    solved_noises, solved_units, solved_inverses = noises[known], units(thetas[known]), inverses[known]
    for share in _HALFWAY:
        rest = np.flatnonzero(~is_solved(log_weights))
        if not len(rest):
            break
        near = _nearest(noises[rest], solved_noises, along)
        aims = solved_noises[near] + share * (noises[rest] - solved_noises[near])
        bettered = np.ascontiguousarray(solved_inverses[near])
        starts = solved_units[near] + np.einsum("mij,mj->mi", bettered, aims - solved_noises[near])
        found, weights = solve(aims, starts, bettered)
        done = is_solved(weights)
        if share == 1.0:
            thetas[rest[done]], log_weights[rest[done]] = found[done], weights[done]
        solved_noises = np.vstack([solved_noises, aims[done]])
        solved_units = np.vstack([solved_units, units(found[done])])
        solved_inverses = np.concatenate([solved_inverses, bettered[done]])
    return thetas, log_weights


def _nearest(noises: Rows, others: Rows, along: Scalar) -> np.ndarray:
    """(m,) index of the row of `others` next to each of `noises`."""
    square = np.sum(noises**2, axis=1)[:, None] - 2.0 * noises @ others.T + np.sum(others**2, axis=1)
    bent = (noises @ along)[:, None] - others @ along
    return np.asarray(np.argmin(square + _BENT * bent * bent, axis=1))
