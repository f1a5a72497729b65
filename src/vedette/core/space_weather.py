"""How active the Sun and the Earth's field were, day by day, as models of the upper air want it."""

from dataclasses import dataclass, replace

import numpy as np

from vedette.core.errors import BadInputError
from vedette.core.shapes import Ints, Scalar

USUAL_FLUX, USUAL_AP = 150.0, 12.0  # of a middling year; said in the name of the source wherever they are used


@dataclass(frozen=True, slots=True, eq=False)
class SpaceWeather:
    """Daily activity at rising UTC days.

    mjd_utc : (n,) whole days
    ap : (n, 8) geomagnetic index, eight three-hour values a day
    flux, flux_mean : (n,) observed F10.7 and its mean over 81 days centred on the day, solar flux units
    mjd_measured_until : later rows are predictions
    """

    mjd_utc: Ints
    ap: Scalar
    flux: Scalar
    flux_mean: Scalar
    mjd_measured_until: int
    source: str

    def __post_init__(self) -> None:
        n = len(self.mjd_utc)
        if n == 0 or self.ap.shape != (n, 8) or self.flux.shape != (n,) or self.flux_mean.shape != (n,):
            raise BadInputError(f"space weather from {self.source}: columns of different length, or none")
        finite = np.isfinite(self.ap).all() and np.isfinite(self.flux).all() and np.isfinite(self.flux_mean).all()
        if not (finite and np.all(np.diff(self.mjd_utc) > 0)):
            raise BadInputError(f"space weather from {self.source}: values must be finite and days must rise")

    @classmethod
    def usual(cls) -> "SpaceWeather":
        """A stated middling activity, for those who have no file: F10.7 of 150 and Ap of 12."""
        level = cls.of_level(USUAL_FLUX, USUAL_FLUX, USUAL_AP)
        return replace(level, mjd_measured_until=-1, source=f"no file: {level.source} assumed")

    @classmethod
    def of_level(cls, flux: float, flux_mean: float, ap: float) -> "SpaceWeather":
        """The same activity for ever."""
        source = f"constant F10.7 {flux:g}, mean {flux_mean:g}, Ap {ap:g}"
        return cls(np.array([0]), np.full((1, 8), ap), np.array([flux]), np.array([flux_mean]), 10**6, source)

    def at(self, mjd_utc: Scalar) -> tuple[Scalar, Scalar, Scalar]:
        """What MSIS wants at UTC instants (...): F10.7 of the day before, its 81-day mean, and the day's mean Ap.

        Outside the table the nearest day is held.
        """
        day = np.floor(np.asarray(mjd_utc, dtype=float)).astype(np.int64)
        return self.flux[self._row(day - 1)], self.flux_mean[self._row(day)], self.ap.mean(axis=1)[self._row(day)]

    def is_predicted(self, mjd_utc: Scalar) -> bool:
        """Whether any of these instants lies past the last measured day, or before the first."""
        days = np.asarray(mjd_utc, dtype=float)
        return bool(np.any(days >= self.mjd_measured_until + 1) or np.any(days < self.mjd_utc[0]))

    def _row(self, day: Ints) -> Ints:
        return np.clip(np.searchsorted(self.mjd_utc, day, side="right") - 1, 0, len(self.mjd_utc) - 1)
