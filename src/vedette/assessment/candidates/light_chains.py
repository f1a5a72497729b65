"""Lights that move, followed in one infrared watcher's own plane: how many flames there are, before anybody says which.

Two watchers' lines of sight cross where nothing is, and among hundreds of flames many a track is made of such
crossings. One watcher's own looks do not mix so: a flame has moved a few kilometres by its next look, and the next
flame is farther away. Chains of one watcher's detections therefore tell how many flames there are much better than
they tell where each is; they are counted and nothing else.

A place is where a line of sight meets a shell `SHELL_M` high, so that a watcher may move; a flame's climb makes its
place move on, as its flight does.
"""

from typing import Final

import numpy as np

from vedette.core.assignment import best_pairs
from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.tracking.initiation import range_to_height

SHELL_M: Final = 10e3
SPEED_SIGMA_MPS: Final = 600.0  # each way, of a flame when it is first seen
PUSH_SIGMA_MPS2: Final = 30.0
GATE_SIGMAS: Final = 4.0
LOST_LOOKS: Final = 3  # missed one after another: the flame is out
STILL_LOOKS, STILL_SIGMAS = 8, 5.0  # in so many looks a flame in flight has left its place by more


class LightChains:
    """What one infrared watcher's looks chain together; fed look by look, in the order they were measured."""

    def __init__(self, los_sigma_rad: float, revisit_s: float) -> None:
        self.los_sigma_rad, self.revisit_s = los_sigma_rad, revisit_s
        self._place = np.empty((0, 3))
        self._speed = np.empty((0, 3))
        self._place_var = np.empty(0)  # m2, each way across the line of sight
        self._speed_var = np.empty(0)
        self._cross = np.empty(0)
        self._seen = np.empty(0, dtype=np.int64)
        self._first = np.empty(0, dtype=np.int64)
        self._first_place = np.empty((0, 3))
        self._noise = np.empty(0)
        self._count = np.empty(0, dtype=np.int64)
        self._t_tai_ns: int | None = None

    def __len__(self) -> int:
        """How many chains there are, those of one look too."""
        return len(self._count)

    @property
    def counts(self) -> Ints:
        """(n,) detections of each chain."""
        return self._count

    @property
    def first_places_itrf_m(self) -> Rows:
        """(n, 3) where each was first, on the shell: what has just left the ground is near it."""
        return self._first_place

    @property
    def is_moving(self) -> Bools:
        """(n,) False of what has not left its place in some looks: a fire."""
        moved = np.sum((self._place - self._first_place) ** 2, axis=-1)
        return np.asarray((self._count < STILL_LOOKS) | (moved > STILL_SIGMAS**2 * self._noise))

    @property
    def t_newest_tai_ns(self) -> int:
        """When the watcher last looked."""
        return self._t_tai_ns or 0

    @property
    def t_first_tai_ns(self) -> Ints:
        """(n,) when each was first seen."""
        return self._first

    def take(self, los: Rows, origin_itrf_m: Vec3, t_tai_ns: int) -> bool:
        """A look: unit vectors (k, 3) from where the watcher stood. False: older than the last, and left out."""
        if self._t_tai_ns is not None and t_tai_ns <= self._t_tai_ns:
            return False
        self._t_tai_ns = t_tai_ns
        reach = range_to_height(los, origin_itrf_m, SHELL_M)
        seen = np.isfinite(reach)
        los, reach = los[seen], reach[seen]
        places = origin_itrf_m + reach[:, None] * los
        noise = (self.los_sigma_rad * reach) ** 2
        chain, found = self._pairs(places, los, noise, t_tai_ns)
        self._correct(chain, places[found], noise[found], t_tai_ns)
        fresh = np.setdiff1d(np.arange(len(places)), found)
        self._begin(places[fresh], noise[fresh], t_tai_ns)
        return True

    def _ahead(self, t_tai_ns: int) -> tuple[Ints, Rows, Scalar, Scalar, Scalar]:
        """Chains that still go on, and their places, variances and co-variances at an instant."""
        live = np.flatnonzero((t_tai_ns - self._seen) / NS_PER_S <= (LOST_LOOKS + 0.5) * self.revisit_s)
        dt = (t_tai_ns - self._seen[live]) / NS_PER_S
        push = PUSH_SIGMA_MPS2**2
        place = self._place[live] + self._speed[live] * dt[:, None]
        cross = self._cross[live] + self._speed_var[live] * dt + push * dt**3 / 2.0
        var = self._place_var[live] + 2.0 * self._cross[live] * dt + self._speed_var[live] * dt**2 + push * dt**4 / 4.0
        return live, place, var, cross, self._speed_var[live] + push * dt**2

    def _pairs(self, places: Rows, los: Rows, noise: Scalar, t_tai_ns: int) -> tuple[Ints, Ints]:
        nothing = np.empty(0, dtype=np.int64)
        live, ahead, var, _, _ = self._ahead(t_tai_ns)
        if not len(live) or not len(places):
            return nothing, nothing
        apart = ahead[:, None] - places[None]
        off = np.sum(apart**2, axis=-1) - np.sum(apart * los, axis=-1) ** 2  # across the line of sight, as it is seen
        spread = var[:, None] + noise[None]
        near, what = np.nonzero(off < GATE_SIGMAS**2 * spread)
        sigma2 = spread[near, what]
        # the density of the pair over that of a new light at the edge of the widest gate
        widest = float(spread.max()) if len(near) else 1.0
        gain = 0.5 * (GATE_SIGMAS**2 - off[near, what] / sigma2) + np.log(widest / sigma2) + 1e-9
        chosen = best_pairs(near, what, gain)
        return live[near[chosen]], what[chosen]

    def _correct(self, chain: Ints, places: Rows, noise: Scalar, t_tai_ns: int) -> None:
        """A Kalman step of each chain, alike in all ways."""
        if not len(chain):
            return
        live, ahead, var, cross, speed_var = self._ahead(t_tai_ns)
        at = np.searchsorted(live, chain)
        ahead, var, cross, speed_var = ahead[at], var[at], cross[at], speed_var[at]
        off = places - ahead
        whole = var + noise
        self._place[chain] = ahead + (var / whole)[:, None] * off
        self._speed[chain] += (cross / whole)[:, None] * off
        self._place_var[chain] = var * noise / whole
        self._cross[chain] = cross * noise / whole
        self._speed_var[chain] = speed_var - cross**2 / whole
        self._seen[chain] = t_tai_ns
        self._count[chain] += 1

    def _begin(self, places: Rows, noise: Scalar, t_tai_ns: int) -> None:
        n = len(places)
        self._place = np.concatenate([self._place, places])
        self._speed = np.concatenate([self._speed, np.zeros((n, 3))])
        self._place_var = np.concatenate([self._place_var, noise])
        self._speed_var = np.concatenate([self._speed_var, np.full(n, SPEED_SIGMA_MPS**2)])
        self._cross = np.concatenate([self._cross, np.zeros(n)])
        self._seen = np.concatenate([self._seen, np.full(n, t_tai_ns, dtype=np.int64)])
        self._first = np.concatenate([self._first, np.full(n, t_tai_ns, dtype=np.int64)])
        self._first_place = np.concatenate([self._first_place, places])
        self._noise = np.concatenate([self._noise, noise])
        self._count = np.concatenate([self._count, np.ones(n, dtype=np.int64)])
