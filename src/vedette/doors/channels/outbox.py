"""The outbox: what is to be sent, by which channel, how often it was tried, and the receipt; in SQLite.

A message is put once for each channel (its id and the channel are the key: putting it again changes nothing). A Cancel
goes before everything else; what it takes back and was not sent yet is not sent any more. Nothing is deleted.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from vedette.core.errors import BadInputError, RefusedError
from vedette.doors.channels.config import Channel
from vedette.doors.channels.payload import Payload, Sign, decode_payload, encode_payload, payload
from vedette.reports.alert_event import AlertEvent, MessageType
from vedette.reports.mode import Mode

_ORDER = {MessageType.CANCEL: 0, MessageType.UPDATE: 1, MessageType.ALERT: 2}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    channel TEXT NOT NULL, message_id TEXT NOT NULL, event_id TEXT NOT NULL, mode TEXT NOT NULL,
    urgency INTEGER NOT NULL, t_put_tai_ns INTEGER NOT NULL, t_valid_until_tai_ns INTEGER,
    payload BLOB NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    t_next_tai_ns INTEGER NOT NULL, t_done_tai_ns INTEGER, receipt TEXT NOT NULL DEFAULT '',
    trouble TEXT NOT NULL DEFAULT '', PRIMARY KEY (channel, message_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (channel, state, urgency, t_put_tai_ns);
"""


class Entry(Struct, frozen=True, kw_only=True):
    """One message on one channel."""

    channel: str
    message_id: str
    event_id: str
    mode: Mode
    state: str  # waiting, delivered, expired, overtaken or refused
    tries: int
    t_put_tai_ns: int
    t_next_tai_ns: int
    t_done_tai_ns: int | None
    receipt: str  # what the other side answered
    trouble: str  # of the last try


class Outbox:
    """One outbox file; every thread opens its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, timeout=10.0, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as trouble:
            raise BadInputError(f"not an outbox ({trouble})", str(path), "move it away; a new one will be made") from None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def put(
        self, event: AlertEvent, channels: Sequence[Channel], t_now_tai_ns: int, sign: Sign | None = None
    ) -> tuple[str, ...]:
        """Queue an event on every channel of its mode that is not off; the names of those channels.

        One channel that cannot render it is refused by itself, with the reason, and holds no other. RefusedError when
        there is no channel of this mode at all: nothing would be said.
        """
        mine = [one for one in channels if one.mode is event.mode and not one.is_off]
        if not mine:
            raise RefusedError(f"no channel carries {event.mode}; message {event.message_id} would reach nobody")
        rows = []
        for one in mine:
            try:
                data, state, trouble = encode_payload(payload(event, one, sign)), "waiting", ""
            except (BadInputError, RefusedError) as refusal:
                data, state, trouble = b"", "refused", str(refusal)
            rows.append((one.name, data, state, trouble))
        ends = None if event.message_type is MessageType.CANCEL else event.t_valid_until_tai_ns
        with self._transaction() as db:
            for name, data, state, trouble in rows:
                db.execute(
                    "INSERT OR IGNORE INTO outbox (channel, message_id, event_id, mode, urgency, t_put_tai_ns, "
                    "t_valid_until_tai_ns, payload, state, t_next_tai_ns, trouble) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                    (name, event.message_id, event.event_id, event.mode.value, _ORDER[event.message_type],
                     t_now_tai_ns, ends, data, state, t_now_tai_ns, trouble),
                )  # fmt: skip
            for gone in event.cancels:
                db.execute(
                    "UPDATE outbox SET state='overtaken', t_done_tai_ns=?, trouble=? WHERE message_id=? AND mode=? "
                    "AND state='waiting'",
                    (t_now_tai_ns, f"taken back by {event.message_id}", gone.message_id, event.mode.value),
                )
        return tuple(name for name, _, state, _ in rows if state == "waiting")

    def next_due(self, channel: str, t_now_tai_ns: int) -> tuple[Entry, Payload] | None:
        """The most urgent message that is due on a channel; what has expired is set aside first."""
        with self._transaction() as db:
            db.execute(
                "UPDATE outbox SET state='expired', t_done_tai_ns=? WHERE channel=? AND state='waiting' AND "
                "t_valid_until_tai_ns IS NOT NULL AND t_valid_until_tai_ns <= ?",
                (t_now_tai_ns, channel, t_now_tai_ns),
            )
        rows = self._read(
            "WHERE channel=? AND state='waiting' AND t_next_tai_ns <= ? ORDER BY urgency, t_put_tai_ns LIMIT 1",
            (channel, t_now_tai_ns),
        )
        if not rows:
            return None
        entry = rows[0]
        ((data,),) = self._db.execute(
            "SELECT payload FROM outbox WHERE channel=? AND message_id=?", (channel, entry.message_id)
        )
        return entry, decode_payload(data)

    def delivered(self, entry: Entry, t_now_tai_ns: int, receipt: str) -> None:
        """The other side has it."""
        self._settle(entry, "delivered", t_now_tai_ns, receipt=receipt)

    def refused(self, entry: Entry, t_now_tai_ns: int, trouble: str) -> None:
        """It must not go out by this channel."""
        self._settle(entry, "refused", t_now_tai_ns, trouble=trouble)

    def failed(self, entry: Entry, t_next_tai_ns: int, trouble: str) -> None:
        """This try did not work; another follows."""
        with self._transaction() as db:
            db.execute(
                "UPDATE outbox SET tries=tries+1, t_next_tai_ns=?, trouble=? WHERE channel=? AND message_id=? "
                "AND state='waiting'",
                (t_next_tai_ns, trouble, entry.channel, entry.message_id),
            )

    def entries(self, event_id: str | None = None) -> tuple[Entry, ...]:
        """Every message on every channel, newest first; of one event when it is named."""
        if event_id is None:
            return tuple(self._read("ORDER BY t_put_tai_ns DESC, message_id, channel", ()))
        return tuple(self._read("WHERE event_id=? ORDER BY t_put_tai_ns DESC, message_id, channel", (event_id,)))

    def waiting_count(self, channel: str) -> int:
        """How many messages a channel still owes."""
        ((count,),) = self._db.execute(
            "SELECT count(*) FROM outbox WHERE channel=? AND state='waiting'", (channel,)
        )
        return int(count)

    def _settle(self, entry: Entry, state: str, t_now_tai_ns: int, receipt: str = "", trouble: str = "") -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE outbox SET state=?, t_done_tai_ns=?, receipt=?, trouble=?, tries=tries+1 "
                "WHERE channel=? AND message_id=?",
                (state, t_now_tai_ns, receipt[:500], trouble[:500], entry.channel, entry.message_id),
            )

    def _read(self, where: str, values: tuple[object, ...]) -> list[Entry]:
        rows = self._db.execute(
            "SELECT channel, message_id, event_id, mode, state, tries, t_put_tai_ns, t_next_tai_ns, t_done_tai_ns, "
            f"receipt, trouble FROM outbox {where}",
            values,
        )
        return [
            Entry(
                channel=row[0], message_id=row[1], event_id=row[2], mode=Mode(row[3]), state=row[4], tries=row[5],
                t_put_tai_ns=row[6], t_next_tai_ns=row[7], t_done_tai_ns=row[8], receipt=row[9], trouble=row[10],
            )
            for row in rows
        ]  # fmt: skip

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
