"""Times and sequence numbers that go backwards: kept, marked, and said once per sensor and cause.

Lateness is the tracker's business; a door only says what it saw.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from vedette.core.constants import NS_PER_S
from vedette.formats.feed import FeedRecord, keep_with_doubt
from vedette.reports import Scan

AHEAD_NS = NS_PER_S  # a report measured more than this after it was received has a wrong clock


@dataclass(slots=True)
class _Sensor:
    t_measured_tai_ns: int | None = None  # newest so far
    t_received_tai_ns: int | None = None
    sequence: int | None = None
    told: set[str] = field(default_factory=set)


@dataclass(slots=True)
class OrderKeeper:
    """Remembers the newest times and sequence numbers of every sensor of one feed."""

    t_newest_tai_ns: int = 0  # newest reception of the feed; 0 before its first scan
    sensors: dict[str, _Sensor] = field(default_factory=dict)

    def check(self, scan: Scan, sequence: int | None, is_received_stated: bool, where: str) -> Iterator[FeedRecord]:
        """The scan, marked if its times or sequence number are doubtful, after at most one sentence per new doubt."""
        sensor = self.sensors.setdefault(scan.sensor_id, _Sensor())
        t_measured_tai_ns = int(scan.t_measured_tai_ns.max()) if len(scan) else None
        doubts = [*_clock_doubts(scan, sensor, t_measured_tai_ns, is_received_stated), *_count_doubts(sensor, sequence)]
        marks = scan.marks
        for mark, what, cure in doubts:
            if mark not in marks:
                marks = (*marks, mark)
            if mark not in sensor.told:
                sensor.told.add(mark)
                what = f"{scan.sensor_id}: {what}"
                yield keep_with_doubt(what, where, f"kept and marked; {cure}", t_received_tai_ns=self.t_newest_tai_ns)
        if t_measured_tai_ns is not None:
            newest = sensor.t_measured_tai_ns
            sensor.t_measured_tai_ns = t_measured_tai_ns if newest is None else max(newest, t_measured_tai_ns)
        sensor.t_received_tai_ns = scan.t_received_tai_ns
        sensor.sequence = sequence if sequence is not None else sensor.sequence
        self.t_newest_tai_ns = max(self.t_newest_tai_ns, scan.t_received_tai_ns)
        yield scan if marks == scan.marks else replace(scan, marks=marks)


def _clock_doubts(
    scan: Scan, sensor: _Sensor, t_measured_tai_ns: int | None, is_received_stated: bool
) -> Iterator[tuple[str, str, str]]:
    if is_received_stated and sensor.t_received_tai_ns is not None:
        back_ns = sensor.t_received_tai_ns - scan.t_received_tai_ns
        if back_ns > 0:
            what = f"the receiving clock goes back {back_ns / NS_PER_S:.3f} s"
            yield "clock-step", what, "check the receiver's clock, or sort the file if it was shuffled"
    if t_measured_tai_ns is None:
        return
    if t_measured_tai_ns > scan.t_received_tai_ns + AHEAD_NS:
        ahead_s = (t_measured_tai_ns - scan.t_received_tai_ns) / NS_PER_S
        yield "clock-ahead", f"measured {ahead_s:.3f} s after it was received", "check the sensor's clock"
    if sensor.t_measured_tai_ns is not None and t_measured_tai_ns < sensor.t_measured_tai_ns:
        back_s = (sensor.t_measured_tai_ns - t_measured_tai_ns) / NS_PER_S
        mark = "late" if is_received_stated else "unsorted"
        cure = "sort the file by time, or check the sensor's clock if it stepped"
        yield mark, f"the measured time goes back {back_s:.3f} s", cure


def _count_doubts(sensor: _Sensor, sequence: int | None) -> Iterator[tuple[str, str, str]]:
    if sequence is None or sensor.sequence is None:
        return
    if sequence <= sensor.sequence:
        what = f"sequence number {sequence} after {sensor.sequence}"
        yield "out-of-sequence", what, "a repeated or reordered scan; check how the feed was joined"
    elif sequence > sensor.sequence + 1:
        what = f"sequence numbers {sensor.sequence + 1} to {sequence - 1} are missing"
        yield "gap", what, "scans were lost on the way; ask the source for them"
