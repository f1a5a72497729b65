"""The desks to look at, kept open: each look reads only the records that are new."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vedette.assessment.alerts import Desk, DeskKind, Record, fold
from vedette.doors.account_keeping import unrecorded
from vedette.doors.accounts import Account, AccountBook
from vedette.doors.alert_desk import AlertDesk, desk_path


class DeskReader:
    """What stands at the desks of a data directory, for many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[DeskKind, AlertDesk] = {}
        self._lock = threading.Lock()
        self._recorded: dict[DeskKind, tuple[int, list[Record]]] = {}  # the notes of each log, read so far

    def now(self, kind: DeskKind) -> Desk:
        """Every alert of a desk; none where nothing was ever proposed."""
        with self._looking(kind) as desk:
            return fold(kind, ()) if desk is None else desk.now()

    def records(self, kind: DeskKind, before: int | None, most: int) -> list[tuple[int, Record]]:
        """Records of a desk's log, newest first, those before a number."""
        with self._looking(kind) as desk:
            if desk is None:
                return []
            last = desk.log.tail()[0] if before is None else min(before - 1, desk.log.tail()[0])
            first = max(1, last - most + 1)
            found = [(seq, record) for seq, record in _between(desk, first, last)]
            return found[::-1]

    def tail(self, kind: DeskKind) -> tuple[int, str] | None:
        """Number and link of the newest record."""
        with self._looking(kind) as desk:
            if desk is None:
                return None
            seq, link = desk.log.tail()
            return seq, link.hex()

    def unrecorded(self, kind: DeskKind) -> list[Account]:
        """Open accounts that this desk's log does not tell of: somebody made them past the door."""
        accounts = AccountBook(self.folder).accounts()
        with self._looking(kind) as desk:
            if desk is None:
                return [one for one in accounts if not one.is_closed]
            seq, notes = self._recorded.get(kind, (0, []))
            fresh = list(desk.log.read(seq + 1))
            notes += [record for _, record in fresh if type(record).__name__ == "Noted"]
            self._recorded[kind] = (fresh[-1][0] if fresh else seq, notes)
            return unrecorded(accounts, notes)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for desk in self._open.values():
                desk.close()
            self._open.clear()

    @contextmanager
    def _looking(self, kind: DeskKind) -> Iterator[AlertDesk | None]:
        with self._lock:
            if kind not in self._open and desk_path(self.folder, kind).is_file():
                self._open[kind] = AlertDesk.look(self.folder, kind)
            try:
                yield self._open.get(kind)
            except Exception:
                broken = self._open.pop(kind, None)  # looked at afresh next time
                if broken is not None:
                    broken.close()
                raise


def _between(desk: AlertDesk, first: int, last: int) -> Iterator[tuple[int, Record]]:
    for seq, record in desk.log.read(first):
        if seq > last:
            return
        yield seq, record
