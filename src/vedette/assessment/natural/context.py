"""What the weighing of natural causes may look up: the Earth's turning, known orbits, hot places, radars' ambiguity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from vedette.core.shapes import Bools, Rows, Scalar, Vec3
from vedette.frames import EarthOrientation


@dataclass(frozen=True, slots=True, eq=False)
class OrbitRows:
    """Known orbits (k) at one instant, and how well they are known; the error is mostly along the track."""

    ids: tuple[str, ...]
    states_itrf: Rows  # (k, 6)
    covs_itrf: Rows  # (k, 6, 6) grows with the age of the elements, and fast where air brakes
    betas_kg_m2: Scalar  # (k,) mass over drag area; 0: no drag
    is_decaying: Bools  # (k,)
    ages_h: Scalar  # (k,) of the elements

    def __len__(self) -> int:
        return len(self.ids)


class KnownOrbits(Protocol):
    """Whoever knows what is up there: `known_orbits.KnownBodies` from states, `known_orbits.ElementSets` from lines."""

    def near(self, t_tai_ns: int, place_itrf_m: Vec3, reach_m: float) -> OrbitRows:
        """The objects that may be within reach of a place then, their own doubt allowed for; more do no harm."""
        ...

    def __len__(self) -> int:
        """How many it knows."""
        ...


class HotPlaces(Protocol):
    """Where fires, flares and volcanoes are known or usual."""

    def log_density(self, lat_rad: Scalar, lon_rad: Scalar) -> Scalar:
        """(...) ln of the share of all such lights per square metre there, now."""
        ...


@dataclass(frozen=True, slots=True)
class NaturalContext:
    """Everything is optional: what is missing is not guessed, and the reasons say so."""

    orientation: EarthOrientation = field(default_factory=EarthOrientation.packaged)
    orbits: KnownOrbits | None = None
    hot_places: HotPlaces | None = None
    range_ambiguity_m: Mapping[str, float] = field(default_factory=dict)  # of radars that state none themselves
