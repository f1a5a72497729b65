"""What every sensor can be asked, whatever its kind: so that tracking, cueing and coverage treat all alike.

A sensor reports *values* and differs from what was expected by *residuals*, whose noise is independent. The two are the
same for a radar (azimuth, elevation, range, range rate); a line of sight is a unit vector of three components, and its
residual two small angles.
"""

from typing import Protocol

from vedette.core.shapes import Bools, Ints, Rows, Scalar, Vec3
from vedette.reports import SensorKind

Strength = Scalar | float | None  # what an object offers a kind of sensor; None: something usual


class SensorModel(Protocol):
    """A sensor as a value. c: values a detection has in geometry (4, 3 or 2); k: residuals it has (4, 2 or 2)."""

    @property
    def name(self) -> str:
        """As its scans call it."""
        ...

    @property
    def kind(self) -> SensorKind:
        """What its scans hold."""
        ...

    @property
    def revisit_s(self) -> float:
        """From look to look."""
        ...

    @property
    def latency_s(self) -> float:
        """Mean, from measurement to report."""
        ...

    @property
    def false_alarms_per_look(self) -> float:
        """Mean number over the whole look."""
        ...

    @property
    def clock_bias_sigma_s(self) -> float:
        """One sigma of reported minus true time."""
        ...

    @property
    def position_sigma_m(self) -> float:
        """One sigma of each component of where it believes itself to be; 0 for a surveyed site."""
        ...

    @property
    def residual_sigmas(self) -> Scalar:
        """(k,) one sigma of the noise of each residual; NaN where not measured."""
        ...

    @property
    def residual_bias_sigmas(self) -> Scalar:
        """(k,) one sigma of the constant error of each residual."""
        ...

    def position_itrf_m(self, t_tai_ns: Ints | int) -> Vec3:
        """(3,) or (n, 3) where it stands."""
        ...

    def measure(self, state_itrf: Rows, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None = None) -> Rows:
        """(..., c) noiseless values of states (..., 6), NaN where never measured; `stand_itrf_m` as reported."""
        ...

    def measure_with_jacobian(
        self, state_itrf: Rows, t_tai_ns: Ints | int, stand_itrf_m: Vec3 | None = None
    ) -> tuple[Rows, Rows]:
        """(..., c) noiseless values and (..., k, 6) derivatives of the residuals by the state."""
        ...

    def residual(self, measured: Rows, expected: Rows) -> Rows:
        """(..., k) measured minus expected values; further columns of `measured` (brightness) are not looked at."""
        ...

    def is_visible(self, state_itrf: Rows, t_tai_ns: Ints | int) -> Bools:
        """(...) True where the sensor covers the object: field, Earth, and what light it needs."""
        ...

    def detection_chance(
        self, state_itrf: Rows, t_tai_ns: Ints | int, strength: Strength = None, noise_rise_db: float = 0.0
    ) -> Scalar:
        """(...) chance that a look which covers an object finds it.

        `strength` is what the object offers this kind of sensor (each class says in what unit); None: something usual.
        """
        ...
