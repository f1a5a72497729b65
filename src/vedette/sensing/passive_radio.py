"""Passive radio: where an emission comes from, and how much sooner or later it arrives here than there.

Only what emits is seen, so that silence says next to nothing about what is there. The strength of an emission falls
with the square of range; a steady signal is found with North's probability (North 1943; Skolnik, 3rd edition, eq. 2.27
in the approximation 0.5 erfc(sqrt(-ln Pfa) - sqrt(snr + 0.5))).
"""

from dataclasses import dataclass, field
from math import inf, nan, radians

import numpy as np
from scipy.special import erfc

from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import SensorKind
from vedette.sensing.checks import check_chance, check_field, check_not_negative, check_positive, check_usual
from vedette.sensing.detection import REFERENCE_SNR
from vedette.sensing.field import InField
from vedette.sensing.horizon import AtPlace, InHorizon, Place, horizon_values, stand_of
from vedette.sensing.model import Strength


def steady_detection_probability(snr: Scalar | float, false_alarm_probability: float) -> Scalar:
    """Chance that one look at a steady signal crosses the threshold; `snr` is a power ratio."""
    threshold = np.sqrt(-np.log(false_alarm_probability))
    return np.asarray(0.5 * erfc(threshold - np.sqrt(np.asarray(snr, dtype=float) + 0.5)))


@dataclass(frozen=True, slots=True)
class DirectionFinder(InHorizon, InField):
    """Angle of arrival of emissions. `elevation_sigma_deg` None: azimuth only.

    `range_1w_km`: where one watt (EIRP) is received at 13 dB; None: every emission in the field is found with
    `detection_probability`. `emitting_share`: how likely an object about which nothing is known emits in a look.
    """

    site: Place
    azimuth_sigma_deg: float
    elevation_sigma_deg: float | None = None
    revisit_s: float = 1.0
    azimuth_min_deg: float = 0.0
    azimuth_max_deg: float = 360.0
    elevation_min_deg: float = 0.0
    elevation_max_deg: float = 90.0
    range_min_km: float = 0.0
    range_max_km: float = inf
    range_1w_km: float | None = None
    emitting_share: float = 0.2
    detection_probability: float = 0.95
    false_alarm_probability: float = 1e-6
    false_alarms_per_look: float = 0.0
    angle_bias_sigma_deg: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 1.0
    name: str = "direction-finder"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_field(self)
        check_positive(self, "azimuth_sigma_deg", "elevation_sigma_deg", "range_1w_km")
        check_not_negative(self, "angle_bias_sigma_deg")
        check_chance(self, "false_alarm_probability", "emitting_share")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.PASSIVE_RADIO

    @property
    def residual_sigmas(self) -> Scalar:
        """(4,) one sigma of azimuth and elevation; range and range rate are never measured (NaN)."""
        elevation = nan if self.elevation_sigma_deg is None else radians(self.elevation_sigma_deg)
        return np.array([radians(self.azimuth_sigma_deg), elevation, nan, nan])

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(4,) one sigma of the constant angle errors."""
        angle = radians(self.angle_bias_sigma_deg)
        return np.array([angle, 0.0 if self.elevation_sigma_deg is None else angle, 0.0, 0.0])

    def detection_probability_of(
        self, range_m: Scalar, eirp_w: Scalar | float, noise_rise_db: Scalar | float = 0.0
    ) -> Scalar:
        """Chance that a look finds an emission of this power towards the receiver."""
        if self.range_1w_km is None:
            return np.where(np.asarray(eirp_w) > 0.0, np.full(np.shape(range_m), self.detection_probability), 0.0)
        rise = 10.0 ** (0.1 * np.asarray(noise_rise_db, dtype=float))
        snr = REFERENCE_SNR * np.asarray(eirp_w) * (self.range_1w_km * 1e3 / np.asarray(range_m, dtype=float)) ** 2
        return self.detection_probability * steady_detection_probability(snr / rise, self.false_alarm_probability)

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; strength: EIRP towards the receiver, W."""
        shape = np.shape(state_itrf)[:-1]
        if strength is None:
            return np.full(shape, self.emitting_share * self.detection_probability)
        chance = self.detection_probability_of(self._range_m(state_itrf, t_tai_ns), strength, noise_rise_db)
        return np.broadcast_to(chance, shape).copy()


@dataclass(frozen=True, slots=True)
class TimeDifference(AtPlace):
    """A receiver that compares an emission's time of arrival, and its Doppler, with those at a `reference` receiver.

    The range difference is the distance to this receiver less that to the reference: time difference times the speed of
    light. `range_rate_difference_sigma_mps` None: no Doppler. Both receivers must see the emitter above their horizon.
    """

    site: Place
    reference: Place
    range_difference_sigma_m: float
    range_rate_difference_sigma_mps: float | None = None
    revisit_s: float = 1.0
    elevation_min_deg: float = 0.0
    range_max_km: float = inf
    emitting_share: float = 0.2
    detection_probability: float = 0.95
    false_alarms_per_look: float = 0.0
    range_difference_bias_sigma_m: float = 0.0
    clock_bias_sigma_s: float = 0.0
    latency_s: float = 1.0
    name: str = "time-difference"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        check_usual(self)
        check_positive(self, "range_difference_sigma_m", "range_rate_difference_sigma_mps", "range_max_km")
        check_not_negative(self, "range_difference_bias_sigma_m")
        check_chance(self, "emitting_share")

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        return SensorKind.TIME_DIFFERENCE

    @property
    def residual_sigmas(self) -> Scalar:
        """(2,) one sigma of range difference and range rate difference; NaN where not measured."""
        rate = nan if self.range_rate_difference_sigma_mps is None else self.range_rate_difference_sigma_mps
        return np.array([self.range_difference_sigma_m, rate])

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(2,) one sigma of the constant error: the two receivers' clocks against one another."""
        return np.array([self.range_difference_bias_sigma_m, 0.0])

    @property
    def position_sigma_m(self) -> float:
        """One sigma of both receivers' places together, along a line of sight."""
        return float(np.hypot(self.site.position_sigma_m, self.reference.position_sigma_m))

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None) -> Rows:
        """(..., 2) noiseless range difference and its rate by the object's Earth-fixed velocity; NaN: not measured."""
        return self.measure_with_jacobian(state_itrf, t_tai_ns, stand_itrf_m)[0]

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Rows, Rows]:
        """(..., 2) noiseless values and (..., 2, 6) their derivatives by the state; a zero row where not measured."""
        mine, mine_by = _range_and_rate(state_itrf, stand_of(self.site, t_tai_ns, stand_itrf_m)[0])
        theirs, theirs_by = _range_and_rate(state_itrf, self.reference.position_at_itrf_m(t_tai_ns))
        values, slopes = mine - theirs, mine_by - theirs_by
        if self.range_rate_difference_sigma_mps is None:
            values[..., 1], slopes[..., 1, :] = nan, 0.0
        return values, slopes

    def residual(self, measured: Rows, expected: Rows) -> Rows:
        """(..., 2) measured minus expected."""
        return np.asarray(measured, dtype=float)[..., :2] - expected

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int = 0) -> Bools:
        """(...) True where both receivers see the object above their horizon and within reach."""
        state = np.asarray(state_itrf, dtype=float)
        still = np.concatenate([state[..., :3], np.zeros_like(state[..., :3])], axis=-1)
        seen = np.ones(state.shape[:-1], dtype=bool)
        for place in (self.site, self.reference):
            values = horizon_values(place, still, t_tai_ns, None, want_jacobian=False)[0]
            seen = seen & (values[..., 1] >= radians(self.elevation_min_deg))
            seen = seen & (values[..., 2] <= self.range_max_km * 1e3)
        return seen

    def detection_probability_of(self, is_emitting: Bools | bool = True) -> Scalar:
        """Chance that a look finds an emission that both receivers can hear."""
        return np.where(np.asarray(is_emitting), self.detection_probability, 0.0)

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int = 0, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it; strength: above zero for one that emits."""
        share = self.emitting_share if strength is None else np.where(np.asarray(strength) > 0.0, 1.0, 0.0)
        return np.broadcast_to(share * self.detection_probability, np.shape(state_itrf)[:-1]).copy()


def _range_and_rate(state_itrf: Rows, stand_itrf_m: Vec3) -> tuple[Rows, Rows]:
    """(..., 2) distance and its rate, (..., 2, 6) their derivatives."""
    state = np.asarray(state_itrf, dtype=float)
    away, going = state[..., :3] - stand_itrf_m, state[..., 3:6]
    range_m = np.linalg.norm(away, axis=-1)[..., None]
    u = away / range_m
    rate = np.sum(u * going, axis=-1)[..., None]
    still = np.zeros_like(u)
    slopes = np.stack([np.concatenate([u, still], -1), np.concatenate([(going - rate * u) / range_m, u], -1)], axis=-2)
    return np.concatenate([range_m, rate], axis=-1), slopes
