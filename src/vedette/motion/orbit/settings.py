"""What acts on an orbit: one value that says which forces there are and how strong, and the same packed for kernels."""

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Scalar
from vedette.motion.gravity_field import MAX_DEGREE

# IERS Conventions 2010, table 1.1, and the ephemerides named there
SUN_MU_M3_S2 = 1.32712440018e20
MOON_MU_M3_S2 = 4.9028000661e12
SOLAR_PRESSURE_N_M2 = 1361.0 / 299_792_458.0  # Kopp and Lean 2011: 1361 W/m2 at one astronomical unit

AIR_MODELS = ("nrlmsise00", "msis21")
PUSHES = 18  # numbers of the empirical acceleration
PARAMETERS = (
    "drag", "radiation", *(f"{kind}_{axis}" for kind in ("push", "leak", "cos", "sin") for axis in "rtn"),
    *(f"{kind}_{axis}" for kind in ("push", "leak") for axis in "xyz"),
)  # fmt: skip

# places in the packed array
GM_SUN, GM_MOON, DRAG, RADIATION, SCHWARZSCHILD, TIDES, TIDE_K3, HAS_PUSH, PUSH_0, PUSH_EPOCH_S = *range(9), 8 + PUSHES
KNOT_STEP_S, UTC_OF_START_S, AIR_FIRST_NODE, AIR_STEP_S, AIR_START_S = range(PUSH_EPOCH_S + 1, PUSH_EPOCH_S + 6)
PACKED = AIR_START_S + 1


@dataclass(frozen=True, slots=True)
class OrbitForces:
    """Which forces act on an orbit.

    degree, order : of EGM2008, 2 to 50; order None: as the degree
    sun, moon : their pull as points
    tides : tides of the solid Earth (IERS Conventions 2010, section 6.2.1, first step, and the K1 group of the second),
        with the tides of the pole (6.4, 6.5)
    drag_m2_kg : drag coefficient times area over mass; 0 for no air
    radiation_m2_kg : radiation coefficient times area over mass; 0 for no sunlight
    relativity : the Schwarzschild term
    air_model : `nrlmsise00` or `msis21`
    push_rtn_mps2 : constant acceleration along radius, track and orbit normal
    leak_rtn_mps3 : growth of that acceleration with time since the epoch of the state
    cos_rtn_mps2, sin_rtn_mps2 : acceleration once a revolution, by the argument of latitude
    push_xyz_mps2, leak_xyz_mps3 : as `push` and `leak` with axes that stand still (gcrf)
    """

    degree: int = 20
    order: int | None = None
    sun: bool = True
    moon: bool = True
    tides: bool = True
    drag_m2_kg: float = 0.0
    radiation_m2_kg: float = 0.0
    relativity: bool = True
    air_model: str = "nrlmsise00"
    push_rtn_mps2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    leak_rtn_mps3: tuple[float, float, float] = (0.0, 0.0, 0.0)
    cos_rtn_mps2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sin_rtn_mps2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    push_xyz_mps2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    leak_xyz_mps3: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if not 2 <= self.degree <= MAX_DEGREE:
            raise UsageError(f"gravity to degree {self.degree}; it can be 2 to {MAX_DEGREE}")
        if self.order is not None and not 0 <= self.order <= self.degree:
            raise UsageError(f"gravity to order {self.order}; it can be 0 to the degree, {self.degree}")
        if self.air_model not in AIR_MODELS:
            raise UsageError(f"air model {self.air_model!r}; there are {' and '.join(AIR_MODELS)}")
        numbers = (self.drag_m2_kg, self.radiation_m2_kg, *self.pushes())
        if not all(isfinite(number) for number in numbers):
            raise UsageError(f"forces must be finite numbers, not {numbers}")

    @classmethod
    def gravity_only(cls, degree: int = 20) -> "OrbitForces":
        """The Earth's field and nothing else."""
        return cls(degree=degree, sun=False, moon=False, tides=False, relativity=False)

    def pushes(self) -> tuple[float, ...]:
        """The eighteen numbers of the empirical acceleration, in the order of `PARAMETERS`."""
        return (
            *self.push_rtn_mps2, *self.leak_rtn_mps3, *self.cos_rtn_mps2, *self.sin_rtn_mps2, *self.push_xyz_mps2,
            *self.leak_xyz_mps3,
        )  # fmt: skip

    def value_of(self, parameter: str) -> float:
        """The present value of one of `PARAMETERS`."""
        if parameter == "drag":
            return self.drag_m2_kg
        return self.radiation_m2_kg if parameter == "radiation" else self.pushes()[index_of(parameter) - 2]

    def with_values(self, **values: float) -> "OrbitForces":
        """The same forces with some of `PARAMETERS` set, e.g. `with_values(drag=0.02, cos_t=1e-11)`."""
        numbers = list(self.pushes())
        for name, value in values.items():
            if index_of(name) >= 2:
                numbers[index_of(name) - 2] = float(value)
        triples = [(numbers[i], numbers[i + 1], numbers[i + 2]) for i in range(0, PUSHES, 3)]
        return replace(
            self,
            drag_m2_kg=float(values.get("drag", self.drag_m2_kg)),
            radiation_m2_kg=float(values.get("radiation", self.radiation_m2_kg)),
            push_rtn_mps2=triples[0], leak_rtn_mps3=triples[1], cos_rtn_mps2=triples[2], sin_rtn_mps2=triples[3],
            push_xyz_mps2=triples[4], leak_xyz_mps3=triples[5],
        )  # fmt: skip


def index_of(parameter: str) -> int:
    """The number of a parameter; UsageError when there is none of that name."""
    if parameter not in PARAMETERS:
        raise UsageError(f"orbit parameter {parameter!r}; there are {', '.join(PARAMETERS)}")
    return PARAMETERS.index(parameter)


def packed_forces(forces: OrbitForces, push_epoch_s: float = 0.0) -> Scalar:
    """The settings as the kernels read them; places of tables are filled in by the tables."""
    packed = np.zeros(PACKED)
    packed[GM_SUN] = SUN_MU_M3_S2 if forces.sun else 0.0
    packed[GM_MOON] = MOON_MU_M3_S2 if forces.moon else 0.0
    packed[DRAG], packed[RADIATION] = forces.drag_m2_kg, forces.radiation_m2_kg
    packed[SCHWARZSCHILD] = float(forces.relativity)
    packed[TIDES] = float(forces.tides)
    packed[TIDE_K3] = 0.093 if forces.tides else 0.0
    packed[PUSH_0 : PUSH_0 + PUSHES] = forces.pushes()
    packed[HAS_PUSH] = float(any(forces.pushes()))
    packed[PUSH_EPOCH_S] = push_epoch_s
    return packed
