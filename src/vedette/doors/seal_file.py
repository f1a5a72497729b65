"""The seals of a log, in a file beside it: a line every thousand entries, one at the start and one at the end.

A seal is written after the entries it covers are on the disk, so that no crash leaves a seal without its entries. That
it cannot be written never stops a watch: it is said once, and the log goes on by its chain alone.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from vedette.core.errors import VedetteError
from vedette.sharing import RecordKey
from vedette.sharing.seals import SealsFound, judge_seals, make_seal
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
    """Seals a log as it grows; `committed` is called with every count and link that is on the disk."""

    def __init__(self, log: Path, first_link: bytes, key: RecordKey, every: int = EVERY) -> None:
        self.path, self.first_link, self.key, self.every = seals_path(log), first_link, key, every
        self._previous = b""
        self._sealed = -1
        self._is_said = False
        if self.path.is_file():
            lines = self.path.read_bytes().rstrip(b"\n").split(b"\n")
            self._previous = lines[-1]

    def committed(self, entry_count: int, chain: bytes) -> None:
        """Seal when enough has come since the last seal."""
        if self._sealed < 0 or entry_count - self._sealed >= self.every:
            self.seal(entry_count, chain)

    def seal(self, entry_count: int, chain: bytes) -> None:
        """Seal now, unless nothing has come since the last seal."""
        if entry_count == self._sealed:
            return
        line = make_seal(
            self.key, self.first_link, entry_count, chain, utc_text_from_tai_ns(now_tai_ns()), self._previous
        )
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                os.write(handle, line + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as trouble:
            if not self._is_said:
                sys.stderr.write(f"{self.path}: no signed checkpoint can be written ({trouble.strerror})\n")
                self._is_said = True
            return
        self._previous, self._sealed = line, entry_count


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
