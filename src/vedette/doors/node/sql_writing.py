"""What one transaction of a store may do, in SQL."""

from collections.abc import Iterable, Mapping, Sequence

from vedette.core.errors import RefusedError
from vedette.doors.node.sql import Sql
from vedette.doors.node.store import NEWS, RECEIVED, REPORT, SENT, Lease, Received, ToPost

_AT_ONCE = 500  # values in one question


class SqlWriting:
    """The `StoreWriting` of one open transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def keep_state(self, link: str, side: str, state: bytes) -> None:
        """Put a link's state in the place of the one before."""
        self._sql.run(
            "INSERT INTO states VALUES (?, ?, ?) ON CONFLICT (link, side) DO UPDATE SET state = excluded.state",
            link, side, state,
        )  # fmt: skip

    def post(self, messages: Iterable[ToPost]) -> list[int]:
        """Log and outbox, in the order given."""
        messages = list(messages)
        digests = [bytes.fromhex(one.digest) for one in messages]
        number_of = self._numbers_of(digests, SENT)
        new: dict[tuple[str, bytes], ToPost] = {}
        for one, digest in zip(messages, digests, strict=True):
            if (one.link, digest) not in number_of:
                new.setdefault((one.link, digest), one)
        rows, events, out = [], [], []
        for number, ((link, digest), one) in enumerate(new.items(), self._take_numbers(len(new))):
            number_of[link, digest] = number
            rows.append(
                (number, SENT, link, one.lane, one.sequence, REPORT, digest, one.t_tai_ns, one.message, b"", one.note,
                 "\n".join(dict.fromkeys(one.event_ids)))
            )  # fmt: skip
            events += [(event_id, number) for event_id in dict.fromkeys(one.event_ids)]
            out.append((number, link, one.lane))
        self._log(rows, events)
        self._sql.run_many("INSERT INTO outbox VALUES (?, ?, ?)", out)
        return [number_of[one.link, digest] for one, digest in zip(messages, digests, strict=True)]

    def sign_again(self, number: int, message: bytes) -> None:
        """Other bytes for what has not left yet."""
        if not self._sql.run("SELECT 1 FROM outbox WHERE number = ?", number):
            raise RefusedError(f"message {number} is not in the outbox: what has left stays as it left")
        self._sql.run("UPDATE log SET message = ? WHERE number = ?", message, number)

    def acknowledged(self, numbers: Iterable[int]) -> None:
        """Out of the outbox."""
        self._sql.run_many("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])

    def receive(self, message: Received) -> int | None:
        """Log and inbox; None for a report that was kept before."""
        return self.receive_all([message])[0]

    def receive_all(self, messages: Sequence[Received]) -> list[int | None]:
        """The same of many, in the order given."""
        assert all(one.kind == NEWS or one.digest for one in messages), "a report is known by its digest"
        digests = [bytes.fromhex(one.digest) for one in messages]
        reports = [digest for one, digest in zip(messages, digests, strict=True) if one.kind == REPORT]
        known = set(self._numbers_of(reports, RECEIVED))
        is_new = []
        for one, digest in zip(messages, digests, strict=True):
            is_new.append(one.kind == NEWS or (one.link, digest) not in known)
            if one.kind == REPORT:
                known.add((one.link, digest))
        number = self._take_numbers(sum(is_new))
        out: list[int | None] = []
        rows, events, received = [], [], []
        for one, digest, is_kept in zip(messages, digests, is_new, strict=True):
            if not is_kept:
                out.append(None)
                continue
            names = tuple(dict.fromkeys(one.event_ids))
            rows.append(
                (number, RECEIVED, one.link, one.lane, one.sequence, one.kind, digest, one.t_tai_ns, one.message,
                 one.event, one.note, "\n".join(names))
            )  # fmt: skip
            events += [(event_id, number) for event_id in names]
            if one.kind == REPORT:
                received.append((one.lane, number))
            out.append(number)
            number += 1
        self._log(rows, events)
        self._sql.run_many("INSERT INTO inbox VALUES (?)", [(one,) for one in out if one is not None])
        self._sql.run_many("INSERT INTO received VALUES (?, ?)", received)
        return out

    def journaled(self, journal: str, entries: Mapping[int, int]) -> None:
        """Out of the inbox; how far the journal has come is kept."""
        if not entries:
            return
        self._sql.run_many("DELETE FROM inbox WHERE number = ?", [(number,) for number in entries])
        self._sql.run(
            "INSERT INTO journals VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET entry = excluded.entry "
            "WHERE excluded.entry > journals.entry",
            journal, max(entries.values()),
        )  # fmt: skip

    def delivered(self, desk: str, number: int, t_tai_ns: int) -> bool:
        """A receipt, unless the desk has come as far already."""
        newest = self._sql.run("SELECT max(number) FROM deliveries WHERE desk = ?", desk)[0][0]
        if newest is not None and newest >= number:
            return False
        self._sql.run("INSERT INTO deliveries VALUES (?, ?, ?)", desk, number, t_tai_ns)
        return True

    def add_leaves(self, tree: str, leaves: Sequence[bytes], first: int | None = None) -> int:
        """Append; the index of the first."""
        end = int(self._sql.run("SELECT coalesce(max(leaf) + 1, 0) FROM leaves WHERE tree = ?", tree)[0][0])
        first = end if first is None else first
        if first > end:
            raise RefusedError(f"the log {tree} ends at leaf {end}: nothing can be put at {first}")
        there = self._sql.run(
            "SELECT body FROM leaves WHERE tree = ? AND leaf >= ? AND leaf < ? ORDER BY leaf",
            tree, first, first + len(leaves),
        )  # fmt: skip
        if any(bytes(row[0]) != leaf for row, leaf in zip(there, leaves, strict=False)):
            raise RefusedError(f"the log {tree} has other leaves from {first} on, and a log is never rewritten")
        new = list(enumerate(leaves, first))[len(there) :]
        self._sql.run_many("INSERT INTO leaves VALUES (?, ?, ?)", [(tree, index, leaf) for index, leaf in new])
        return first

    def keep_document(self, room: str, key: str, body: bytes | None) -> None:
        """Put it in the place of the one before; None takes it away."""
        self.keep_documents(room, {key: body})

    def keep_documents(self, room: str, bodies: Mapping[str, bytes | None]) -> None:
        """The same of many."""
        gone = [(room, key) for key, body in bodies.items() if body is None]
        kept = [(room, key, body) for key, body in bodies.items() if body is not None]
        self._sql.run_many("DELETE FROM documents WHERE room = ? AND name = ?", gone)
        self._sql.run_many(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT (room, name) DO UPDATE SET body = excluded.body", kept
        )

    def take_lease(self, name: str, holder: str, t_tai_ns: int, t_until_tai_ns: int) -> Lease:
        """A token one higher than any before; one's own lease that still runs keeps its token."""
        rows = self._sql.run("SELECT name, holder, token, t_until_tai_ns FROM leases WHERE name = ?", name)
        held = Lease(*rows[0]) if rows else None
        lease = self._sql.leases.claim(held, name, holder, t_tai_ns, t_until_tai_ns)
        self._sql.run(
            "INSERT INTO leases VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, "
            "token = excluded.token, t_until_tai_ns = excluded.t_until_tai_ns",
            name, holder, lease.token, t_until_tai_ns,
        )  # fmt: skip
        return lease

    def give_up_lease(self, lease: Lease) -> None:
        """Over from now on; the token stays used."""
        self._sql.run("UPDATE leases SET t_until_tai_ns = 0 WHERE name = ? AND token = ?", lease.name, lease.token)
        self._sql.leases.end(lease)

    def check_fence(self, fence: Lease) -> None:
        """RefusedError when the lease has passed to another."""
        rows = self._sql.run("SELECT token, holder FROM leases WHERE name = ?", fence.name)
        if not rows or rows[0][0] != fence.token:
            now = f" {rows[0][1]} holds it now" if rows else ""
            raise RefusedError(f"{fence.holder} no longer holds {fence.name}:{now}; nothing was written")

    def _log(self, rows: Sequence[Sequence[object]], events: Sequence[tuple[str, int]]) -> None:
        self._sql.run_many(f"INSERT INTO log VALUES ({', '.join('?' * 12)})", rows)
        self._sql.run_many("INSERT INTO log_events VALUES (?, ?)", events)

    def _numbers_of(self, digests: Sequence[bytes], direction: str) -> dict[tuple[str, bytes], int]:
        """What was sent, or received, of these before, by link and digest."""
        found = {}
        for start in range(0, len(digests), _AT_ONCE):
            some = digests[start : start + _AT_ONCE]
            rows = self._sql.run(
                "SELECT link, digest, number FROM log WHERE direction = ? AND kind = 'report' "
                f"AND digest IN ({', '.join('?' * len(some))})",
                direction, *some,
            )
            found.update({(link, bytes(digest)): int(number) for link, digest, number in rows})
        return found

    def _take_numbers(self, count: int) -> int:
        """The first of so many new numbers."""
        if count == 0:
            return 0
        # "counters.value" and not "value": PostgreSQL cannot otherwise tell it from excluded.value
        rows = self._sql.run(
            "INSERT INTO counters VALUES ('log', ?) ON CONFLICT (name) DO UPDATE SET "
            "value = counters.value + excluded.value RETURNING value",
            count,
        )
        return int(rows[0][0]) - count + 1
