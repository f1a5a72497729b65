"""The journal in the engine's words: a session at its head, then every event in the order of arrival."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from vedette.core.errors import BadInputError, VedetteError
from vedette.doors.journal_store import JournalEntry, JournalStore, Verification
from vedette.doors.node.reserve import Reserve
from vedette.doors.node.store import Recording
from vedette.doors.patient_keeper import PatientKeeper
from vedette.engine.events import CatalogueGiven, Event, FeedEnded
from vedette.engine.session import Session
from vedette.formats import FeedHeader, decode_record, encode_record

if TYPE_CHECKING:
    from vedette.doors.said_file import SaidWriter
    from vedette.engine import Picture

ENDED = "ended"
CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class JournalSummary:
    """One line of `vedette journal list`."""

    path: Path
    entry_count: int
    session: Session | None
    trouble: str = ""
    server_address: str | None = None


class SqliteJournal:
    """Events to disk and back; nothing is said of an event before `commit` has it safely."""

    def __init__(self, store: JournalStore, reserve: Reserve | None = None) -> None:
        self.store = store
        self._keeper = None if reserve is None else PatientKeeper(store, reserve)
        self._said: SaidWriter | None = None
        try:
            self.session = msgspec.json.decode(store.session_bytes, type=Session)
        except msgspec.DecodeError as trouble:
            store.close()
            cure = "replay it with the Vedette that wrote it"
            raise BadInputError(f"a session that cannot be read ({trouble})", str(store.path), cure) from trouble

    @classmethod
    def create(
        cls, path: str | Path, session: Session, server: str | None = None, reserve: Reserve | None = None
    ) -> "SqliteJournal":
        """A new journal headed by its session; UsageError when something lies there already.

        With `server`, a PostgreSQL address, its entries lie there and the file says where. With `reserve`, a full disk
        or a lost server does not stop whoever appends: what comes is held, and `recording` says so.
        """
        head = msgspec.json.encode(session)
        store = JournalStore.create(path, head) if server is None else JournalStore.create_elsewhere(path, head, server)
        return cls(store, reserve)

    @classmethod
    def open(cls, path: str | Path) -> "SqliteJournal":
        """A journal to read; NotFoundError, or BadInputError when the file is no journal or is damaged."""
        return cls(JournalStore.open(path))

    @classmethod
    def resume(cls, path: str | Path, reserve: Reserve | None = None) -> "SqliteJournal":
        """A journal to append to, after a restart; `reserve` as in `create`."""
        return cls(JournalStore.resume(path), reserve)

    @property
    def recording(self) -> Recording:
        """Whether what happens is being kept."""
        return Recording(True) if self._keeper is None else self._keeper.recording

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.store.path

    @property
    def appended_count(self) -> int:
        """The number of the newest entry, durable or not; `store.entry_count` says which are."""
        return self.store.appended_count if self._keeper is None else self._keeper.appended_count

    def append_event(self, event: Event) -> int:
        """Take an event and return its number; durable only after `commit`."""
        kind, payload = encode_event(event)
        into = self.store if self._keeper is None else self._keeper
        return into.append(kind, _t_received_tai_ns(event), payload)

    def commit(self) -> int:
        """Make everything appended durable; the number of the last durable entry."""
        return self.store.commit() if self._keeper is None else self._keeper.commit()

    def note_said(self, picture: "Picture") -> None:
        """Keep beside the journal what the picture has just said of the entry appended last.

        What is said must be kept before all else: for it, and for what it rests on, the reserve is given up.
        """
        if self._keeper is not None and not self._keeper.recording.is_on:
            self._keeper.commit(is_urgent=True)
        if self._said is None:
            from vedette.doors.said_file import SaidWriter

            self._said = SaidWriter(self.path, self.store.first_link, self.session)
        self._said.say(picture, self.appended_count)

    def events(self, from_seq: int = 1) -> Iterator[Event]:
        """Events in order, each checked; BadInputError, which names the entry, at the first that was changed."""
        for entry in self.store.read(from_seq):
            yield decode_event(entry, str(self.store.path))

    def verify(self) -> Verification:
        """Check every entry, chain and contents."""
        found = self.store.verify()
        if found.is_whole:
            for entry in self.store.read():
                try:
                    decode_event(entry, str(self.store.path))
                except BadInputError as trouble:
                    return Verification(entry.seq - 1, entry.seq, trouble.what)
        return found

    def close(self) -> None:
        """Commit and close."""
        if self._said is not None:
            self._said.close()
        if self._keeper is not None:
            self._keeper.commit(is_last=True)
        self.store.close()

    def __enter__(self) -> "SqliteJournal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def encode_event(event: Event) -> tuple[str, bytes]:
    """Kind and payload of an event."""
    if isinstance(event, CatalogueGiven):
        return CATALOGUE, msgspec.msgpack.encode(event)
    return (ENDED, msgspec.msgpack.encode(event)) if isinstance(event, FeedEnded) else encode_record(event)


def decode_event(entry: JournalEntry, where: str = "journal") -> Event:
    """The event of an entry; BadInputError when it is of a kind this program does not know."""
    try:
        if entry.kind == ENDED:
            return msgspec.msgpack.decode(entry.payload, type=FeedEnded)
        if entry.kind == CATALOGUE:
            return msgspec.msgpack.decode(entry.payload, type=CatalogueGiven)
        return decode_record(entry.kind, entry.payload)
    except (BadInputError, msgspec.DecodeError) as trouble:
        what = trouble.what if isinstance(trouble, BadInputError) else str(trouble)
        raise BadInputError(what, f"{where} entry {entry.seq}", "replay it with the Vedette that wrote it") from trouble


def list_journals(folder: str | Path) -> list[JournalSummary]:
    """Every journal of a folder, by name; one that cannot be opened is listed with its trouble."""
    return [summary_of(path) for path in sorted(Path(folder).glob("*.sqlite"))]


def summary_of(path: Path) -> JournalSummary:
    """What a list tells of one journal."""
    try:
        with SqliteJournal.open(path) as journal:
            store = journal.store
            return JournalSummary(path, store.entry_count, journal.session, "", store.server_address)
    except VedetteError as trouble:
        return JournalSummary(path, 0, None, str(trouble))


def _t_received_tai_ns(event: Event) -> int:
    if isinstance(event, FeedEnded):
        return event.t_tai_ns or 0
    if isinstance(event, FeedHeader):
        return event.t_liftoff_tai_ns or 0
    return event.t_received_tai_ns
