"""Looks: what one object was seen as, by every sensor, in rows.

The evidence behind a track, in the order it was measured. A row whose values are all NaN is a look that covered the
object's expected place and found nothing; silence is evidence too (a plume that stopped, an object below the horizon).
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows
from vedette.reports.scan import SensorKind

# stored in journals and products: a code is never given to another kind
KIND_CODES: dict[SensorKind, int] = {
    SensorKind.RADAR: 0,
    SensorKind.INFRARED: 1,
    SensorKind.OVER_THE_HORIZON: 2,
    SensorKind.LASER: 3,
    SensorKind.LIDAR: 4,
    SensorKind.PASSIVE_RADIO: 5,
    SensorKind.OPTICAL: 6,
    SensorKind.THERMAL: 7,
    SensorKind.TIME_DIFFERENCE: 8,
    SensorKind.STROBE: 9,
    SensorKind.TELEMETRY: 10,
}


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Rows of evidence; columns of `values` and `sigmas` are those of `COLUMNS` for the row's kind, NaN after them."""

    sensor_ids: tuple[str, ...]  # the sensors, in the order `sensor_index` counts them
    sensor_index: Ints  # (n,)
    kind_code: Ints  # (n,) by `KIND_CODES`
    t_measured_tai_ns: Ints  # (n,)
    values: Rows  # (n, 4)
    sigmas: Rows  # (n, 4)
    sensor_positions_itrf_m: Rows  # (n, 3) where the sensor stood

    @property
    def is_detection(self) -> Bools:
        """(n,) False where the look found nothing."""
        return np.asarray(np.isfinite(self.values).any(axis=1))

    def __len__(self) -> int:
        return len(self.t_measured_tai_ns)
