"""How the tracker looks through a sensor: what it would report, where it can see, how often it errs.

Whatever measures in its own horizon (radar, lidar, laser, direction finder) is met in its own azimuth, elevation, range
and range rate, an over-the-horizon radar in its sky-wave range; whatever sees directions (infrared, telescope, thermal
imager) in two small angles about the direction that each track is expected in; a pair of receivers in differences.

A sensor's constant bias is one of every track's unknowns, with the sensor's own sigma as its prior: taken for noise it
would average away, and the track would be surer than it has a right to be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vedette.core.constants import WGS84_A_M
from vedette.core.errors import NotFoundError, UsageError
from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import HORIZON_KINDS, SIGHT_KINDS, Region, Scan, SensorKind
from vedette.sensing import Infrared, Radar, Sensor, TimeDifference, in_region, radar_from_itrf, tangent_basis
from vedette.tracking.interference.noise_field import QUIET, NoiseField
from vedette.tracking.kernels.flight_kernel import BOOST, ENTRY, STATE_SIZE, STEADY
from vedette.tracking.registration.calibration import Calibration, plain_terms, prior_of_biases
from vedette.tracking.rows import TrackRows

_FEWEST_FALSE_PER_LOOK = 1e-4  # "none" in a specification is not never
_RANGE_RATE_SPAN_MPS = 16_000.0
_FALSE_RETURNS_SPAN_M = 1e6  # over which a repeater spreads them
DIM_SHARE = 0.12  # of the looks that show a bright burn show that of an upper stage, when they show it badly
_USUAL_RANGE_M = 500e3


@dataclass(frozen=True, slots=True, eq=False)
class SensorView:
    """One sensor, and its place in the tracker's list."""

    sensor: Sensor
    index: int
    bias_start: int  # where this sensor's biases stand in a track's state
    bias_sigmas: Scalar  # (b,) of all the sensors' biases, as they stand in the state after the first eight
    bias_mean: Scalar  # (b,) what is known of them: zero, or what a registration found
    bias_cov: Rows  # (b, b)
    noise: NoiseField = QUIET  # of the look at hand

    def in_noise(self, noise: NoiseField) -> "SensorView":
        """The same view through the noise of one look."""
        return self if noise is self.noise else replace(self, noise=noise)

    @property
    def is_radar(self) -> bool:
        """A radar; see `is_sight` and `gives_place` for the other kinds."""
        return self.sensor.kind is SensorKind.RADAR

    @property
    def is_sight(self) -> bool:
        """Measures directions against the stars; otherwise values in its own horizon, or differences."""
        return self.sensor.kind in SIGHT_KINDS

    @property
    def gives_place(self) -> bool:
        """One detection says where: two angles and a range."""
        return self.sensor.kind in (SensorKind.RADAR, SensorKind.LIDAR)

    def origin_itrf_m(self, scan: Scan, t_tai_ns: int) -> Vec3:
        """(3,) where it stands at that time, as the report says or as the sensor file does."""
        if scan.sensor_position_itrf_m is not None:
            return np.asarray(scan.sensor_position_itrf_m, dtype=float).reshape(-1, 3)[0]
        return np.asarray(self.sensor.position_itrf_m(t_tai_ns), dtype=float).reshape(3)

    def values(self, points_itrf: Rows, origin_itrf_m: Vec3, basis: Rows | None, t_tai_ns: int = 0) -> Rows:
        """(n, p, k) of (n, p, 6) points: the sensor's own values, or two angles about `basis` (n, 3, 3).

        What the sensor never measures is zero here, and NaN in its detections.
        """
        if self.is_sight:
            assert basis is not None
            return self._angles(points_itrf[..., :3] - origin_itrf_m, basis[:, None])
        values = self.sensor.measure(points_itrf[..., :6], t_tai_ns, self._stand(origin_itrf_m))
        return values if self.is_radar else np.nan_to_num(values, nan=0.0)

    def basis_at(self, middle_itrf: Rows, origin_itrf_m: Vec3) -> Rows | None:
        """(n, 3, 3) direction and tangent basis that each track is expected in, for lines of sight."""
        if not self.is_sight:
            return None
        away = middle_itrf[:, :3] - origin_itrf_m
        los = away / np.linalg.norm(away, axis=-1, keepdims=True)
        return np.concatenate([los[:, None, :], tangent_basis(los)], axis=1)

    def difference(self, a: Rows, b: Rows) -> Rows:
        """a - b, azimuth folded."""
        out = np.subtract(a, b)
        if self.sensor.kind in HORIZON_KINDS:
            out[..., 0] = (out[..., 0] + np.pi) % (2.0 * np.pi) - np.pi
        return out

    def detections(self, scan: Scan, which: Ints, basis: Rows | None) -> Rows:
        """Measured values of some detections as the tracks see them: (1, q, k), or (n, q, 2) for lines of sight."""
        if not self.is_sight:
            return scan.values[which][None]
        assert basis is not None
        return self._angles(scan.values[which, :3][None], basis[:, None])

    def _angles(self, direction: Rows, basis: Rows) -> Rows:
        """From space a track is met within a small field; from the ground anywhere on the sky."""
        return (tangent_angles if self.sensor.kind is SensorKind.INFRARED else arc_angles)(direction, basis)

    def variances(self, scan: Scan, which: Ints) -> Rows:
        """(q, k) of the noise; one where not measured."""
        if not self.is_sight:
            return np.where(np.isfinite(scan.sigmas[which]), scan.sigmas[which], 1.0) ** 2
        return np.repeat(scan.sigmas[which, :1] ** 2, 2, axis=1)

    def place_variances(self, middle_itrf: Rows, origin_itrf_m: Vec3, scan: Scan) -> Rows:
        """(n, k) what the sensor's doubt about its own place adds to the noise of each track's looks."""
        k = len(self.sensor.residual_sigmas)
        sigma_m = scan.sensor_position_sigma_m or self.sensor.position_sigma_m
        out = np.zeros((len(middle_itrf), k))
        if sigma_m == 0.0:
            return out
        angle = sigma_m / np.linalg.norm(middle_itrf[:, :3] - origin_itrf_m, axis=-1)
        if self.is_sight or self.sensor.kind in HORIZON_KINDS:
            out[:, :2] = angle[:, None] ** 2
        if not self.is_sight:
            out[:, 2 if self.sensor.kind in HORIZON_KINDS else 0] = sigma_m**2
        return out

    @property
    def own_bias_sigmas(self) -> Scalar:
        """(3,) azimuth, elevation, range; (2,) tangent angles of a line of sight; (1,) a range difference."""
        return own_bias_sigmas(self.sensor)

    @property
    def own_bias_mean(self) -> Scalar:
        """(3,) or (2,) what this sensor is known to read too much."""
        return self.bias_mean[self.bias_columns - STATE_SIZE]

    @property
    def own_bias_cov(self) -> Rows:
        """(3, 3) or (2, 2) what is left of the doubt about it."""
        return self.bias_cov[np.ix_(self.bias_columns - STATE_SIZE, self.bias_columns - STATE_SIZE)]

    @property
    def bias_columns(self) -> Ints:
        """(3,), (2,) or (1,) where this sensor's biases stand in a track's state."""
        return self.bias_start + np.arange(len(self.own_bias_sigmas))

    def share_covered(self, points_itrf: Rows, weights: Scalar, scan: Scan, t_tai_ns: int) -> Scalar:
        """(n,) share of each track's belief that the look covered; points (n, p, 6)."""
        if isinstance(self.sensor, Radar):
            region = scan.looked_at or self.sensor.region
            stand = self._stand(self.origin_itrf_m(scan, t_tai_ns))
            seen: Bools = in_region(self.sensor.measure(points_itrf[..., :6], t_tai_ns, stand), region)
            return seen @ weights
        seen = self.sensor.is_visible(points_itrf[..., :6], t_tai_ns)
        if scan.looked_at is not None:
            if self.sensor.kind is SensorKind.OVER_THE_HORIZON:  # its ranges are along the sky wave
                values = self.sensor.measure(points_itrf[..., :6], t_tai_ns)
                seen = seen & in_region(np.nan_to_num(values, nan=0.0), scan.looked_at)
            else:
                seen = seen & _in_sky(points_itrf[..., :3], self.origin_itrf_m(scan, t_tai_ns), scan.looked_at)
        return seen @ weights

    def detection_probability(self, modes: tuple[int, ...], middle_itrf: Rows, scan: Scan | None = None) -> Rows:
        """(n, m) chance that a look which covers the object reports it: a flame is seen while it burns."""
        n = len(middle_itrf)
        rise_db = 0.0 if scan is None else scan.noise_rise_db
        t = 0 if scan is None else int(scan.t_measured_tai_ns[0]) if len(scan) else scan.t_received_tai_ns
        if isinstance(self.sensor, Infrared):
            burning = min(0.9 * self.sensor.detection_probability, 0.95)  # brightness and cloud are not known here
            by_mode = {BOOST: burning, STEADY: DIM_SHARE * burning, ENTRY: 0.02}
            return np.tile([by_mode.get(mode, 1e-3) for mode in modes], (n, 1))
        if isinstance(self.sensor, Radar):  # the noise of its looks is told by direction
            chance = np.clip(self.sensor.detection_chance(middle_itrf, t), 0.02, 0.99)
            if not self.noise.is_quiet:
                stand = self._stand(self.sensor.position_itrf_m(t))
                values = self.sensor.measure(middle_itrf, t, stand)
                chance = np.maximum(self.noise.lowered(chance, values, self.sensor), 1e-4)
            return np.repeat(chance[:, None], len(modes), axis=1)
        chance = self.sensor.detection_chance(middle_itrf, t, None, rise_db)
        return np.repeat(np.clip(chance, 0.02, 0.99)[:, None], len(modes), axis=1)

    def log_clutter_density(self, scan: Scan) -> float:
        """Log of false detections per look and unit of measurement space (rad, rad, m, m/s or sr)."""
        return float(np.log(self.false_alarms_per_look / self._space(scan)))

    def log_clutter_densities(self, scan: Scan, which: Ints) -> Scalar:
        """(q,) the same for some detections, along the bearings of strobes with the false returns that crowd there."""
        plain = np.full(len(which), self.log_clutter_density(scan))
        if self.noise.is_quiet or not isinstance(self.sensor, Radar):
            return plain
        rate_span = _RANGE_RATE_SPAN_MPS if bool(np.isfinite(scan.values[which, 3]).all()) else 1.0
        crowd = self.noise.false_returns_density(scan.values[which], _FALSE_RETURNS_SPAN_M, rate_span)
        return np.log(np.exp(plain) + crowd)

    @property
    def false_alarms_per_look(self) -> float:
        """Mean number over the whole look, never quite zero."""
        return max(self.sensor.false_alarms_per_look, _FEWEST_FALSE_PER_LOOK)

    def _stand(self, origin_itrf_m: Vec3) -> Vec3 | None:
        """Where to measure from: a site knows its own vertical to the last bit, what moves stands where it says."""
        return origin_itrf_m if self.sensor.position_sigma_m > 0.0 else None

    def _space(self, scan: Scan) -> float:
        """How much measurement space a look spans."""
        sensor = self.sensor
        if isinstance(sensor, Infrared):
            t = int(scan.t_measured_tai_ns[0]) if len(scan) else 0
            height = float(np.linalg.norm(self.origin_itrf_m(scan, t)))
            return float(2.0 * np.pi * (1.0 - np.sqrt(1.0 - (WGS84_A_M / height) ** 2)))  # the Earth's disc
        if isinstance(sensor, TimeDifference):
            baseline = float(np.linalg.norm(sensor.position_itrf_m(0) - sensor.reference.position_at_itrf_m(0)))
            has_rate = len(scan) > 0 and bool(np.isfinite(scan.values[:, 1]).all())
            return 2.0 * max(baseline, 1.0) * (_RANGE_RATE_SPAN_MPS if has_rate else 1.0)
        region = scan.looked_at or sensor.region
        turn = (region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi) or 2.0 * np.pi
        if self.is_sight:
            return float(turn * (np.sin(region.elevation_max_rad) - np.sin(region.elevation_min_rad)))
        widths = np.array([
            turn, region.elevation_max_rad - region.elevation_min_rad,
            min(region.range_max_m, 5e6) - region.range_min_m, _RANGE_RATE_SPAN_MPS,
        ])  # fmt: skip
        measured = np.isfinite(sensor.residual_sigmas)
        measured[3] = len(scan) > 0 and bool(np.isfinite(scan.values[:, 3]).all())
        return float(np.prod(widths[measured]))


def views_of(sensors: Sequence[Sensor], calibration: Calibration | None = None) -> tuple[SensorView, ...]:
    """A view through each sensor, with places for everybody's biases, and what a registration knows of them."""
    sigmas = [own_bias_sigmas(sensor) for sensor in sensors]
    starts = STATE_SIZE + np.cumsum([0, *(len(part) for part in sigmas)])
    together = np.concatenate(sigmas)
    terms = [plain_terms(sensor)[: len(part)] for sensor, part in zip(sensors, sigmas, strict=True)]
    mean, cov = prior_of_biases(sensors, terms, together, calibration or Calibration())
    return tuple(SensorView(sensor, i, int(starts[i]), together, mean, cov) for i, sensor in enumerate(sensors))


def with_fresh_biases(rows: TrackRows, view: SensorView) -> TrackRows:
    """The same tracks with one sensor's biases as they are known now, untied from all else."""
    own = view.bias_columns
    mean, cov = rows.mean.copy(), rows.cov.copy()
    mean[..., own] = view.own_bias_mean
    cov[..., own, :], cov[..., :, own] = 0.0, 0.0
    cov[..., own[:, None], own] = view.own_bias_cov
    return replace(rows, mean=mean, cov=cov)


def view_of(views: Mapping[str, SensorView], scan: Scan) -> SensorView:
    """The view of the sensor that a look is by; of a kind with one sensor only, whatever the look calls it.

    Errors: `NotFoundError` when it is none of these, `UsageError` when the sensor is of another kind.
    """
    view = views.get(scan.sensor_id)
    if view is None:
        alike = [one for one in views.values() if one.sensor.kind is scan.kind]
        if len(alike) != 1:
            raise NotFoundError(f"a look by {scan.sensor_id!r}, which is not among the sensors {', '.join(views)}")
        view = alike[0]
    if view.sensor.kind is not scan.kind:
        raise UsageError(f"{scan.sensor_id} is {view.sensor.kind.value} but sent a look of kind {scan.kind.value}")
    return view


def own_bias_sigmas(sensor: Sensor) -> Scalar:
    """One sigma of a sensor's constant errors; none is held to be exactly zero (a hundredth of its noise at least).

    A platform's doubt about its own place is slow: it counts here as well, in range, and in angle at a usual distance.
    """
    bias = np.maximum(sensor.residual_bias_sigmas, 0.01 * np.nan_to_num(sensor.residual_sigmas, nan=1e-6))
    if sensor.kind is SensorKind.TIME_DIFFERENCE:
        return np.hypot(bias[:1], sensor.position_sigma_m)
    angle = sensor.position_sigma_m / _USUAL_RANGE_M
    if sensor.kind in SIGHT_KINDS:
        return np.hypot(bias[:2], angle)
    return np.hypot(bias[:3], np.array([angle, angle, sensor.position_sigma_m]))


def tangent_angles(direction: Rows, basis: Rows) -> Rows:
    """(..., 2) angles of a direction off the first row of a basis (..., 3, 3), by tangent plane; any length."""
    along = np.einsum("...i,...i->...", basis[..., 0, :], direction)
    first = np.einsum("...i,...i->...", basis[..., 1, :], direction)
    second = np.einsum("...i,...i->...", basis[..., 2, :], direction)
    ahead = np.where(along > 0.0, along, np.nan)  # behind the sensor: no angle
    return np.stack([first / ahead, second / ahead], axis=-1)


def arc_angles(direction: Rows, basis: Rows) -> Rows:
    """(..., 2) as `tangent_angles` near the first row, and true angles far from it: finite all over the sky."""
    along = np.einsum("...i,...i->...", basis[..., 0, :], direction)
    first = np.einsum("...i,...i->...", basis[..., 1, :], direction)
    second = np.einsum("...i,...i->...", basis[..., 2, :], direction)
    off = np.hypot(first, second)
    stretch = np.arctan2(off, along) / np.where(off > 0.0, off, 1.0)
    return np.stack([first * stretch, second * stretch], axis=-1)


def _in_sky(points_itrf_m: Vec3, origin_itrf_m: Vec3, region: Region) -> Bools:
    """Whether points lie in an azimuth-elevation-range box of a satellite's own horizon frame."""
    lat_rad, lon_rad, _ = geodetic_from_itrf(origin_itrf_m)
    still = np.concatenate([points_itrf_m, np.zeros_like(points_itrf_m)], axis=-1)
    return in_region(radar_from_itrf(still, origin_itrf_m, enu_from_itrf_matrix(lat_rad, lon_rad)), region)
