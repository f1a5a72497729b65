"""How the Earth is really turned: pole and spin as measured, passed in as a value, with a mark when they are not.

The packaged table (IERS EOP 20 C04 from 1962, continued by the IERS rapid service with its predictions) is one such
value. A date that the table only predicts is marked `eop-predicted`; a date outside it is marked `eop-missing`, and
then the nearest pole is held and UT1 runs on at its mean rate. Nothing becomes zero in silence, and nothing panics.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import Self

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Bools, Ints, Scalar
from vedette.time import mjd_utc_from_tai_ns, tai_minus_utc_s, tai_ns_from_mjd_utc, utc_text_from_tai_ns

ARCSEC_RAD = pi / 648_000.0
EOP_PREDICTED = "eop-predicted"
EOP_MISSING = "eop-missing"
_NS_PER_DAY = 86_400e9


@dataclass(frozen=True, slots=True)
class OrientationAt:
    """Pole and spin at some instants; every field has the shape of the instants asked for."""

    ut1_minus_tai_s: Scalar
    pole_x_rad: Scalar  # of the rotation pole in ITRF, towards Greenwich
    pole_y_rad: Scalar  # towards 90° west
    offset_x_rad: Scalar  # celestial pole offsets dX, dY with respect to IAU 2006/2000A
    offset_y_rad: Scalar
    lod_s: Scalar  # excess length of day


@dataclass(frozen=True, slots=True, eq=False)
class EarthOrientation:
    """A table of Earth-orientation values at rising instants, interpolated linearly.

    UT1 is kept against TAI, which is continuous; UT1-UTC jumps at leap seconds.

    Trust
    -----
    Daily values, tides shorter than a day left out: 0.1 ms of UT1 and 0.5 mas of pole, or 5 cm at the surface.
    Predictions grow worse: `sigma_surface_m`.
    """

    t_tai_ns: Ints  # (n,)
    values: Scalar  # (n, 6) columns as in OrientationAt
    t_measured_until_tai_ns: int  # later rows are predictions
    source: str

    def __post_init__(self) -> None:
        if len(self.t_tai_ns) == 0 or self.values.shape != (len(self.t_tai_ns), 6):
            raise BadInputError(f"Earth orientation from {self.source}: {self.values.shape} is not (n, 6) with n > 0")
        if not (np.all(np.isfinite(self.values)) and np.all(np.diff(self.t_tai_ns) > 0)):
            raise BadInputError(f"Earth orientation from {self.source}: values must be finite and instants must rise")

    @classmethod
    def packaged(cls) -> Self:
        """The table that came with the installation (package astropy-iers-data): 1962 to about a year ahead of it."""
        return cls(*_packaged_columns())

    @classmethod
    def of_one_day(
        cls,
        t_tai_ns: int,
        ut1_minus_utc_s: float,
        pole_x_arcsec: float,
        pole_y_arcsec: float,
        offset_x_arcsec: float = 0.0,
        offset_y_arcsec: float = 0.0,
        lod_s: float = 0.0,
        source: str = "typed in",
    ) -> Self:
        """Values as a worked example or a bulletin prints them, held over the day around an instant."""
        ut1_minus_tai_s = ut1_minus_utc_s - float(tai_minus_utc_s(t_tai_ns))
        angles = [a * ARCSEC_RAD for a in (pole_x_arcsec, pole_y_arcsec, offset_x_arcsec, offset_y_arcsec)]
        half_day_ns = 43_200 * 10**9
        instants = np.array([t_tai_ns - half_day_ns, t_tai_ns + half_day_ns], dtype=np.int64)
        return cls(instants, np.array([[ut1_minus_tai_s, *angles, lod_s]] * 2), int(instants[-1]), source)

    def at(self, t_tai_ns: Ints | int) -> OrientationAt:
        """Values at instants (...): interpolated inside the table, conservative outside it (see `marks`)."""
        t = np.asarray(t_tai_ns, dtype=np.int64)
        inside = np.clip(t, self.t_tai_ns[0], self.t_tai_ns[-1])
        row = np.clip(np.searchsorted(self.t_tai_ns, inside, side="right") - 1, 0, max(len(self.t_tai_ns) - 2, 0))
        after = np.minimum(row + 1, len(self.t_tai_ns) - 1)
        span_ns = np.maximum(self.t_tai_ns[after] - self.t_tai_ns[row], 1)
        share = ((inside - self.t_tai_ns[row]) / span_ns)[..., None]
        columns = np.moveaxis(self.values[row] * (1.0 - share) + self.values[after] * share, -1, 0)
        outside_days = (t - inside) / _NS_PER_DAY
        ut1_minus_tai_s = columns[0] - columns[5] * outside_days  # runs on at the last length of day
        return OrientationAt(ut1_minus_tai_s, *columns[1:])

    def is_predicted(self, t_tai_ns: Ints | int) -> Bools:
        """True where the table holds a prediction, not a measurement."""
        t = np.asarray(t_tai_ns, dtype=np.int64)
        return (t > self.t_measured_until_tai_ns) & (t <= self.t_tai_ns[-1])

    def is_missing(self, t_tai_ns: Ints | int) -> Bools:
        """True outside the table."""
        t = np.asarray(t_tai_ns, dtype=np.int64)
        return (t < self.t_tai_ns[0]) | (t > self.t_tai_ns[-1])

    def marks(self, t_tai_ns: Ints | int) -> tuple[str, ...]:
        """Quality marks that products of these instants must carry, worst first; empty when all is measured."""
        marks = (EOP_MISSING,) if np.any(self.is_missing(t_tai_ns)) else ()
        return (*marks, EOP_PREDICTED) if np.any(self.is_predicted(t_tai_ns)) else marks

    def sigma_surface_m(self, t_tai_ns: Ints | int) -> Scalar:
        """One sigma of the Earth's turn at instants, as metres on the equator.

        Measured: 0.05 m (the tides left out). Later: the growth that IERS Bulletin A states for its predictions,
        0.00025 s D^0.75 of UT1 and 0.68 mas D^0.80 of pole after D days; before the table the same in D.
        """
        t = np.asarray(t_tai_ns, dtype=np.int64)
        late_ns = np.maximum(t - self.t_measured_until_tai_ns, 0)
        days = np.maximum(late_ns, np.maximum(self.t_tai_ns[0] - t, 0)) / _NS_PER_DAY
        spin_m = 465.1 * 0.00025 * days**0.75
        pole_m = 6_378_137.0 * 0.00068 * ARCSEC_RAD * days**0.80
        return np.sqrt(0.05**2 + spin_m**2 + pole_m**2)

    def describe(self) -> str:
        """One sentence for `vedette doctor`: source, reach, and where measuring ends."""
        first, measured, last = (
            utc_text_from_tai_ns(int(t))[:10]
            for t in (self.t_tai_ns[0], self.t_measured_until_tai_ns, self.t_tai_ns[-1])
        )
        return f"Earth orientation from {self.source}: {first} to {last}, measured until {measured}"


@lru_cache(maxsize=1)
def _packaged_columns() -> tuple[Ints, Scalar, int, str]:
    import astropy_iers_data

    with open(astropy_iers_data.IERS_B_FILE, encoding="ascii") as lines:
        long_term = np.array([row for line in lines if (row := _c04_row(line)) is not None])
    with open(astropy_iers_data.IERS_A_FILE, encoding="ascii") as lines:
        lines.seek(_line_start(lines.readline(), int(long_term[-1, 0])))
        lines.readline()
        rapid = [row for line in lines if (row := _finals_row(line)) is not None and row[0] > long_term[-1, 0]]
    rows = np.vstack([long_term, np.array(rapid).reshape(-1, 8)])
    for column in range(1, 7):  # predictions leave fields blank: the last value is held, and the row is marked
        known = np.isfinite(rows[:, column])
        rows[:, column] = rows[np.maximum.accumulate(np.where(known, np.arange(len(rows)), 0)), column]
    days = rows[:, 0].astype(int)
    instants = np.array([tai_ns_from_mjd_utc(int(day), 0) for day in days], dtype=np.int64)
    midnights = instants - (days - 51_544) * 86_400 * 10**9 + 43_200 * 10**9  # TAI-UTC in ns
    values = rows[:, 1:7].copy()
    values[:, 0] -= midnights / 1e9
    measured = instants[np.flatnonzero(rows[:, 7] == 0.0)[-1]]
    return instants, values, int(measured), f"astropy-iers-data {astropy_iers_data.__version__}"


def _line_start(first_line: str, mjd: int) -> int:
    """Where the line of a day lies in the fixed-width rapid-service file; reading all of it would cost a second."""
    return max(mjd - int(float(first_line[7:15])) - 3, 0) * len(first_line)


def _c04_row(line: str) -> tuple[float, ...] | None:
    if line.startswith("#") or len(line) < 122:
        return None
    x, y, ut1, dx, dy = (float(line[a:b]) for a, b in ((26, 38), (38, 50), (50, 62), (62, 74), (74, 86)))
    angles = (x * ARCSEC_RAD, y * ARCSEC_RAD, dx * ARCSEC_RAD, dy * ARCSEC_RAD)
    return (float(line[16:26]), ut1, *angles, float(line[110:122]), 0.0)


def _finals_row(line: str) -> tuple[float, ...] | None:
    if not line[58:68].strip() or not line[18:27].strip():
        return None
    milli = 1e-3 * ARCSEC_RAD
    x, y, ut1 = float(line[18:27]) * ARCSEC_RAD, float(line[37:46]) * ARCSEC_RAD, float(line[58:68])
    dx, dy = (float(line[a:b].strip() or "nan") * milli for a, b in ((97, 106), (116, 125)))
    lod_s = float(line[79:86].strip() or "nan") * 1e-3
    is_prediction = "P" in (line[16], line[57])
    return float(line[7:15]), ut1, x, y, dx, dy, lod_s, float(is_prediction)


def mjd_days_from_tai_ns(t_tai_ns: int) -> float:
    """UTC Modified Julian Day with its fraction, for people and tables of days."""
    mjd, ns_of_day = mjd_utc_from_tai_ns(t_tai_ns)
    return mjd + ns_of_day / _NS_PER_DAY
