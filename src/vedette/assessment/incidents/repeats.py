"""Looks that came before: a tape, a test or a recording that runs in the live system.

Noise never repeats. A look whose readings are, value by value, those of an earlier look of the same sensor at another
time is that look again. How unlikely chance would make it follows from the smallest step between the sensor's readings
(a coarse feed may well repeat) and their stated noise.
"""

import hashlib
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from vedette.reports import Scan, SensorKind

REMEMBERED_LOOKS = 20_000  # a sensor: some days of a slow one, hours of a fast one
_READINGS = 2_000  # of a column, by which its smallest step is known
_LEAST_APART_NS = 1_000_000
_CONTINUES_S = 0.5  # looks of one tape are shifted by the same time, give or take
_TAPE_ODDS = 7.0  # a look that stands on a known tape: three in a row are no chance, however coarse the feed
_MARKED = (SensorKind.STROBE, SensorKind.TELEMETRY)  # frozen telemetry is somebody else's business


@dataclass(frozen=True, slots=True)
class Repeat:
    """A look that came before."""

    sensor_id: str
    t_tai_ns: int
    before_s: float | None  # how long before; None: it stands on a known tape
    tape: str  # name of the tape, or nothing
    log_odds: float  # natural: against chance, with all looks of the same run before it
    is_stuck: bool = False  # it is the very last look again


@dataclass(slots=True)
class _Memory:
    looks: "OrderedDict[bytes, int]" = field(default_factory=OrderedDict)  # fingerprint: measured time
    columns: list[list[float]] = field(default_factory=list)  # sorted readings
    steps: list[float] = field(default_factory=list)  # the smallest between two of them
    run_odds: float = 0.0
    run_shift_s: float | None = None
    last: bytes = b""  # the newest look's fingerprint
    is_repeating: bool = False  # the newest look was a repeated one


@dataclass(slots=True)
class RepeatWatch:
    """Remembers what each sensor's looks were; `tapes` are fingerprints of recordings that must never be live."""

    tapes: dict[bytes, str] = field(default_factory=dict)
    _of: dict[str, _Memory] = field(default_factory=dict)

    def absorb(self, scan: Scan) -> Repeat | None:
        """Take a look; what it repeats, if it does."""
        if not len(scan) or scan.kind in _MARKED:
            return None
        memory = self._of.setdefault(scan.sensor_id, _Memory())
        key, t = fingerprint(scan), int(scan.t_measured_tai_ns.max())
        is_stuck, was_repeating, memory.last, memory.is_repeating = key == memory.last, memory.is_repeating, key, False
        tape, before = self.tapes.get(key, ""), memory.looks.get(key)
        is_met = before is not None or bool(tape)
        # by what was known before this look
        odds = max(_odds(memory.steps, scan), _TAPE_ODDS if tape else 0.0) if is_met else 0.0
        self._remember(memory, scan, key, t)
        if before is not None and abs(t - before) < _LEAST_APART_NS and not tape:
            return None  # the same report twice
        if before is None and not tape:
            return None
        shift_s = None if before is None else (t - before) / 1e9
        is_same_run = memory.run_odds > 0.0 and (
            (is_stuck and was_repeating)
            or shift_s is None or memory.run_shift_s is None or abs(shift_s - memory.run_shift_s) < _CONTINUES_S
        )
        memory.run_odds = odds + (memory.run_odds if is_same_run else 0.0)
        memory.run_shift_s, memory.is_repeating = shift_s, True
        return Repeat(scan.sensor_id, t, shift_s, tape, memory.run_odds, is_stuck)

    def _remember(self, memory: _Memory, scan: Scan, key: bytes, t_tai_ns: int) -> None:
        memory.looks.setdefault(key, t_tai_ns)
        if len(memory.looks) > REMEMBERED_LOOKS:
            memory.looks.popitem(last=False)
        if not memory.columns:
            memory.columns = [[] for _ in range(scan.values.shape[1])]
            memory.steps = [float("inf")] * scan.values.shape[1]
        for column, known in enumerate(memory.columns):
            if len(known) >= _READINGS:
                continue
            for value in scan.values[:32, column]:
                if np.isfinite(value):
                    memory.steps[column] = min(memory.steps[column], _step_to(known, float(value)))
                    insort(known, float(value))


def _odds(steps: list[float], scan: Scan) -> float:
    """-ln of the chance that noise alone makes these readings again."""
    if not steps:
        return 0.0
    told = np.isfinite(scan.values) & (scan.sigmas > 0.0)
    chance = np.asarray(steps)[None, :] / (2.0 * np.sqrt(np.pi) * np.where(told, scan.sigmas, 1.0))
    return float(-np.sum(np.log(np.minimum(np.where(told, chance, 1.0), 1.0))))


def fingerprint(scan: Scan) -> bytes:
    """What a look read, without when: the same for a look and its repetition."""
    rows = np.ascontiguousarray(scan.values, "<f8")
    return hashlib.blake2b(rows.tobytes(), digest_size=12, person=scan.kind.value.encode()[:16]).digest()


def fingerprints(scans: Iterable[Scan]) -> frozenset[bytes]:
    """Of every look that read anything: a tape that must never be live."""
    return frozenset(fingerprint(scan) for scan in scans if len(scan) and scan.kind not in _MARKED)


def _step_to(known: list[float], value: float) -> float:
    """The smallest difference, other than none, to readings in order."""
    i = bisect_left(known, value)
    below = next((value - one for one in reversed(known[max(i - 1, 0) : i]) if value > one), float("inf"))
    after = next((one - value for one in known[i : i + 64] if one > value), float("inf"))
    return min(below, after)
