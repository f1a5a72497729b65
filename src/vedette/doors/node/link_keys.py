"""Which keys a link signs with and believes, and which exercise it belongs to, as the node's directory says."""

from pathlib import Path

from vedette.core.errors import RefusedError
from vedette.doors.node.folder import NodeFolder
from vedette.doors.node.peer_file import Peer
from vedette.reports import Mode
from vedette.sharing import DrillKey, LiveKey
from vedette.sharing.key_life import KeyBook, format_book, parse_book
from vedette.sharing.keys import parse_trusted
from vedette.sharing.link import ExerciseSession, read_session

EXERCISE_FILE = "exercise.session"  # the statement that every owner of an exercise has


def signing_key(folder: NodeFolder, mode: Mode) -> LiveKey | DrillKey:
    """The key that signs what this node tells in a mode."""
    return folder.keys.read(LiveKey) if mode is Mode.REAL else folder.keys.read(DrillKey)


def exercise_of(folder: NodeFolder, mode: Mode) -> ExerciseSession | None:
    """The exercise this node takes part in; None in other modes; RefusedError when there is none to take part in."""
    if mode is not Mode.EXERCISE:
        return None
    path = folder.path / EXERCISE_FILE
    try:
        return read_session(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise RefusedError(
            f"{path}: an EXERCISE link needs the statement of the exercise that both owners play; "
            "`vedette node key exercise` writes one"
        ) from None


class PartnerKeys:
    """A partner's keys, read again whenever their file has changed: a key that people revoke bites at once."""

    def __init__(self, folder: NodeFolder, peer: Peer) -> None:
        self.path = folder.peers / f"{peer.name}.keys"
        self._peer = peer
        self._mark: tuple[int, int] | None = None
        self._book = KeyBook(owner=peer.owner)

    def book(self) -> KeyBook:
        """The keys as they are now."""
        mark = _mark_of(self.path)
        if mark is None:
            if self._mark is not None or not self._book.keys:
                self._book = _from_card(self._peer)
            self._mark = None
        elif mark != self._mark:
            self._book = parse_book(self.path.read_bytes(), str(self.path))
            self._mark = mark
        return self._book

    def keep(self, book: KeyBook) -> None:
        """Put a changed book in its file."""
        aside = self.path.with_suffix(".new")
        aside.write_text(format_book(book), "utf-8")
        aside.replace(self.path)


def _from_card(peer: Peer) -> KeyBook:
    book = KeyBook(owner=peer.owner)
    for line in peer.trusted_keys:
        one = parse_trusted(line, f"the card of {peer.name}")
        book = book.with_key(one.key, one.modes)
    return book


def _mark_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


