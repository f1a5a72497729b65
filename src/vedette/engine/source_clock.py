"""What is known of each source's clock: how late its reports come, how evenly, whether it stepped, what it says.

Made from measured and received times alone, both of which the journal holds, so that a replay finds the same. A delay
is transport and processing and clock error together; only its changes, and reports from the future, tell of the clock.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from vedette.core.constants import NS_PER_S
from vedette.formats.source_health import SourceHealth
from vedette.reports import Scan

REMEMBERED = 64  # delays by which the present is judged
STEADY = 5  # as many with one delay, and then as many with another: a step, not a late report
LEAST_STEP_S = 0.5
STEP_JITTERS = 8.0  # a step stands out of the jitter by this much
LEAST_DRIFT_S = 0.1
DRIFT_JITTERS = 2.5  # a delay that has wandered by so many jitters: eight times what a median of 64 is good to
AHEAD_S = 0.05  # a report measured later than this after it was received has a wrong clock, or its receiver has


_OVER = {
    "not released for use": "released for use again",
    "not synchronised": "synchronised again",
    "overloaded": "no longer overloaded",
}


@dataclass(slots=True)
class SourceClock:
    """One sensor's clock, as its reports tell it."""

    sensor_id: str
    scan_count: int = 0
    t_heard_tai_ns: int = 0
    step_count: int = 0
    step_s: float = 0.0  # the last one; positive: its clock went forward
    t_stepped_tai_ns: int | None = None
    health: SourceHealth | None = None
    drift_s: float = 0.0  # by which the delay has wandered since it was first known; positive: its clock fell behind
    _base_s: float | None = None  # the delay that wandering is counted from
    _base_jitter_s: float = 0.0
    _t_base_tai_ns: int = 0
    _said_s: float = 0.0  # the wandering that was last told
    _delays_s: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def hear(self, scan: Scan) -> float | None:
        """Take a scan; the step in seconds when it shows that the clock has stepped."""
        self.scan_count += 1
        self.t_heard_tai_ns = scan.t_received_tai_ns
        if not len(scan):
            return None
        delay_s = (scan.t_received_tai_ns - int(scan.t_measured_tai_ns.max())) / NS_PER_S
        self._delays_s.append(delay_s)
        step_s = self._step(scan.t_received_tai_ns)
        if step_s is not None:
            self._base_s, self.drift_s, self._said_s = None, 0.0, 0.0
        elif self.scan_count % REMEMBERED == 0 and len(self._delays_s) == REMEMBERED:
            self._wander(scan.t_received_tai_ns)
        return step_s

    def drifted(self) -> str:
        """A sentence when the delay has wandered since it was last told; empty otherwise."""
        if abs(self.drift_s - self._said_s) < max(LEAST_DRIFT_S, DRIFT_JITTERS * self._base_jitter_s):
            return ""
        self._said_s = self.drift_s
        hours = (self.t_heard_tai_ns - self._t_base_tai_ns) / NS_PER_S / 3600.0
        which = "later" if self.drift_s > 0 else "earlier"
        return (
            f"{self.sensor_id}: its reports come {abs(self.drift_s):.3f} s {which} after they are measured than "
            f"{hours:.1f} h ago: its clock drifts, or its line has changed"
        )

    @property
    def delay_s(self) -> float | None:
        """Median of received less measured; None before the first detection."""
        return median(self._delays_s) if self._delays_s else None

    @property
    def jitter_s(self) -> float | None:
        """One sigma of the delay, from its median absolute deviation; None before there are two."""
        return _spread_s(list(self._delays_s)) if len(self._delays_s) > 1 else None

    @property
    def words(self) -> tuple[str, ...]:
        """What is wrong with it, worst first; empty when nothing is known to be."""
        found = list(troubles_of(self.health))
        delay_s = self.delay_s
        if delay_s is not None and delay_s < -AHEAD_S:
            found.append("ahead of us")
        if abs(self._said_s) > 0.0:
            found.append(f"clock drifts {-self.drift_s:+.3f} s")
        if self.step_count:
            found.append(f"clock stepped {self.step_s:+.3f} s")
        return tuple(found)

    def learn(self, health: SourceHealth) -> tuple[str, ...]:
        """Take a source's own words; what has become worse or better by them."""
        before, after = troubles_of(self.health), troubles_of(health)
        self.health = health
        worse = tuple(f"by its own account it is {what}" for what in after if what not in before)
        return worse + tuple(f"by its own account it is {_OVER[what]}" for what in before if what not in after)

    def _wander(self, t_tai_ns: int) -> None:
        """Hold the delay of the last 64 reports against that of the first."""
        known = list(self._delays_s)
        now_s = median(known)
        if self._base_s is None:
            self._base_s, self._base_jitter_s, self._t_base_tai_ns = now_s, _spread_s(known), t_tai_ns
        self._base_jitter_s = max(self._base_jitter_s, _spread_s(known))
        self.drift_s = now_s - self._base_s

    def _step(self, t_tai_ns: int) -> float | None:
        if len(self._delays_s) < 2 * STEADY:
            return None
        known = list(self._delays_s)
        before, after = known[:-STEADY], known[-STEADY:]
        jitter_s = max(_spread_s(before[-4 * STEADY :]), _spread_s(after))
        step_s = median(before[-4 * STEADY :]) - median(after)
        if max(after) - min(after) > LEAST_STEP_S or abs(step_s) < max(LEAST_STEP_S, STEP_JITTERS * jitter_s):
            return None
        self.step_count += 1
        self.step_s, self.t_stepped_tai_ns = step_s, t_tai_ns
        self._delays_s = deque(after, maxlen=REMEMBERED)
        return step_s


def troubles_of(health: SourceHealth | None) -> tuple[str, ...]:
    """What a source says is wrong with it, worst first."""
    if health is None:
        return ()
    found = {
        "not released for use": health.is_released is False,
        "not synchronised": health.is_clock_valid is False,
        "overloaded": health.is_overloaded is True,
    }
    return tuple(what for what, is_so in found.items() if is_so)


def _spread_s(values_s: list[float]) -> float:
    middle_s = median(values_s)
    return 1.4826 * median(abs(value_s - middle_s) for value_s in values_s)
