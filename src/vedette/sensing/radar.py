"""A radar: where it stands, how well it measures, where it looks, what it misses.

A value, checked once. Its figures are one sigma of independent Gaussian noise per look; biases are constants of the
sensor, unknown but with a stated one sigma, which estimators carry as unknowns.
"""

import re
from dataclasses import dataclass, field
from math import inf, radians

import numpy as np

from vedette.core.constants import NS_PER_S, SPEED_OF_LIGHT_MPS
from vedette.core.errors import UsageError
from vedette.core.shapes import Ints, Rows, Scalar, Vec3
from vedette.reports import SensorKind
from vedette.sensing.bands import BANDS, USUAL_TEC_UNITS, air_left_over
from vedette.sensing.checks import check_chance, check_field, check_not_negative, check_positive, check_usual
from vedette.sensing.detection import snr_for_chance, snr_from_range, swerling1_detection_probability
from vedette.sensing.field import InField
from vedette.sensing.horizon import InHorizon, Place, horizon_values
from vedette.sensing.model import Strength

_MIDDLE_ELEVATION_RAD, _MIDDLE_RANGE_M = radians(15.0), 1.0e6
USUAL_RCS_M2 = 0.5  # for the chance of a look when the echo's strength is not known

_OCTET = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_ASTERIX_NAME = re.compile(f"{_OCTET}/{_OCTET}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Radar(InHorizon, InField):
    """A radar on a site or a moving platform. Give `angle_sigma_deg`, or azimuth and elevation sigmas apart.

    A sector with `azimuth_min_deg > azimuth_max_deg` passes north. `range_rate_sigma_mps` None: not measured.
    `range_1m2_km` None: every look at an object in the field finds it with `detection_probability`; otherwise that is
    the cap (looks lost for other reasons) on the Swerling-1 probability of an echo of the given cross-section.

    `frequency_mhz`, or `band` ("VHF", "UHF", "L", "S", "C", "X", "Ku", "Ka") for its usual frequency: what corrections
    for the air and an ionosphere of `tec_units` leave is then part of its errors. At 15 degrees of elevation it counts
    as constant (`bias_sigmas`); what lower rays suffer beyond that is noise (`sigmas_at`).

    `pulse_interval_ms`: what comes back later is taken for an echo of a later pulse (`folded_range_m`); None: it is not
    told. With `pulse_agility_ms` the interval is longer by that from look to look, five in turn, so that what was
    folded does not stay where it was.
    """

    site: Place
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
    band: str = ""
    frequency_mhz: float | None = None
    tec_units: float = USUAL_TEC_UNITS
    pulse_interval_ms: float | None = None
    pulse_agility_ms: float = 0.0
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
        if self.band:
            if self.band not in BANDS:
                raise UsageError(f"{self.name}: band {self.band!r} is not known; there are {', '.join(BANDS)}")
            if self.frequency_mhz is None:
                put(self, "frequency_mhz", BANDS[self.band].frequency_mhz)
        check_usual(self)
        check_field(self)
        check_positive(self, "range_sigma_m", "azimuth_sigma_deg", "elevation_sigma_deg", "range_rate_sigma_mps")
        check_positive(self, "range_1m2_km", "frequency_mhz", "pulse_interval_ms")
        check_not_negative(self, "range_bias_sigma_m", "angle_bias_sigma_deg", "tec_units", "pulse_agility_ms")
        check_chance(self, "false_alarm_probability")
        if self.asterix and not _ASTERIX_NAME.fullmatch(self.asterix):
            raise UsageError(f'{self.name}: asterix = "{self.asterix}" is not "SAC/SIC", two numbers from 0 to 255')

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
        elevation, reach = self.air_left_over(np.array(_MIDDLE_ELEVATION_RAD), np.array(_MIDDLE_RANGE_M))
        return np.array([angle, np.hypot(angle, elevation), np.hypot(self.range_bias_sigma_m, reach), 0.0])

    def air_left_over(self, elevation_rad: Scalar, range_m: Scalar) -> tuple[Scalar, Scalar]:
        """(...) one sigma of elevation (rad) and range (m) its corrections for the air leave; 0 without frequency."""
        if self.frequency_mhz is None:
            return np.zeros(np.shape(elevation_rad)), np.zeros(np.shape(elevation_rad))
        return air_left_over(self.frequency_mhz, elevation_rad, range_m, self.site.height_m, self.tec_units)

    def sigmas_at(self, values: Rows) -> Rows:
        """(..., 4) one sigma of each of some values (..., 4): `sigmas`, and more where a ray is low in the air."""
        out = np.broadcast_to(self.sigmas, np.shape(values)).copy()
        if self.frequency_mhz is None or out.size == 0:
            return out
        elevation, reach = self.air_left_over(values[..., 1], np.nan_to_num(values[..., 2], nan=_MIDDLE_RANGE_M))
        middle, middle_m = self.air_left_over(np.array(_MIDDLE_ELEVATION_RAD), np.array(_MIDDLE_RANGE_M))
        out[..., 1] = np.sqrt(out[..., 1] ** 2 + np.maximum(elevation**2 - middle**2, 0.0))
        out[..., 2] = np.sqrt(out[..., 2] ** 2 + np.maximum(reach**2 - middle_m**2, 0.0))
        return out

    def range_interval_m(self, t_tai_ns: Ints | int) -> Scalar | None:
        """(...) ranges that differ by this look the same at an instant; None: not told."""
        if self.pulse_interval_ms is None:
            return None
        look = np.asarray(t_tai_ns, dtype=np.int64) // round(self.revisit_s * NS_PER_S) % 5
        return np.asarray(0.5e-3 * SPEED_OF_LIGHT_MPS * (self.pulse_interval_ms + self.pulse_agility_ms * look))

    def folded_range_m(self, range_m: Scalar, t_tai_ns: Ints | int) -> Scalar:
        """(...) as it is reported: less so many whole intervals that it is shorter than one."""
        interval_m = self.range_interval_m(t_tai_ns)
        return np.asarray(range_m, dtype=float) if interval_m is None else np.mod(range_m, interval_m)

    @property
    def residual_sigmas(self) -> Scalar:
        """(4,) as `sigmas`."""
        return self.sigmas

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(4,) as `bias_sigmas`."""
        return self.bias_sigmas

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None) -> Rows:
        """(..., 4) noiseless azimuth, elevation, range, range rate of (..., 6) Earth-fixed states.

        The time matters on a platform only; `stand_itrf_m` is where a report says that the radar stood.
        """
        return horizon_values(self.site, state_itrf, t_tai_ns, stand_itrf_m, want_jacobian=False)[0]

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Rows, Rows]:
        """(..., 4) noiseless values and (..., 4, 6) their derivatives by the Earth-fixed state."""
        return horizon_values(self.site, state_itrf, t_tai_ns, stand_itrf_m, want_jacobian=True)

    def detection_probability_of(
        self, range_m: Scalar, rcs_m2: Scalar | float, noise_rise_db: Scalar | float = 0.0
    ) -> Scalar:
        """Chance that a look at an object in the field finds it, with the noise floor raised by so much."""
        rise = 10.0 ** (0.1 * np.asarray(noise_rise_db, dtype=float))
        if self.range_1m2_km is None:
            if not np.any(rise > 1.0):
                return np.full(np.shape(range_m), self.detection_probability)
            snr = snr_for_chance(self.detection_probability, self.false_alarm_probability) / rise
            return np.broadcast_to(
                swerling1_detection_probability(snr, self.false_alarm_probability), np.shape(range_m)
            ).copy()
        snr = snr_from_range(range_m, rcs_m2, self.range_1m2_km * 1e3) / rise
        return self.detection_probability * swerling1_detection_probability(snr, self.false_alarm_probability)

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers states (..., 3 or more) finds them; strength: cross-section, m2."""
        rcs_m2 = USUAL_RCS_M2 if strength is None else strength
        return self.detection_probability_of(self._range_m(state_itrf, t_tai_ns), rcs_m2, noise_rise_db)
