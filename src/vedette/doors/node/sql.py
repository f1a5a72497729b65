"""A connection that speaks SQL, as little as a store needs: what differs between SQLite and PostgreSQL stops here.

Statements are written once, with `?` for a value, in words that both understand; `{BYTES}` and `{NUMBER}` in a schema
stand for their own names of bytes and of 64-bit integers, `{COMPACT}` for a table that is its own index.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from vedette.doors.node.leases import Leases

Row = Sequence[Any]


class DiskFullError(Exception):
    """The store has no room left."""


class LostConnectionError(Exception):
    """The server went away: what was asked for was not done, or it is not known whether it was."""


class Sql(Protocol):
    """One connection, one thread at a time."""

    where: str  # for sentences
    reserve_place: str | None  # the folder on whose disk it lies, where that is ours to know

    @property
    def leases(self) -> "Leases":
        """How leases are taken and prolonged here."""
        ...

    def run(self, statement: str, *values: Any) -> list[Row]:
        """One statement; its rows."""
        ...

    def run_many(self, statement: str, rows: Iterable[Row]) -> None:
        """One statement for each row of values."""
        ...

    def begin(self) -> None:
        """Start a transaction that alone may write."""
        ...

    def commit(self) -> None:
        """Durable on return."""
        ...

    def roll_back(self) -> None:
        """Undo; never raises."""
        ...

    def close(self) -> None:
        """Let go."""
        ...
