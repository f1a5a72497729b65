"""The door's own clock: what time it is, and whether somebody has set it meanwhile."""

import time

from vedette.core.constants import NS_PER_S
from vedette.time import tai_ns_from_mjd_utc

_MJD_POSIX = 40_587  # 1970-01-01
_NS_PER_DAY = 86_400 * NS_PER_S
STEP_S = 0.2


def tai_ns_from_posix_ns(posix_ns: int) -> int:
    """POSIX time (86,400 s in every day) as TAI nanoseconds."""
    day, ns_of_day = divmod(posix_ns, _NS_PER_DAY)
    return tai_ns_from_mjd_utc(_MJD_POSIX + day, ns_of_day)


def now_tai_ns() -> int:
    """This machine's time."""
    return tai_ns_from_posix_ns(time.time_ns())


class OwnClock:
    """Watches this machine's clock against its steady counter."""

    def __init__(self) -> None:
        self._apart_ns = self._read()

    def step_s(self) -> float | None:
        """By how much the clock was set since this was last asked; None when it was not."""
        before, self._apart_ns = self._apart_ns, self._read()
        step_s = (self._apart_ns - before) / NS_PER_S
        return step_s if abs(step_s) > STEP_S else None

    @staticmethod
    def _read() -> int:
        return time.time_ns() - time.monotonic_ns()
