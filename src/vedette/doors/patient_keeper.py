"""A watch goes on when its journal cannot be written: what comes is held in memory, and people see NOT RECORDED.

It is written when there is room, or the server is back. Nothing held counts as kept, and so nothing is acknowledged for
it. While the disk is full its reserve is touched for one purpose alone: that what was said to people, and the reports
it rests on, can still be kept. When more has come than memory is lent for, the journal ends where it stands, whole, and
the watch goes on without one.
"""

import sys
import time

from vedette.core.errors import UnreachableError
from vedette.doors.journal_store import JournalFullError, JournalStore
from vedette.doors.node.reserve import Reserve
from vedette.doors.node.store import Recording
from vedette.doors.seal_file import now_tai_ns

HELD_BYTES_MAX = 256 << 20
TRY_AGAIN_S = 1.0


class PatientKeeper:
    """Appends to a journal, or holds."""

    def __init__(self, store: JournalStore, reserve: Reserve, held_bytes_max: int = HELD_BYTES_MAX) -> None:
        self._store, self._reserve, self._held_bytes_max = store, reserve, held_bytes_max
        self._held: list[tuple[str, int, bytes]] = []  # everything since the last commit that succeeded
        self._held_bytes = 0
        self._off: tuple[int, str] | None = None
        self._is_full = False  # the disk, and not a server that is away
        self._has_ended = False
        self._t_tried = 0.0
        reserve.hold()

    @property
    def recording(self) -> Recording:
        """Whether what happens is being kept."""
        is_held = self._reserve.is_held
        return Recording(True, is_reserve_held=is_held) if self._off is None else Recording(False, *self._off, is_held)

    @property
    def appended_count(self) -> int:
        """The number of the newest entry, kept or held; one that is never reached when the journal has ended."""
        return self._store.entry_count + (1 if self._has_ended else len(self._held))

    def append(self, kind: str, t_received_tai_ns: int, payload: bytes) -> int:
        """Take an entry; its number, as it will be."""
        if self._has_ended:
            return self.appended_count
        self._held.append((kind, t_received_tai_ns, payload))
        self._held_bytes += len(payload)
        if self._off is None:
            try:
                return self._store.append(kind, t_received_tai_ns, payload)
            except UnreachableError as trouble:
                self._go_off(trouble)
        elif self._held_bytes > self._held_bytes_max:
            self._end()
        return self.appended_count

    def commit(self, is_urgent: bool = False, is_last: bool = False) -> int:
        """Write what is held; the number of the last durable entry. It never raises for want of room."""
        if self._has_ended:
            return self._store.entry_count
        if self._off is None:
            try:
                self._store.commit()
                self._forget()
            except UnreachableError as trouble:
                self._go_off(trouble)
        if self._off is not None and (is_urgent or is_last or time.monotonic() - self._t_tried > TRY_AGAIN_S):
            self._try_again(is_urgent)
        return self._store.entry_count

    def _try_again(self, is_urgent: bool) -> None:
        self._t_tried = time.monotonic()
        if self._is_full and not self._reserve.hold() and not is_urgent:
            return  # what room there is, the reserve's included, is for what is said
        if not self._written() and not (is_urgent and self._reserve.give_up() and self._written()):
            return
        if self._is_full and not self._reserve.hold():
            return  # kept, out of the reserve: what comes next is held again
        self._off, self._is_full = None, False
        sys.stderr.write(f"{self._store.path}: recorded again, nothing is missing\n")

    def _written(self) -> bool:
        """Everything held, in one transaction."""
        try:
            for entry in self._held:
                self._store.append(*entry)
            self._store.commit()
        except UnreachableError:
            self._store.forget_uncommitted()
            return False
        self._forget()
        return True

    def _go_off(self, trouble: UnreachableError) -> None:
        self._store.forget_uncommitted()
        self._off, self._is_full = (now_tai_ns(), str(trouble)), isinstance(trouble, JournalFullError)
        self._t_tried = time.monotonic()
        sys.stderr.write(f"NOT RECORDED: {trouble}; the watch goes on, and what comes is held in memory\n")

    def _end(self) -> None:
        assert self._off is not None
        self._has_ended = True
        self._forget()
        end = self._store.entry_count
        text = f"the journal ends at entry {end}: more came than could be held; start the watch again"
        self._off = (self._off[0], text)
        sys.stderr.write(f"NOT RECORDED: {text}\n")

    def _forget(self) -> None:
        self._held.clear()
        self._held_bytes = 0
