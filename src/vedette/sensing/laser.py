"""Laser ranging and lidar: ranges to centimetres of what is already known well enough to be pointed at.

Photons are counted, so that the chance of a return is one minus the chance of none: 1 - exp(-n), with the mean number n
falling as the fourth power of range (Degnan 1993, *Millimeter accuracy satellite laser ranging*, eq. 3.3.1).
"""

from dataclasses import dataclass, field
from math import inf, nan, radians

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import Region, SensorKind
from vedette.sensing.checks import check_chance, check_field, check_not_negative, check_positive
from vedette.sensing.field import covers, region_of
from vedette.sensing.horizon import Place, horizon_residual, horizon_values

USUAL_REFLECTING_AREA_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Lidar:
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
        check_positive(self, "range_sigma_m", "angle_sigma_deg", "range_rate_sigma_mps", "revisit_s")
        check_positive(self, "range_max_km", "range_1m2_km")
        biases = ("range_bias_sigma_m", "angle_bias_sigma_deg", "clock_bias_sigma_s")
        check_not_negative(self, "range_min_km", "false_alarms_per_look", "latency_s", *biases)
        check_chance(self, "detection_probability", "clear_sky_probability")
        check_field(self)

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

    @property
    def position_sigma_m(self) -> float:
        """How well it knows where it is: 0 for a site."""
        return self.site.position_sigma_m

    @property
    def region(self) -> Region:
        """The field of regard as a report states it."""
        return region_of(self)

    def position_itrf_m(self, t_tai_ns: Ints | int = 0) -> Vec3:
        """(3,) or (n, 3) where it stands."""
        return self.site.position_at_itrf_m(t_tai_ns)

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None) -> Rows:
        """(..., 4) noiseless azimuth, elevation, range, range rate; NaN where this sensor does not measure."""
        values = horizon_values(self.site, state_itrf, t_tai_ns, stand_itrf_m, want_jacobian=False)[0]
        return np.where(np.isnan(self.residual_sigmas), nan, values)

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Rows, Rows]:
        """(..., 4) noiseless values and (..., 4, 6) their derivatives; zero rows where not measured."""
        values, slopes = horizon_values(self.site, state_itrf, t_tai_ns, stand_itrf_m, want_jacobian=True)
        unmeasured = np.isnan(self.residual_sigmas)
        return np.where(unmeasured, nan, values), np.where(unmeasured[:, None], 0.0, slopes)

    def residual(self, measured: Rows, expected: Rows) -> Rows:
        """(..., 4) measured minus expected, azimuth folded; NaN where not measured."""
        return horizon_residual(measured, expected)

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int = 0) -> Bools:
        """(...) True where the object stands in the field and not behind the Earth."""
        return covers(self, self.site, np.asarray(state_itrf, dtype=float)[..., :3], t_tai_ns)

    def detection_probability_of(self, range_m: Scalar, reflecting_area_m2: Scalar | float) -> Scalar:
        """Chance of a return from an object that it is pointed at; cloud counts as a look that failed."""
        best = self.detection_probability * self.clear_sky_probability
        if self.range_1m2_km is None:
            return np.full(np.shape(range_m), best)
        electrons = np.asarray(reflecting_area_m2) * (self.range_1m2_km * 1e3 / np.asarray(range_m, dtype=float)) ** 4
        return np.asarray(best * -np.expm1(-electrons))

    def detection_chance(
        self,
        state_itrf: Rows,
        t_tai_ns: Ints | int = 0,
        strength: Scalar | float | None = None,
        noise_rise_db: float = 0.0,
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; strength: cross-section times albedo, m2."""
        away = np.asarray(state_itrf)[..., :3] - self.position_itrf_m(t_tai_ns)
        area_m2 = USUAL_REFLECTING_AREA_M2 if strength is None else strength
        return self.detection_probability_of(np.linalg.norm(away, axis=-1), area_m2)
