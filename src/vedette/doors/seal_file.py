"""The seals of a log, in a file beside it: a line every thousand entries, one at the start and one at the end.

A seal is written after the entries it covers are on the disk, so that no crash leaves a seal without its entries. That
it cannot be written never stops a watch: it is said once, and the log goes on by its chain alone.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from vedette.core.errors import BadInputError, VedetteError
from vedette.sharing import RecordKey
from vedette.sharing.seals import SealsFound, judge_seals, make_seal, newest_count
from vedette.time import tai_ns_from_mjd_utc, utc_text_from_tai_ns

EVERY = 1000  # entries


def seals_path(log: Path) -> Path:
    """Where the seals of a log lie."""
    return log.with_name(log.name + ".seals")


def now_tai_ns() -> int:
    """The clock of the wall."""
    day, ns_of_day = divmod(time.time_ns(), 86_400 * 10**9)
    return tai_ns_from_mjd_utc(40_587 + day, ns_of_day)


class SealWriter:
    """Seals a log as it grows; `committed` is called with every count and link that is on the disk.

    Several processes may seal one log: each looks at the newest seal under a lock before it adds its own.
    """

    def __init__(self, log: Path, first_link: bytes, key: RecordKey, every: int = EVERY) -> None:
        self.path, self.first_link, self.key, self.every = seals_path(log), first_link, key, every
        self._sealed = -1
        self._is_said = False

    def committed(self, entry_count: int, chain: bytes) -> None:
        """Seal when enough has come since the last seal."""
        if self._sealed < 0 or entry_count - self._sealed >= self.every:
            self.seal(entry_count, chain)

    def seal(self, entry_count: int, chain: bytes) -> None:
        """Seal now, unless nothing has come since the last seal."""
        if entry_count == self._sealed:
            return
        try:
            with self.path.open("a+b") as file:
                _lock(file.fileno())
                previous, sealed = _newest(file)
                if sealed < entry_count:
                    t_utc = utc_text_from_tai_ns(now_tai_ns())
                    line = make_seal(self.key, self.first_link, entry_count, chain, t_utc, previous)
                    file.write(line + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as trouble:
            if not self._is_said:
                sys.stderr.write(f"{self.path}: no signed checkpoint can be written ({trouble.strerror})\n")
                self._is_said = True
            return
        self._sealed = max(entry_count, sealed)


def _newest(file: BinaryIO) -> tuple[bytes, int]:
    """The last line of the seals, and up to which entry it covers; -1 before the first."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 8192))
    lines = file.read().rstrip(b"\n").split(b"\n")
    file.seek(0, os.SEEK_END)
    try:
        return lines[-1], newest_count(lines[-1]) if lines[-1] else -1
    except BadInputError:  # damaged: what follows it will be told so by whoever verifies
        return lines[-1], -1


def _lock(handle: int) -> None:
    """Until it is closed nobody else seals; where the system has no such locks, one process at a time must do."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(handle, fcntl.LOCK_EX)


def verify_seals(
    log: Path, first_link: bytes, entry_count: int, chain_after: Callable[[int], bytes | None], key_id: str
) -> SealsFound:
    """Hold the seals beside a log against it; the log's own chain was verified before."""
    path = seals_path(log)
    try:
        data = path.read_bytes() if path.is_file() else b""
    except OSError as trouble:
        raise VedetteError(f"{path}: cannot be read ({trouble.strerror})") from None
    return judge_seals(data, first_link, entry_count, chain_after, key_id)
