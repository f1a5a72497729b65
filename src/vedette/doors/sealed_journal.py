"""A journal that is sealed as it grows: whose key seals it stands in its head, its seals in a file beside it."""

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vedette.core.errors import RefusedError, VedetteError
from vedette.doors.data_dir import data_dir_of, data_dir_place
from vedette.doors.journal_store import JournalStore, Verification
from vedette.doors.key_files import KeyRing
from vedette.doors.node.reserve import Reserve
from vedette.doors.seal_file import SealWriter, seals_path, verify_seals
from vedette.doors.sqlite_journal import SqliteJournal
from vedette.engine import Session
from vedette.sharing import RecordKey, Trust
from vedette.sharing.seals import SealsFound


def create_sealed(
    path: Path, session: Session, data_dir: Path | None, server: str | None = None, reserve_bytes: int = 0
) -> SqliteJournal:
    """A new journal, sealed with the record key of the data directory; where there is no key, by its chain alone.

    `server` is the PostgreSQL address of its entries, where they lie in one. With a reserve the watch goes on when the
    disk is full: NOT RECORDED, until there is room.
    """
    reserve = _reserve(path, reserve_bytes)
    try:
        key = KeyRing(data_dir_of(data_dir)).record_key()
    except (VedetteError, OSError) as trouble:
        sys.stderr.write(f"the journal is not sealed: {trouble}\n")
        return SqliteJournal.create(path, session, server, reserve)
    journal = SqliteJournal.create(path, msgspec.structs.replace(session, sealed_by=key.key_id), server, reserve)
    seal_store(journal.store, key)
    return journal


def _reserve(path: Path, size_bytes: int) -> Reserve | None:
    return Reserve(path.with_name("reserve"), size_bytes) if size_bytes else None


def resume_sealed(path: Path, data_dir: Path | None, reserve_bytes: int = 0) -> SqliteJournal:
    """A journal to append to after a restart, sealed on by the key that sealed it, else left to its chain."""
    journal = SqliteJournal.resume(path, _reserve(path, reserve_bytes))
    if journal.session.sealed_by:
        try:
            key = KeyRing(data_dir_of(data_dir)).record_key()
        except (VedetteError, OSError) as trouble:
            sys.stderr.write(f"the journal is not sealed on: {trouble}\n")
            return journal
        if key.key_id == journal.session.sealed_by:
            seal_store(journal.store, key)
    return journal


def seal_store(store: JournalStore, key: RecordKey) -> None:
    """Seal this journal from now on, and once at once."""
    store.seals = SealWriter(store.path, store.first_link, key)
    store.seals.committed(store.entry_count, store.chain_after(store.entry_count) or store.first_link)


@dataclass(frozen=True, slots=True)
class JournalVerdict:
    """What `vedette journal verify` found."""

    chain: Verification
    seals: SealsFound | None  # None: the journal was never sealed
    is_trusted: bool  # whoever sealed it is believed here; True where nobody did

    @property
    def is_whole(self) -> bool:
        """True when chain and seals hold."""
        return self.chain.is_whole and (self.seals is None or not self.seals.trouble)

    @property
    def trouble(self) -> str:
        """What was found, in words; empty when nothing was."""
        if not self.chain.is_whole:
            good = f"{self.chain.entry_count} before it are good"
            return f"entry {self.chain.broken_seq}: {self.chain.what}; {good}"
        return self.seals.trouble if self.seals is not None else ""


def trust_for(path: Path, data_dir: Path | None) -> Trust:
    """The keys believed where a journal lies (`DATA/journals/x.sqlite`), else in the data directory."""
    around = path.absolute().parent.parent
    if data_dir is None and path.absolute().parent.name == "journals" and (around / "keys").is_dir():
        return KeyRing(around).trust()
    return KeyRing(data_dir_place(data_dir)).trust()


def verify_journal(path: Path, trust: Trust) -> JournalVerdict:
    """Check every entry, every link of the chain, and every seal."""
    with SqliteJournal.open(path) as journal:
        found = journal.verify()
        key_id = journal.session.sealed_by
        if not key_id:
            if seals_path(path).is_file():  # a head without a seal's name beside seals: one of the two is not its own
                return JournalVerdict(found, SealsFound(0, 0, "", "there are seals, and its head names no key"), True)
            return JournalVerdict(found, None, True)
        store = journal.store
        seals = verify_seals(path, store.first_link, found.entry_count, store.chain_after, key_id)
    return JournalVerdict(found, seals, key_id in trust.keys)


def refuse_untrusted(verdict: JournalVerdict, where: str) -> None:
    """RefusedError when a whole journal was sealed by somebody whom nobody here believes."""
    if verdict.seals is not None and not verdict.is_trusted:
        name = verdict.seals.key_id
        raise RefusedError(f"{where}: whole, but sealed by {name}, which is not trusted here; `vedette keys trust`")

