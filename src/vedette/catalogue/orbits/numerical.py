"""The numerical orbit as estimators ask for it: forces, tables for a span of time, and the parameters wanted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
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
    t_leak_tai_ns : the instant from which a leak grows; None: the epoch of each flight. A filter, which flies from look
        to look, must name it
    """

    forces: OrbitForces
    world: OrbitWorld
    parameter_names: tuple[str, ...] = ()
    tolerance: float = TOLERANCE
    t_leak_tai_ns: int | None = None

    def fly(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> tuple[Rows, Rows]:
        """As `Dynamics.fly`."""
        states, slopes = propagate_orbit_partials(
            state_gcrf, t_epoch_tai_ns, np.asarray(t_tai_ns), self._forces(parameters, t_epoch_tai_ns),
            self.parameter_names, world=self.world, tolerance=self.tolerance,
        )  # fmt: skip
        grown_s = self._grown_s(t_epoch_tai_ns)
        for axis in "rtnxyz" if grown_s else "":
            leak, push = f"leak_{axis}", f"push_{axis}"
            if leak in self.parameter_names:
                if push not in self.parameter_names:
                    raise UsageError(f"{leak} that grows from a stated instant needs {push} among the parameters")
                column = 6 + self.parameter_names.index(leak)
                slopes[..., column] += grown_s * slopes[..., 6 + self.parameter_names.index(push)]
        return states, slopes

    def states(self, t_epoch_tai_ns: int, state_gcrf: Scalar, parameters: Scalar, t_tai_ns: Ints) -> Rows:
        """States (n, 6) alone, at less cost."""
        return propagate_orbit(
            state_gcrf, t_epoch_tai_ns, np.asarray(t_tai_ns), self._forces(parameters, t_epoch_tai_ns),
            world=self.world, tolerance=self.tolerance,
        )  # fmt: skip

    def start_values(self) -> Mapping[str, float]:
        """What the forces themselves have for each parameter."""
        return {name: self.forces.value_of(name) for name in self.parameter_names}

    def _grown_s(self, t_epoch_tai_ns: int) -> float:
        """How long a leak has grown when a flight begins."""
        return 0.0 if self.t_leak_tai_ns is None else (t_epoch_tai_ns - self.t_leak_tai_ns) / NS_PER_S

    def _forces(self, parameters: Scalar, t_epoch_tai_ns: int) -> OrbitForces:
        named = dict(zip(self.parameter_names, (float(v) for v in parameters), strict=True))
        forces = self.forces.with_values(**named)
        grown_s = self._grown_s(t_epoch_tai_ns)
        if grown_s:
            forces = forces.with_values(**{
                f"push_{axis}": forces.value_of(f"push_{axis}") + grown_s * forces.value_of(f"leak_{axis}")
                for axis in "rtnxyz"
            })  # fmt: skip
        return forces


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
