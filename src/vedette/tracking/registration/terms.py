"""What may be wrong with a sensor's readings all the time, and how that shows in a reading.

A bias is what a sensor reads too much: reading = true value + bias + noise. A radar, a laser or a lidar has azimuth,
elevation, range and clock; on request also the scale of its range and the lean of its mount. A sensor that reports
directions has two tangent angles and a clock. A clock's bias is said minus true time: at the said time t the object is
where it was at t - bias.
"""

from dataclasses import dataclass
from math import cos, sin, tan, tau

import numpy as np

from vedette.core.shapes import Mat33, Rows, Scalar, Vec3
from vedette.frames import enu_from_itrf_matrix, geodetic_from_itrf
from vedette.motion.gravity import acceleration_itrf
from vedette.reports import SensorKind
from vedette.sensing import Sensor, radar_and_jacobian_from_itrf, tangent_basis

AZIMUTH, ELEVATION, RANGE, ANGLE_1, ANGLE_2 = "azimuth_rad", "elevation_rad", "range_m", "angle_1_rad", "angle_2_rad"
CLOCK, RANGE_SCALE, LEAN_EAST, LEAN_NORTH = "clock_s", "range_scale", "lean_east_rad", "lean_north_rad"
LEAST_SHARE_OF_NOISE = 0.01  # a bias that is stated as zero is held to this share of the noise
LEAST_CLOCK_S = 1e-6
_SIGHT_KINDS = frozenset({"infrared", "optical", "thermal"})  # columns are a unit vector
_HORIZON_KINDS = frozenset({"radar", "laser", "lidar"})  # azimuth, elevation, range, range rate; NaN: not measured


@dataclass(frozen=True, slots=True, eq=False)
class SensorTerms:
    """One sensor's biases: which there are, and one sigma of each before anything is known."""

    sensor_id: str
    names: tuple[str, ...]
    sigmas: Scalar  # (b,)
    is_sight: bool  # reports directions; otherwise azimuth, elevation, range

    def index(self, name: str) -> int | None:
        """Where a term stands, or None."""
        return self.names.index(name) if name in self.names else None


def can_register(kind: SensorKind) -> bool:
    """Whether the biases of this kind of sensor can be told from objects with known orbits."""
    return kind.value in _SIGHT_KINDS | _HORIZON_KINDS


def terms_of(sensor: Sensor, scale_sigma: float = 0.0, lean_sigma_rad: float = 0.0) -> SensorTerms:
    """A sensor's terms with the sigmas that its definition states; scale and lean only where a sigma is given."""
    clock_s = max(sensor.clock_bias_sigma_s, LEAST_CLOCK_S)
    is_sight = sensor.kind.value in _SIGHT_KINDS
    plain = (ANGLE_1, ANGLE_2) if is_sight else (AZIMUTH, ELEVATION, RANGE)
    stated, noise = sensor.residual_bias_sigmas[: len(plain)], sensor.residual_sigmas[: len(plain)]
    measured = np.isfinite(noise)  # a laser has no angles
    least = LEAST_SHARE_OF_NOISE * np.where(measured, noise, 0.0)
    names = [name for name, use in zip(plain, measured, strict=True) if use]
    sigmas = [float(s) for s, use in zip(np.maximum(np.nan_to_num(stated), least), measured, strict=True) if use]
    names, sigmas = [*names, CLOCK], [*sigmas, clock_s]
    if is_sight:
        return SensorTerms(sensor.name, tuple(names), np.array(sigmas), True)
    if scale_sigma > 0.0:
        names, sigmas = [*names, RANGE_SCALE], [*sigmas, scale_sigma]
    if lean_sigma_rad > 0.0:
        names, sigmas = [*names, LEAN_EAST, LEAN_NORTH], [*sigmas, lean_sigma_rad, lean_sigma_rad]
    return SensorTerms(sensor.name, tuple(names), np.array(sigmas), False)


def horizon_of(position_itrf_m: Vec3) -> Mat33:
    """(3, 3) east, north, up at a place."""
    lat_rad, lon_rad, _ = geodetic_from_itrf(position_itrf_m)
    return enu_from_itrf_matrix(lat_rad, lon_rad)


def radar_innovation(
    terms: SensorTerms, biases: Scalar, values: Scalar, state_itrf: Scalar, place_itrf_m: Vec3, enu_from_itrf: Mat33
) -> tuple[Scalar, Rows, Rows]:
    """How much a reading (4,) exceeds what is expected of a state (6,), and the slopes of what is expected.

    Returns (4,) reading minus expected (NaN where not measured), (4, 6) by state and (4, b) by bias.
    """
    seen, by_state = radar_and_jacobian_from_itrf(state_itrf, place_itrf_m, enu_from_itrf)
    azimuth, elevation, range_m = float(seen[0]), float(seen[1]), float(seen[2])
    by_bias = np.zeros((4, len(terms.names)))
    motion = np.concatenate([state_itrf[3:], acceleration_itrf(state_itrf)])
    for j, name in enumerate(terms.names):
        if name == AZIMUTH:
            by_bias[0, j] = 1.0
        elif name == ELEVATION:
            by_bias[1, j] = 1.0
        elif name == RANGE:
            by_bias[2, j] = 1.0
        elif name == CLOCK:
            by_bias[:, j] = -(by_state @ motion)
        elif name == RANGE_SCALE:
            by_bias[2, j], by_bias[3, j] = range_m, seen[3]
        elif name == LEAN_EAST:  # the mount's vertical leans east: what stands east reads higher
            by_bias[0, j], by_bias[1, j] = -tan(elevation) * cos(azimuth), sin(azimuth)
        elif name == LEAN_NORTH:
            by_bias[0, j], by_bias[1, j] = tan(elevation) * sin(azimuth), cos(azimuth)
    constant = np.array([name != CLOCK for name in terms.names])  # the clock has already moved the state
    away = values - seen - by_bias[:, constant] @ biases[constant]
    away[0] = (away[0] + tau / 2.0) % tau - tau / 2.0
    return away, by_state, by_bias


def sight_innovation(
    terms: SensorTerms, biases: Scalar, values: Scalar, state_itrf: Scalar, place_itrf_m: Vec3
) -> tuple[Scalar, Rows, Rows]:
    """As `radar_innovation`, of a direction: (2,) tangent angles, (2, 6) by state, (2, b) by bias."""
    away_m = state_itrf[:3] - place_itrf_m
    distance_m = float(np.linalg.norm(away_m))
    los = away_m / distance_m
    basis = tangent_basis(los)
    by_state = np.zeros((2, 6))
    by_state[:, :3] = basis / distance_m
    return _of_direction(terms, biases, values, los, basis, by_state, by_state[:, :3] @ state_itrf[3:])


def star_innovation(
    terms: SensorTerms, biases: Scalar, values: Scalar, los_itrf: Vec3, los_rate_itrf: Vec3
) -> tuple[Scalar, Rows, Rows]:
    """As `sight_innovation`, of a star at infinity that crosses the Earth-fixed sky; no slope by state."""
    basis = tangent_basis(los_itrf)
    return _of_direction(terms, biases, values, los_itrf, basis, np.zeros((2, 0)), basis @ los_rate_itrf)


def _of_direction(
    terms: SensorTerms, biases: Scalar, values: Scalar, los: Vec3, basis: Rows, by_state: Rows, rate: Scalar
) -> tuple[Scalar, Rows, Rows]:
    by_bias = np.zeros((2, len(terms.names)))
    for j, name in enumerate(terms.names):
        if name == ANGLE_1:
            by_bias[0, j] = 1.0
        elif name == ANGLE_2:
            by_bias[1, j] = 1.0
        elif name == CLOCK:
            by_bias[:, j] = -rate
    constant = np.array([name != CLOCK for name in terms.names])
    measured = values[:3] / np.linalg.norm(values[:3])
    apart = basis @ (measured - los) / max(float(measured @ los), 1e-3)  # on the tangent plane
    return apart - by_bias[:, constant] @ biases[constant], by_state, by_bias
