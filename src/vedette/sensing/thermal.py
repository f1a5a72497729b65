"""A thermal imager on the ground, a ship or an aircraft: angles of warm things against the stars or a gyroscope."""

from dataclasses import dataclass, field
from math import inf

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.frames import geodetic_from_itrf
from vedette.reports import SensorKind
from vedette.sensing.checks import check_chance, check_field, check_not_negative, check_positive, check_usual
from vedette.sensing.detection import plume_detection_probability
from vedette.sensing.horizon import Place
from vedette.sensing.model import Strength
from vedette.sensing.sight import SightFromPlace

USUAL_INTENSITY_W_SR = 1_000.0  # a body of some square metres at a few hundred kelvin above its surroundings
AIR_SCALE_M = 8_000.0


@dataclass(frozen=True, slots=True)
class ThermalImager(SightFromPlace):
    """A thermal imager. `threshold_w_m2` is the irradiance at the lens that is found half the time.

    `extinction_1_km` is the loss per kilometre of air at sea level in its band (haze and vapour; 0.1 is clear).
    """

    site: Place
    los_sigma_urad: float
    threshold_w_m2: float = 1e-9
    noise_w_m2: float = 2e-10
    extinction_1_km: float = 0.1
    revisit_s: float = 1.0
    azimuth_min_deg: float = 0.0
    azimuth_max_deg: float = 360.0
    elevation_min_deg: float = -5.0
    elevation_max_deg: float = 90.0
    range_min_km: float = 0.0
    range_max_km: float = inf
    clear_sky_probability: float = 1.0
    detection_probability: float = 0.95
    false_alarms_per_look: float = 0.0
    los_bias_sigma_urad: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 0.5
    name: str = "thermal"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_field(self)
        check_positive(self, "los_sigma_urad", "threshold_w_m2", "noise_w_m2")
        check_not_negative(self, "extinction_1_km", "los_bias_sigma_urad")
        check_chance(self, "clear_sky_probability")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.THERMAL

    def irradiance_of(self, intensity_w_sr: Scalar | float, position_itrf_m: Vec3, t_tai_ns: Ints | int = 0) -> Scalar:
        """(...) irradiance at the lens from a source of that intensity: inverse square, and the air on the way."""
        here = self.position_itrf_m(t_tai_ns)
        position = np.asarray(position_itrf_m, dtype=float)[..., :3]
        range_m = self._range_m(position, t_tai_ns)
        low, high = geodetic_from_itrf(here)[2], geodetic_from_itrf(position)[2]
        rise = np.where(np.abs(high - low) < 1.0, 1.0, high - low)
        # air above sea level thins as exp(-h / H): its amount along a slanted path, flat layers
        mean = AIR_SCALE_M * (np.exp(-low / AIR_SCALE_M) - np.exp(-(low + rise) / AIR_SCALE_M)) / rise
        depth = self.extinction_1_km * 1e-3 * range_m * mean
        return np.asarray(intensity_w_sr) / range_m**2 * np.exp(-depth)

    def detection_probability_of(self, irradiance_w_m2: Scalar | float) -> Scalar:
        """Chance that a look finds this irradiance; cloud counts as a look that failed."""
        found = plume_detection_probability(irradiance_w_m2, self.threshold_w_m2, self.noise_w_m2)
        return self.detection_probability * self.clear_sky_probability * found

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; strength: radiant intensity in band, W/sr."""
        intensity = USUAL_INTENSITY_W_SR if strength is None else strength
        return self.detection_probability_of(self.irradiance_of(intensity, state_itrf, t_tai_ns))
