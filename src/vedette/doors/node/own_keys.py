"""Our own signing keys over their life: the one of now, those before it, and what partners are to be told of them.

    keys/live.key               signs
    keys/old/KEY-ID.key         signed before, and may still during the overlap
    keys/statements/*.json      that one key follows another, or was taken back; told on every link

`Signer` gives a link the key it may sign with and the statements it owes: a running node needs no restart.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vedette.core.errors import NotFoundError, RefusedError, VedetteError
from vedette.doors.key_files import KIND_OF, KeyRing, read_secret, write_secret
from vedette.doors.seal_file import now_tai_ns
from vedette.reports import Mode
from vedette.sharing import DrillKey, LiveKey, Purpose, RecordKey, format_key, make_key, parse_key
from vedette.sharing.key_life import Statement, revocation, rotation, statement_of
from vedette.sharing.keys import SECRET_SIZE
from vedette.sharing.link import LinkSender, Sealed, SenderState, sign_again, take_apart

_S = 1_000_000_000  # ns
_PARTNERS_CLOCK_S = 86_400  # may be so far behind ours: the new key signs within a second of its announcement
SigningKey = LiveKey | DrillKey


@dataclass(frozen=True, slots=True)
class OwnStatement:
    """A statement about a key of ours, as partners are told it."""

    said: Statement
    data: bytes


def purpose_of(mode: Mode) -> Purpose:
    """Which key signs a mode."""
    return Purpose.LIVE if mode is Mode.REAL else Purpose.DRILL


def rotate(ring: KeyRing, purpose: Purpose, owner: str, t_tai_ns: int, overlap_s: float) -> tuple[SigningKey, bytes]:
    """A new key in the place of the old, which is kept for the overlap; the new key, and the statement of both."""
    old = _signing(ring, purpose)
    new = make_key(KIND_OF[purpose], owner or old.owner, secrets.token_bytes(SECRET_SIZE))
    assert isinstance(new, LiveKey | DrillKey)
    until = t_tai_ns + int(overlap_s * _S)
    statement = rotation(old, new, owner, t_tai_ns - _PARTNERS_CLOCK_S * _S, until)
    fresh = ring.folder / f"{purpose}.key.new"
    fresh.unlink(missing_ok=True)
    write_secret(fresh, format_key(new))
    _keep_old(ring, old)
    _keep_statement(ring, f"rotate-{new.key_id}", statement)
    os.replace(fresh, ring.path(purpose))
    return new, statement


def revoke(ring: KeyRing, key_id: str, owner: str, t_tai_ns: int, why: str, by_record_key: bool = False) -> bytes:
    """Take one of our own keys back: it signs nothing more here, and partners are told. The statement."""
    key = _any_key(ring, key_id)
    signer: LiveKey | DrillKey | RecordKey | None = ring.record_key() if by_record_key else key
    if signer is None:
        raise NotFoundError(f"no secret of {key_id[:60]!r} is kept here; if it is lost, --by-record-key takes it back")
    statement = revocation(signer, key_id, owner, t_tai_ns, why)
    _keep_statement(ring, f"revoke-{key_id}", statement)
    if key is not None:
        _keep_old(ring, key)
        current = ring.path(key.purpose)
        if current.is_file() and ring.read(KIND_OF[key.purpose]).key_id == key_id:
            current.unlink()
    return statement


def statements(ring: KeyRing) -> list[OwnStatement]:
    """What partners are to be told, oldest first."""
    found = []
    for path in sorted((ring.folder / "statements").glob("*.json")):
        data = path.read_bytes()
        found.append(OwnStatement(statement_of(data), data))
    return sorted(found, key=lambda one: (one.said.t_from_tai_ns, one.said.kind))


def waiting_again(ring: KeyRing, sender: LinkSender, waiting: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Of messages that wait to be sent, those that a key signed which was taken back: signed again, by today's."""
    taken_back = {one.said.key_id for one in statements(ring) if one.said.kind == "revoke"}
    if not taken_back or sender.is_closed:
        return []
    stale = [(number, data) for number, data in waiting if take_apart(data).key_id in taken_back]
    return [(number, sign_again(data, sender.key)) for number, data in stale if not _is_last_word(data)]


def own_keys(ring: KeyRing) -> list[LiveKey | DrillKey | RecordKey]:
    """Every key whose secret is here: those of now first, then those before them."""
    found = ring.own()
    for path in sorted((ring.folder / "old").glob("*.key")):
        key = _any_key(ring, path.stem)
        if key is not None and key.key_id not in {one.key_id for one in found}:
            found.append(key)
    return found


def believed_keys(ring: KeyRing, t_tai_ns: int | None = None) -> list[LiveKey | DrillKey | RecordKey]:
    """The keys that partners may believe now, oldest first: those of now, and those in their overlap."""
    t = now_tai_ns() if t_tai_ns is None else t_tai_ns
    every = statements(ring)
    taken_back = {one.said.key_id for one in every if one.said.kind == "revoke"}
    found: list[LiveKey | DrillKey | RecordKey] = []
    for one in every:
        if one.said.kind == "rotate" and t < one.said.t_until_tai_ns and one.said.key_id not in taken_back:
            key = _any_key(ring, one.said.key_id)
            if key is not None:
                found.append(key)
    names = {key.key_id for key in found}
    return [*found, *(key for key in ring.own() if key.key_id not in names | taken_back)]


def own_key_ids(ring: KeyRing) -> set[str]:
    """Their names."""
    return {key.key_id for key in own_keys(ring)}


class Signer:
    """What one link (and no other) signs with, from the files of this instant."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._seen: object = None
        self._told: set[bytes] = set()  # changes of keys that were announced since we began

    def sender(self, state: SenderState, t_tai_ns: int | None = None) -> LinkSender:
        """The sender of a link, with the key it signed with last while that one may still sign, else with today's.

        A link that has said nothing yet begins with the oldest key that is still in its overlap: the partner may have
        had our card before the change. NotFoundError when there is no key for this mode: it was taken back, and another
        is yet to be made.
        """
        purpose = purpose_of(state.mode)
        taken_back = {one.said.key_id for one in statements(self.ring) if one.said.kind == "revoke"}
        if not state.key_id:
            begun = [key for key in believed_keys(self.ring, t_tai_ns) if key.purpose is purpose]
            if begun and isinstance(begun[0], LiveKey | DrillKey):
                return LinkSender(state, begun[0])
        if state.key_id and state.key_id not in taken_back:
            last = _any_key(self.ring, state.key_id)
            if isinstance(last, LiveKey | DrillKey):
                return LinkSender(state, last)
        if state.key_id in taken_back and not _is_told(self.ring, state):
            last = _any_key(self.ring, state.key_id)  # it says its own last word
            if isinstance(last, LiveKey | DrillKey):
                return LinkSender(state, last)
        return LinkSender(state, _signing(self.ring, purpose))

    def due(self, sender: LinkSender, t_tai_ns: int) -> list[Sealed]:
        """Statements that this link owes its partner, sealed; and the key changed over when it is time.

        Call it before each message that is sealed: one look at the disk when nothing has changed. A key that was taken
        back signs its own revocation and nothing after it: the sender `is_closed` then, and the next call raises
        NotFoundError, until there is another.
        """
        seen = _look(self.ring.folder)
        if seen == self._seen:
            return []
        sealed: list[Sealed] = []
        try:
            for one in self._due(sender, t_tai_ns):
                sealed.append(one)
        except NotFoundError:  # no other key as yet
            if not sealed:
                raise
            return sealed
        if not sender.is_changing_keys:
            self._seen = seen
        return sealed

    def _due(self, sender: LinkSender, t_tai_ns: int) -> Iterator[Sealed]:
        purpose = purpose_of(sender.state.mode)
        for one in statements(self.ring):
            said = one.said
            if said.key_id.split("-", 1)[0] != purpose:
                continue
            if said.kind == "revoke":
                if not sender.has_announced(one.data):
                    yield sender.announce(one.data, t_tai_ns)
                if sender.key.key_id == said.key_id:
                    sender.is_closed = True
                    sender.use_key(_signing(self.ring, purpose))
            elif sender.key.key_id == said.key_id:
                new = _any_key(self.ring, said.new_key_id)
                if not isinstance(new, LiveKey | DrillKey):
                    continue
                if t_tai_ns >= said.t_until_tai_ns:
                    sender.use_key(new)
                elif one.data not in self._told:
                    self._told.add(one.data)
                    yield sender.announce(one.data, t_tai_ns, new)


def _is_last_word(data: bytes) -> bool:
    """Whether a message is a revocation, which stays under the key that it takes back."""
    return b'"type":"key"' in take_apart(data).content_bytes


def _is_told(ring: KeyRing, state: SenderState) -> bool:
    probe = [one for one in statements(ring) if one.said.kind == "revoke" and one.said.key_id == state.key_id]
    return all(_digest(one.data) in state.announced for one in probe)


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def signing_key(ring: KeyRing, mode: Mode) -> SigningKey:
    """The key that signs a mode today; NotFoundError when it was taken back and no other is made."""
    return _signing(ring, purpose_of(mode))


def _signing(ring: KeyRing, purpose: Purpose) -> SigningKey:
    key = ring.read(KIND_OF[purpose])
    if not isinstance(key, LiveKey | DrillKey):
        raise RefusedError(f"a {purpose} key signs no message")
    return key


def _any_key(ring: KeyRing, key_id: str) -> LiveKey | DrillKey | RecordKey | None:
    """A key of ours, of now or of before; None when its secret is not here."""
    try:
        kind = KIND_OF[Purpose(key_id.split("-", 1)[0])]
    except ValueError:
        return None
    for path in (ring.path(kind.purpose), _old_path(ring, key_id)):
        if path.is_file():
            key: LiveKey | DrillKey | RecordKey = parse_key(read_secret(path), str(path), kind)
            if key.key_id == key_id:
                return key
    return None


def _old_path(ring: KeyRing, key_id: str) -> Path:
    name = "".join(c for c in key_id if c.isalnum() or c == "-")
    return ring.folder / "old" / f"{name}.key"


def _keep_old(ring: KeyRing, key: LiveKey | DrillKey | RecordKey) -> None:
    path = _old_path(ring, key.key_id)
    if not path.exists():
        write_secret(path, format_key(key))


def _keep_statement(ring: KeyRing, name: str, statement: bytes) -> None:
    folder = ring.folder / "statements"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f"{name}.new"
    with aside.open("wb") as file:
        file.write(statement)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.replace(aside, folder / f"{name}.json")
    except OSError as trouble:
        raise VedetteError(f"{folder}: the statement cannot be kept ({trouble.strerror})") from None


def _look(folder: Path) -> object:
    found = []
    for path in (folder, folder / "statements"):
        try:
            found.append(path.stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)
