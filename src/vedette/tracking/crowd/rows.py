"""The tracks of a crowd: columns that grow by doubling, one 6-state Gaussian and one time stamp to a row.

Rows are changed in place and kept in the order in which they began, so that the old and sure stand first and what ends
is mostly near the end.
"""

from dataclasses import dataclass, fields

import numpy as np

from vedette.core.shapes import Bools, Ints, Rows, Scalar

_AT_ONCE = 4096  # rows moved at a time: bounded memory


@dataclass(slots=True, eq=False)
class CrowdColumns:
    """One entry a track; see `CrowdRows`."""

    mean: Rows  # (n, 6) ITRF, at the row's own time
    cov: Rows  # (n, 6, 6)
    t_tai_ns: Ints  # (n,)
    key: Ints  # (n,) made from its first detections: the same whatever the order of rows
    log_odds: Scalar  # (n,) of existence
    is_confirmed: Bools  # (n,)
    t_start_tai_ns: Ints  # (n,) first detection
    t_seen_tai_ns: Ints  # (n,) last detection, by whatever sensor
    hits: Ints  # (n,)

    def __len__(self) -> int:
        return len(self.key)


_NAMES = tuple(item.name for item in fields(CrowdColumns))


def no_columns(count: int) -> CrowdColumns:
    """Room for so many rows, unfilled."""
    whole = np.int64
    return CrowdColumns(
        np.empty((count, 6)), np.empty((count, 6, 6)), np.empty(count, whole), np.empty(count, whole),
        np.empty(count), np.empty(count, bool), np.empty(count, whole), np.empty(count, whole),
        np.empty(count, whole),
    )  # fmt: skip


class CrowdRows:
    """Rows in use, and room for more. `rows.used` gives the columns, to read and to write."""

    def __init__(self, capacity: int = 256) -> None:
        self._room = no_columns(capacity)
        self._count = 0
        self._most = 0  # rows that were in use since room was last given back

    def __len__(self) -> int:
        return self._count

    @property
    def used(self) -> CrowdColumns:
        """The columns of the rows in use; views, good until rows are added or dropped."""
        return CrowdColumns(*(getattr(self._room, name)[: self._count] for name in _NAMES))

    def append(self, more: CrowdColumns) -> None:
        """Add rows at the end."""
        to = self.room_for(len(more))
        for name in _NAMES:
            if not np.shares_memory(getattr(to, name), getattr(more, name)):
                getattr(to, name)[:] = getattr(more, name)
        self._count += len(more)
        self._most = max(self._most, self._count)

    def room_for(self, count: int) -> CrowdColumns:
        """Unfilled rows after the last, to be filled and appended before anything else changes the rows."""
        need = self._count + count
        capacity = len(self._room)
        if need > capacity:
            while capacity < need:
                capacity *= 2
            self._resize(capacity)
        return CrowdColumns(*(getattr(self._room, name)[self._count : need] for name in _NAMES))

    def keep(self, which: Bools) -> None:
        """Drop all but these; order is kept. What stands before the first that goes is not moved."""
        if which.all():
            return
        first = int(np.argmin(which))
        stay = first + np.flatnonzero(which[first:])
        for name in _NAMES:
            column = getattr(self._room, name)
            for k in range(0, len(stay), _AT_ONCE):  # in order, so that nothing is written over before it has moved
                part = stay[k : k + _AT_ONCE]
                column[first + k : first + k + len(part)] = column[part]
        self._count = first + len(stay)
        if self._count < 0.85 * self._most and self._most > 4096:  # a raid is over: give its room back
            self._resize(max(256, self._count + self._count // 4))
            self._most = self._count

    def _resize(self, capacity: int) -> None:
        for name in _NAMES:  # column by column: never twice the whole
            old = getattr(self._room, name)
            new = np.empty((capacity, *old.shape[1:]), dtype=old.dtype)
            new[: self._count] = old[: self._count]
            setattr(self._room, name, new)

    def copy(self, which: Bools | Ints | slice) -> CrowdColumns:
        """Some rows, as values of their own."""
        return CrowdColumns(*(np.array(getattr(self._room, name)[: self._count][which]) for name in _NAMES))

    def restore(self, columns: CrowdColumns) -> None:
        """Go back to rows that were copied."""
        self._count = 0
        self.append(columns)
