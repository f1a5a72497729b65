"""Is an audit log as it was written, and was all of it allowed? Chain, signatures, seals, outbox, rules, journals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vedette.assessment.alerts import DeskKind, Proposed, Record, Sent, after, fold
from vedette.assessment.alerts.judge import trouble_of
from vedette.core.errors import BadInputError, VedetteError
from vedette.doors.audit_log import AuditLog
from vedette.doors.journal_store import JournalStore
from vedette.doors.seal_file import verify_seals
from vedette.formats.alert_json import alert_event_bytes
from vedette.sharing import Trust


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What reading a desk's log from end to end found."""

    kind: DeskKind
    record_count: int  # good ones, from the start
    message_count: int
    seal_count: int
    key_id: str
    is_trusted: bool
    journal_count: int  # journals that the log names and that were held against it
    trouble: str = ""

    @property
    def is_whole(self) -> bool:
        """True when nothing was found."""
        return not self.trouble


def verify_audit(path: Path, trust: Trust, journals: Path | None = None) -> AuditVerdict:
    """Check a desk's log; BadInputError when it is none at all.

    Parameters
    ----------
    path
        The desk's file.
    trust
        Whose signatures are believed.
    journals
        The folder of journals; those that proposals name are held against the links that stand in the log.
    """
    log = AuditLog.open(path)
    try:
        return _verify(log, trust, journals)
    finally:
        log.close()


def _verify(log: AuditLog, trust: Trust, journals: Path | None) -> AuditVerdict:
    is_trusted = log.key_id in trust.keys
    key = trust.keys[log.key_id].key if is_trusted else None
    desk, count, sent = fold(log.kind, ()), 0, dict[int, tuple[int, bytes]]()
    named: dict[str, tuple[str, int, str, int]] = {}

    def found(trouble: str, seals: int = 0, held: int = 0) -> AuditVerdict:
        return AuditVerdict(log.kind, count, len(sent), seals, log.key_id, is_trusted, held, trouble)

    try:
        for seq, record in log.read():
            if key is not None and not log.check_signature(seq, key):
                return found(f"record {seq}: the signature does not fit; it was changed or forged")
            trouble = trouble_of(desk, record)
            if trouble:
                return found(f"record {seq}: against the rules: {trouble}")
            desk = after(desk, (record,))
            count = seq
            if isinstance(record, Sent):
                sent[record.sequence] = (seq, alert_event_bytes(record.event))
            for where in _journal_of(record):
                named[where[0] + where[2]] = (*where, seq)
    except BadInputError as broken:
        return found(f"record {count + 1}: {broken.what}")
    trouble = _outbox_trouble(log, sent)
    if trouble:
        return found(trouble)
    seals = verify_seals(log.path, log.first_link, count, log.chain_after, log.key_id)
    if seals.trouble:
        return found(seals.trouble, seals.count)
    held, trouble = _hold_journals(named.values(), journals)
    return found(trouble, seals.count, held)


def _outbox_trouble(log: AuditLog, sent: dict[int, tuple[int, bytes]]) -> str:
    """The outbox must hold exactly what the log says was sent."""
    with log.in_words("read"):
        rows = log.connection.execute("SELECT sequence, audit_seq, event FROM outbox ORDER BY sequence").fetchall()
    for sequence, seq, event in rows:
        if sent.get(sequence) != (seq, event):
            return f"message {sequence} of the outbox is not what record {seq} says was sent; it was changed"
    gone = sorted(set(sent) - {row[0] for row in rows})
    return f"message {gone[0]} is missing from the outbox" if gone else ""


def _journal_of(record: Record) -> Iterator[tuple[str, int, str]]:
    """Name, length and link of the journal that a proposal rests on."""
    if isinstance(record, Proposed) and record.draft.basis.get("journal_chain"):
        basis = record.draft.basis
        yield basis.get("journal", ""), int(basis.get("entry") or 0), basis["journal_chain"]


def _hold_journals(named: Iterable[tuple[str, int, str, int]], folder: Path | None) -> tuple[int, str]:
    """The journals that are there must still contain what proposals were made from."""
    held: set[str] = set()
    if folder is None:
        return 0, ""
    for name, entry, link, seq in named:
        path = folder / name
        if not name or Path(name).name != name or not path.is_file():
            continue  # kept elsewhere: its own seals speak for it there
        try:
            with JournalStore.open(path) as store:
                stands = store.chain_after(entry)
        except VedetteError as trouble:
            return len(held), f"record {seq} rests on a journal that cannot be read: {trouble}"
        if stands is None:
            return len(held), f"{path}: record {seq} saw {entry} entries, and it ends before that; the tail was cut"
        if stands.hex() != link:
            return len(held), f"{path}: its chain at entry {entry} is not what record {seq} saw; it was rewritten"
        held.add(name)
    return len(held), ""
