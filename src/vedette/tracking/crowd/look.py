"""A look as the crowd's compiled passes take it: numbers in arrays, and how the sensor errs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.errors import UsageError
from vedette.core.shapes import Bools, Ints, Mat33, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.reports import Region, Scan, SensorKind
from vedette.reports.scan import HORIZON_KINDS
from vedette.sensing import Radar, lowered_probability
from vedette.tracking.crowd.place_kernels import LINE, PLACE, RADAR
from vedette.tracking.sensor_views import SensorView

_FAR_M = 1e6  # supposed where a range is not measured
EVERYWHERE = np.array([0.0, 2.0 * np.pi, -np.pi, np.pi, 0.0, np.inf])  # limits that hold the whole sky


@dataclass(frozen=True, slots=True, eq=False)
class CrowdLook:
    """m detections of one look, and what is known of how they came about."""

    kind: int  # RADAR, LINE or PLACE of `crowd.kernels`
    sensor_index: int
    t_tai_ns: int  # of the look; detections may have times of their own
    t_detected_tai_ns: Ints  # (m,)
    values: Rows  # (m, 4) NaN where not measured
    variances: Rows  # (m, 4)
    origin_itrf_m: Vec3  # (3,) where the sensor stood
    axes: Mat33  # (3, 3) east, north, up there, as rows in ITRF
    limits: Scalar  # (6,) least and most azimuth, elevation, range that were looked at
    chance_of: Scalar  # (4,) see `ready_rows`
    log_clutter: float  # log of false detections per look and unit of what is measured
    false_alarms: float  # expected in the whole look
    revisit_s: float
    is_silence_evidence: bool = True  # a flame may have gone out: not seen is not gone
    is_visible: Callable[[Rows], Bools] | None = None  # of (k, 6) states: what `limits` cannot say
    can_begin: bool = True  # one of its detections says enough to be the first of a track

    def __len__(self) -> int:
        return len(self.t_detected_tai_ns)

    @property
    def span_s(self) -> float:
        """How far from the look's time its detections lie, at most."""
        if len(self) == 0:
            return 0.0
        return float(np.abs(self.t_detected_tai_ns - self.t_tai_ns).max()) / NS_PER_S


def look_of(scan: Scan, view: SensorView, t_look_tai_ns: int) -> CrowdLook:
    """A scan as the crowd takes it. `t_look_tai_ns` is the time of a look without detections."""
    sensor, m = view.sensor, len(scan)
    t = np.ascontiguousarray(scan.t_measured_tai_ns, dtype=np.int64)
    t_look = (int(t.min()) + int(t.max())) // 2 if m else t_look_tai_ns
    origin = np.ascontiguousarray(view.origin_itrf_m(scan, t_look))
    lat_rad, lon_rad, _ = geodetic_from_itrf(origin)
    axes = np.ascontiguousarray(enu_from_itrf_matrix(float(lat_rad), float(lon_rad)))
    kind = _kind_of(view)
    values, variances = np.ascontiguousarray(scan.values, dtype=float), np.zeros((m, 4))
    variances[:, : 4 if kind == RADAR else 2] = view.variances(scan, np.arange(m))
    # one Gaussian a track: constant errors, and doubt where the sensor stood, count as noise here
    own = view.own_bias_sigmas**2
    variances[:, : len(own)] += own
    sigma_m = scan.sensor_position_sigma_m or sensor.position_sigma_m
    if sigma_m > 0.0 and kind == RADAR:
        far = np.where(np.isfinite(values[:, 2]), values[:, 2], _FAR_M)
        variances[:, :2] += (sigma_m / far[:, None]) ** 2
        variances[:, 2] += sigma_m**2
    elif sigma_m > 0.0:
        variances[:, :2] += (sigma_m / _FAR_M) ** 2
    visible: Callable[[Rows], Bools] | None = None
    limits = EVERYWHERE if scan.looked_at is None else limits_of(scan.looked_at)
    chance_of = np.array([min(sensor.detection_probability, 0.99), 0.0, 1e-6, 0.5])
    if isinstance(sensor, Radar):
        limits = limits_of(scan.looked_at or sensor.region)
        if sensor.range_1m2_km is not None:
            weaker = 10.0 ** (-scan.noise_rise_db / 40.0)  # fourth power of range
            chance_of[1:3] = sensor.range_1m2_km * 1e3 * weaker, sensor.false_alarm_probability
        elif scan.noise_rise_db > 0.0:
            rise = 10.0 ** (scan.noise_rise_db / 10.0)
            chance_of[0] = max(float(lowered_probability(chance_of[0], rise, sensor.false_alarm_probability)), 1e-3)
    else:
        visible = partial(sensor.is_visible, t_tai_ns=t_look)
    is_infrared = scan.kind is SensorKind.INFRARED
    return CrowdLook(
        kind, view.index, t_look, t, values, variances, origin, axes, limits, chance_of,
        view.log_clutter_density(scan), view.false_alarms_per_look, sensor.revisit_s, view.is_radar, visible,
        kind == RADAR or is_infrared,
    )  # fmt: skip


def _kind_of(view: SensorView) -> int:
    """How the passes meet this kind of sensor; `UsageError` for one that they cannot."""
    kind = view.sensor.kind
    if view.is_sight:
        return LINE
    if kind in HORIZON_KINDS and kind is not SensorKind.OVER_THE_HORIZON:
        return RADAR
    raise UsageError(f"{view.sensor.name} is {kind.value}, which a crowd tracker does not take; `Tracker` does")


def place_look(
    t_tai_ns: int,
    positions_itrf_m: Rows,
    sigma_m: float | Scalar,
    detection_probability: float,
    false_alarms_per_m3: float,
    false_alarms: float,
    revisit_s: float = 1.0,
) -> CrowdLook:
    """A look that comes as finished positions (m, 3), for feeds that have already worked them out."""
    m = len(positions_itrf_m)
    values, variances = np.full((m, 4), np.nan), np.full((m, 4), 1.0)
    values[:, :3] = positions_itrf_m
    variances[:, :3] = np.asarray(sigma_m) ** 2
    return CrowdLook(
        PLACE, 0, t_tai_ns, np.full(m, t_tai_ns, dtype=np.int64), values, variances, np.zeros(3), np.eye(3),
        EVERYWHERE, np.array([detection_probability, 0.0, 1e-6, 0.5]), float(np.log(false_alarms_per_m3)),
        false_alarms, revisit_s,
    )  # fmt: skip


def limits_of(region: Region) -> Scalar:
    """(6,) a region as the compiled passes take it; the second is never below the first."""
    turn = (region.azimuth_max_rad - region.azimuth_min_rad) % (2.0 * np.pi)
    if turn == 0.0 or region.azimuth_max_rad - region.azimuth_min_rad >= 2.0 * np.pi - 1e-12:
        turn = 2.0 * np.pi
    low = region.azimuth_min_rad % (2.0 * np.pi)
    return np.array([
        low, low + turn, region.elevation_min_rad, region.elevation_max_rad, region.range_min_m, region.range_max_m
    ])  # fmt: skip
