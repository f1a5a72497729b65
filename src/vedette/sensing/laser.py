"""Laser ranging and lidar: ranges to centimetres of what is already known well enough to be pointed at.

Photons are counted, so that the chance of a return is one minus the chance of none: 1 - exp(-n), with the mean number n
falling as the fourth power of range (Degnan 1993, *Millimeter accuracy satellite laser ranging*, eq. 3.3.1).
"""

from dataclasses import dataclass, field
from math import inf, nan, radians

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.reports import SensorKind
from vedette.sensing.checks import check_chance, check_field, check_not_negative, check_positive, check_usual
from vedette.sensing.field import InField
from vedette.sensing.horizon import InHorizon, Place
from vedette.sensing.model import Strength

USUAL_REFLECTING_AREA_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Lidar(InHorizon, InField):
    """A lidar, or with `angle_sigma_deg` None a laser that ranges only.

    `range_1m2_km`: where one square metre of diffuse white gives one photoelectron a look; None: no photon counting, a
    look finds what it covers with `detection_probability`. A laser needs no light on the object, but a clear sky.
    """

    site: Place
    range_sigma_m: float
    angle_sigma_deg: float | None = None
    range_rate_sigma_mps: float | None = None
    revisit_s: float = 1.0
    azimuth_min_deg: float = 0.0
    azimuth_max_deg: float = 360.0
    elevation_min_deg: float = 20.0
    elevation_max_deg: float = 90.0
    range_min_km: float = 0.0
    range_max_km: float = inf
    range_1m2_km: float | None = None
    clear_sky_probability: float = 1.0
    detection_probability: float = 0.95
    false_alarms_per_look: float = 0.0
    range_bias_sigma_m: float = 0.0
    angle_bias_sigma_deg: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 1.0
    name: str = "lidar"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_field(self)
        check_positive(self, "range_sigma_m", "angle_sigma_deg", "range_rate_sigma_mps", "range_1m2_km")
        check_not_negative(self, "range_bias_sigma_m", "angle_bias_sigma_deg")
        check_chance(self, "clear_sky_probability")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.LASER if self.angle_sigma_deg is None else SensorKind.LIDAR

    @property
    def residual_sigmas(self) -> Scalar:
        """(4,) one sigma of azimuth, elevation, range, range rate; NaN where not measured."""
        angle = nan if self.angle_sigma_deg is None else radians(self.angle_sigma_deg)
        rate = nan if self.range_rate_sigma_mps is None else self.range_rate_sigma_mps
        return np.array([angle, angle, self.range_sigma_m, rate])

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(4,) one sigma of the constant errors."""
        angle = 0.0 if self.angle_sigma_deg is None else radians(self.angle_bias_sigma_deg)
        return np.array([angle, angle, self.range_bias_sigma_m, 0.0])

    def detection_probability_of(self, range_m: Scalar, reflecting_area_m2: Scalar | float) -> Scalar:
        """Chance of a return from an object that it is pointed at; cloud counts as a look that failed."""
        best = self.detection_probability * self.clear_sky_probability
        if self.range_1m2_km is None:
            return np.full(np.shape(range_m), best)
        electrons = np.asarray(reflecting_area_m2) * (self.range_1m2_km * 1e3 / np.asarray(range_m, dtype=float)) ** 4
        return np.asarray(best * -np.expm1(-electrons))

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; strength: cross-section times albedo, m2."""
        area_m2 = USUAL_REFLECTING_AREA_M2 if strength is None else strength
        return self.detection_probability_of(self._range_m(state_itrf, t_tai_ns), area_m2)
