"""A scan: everything one sensor saw in one look, and where it looked.

Rows, not objects: n detections are an `(n, m)` array whose columns depend on the kind of sensor (`COLUMNS`). A scan
with no rows is a report too: the sensor looked and saw nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from vedette.core.errors import MeasurementError
from vedette.core.shapes import Ints, Rows
from vedette.reports.mode import Mode


class SensorKind(StrEnum):
    """What a detection measures."""

    RADAR = "radar"
    INFRARED = "infrared"
    TELEMETRY = "telemetry"


COLUMNS: dict[SensorKind, tuple[str, ...]] = {
    # NaN means "not measured"; azimuth clockwise from north, elevation above the sensor's geodetic horizon
    SensorKind.RADAR: ("azimuth_rad", "elevation_rad", "range_m", "range_rate_mps"),
    # unit vector from the sensor towards the source, Earth-fixed; sigma of the three is the angle one sigma, rad
    SensorKind.INFRARED: ("los_itrf_x", "los_itrf_y", "los_itrf_z", "intensity_w_sr"),
    # speed relative to the rotating Earth, height above the ellipsoid
    SensorKind.TELEMETRY: ("speed_itrf_mps", "altitude_m"),
}


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the sky a look covered: an azimuth-elevation-range box in the sensor's own horizon frame.

    `azimuth_min_rad > azimuth_max_rad` means the sector passes north.
    """

    azimuth_min_rad: float
    azimuth_max_rad: float
    elevation_min_rad: float
    elevation_max_rad: float
    range_min_m: float = 0.0
    range_max_m: float = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Everything one sensor saw in one look, and where it looked."""

    sensor_id: str
    kind: SensorKind
    mode: Mode
    t_received_tai_ns: int  # when we heard
    t_measured_tai_ns: Ints  # (n,) when it happened
    values: Rows  # (n, m), columns COLUMNS[kind]
    sigmas: Rows  # (n, m), one sigma of each value; NaN where the value is NaN
    looked_at: Region | None = None  # None: everything the sensor can see
    sensor_position_itrf_m: Rows | None = None  # (3,) for a sensor that moves, at the measured time
    marks: tuple[str, ...] = field(default=())  # doubts that travel with every product: "late", "clock-step", ...

    def __post_init__(self) -> None:
        n, m = len(self.t_measured_tai_ns), len(COLUMNS[self.kind])
        if self.values.shape != (n, m) or self.sigmas.shape != (n, m):
            raise MeasurementError(
                f"{self.sensor_id}: {n} times need values and sigmas of shape ({n}, {m}); "
                f"got {self.values.shape} and {self.sigmas.shape}"
            )
        measured = np.isfinite(self.values)
        if not np.all(self.sigmas[measured] > 0):  # written so that NaN fails as well
            raise MeasurementError(f"{self.sensor_id}: a sigma is not positive; nothing is seen without doubt")

    def __len__(self) -> int:
        return len(self.t_measured_tai_ns)
