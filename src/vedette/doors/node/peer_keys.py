"""A partner's keys as they stand: those people gave (`peers/NAME.toml`), and what became of them (`peers/NAME.keys`).

The list in the partner's file is what people said: a key that is taken out of it is believed no more. Beside it stands
what only statements say: successors, times, revocations. Both files are looked at before every message, so that a
revocation typed in another window bites on the very next one.
"""

import os
from pathlib import Path

import msgspec

from vedette.core.errors import NotFoundError
from vedette.doors.node.folder import NodeFolder
from vedette.doors.node.peer_file import Peer, read_peer, write_peer
from vedette.sharing import PublicKey, Trust, Trusted, format_trust
from vedette.sharing.key_life import KeyBook, PartnerKey, Standing, format_book, parse_book
from vedette.sharing.keys import parse_trusted


class PeerKeys:
    """The keys of one partner's node."""

    def __init__(self, folder: NodeFolder, name: str) -> None:
        self.folder, self.name = folder, name
        self._seen: object = None
        self._book: KeyBook | None = None

    @property
    def path(self) -> Path:
        """Where what became of its keys is kept."""
        return self.folder.peers / f"{self.name}.keys"

    def book(self) -> KeyBook:
        """The keys of this instant; costs two looks at the disk when nothing has changed."""
        seen = (_look(self.folder.peers / f"{self.name}.toml"), _look(self.path))
        if self._book is None or seen != self._seen:
            self._book = self._read()
            self._seen = seen
        return self._book

    def keep(self, book: KeyBook) -> None:
        """Write what has become of the keys; on the disk when this returns."""
        aside = self.path.with_suffix(".keys.new")
        with aside.open("w", encoding="utf-8") as file:
            file.write(format_book(book))
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, self.path)
        self._book = None

    def revoke(self, key_id: str, t_tai_ns: int, why: str = "") -> KeyBook:
        """Believe a key of the partner no more, by decision of people here."""
        book = self.book().revoked(key_id, t_tai_ns, why)
        self.keep(book)
        return book

    def trust(self, key: PublicKey) -> KeyBook:
        """Believe a key because its words were compared; RefusedError for one that was revoked."""
        held = self.book().find(key.key_id)
        book = self.book().with_key(key)
        if held is not None:  # a successor, now confirmed: its time stays as it was stated
            book = self.book().put(msgspec.structs.replace(held, introduced_by="", is_confirmed=True))
        peer = read_peer(self.folder, self.name)
        if key.key_id not in {parse_trusted(line, self.name).key.key_id for line in peer.trusted_keys}:
            (line,) = (row for row in format_trust(Trust.of(key)).splitlines() if not row.startswith("#"))
            write_peer(self.folder, msgspec.structs.replace(peer, trusted_keys=(*peer.trusted_keys, line)))
        self.keep(book)
        return book

    def _read(self) -> KeyBook:
        peer = read_peer(self.folder, self.name)
        try:
            kept = parse_book(self.path.read_bytes(), str(self.path))
        except FileNotFoundError:
            kept = KeyBook(owner=peer.owner)
        given = [parse_trusted(line, f"trusted_keys of {self.name}") for line in peer.trusted_keys]
        names = {one.key.key_id for one in given}
        keys = [_as_given(one, kept.find(one.key.key_id)) for one in given]
        keys += [one for one in kept.keys if one.key_id not in names and _stays(one)]
        return KeyBook(owner=peer.owner, keys=tuple(keys))


def find_key(folder: NodeFolder, peers: tuple[Peer, ...], key_id: str) -> PeerKeys:
    """The partner that has a key; NotFoundError when none does."""
    for peer in peers:
        keys = PeerKeys(folder, peer.name)
        if keys.book().standing(key_id, 0) is not Standing.UNKNOWN:
            return keys
    raise NotFoundError(f"{key_id[:60]!r} is no key of a partner here; `vedette node key show` lists them")


def _as_given(one: Trusted, held: PartnerKey | None) -> PartnerKey:
    if held is not None:
        return held
    return PartnerKey(key_id=one.key.key_id, public=one.key.raw, modes=tuple(sorted(one.modes)))


def _stays(one: PartnerKey) -> bool:
    """Whether a key that is not in people's list stays in the book: a successor does, and whatever was revoked."""
    return bool(one.introduced_by) or one.t_revoked_tai_ns is not None


def _look(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
