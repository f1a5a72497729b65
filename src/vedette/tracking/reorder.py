"""Late looks: absorbed by when they were measured, not by when they came.

The tracker keeps its rows as they were before each look of the last few seconds. A look that comes late but within the
window is fitted in: back to the rows before its time, then every look since again, in order of measurement. Within the
window the order of arrival therefore cannot matter. Later than that, it is refused.
"""

from dataclasses import dataclass, field

import numpy as np

from vedette.core.constants import NS_PER_S
from vedette.reports import Scan
from vedette.tracking.look_log import LookChunk
from vedette.tracking.rows import TrackRows


@dataclass(slots=True)
class Absorbed:
    """A look, its place in time, and the rows before and after it."""

    order: tuple[int, str, bytes]  # time of the look, sensor, digest: a total order that arrival cannot change
    scan: Scan
    before: TrackRows
    after: TrackRows
    chunk: LookChunk


@dataclass(slots=True)
class Window:
    """The looks that may still be overtaken, in order of measurement, and the newest time seen."""

    lateness_s: float
    newest_tai_ns: int | None = None
    held: list[Absorbed] = field(default_factory=list)
    settled: set[bytes] = field(default_factory=set)  # digests of looks a little older than the window

    def is_too_late(self, t_tai_ns: int) -> bool:
        """Older than the window allows."""
        return self.newest_tai_ns is not None and t_tai_ns < self.newest_tai_ns - self.lateness_s * NS_PER_S

    def is_known(self, digest: bytes) -> bool:
        """The same look came before."""
        return digest in self.settled or any(item.order[2] == digest for item in self.held)

    def place(self, order: tuple[int, str, bytes]) -> int:
        """How many held looks come before one with this order."""
        return sum(item.order < order for item in self.held)

    def settle(self) -> list[Absorbed]:
        """Let go of looks that nothing can overtake any more, keeping one so that there is a past to go back to."""
        assert self.newest_tai_ns is not None
        edge = self.newest_tai_ns - self.lateness_s * NS_PER_S
        count = sum(item.order[0] < edge for item in self.held)
        gone, self.held = self.held[:count], self.held[count:]
        if gone:
            self.settled = {item.order[2] for item in gone[-256:]} | set(list(self.settled)[-256:])
        return gone


def time_of_look_tai_ns(scan: Scan, latency_s: float) -> int:
    """When the look happened: its latest detection, or, of an empty look, when it was heard less the usual delay."""
    if len(scan):
        return int(np.max(scan.t_measured_tai_ns))
    return scan.t_received_tai_ns - round(latency_s * NS_PER_S)
