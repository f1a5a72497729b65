"""Fields of regard: the six limits that most sensors have, and what lies inside them."""

from math import radians
from typing import Protocol

import numpy as np

from vedette.core.shapes import Bools, Ints, Vec3
from vedette.reports import Region
from vedette.sensing.horizon import Place, horizon_values, in_region
from vedette.sensing.visibility import is_clear_of_earth


class FieldOfRegard(Protocol):
    """Limits in the sensor's own horizon; a sector with min > max passes north."""

    @property
    def azimuth_min_deg(self) -> float:
        """Where the sector begins."""
        ...

    @property
    def azimuth_max_deg(self) -> float:
        """Where it ends, clockwise."""
        ...

    @property
    def elevation_min_deg(self) -> float:
        """Lowest."""
        ...

    @property
    def elevation_max_deg(self) -> float:
        """Highest."""
        ...

    @property
    def range_min_km(self) -> float:
        """Nearest."""
        ...

    @property
    def range_max_km(self) -> float:
        """Farthest."""
        ...


def region_of(sensor: FieldOfRegard) -> Region:
    """The field of regard of a sensor with the usual six limits."""
    return Region(
        azimuth_min_rad=radians(sensor.azimuth_min_deg),
        azimuth_max_rad=radians(sensor.azimuth_max_deg),
        elevation_min_rad=radians(sensor.elevation_min_deg),
        elevation_max_rad=radians(sensor.elevation_max_deg),
        range_min_m=sensor.range_min_km * 1e3,
        range_max_m=sensor.range_max_km * 1e3,
    )


def covers(sensor: FieldOfRegard, place: Place, position_itrf_m: Vec3, t_tai_ns: Ints | int) -> Bools:
    """(...) True where a position lies in the field and, for a sensor that looks down, not behind the Earth."""
    still = np.concatenate([position_itrf_m, np.zeros_like(position_itrf_m)], axis=-1)
    values, _ = horizon_values(place, still, t_tai_ns, None, want_jacobian=False)
    inside = in_region(values, region_of(sensor))
    if sensor.elevation_min_deg >= 0.0:
        return inside
    return inside & is_clear_of_earth(position_itrf_m, place.position_at_itrf_m(t_tai_ns))
