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
    OVER_THE_HORIZON = "over-the-horizon"
    LASER = "laser"  # ranging
    LIDAR = "lidar"
    PASSIVE_RADIO = "passive-radio"  # angle of arrival of an emission
    OPTICAL = "optical"  # telescope: angles against the stars
    THERMAL = "thermal"  # thermal imager, from the ground or a vehicle
    TIME_DIFFERENCE = "time-difference"  # of one emission at two receivers, and its Doppler difference
    STROBE = "strobe"  # a direction from which a radar hears noise; the sensor_id is the radar's


# NaN means "not measured"; azimuth clockwise from north, elevation above the sensor's geodetic horizon; the range rate
# is that of the object relative to the rotating Earth: a sensor that moves has taken its own speed out
_HORIZON = ("azimuth_rad", "elevation_rad", "range_m", "range_rate_mps")
# unit vector from the sensor towards the source, Earth-fixed; sigma of the three is the angle one sigma, rad
_SIGHT = ("los_itrf_x", "los_itrf_y", "los_itrf_z")

COLUMNS: dict[SensorKind, tuple[str, ...]] = {
    SensorKind.RADAR: _HORIZON,
    SensorKind.INFRARED: (*_SIGHT, "intensity_w_sr"),
    # speed relative to the rotating Earth, height above the ellipsoid
    SensorKind.TELEMETRY: ("speed_itrf_mps", "altitude_m"),
    SensorKind.OVER_THE_HORIZON: _HORIZON,  # ground azimuth, half the group path and its rate
    SensorKind.LASER: _HORIZON,
    SensorKind.LIDAR: _HORIZON,
    SensorKind.PASSIVE_RADIO: _HORIZON,  # the two angles
    SensorKind.OPTICAL: (*_SIGHT, "magnitude"),
    SensorKind.THERMAL: (*_SIGHT, "irradiance_w_m2"),
    # distance to the sensor less distance to its reference receiver, and the rate of that
    SensorKind.TIME_DIFFERENCE: ("range_difference_m", "range_rate_difference_mps"),
    SensorKind.STROBE: ("azimuth_rad", "elevation_rad", "noise_rise_db"),
}
HORIZON_KINDS = tuple(kind for kind, columns in COLUMNS.items() if columns == _HORIZON)
SIGHT_KINDS = tuple(kind for kind, columns in COLUMNS.items() if columns[:3] == _SIGHT)


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
    noise_rise_db: float = 0.0  # of the noise floor over the whole look; it lowers the chance to detect
    sensor_position_sigma_m: float = 0.0  # one sigma of each component of the sensor's own place
    rows_of_look: Ints | None = None  # (n,) which rows of the look as it was told these are; None: all of it

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
        for name in ("noise_rise_db", "sensor_position_sigma_m"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise MeasurementError(f"{self.sensor_id}: {name} = {getattr(self, name)} is negative or no number")

    def __len__(self) -> int:
        return len(self.t_measured_tai_ns)
