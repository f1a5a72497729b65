"""A radar: where it stands, how well it measures, where it looks, what it misses.

A value, checked once. Its figures are one sigma of independent Gaussian noise per look; biases are constants of the
sensor, unknown but with a stated one sigma, which estimators carry as unknowns.
"""

import re
from dataclasses import dataclass, field
from math import inf, radians

import numpy as np

from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import Region, SensorKind
from vedette.sensing.detection import snr_from_range, swerling1_detection_probability
from vedette.sensing.measure import radar_and_jacobian_from_itrf, radar_from_itrf
from vedette.sensing.site import Site

_OCTET = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_ASTERIX_NAME = re.compile(f"{_OCTET}/{_OCTET}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Radar:
    """A ground radar. Give `angle_sigma_deg`, or azimuth and elevation sigmas apart.

    A sector with `azimuth_min_deg > azimuth_max_deg` passes north. `range_rate_sigma_mps` None: not measured.
    `range_1m2_km` None: every look at an object in the field finds it with `detection_probability`; otherwise that is
    the cap (looks lost for other reasons) on the Swerling-1 probability of an echo of the given cross-section.
    """

    site: Site
    range_sigma_m: float
    angle_sigma_deg: float | None = None
    azimuth_sigma_deg: float | None = None
    elevation_sigma_deg: float | None = None
    range_rate_sigma_mps: float | None = None
    revisit_s: float = 10.0
    azimuth_min_deg: float = 0.0
    azimuth_max_deg: float = 360.0
    elevation_min_deg: float = 0.0
    elevation_max_deg: float = 90.0
    range_min_km: float = 0.0
    range_max_km: float = inf
    range_1m2_km: float | None = None
    detection_probability: float = 0.95
    false_alarm_probability: float = 1e-6
    false_alarms_per_look: float = 0.0
    range_bias_sigma_m: float = 0.0
    angle_bias_sigma_deg: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 0.5
    name: str = "radar"
    asterix: str = ""  # "SAC/SIC" by which its ASTERIX messages name it, such as "25/201"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__  # frozen: the two angle sigmas are settled once, at birth
        if self.azimuth_sigma_deg is None:
            put(self, "azimuth_sigma_deg", self.angle_sigma_deg)
        if self.elevation_sigma_deg is None:
            put(self, "elevation_sigma_deg", self.angle_sigma_deg)
        if self.azimuth_sigma_deg is None or self.elevation_sigma_deg is None:
            raise UsageError(f"{self.name}: give angle_sigma_deg, or azimuth_sigma_deg and elevation_sigma_deg")
        positive = ("range_sigma_m", "azimuth_sigma_deg", "elevation_sigma_deg", "revisit_s", "range_max_km")
        if_given = tuple(key for key in ("range_rate_sigma_mps", "range_1m2_km") if getattr(self, key) is not None)
        for key in positive + if_given:
            if not getattr(self, key) > 0:  # written so that NaN fails as well
                raise UsageError(f"{self.name}: {key} = {getattr(self, key)} must be positive")
        biases = ("range_bias_sigma_m", "angle_bias_sigma_deg", "clock_bias_sigma_s")
        for key in ("range_min_km", "false_alarms_per_look", "latency_s", *biases):
            if not getattr(self, key) >= 0:
                raise UsageError(f"{self.name}: {key} = {getattr(self, key)} must not be negative")
        for key in ("detection_probability", "false_alarm_probability"):
            if not 0 < getattr(self, key) <= 1:
                raise UsageError(f"{self.name}: {key} = {getattr(self, key)} must be in (0, 1]")
        if self.asterix and not _ASTERIX_NAME.fullmatch(self.asterix):
            raise UsageError(f'{self.name}: asterix = "{self.asterix}" is not "SAC/SIC", two numbers from 0 to 255')
        if not -90.0 <= self.elevation_min_deg < self.elevation_max_deg <= 90.0:
            span = f"{self.elevation_min_deg} to {self.elevation_max_deg} deg"
            raise UsageError(f"{self.name}: elevations {span} are empty; give -90 <= min < max <= 90")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.RADAR

    @property
    def sigmas(self) -> Scalar:
        """(4,) one sigma of azimuth, elevation, range, range rate; NaN where not measured."""
        assert self.azimuth_sigma_deg is not None and self.elevation_sigma_deg is not None
        range_rate = np.nan if self.range_rate_sigma_mps is None else self.range_rate_sigma_mps
        return np.array(
            [radians(self.azimuth_sigma_deg), radians(self.elevation_sigma_deg), self.range_sigma_m, range_rate]
        )

    @property
    def bias_sigmas(self) -> Scalar:
        """(4,) one sigma of the constant errors of azimuth, elevation, range, range rate."""
        angle = radians(self.angle_bias_sigma_deg)
        return np.array([angle, angle, self.range_bias_sigma_m, 0.0])

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

    def position_itrf_m(self, t_tai_ns: Ints | int = 0) -> Vec3:
        """(3,) or (n, 3) where it stands; the time only gives the shape."""
        here = self.site.position_itrf_m
        return np.broadcast_to(here, (*np.shape(t_tai_ns), 3)).copy()

    def measure(self, state_itrf: Rows) -> Rows:
        """(..., 4) noiseless azimuth, elevation, range, range rate of (..., 6) Earth-fixed states."""
        return radar_from_itrf(state_itrf, self.site.position_itrf_m, self.site.enu_from_itrf)

    def measure_with_jacobian(self, state_itrf: Rows) -> tuple[Rows, Rows]:
        """(..., 4) noiseless values and (..., 4, 6) their derivatives by the Earth-fixed state."""
        return radar_and_jacobian_from_itrf(state_itrf, self.site.position_itrf_m, self.site.enu_from_itrf)

    def is_visible(self, state_itrf: Rows) -> Bools:
        """(...) True where the object stands in the field of regard, by geometry alone."""
        return in_region(self.measure(state_itrf), self.region)

    def detection_probability_of(self, range_m: Scalar, rcs_m2: Scalar | float) -> Scalar:
        """Chance that a look at an object in the field finds it."""
        if self.range_1m2_km is None:
            return np.full(np.shape(range_m), self.detection_probability)
        snr = snr_from_range(range_m, rcs_m2, self.range_1m2_km * 1e3)
        return self.detection_probability * swerling1_detection_probability(snr, self.false_alarm_probability)


def in_region(values: Rows, region: Region) -> Bools:
    """(...) True where radar values (..., >=3) lie in the azimuth-elevation-range box; a sector may pass north."""
    azimuth, elevation, range_m = values[..., 0], values[..., 1], values[..., 2]
    low, high = region.azimuth_min_rad % (2 * np.pi), region.azimuth_max_rad
    full = region.azimuth_max_rad - region.azimuth_min_rad >= 2 * np.pi - 1e-12
    if full:
        in_sector = np.ones(np.shape(azimuth), dtype=bool)
    elif low <= high:
        in_sector = (azimuth >= low) & (azimuth <= high)
    else:
        in_sector = (azimuth >= low) | (azimuth <= high)
    return (
        in_sector
        & (elevation >= region.elevation_min_rad)
        & (elevation <= region.elevation_max_rad)
        & (range_m >= region.range_min_m)
        & (range_m <= region.range_max_m)
    )
