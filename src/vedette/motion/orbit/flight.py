"""A numerical orbit as a value that estimators ask: states, and slopes by the start and by chosen force parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.orbit.propagate import PARTIALS_DEGREE, TOLERANCE, propagate_orbit, propagate_orbit_partials
from vedette.motion.orbit.settings import OrbitForces
from vedette.motion.orbit.world import OrbitWorld


@dataclass(frozen=True, slots=True, eq=False)
class OrbitFlight:
    """Forces, tables, and which parameters of the forces may be changed from outside.

    names : of `settings.PARAMETERS`; the world must have air if "drag" is among them
    """

    forces: OrbitForces
    world: OrbitWorld | None = None
    names: tuple[str, ...] = ()
    tolerance: float = TOLERANCE
    partials_degree: int = PARTIALS_DEGREE

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What of the forces can be estimated, in the order of `parameters`."""
        return self.names

    def fly(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> tuple[Rows, Rows]:
        """States (n, 6) at instants (n,), and their slopes (n, 6, 6 + p) by the state at the epoch and parameters."""
        return propagate_orbit_partials(
            np.asarray(state_gcrf, dtype=float), t_epoch_tai_ns, t_tai_ns, self.with_parameters(parameters), self.names,
            world=self.world, tolerance=self.tolerance, partials_degree=self.partials_degree,
        )  # fmt: skip

    def states(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> Rows:
        """States (n, 6) alone."""
        return propagate_orbit(
            np.asarray(state_gcrf, dtype=float), t_epoch_tai_ns, t_tai_ns, self.with_parameters(parameters),
            world=self.world, tolerance=self.tolerance,
        )  # fmt: skip

    def with_parameters(self, parameters: Scalar | Sequence[float]) -> OrbitForces:
        """The forces with the parameters set."""
        values = [float(v) for v in np.asarray(parameters, dtype=float).reshape(-1)]
        return self.forces.with_values(**dict(zip(self.names, values, strict=True)))
