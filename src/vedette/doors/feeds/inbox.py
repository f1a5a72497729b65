"""Where everything that live feeds hand in waits to be read: bounded for each source, and fair between them.

A source that floods fills its own place only and delays nobody else's reports: sources take turns. What finds its place
full either waits (a stream, whose sender then has to wait too) or is dropped and counted (a datagram).
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from vedette.formats.feed import FeedRecord
from vedette.formats.lines import Line

PLACE_BYTES = 16 * 1024 * 1024  # what may wait of one source
PLACE_COUNT = 20_000


class Happened(Enum):
    """What came from a source."""

    DATAGRAM = "datagram"
    LINE = "line"
    RECORD = "record"  # of a file, already read
    SAID = "said"  # a sentence about the connection: up, down, flooded
    ENDED = "ended"  # nothing more will come from this source


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that came, and when."""

    source: str
    happened: Happened
    t_received_tai_ns: int
    data: bytes = b""
    line: Line | None = None
    record: FeedRecord | None = None
    said: str = ""
    cure: str = ""
    is_bad: bool = False  # of something said: reports were lost

    @property
    def size(self) -> int:
        """About how much room it takes."""
        return 200 + len(self.data) + (len(self.line.data) if self.line is not None else 0)


@dataclass(slots=True)
class _Place:
    waiting: deque[Arrival] = field(default_factory=deque)
    byte_count: int = 0
    dropped_count: int = 0
    t_dropped_tai_ns: int = 0
    t_told_s: float = float("-inf")  # steady clock


class Inbox:
    """Arrivals of every source; threads put, one reader takes."""

    def __init__(self, place_bytes: int = PLACE_BYTES, place_count: int = PLACE_COUNT) -> None:
        self.place_bytes, self.place_count = place_bytes, place_count
        self._changed = threading.Condition()
        self._places: dict[str, _Place] = {}
        self._turn: deque[str] = deque()  # sources that have something, in the order of their turns
        self._is_closed = False

    def put(self, arrival: Arrival, waits: bool) -> bool:
        """Hand in an arrival; False when it was dropped, or when the inbox was closed while it waited."""
        with self._changed:
            place = self._places.setdefault(arrival.source, _Place())
            while self._is_full(place) and not self._is_closed:
                if not waits:
                    place.dropped_count += 1
                    place.t_dropped_tai_ns = arrival.t_received_tai_ns
                    return False
                self._changed.wait(0.5)
            if self._is_closed:
                return False
            if not place.waiting and arrival.source not in self._turn:
                self._turn.append(arrival.source)
            place.waiting.append(arrival)
            place.byte_count += arrival.size
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float) -> Arrival | None:
        """The next arrival, or None when nothing came in time."""
        t_end = time.monotonic() + timeout_s
        with self._changed:
            while not self._turn:
                left_s = t_end - time.monotonic()
                if left_s <= 0 or self._is_closed:
                    return None
                self._changed.wait(left_s)
            source = self._turn.popleft()
            place = self._places[source]
            if place.dropped_count and time.monotonic() - place.t_told_s > 1.0:
                self._turn.appendleft(source)
                place.t_told_s = time.monotonic()
                return self._flood(source, place)
            arrival = place.waiting.popleft()
            place.byte_count -= arrival.size
            if place.waiting:
                self._turn.append(source)
            elif arrival.happened is Happened.ENDED:
                del self._places[source]
            self._changed.notify_all()
            return arrival

    def close(self) -> None:
        """Take nothing more; what waits may still be taken."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _is_full(self, place: _Place) -> bool:
        return place.byte_count > self.place_bytes or len(place.waiting) >= self.place_count

    @staticmethod
    def _flood(source: str, place: _Place) -> Arrival:
        count, place.dropped_count = place.dropped_count, 0
        return Arrival(
            source,
            Happened.SAID,
            place.t_dropped_tai_ns,
            said=f"a flood: {count:,} reports came faster than they could be read, and are lost",
            cure="slow the sender, or share it out",
            is_bad=True,
        )
