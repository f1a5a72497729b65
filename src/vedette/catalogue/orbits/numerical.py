"""The numerical orbit as estimators ask for it: forces, tables for a span of time, and the parameters wanted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Ints, Rows, Scalar
from vedette.core.space_weather import SpaceWeather
from vedette.frames import EarthOrientation
from vedette.motion.orbit import OrbitForces, OrbitWorld, propagate_orbit, propagate_orbit_partials, world_for

_MARGIN_NS = 3600 * NS_PER_S
TOLERANCE = 1e-11  # relative per step: centimetres a day in low orbit, under a millimetre at LAGEOS


@dataclass(frozen=True, slots=True, eq=False)
class NumericalOrbit:
    """`Dynamics` through the full field of forces.

    parameter_names : of `motion.orbit.PARAMETERS`; their values go through `fly` and overrule those of `forces`
    """

    forces: OrbitForces
    world: OrbitWorld
    parameter_names: tuple[str, ...] = ()
    tolerance: float = TOLERANCE

    def fly(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> tuple[Rows, Rows]:
        """As `Dynamics.fly`."""
        return propagate_orbit_partials(
            state_gcrf, t_epoch_tai_ns, np.asarray(t_tai_ns), self._forces(parameters), self.parameter_names,
            world=self.world, tolerance=self.tolerance,
        )  # fmt: skip

    def states(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> Rows:
        """States (n, 6) alone, at less cost."""
        return propagate_orbit(
            state_gcrf, t_epoch_tai_ns, np.asarray(t_tai_ns), self._forces(parameters), world=self.world,
            tolerance=self.tolerance,
        )  # fmt: skip

    def start_values(self) -> Mapping[str, float]:
        """What the forces themselves have for each parameter."""
        return {name: self.forces.value_of(name) for name in self.parameter_names}

    def _forces(self, parameters: Scalar) -> OrbitForces:
        named = dict(zip(self.parameter_names, (float(v) for v in parameters), strict=True))
        return self.forces.with_values(**named)


def numerical_orbit(
    forces: OrbitForces,
    state_gcrf: Scalar,
    t_tai_ns: Ints,
    parameter_names: tuple[str, ...] = (),
    *,
    earth_orientation: EarthOrientation | None = None,
    space_weather: SpaceWeather | None = None,
) -> NumericalOrbit:
    """Dynamics with tables that hold some instants and the heights of an orbit near a state."""
    span = (int(np.min(t_tai_ns)) - _MARGIN_NS, int(np.max(t_tai_ns)) + _MARGIN_NS)
    world = world_for(
        forces, state_gcrf, span, earth_orientation=earth_orientation, space_weather=space_weather,
        with_air="drag" in parameter_names,
    )  # fmt: skip
    return NumericalOrbit(forces, world, parameter_names)
