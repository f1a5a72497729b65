"""The desk: alerts of one kind on disk, where the machine proposes and people act, whether an engine runs or not.

Two files in `DATA/alerts/`: `live.sqlite` and `drill.sqlite`. Every act is one transaction of the audit log: the
records it leads to, and the message it sends in the outbox. Nothing here needs the engine or the journal, so a
cancellation is as possible when they are busy or dead as when they are well.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from vedette.assessment.alerts import (
    Act,
    AlertLife,
    Desk,
    DeskKind,
    Noted,
    Outcome,
    Record,
    Refused,
    Sent,
    after,
    fold,
    propose,
)
from vedette.core.errors import NotFoundError, RefusedError, UnreachableError
from vedette.doors.aside import filed, lying_aside, put_aside
from vedette.doors.audit_log import AuditLog
from vedette.doors.delivery_book import DeliveryBook
from vedette.doors.key_files import KeyRing
from vedette.doors.seal_file import SealWriter
from vedette.formats.alert_json import alert_event_bytes, read_alert_event
from vedette.reports.alert_event import AlertEvent
from vedette.sharing import RecordKey

SEAL_EVERY = 100  # records


@dataclass(frozen=True, slots=True)
class Posted:
    """One message in the outbox."""

    sequence: int  # of the desk's messages
    alert_id: str
    t_tai_ns: int  # when it was decided, by the desk's clock
    event: AlertEvent

    @property
    def t_expires_tai_ns(self) -> int:
        """When it means nothing any more, by the desk's clock: a drill's own times may be those of another night."""
        sent = self.event.t_created_tai_ns if self.event.t_sent_tai_ns is None else self.event.t_sent_tai_ns
        return self.t_tai_ns + self.event.t_valid_until_tai_ns - sent


def desk_path(data_dir: Path, kind: DeskKind) -> Path:
    """Where the alerts of a kind are kept."""
    return data_dir / "alerts" / f"{kind}.sqlite"


def attach_desks(data_dir: Path) -> None:
    """Desks that another machine of the same node began in their server are desks here from now on."""
    from vedette.doors.node.postgresql import PostgresSql
    from vedette.doors.node.server_desk import FORM, desk_address

    for kind in DeskKind:
        address = None if desk_path(data_dir, kind).is_file() else desk_address(data_dir, kind.value)
        if address is None:
            continue
        try:
            PostgresSql(address, (), "desk", FORM, is_reader=True).close()
        except NotFoundError:
            continue
        AlertDesk.open(data_dir, kind).close()


def _made(data_dir: Path, kind: DeskKind, key: RecordKey) -> AuditLog:
    """A desk where there is none: a file, or in the server of the node's store where node.toml says so."""
    path = desk_path(data_dir, kind)
    if (data_dir / "node.toml").is_file():
        from vedette.doors.node.server_desk import desk_address

        address = desk_address(data_dir, kind.value)
        if address is not None:
            return AuditLog.create_elsewhere(path, kind, key, address)
    return AuditLog.create(path, kind, key)


def kinds_kept(data_dir: Path) -> list[DeskKind]:
    """The desks there are."""
    return [kind for kind in DeskKind if desk_path(data_dir, kind).is_file()]


class AlertDesk:
    """One desk, open for acting."""

    def __init__(self, log: AuditLog) -> None:
        self.log = log
        self.book = DeliveryBook(log.path)  # what channels were told
        self.kind = log.kind
        self._desk = fold(log.kind, ())
        self._seq = 0
        self._token: int | None = None  # of a machine that acts for a node; people need none
        key = log.key
        self._seals = SealWriter(log.path, log.first_link, key, SEAL_EVERY) if key is not None else None

    @classmethod
    def open(cls, data_dir: Path, kind: DeskKind) -> "AlertDesk":
        """The desk of a data directory, made if it is not there."""
        key = KeyRing(data_dir).record_key()
        path = desk_path(data_dir, kind)
        log = AuditLog.open(path, key) if path.is_file() else _made(data_dir, kind, key)
        if log.kind is not kind:
            log.close()
            raise RefusedError(f"{path} is a {log.kind} desk, and not a {kind} one")
        desk = cls(log)
        with suppress(UnreachableError):  # still held by another: the next who opens it files what lies aside
            desk.file_aside()
        return desk

    @classmethod
    def look(cls, data_dir: Path, kind: DeskKind) -> "AlertDesk":
        """The desk to look at only; NotFoundError when there is none."""
        return cls(AuditLog.open(desk_path(data_dir, kind)))

    def act_by(self, token: int) -> None:
        """Write as the machine that holds this token, and as nobody else: every write is refused once another has a
        higher one."""
        self.log.raise_fence(token)
        self._token = token

    @property
    def key(self) -> RecordKey:
        """What signs the records."""
        assert self.log.key is not None, "opened to look only"
        return self.log.key

    def now(self) -> Desk:
        """Every alert as it stands in the file."""
        fresh = list(self.log.read(self._seq + 1))
        if fresh:
            self._desk = after(self._desk, (record for _, record in fresh))
            self._seq = fresh[-1][0]
        return self._desk

    def do(self, act: Act, rule: Callable[[Desk, Act], Outcome], name: str) -> Outcome:
        """Carry out an act by its rule; a refusal is recorded, and raised."""
        try:
            return self._write(lambda desk: rule(desk, act))
        except RefusedError as refusal:
            refused = Refused(
                alert_id=act.alert_id, t_tai_ns=act.t_tai_ns, act=name, person=act.person, why=str(refusal)
            )
            self.note(refused)
            raise

    def propose(self, drafts: list[tuple[str, AlertEvent]], t_tai_ns: int) -> list[Outcome]:
        """The machine proposes: all in one transaction; those that say nothing new leave no record."""
        outcomes: list[Outcome] = []
        if not drafts:
            return outcomes

        def rule(desk: Desk) -> Outcome:
            outcomes.clear()
            for alert_id, draft in drafts:
                outcomes.append(propose(desk, alert_id, draft, t_tai_ns))
                desk = after(desk, outcomes[-1].records)
            return Outcome(tuple(record for one in outcomes for record in one.records), "proposed")

        self._write(rule)
        return outcomes

    def note(self, *records: Record) -> None:
        """Put records in the log that send nothing."""
        if records:
            self._write(lambda desk: Outcome(records, "noted"))

    def put_aside(self, act: Act, rule: Callable[[Desk, Act], Outcome]) -> Outcome:
        """Decide an act on a desk that another process holds: signed, in a file of its own, to be filed later."""
        outcome = rule(self.now(), act)
        for record in outcome.records:
            if isinstance(record, Sent):
                put_aside(self.log.path, record, self.key)
        return outcome

    def file_aside(self) -> int:
        """File what was decided while the desk was held, and what became of it; how many acts."""
        count = 0
        for path, record in lying_aside(self.log.path, self.key):
            try:
                outcome = self._write(lambda desk, one=record: filed(desk, one))  # type: ignore[misc]
            except RefusedError as refusal:
                self.note(Noted(t_tai_ns=record.t_tai_ns, what="aside", text=str(refusal)))
            else:
                count += bool(outcome.records)
            path.unlink(missing_ok=True)
        return count

    def find(self, words: str) -> AlertLife:
        """The alert of a name, or of a beginning that fits only one."""
        from vedette.assessment.alerts import find

        return find(self.now(), words)

    def outbox(self, from_sequence: int = 1) -> Iterator[Posted]:
        """The messages that were decided, in order."""
        with self.log.in_words("read"):
            rows = self.log.connection.execute(
                "SELECT sequence, alert_id, t_tai_ns, event FROM outbox WHERE sequence >= ? ORDER BY sequence",
                (from_sequence,),
            ).fetchall()
        for sequence, alert_id, t_tai_ns, event in rows:
            yield Posted(sequence, alert_id, t_tai_ns, read_alert_event(event, f"{self.log.path} message {sequence}"))

    def posted(self, sequence: int) -> Posted:
        """One message of the outbox."""
        for one in self.outbox(sequence):
            if one.sequence == sequence:
                return one
            break
        raise NotFoundError(f"no message {sequence} at the {self.kind} desk")

    def _write(self, rule: Callable[[Desk], Outcome]) -> Outcome:
        with self.log.writing():
            if self._token is not None:
                self.log.check_fence(self._token)
            outcome = rule(self.now())
            seq = self._seq
            for record in outcome.records:
                seq = self.log.append(record)
                if isinstance(record, Sent):
                    self.log.connection.execute(
                        "INSERT INTO outbox VALUES (?, ?, ?, ?, ?)",
                        (record.sequence, seq, record.alert_id, record.t_tai_ns, alert_event_bytes(record.event)),
                    )
        if self._seals is not None and outcome.records:
            self._seals.committed(*self.log.tail())
        return outcome

    def close(self) -> None:
        """Seal what is there and let go of it."""
        try:
            if self._seals is not None:
                self._seals.seal(*self.log.tail())
        finally:
            self.book.close()
            self.log.close()

    def __enter__(self) -> "AlertDesk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
