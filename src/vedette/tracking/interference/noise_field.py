"""What noise does to one look of one radar, direction by direction: how much sight is left, and how much is false.

Where a strobe stands the noise is highest and false returns crowd; elsewhere only the floor has risen. A tracker that
knows this takes silence there for weak evidence, and lets no return along a strobe's bearing start a track cheaply.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vedette.core.shapes import Rows, Scalar
from vedette.sensing import Radar, lowered_probability

FALSE_IN_STROBE = 3.0  # false returns that a look may hold along one strobe's bearing, for all its range
_FALL = np.log(2.0) * 4.0  # a Gaussian beam by its half-power width


@dataclass(frozen=True, slots=True, eq=False)
class NoiseField:
    """Noise in one look; ratios are powers over the radar's usual noise."""

    floor: float = 1.0
    azimuth_rad: Scalar = field(default_factory=lambda: np.empty(0))
    elevation_rad: Scalar = field(default_factory=lambda: np.empty(0))  # NaN where not measured
    rise: Scalar = field(default_factory=lambda: np.empty(0))
    beam_rad: tuple[float, float] = (0.03, 0.03)

    @property
    def is_quiet(self) -> bool:
        """Nothing to take into account."""
        return self.floor <= 1.0 and len(self.azimuth_rad) == 0

    def rise_at(self, values: Rows) -> Scalar:
        """(...) noise over the usual in the directions of radar values (..., >=2), at least one."""
        out = np.full(np.shape(values)[:-1], max(self.floor, 1.0))
        for i in range(len(self.azimuth_rad)):
            out = out + (self.rise[i] - 1.0) * self._beam(values, i)
        return out

    def in_strobe(self, values: Rows, widths: float = 1.0) -> Scalar:
        """(...) how many strobes' beams hold the directions of radar values (..., >=2)."""
        out = np.zeros(np.shape(values)[:-1])
        for i in range(len(self.azimuth_rad)):
            out = out + (self._beam(values, i) > np.exp(-_FALL * (0.5 * widths + 0.5) ** 2))
        return out

    def lowered(self, probability: Scalar, values: Rows, radar: Radar) -> Scalar:
        """(...) detection probabilities after the noise has risen."""
        if self.is_quiet:
            return probability
        rise = self.rise_at(values)
        lower = lowered_probability(probability, rise, radar.false_alarm_probability)
        return np.where(rise > 1.0, np.minimum(probability, lower), probability)

    def false_returns_density(self, values: Rows, span_m: float, rate_span_mps: float) -> Scalar:
        """(...) further false returns per radian of azimuth and elevation, metre, and metre per second if measured."""
        wide, high = self.beam_rad
        return self.in_strobe(values) * FALSE_IN_STROBE / (4.0 * wide * high * span_m * rate_span_mps)

    def _beam(self, values: Rows, i: int) -> Scalar:
        wide, high = self.beam_rad
        turn = (values[..., 0] - self.azimuth_rad[i] + np.pi) % (2.0 * np.pi) - np.pi
        off = (turn * np.cos(values[..., 1]) / wide) ** 2
        if np.isfinite(self.elevation_rad[i]):
            off = off + ((values[..., 1] - self.elevation_rad[i]) / high) ** 2
        return np.exp(-_FALL * np.minimum(off, 60.0))


QUIET = NoiseField()


def field_of(
    floor_db: float, strobes: Sequence[tuple[float, float, float]], beam_rad: tuple[float, float]
) -> NoiseField:
    """A field from the floor in decibels and strobes (azimuth, elevation, rise in decibels)."""
    if floor_db <= 0.0 and not strobes:
        return QUIET
    table = np.array(strobes, dtype=float).reshape(-1, 3)
    return NoiseField(
        float(10.0 ** (floor_db / 10.0)), table[:, 0], table[:, 1], 10.0 ** (table[:, 2] / 10.0), beam_rad
    )
