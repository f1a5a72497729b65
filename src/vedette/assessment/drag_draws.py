"""Draws that reach the edges of what drag may be.

A ballistic coefficient is believed to lie between two limits, evenly in logarithm; its unknown is a normal one that is
mapped onto that range. What looks see of a coast goes with one over the coefficient, so that near the limits the
unknown moves ever less: straight (or parabolic) guesses miss by hundreds of sigmas there, and draws that begin with
them are never solved. Since looks before re-entry tell little of drag, a quarter of the draws is of that sort, and
the impact areas of a cloud without them are too small along the track.

Here the one bent unknown is straightened first. With J the Jacobian at the mode, C = R R' the covariance, k the place
of drag and q one over the coefficient, the residuals of looks are taken to go with (q - q0) / q'(0) instead of the
unknown z itself, and the one of its prior with z; the rotated residuals R'J'r = v then give

    (1 - C_kk) (q(z) - q0) / q'(0) + C_kk (z - z0) = (R v)_k,

which rises with z, and the rest follows linearly.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from vedette.core.shapes import Rows, Scalar

_LIMIT = 8.0  # sigmas
_HALVINGS = 50


@dataclass(frozen=True, slots=True, eq=False)
class DragDraws:
    """The straightened drag of one mode; u are unknowns in units of the root R, v what they would be were all linear.

    `scale`: logarithm of the highest over the lowest coefficient; `middle`: z at the mode; `row`: R's row of drag.
    """

    place: int
    scale: float
    middle: float
    row: Scalar
    column: Scalar  # of R's inverse

    @classmethod
    def of(cls, theta: Scalar, root: Rows, place: int, scale: float) -> "DragDraws":
        """Those of a mode `theta` (d,) with covariance root (d, d)."""
        unit = np.zeros(len(theta))
        unit[place] = 1.0
        column = np.asarray(np.linalg.solve(root, unit), dtype=float)
        return cls(place, scale, float(theta[place]), root[place].copy(), column)

    def solved(self, v: Rows) -> tuple[Rows, Rows, Scalar]:
        """u (m, d) for rows of v, the Jacobians du/dv (m, d, d), and the logarithms of |dv/du| (m,)."""
        known = float(np.clip(1.0 - self.row @ self.row, 0.0, 1.0))
        aim = v @ self.row
        low, high = np.full(len(v), -_LIMIT), np.full(len(v), _LIMIT)
        for _ in range(_HALVINGS):
            z = 0.5 * (low + high)
            short = known * self._seen(z) + (1.0 - known) * (z - self.middle) < aim
            low, high = np.where(short, z, low), np.where(short, high, z)
        z = 0.5 * (low + high)
        rate = self._rate(z)
        # u = root^-1 (theta - mode): drag moves by z - middle, all else as if by what looks see of that
        bent = z - self.middle - self._seen(z)
        beside = self.column - self.row
        u = v + bent[:, None] * beside
        size = known * rate + (1.0 - known)  # d aim / d z
        turn = (1.0 - rate) / size
        return u, np.eye(v.shape[1]) + turn[:, None, None] * np.outer(beside, self.row), np.log(size)

    def log_size(self, thetas: Rows) -> Scalar:
        """Logarithms of |dv/du| (m,) at rows of the unknowns themselves (m, d)."""
        known = float(np.clip(1.0 - self.row @ self.row, 0.0, 1.0))
        return np.asarray(np.log(known * self._rate(thetas[:, self.place]) + (1.0 - known)))

    def _seen(self, z: Scalar) -> Scalar:
        """(m,) what looks see of drag at z, in units of the unknown at the mode."""
        moved = np.expm1(-self.scale * (ndtr(z) - ndtr(self.middle)))
        return np.asarray(moved / (-self.scale * _bell(np.array(self.middle))))

    def _rate(self, z: Scalar) -> Scalar:
        """(m,) its derivative by z: one at the mode."""
        fall = np.exp(-self.scale * (ndtr(z) - ndtr(self.middle)))
        return np.asarray(fall * _bell(z) / _bell(np.array(self.middle)))


def _bell(z: Scalar) -> Scalar:
    return np.asarray(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))
