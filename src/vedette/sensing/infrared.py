"""An infrared watcher in space: which way it saw a flame, how bright, and what it could not see.

A value, checked once. It reports directions only: unit vectors in Earth-fixed axes from where it stood, which every
report states. Light-time and aberration are reduced by the sensor; what is left over is part of its bias.
"""

from dataclasses import dataclass, field
from math import radians

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import SensorKind
from vedette.sensing.checks import check_not_negative, check_positive, check_usual
from vedette.sensing.daylight import sun_elevation_rad
from vedette.sensing.detection import plume_detection_probability
from vedette.sensing.model import Strength
from vedette.sensing.orbits import Orbit
from vedette.sensing.sight import BySight
from vedette.sensing.visibility import is_clear_of_earth, off_nadir_rad


@dataclass(frozen=True, slots=True)
class Infrared(BySight):
    """A scanning or staring infrared satellite. `threshold_w_sr` is the intensity found half the time.

    `sunlit_noise_w_sr`: what sunlit cloud and sea behind the flame add to the noise (root of the sum of squares); the
    threshold rises with the noise, so that false alarms stay as rare. In low orbit a line of sight may pass above the
    limb, where the background is dark.
    """

    orbit: Orbit
    los_sigma_urad: float
    revisit_s: float = 10.0
    threshold_w_sr: float = 5_000.0
    noise_w_sr: float = 1_000.0
    sunlit_noise_w_sr: float = 0.0
    off_nadir_max_deg: float = 90.0
    detection_probability: float = 0.98
    false_alarms_per_look: float = 0.0
    los_bias_sigma_urad: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 2.0
    name: str = "infrared"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_positive(self, "los_sigma_urad", "threshold_w_sr", "noise_w_sr")
        check_not_negative(self, "sunlit_noise_w_sr", "los_bias_sigma_urad")
        if not 0 < self.off_nadir_max_deg <= 180:
            raise UsageError(f"{self.name}: off_nadir_max_deg = {self.off_nadir_max_deg} must be in (0, 180]")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.INFRARED

    def position_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) where it stands."""
        return self.orbit.position_itrf_m(t_tai_ns)

    @property
    def position_sigma_m(self) -> float:
        """An orbit is known better than any of its angles can tell."""
        return 0.0

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int, cloud_top_m: Scalar | float = 0.0) -> Bools:
        """(...) True where neither the Earth nor cloud of that height hides the object, inside the field."""
        position = np.asarray(state_itrf)[..., :3]
        here = self.position_itrf_m(t_tai_ns)
        in_field = off_nadir_rad(position, here) <= radians(self.off_nadir_max_deg)
        return in_field & is_clear_of_earth(position, here, cloud_top_m)

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance to find a flame; strength: apparent intensity, W/sr; None: one well above the threshold."""
        if strength is None:
            return np.full(np.shape(state_itrf)[:-1], self.detection_probability)
        noise = self.noise_at_w_sr(state_itrf, t_tai_ns) * 10.0 ** (0.1 * noise_rise_db)
        return self.detection_probability_of(np.broadcast_to(strength, noise.shape), noise)

    def noise_at_w_sr(self, position_itrf_m: Vec3, t_tai_ns: Ints | int) -> Scalar:
        """(...) one sigma of intensity noise with the background behind an object at (..., 3): more where it is day."""
        position = np.asarray(position_itrf_m, dtype=float)[..., :3]
        if self.sunlit_noise_w_sr == 0.0:
            return np.full(position.shape[:-1], self.noise_w_sr)
        here = self.position_itrf_m(t_tai_ns)
        behind = position + (position - here)  # the same way again: hidden where the Earth stands behind
        is_bright = ~is_clear_of_earth(behind, position) & (sun_elevation_rad(position, t_tai_ns) > 0.0)
        return np.where(is_bright, np.hypot(self.noise_w_sr, self.sunlit_noise_w_sr), self.noise_w_sr)

    def detection_probability_of(
        self, apparent_intensity_w_sr: Scalar, noise_w_sr: Scalar | float | None = None
    ) -> Scalar:
        """Chance that a look at a flame in plain view finds it; noise None: the sensor's own, a dark background."""
        shine = np.asarray(apparent_intensity_w_sr, dtype=float)
        noise = self.noise_w_sr if noise_w_sr is None else np.asarray(noise_w_sr, dtype=float)
        threshold = self.threshold_w_sr * noise / self.noise_w_sr
        return self.detection_probability * plume_detection_probability(shine, threshold, noise)
