"""How an estimator asks for an orbit: states at instants, their slopes by the start and by the forces' parameters."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vedette.core.constants import EARTH_MU_M3_S2
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.kepler import propagate_kepler


class Dynamics(Protocol):
    """Something that flies an orbit."""

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What of its forces can be estimated, in the order of `parameters`."""
        ...

    def fly(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> tuple[Rows, Rows]:
        """States (n, 6) in gcrf at rising instants (n,), and their slopes (n, 6, 6 + p) by the state at the epoch and
        by the parameters."""
        ...


@dataclass(frozen=True, slots=True)
class TwoBody:
    """The Earth as a point: for first orbits, and for tests."""

    mu_m3_s2: float = EARTH_MU_M3_S2

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """None."""
        return ()

    def fly(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> tuple[Rows, Rows]:
        """As `Dynamics.fly`; slopes by central differences, good to 1e-8 of themselves."""
        dt_s: Scalar = (np.asarray(t_tai_ns) - t_epoch_tai_ns).astype(float) * 1e-9
        step = np.repeat([1e-6 * np.linalg.norm(state_gcrf[:3]), 1e-6 * np.linalg.norm(state_gcrf[3:])], 3)
        moved = np.concatenate([state_gcrf + np.diag(step), state_gcrf - np.diag(step), state_gcrf[None]])
        flown = propagate_kepler(moved[:, None, :], dt_s, self.mu_m3_s2)
        return flown[12], np.moveaxis(flown[:6] - flown[6:12], 0, -1) / (2.0 * step)
