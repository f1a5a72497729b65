"""What is known of the sensors' constant errors, as trackers and fits take it in.

A value made by a `Registration` and used in either of two ways. A tracker that carries biases as unknowns begins its
tracks with this mean and covariance in place of zero and the sensors' sigmas. Whoever has no room for biases takes
`corrected` scans and `sensors_left`, the same sensors with only the doubt that is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import degrees

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Rows, Scalar
from vedette.reports import SIGHT_KINDS, Looks, Scan
from vedette.sensing import Sensor, tangent_basis
from vedette.tracking.registration.terms import (
    ANGLE_1,
    ANGLE_2,
    AZIMUTH,
    CLOCK,
    ELEVATION,
    LEAN_EAST,
    LEAN_NORTH,
    RANGE,
    RANGE_SCALE,
)

_PLAIN = (AZIMUTH, ELEVATION, RANGE, ANGLE_1, ANGLE_2)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Biases of some sensors with their joint covariance; `labels` are (sensor, term) pairs, as in `Registration`."""

    labels: tuple[tuple[str, str], ...] = ()
    biases: Scalar = field(default_factory=lambda: np.empty(0))  # (b,)
    cov: Rows = field(default_factory=lambda: np.empty((0, 0)))  # (b, b)

    def __contains__(self, sensor_id: object) -> bool:
        return any(name == sensor_id for name, _ in self.labels)

    def bias(self, sensor_id: str, term: str) -> float:
        """One bias; zero where nothing is known of it."""
        label = (sensor_id, term)
        return float(self.biases[self.labels.index(label)]) if label in self.labels else 0.0

    def sigma(self, sensor_id: str, term: str) -> float | None:
        """The doubt that is left; None where nothing is known of it."""
        label = (sensor_id, term)
        if label not in self.labels:
            return None
        i = self.labels.index(label)
        return float(np.sqrt(self.cov[i, i]))

    def corrected(self, scan: Scan) -> Scan:
        """The scan with its times and values freed of the biases; itself where nothing is known of its sensor."""
        if scan.sensor_id not in self or not len(scan):
            return scan
        t = scan.t_measured_tai_ns - round(self.bias(scan.sensor_id, CLOCK) * NS_PER_S)
        return replace(scan, t_measured_tai_ns=t, values=self._freed(scan.sensor_id, scan.values, all_terms=True))

    def at_true_times(self, scan: Scan) -> Scan:
        """The scan with its times alone set right, and what depends on the place in the sky (scale, lean) taken off."""
        if scan.sensor_id not in self or not len(scan):
            return scan
        t = scan.t_measured_tai_ns - round(self.bias(scan.sensor_id, CLOCK) * NS_PER_S)
        return replace(scan, t_measured_tai_ns=t, values=self._freed(scan.sensor_id, scan.values, all_terms=False))

    def corrected_looks(self, looks: Looks) -> Looks:
        """Looks whose times are right already, freed of the sensors' plain biases."""
        if not self.labels or not len(looks):
            return looks
        values = looks.values.copy()
        for index, sensor_id in enumerate(looks.sensor_ids):
            rows = (looks.sensor_index == index) & looks.is_detection
            if sensor_id in self and rows.any():
                values[rows] = self._without_plain(sensor_id, values[rows])
        return replace(looks, values=values)

    def sensors_left(self, sensors: Mapping[str, Sensor]) -> dict[str, Sensor]:
        """The sensors with the doubt that is left as their bias sigmas."""
        return {name: self._left(sensor) for name, sensor in sensors.items()}

    def _left(self, sensor: Sensor) -> Sensor:
        name = sensor.name
        if name not in self:
            return sensor
        left: dict[str, float] = {}
        clock = self.sigma(name, CLOCK)
        if clock is not None and hasattr(sensor, "clock_bias_sigma_s"):
            left["clock_bias_sigma_s"] = clock
        angles = [self.sigma(name, term) for term in (AZIMUTH, ELEVATION, ANGLE_1, ANGLE_2)]
        known = [angle for angle in angles if angle is not None]
        if known and hasattr(sensor, "angle_bias_sigma_deg"):
            left["angle_bias_sigma_deg"] = degrees(max(known))
        if known and hasattr(sensor, "los_bias_sigma_urad"):
            left["los_bias_sigma_urad"] = 1e6 * max(known)
        range_m = self.sigma(name, RANGE)
        if range_m is not None and hasattr(sensor, "range_bias_sigma_m"):
            left["range_bias_sigma_m"] = range_m
        return replace(sensor, **left)  # type: ignore[arg-type]

    def _freed(self, sensor_id: str, values: Rows, all_terms: bool) -> Rows:
        out = self._without_plain(sensor_id, values) if all_terms else values.copy()
        scale = self.bias(sensor_id, RANGE_SCALE)
        east, north = self.bias(sensor_id, LEAN_EAST), self.bias(sensor_id, LEAN_NORTH)
        if scale:
            out[:, 2:4] /= 1.0 + scale
        if east or north:
            azimuth, elevation = out[:, 0].copy(), out[:, 1].copy()
            out[:, 0] -= np.tan(elevation) * (north * np.sin(azimuth) - east * np.cos(azimuth))
            out[:, 1] -= east * np.sin(azimuth) + north * np.cos(azimuth)
            out[:, 0] %= 2.0 * np.pi
        return out

    def _without_plain(self, sensor_id: str, values: Rows) -> Rows:
        out = values.copy()
        terms = [term for name, term in self.labels if name == sensor_id]
        if ANGLE_1 in terms:
            los = out[:, :3]
            angles = np.array([self.bias(sensor_id, ANGLE_1), self.bias(sensor_id, ANGLE_2)])
            los = los - np.einsum("j,nji->ni", angles, tangent_basis(los))
            out[:, :3] = los / np.linalg.norm(los, axis=-1, keepdims=True)
            return out
        out[:, 0] = (out[:, 0] - self.bias(sensor_id, AZIMUTH)) % (2.0 * np.pi)
        out[:, 1] -= self.bias(sensor_id, ELEVATION)
        out[:, 2] -= self.bias(sensor_id, RANGE)
        return out


def plain_terms(sensor: Sensor) -> tuple[str, ...]:
    """What a sensor's values may be biased by, in the order of its columns."""
    return (ANGLE_1, ANGLE_2) if sensor.kind in SIGHT_KINDS else (AZIMUTH, ELEVATION, RANGE)


def prior_of_biases(
    sensors: Sequence[Sensor], terms: Sequence[tuple[str, ...]], sigmas: Scalar, calibration: Calibration
) -> tuple[Scalar, Rows]:
    """Mean (b,) and covariance (b, b) of biases in somebody's own order: what is known, else zero and `sigmas`."""
    own = [(sensor.name, term) for sensor, part in zip(sensors, terms, strict=True) for term in part]
    mean, cov = np.zeros(len(own)), np.diag(np.asarray(sigmas, dtype=float) ** 2)
    place = {label: i for i, label in enumerate(calibration.labels)}
    mine = np.array([i for i, label in enumerate(own) if label in place], dtype=np.int64)
    if len(mine):
        theirs = np.array([place[own[i]] for i in mine])
        mean[mine] = calibration.biases[theirs]
        cov[np.ix_(mine, mine)] = calibration.cov[np.ix_(theirs, theirs)]
    return mean, cov
