"""An over-the-horizon radar: short waves by way of the ionosphere, early and coarse.

It reports the ground azimuth, half of the echo's group path (the *group range*, longer than the ground by the way up
and down) and the Doppler of that path; no elevation. What it does not know is the mirror: the virtual height wanders by
tens of kilometres over an hour, one sigma `layer_height_sigma_km`, and with it every range it reports.
"""

from dataclasses import dataclass, field
from math import nan, radians

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import Region, SensorKind
from vedette.sensing.checks import check_chance, check_not_negative, check_positive, check_usual
from vedette.sensing.daylight import sun_elevation_rad
from vedette.sensing.detection import snr_for_chance, swerling1_detection_probability
from vedette.sensing.horizon import InHorizon, Place, horizon_values, in_sector, stand_of
from vedette.sensing.ionosphere import MirrorPath, angle_at_centre, mirror_path
from vedette.sensing.model import Strength

EARTH_RADIUS_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class OverTheHorizonRadar(InHorizon):
    """A sky-wave radar. Ranges along the ground between `skip_km` and `ground_range_max_km` are covered, in daylight.

    At night (Sun 12 degrees below the radar's horizon; blended from sunset on) the mirror stands at
    `night_layer_height_km`, the skip zone is `night_skip_factor` times as long and detection `night_detection_factor`
    times as likely. Objects above `object_height_max_km` pass through the layer rather than under it.
    """

    site: Place
    range_sigma_m: float = 10_000.0
    azimuth_sigma_deg: float = 0.5
    range_rate_sigma_mps: float | None = 5.0
    revisit_s: float = 20.0
    azimuth_min_deg: float = 0.0
    azimuth_max_deg: float = 360.0
    skip_km: float = 900.0
    ground_range_max_km: float = 3_000.0
    object_height_max_km: float = 150.0
    layer_height_km: float = 300.0
    layer_height_sigma_km: float = 15.0
    night_layer_height_km: float = 350.0
    night_skip_factor: float = 1.3
    night_detection_factor: float = 0.7
    detection_probability: float = 0.7
    false_alarm_probability: float = 1e-4
    false_alarms_per_look: float = 1.0
    range_bias_sigma_m: float = 0.0
    angle_bias_sigma_deg: float = 0.3
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 15.0
    name: str = "over-the-horizon"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_positive(self, "range_sigma_m", "azimuth_sigma_deg", "range_rate_sigma_mps", "skip_km")
        check_positive(self, "layer_height_km", "night_layer_height_km", "object_height_max_km", "night_skip_factor")
        check_not_negative(self, "layer_height_sigma_km", "range_bias_sigma_m", "angle_bias_sigma_deg")
        check_chance(self, "false_alarm_probability", "night_detection_factor")
        if not self.skip_km < self.ground_range_max_km <= 4_500.0:
            span = f"{self.skip_km} to {self.ground_range_max_km} km"
            raise UsageError(f"{self.name}: ground ranges {span}; one hop reaches from the skip zone to some 4,000 km")
        if not self.object_height_max_km < min(self.layer_height_km, self.night_layer_height_km):
            raise UsageError(f"{self.name}: object_height_max_km = {self.object_height_max_km} is above the mirror")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.OVER_THE_HORIZON

    @property
    def residual_sigmas(self) -> Scalar:
        """(4,) one sigma of azimuth, elevation (NaN: never measured), group range and its rate."""
        rate = nan if self.range_rate_sigma_mps is None else self.range_rate_sigma_mps
        return np.array([radians(self.azimuth_sigma_deg), nan, self.range_sigma_m, rate])

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(4,) one sigma of the constant errors; the mirror's height counts by its slope in the middle of the field."""
        middle = 0.5e3 * (self.skip_km + self.ground_range_max_km) / EARTH_RADIUS_M
        mirror_m = EARTH_RADIUS_M + self.layer_height_km * 1e3
        path = mirror_path(np.array(middle), EARTH_RADIUS_M, EARTH_RADIUS_M, mirror_m)
        height_m = float(path.by_mirror) * self.layer_height_sigma_km * 1e3
        range_m = float(np.hypot(self.range_bias_sigma_m, height_m))
        return np.array([radians(self.angle_bias_sigma_deg), 0.0, range_m, 0.0])

    @property
    def region(self) -> Region:
        """The sector, with the group ranges that belong to the field in daylight."""
        ends = np.array([self.skip_km, self.ground_range_max_km]) * 1e3 / EARTH_RADIUS_M
        path = mirror_path(ends, EARTH_RADIUS_M, EARTH_RADIUS_M, EARTH_RADIUS_M + self.layer_height_km * 1e3)
        return Region(
            radians(self.azimuth_min_deg), radians(self.azimuth_max_deg), -np.pi / 2, np.pi / 2,
            float(path.length_m[0]), float(path.length_m[1]),
        )  # fmt: skip

    def night_share(self, t_tai_ns: Ints | int) -> Scalar:
        """(...) 0 by day, 1 when the Sun is 12 degrees below the radar's horizon."""
        depth = -sun_elevation_rad(self.position_itrf_m(t_tai_ns), t_tai_ns)
        return np.clip(depth / radians(12.0), 0.0, 1.0)

    def layer_height_at_m(self, t_tai_ns: Ints | int) -> Scalar:
        """(...) the virtual height that it reduces its ranges with."""
        night = self.night_share(t_tai_ns)
        return 1e3 * (self.layer_height_km + night * (self.night_layer_height_km - self.layer_height_km))

    def measure(
        self,
        state_itrf: Rows,
        t_tai_ns: Ints | int = 0,
        stand_itrf_m: Vec3 | None = None,
        layer_error_m: Scalar | float = 0.0,
    ) -> Rows:
        """(..., 4) noiseless azimuth, NaN, group range, its rate; `layer_error_m`: true mirror less supposed."""
        return self._look(state_itrf, t_tai_ns, stand_itrf_m, layer_error_m)[0]

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Rows, Rows]:
        """(..., 4) noiseless values and (..., 4, 6) their derivatives by the state; the elevation's row is zero."""
        values, path, angle, radius, u, e, rates = self._look(state_itrf, t_tai_ns, stand_itrf_m, 0.0)
        state = np.asarray(state_itrf, dtype=float)
        angle_rate, radius_rate = rates
        _, slopes = horizon_values(self.site, state, t_tai_ns, stand_itrf_m, want_jacobian=True)
        out = np.zeros_like(slopes)
        out[..., 0, :] = slopes[..., 0, :]
        by_angle, by_radius = path.by_angle[..., None], path.by_radius[..., None]
        r, v = radius[..., None], state[..., 3:6]
        angle_by = e / r
        out[..., 2, :3] = by_angle * angle_by + by_radius * u
        out[..., 3, 3:] = out[..., 2, :3]
        w = np.cross(u, e)
        along_u, along_e, along_w = (np.sum(v * axis, axis=-1)[..., None] for axis in (u, e, w))
        cot = (np.cos(angle) / np.where(angle > 0.0, np.sin(angle), np.inf))[..., None]
        angle_rate_by = (-e * along_u - u * along_e + cot * w * along_w) / r**2
        radius_rate_by = (v - radius_rate[..., None] * u) / r
        out[..., 3, :3] = (
            (path.by_angle_angle * angle_rate + path.by_angle_radius * radius_rate)[..., None] * angle_by
            + (path.by_angle_radius * angle_rate + path.by_radius_radius * radius_rate)[..., None] * u
            + by_angle * angle_rate_by
            + by_radius * radius_rate_by
        )
        if self.range_rate_sigma_mps is None:
            out[..., 3, :] = 0.0
        return values, out

    def ground_range_m(self, state_itrf: Rows, t_tai_ns: Ints | int = 0) -> Scalar:
        """(...) along the ground (a sphere of the Earth's mean radius) to below the object."""
        angle, _, _, _ = angle_at_centre(self.position_itrf_m(t_tai_ns), np.asarray(state_itrf)[..., :3])
        return EARTH_RADIUS_M * angle

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int = 0) -> Bools:
        """(...) True in the sector, beyond the skip zone, within one hop, and below the layer."""
        state = np.asarray(state_itrf, dtype=float)
        if state.shape[-1] == 3:
            state = np.concatenate([state, np.zeros_like(state)], axis=-1)
        values, path, angle, radius, *_ = self._look(state, t_tai_ns, None, 0.0)
        here = np.linalg.norm(self.position_itrf_m(t_tai_ns), axis=-1)
        ground_m = EARTH_RADIUS_M * angle
        skip_m = 1e3 * self.skip_km * (1.0 + self.night_share(t_tai_ns) * (self.night_skip_factor - 1.0))
        return (
            in_sector(values[..., 0], self.region)
            & (ground_m >= skip_m)
            & (ground_m <= 1e3 * self.ground_range_max_km)
            & (radius - here <= 1e3 * self.object_height_max_km + 22e3)  # the Earth's flattening between two places
            & (path.takeoff_rad >= 0.0)
        )

    def detection_probability_of(self, t_tai_ns: Ints | int = 0, noise_rise_db: Scalar | float = 0.0) -> Scalar:
        """(...) chance that a look finds an object in the field, by day or night, with the noise raised by so much."""
        night = 1.0 + self.night_share(t_tai_ns) * (self.night_detection_factor - 1.0)
        snr = snr_for_chance(self.detection_probability, self.false_alarm_probability)
        rise = 10.0 ** (0.1 * np.asarray(noise_rise_db, dtype=float))
        return np.asarray(night * swerling1_detection_probability(snr / rise, self.false_alarm_probability))

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; wavelengths of tens of metres tell no sizes."""
        chance = self.detection_probability_of(t_tai_ns, noise_rise_db)
        return np.broadcast_to(chance, np.shape(state_itrf)[:-1]).copy()

    def _look(
        self, state_itrf: Rows, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None, layer_error_m: Scalar | float
    ) -> tuple[Rows, MirrorPath, Scalar, Scalar, Rows, Rows, tuple[Scalar, Scalar]]:
        state = np.asarray(state_itrf, dtype=float)
        here, _ = stand_of(self.site, t_tai_ns, stand_itrf_m)
        geometric, _ = horizon_values(self.site, state, t_tai_ns, stand_itrf_m, want_jacobian=False)
        angle, radius, u, e = angle_at_centre(here, state[..., :3])
        near = np.linalg.norm(here, axis=-1)
        mirror = near + self.layer_height_at_m(t_tai_ns) + layer_error_m
        path = mirror_path(angle, near, radius, mirror)
        angle_rate = np.sum(e * state[..., 3:6], axis=-1) / radius
        radius_rate = np.sum(u * state[..., 3:6], axis=-1)
        rate = path.by_angle * angle_rate + path.by_radius * radius_rate
        if self.range_rate_sigma_mps is None:
            rate = np.full_like(rate, nan)
        values = np.stack([geometric[..., 0], np.full_like(angle, nan), path.length_m, rate], axis=-1)
        return values, path, angle, radius, u, e, (angle_rate, radius_rate)
