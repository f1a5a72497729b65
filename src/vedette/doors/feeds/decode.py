"""Whatever one source hands in, to feed records: ASTERIX by its block length, scan lines by their brace.

What is neither becomes a sentence. The time of reception is the door's own.
"""

from collections.abc import Iterator, Mapping

from vedette.doors.feeds.inbox import Arrival, Happened
from vedette.formats import AsterixReader, FeedRecord, FeedSensor, LiveScanLines, is_asterix, keep_with_doubt, set_aside
from vedette.formats.lines import MAX_LINE_BYTES, Line
from vedette.reports import Mode

_KNOWN = "a live feed brings scan lines (JSON) or ASTERIX categories 034 and 048"


class Decoder:
    """The state of one source: order of its sensors, sectors of its radars, lines counted."""

    def __init__(self, source: str, mode: Mode, sensors: Mapping[str, FeedSensor] | None) -> None:
        self.source = source
        self._asterix = AsterixReader(source, mode, sensors or {})
        known = None if sensors is None else frozenset(sensors)
        self._lines = LiveScanLines(source, mode, known)
        self._line_count = 0

    def read(self, arrival: Arrival) -> Iterator[FeedRecord]:
        """The records of one arrival."""
        t = arrival.t_received_tai_ns
        if arrival.happened is Happened.RECORD:
            if arrival.record is not None:
                yield arrival.record
        elif arrival.happened is Happened.SAID:
            yield self._said(arrival)
        elif arrival.happened is Happened.LINE:
            assert arrival.line is not None
            yield from self._lines.read(arrival.line, t)
        elif arrival.happened is Happened.DATAGRAM:
            yield from self._datagram(arrival.data, t)

    def overdue(self, t_now_tai_ns: int) -> Iterator[FeedRecord]:
        """What has waited for its sector long enough."""
        return self._asterix.overdue(t_now_tai_ns)

    def rest(self, t_now_tai_ns: int) -> Iterator[FeedRecord]:
        """What still waits when the source is over."""
        return self._asterix.rest(t_now_tai_ns)

    def _datagram(self, data: bytes, t_received_tai_ns: int) -> Iterator[FeedRecord]:
        start = data.lstrip()[:1]
        if start == b"{":
            for part in data.split(b"\n"):
                self._line_count += 1
                if part.strip():
                    is_long = len(part) > MAX_LINE_BYTES
                    line = Line(self._line_count, part[:200] if is_long else part, len(part), is_long)
                    yield from self._lines.read(line, t_received_tai_ns)
        elif is_asterix(data):
            yield from self._asterix.read(data, t_received_tai_ns)
        elif not data:
            yield set_aside("an empty datagram", self.source, _KNOWN, t_received_tai_ns=t_received_tai_ns)
        else:
            what = f"{len(data)} bytes that this program cannot read"
            yield set_aside(what, self.source, _KNOWN, data, t_received_tai_ns=t_received_tai_ns)

    def _said(self, arrival: Arrival) -> FeedRecord:
        tell = set_aside if arrival.is_bad else keep_with_doubt
        return tell(arrival.said, arrival.source, arrival.cure, t_received_tai_ns=arrival.t_received_tai_ns)
