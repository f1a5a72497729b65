"""Strobes of one radar strung together in time: the same noise, heard look after look from about the same direction.

A train keeps what it heard lately, thinned into a few averages. A radar's constant angle error is the same in all of
them, so the variance of each average carries its share of it: no number of strobes makes a direction better than the
radar's own alignment.
"""

from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.core.shapes import Bools, Ints, Rows, Scalar
from vedette.frames import true_from_refracted
from vedette.sensing import Radar

KEPT_S = 180.0  # how far back a train's strobes are used
AVERAGES = 6
GATE = 16.0  # squared distance, two angles: 4 sigma
DRIFT_RADPS = 0.002  # an aircraft at 250 m/s, 125 km away
SUPPOSED_RANGE_M = 300e3  # for the bend of a ray whose source is not placed yet
BEND_DOUBT = 0.25  # share of the bend that is unknown with the range and the day's air


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """k averaged directions as estimators take them; elevation is geometric, NaN where not measured."""

    t_tai_ns: Ints  # (k,)
    azimuth_rad: Scalar
    elevation_rad: Scalar
    azimuth_sigma_rad: Scalar  # so that k of them together are no better than the radar's constant error
    elevation_sigma_rad: Scalar

    def __len__(self) -> int:
        return len(self.t_tai_ns)


@dataclass(slots=True)
class Train:
    """One noise as one radar hears it. Rows: time, azimuth, elevation, rise in decibels, sigmas of the two angles."""

    sensor_id: str
    number: int
    rows: list[tuple[int, float, float, float, float, float]] = field(default_factory=list)
    count: int = 0  # strobes ever

    @property
    def t_first_tai_ns(self) -> int:
        """When the oldest strobe that is kept was heard."""
        return self.rows[0][0]

    @property
    def t_last_tai_ns(self) -> int:
        """When it was last heard."""
        return self.rows[-1][0]

    @property
    def azimuth_rad(self) -> float:
        """The newest direction."""
        return self.rows[-1][1]

    @property
    def elevation_rad(self) -> float:
        """The newest direction; NaN when not measured."""
        return self.rows[-1][2]

    @property
    def noise_rise_db(self) -> float:
        """Median of the last few."""
        return float(np.median([row[3] for row in self.rows[-5:]]))

    def distance(self, t_tai_ns: int, values: Rows, sigmas: Rows) -> Scalar:
        """(s,) squared distance of strobes from where this train stands, in sigmas; the source may move."""
        last = self.rows[-1]
        drift = DRIFT_RADPS * abs(t_tai_ns - last[0]) / NS_PER_S
        turn = (values[:, 0] - last[1] + np.pi) % (2.0 * np.pi) - np.pi
        far = turn**2 / (sigmas[:, 0] ** 2 + last[4] ** 2 + drift**2)
        rise = values[:, 1] - last[2]
        high = rise**2 / (sigmas[:, 1] ** 2 + last[5] ** 2 + drift**2)
        return far + np.where(np.isfinite(high), high, 0.0)

    def add(self, t_tai_ns: int, value: Scalar, sigma: Scalar) -> None:
        """The next strobe; what is too old is let go."""
        row = (t_tai_ns, float(value[0]), float(value[1]), float(value[2]), float(sigma[0]), float(sigma[1]))
        self.rows.append(row)
        self.rows.sort(key=lambda one: one[0])
        self.count += 1
        edge = self.rows[-1][0] - round(KEPT_S * NS_PER_S)
        self.rows = [one for one in self.rows if one[0] >= edge]

    def directions(self, radar: Radar, averages: int = AVERAGES) -> Directions:
        """What was heard lately, as a few averages in order of time."""
        table = np.array([row[1:] for row in self.rows])
        t = np.array([row[0] for row in self.rows], dtype=np.int64)
        groups = np.array_split(np.arange(len(t)), min(averages, len(t)))
        k = len(groups)
        bias_az, bias_el = radar.bias_sigmas[:2]
        first = table[0, 0]
        turned = (table[:, 0] - first + np.pi) % (2.0 * np.pi) - np.pi
        azimuth = np.array([first + np.mean(turned[g]) for g in groups]) % (2.0 * np.pi)
        sigma_az = np.array([np.sqrt(np.mean(table[g, 3] ** 2) / len(g)) for g in groups])
        elevation = np.array([np.mean(table[g, 1]) for g in groups])
        sigma_el = np.array([np.sqrt(np.mean(table[g, 4] ** 2) / len(g)) for g in groups])
        known = np.isfinite(elevation)
        height_m = radar.site.height_m
        true, _ = true_from_refracted(np.where(known, elevation, 0.1), SUPPOSED_RANGE_M, height_m)
        bend = np.abs(elevation - true)
        return Directions(
            np.array([int(np.mean(t[g] - t[0])) + int(t[0]) for g in groups], dtype=np.int64),
            azimuth,
            np.where(known, true, np.nan),
            np.sqrt(sigma_az**2 + k * bias_az**2),
            np.sqrt(sigma_el**2 + k * (bias_el**2 + (BEND_DOUBT * bend) ** 2)),
        )


def string_together(
    trains: list[Train], t_tai_ns: int, values: Rows, sigmas: Rows
) -> tuple[list[tuple[Train, int]], Bools]:
    """Which strobe of a scan goes on which train, best first, none twice; and which strobes are left over."""
    left = np.ones(len(values), dtype=bool)
    if not trains or not len(values):
        return [], left
    far = np.array([train.distance(t_tai_ns, values, sigmas) for train in trains])
    pairs: list[tuple[Train, int]] = []
    for flat in np.argsort(far, axis=None, kind="stable"):
        i, j = divmod(int(flat), far.shape[1])
        if far[i, j] > GATE:
            break
        if left[j] and all(train is not trains[i] for train, _ in pairs):
            pairs.append((trains[i], j))
            left[j] = False
    return pairs, left

