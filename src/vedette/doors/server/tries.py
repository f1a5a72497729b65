"""Guessing is slowed, never at the price of a cancellation.

After five wrong credentials for an account from one address, the next try there waits 1 s, then 2, 4, up to a minute.
Another address is not made to wait, so that nobody keeps a duty from its own desk by mistyping elsewhere. A
cancellation is always tried at once; its wrong credentials count like others, and scrypt bounds how many there can be.
"""

from vedette.core.constants import NS_PER_S
from vedette.doors.server.problems import LaterError

FREE = 5
WAIT_MOST_S = 60.0
_MOST_KEPT = 10_000


class Tries:
    """Wrong credentials in a row, by account and address."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[int, int]] = {}  # how many in a row, and when the next may come

    def check(self, account: str, address: str, t_tai_ns: int) -> None:
        """LaterError when the next try must still wait."""
        _, t_next = self._kept.get((account, address), (0, t_tai_ns))
        if t_tai_ns < t_next:
            wait_s = (t_next - t_tai_ns) / NS_PER_S
            words = f"too many wrong credentials for {account} from here: try again in {wait_s:.0f} s"
            raise LaterError(f"{words}; a cancellation need not wait", wait_s)

    def wrong(self, account: str, address: str, t_tai_ns: int) -> None:
        """Another wrong one."""
        count = self._kept.pop((account, address), (0, 0))[0] + 1
        wait_s = 0.0 if count < FREE else min(2.0 ** min(count - FREE, 10), WAIT_MOST_S)
        self._kept[account, address] = (count, t_tai_ns + round(wait_s * NS_PER_S))
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def right(self, account: str, address: str) -> None:
        """The right one: all is forgotten."""
        self._kept.pop((account, address), None)
