"""States carried to the instant of a release, so that nothing tells when an object was last looked at.

Everything a batch holds is of one instant. What has not been seen for a while coasts on, with doubt growing as if an
acceleration had been overlooked: a track that ended where its sensor's view ends would draw that view on the map.
"""

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows
from vedette.motion.propagate import propagate_coast_stm

UNSEEN_MPS2 = 0.05  # one sigma, constant while unseen: drag at the top of the air, and a little manoeuvre
BURNING_MPS2 = 30.0  # one sigma of what thrust adds in the moment between look and release
_BURNING_MOST_S = 20.0


def carried(
    states_itrf: Rows, state_covs_itrf: Rows, t_tai_ns: Ints, t_to_tai_ns: int, is_burning: Rows
) -> tuple[Rows, Rows]:
    """States (n, 6) and covariances (n, 6, 6) at one instant; NaN where a path does not reach it (it has come down)."""
    if not len(states_itrf):
        return np.empty((0, 6)), np.empty((0, 6, 6))
    dt_s = (t_to_tai_ns - np.asarray(t_tai_ns)) / NS_PER_S
    states, turns = propagate_coast_stm(states_itrf, dt_s)
    covs = turns @ state_covs_itrf @ np.swapaxes(turns, -1, -2)
    pushed_s = np.where(is_burning, np.minimum(np.abs(dt_s), _BURNING_MOST_S), np.abs(dt_s))
    push = np.where(is_burning, BURNING_MPS2, UNSEEN_MPS2) ** 2
    for i in range(3):
        covs[:, i, i] += push * pushed_s**4 / 4.0
        covs[:, i + 3, i + 3] += push * pushed_s**2
        covs[:, i, i + 3] += push * pushed_s**3 / 2.0
        covs[:, i + 3, i] += push * pushed_s**3 / 2.0
    return states, 0.5 * (covs + np.swapaxes(covs, -1, -2))


def warm_up() -> None:
    """Have ready what is compiled or read from a cache at its first use, which takes a second."""
    state = np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]])
    carried(state, np.eye(6)[None], np.zeros(1, dtype=np.int64), NS_PER_S, np.zeros(1, dtype=bool))
