"""Looks: what one object was seen as, by every sensor, in rows.

The evidence behind a track, in the order it was measured. A row whose values are all NaN is a look that covered the
object's expected place and found nothing; silence is evidence too (a plume that stopped, an object below the horizon).
"""

from dataclasses import dataclass

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows
from vedette.reports.scan import SensorKind

KIND_CODES: dict[SensorKind, int] = {SensorKind.RADAR: 0, SensorKind.INFRARED: 1}


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Rows of evidence; columns of `values` and `sigmas` are those of `COLUMNS` for the row's kind."""

    sensor_ids: tuple[str, ...]  # the sensors, in the order `sensor_index` counts them
    sensor_index: Ints  # (n,)
    kind_code: Ints  # (n,) 0 radar, 1 infrared
    t_measured_tai_ns: Ints  # (n,)
    values: Rows  # (n, 4)
    sigmas: Rows  # (n, 4)
    sensor_positions_itrf_m: Rows  # (n, 3) where the sensor stood

    @property
    def is_detection(self) -> Bools:
        """(n,) False where the look found nothing."""
        return np.isfinite(self.values[:, 0])

    def __len__(self) -> int:
        return len(self.t_measured_tai_ns)
