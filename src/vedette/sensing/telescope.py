"""A telescope: angles against the stars of what the Sun lights, at night and when the sky is clear."""

from dataclasses import dataclass, field
from math import inf, radians

import numpy as np
from scipy.special import ndtr

from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import SensorKind
from vedette.sensing.checks import check_chance, check_field, check_not_negative, check_positive, check_usual
from vedette.sensing.daylight import is_sunlit, reflected_magnitude, sun_elevation_rad
from vedette.sensing.horizon import Place
from vedette.sensing.model import Strength
from vedette.sensing.sight import SightFromPlace

USUAL_REFLECTING_AREA_M2 = 1.0  # an upper stage or a satellite of a few square metres, a fifth of the light given back
MAGNITUDE_SOFTNESS = 0.3  # the limit is no knife: seeing and trailing differ from frame to frame


@dataclass(frozen=True, slots=True)
class Telescope(SightFromPlace):
    """A telescope on a site or a platform. `limiting_magnitude` is what is found half the time under a clear sky.

    It works while the Sun stands below `sun_elevation_max_deg`, on objects that the Sun shines on. Angles are reduced
    against a star catalogue, so that they need no vertical; what remains (timing, catalogue) is `los_bias_sigma_urad`.
    """

    site: Place
    los_sigma_urad: float
    limiting_magnitude: float = 16.0
    magnitude_sigma: float = 0.2
    revisit_s: float = 5.0
    azimuth_min_deg: float = 0.0
    azimuth_max_deg: float = 360.0
    elevation_min_deg: float = 15.0
    elevation_max_deg: float = 90.0
    range_min_km: float = 0.0
    range_max_km: float = inf
    sun_elevation_max_deg: float = -12.0
    clear_sky_probability: float = 1.0
    detection_probability: float = 0.95
    false_alarms_per_look: float = 0.0
    los_bias_sigma_urad: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 5.0
    name: str = "telescope"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_field(self)
        check_positive(self, "los_sigma_urad", "magnitude_sigma")
        check_not_negative(self, "los_bias_sigma_urad")
        check_chance(self, "clear_sky_probability")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.OPTICAL

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int = 0, is_luminous: Bools | bool = False) -> Bools:
        """(...) True where an object in the field shows: dark here, and sunlit there or burning (`is_luminous`)."""
        here = self.position_itrf_m(t_tai_ns)
        position = np.asarray(state_itrf, dtype=float)[..., :3]
        dark = sun_elevation_rad(here, t_tai_ns) <= radians(self.sun_elevation_max_deg)
        shines = is_sunlit(position, t_tai_ns) | np.asarray(is_luminous)
        return SightFromPlace.is_visible(self, position, t_tai_ns) & dark & shines

    def magnitude_of(
        self, reflecting_area_m2: Scalar | float, position_itrf_m: Vec3, t_tai_ns: Ints | int = 0
    ) -> Scalar:
        """(...) magnitude at which an object of that cross-section times albedo shows in sunlight."""
        here = self.position_itrf_m(t_tai_ns)
        return reflected_magnitude(reflecting_area_m2, np.asarray(position_itrf_m)[..., :3], here, t_tai_ns)

    def detection_probability_of(self, magnitude: Scalar | float) -> Scalar:
        """Chance that a look finds a light of this magnitude in the field; cloud counts as a look that failed."""
        found = ndtr((self.limiting_magnitude - np.asarray(magnitude, dtype=float)) / MAGNITUDE_SOFTNESS)
        return np.asarray(self.detection_probability * self.clear_sky_probability * found)

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; strength: cross-section times albedo, m2."""
        area_m2 = USUAL_REFLECTING_AREA_M2 if strength is None else strength
        return self.detection_probability_of(self.magnitude_of(area_m2, state_itrf, t_tai_ns))
