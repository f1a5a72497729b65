"""SGP4 for whole catalogues: element sets in, states in `teme` out, compiled from Python.

The judge is the published verification set and the `sgp4` package (decision 0009); constants are WGS 72's.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from vedette.core.shapes import Ints, Rows, Scalar
from vedette.motion.sgp4.layout import RECORD, TROUBLES
from vedette.reports.elements import ElementSets
from vedette.time import jd_utc_from_tai_ns

__all__ = ["TROUBLES", "Sgp4"]

_JD_1950 = 2_433_281.5


@dataclass(frozen=True, slots=True, eq=False)
class Sgp4:
    """n element sets made ready to be propagated.

    t_epoch_tai_ns : (n,)
    records : (n,) of `layout.RECORD`
    """

    t_epoch_tai_ns: Ints
    records: np.ndarray

    @classmethod
    def of(cls, sets: ElementSets, *, is_old: bool = False) -> Self:
        """Prepare element sets (sgp4init of the published program).

        `is_old` takes the sidereal time and the node's branch of the program that the verification set was made with
        (mode "a"), where its authors have since improved both (mode "i").
        """
        from vedette.motion.sgp4.kernels import initialise

        jd_1, jd_2 = jd_utc_from_tai_ns(sets.t_epoch_tai_ns)
        records = np.zeros(len(sets), dtype=RECORD)
        elements = np.column_stack([
            sets.mean_motion_radpmin, sets.eccentricity, sets.inclination_rad, sets.node_teme_rad,
            sets.perigee_argument_rad, sets.mean_anomaly_rad, sets.bstar_per_er,
        ])  # fmt: skip
        records["is_old"] = float(is_old)
        days = (jd_1 - _JD_1950) + jd_2
        gsto = _old_sidereal_time_rad(days) if is_old else _sidereal_time_rad(days)
        initialise(elements, days, gsto, records)
        return cls(np.asarray(sets.t_epoch_tai_ns, dtype=np.int64), records)

    def __len__(self) -> int:
        return len(self.records)

    def states_teme(self, t_tai_ns: Ints) -> tuple[Rows, Ints]:
        """States (n, m, 6) in m and m/s at instants (m,), or (n, m) for each object its own; and troubles (n, m).

        A trouble is a key of `TROUBLES`; where it is neither 0 nor 6 (come down) the state is NaN. Minutes are true
        ones, counted in TAI: where a leap second lies between epoch and instant, programs that subtract UTC Julian
        dates differ by one second of flight.
        """
        components, troubles = self.components_teme(t_tai_ns)
        return np.stack(components, axis=-1), troubles

    def components_teme(self, t_tai_ns: Ints) -> tuple[tuple[Rows, Rows, Rows, Rows, Rows, Rows], Ints]:
        """As `states_teme`, each component an array (n, m) of its own: the fastest way."""
        from vedette.motion.sgp4.bulk import bulk_states_at

        t = np.ascontiguousarray(np.atleast_2d(np.asarray(t_tai_ns, dtype=np.int64)))
        components, troubles = _room(len(self), t.shape[1])
        epochs = np.ascontiguousarray(self.t_epoch_tai_ns)
        bulk_states_at(self.records, epochs, t, *components, troubles)
        return components, troubles

    def components_after(self, minutes: Scalar) -> tuple[tuple[Rows, Rows, Rows, Rows, Rows, Rows], Ints]:
        """As `components_teme`, at minutes (n, m) after each object's epoch."""
        from vedette.motion.sgp4.bulk import bulk_states

        components, troubles = _room(len(self), np.shape(minutes)[1])
        bulk_states(self.records, np.ascontiguousarray(minutes, dtype=float), *components, troubles)
        return components, troubles

    def take(self, index: Ints) -> Self:
        """The rows of an index."""
        return type(self)(self.t_epoch_tai_ns[index], self.records[index])


def _room(n: int, m: int) -> tuple[tuple[Rows, Rows, Rows, Rows, Rows, Rows], Ints]:
    """Six arrays (n, m) in one piece of memory, which costs less to come by than six, and begins where a line of the
    cache does; and troubles (n, m), zeros, whose memory is not touched until there are any."""
    memory = np.empty(6 * n * m + 8)
    skip = (-memory.ctypes.data // 8) % 8
    x, y, z, vx, vy, vz = memory[skip : skip + 6 * n * m].reshape(6, n, m)
    return (x, y, z, vx, vy, vz), np.zeros((n, m), dtype=np.int64)


def _sidereal_time_rad(day_1950: Scalar) -> Scalar:
    """Greenwich mean sidereal time of 1982 (Aoki and others), UTC taken for UT1 as element sets have it.

    The date is one double, good to 40 microseconds, because the published program's is: resonant orbits feel it.
    """
    t = ((day_1950 + _JD_1950) - 2_451_545.0) / 36_525.0
    seconds = 67_310.54841 + t * (876_600.0 * 3600.0 + 8_640_184.812866 + t * (0.093104 - t * 6.2e-6))
    return np.radians(seconds / 240.0) % (2.0 * np.pi)


def _old_sidereal_time_rad(day_1950: Scalar) -> Scalar:
    """The same as counted from 1970 (Spacetrack Report 3)."""
    day = day_1950 - 7305.0
    whole = np.floor(day + 1e-8)
    turn = 2.0 * np.pi
    c1 = 1.72027916940703639e-2
    return (1.7321343856509374 + c1 * whole + (c1 + turn) * (day - whole) + day * day * 5.07551419432269442e-15) % turn
