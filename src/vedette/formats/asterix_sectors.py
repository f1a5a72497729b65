"""Plots of a turning antenna, gathered until their sector is complete.

Silence is evidence only where a radar has finished looking. A sector is finished when the antenna has left it (sector
crossing, category 034) and the plots of that time have come: some radars send them at once, trackers seconds later, and
how much later is learnt from the plots themselves. A plot that comes after its sector was closed goes out on its own.
"""

from collections import deque
from dataclasses import dataclass, field
from math import tau

from vedette.formats.asterix_fields import Plot

PATIENCE_S = 0.25  # how long plots are gathered when no sector can be told
LONGEST_S = 8.0  # no plot is held longer, whatever the antenna does
_LAG_DECAY = 0.98  # of the learnt delay, a sector
_SLACK_S = 0.02


@dataclass(frozen=True, slots=True)
class Gathered:
    """Plots that go out together, and the azimuths they cover."""

    plots: tuple[Plot, ...]
    azimuth_min_rad: float
    azimuth_max_rad: float  # below the minimum when north lies between
    t_crossing_s: float | None = None  # time of day at which the antenna left the sector; None: no sector was told


@dataclass(slots=True)
class _Sector:
    start_rad: float
    end_rad: float
    t_start_s: float
    t_end_s: float


@dataclass(slots=True)
class SectorGatherer:
    """The plots of one radar that wait for their sector."""

    waiting: list[tuple[float, Plot]] = field(default_factory=list)  # with the door's clock
    open: deque[_Sector] = field(default_factory=lambda: deque(maxlen=64))
    lag_s: float = 0.0  # how much later than the antenna's passing plots come
    edge: tuple[float, float] | None = None  # the last crossing: azimuth, time of day
    edge_clock_s: float = float("-inf")  # and the door's clock at it

    def add(self, plot: Plot, clock_s: float) -> None:
        """Take a plot."""
        self.waiting.append((clock_s, plot))
        if self.edge is not None:
            behind_s = _since_s(self.edge[1], plot.time_of_day_s)
            if 0.0 < behind_s < LONGEST_S:
                self.lag_s = max(self.lag_s, behind_s)

    def cross(self, azimuth_rad: float, time_of_day_s: float, clock_s: float) -> list[Gathered]:
        """The antenna crosses an azimuth; the sectors that this completes."""
        before, self.edge, self.edge_clock_s = self.edge, (azimuth_rad, time_of_day_s), clock_s
        if before is not None:
            width_rad = (azimuth_rad - before[0]) % tau
            past_s = _since_s(time_of_day_s, before[1])
            if width_rad < 1e-9 and 0.0 <= past_s < 1.0:
                return []  # told twice: as a sector and as north
            if 0.0 < width_rad <= tau / 2 and 0.0 < past_s < 60.0:
                self.open.append(_Sector(before[0], azimuth_rad, before[1], time_of_day_s))
            else:
                self.open.clear()  # crossings were lost, or the clock jumped
        done = []
        while self.open and _since_s(time_of_day_s, self.open[0].t_end_s) + _SLACK_S >= self.lag_s:
            done.append(self._close(self.open.popleft()))
        if done:
            self.lag_s *= _LAG_DECAY
        return done + self._strays(time_of_day_s)

    def overdue(self, clock_s: float) -> list[Gathered]:
        """What has waited long enough by the door's clock."""
        if not self.waiting:
            return []
        patience_s = LONGEST_S if clock_s - self.edge_clock_s < LONGEST_S else PATIENCE_S
        return self._alone([plot for t_s, plot in self.waiting if clock_s - t_s >= patience_s])

    def rest(self) -> list[Gathered]:
        """Everything that still waits."""
        return self._alone([plot for _, plot in self.waiting])

    def _close(self, sector: _Sector) -> Gathered:
        width_rad = (sector.end_rad - sector.start_rad) % tau
        mine = [
            plot
            for _, plot in self.waiting
            if (plot.azimuth_rad - sector.start_rad) % tau < width_rad
            and _since_s(plot.time_of_day_s, sector.t_start_s) > -1.0
            and _since_s(sector.t_end_s, plot.time_of_day_s) > -1.0
        ]
        self._forget(mine)
        return Gathered(tuple(mine), sector.start_rad, sector.end_rad, sector.t_end_s)

    def _strays(self, time_of_day_s: float) -> list[Gathered]:
        """Plots older than every sector that is still open: theirs has been closed without them."""
        oldest_s = self.open[0].t_start_s if self.open else time_of_day_s
        return self._alone([plot for _, plot in self.waiting if _since_s(oldest_s, plot.time_of_day_s) > _SLACK_S])

    def _alone(self, plots: list[Plot]) -> list[Gathered]:
        if not plots:
            return []
        self._forget(plots)
        margin_rad = tau / 720
        first = plots[0].azimuth_rad
        offsets = [(plot.azimuth_rad - first + tau / 2) % tau - tau / 2 for plot in plots]
        low, high = first + min(offsets) - margin_rad, first + max(offsets) + margin_rad
        if high - low >= tau / 2:  # all round
            return [Gathered(tuple(plots), 0.0, tau)]
        return [Gathered(tuple(plots), low % tau, high % tau)]

    def _forget(self, plots: list[Plot]) -> None:
        gone = {id(plot) for plot in plots}
        self.waiting = [item for item in self.waiting if id(item[1]) not in gone]


def _since_s(later_s: float, earlier_s: float) -> float:
    """Seconds from one time of day to another, folded to half a day either way."""
    return (later_s - earlier_s + 43_200.0) % 86_400.0 - 43_200.0
