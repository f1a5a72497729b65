"""Generic public flight classes: the packaged table as values, and nominal boosts made from them.

`core/tables/flight_classes.toml` says where every figure comes from. A vehicle is textbook-level and exists nowhere.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from math import radians

from vedette.core.errors import NotFoundError
from vedette.core.shapes import Scalar
from vedette.core.tables import table_text
from vedette.motion.boost_layout import boost_parameters

CLASS_NAMES = (
    "short-range-ballistic",
    "medium-range-ballistic",
    "intermediate-range-ballistic",
    "intercontinental-ballistic",
    "space-launch",
    "sounding-rocket",
)
# Bands of greatest range: CSIS Missile Defense Project, "Ballistic vs. Cruise Missiles" (2017)
RANGE_BANDS_M = (
    ("short-range-ballistic", 0.0, 1_000e3),
    ("medium-range-ballistic", 1_000e3, 3_000e3),
    ("intermediate-range-ballistic", 3_000e3, 5_500e3),
    ("intercontinental-ballistic", 5_500e3, float("inf")),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: exhaust speed in vacuum, share of the stack's mass burnt, burn time, coast to the next ignition."""

    exhaust_mps: float
    burnt_share: float
    burn_s: float
    gap_s: float = 0.0
    beta_kg_m2: float = 0.0
    back_pressure: float = 0.0
    pitch_deg: float = 0.0
    pitch_rate_degps: float = 0.0

    @property
    def flow_per_s(self) -> float:
        """Mass flow over mass at ignition."""
        return self.burnt_share / self.burn_s

    @property
    def a0_mps2(self) -> float:
        """Thrust acceleration in vacuum at ignition."""
        return self.exhaust_mps * self.flow_per_s


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A generic vehicle of a class. Ranges are (low, high); spreads one-sigma shares between vehicles of the class."""

    id: str
    class_name: str
    title: str
    launch_mass_kg: float
    rise_s: float
    kick_deg: float
    stages: tuple[Stage, ...]
    reentry_beta_kg_m2: tuple[float, float]
    range_m: tuple[float, float]
    apogee_m: tuple[float, float]
    spread_thrust: float
    spread_burn: float
    orbit_height_m: tuple[float, float] | None = None

    @property
    def burnout_s(self) -> float:
        """Lift-off to the last burnout."""
        return sum(s.burn_s for s in self.stages) + sum(s.gap_s for s in self.stages[:-1])


@lru_cache(maxsize=1)
def vehicles() -> tuple[Vehicle, ...]:
    """Every generic vehicle of the packaged table, in its order."""
    return tuple(_vehicle(row) for row in tomllib.loads(table_text("flight_classes.toml"))["vehicle"])


def vehicle(vehicle_id: str) -> Vehicle:
    """One vehicle by id, e.g. `short-range-liquid`. Raises NotFoundError, which lists what there is."""
    for one in vehicles():
        if one.id == vehicle_id:
            return one
    raise NotFoundError(f"no flight vehicle {vehicle_id!r}; there are {', '.join(v.id for v in vehicles())}")


def vehicles_of(class_name: str) -> tuple[Vehicle, ...]:
    """The generic vehicles of one class, e.g. `intercontinental-ballistic`."""
    return tuple(v for v in vehicles() if v.class_name == class_name)


def ignition_mass_kg(one: Vehicle, stage: int) -> float:
    """Mass when a stage lights: what the stages below left, less a quarter for their empty shells."""
    mass_kg = one.launch_mass_kg
    for below in one.stages[:stage]:
        mass_kg *= (1.0 - below.burnt_share) * 0.75
    return mass_kg


def nominal_boost(
    one: Vehicle,
    *,
    lat_rad: float,
    lon_rad: float,
    azimuth_rad: float,
    height_m: float = 0.0,
    t0_s: float = 0.0,
    kick_rad: float | None = None,
) -> Scalar:
    """The parameter vector (`boost_layout`) of a vehicle's nominal flight from a pad; `kick_rad` tilts it otherwise."""
    low, high = one.reentry_beta_kg_m2
    return boost_parameters(
        lat_rad=lat_rad,
        lon_rad=lon_rad,
        height_m=height_m,
        t0_s=t0_s,
        azimuth_rad=azimuth_rad,
        kick_rad=radians(one.kick_deg) if kick_rad is None else kick_rad,
        rise_s=one.rise_s,
        coast_beta_kg_m2=(low * high) ** 0.5,
        stages=[
            {
                "a0_mps2": s.a0_mps2,
                "flow_per_s": s.flow_per_s,
                "burn_s": s.burn_s,
                "gap_s": s.gap_s,
                "beta_kg_m2": s.beta_kg_m2,
                "back_pressure": s.back_pressure,
                "pitch_rad": radians(s.pitch_deg),
                "pitch_rate_radps": radians(s.pitch_rate_degps),
            }
            for s in one.stages
        ],
    )


def class_by_range(longest_range_m: float) -> str:
    """The ballistic class whose band holds a greatest range (m); NaN or infinite is intercontinental."""
    for name, _, high in RANGE_BANDS_M:
        if longest_range_m < high:
            return name
    return "intercontinental-ballistic"


def _vehicle(row: dict) -> Vehicle:
    def km(key: str) -> tuple[float, float]:
        return row[key][0] * 1e3, row[key][1] * 1e3

    return Vehicle(
        id=row["id"],
        class_name=row["class"],
        title=row["title"],
        launch_mass_kg=row["launch_mass_kg"],
        rise_s=row["rise_s"],
        kick_deg=row["kick_deg"],
        stages=tuple(Stage(**stage) for stage in row["stage"]),
        reentry_beta_kg_m2=(row["reentry_beta_kg_m2"][0], row["reentry_beta_kg_m2"][1]),
        range_m=km("range_km"),
        apogee_m=km("apogee_km"),
        spread_thrust=row["spread_thrust"],
        spread_burn=row["spread_burn"],
        orbit_height_m=km("orbit_km") if "orbit_km" in row else None,
    )
