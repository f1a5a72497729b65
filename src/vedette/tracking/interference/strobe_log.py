"""What each radar's strobes said lately, so that a look is judged by the noise of its own moment.

A pure function of the strobe reports that came, whenever they came: a look is given the newest strobes that were heard
no later than it, so that fitting a late look in gives what an early one would have.
"""

from bisect import insort
from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.reports import Scan
from vedette.sensing import Radar, receiver_of
from vedette.tracking.interference.noise_field import QUIET, NoiseField, field_of

VALID_REVISITS, VALID_S = 2.5, 6.0  # how long strobes are believed when no newer ones come
_SAME_LOOK_NS = 50_000_000


@dataclass(slots=True)
class StrobeLog:
    """Strobes by radar, in order of time."""

    heard: dict[str, list[tuple[int, tuple[tuple[float, float, float], ...]]]] = field(default_factory=dict)

    def add(self, scan: Scan, t_tai_ns: int) -> bool:
        """Take a report of strobes in; False when the same came before."""
        loud = np.isfinite(scan.values[:, 0]) & np.isfinite(scan.values[:, 2])
        strobes = tuple((float(a), float(e), float(r)) for a, e, r in scan.values[loud])
        entry = (t_tai_ns, strobes)
        log = self.heard.setdefault(scan.sensor_id, [])
        if any(old[0] == t_tai_ns and repr(old[1]) == repr(strobes) for old in log[-64:]):
            return False
        insort(log, entry, key=lambda one: one[0])
        return True

    def field_at(self, radar: Radar, t_tai_ns: int, floor_db: float) -> NoiseField:
        """The noise of one look of a radar."""
        strobes: tuple[tuple[float, float, float], ...] = ()
        log = self.heard.get(radar.name)
        if log:
            edge = t_tai_ns - round(max(VALID_S, VALID_REVISITS * radar.revisit_s) * NS_PER_S)
            for t, found in reversed(log):
                if t <= t_tai_ns + _SAME_LOOK_NS:
                    strobes = found if t >= edge else ()
                    break
        if floor_db <= 0.0 and not strobes:
            return QUIET
        return field_of(floor_db, strobes, receiver_of(radar).beam_rad)

    def forget_before(self, t_tai_ns: int) -> None:
        """Let go of what no look can need any more."""
        for name, log in self.heard.items():
            keep = next((i for i, (t, _) in enumerate(log) if t >= t_tai_ns), len(log))
            self.heard[name] = log[max(keep - 1, 0) :]
