"""The write-ahead log of an SQLite store carried into its file beside the writing, and not by whoever commits next.

SQLite does it by itself within some commit, which then takes ten times as long: a warning would wait for megabytes of
tracks. A second connection may do it meanwhile (PRAGMA wal_checkpoint(PASSIVE) waits for nobody and stops nobody).
"""

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

EVERY_BYTES = 2 << 20  # written
LATEST_PAGES = 8_000  # of 4 KiB: by then a commit does it after all


class WalClearing:
    """A thread that is begun with the first megabytes: a store in which little is written has none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = 0
        self._due = threading.Event()
        self._is_ending = False
        self._thread: threading.Thread | None = None

    def wrote(self, size_bytes: int) -> None:
        """So much was committed."""
        self._written += size_bytes
        if self._written < EVERY_BYTES:
            return
        self._written = 0
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="store clearing", daemon=True)
            self._thread.start()
        self._due.set()

    def stop(self) -> None:
        """End; the connection that is closed last does the rest."""
        if self._thread is not None:
            self._is_ending = True
            self._due.set()
            self._thread.join(5.0)

    def _run(self) -> None:
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, isolation_level=None)) as beside:
            beside.execute(f"PRAGMA wal_autocheckpoint = {LATEST_PAGES}")
            while True:
                self._due.wait()
                self._due.clear()
                if self._is_ending:
                    return
                with suppress(sqlite3.Error):  # a full disk: tried again when more was written
                    beside.execute("PRAGMA wal_checkpoint(PASSIVE)")
