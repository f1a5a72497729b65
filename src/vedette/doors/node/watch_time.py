"""The time that a watch lives in: the wall's for live feeds, the story's where one is played."""

import threading
import time

from vedette.core.constants import NS_PER_S
from vedette.doors.feeds.clock import now_tai_ns


class WatchTime:
    """Told of every event by the watch, asked by the gateway: from different threads."""

    def __init__(
        self, is_played: bool, speed: float | None = 1.0, anchor: tuple[float, int] | None = None
    ) -> None:
        """`anchor`: the instant played when the wall's clock says so (POSIX seconds): the same for all in step."""
        self._is_played, self._speed = is_played, 1.0 if speed is None else speed
        self._anchor = anchor
        self._lock = threading.Lock()
        self._zero: tuple[float, int] | None = None

    def hear(self, t_received_tai_ns: int) -> None:
        """An event was received then, by the watch's own time."""
        with self._lock:
            if self._is_played and (self._zero is None or t_received_tai_ns >= self._zero[1]):
                self._zero = (time.monotonic(), t_received_tai_ns)

    def now_tai_ns(self) -> int | None:
        """Now; None while a story has not begun."""
        if not self._is_played:
            return now_tai_ns()
        if self._anchor is not None:
            return self._anchor[1] + round((time.time() - self._anchor[0]) * self._speed * NS_PER_S)
        with self._lock:
            if self._zero is None:
                return None
            since_s = min((time.monotonic() - self._zero[0]) * self._speed, 30.0)  # a story that stands still does
            return self._zero[1] + round(since_s * NS_PER_S)
