"""Readings of speed and altitude as a display shows them: in steps, sometimes frozen, thirty times a second.

A quantised reading says most at the moment it changes: then the true value lies at the boundary between two steps, to
within the time between two readings. The size of the step is learnt from the readings themselves, as they come.
"""

from dataclasses import dataclass, field
from math import hypot, sqrt
from typing import NamedTuple

import numpy as np

from vedette.tracking.profile.filter import AltitudeReading

BIN_S = 1.0
STEPS_M = (1000.0, 100.0, 10.0)
PLAIN_SIGMA_M = 30.0  # a display lags, and what was smoothed elsewhere is not exact either
EDGE_SIGMA_M = 25.0  # jitter of a display around the moment of change (webcasts: 20 m rms)
SPEED_SIGMA_MPS = 0.12  # jitter of a one-second mean beyond the display's own step
RECENT_READINGS = 400


class Bin(NamedTuple):
    """One second of readings."""

    t_s: float
    speed_mps: float
    sigma_speed_mps: float
    altitude_m: float
    altitudes: tuple[AltitudeReading, ...]
    step_m: float
    readings: int


@dataclass(slots=True)
class Binner:
    """Collects readings into seconds; `add` gives the second that a reading has closed, if any."""

    t_s: list[float] = field(default_factory=list)  # every reading so far, for the coast fit
    speed_mps: list[float] = field(default_factory=list)
    altitude_m: list[float] = field(default_factory=list)
    first: int = 0  # where the open bin starts

    def add(self, t_s: float, speed_mps: float, altitude_m: float) -> tuple[Bin, ...]:
        """One reading, later than the last; the bins it completes."""
        done = []
        if len(self.t_s) > self.first and t_s >= self.t_s[self.first] + BIN_S - 1e-6:
            done.append(self.close())
        self.t_s.append(t_s)
        self.speed_mps.append(speed_mps)
        self.altitude_m.append(altitude_m)
        if self.first == len(self.t_s) - 1 and len(self.t_s) > 1 and t_s - self.t_s[-2] > 0.7 * BIN_S:
            done.append(self.close())  # a reading a second, or fewer, is a bin by itself: no need to wait
        return tuple(b for b in done if b is not None)

    def close(self) -> Bin | None:
        """The open bin, now complete."""
        start, end = self.first, len(self.t_s)
        if end <= start:
            return None
        self.first = end
        n = end - start
        t, v, h = self.t_s[start:end], self.speed_mps[start:end], self.altitude_m[start:end]
        step_m = self.altitude_step_m()
        t_mean = sum(t) / n
        sigma_v = hypot(SPEED_SIGMA_MPS, 0.0802 / sqrt(n))  # 1 km/h over the square root of twelve
        edges = self._edges(max(start - 1, 0), end, step_m) if step_m else ()
        if edges:
            found = edges
        elif step_m:
            found = (AltitudeReading(t_mean, sum(h) / n, step_m / 6.0, 0.5 * step_m),)
        else:
            found = (AltitudeReading(t_mean, sum(h) / n, PLAIN_SIGMA_M),)
        return Bin(t_mean, sum(v) / n, sigma_v, sum(h) / n, found, step_m, n)

    def altitude_step_m(self) -> float:
        """The display's altitude step now: the largest that explains all recent readings; 0 when none does."""
        recent = np.array(self.altitude_m[-RECENT_READINGS if len(self.t_s) > 1 and self._is_fast() else -12 :])
        last = recent[-12:]
        for step_m in STEPS_M:  # only the newest decide, so that a display that turns to whole kilometres is seen
            if np.all(np.abs(last - step_m * np.round(last / step_m)) < 1.5):
                return step_m
        return 0.0

    def _is_fast(self) -> bool:
        return self.t_s[-1] - self.t_s[max(-20, -len(self.t_s))] < 0.5 * min(20, len(self.t_s))

    def _edges(self, start: int, end: int, step_m: float) -> tuple[AltitudeReading, ...]:
        """One averaged reading from the moments in [start, end) at which the display moved by exactly one step."""
        times, heights, waits = [], [], []
        for i in range(start, end - 1):
            change = self.altitude_m[i + 1] - self.altitude_m[i]
            if change != 0.0 and abs(abs(change) - step_m) < 2.0:
                times.append(0.5 * (self.t_s[i] + self.t_s[i + 1]))
                heights.append(0.5 * (self.altitude_m[i] + self.altitude_m[i + 1]))
                waits.append(self.t_s[i + 1] - self.t_s[i])
        if not times:
            return ()
        n = len(times)
        # between slow readings the crossing may lie anywhere: then it tells no more than the reading itself
        sigma = hypot(EDGE_SIGMA_M, step_m * 0.29 * min(1.0, max(waits) / BIN_S)) / sqrt(n)
        return (AltitudeReading(sum(times) / n, sum(heights) / n, max(sigma, 10.0)),)
