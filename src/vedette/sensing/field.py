"""Fields of regard: the six limits that most sensors have, and what lies inside them."""

from math import radians

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows
from vedette.reports import Region
from vedette.sensing.horizon import AtPlace, horizon_values, in_region
from vedette.sensing.visibility import is_clear_of_earth


class InField(AtPlace):
    """A sensor with limits in its own horizon; a sector with min > max passes north."""

    __slots__ = ()
    azimuth_min_deg: float
    azimuth_max_deg: float
    elevation_min_deg: float
    elevation_max_deg: float
    range_min_km: float
    range_max_km: float

    @property
    def region(self) -> Region:
        """The field of regard as a report states it."""
        return Region(
            azimuth_min_rad=radians(self.azimuth_min_deg),
            azimuth_max_rad=radians(self.azimuth_max_deg),
            elevation_min_rad=radians(self.elevation_min_deg),
            elevation_max_rad=radians(self.elevation_max_deg),
            range_min_m=self.range_min_km * 1e3,
            range_max_m=self.range_max_km * 1e3,
        )

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int = 0) -> Bools:
        """(...) True where the object stands in the field and not behind the Earth, by geometry alone."""
        position = np.asarray(state_itrf, dtype=float)[..., :3]
        still = np.concatenate([position, np.zeros_like(position)], axis=-1)
        inside = in_region(horizon_values(self.site, still, t_tai_ns, None, want_jacobian=False)[0], self.region)
        if self.elevation_min_deg >= 0.0:
            return inside
        # one that looks down, from a mountain or the air
        return inside & is_clear_of_earth(position, self.position_itrf_m(t_tai_ns))
